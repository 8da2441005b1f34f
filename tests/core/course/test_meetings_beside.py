"""Meetings of another kind beside the sessions, such as those of a ward's group: counted apart, moving nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from openipt import library
from openipt.core.course.course import Attendance, Course, Entry, Meeting
from openipt.core.course.guide import guide_beside, session_guide
from openipt.core.course.phases import beside_words
from openipt.core.course.status import OtherMeetings, course_status

MANUAL = library.manual("ipt_inp")
START = date(2026, 2, 2)


def day(n):
    return START + timedelta(days=n)


def course(sessions=6, groups=3):
    held = tuple(Meeting(day(2 * n), n, Attendance.ATTENDED) for n in range(1, sessions + 1))
    beside = tuple(
        Meeting(day(4 * n - 1), n, Attendance.ATTENDED, kind="ward_group") for n in range(1, groups + 1)
    )
    return Course(MANUAL.id, MANUAL.version, 15, START, meetings=held, beside=beside)


def entry(number, after=11):
    return Entry(
        "rec_group_meeting", day(after), {"number": number}, for_task="INP-03", beside=f"ward_group/{number}"
    )


def test_it_moves_neither_the_number_nor_the_phase_of_the_sessions():
    """The same course without its group meetings stands where it stood, rules included."""
    made = course()
    with_group, without = (
        course_status(MANUAL, made, day(12)),
        course_status(MANUAL, replace(made, beside=()), day(12)),
    )
    for name in (
        "phase",
        "session_number",
        "planned_sessions",
        "remaining",
        "transitions",
        "measures_due",
        "rules",
    ):
        assert getattr(with_group, name) == getattr(without, name), name
    assert with_group.session_number == 6 and beside_words(MANUAL, made, "ward_group") == "ward group 3 of 8"


def test_the_status_counts_both_kinds_apart():
    found = course_status(MANUAL, course(), day(12))
    assert found.other_meetings == (OtherMeetings("ward_group", held=3, fewest=8, most=8),)
    assert found.as_json()["other_meetings"] == [{"kind": "ward_group", "held": 3, "fewest": 8, "most": 8}]


def test_its_task_is_due_after_each_of_them_until_that_one_has_its_record():
    made = course()
    assert "INP-03" in course_status(MANUAL, made, day(12)).due
    earlier = replace(made, entries=(entry(2, 7),))
    assert "INP-03" in course_status(MANUAL, earlier, day(12)).due
    assert "INP-03" in course_status(MANUAL, replace(made, entries=(entry(3),)), day(12)).done
    assert "INP-03" not in course_status(MANUAL, course(groups=0), day(12)).due


def test_its_guide_asks_for_its_own_and_that_of_a_session_does_not():
    made = course()
    guide = guide_beside(MANUAL, made, day(13), "ward_group", 4)
    assert [task.id for task in guide.tasks] == ["INP-03"] and guide.minutes == 90
    assert guide.remaining_words == "This is ward group 4 of 8. After today 4 remain."
    assert "INP-03" not in {task.id for task in session_guide(MANUAL, made, day(13), 7).tasks}


def test_one_that_was_missed_or_is_planned_is_counted_by_nothing():
    made = course()
    missed = Meeting(day(11), None, Attendance.MISSED, kind="ward_group")
    ahead = tuple(Meeting(day(20 + n), None, Attendance.PLANNED, kind="ward_group") for n in range(20))
    found = course_status(MANUAL, replace(made, beside=(*made.beside, missed, *ahead)), day(12))
    assert found.other_meetings[0].held == 3
    assert not found.rule("DR-27").fired and not found.rule("DR-34").fired
