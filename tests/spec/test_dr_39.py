"""DR-39: Group member absent."""

from __future__ import annotations

from openipt.core.course.course import Attendance, Meeting
from tests.spec.world import FIRED, NOT_FIRED, contract, course, day, read, state

rule = "DR-39"
title = "Group member absent"

GROUP = contract("grief", session=1, format="group")


def missed(*weeks):
    return tuple(Meeting(day(week), None, Attendance.MISSED) for week in weeks)


def contact(week):
    row = {"member": "m1", "on": day(week).isoformat(), "result": "ill, will come"}
    return ("rec_group_meeting", week, {"group": "g", "number": week, "absent_contact": [row]})


def test_an_absence_asks_for_contact_within_two_days():
    """Absent from the last meeting: contact by the second day after it, until somebody was in touch."""
    made = course(2, records=[GROUP], meetings=missed(3))
    assert "2025-09-18" in read("DR-39", made, 3).why
    assert state("DR-39", course(2, records=[GROUP, contact(3)], meetings=missed(3)), 3) is NOT_FIRED


def test_absent_twice_asks_for_an_individual_talk():
    """From the second absence on a contact alone does not end it."""
    twice = course(2, records=[GROUP, contact(4)], meetings=missed(3, 4))
    result = read("DR-39", twice, 4)
    assert result.state is FIRED and "individual talk" in result.why


def test_who_came_again_is_not_absent():
    """After the next meeting the member came to, it is over."""
    assert state("DR-39", course(4, records=[GROUP], meetings=missed(3)), 4) is NOT_FIRED


def test_alone_with_a_therapist_it_does_not_speak():
    """In individual treatment missed sessions speak through DR-34."""
    result = read("DR-39", course(2, meetings=missed(3)), 3)
    assert (result.state, result.applies) == (NOT_FIRED, False)
