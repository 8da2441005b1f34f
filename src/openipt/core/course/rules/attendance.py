"""Rules of coming and not coming, and of days to remember (ipt.md 14, 22.1)."""

from __future__ import annotations

import re
from datetime import MAXYEAR, date, timedelta

from openipt.core.course import known
from openipt.core.course.course import Attendance, Course, EpisodeStatus
from openipt.core.course.phases import acute_end_reached, has_ended, is_over, remaining, status_on
from openipt.core.course.rules.result import Verdict, fired, not_fired, parameter, rule
from openipt.core.course.taper import frequency_now
from openipt.core.manual.model import Manual


@rule("DR-34")
def missed_sessions(manual: Manual, course: Course, today: date) -> Verdict:
    """Two missed in a row (up to and with the session after them), or three in all.

    A cancelled date is neither missed nor does it break a row.
    """
    in_a_row, in_all = _missed_in_a_row(course), _missed(course)
    inputs = {"in_a_row": in_a_row, "in_all": in_all}
    if has_ended(course):
        return not_fired("The episode has ended.", **inputs)
    if in_all >= parameter(manual, "DR-34", "missed_in_all"):
        return fired(f"{in_all} sessions were missed in all.", **inputs)
    if in_a_row >= parameter(manual, "DR-34", "missed_in_a_row"):
        return fired(f"{in_a_row} sessions in a row were missed.", **inputs)
    return not_fired(f"{in_all} missed in all, {in_a_row} in a row.", **inputs)


def _missed(course: Course) -> int:
    return sum(1 for meeting in course.meetings if meeting.attendance is Attendance.MISSED)


def _missed_in_a_row(course: Course) -> int:
    """The row that stands now, or the one that the present session ended."""
    counted = (Attendance.MISSED, Attendance.ATTENDED, Attendance.LATE)
    came = [
        m.attendance
        for m in sorted(course.meetings, key=lambda meeting: meeting.on)
        if m.attendance in counted and m.number != 0
    ]
    if came and came[-1].is_held:
        came.pop()
    row = 0
    while came and came[-1] is Attendance.MISSED:
        came.pop()
        row += 1
    return row


_MONTHLY = re.compile(r"(?:(?:once|one|1) )?(?:a |per |every )?month|every (?:4|four) weeks")


@rule("DR-35")
def no_session_for_long(manual: Manual, course: Course, today: date) -> Verdict:
    """No session in 21 days while the course runs. Meetings agreed monthly, or all held, are a reason."""
    if is_over(course) or status_on(course) is EpisodeStatus.PAUSED or not course.held:
        return not_fired("The course is not running.")
    if not remaining(course) or (manual.is_acute and acute_end_reached(manual, course)):
        return not_fired("The last agreed session has been held.")
    if _MONTHLY.match(frequency_now(manual, course)):
        return not_fired("Monthly meetings are agreed.")
    days = (today - course.held[-1].on).days
    at_risk, closing = (
        parameter(manual, "DR-35", name) for name in ("at_risk_after_days", "propose_closing_after_days")
    )
    inputs = {"days": days, "propose_closing": days >= closing}
    if days >= at_risk:
        then = " A clinician decides whether to close it as dropout." if days >= closing else ""
        return fired(f"No session in {days} days.{then}", **inputs)
    return not_fired(f"The last session was {days} days ago.", **inputs)


@rule("DR-37")
def anniversary_near(manual: Manual, course: Course, today: date) -> Verdict:
    """An anniversary of a loss or a birth lies within 14 days, both ends included."""
    ahead = parameter(manual, "DR-37", "days_ahead")
    near = sorted(
        (next_anniversary(on, today) - today).days
        for on in known.days_to_remember(course)
        if next_anniversary(on, today) - today <= timedelta(days=ahead)
    )
    if near:
        return fired(f"An anniversary is {near[0]} days away.", days=near[0])
    return not_fired(f"No anniversary on record within {ahead} days.", days=None)


def next_anniversary(of: date, today: date) -> date:
    """The next return of a day, today included, and at the earliest a year after it. 29 February: 28th."""
    year = max(today.year, of.year + 1)
    found = _in_year(of, year)
    return found if found >= today else _in_year(of, year + 1)


def _in_year(of: date, year: int) -> date:
    if year > MAXYEAR:
        return date.max
    try:
        return of.replace(year=year)
    except ValueError:
        return date(year, 2, 28)
