"""DR-11: Possible prolonged grief disorder."""

from __future__ import annotations

from openipt.core.course.course import Answers
from tests.spec.world import CANNOT_TELL, FIRED, NOT_FIRED, course, day, state

rule = "DR-11"
title = "Possible prolonged grief disorder"


def grieving(total, died):
    loss = ("rec_loss_narrative", 1, {"who": "p_l", "date": died})
    return course(answers=[Answers("ms_pg13r", day(1), total=total, session=1)], records=[loss])


def test_thirty_or_more_a_year_after_the_death():
    """PG-13-R 30 at twelve whole months fires; a day less than twelve months, or 29, does not."""
    assert state("DR-11", grieving(30, "2024-09-02")) is FIRED
    assert state("DR-11", grieving(30, "2024-09-03")) is NOT_FIRED
    assert state("DR-11", grieving(29, "2020-01-01")) is NOT_FIRED


def test_the_time_counts_when_the_total_was_given():
    """A total of 30 given at ten months does not fire later by the passing of time."""
    assert state("DR-11", grieving(33, "2024-11-28"), 40) is NOT_FIRED


def test_without_the_date_of_the_death_it_cannot_tell():
    """The total is high and nobody noted when the person died."""
    answers = [Answers("ms_pg13r", day(1), total=33, session=1)]
    assert state("DR-11", course(answers=answers)) is CANNOT_TELL
