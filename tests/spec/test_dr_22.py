"""DR-22: Deterioration."""

from __future__ import annotations

from datetime import timedelta

from openipt import library
from openipt.core.course.course import Answers
from openipt.core.course.not_on_track import off_track
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


def test_what_is_shown_as_now_is_the_score_that_speaks():
    """Not on track by the check-in of today: it shows 12 at the start and 19 now, not session 2's 12."""
    today = day(2) + timedelta(days=3)
    made = course(2, phq9=[12, 12], answers=[Answers("ms_phq9", today, phq9_items(19))])
    shown = {
        signal.rule: (signal.start, signal.now)
        for signal in off_track(library.manual("ipt_acute"), made, today).signals
    }
    assert shown["DR-22"] == (12, 19)


def test_no_scores_no_answer():
    """Without a start score and a present one it cannot tell."""
    assert state("DR-22", course(2)) is CANNOT_TELL
