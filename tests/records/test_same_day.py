"""An answer about risk after the assessment of the same day stands unassessed; file and database agree on it."""

from __future__ import annotations

import json
from datetime import datetime

import pytest

from openipt import library
from openipt.core.course.status import course_status
from openipt.core.portable.episode_file import from_file, to_file
from openipt.core.safety.levels import Level
from openipt.records import convert, safety
from openipt.records.actions import checkins, sessions
from openipt.records.actions.transfer import import_episode
from openipt.records.models import CheckIn, Episode, User
from tests import factories as make

pytestmark = pytest.mark.django_db

LATER = make.at_day(30)


@pytest.fixture
def episode() -> Episode:
    """Session 1 at 9 o'clock; the client was asked at 10, and the level is green."""
    made, session = make.active_episode()
    make.assessed(made, session=session, at=hour(10))
    return made


def hour(of_the_day: int) -> datetime:
    return make.at_day().replace(hour=of_the_day)


def sitting(episode: Episode, opened: int) -> tuple[CheckIn, User]:
    user = make.client_login(episode)
    opened_at = hour(opened)
    found = checkins.open_checkin(episode=episode, measures=["ms_phq9"], by=user, at=opened_at)
    return found, user


def answered(episode: Episode, opened: int, chosen: int, value: int = 3, finished: int | None = None) -> None:
    check_in, user = sitting(episode, opened)
    for item in range(1, 10):
        at = hour(chosen) if item == 9 else hour(opened)
        checkins.record_answer(
            check_in=check_in, measure="ms_phq9", item=item, value=value if item == 9 else 1, by=user, at=at
        )
    if finished is not None:
        checkins.finish_checkin(check_in=check_in, by=user, at=hour(finished))


def answers_everywhere(episode: Episode) -> list[dict]:
    """What the engine says of this record in the database, in a file of it, and once that is read in."""
    fresh = Episode.objects.select_related("client", "therapist").get(pk=episode.pk)
    written = json.loads(json.dumps(to_file(convert.portable(fresh, fresh.therapist, LATER.date()))))
    portable = from_file(written)
    taken = import_episode(portable=portable, therapist=make.therapist(), by=make.OPERATOR, at=LATER)
    taken = Episode.objects.select_related("client", "therapist").get(pk=taken.pk)
    manual = library.manual(episode.adaptation)
    return [
        course_status(manual, course, make.day()).as_json()
        for course in (convert.course(fresh), portable.course(), convert.course(taken))
    ]


def level(episode: Episode) -> dict:
    """The level that DR-05 reads, the same everywhere."""
    found = answers_everywhere(episode)
    assert found[0] == found[1] == found[2]
    return next(rule["inputs"] for rule in found[0]["rules"] if rule["id"] == "DR-05")


def test_an_answer_after_the_assessment_is_red_until_assessed_again(episode: Episode) -> None:
    answered(episode, opened=15, chosen=16, finished=17)
    assert safety.level_now(episode) is Level.RED
    assert level(episode) == {"level": "red", "provisional": True}
    orange = {"thoughts": True, "level": "orange", "reason": "spoken with on the phone"}
    make.entry(episode, "rec_risk", orange, at=hour(18))
    assert level(episode) == {"level": "orange", "provisional": False}


def test_also_in_a_check_in_that_is_never_finished(episode: Episode) -> None:
    answered(episode, opened=15, chosen=16)
    assert level(episode) == {"level": "red", "provisional": True}


def test_also_where_it_was_taken_back(episode: Episode) -> None:
    """From 3 to 0 within the sitting: the 3 was said, and nobody has spoken with the client since."""
    check_in, user = sitting(episode, opened=15)
    for at, value in ((16, 3), (17, 0)):
        checkins.record_answer(
            check_in=check_in, measure="ms_phq9", item=9, value=value, by=user, at=hour(at)
        )
    assert level(episode) == {"level": "red", "provisional": True}


def test_an_answer_that_was_assessed_stays_assessed_when_the_sitting_is_finished_later(
    episode: Episode,
) -> None:
    """Item 9 at 9, asked about at 10, the rest answered and sent at 17."""
    answered(episode, opened=9, chosen=9, finished=17)
    assert level(episode) == {"level": "green", "provisional": False}


def test_writing_in_the_assessment_again_assesses_again(episode: Episode) -> None:
    from openipt.records.actions import entries

    answered(episode, opened=15, chosen=16, finished=16)
    made = episode.entries.get(record_type="rec_risk")
    values = {**made.payload, "thoughts": True, "level": "orange", "reason": "spoken with at five"}
    entries.save_entry(entry=made, payload=values, expected_version=1, by=episode.therapist, at=hour(17))
    assert level(episode) == {"level": "orange", "provisional": False}


def test_a_record_of_another_kind_assesses_nobody(episode: Episode) -> None:
    answered(episode, opened=15, chosen=16, finished=16)
    plan = {"my_signs": ["awake at night"]}
    make.entry(episode, "rec_safety_plan", plan, at=hour(17))
    assert level(episode)["level"] == "red"


def test_the_session_is_not_signed_over_it_without_a_plan_or_a_reason(episode: Episode) -> None:
    """The level to act on is the one that page and rule read."""
    answered(episode, opened=15, chosen=16, finished=16)
    session = episode.sessions.get()
    signed = sessions.sign_session(
        session=make.written(session), by=episode.therapist, at=hour(18), reason_without_plan="called in vain"
    )
    assert signed.is_signed and safety.level_now(episode) is Level.RED
