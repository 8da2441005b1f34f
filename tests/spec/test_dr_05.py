"""DR-05: Risk level red."""

from __future__ import annotations

from tests.spec.world import CANNOT_TELL, FIRED, NOT_FIRED, course, read, state

rule = "DR-05"
title = "Risk level red"


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


def test_no_level_is_no_green():
    """Where no level is known the rule cannot tell."""
    assert state("DR-05", course()) is CANNOT_TELL
