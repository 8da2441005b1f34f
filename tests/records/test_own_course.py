"""The service's own line is made of clear totals alone, of the newest cases, and found once a day."""

from __future__ import annotations

from datetime import date, timedelta
from math import log

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from openipt.records import sealing
from openipt.records.actions import checkins, clients
from openipt.records.models import CheckIn, Episode, MeasureScore, Session
from openipt.records.queries import own_course as queries
from openipt.records.queries.own_course import cases, own_course
from tests import factories as make

pytestmark = pytest.mark.django_db

TODAY = make.day(200)


@pytest.fixture(autouse=True)
def nothing_kept():
    queries.forget()
    yield
    queries.forget()


def laid(count: int, fall: float, *, planned: int = 16, start: int = 20, first: int = 0) -> list[Episode]:
    """So many cases whose scores fall by this share: rows as the actions write them, many at once."""
    by = make.therapist()
    episodes = [make.episode(by, name=f"Case {n}", planned_sessions=planned) for n in range(count)]
    sessions, sittings, scores = [], [], []
    for episode in episodes:
        began = make.at_day(first)
        for number in range(1, 9):
            at = began + timedelta(weeks=number - 1)
            session = Session(
                episode=episode,
                number=number,
                planned_at=at,
                held_on=at.date(),
                attendance="attended",
                created_at=at,
            )
            sitting = CheckIn(episode=episode, session=session, on=at.date(), opened_at=at, finished_at=at)
            total = start * (1 - fall * log(number) / log(planned))
            scores.append(
                MeasureScore(
                    episode=episode,
                    check_in=sitting,
                    measure="ms_phq9",
                    version="1",
                    total=total,
                    on=at.date(),
                    at=at,
                )
            )
            sessions.append(session)
            sittings.append(sitting)
    Session.objects.bulk_create(sessions)
    CheckIn.objects.bulk_create(sittings)
    MeasureScore.objects.bulk_create(scores)
    ids = [episode.pk for episode in episodes]
    Episode.objects.filter(pk__in=ids).update(started_on=make.day(first), status="active")
    return episodes


def test_the_fall_of_two_hundred_cases_is_found_and_of_one_fewer_not() -> None:
    episodes = laid(200, 0.3)
    found = own_course(16, TODAY)
    assert found is not None
    assert found.cases == 200
    assert found.fall == pytest.approx(0.3)
    assert own_course(8, TODAY) is None, "plans of another length have no line of theirs"
    queries.forget()
    clients.erase_client(client=episodes[0].client, by=make.OPERATOR, at=make.at_day())
    assert own_course(16, TODAY) is None, "an erased client counts in nothing"


def test_what_is_read_is_what_the_actions_wrote() -> None:
    episode, session = make.active_episode()
    by = {"by": episode.therapist}
    checkins.enter_answers(
        episode=episode, answers={"ms_phq9": [2] * 8 + [0]}, purpose="baseline", at=make.at_day(), **by
    )
    checkins.enter_answers(
        episode=episode, answers={"ms_phq9": [1] * 8 + [0]}, session=session, at=make.at_day(1), **by
    )
    checkins.enter_answers(episode=episode, totals={"ms_gad7": 9}, session=session, at=make.at_day(1), **by)
    (case,) = cases(make.day(1))
    assert case.planned == 16
    assert dict(case.totals) == {0: 16, 1: 8}
    assert cases(make.day(0)) == [], "what is given on a day counts from the next one on"


def test_no_word_is_opened_and_few_questions_are_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    laid(5, 0.4)

    def opened(*_: object, **__: object) -> None:
        raise AssertionError("a word was opened")

    monkeypatch.setattr(sealing, "unseal", opened)
    with CaptureQueriesContext(connection) as asked:
        own_course(16, TODAY)
    assert len(asked) == 4, "whether the worker has worked it out, and what it is made of"
    with CaptureQueriesContext(connection) as again:
        own_course(16, TODAY)
        own_course(8, TODAY)
        own_course(4, TODAY)
    assert len(again) == 0, "once a day"
    with CaptureQueriesContext(connection) as tomorrow:
        own_course(16, TODAY + timedelta(days=1))
    assert len(tomorrow) == 4


def test_the_newest_courses_alone_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    laid(3, 0.1, first=0)
    laid(3, 0.5, first=70)
    monkeypatch.setattr(queries, "NEWEST", 3)
    starts = {round(min(case.totals.values()), 1) for case in cases(TODAY)}
    assert starts == {round(20 * (1 - 0.5 * log(8) / log(16)), 1)}


def test_before_the_first_course_there_is_nothing() -> None:
    assert cases(date(2020, 1, 1)) == []
    assert own_course(16, date(2020, 1, 1)) is None
