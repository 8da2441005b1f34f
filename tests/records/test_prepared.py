"""Prepared queries answer what the same query answers when it is built anew, and keep nothing of it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db.models import QuerySet

from openipt.records.models import Entry, Episode, Session
from openipt.records.prepared import MANY, MANY_WORDS, Prepared
from openipt.records.queries.entries import VisibleEntries
from tests import factories as make

pytestmark = pytest.mark.django_db


def begun(episode: Any) -> QuerySet[Session]:
    return Session.objects.filter(episode=episode).order_by("began_at")


def test_it_finds_objects_with_what_stands_beside_them(django_assert_num_queries: Any) -> None:
    episode, _ = make.active_episode()
    asked = Prepared(
        lambda one: Episode.objects.filter(pk=one).select_related("client", "therapist", "supervisor"), UUID
    )
    client, therapist = episode.client, episode.therapist
    with django_assert_num_queries(1):
        found = asked.first(episode.pk)
        assert (found, found.client, found.therapist) == (episode, client, therapist)
        assert found.supervisor is None
    assert asked.first(uuid4()) is None


def test_the_first_question_is_one_query_too(django_assert_num_queries: Any) -> None:
    episode, _ = make.active_episode()
    with django_assert_num_queries(1):
        assert len(Prepared(begun, UUID)(episode.pk)) == 1


def test_it_keeps_nothing_of_an_answer() -> None:
    episode, first = make.active_episode()
    asked = Prepared(begun, UUID)
    assert asked(episode.pk) == [first]
    second = make.session(episode, days=7)
    assert asked(episode.pk) == [first, second]
    other, _ = make.active_episode()
    assert asked(other.pk) == list(begun(other.pk))


def test_words_days_moments_and_many_ids_are_compared_as_they_are() -> None:
    episode, first = make.active_episode()
    second = make.session(episode, days=7)
    make.assessed(episode)
    of_type = Prepared(
        lambda one, kind: Entry.objects.filter(episode=one, record_type=kind).values_list("pk", flat=True),
        UUID,
        str,
    )
    assert of_type(episode.pk, "rec_risk") == list(episode.entries.values_list("pk", flat=True))
    assert of_type(episode.pk, "rec_quote") == []

    since = Prepared(lambda moment: Session.objects.filter(began_at__gte=moment), datetime)
    assert since(second.began_at) == [second]
    assert since(second.began_at + timedelta(seconds=1)) == []

    started = Prepared(lambda day: Episode.objects.filter(opened_on__lte=day), date)
    assert started(episode.opened_on) == [episode]
    assert started(episode.opened_on - timedelta(days=1)) == []

    several = Prepared(lambda ids: Session.objects.filter(pk__in=ids).order_by("began_at"), MANY)
    assert several([second.pk, first.pk]) == [first, second]
    assert several(pk for pk in (first.pk, second.pk, uuid4())) == [first, second]
    assert several([]) == []

    of_types = Prepared(
        lambda one, kinds: Entry.objects.filter(episode=one, record_type__in=kinds), UUID, MANY_WORDS
    )
    assert len(of_types(episode.pk, ["rec_risk", "rec_quote", "rec_session"])) == 1
    assert of_types(episode.pk, ["rec_quote"]) == []


def test_what_is_kept_as_something_else_comes_back_as_it_was() -> None:
    """Days, moments, numbers, ids and lists, as objects and as single values."""
    episode, session = make.active_episode()
    make.signed(make.written(session))
    asked = Prepared(lambda one: Session.objects.filter(episode=one), UUID)
    again, fresh = asked.first(episode.pk), Session.objects.get(pk=session.pk)
    columns = [field.attname for field in Session._meta.concrete_fields]
    assert [getattr(again, name) for name in columns] == [getattr(fresh, name) for name in columns]
    values = Prepared(lambda one: Session.objects.filter(episode=one).values_list(*columns), UUID)
    assert values(episode.pk) == list(Session.objects.filter(episode=episode).values_list(*columns))
    counted = Prepared(lambda one: Session.objects.filter(episode=one).values("state"), UUID)
    assert counted(episode.pk) == list(Session.objects.filter(episode=episode).values("state"))


def test_a_query_that_finds_nothing_whatever_it_is_given_is_not_asked(django_assert_num_queries: Any) -> None:
    asked = Prepared(lambda one: Episode.objects.none(), UUID)
    with django_assert_num_queries(0):
        assert asked(uuid4()) == []


def test_only_a_sparing_query_may_leave_a_value_out() -> None:
    def build(one: Any, day: Any) -> QuerySet[Episode]:
        return Episode.objects.filter(pk=one)

    episode, _ = make.active_episode()
    with pytest.raises(TypeError, match="each of its values"):
        Prepared(build, UUID, date)(episode.pk, make.day())
    assert Prepared(build, UUID, date, sparing=True)(episode.pk, make.day()) == [episode]


def test_a_query_that_would_change_its_value_is_refused() -> None:
    inside = Prepared(lambda words: Entry.objects.filter(record_type__contains=words), str)
    with pytest.raises(TypeError, match="as it is"):
        inside("rec_risk")
    beside = Prepared(lambda one: Episode.objects.filter(pk=one).prefetch_related("entries"), UUID)
    with pytest.raises(TypeError, match="beside"):
        beside(uuid4())


def test_records_of_several_types_read_together_are_those_read_one_by_one(
    django_assert_num_queries: Any,
) -> None:
    episode, _ = make.active_episode()
    make.assessed(episode)
    make.entry(episode, "rec_timeline", {"text": "The move.", "date": "2026-01", "type": "event"})
    both = ("rec_risk", "rec_timeline", "rec_line_shown")
    singly, together = (VisibleEntries(episode.therapist, episode, make.day()) for _ in range(2))
    with django_assert_num_queries(1):
        together.read(both)
        found = [[entry.visible for entry in together.of(kind)] for kind in both]
    assert found == [[entry.visible for entry in singly.of(kind)] for kind in both]
    assert [len(rows) for rows in found] == [1, 1, 0]
