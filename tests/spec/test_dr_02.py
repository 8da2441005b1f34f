"""DR-02: A zero is never clearance."""

from __future__ import annotations

from tests.spec.world import CANNOT_TELL, FIRED, NOT_FIRED, course, state

rule = "DR-02"
title = "A zero is never clearance"


YELLOW = ("rec_risk", 5, {"level": "yellow"})


def test_holds_while_a_level_is_open():
    """Item 9 at 0 while the level is yellow: the level stays as it is."""
    assert state("DR-02", course(6, phq9=[15] * 6, records=[YELLOW])) is FIRED


def test_holds_on_the_day_a_clinician_lowers_it():
    """On the day the level goes to green it was not the zero that lowered it."""
    lowered = ("rec_risk", 6, {"level": "green", "reason": "two clear answers"})
    assert state("DR-02", course(6, phq9=[15] * 6, records=[YELLOW, lowered])) is FIRED
    assert state("DR-02", course(7, phq9=[15] * 7, records=[YELLOW, lowered])) is NOT_FIRED


def test_holds_for_a_level_that_nobody_has_assessed_yet():
    """Item 9 was 2 and was never assessed: that provisional orange is open, and a 0 now does not close it."""
    assert state("DR-02", course(3, phq9=[15, 15, 15], item_9={2: 2})) is FIRED


def test_silent_while_all_is_green():
    """With no level open there is nothing to guard."""
    assert state("DR-02", course(2, phq9=[15, 15])) is NOT_FIRED


def test_cannot_tell_without_the_answer():
    """A level is open and item 9 was declined."""
    assert state("DR-02", course(6, phq9=[15] * 6, item_9={6: None}, records=[YELLOW])) is CANNOT_TELL
