"""DR-27: More sessions than agreed."""

from __future__ import annotations

from openipt.core.course.course import Attendance, Meeting, PlanChange
from tests.spec.world import NOT_FIRED, course, day, read, state

rule = "DR-27"
title = "More sessions than agreed"


def planned_dates(*weeks):
    return [Meeting(day(week), None, Attendance.PLANNED) for week in weeks]


def test_booked_beyond_the_contract():
    """Ten held and three booked in a contract of twelve."""
    assert state("DR-27", course(10, planned=12, meetings=planned_dates(11, 12))) is NOT_FIRED
    assert read("DR-27", course(10, planned=12, meetings=planned_dates(11, 12, 13))).inputs["booked"] == 13


def test_an_extension_settles_it():
    """Sixteen agreed: thirteen are within."""
    more = PlanChange(16, day(10), "ending")
    made = course(10, planned=12, meetings=planned_dates(11, 12, 13), plan_changes=(more,))
    assert state("DR-27", made) is NOT_FIRED
