"""DR-22: Deterioration."""

from __future__ import annotations

from datetime import timedelta

from openipt.core.course.course import Answers
from tests.spec.world import CANNOT_TELL, FIRED, NOT_FIRED, course, day, phq9_items, state

rule = "DR-22"
title = "Deterioration"


def test_a_reliable_rise_from_the_start():
    """PHQ-9 up by 6, or GAD-7 by 4, at any session; one point less is not."""
    assert state("DR-22", course(3, phq9=[12, 12, 18])) is FIRED
    assert state("DR-22", course(3, phq9=[12, 12, 17])) is NOT_FIRED
    assert state("DR-22", course(3, phq9=[12, 12, 12], gad7=[8, 8, 12])) is FIRED


def test_it_is_measured_from_the_start_not_from_the_last():
    """From 12 down to 8 and up to 15 is a rise of 3 from the start."""
    assert state("DR-22", course(3, phq9=[12, 8, 15])) is NOT_FIRED


def test_a_check_in_between_two_sessions_counts():
    """At any time: 12 at the start, 18 three days after session 2."""
    between = Answers("ms_phq9", day(2) + timedelta(days=3), phq9_items(18))
    made = course(2, phq9=[12, 12], answers=[between])
    assert state("DR-22", made, day(2)) is NOT_FIRED
    assert state("DR-22", made, day(2) + timedelta(days=3)) is FIRED


def test_no_scores_no_answer():
    """Without a start score and a present one it cannot tell."""
    assert state("DR-22", course(2)) is CANNOT_TELL
