"""DR-25: Sudden gain."""

from __future__ import annotations

from tests.spec.world import CANNOT_TELL, FIRED, NOT_FIRED, course, state

rule = "DR-25"
title = "Sudden gain"


def test_five_points_between_two_sessions():
    """18 to 13 asks what happened; 18 to 14 does not."""
    assert state("DR-25", course(2, phq9=[18, 13])) is FIRED
    assert state("DR-25", course(2, phq9=[18, 14])) is NOT_FIRED
    assert state("DR-25", course(3, phq9=[18, 13, 13])) is NOT_FIRED


def test_it_compares_held_sessions_that_follow_each_other():
    """With one score missing it cannot tell: two sessions apart is not one step."""
    assert state("DR-25", course(3, phq9=[18, None, 10])) is CANNOT_TELL
