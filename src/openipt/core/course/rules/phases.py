"""Rules of phases and of the number of sessions (ipt.md 3.2, 3.3, 14, 22.1)."""

from __future__ import annotations

from datetime import date

from openipt.core.course import known
from openipt.core.course.course import Attendance, Course
from openipt.core.course.phases import (
    ORDER,
    begun_again,
    is_over,
    meetings_before,
    phase_on,
    phase_spans,
    planned_sessions,
    remaining,
    session_number,
    sessions_before,
)
from openipt.core.course.rules.result import Verdict, fired, not_fired, parameter, rule
from openipt.core.course.tasks import end_is_near
from openipt.core.course.transitions import exit_criteria
from openipt.core.manual.model import Manual, midpoint


@rule("DR-14")
def transition_overdue(manual: Manual, course: Course, today: date) -> Verdict:
    """The last session of the initial phase is over (or the phase goes on beyond it) with a criterion open."""
    number, last = session_number(course), phase_spans(manual, course).get("initial", (0, 0))[1]
    phase = phase_on(manual, course, today)
    missing = [criterion.id for criterion in exit_criteria(manual, course, today, "initial").missing]
    inputs = {"session": number, "last_initial_session": last, "missing": missing}
    if phase == "initial" and number >= last and missing:
        return fired(f"Session {number}: still missing {', '.join(missing)}.", **inputs)
    if ORDER.index(phase) > ORDER.index("initial"):
        return not_fired("The initial phase is over.", **inputs)
    if number < last:
        return not_fired(f"The initial phase lasts to session {last}.", **inputs)
    return not_fired("No exit criterion is open.", **inputs)


@rule("DR-15")
def ready_for_the_middle(manual: Manual, course: Course, today: date) -> Verdict:
    """Every exit criterion of the initial phase is met while the course is still in it."""
    phase = phase_on(manual, course, today)
    missing = [criterion.id for criterion in exit_criteria(manual, course, today, "initial").missing]
    inputs = {"phase": phase, "missing": missing}
    if phase != "initial":
        return not_fired(f"The course is not in the initial phase but in {phase}.", **inputs)
    if missing:
        return not_fired(f"Still missing {', '.join(missing)}.", **inputs)
    return fired("Every exit criterion of the initial phase is met.", **inputs)


@rule("DR-16")
def no_formulation(manual: Manual, course: Course, today: date) -> Verdict:
    """Session 4 or later without an agreed formulation, or what a model without one works on instead. Where that
    is what a longer initial phase is for, from its last session on.
    """
    number, last = session_number(course), phase_spans(manual, course).get("initial", (0, 0))[1]
    limit = max(begun_again(manual, course) + parameter(manual, "DR-16", "session_from"), last)
    agreed, name = known.agreed_account(manual, course) is not None, known.account_of(manual)
    inputs = {"session": number, "agreed": agreed}
    if not manual.is_acute or not name:
        return not_fired("No formulation is asked for beyond acute treatment.", **inputs)
    if number >= limit and not agreed and not is_over(course):
        return fired(f"Session {number} and no {name} is agreed.", **inputs)
    return not_fired(f"A {name} is agreed." if agreed else f"Read from session {limit} on.", **inputs)


@rule("DR-19")
def midpoint_review_due(manual: Manual, course: Course, today: date) -> Verdict:
    """The session halfway through the contract has come and the review is not done."""
    number, again = session_number(course), begun_again(manual, course)
    half = again + midpoint(planned_sessions(course) - again)
    done = parameter(manual, "DR-19", "task") in known.done_here(manual, course)
    inputs = {"session": number, "midpoint": half, "done": done}
    if not manual.has_task(parameter(manual, "DR-19", "task")):
        return not_fired("This adaptation asks for no midpoint review.", **inputs)
    if number >= half and not done and not is_over(course):
        return fired(f"Session {half} is halfway; the midpoint review is not done.", **inputs)
    return not_fired("The review is done." if done else f"It is due at session {half}.", **inputs)


@rule("DR-26")
def ending_due(manual: Manual, course: Course, today: date) -> Verdict:
    """Three or fewer sessions remain and the end has not been raised."""
    left = remaining(course)
    done = _end_raised(manual, course)
    inputs = {"remaining": left, "done": done}
    if end_is_near(manual, course) and not done and not is_over(course):
        return fired(f"{left} sessions remain and the end has not been raised.", **inputs)
    return not_fired("The end has been raised." if done else f"{left} sessions remain.", **inputs)


def _end_raised(manual: Manual, course: Course) -> bool:
    """The task that raises it is done; in a model without that task, any of its end."""
    task, done = parameter(manual, "DR-26", "task"), known.done_here(manual, course)
    raise_it = [task] if manual.has_task(task) else [one.id for one in manual.tasks if one.is_of_ending]
    return any(one in done for one in raise_it)


@rule("DR-27")
def more_than_agreed(manual: Manual, course: Course, today: date) -> Verdict:
    """Held and still planned sessions together are more than agreed."""
    booked, planned = _booked(manual, course), planned_sessions(course)
    inputs = {"booked": booked, "planned": planned}
    if booked > planned and not is_over(course):
        return fired(f"{booked} sessions are held or booked; {planned} were agreed.", **inputs)
    return not_fired(f"{booked} of {planned} agreed sessions are held or booked.", **inputs)


@rule("DR-28")
def beyond_the_maximum(manual: Manual, course: Course, today: date) -> Verdict:
    """More sessions held, booked or agreed than the adaptation allows."""
    most = max(_booked(manual, course), planned_sessions(course)) - sessions_before(course)
    inputs = {"sessions": most, "maximum": manual.sessions.max}
    if most > manual.sessions.max and not is_over(course):
        return fired(f"{most} sessions; the maximum is {manual.sessions.max}.", **inputs)
    return not_fired(f"{most} is not above the maximum {manual.sessions.max}.", **inputs)


def _booked(manual: Manual, course: Course) -> int:
    """Held sessions and those still planned; what comes before session 1 or after the contract is not one of them."""
    planned = [m for m in course.meetings if m.attendance is Attendance.PLANNED and m.number is None]
    before = manual.phase_before
    to_come = before.meetings[1] - len(meetings_before(course)) if before and not course.held else 0
    return len(course.held) + max(0, len(planned) - max(0, to_come) - manual.most_after)
