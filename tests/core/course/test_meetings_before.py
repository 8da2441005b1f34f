"""Meetings before session 1, such as those before a group: held and shown, and counted by no contract."""

from __future__ import annotations

from datetime import date, timedelta

from tests.spec.world import phq9_items

from openipt import library
from openipt.core.course.course import Answers, Attendance, Course, Entry, Meeting
from openipt.core.course.status import course_status
from openipt.core.course.transitions import exit_criteria

MANUAL = library.manual("ipt_g_who")
INTAKE, BEFORE, SECOND, FIRST = (date(2026, 2, 2) + timedelta(weeks=week) for week in range(4))
ASKED = ("G01", "G02", "G03", "G04")


def met(on, number=0, phase="pre_group"):
    return Meeting(on, number, Attendance.ATTENDED, phase, minutes=50)


def answered(on, total=14):
    return Answers("ms_phq9", on, phq9_items(total), session=0)


def course(*meetings, answers=(), done=()):
    entries = [Entry("rec_consent", BEFORE, {}, session=0, for_task=task) for task in done]
    held = (Meeting(INTAKE, 0, Attendance.ATTENDED, "pre", minutes=50), *meetings)
    return Course("ipt_g_who", "1", 8, FIRST, meetings=held, answers=tuple(answers), entries=tuple(entries))


def status(made, on):
    return course_status(MANUAL, made, on)


def test_a_meeting_before_the_group_is_no_meeting_of_the_group():
    """It opens its own phase, takes no number, and all eight meetings of the group remain."""
    found = status(course(met(BEFORE), met(SECOND)), SECOND)
    assert (found.phase, found.session_number, found.planned_sessions, found.remaining) == (
        "pre_group",
        0,
        8,
        8,
    )
    first = status(course(met(BEFORE), met(FIRST, 1, "")), FIRST)
    assert (first.phase, first.session_number, first.remaining) == ("initial", 1, 7)


def test_its_tasks_are_due_before_the_group_and_overdue_once_it_has_met():
    assert not set(ASKED) & set(status(course(), INTAKE).due)
    assert set(ASKED) <= set(status(course(met(BEFORE)), BEFORE).due)
    without = course(met(BEFORE), met(FIRST, 1, ""))
    assert set(ASKED) <= set(status(without, FIRST).overdue)
    assert not set(ASKED) & set(status(course(met(BEFORE), met(FIRST, 1, ""), done=ASKED), FIRST).overdue)


def test_the_group_waits_until_the_member_was_seen_alone():
    """Entered without such a meeting, the phase keeps its way out shut and says how many were held."""
    asked = {c.id: c for c in exit_criteria(MANUAL, course(), INTAKE, "pre_group").criteria}
    assert not asked["met-before"].met and "0 of at least 1" in asked["met-before"].words
    held = course(met(BEFORE))
    assert {c.id: c.met for c in exit_criteria(MANUAL, held, BEFORE, "pre_group").criteria}["met-before"]
    assert [way.to for way in status(held, BEFORE).transitions] == ["initial"]


def test_the_phq9_is_asked_again_at_each_meeting():
    """The answers of the intake serve the first meeting; after it new ones are due, and after the next again."""
    at_intake = [answered(INTAKE)]
    assert "ms_phq9" not in status(course(met(BEFORE), answers=at_intake), BEFORE).measures_due
    next_day = BEFORE + timedelta(days=1)
    assert "ms_phq9" in status(course(met(BEFORE), answers=at_intake), next_day).measures_due
    again = [*at_intake, answered(SECOND)]
    assert "ms_phq9" not in status(course(met(BEFORE), met(SECOND), answers=again), SECOND).measures_due
    at_group = status(course(met(BEFORE), met(SECOND), met(FIRST, 1, ""), answers=again), FIRST)
    assert "ms_phq9" in at_group.measures_due and "ms_gad7" in at_group.measures_due  # GAD-7: of the baseline


def test_meetings_planned_before_the_group_are_not_booked_beyond_the_contract():
    """DR-27 counts the eight of the group, not what comes before them."""
    ahead = [Meeting(FIRST + timedelta(weeks=n), None, Attendance.PLANNED) for n in range(9)]
    assert not status(course(*ahead), INTAKE).rule("DR-27").fired
    assert status(course(*ahead, *ahead), INTAKE).rule("DR-27").fired


def test_contact_after_an_absence_is_asked_for_until_somebody_was_in_touch():
    """G10 is asked of the member who was absent."""
    absent = Meeting(FIRST + timedelta(weeks=1), None, Attendance.MISSED)
    made = course(met(BEFORE), met(FIRST, 1, ""), absent, done=ASKED)
    assert "G10" in status(made, absent.on).due
    row = {"member": "G. A.", "on": str(absent.on + timedelta(days=1)), "result": "ill"}
    note = Entry("rec_group_meeting", absent.on + timedelta(days=1), {"absent_contact": [row]})
    told = Course("ipt_g_who", "1", 8, FIRST, meetings=made.meetings, entries=(*made.entries, note))
    assert "G10" not in status(told, note.on).due
