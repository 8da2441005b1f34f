"""Rows to the engine's course: kept while nothing changes, read again after any write."""

from __future__ import annotations

import pytest
from django.db import transaction

from openipt import library
from openipt.core.course.status import course_status
from openipt.records import audit, convert, sealing, standing
from openipt.records.actions import clients
from openipt.records.models import Episode
from tests import factories as make

pytestmark = pytest.mark.django_db(transaction=True)


def again(episode: Episode) -> Episode:
    return Episode.objects.select_related("client", "therapist").get(pk=episode.pk)


def test_a_course_is_read_once_until_something_is_written() -> None:
    episode, session = make.active_episode()
    first = convert.course(again(episode))
    assert convert.course(again(episode)) is first
    make.entry(episode, "rec_emotion_log", {"first_word": "sad"}, session=session)
    second = convert.course(again(episode))
    assert second is not first
    assert [entry.record for entry in second.entries] == ["rec_emotion_log"]


def test_reading_an_episode_changes_nothing_of_it() -> None:
    episode, _ = make.active_episode()
    first = convert.course(again(episode))
    audit.forget_reads()
    audit.record_read(by=episode.therapist, at=make.START, episode=episode)
    assert convert.course(again(episode)) is first


def test_what_is_undone_is_never_kept() -> None:
    episode, session = make.active_episode()
    before = convert.course(again(episode))
    with pytest.raises(RuntimeError), transaction.atomic():
        make.entry(episode, "rec_emotion_log", {"first_word": "sad"}, session=session)
        assert len(convert.course(again(episode)).entries) == 1
        raise RuntimeError
    assert convert.course(again(episode)) is before


def test_a_kept_course_is_not_given_out_after_an_erasure() -> None:
    episode, _ = make.active_episode()
    convert.course(again(episode))
    clients.erase_client(client=episode.client, by=make.OPERATOR, at=make.START)
    with pytest.raises(sealing.Erased):
        convert.course(again(episode))


def test_the_standing_is_the_engines_answer_and_follows_the_record() -> None:
    episode, session = make.active_episode()
    manual = library.manual("ipt_acute")
    first = standing.status(again(episode), make.day())
    assert first == course_status(manual, convert.course(again(episode)), make.day())
    assert standing.status(again(episode), make.day()) is first
    make.entry(episode, "rec_risk", {"thoughts": False, "level": "green"}, session=session)
    second = standing.status(again(episode), make.day())
    assert "I06" not in first.as_json()["done"]
    assert "I06" in second.as_json()["done"]
