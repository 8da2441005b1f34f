"""DR-26: Ending phase due."""

from __future__ import annotations

from openipt.core.course.course import Attendance, Meeting
from tests.spec.world import FIRED, NOT_FIRED, course, day, read, state

rule = "DR-26"
title = "Ending phase due"


def test_three_remain_and_the_end_was_not_raised():
    """Of 16: after session 13 three remain. E01 at any earlier session settles it."""
    assert state("DR-26", course(12)) is NOT_FIRED
    assert read("DR-26", course(13)).inputs == {"remaining": 3, "done": False}
    assert state("DR-26", course(13, tasks={13: ["E01"]})) is NOT_FIRED
    assert state("DR-26", course(14, tasks={12: ["E01"]})) is NOT_FIRED


def test_in_short_courses_from_the_session_before_the_ending_phase():
    """Of 8, the ending is 7 and 8 (one visit in counselling): due from the session before it."""
    short = {"planned": 8, "adaptation": "ipc"}
    assert state("DR-26", course(6, **short)) is NOT_FIRED
    assert state("DR-26", course(7, **short)) is FIRED


def test_never_with_three_sessions_or_fewer():
    """A contract of three is about its end from the start."""
    assert state("DR-26", course(3, planned=3, adaptation="ipc")) is NOT_FIRED


def test_missed_sessions_do_not_use_up_the_contract():
    """Planned minus held: a missed date leaves one more."""
    missed = Meeting(day(13), None, Attendance.MISSED)
    assert state("DR-26", course(12, meetings=[missed]), 13) is NOT_FIRED
