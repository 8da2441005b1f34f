"""DR-34: Missed sessions."""

from __future__ import annotations

from openipt.core.course.course import Attendance, EpisodeStatus, Meeting, StatusChange
from tests.spec.world import FIRED, NOT_FIRED, course, day, state

rule = "DR-34"
title = "Missed sessions"


def missed(*weeks, attendance=Attendance.MISSED):
    return [Meeting(day(week), None, attendance) for week in weeks]


def test_two_in_a_row_up_to_the_session_after_them():
    """Missed in weeks 5 and 6; it stands until the session after the return has begun."""
    gone = course(4, meetings=missed(5, 6))
    assert state("DR-34", gone, 5) is NOT_FIRED
    assert state("DR-34", gone, 6) is FIRED
    back = [*missed(5, 6), Meeting(day(7), 5, Attendance.ATTENDED)]
    assert state("DR-34", course(4, meetings=back), 7) is FIRED
    again = [*back, Meeting(day(8), 6, Attendance.ATTENDED)]
    assert state("DR-34", course(4, meetings=again), 8) is NOT_FIRED


def test_three_in_all():
    """Three scattered ones, whatever lies between."""
    held = [Meeting(day(week), 4 + n, Attendance.ATTENDED) for n, week in enumerate((6, 8), start=1)]
    assert state("DR-34", course(4, meetings=[*missed(5, 7, 9), *held]), 9) is FIRED


def test_a_cancelled_date_is_not_missed():
    """Cancelled in time does not count, and does not break a row either."""
    cancelled = missed(5, 6, 7, attendance=Attendance.CANCELLED)
    assert state("DR-34", course(4, meetings=cancelled), 7) is NOT_FIRED
    between = [*missed(5, 7), *missed(6, attendance=Attendance.CANCELLED)]
    assert state("DR-34", course(4, meetings=between), 7) is FIRED


def test_an_ended_episode_asks_for_no_outreach():
    """Ended as dropped out after two missed sessions: it does not ask to reach out any more."""
    ended = (StatusChange(EpisodeStatus.ENDED, day(7), "dropped_out"),)
    assert state("DR-34", course(4, meetings=missed(5, 6), status_changes=ended), 6) is FIRED
    assert state("DR-34", course(4, meetings=missed(5, 6), status_changes=ended), 7) is NOT_FIRED
