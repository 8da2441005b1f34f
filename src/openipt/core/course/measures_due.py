"""Which measures are due for the present session, or for the next one once this day's is over (ipt.md 10.5).

Measures asked by the clinician alone with the client are never in this list: it feeds check-ins on the
client's own device (ipt.md 22.1). They are tasks (A04).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from openipt.core.course.conditions import measure_applies
from openipt.core.course.course import Answers, Attendance, Course, EpisodeStatus
from openipt.core.course.phases import (
    ORDER,
    beyond_contract,
    has_ended,
    is_over,
    meetings_after,
    meetings_before,
    phase_by_plan,
    planned_sessions,
    present_session,
    remaining,
    session_number,
    status_on,
)
from openipt.core.course.scores import RATED_BY_BOTH, THERAPIST
from openipt.core.manual.model import Manual, ScheduleItem

DAYS_A_MONTH = 30.4  # mean month; follow-up months are counted in days


def measures_due(manual: Manual, course: Course, today: date) -> tuple[str, ...]:
    """Ids of the measures that wait for answers, in the order of the schedule."""
    if has_ended(course):
        return _follow_up(manual, course, today)
    session = sitting(manual, course, today)
    if session is None:  # every agreed session has been held: the follow-up counts from the last
        return _follow_up(manual, course, today)
    items = _items_for(manual, course, session)
    answered = _answered_for(manual, course, session, today)
    due = [m for m in _measures(manual, course, today, items, session) if m not in answered]
    return tuple(dict.fromkeys(due))


def sitting(manual: Manual, course: Course, today: date) -> int | None:
    """The session the next answers are for: the present one on its own day, else the one to come."""
    present = present_session(course)
    if present is not None and present.on == today:
        return session_number(course)
    if course.held and remaining(course) == 0 and not _goes_on(manual, course):
        return None
    return session_number(course) + 1


def _goes_on(manual: Manual, course: Course) -> bool:
    """Is there a session to come, though all that were agreed are held: in maintenance, or after the contract?"""
    if status_on(course) is EpisodeStatus.MAINTENANCE or manual.phase_after is None:
        return is_over(course)
    booked = any(meeting.attendance is Attendance.PLANNED for meeting in course.meetings)
    to_come = len(meetings_after(manual, course)) < manual.most_after
    return to_come and (booked or beyond_contract(course))


def _items_for(manual: Manual, course: Course, session: int) -> tuple[ScheduleItem, ...]:
    items = [*manual.due_at("baseline")] if session == 1 else []
    items += manual.due_at("session")
    items += [item for item in manual.due_at("sessions_3_8_12") if session in (item.sessions or (3, 8, 12))]
    if session == planned_sessions(course):
        items += manual.due_at("end")
    return tuple(items)


def _measures(
    manual: Manual, course: Course, today: date, items: Iterable[ScheduleItem], session: int
) -> list[str]:
    return [
        measure
        for item in items
        for measure in item.measures
        if measure not in item.private and _applies(manual, course, today, item, measure, session)
    ]


def _applies(
    manual: Manual, course: Course, today: date, item: ScheduleItem, measure: str, session: int
) -> bool:
    name = item.conditions.get(measure, "")
    if name == "middle-phase-reached":  # asked of the session the answers are for, not of today
        return ORDER.index(phase_by_plan(manual, course, session)) >= ORDER.index("middle")
    return not name or measure_applies(manual, course, today, name, measure).holds is True


def _answered_for(manual: Manual, course: Course, session: int, today: date) -> set[str]:
    """Answered for this session; the baseline counts for the first, answers since the last for the next.

    Where meetings come before session 1, what each meeting asks for is asked again after each of them.
    """
    before = [meeting.on for meeting in course.held if (meeting.number or 0) < session]
    met = [m.on for m in meetings_before(course) if session == 1 and m.on < today]
    anew = {name for item in manual.due_at("session") for name in item.measures} if met else set()

    def counts(answers: Answers) -> bool:
        if answers.measure in anew and answers.session != session and answers.on <= met[-1]:
            return False
        if not answers.finished or (answers.rater == THERAPIST and answers.measure in RATED_BY_BOTH):
            return False
        if answers.session == session or (session == 1 and answers.session == 0):
            return True
        return answers.session is None and answers.on > max(before, default=date.min)

    return {answers.measure for answers in course.answers if counts(answers)}


def _follow_up(manual: Manual, course: Course, today: date) -> tuple[str, ...]:
    """3 and 6 months after the last session, until answered."""
    present = present_session(course)
    if present is None:
        return ()
    due: list[str] = []
    for item in manual.due_at("follow_up"):
        reached = [m for m in item.months if (today - present.on).days >= round(m * DAYS_A_MONTH)]
        if not reached:
            continue
        since = present.on.toordinal() + round(max(reached) * DAYS_A_MONTH) - 14
        answered = {a.measure for a in course.answers if a.finished and a.on.toordinal() >= since}
        session = session_number(course)
        due += [m for m in _measures(manual, course, today, [item], session) if m not in answered]
    return tuple(dict.fromkeys(due))
