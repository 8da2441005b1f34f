"""Expected courses as the line draws them: that of ipt.md 15.3, and the service's own once it has its cases."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from openipt.core.course.course import Attendance, Course
from openipt.core.course.phases import acute_sessions, begun_again
from openipt.core.course.scores import PHQ9, start_score
from openipt.core.manual.model import Manual
from openipt.core.outcomes.expected import ALERTS_FROM_START, BAND, expected_course
from openipt.core.outcomes.fitted import FittedCourse
from openipt.records.queries.own_course import own_course
from openipt.web.drawing.symptom_line import ExpectedCourse

DEFAULT_NAME = "expected course (project default)"


def expected_courses(
    manual: Manual, course: Course, on: date, *, default: bool = True, own: bool = True
) -> tuple[ExpectedCourse, ...]:
    """Of PHQ-9, where the start can raise something (15.3). Where the service has its own line, that one
    carries the band, and both are drawn."""
    start = start_score(manual, course, PHQ9)
    if start is None or start < ALERTS_FROM_START:
        return ()
    planned, again = acute_sessions(manual, course), begun_again(manual, course)
    if again:
        course = replace(
            course, meetings=tuple(m for m in course.meetings if not 0 <= (m.number or again + 1) <= again)
        )
    fitted = own_course(planned, on) if own else None
    found = []
    if default:
        days = expected_days(course, start, planned, None)
        found.append(ExpectedCourse(DEFAULT_NAME, days, 0.0 if fitted else BAND))
    if fitted:
        days = expected_days(course, start, planned, fitted.fall)
        found.append(ExpectedCourse(own_course_name(fitted), days, BAND, own=True))
    return tuple(one for one in found if one.days)


def own_course_name(fitted: FittedCourse) -> str:
    return f"this service's own course ({fitted.cases} cases)"


def expected_days(
    course: Course, start: float, planned: int, fall: float | None
) -> tuple[tuple[date, float], ...]:
    """The expected score on the day of every session, held and to come."""
    found = []
    for number, on in enumerate(session_days(course, planned), start=1):
        expected = expected_course(start, planned, number, fall)
        if expected is not None:
            found.append((on, round(expected, 2)))
    return tuple(found)


def session_days(course: Course, planned: int) -> list[date]:
    """The days of sessions held, then those planned, then a week apart, up to the planned number."""
    held = [meeting.on for meeting in course.held]
    ahead = sorted(
        meeting.on
        for meeting in course.meetings
        if meeting.attendance is Attendance.PLANNED and (not held or meeting.on > held[-1])
    )
    days = [*held, *ahead][:planned]
    while days and len(days) < planned:
        days.append(days[-1] + timedelta(days=7))
    return days
