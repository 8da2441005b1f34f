"""DR-23: Above the expected course."""

from __future__ import annotations

from tests.spec.world import CANNOT_TELL, FIRED, NOT_FIRED, course, read, state

rule = "DR-23"
title = "Above the expected course"


def test_two_held_sessions_in_a_row():
    """Start 16 of 14: 18 at session 5 (expected 11.1) and 17 at session 6 (10.6) lie above by more than 6."""
    both = course(6, planned=14, phq9=[16, 16, 17, 15, 18, 17])
    assert read("DR-23", both).inputs["sessions"] == [5, 6]
    assert state("DR-23", course(5, planned=14, phq9=[16, 16, 17, 15, 18])) is NOT_FIRED


def test_strictly_above():
    """At the last session of 12 the line ends at half the start: 14 is 8 + 6 and not above it."""
    assert state("DR-23", course(12, planned=12, phq9=[16] * 10 + [20, 14])) is NOT_FIRED
    assert state("DR-23", course(12, planned=12, phq9=[16] * 10 + [20, 15])) is FIRED


def test_a_session_without_a_score_is_no_answer():
    """Of two sessions one lies above and the other has no score; where the one lies below, it is a no."""
    assert state("DR-23", course(6, planned=14, phq9=[16, 16, 17, 15, 18, None])) is CANNOT_TELL
    assert state("DR-23", course(6, planned=14, phq9=[16, 16, 17, 15, 12, None])) is NOT_FIRED


def test_the_line_is_not_rounded():
    """Start 20 of 16: the line and its band come to 18.98 at session 7, and 19 is above."""
    assert state("DR-23", course(7, phq9=[20] * 6 + [19])) is FIRED


def test_only_where_the_start_is_a_case_and_the_course_long_enough():
    """A start of 9 has no alert from the line; a plan of 5 has no line."""
    assert state("DR-23", course(3, phq9=[9, 24, 24])) is NOT_FIRED
    assert state("DR-23", course(3, planned=5, adaptation="ipc", phq9=[12, 24, 24])) is NOT_FIRED
