"""DR-36: Working relation needs a talk."""

from __future__ import annotations

from openipt.core.course.course import Answers
from tests.spec.world import FIRED, NOT_FIRED, course, day, state

rule = "DR-36"
title = "Working relation needs a talk"


def rated(*means):
    return [Answers("ms_alliance3", day(n), mean, session=n) for n, mean in enumerate(means, start=3)]


def test_a_mean_below_seven():
    """6, 6 and 8 have a mean of 6.67; 7, 7 and 7 are enough."""
    assert state("DR-36", course(3, answers=rated((6, 6, 8)))) is FIRED
    assert state("DR-36", course(3, answers=rated((7, 7, 7)))) is NOT_FIRED


def test_a_fall_of_two():
    """From 9.3 to 7.3 asks for a talk although 7.3 is enough by itself."""
    assert state("DR-36", course(4, answers=rated((9, 9, 10), (7, 7, 8)))) is FIRED
    assert state("DR-36", course(4, answers=rated((9, 9, 10), (7, 8, 8)))) is NOT_FIRED


def test_a_fall_of_exactly_two_in_thirds():
    """From 9.67 to 7.67 is a fall of two, whatever thirds do in a computer."""
    assert state("DR-36", course(4, answers=rated((10, 10, 9), (8, 8, 7)))) is FIRED


def test_the_therapists_record_counts_like_the_measure():
    """Goals, tasks and bond, asked aloud."""
    asked = ("rec_alliance", 2, {"goals_0_10": 5, "tasks_0_10": 6, "bond_0_10": 8})
    assert state("DR-36", course(2, records=[asked])) is FIRED
