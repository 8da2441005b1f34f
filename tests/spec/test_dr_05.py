"""DR-05: Risk level red."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time

from openipt.core.course.course import Answers, Entry
from tests.spec.world import CANNOT_TELL, FIRED, NOT_FIRED, course, day, phq9_items, read, state

rule = "DR-05"
title = "Risk level red"


def clock(hour):
    return None if hour is None else datetime.combine(day(1), time(hour), UTC)


def same_day(assessed_at, answered_at, *more):
    """Green by an assessment, and item 9 answered with 3, on the day of session 1."""
    given = Answers("ms_phq9", day(1), phq9_items(10, 3), session=1, risk_at=clock(answered_at))
    green = Entry("rec_risk", day(1), {"level": "green"}, session=1, order=1, at=clock(assessed_at))
    return replace(course(answers=[given]), entries=(green, *more))


def test_a_recorded_red_fires():
    """Red as a clinician set it."""
    assert state("DR-05", course(records=[("rec_risk", 1, {"level": "red"})])) is FIRED


def test_item_9_at_3_is_red_until_assessed():
    """The answer 3 stands as red until a clinician has assessed on that day or later."""
    answered = course(2, phq9=[10, 12], item_9={2: 3}, records=[("rec_risk", 1, {"level": "green"})])
    assert read("DR-05", answered).inputs == {"level": "red", "provisional": True}
    assessed = course(
        2,
        phq9=[10, 12],
        item_9={2: 3},
        records=[("rec_risk", 1, {"level": "green"}), ("rec_risk", 2, {"level": "orange"})],
    )
    assert state("DR-05", assessed) is NOT_FIRED


def test_a_later_zero_does_not_assess_anybody():
    """Item 9 was 3 at session 2 and 0 at session 3: it stays red until a clinician has assessed."""
    green = ("rec_risk", 1, {"level": "green"})
    answered = course(3, phq9=[10, 12, 12], item_9={2: 3}, records=[green])
    assert state("DR-05", answered) is FIRED
    spoken = ("rec_risk", 3, {"level": "yellow", "reason": "spoken with, no intent"})
    assert state("DR-05", course(3, phq9=[10, 12, 12], item_9={2: 3}, records=[green, spoken])) is NOT_FIRED


def test_an_answer_after_the_assessment_of_the_same_day_is_not_assessed():
    """Assessed at 10, item 9 answered with 3 at 16 o'clock: red until assessed again. Answered at 9: assessed."""
    assert state("DR-05", same_day(assessed_at=10, answered_at=16)) is FIRED
    assert state("DR-05", same_day(assessed_at=10, answered_at=9)) is NOT_FIRED
    again = Entry("rec_risk", day(1), {"level": "orange"}, session=1, order=9, at=clock(17))
    assert state("DR-05", same_day(10, 16, again)) is NOT_FIRED


def test_without_the_hours_the_answers_of_a_day_come_first():
    """Where the moment of one of the two is not known, the answers of a session are given before it."""
    assert state("DR-05", same_day(assessed_at=None, answered_at=16)) is NOT_FIRED
    assert state("DR-05", same_day(assessed_at=10, answered_at=None)) is NOT_FIRED


def test_no_level_is_no_green():
    """Where no level is known the rule cannot tell."""
    assert state("DR-05", course()) is CANNOT_TELL
