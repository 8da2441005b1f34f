"""Meetings after the contract, such as boosters: held and shown in a phase of their own, counted by no contract."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from openipt import library
from openipt.core.course.course import (
    Attendance,
    Course,
    EndReason,
    EpisodeStatus,
    Meeting,
    PhaseChange,
    StatusChange,
)
from openipt.core.course.guide import session_guide
from openipt.core.course.phases import after_words, days_after
from openipt.core.course.status import OtherMeetings, course_status

GROUP = library.manual("ipt_ast")  # up to four, each alone, though the course is a group
WITH_BOOSTER = ("rose", "ipt_ast", "ipt_sad")


def day(week):
    return date(2026, 2, 2) + timedelta(weeks=week)


def course(held, planned=8, manual=GROUP, **more):
    meetings = tuple(Meeting(day(n), n, Attendance.ATTENDED) for n in range(1, held + 1))
    return Course(
        manual.id, manual.version, planned, day(1), meetings=(*meetings, *more.pop("ahead", ())), **more
    )


def ahead(count):
    return tuple(Meeting(day(30 + n), None, Attendance.PLANNED) for n in range(count))


def test_the_meeting_after_the_last_of_the_contract_is_the_first_booster():
    """It is in a phase of its own; its number goes on, and the contract keeps the number that was agreed."""
    made = course(9)
    found = course_status(GROUP, made, day(9))
    assert (found.phase, found.planned_sessions, found.remaining) == ("booster", 8, 0)
    assert after_words(GROUP, made, 9) == "booster 1 of up to 4"
    assert {"B01", "M10"} <= set(found.due) and "M11" not in found.due
    assert OtherMeetings("booster", held=1, fewest=0, most=4) in found.other_meetings
    assert found.as_json()["other_meetings"][-1] == {"kind": "booster", "held": 1, "fewest": 0, "most": 4}


def test_a_booster_of_a_group_is_held_alone_and_is_as_long_as_it_says():
    guide = session_guide(GROUP, course(8), day(12), 9)
    assert (guide.phase, guide.minutes, guide.remaining_after) == ("booster", 50, 0)
    assert "booster 1 of up to 4" in guide.remaining_words and "of the group" not in guide.remaining_words
    assert {task.id for task in guide.tasks} >= {"B01", "M10"}


def test_a_clinician_may_go_on_to_the_boosters_where_sessions_were_missed():
    """Nothing of the contract remains then, and the next meeting is a booster."""
    decided = course(6, phase_changes=(PhaseChange("booster", day(6), 6),))
    assert course_status(GROUP, decided, day(7)).remaining == 0
    made = course(7, phase_changes=(PhaseChange("booster", day(6), 6),))
    assert course_status(GROUP, made, day(7)).phase == "booster"
    assert after_words(GROUP, made, 7) == "booster 1 of up to 4"


def test_the_episode_may_end_without_a_booster_where_none_is_asked_for():
    ways = {name: library.manual(name).ways_from("ending") for name in WITH_BOOSTER}
    assert "end" in ways["ipt_ast"] and "end" in ways["ipt_sad"] and ways["rose"] == ("booster",)
    over = (StatusChange(EpisodeStatus.ENDED, day(9), EndReason.COMPLETED),)
    assert not course_status(GROUP, course(8, status_changes=over), day(9)).overdue.count("B01")


def test_the_fewest_are_held_before_the_way_to_the_end_opens():
    rose = library.manual("rose")
    entered = (PhaseChange("booster", day(4), 4),)
    before = course_status(rose, course(4, 4, rose, phase_changes=entered), day(5))
    assert [(way.to, way.open) for way in before.transitions] == [("end", False)]
    held = course_status(rose, course(5, 4, rose), day(5))
    assert [(way.to, way.open) for way in held.transitions] == [("end", True)]


def test_boosters_that_are_planned_are_not_booked_beyond_the_contract():
    """DR-27 counts the sessions of the contract; one more than the most there may be is too many."""
    assert not course_status(GROUP, course(8, ahead=ahead(4)), day(8)).rule("DR-27").fired
    assert course_status(GROUP, course(8, ahead=ahead(5)), day(8)).rule("DR-27").fired


def test_the_first_booster_is_as_long_after_the_last_session_as_the_manual_says():
    sad = library.manual("ipt_sad")
    made = course(14, 14, sad)
    assert days_after(sad, made) == (day(14) + timedelta(weeks=2), day(14) + timedelta(weeks=4))
    assert days_after(sad, course(15, 14, sad)) is None and days_after(GROUP, course(8)) is None


@pytest.mark.parametrize("name", WITH_BOOSTER)
def test_measures_are_asked_before_a_booster_that_is_planned(name):
    manual = library.manual(name)
    planned = manual.sessions.typical
    assert not course_status(manual, course(planned, planned, manual), day(planned + 1)).measures_due
    booked = course(planned, planned, manual, ahead=ahead(1))
    assert "ms_phq9" in course_status(manual, booked, day(planned + 1)).measures_due
