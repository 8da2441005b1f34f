"""DR-19: Midpoint review due."""

from __future__ import annotations

from openipt.core.course.course import PlanChange
from tests.spec.world import FIRED, NOT_FIRED, course, day, state

rule = "DR-19"
title = "Midpoint review due"


def test_fires_at_half_the_planned_number_rounded_up():
    """Session 8 of 16 and session 7 of 13, until the review is done."""
    assert state("DR-19", course(7)) is NOT_FIRED
    assert state("DR-19", course(8)) is FIRED
    assert state("DR-19", course(7, planned=13)) is FIRED
    assert state("DR-19", course(9)) is FIRED


def test_silent_once_done():
    """Done at that session, or before it."""
    assert state("DR-19", course(8, tasks={8: ["M12"]})) is NOT_FIRED
    assert state("DR-19", course(8, tasks={7: ["M12"]})) is NOT_FIRED


def test_an_extension_moves_the_middle():
    """Extended from 12 to 16 before session 6, half the way is session 8."""
    longer = PlanChange(16, day(5), "middle")
    assert state("DR-19", course(6, planned=12, plan_changes=(longer,))) is NOT_FIRED
    assert state("DR-19", course(8, planned=12, plan_changes=(longer,))) is FIRED
