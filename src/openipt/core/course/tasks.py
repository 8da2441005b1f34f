"""Where every task of the manual stands: due, done, overdue, or not applicable and why.

Tasks done once (before treatment, in the initial and ending phase, the midpoint review) are looked for
in the whole course: once done they stay done. Tasks of every session are looked for in the present
session only; a task that comes again after so many months is done until they are over. Only a required task
can be overdue; a conditional one is due as long as its condition holds. Of an ended episode no task is asked
any more.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from openipt.core.course import known
from openipt.core.course.carers import left_out, may_be_left_out
from openipt.core.course.conditions import TASK_CONDITIONS
from openipt.core.course.course import Course
from openipt.core.course.known import months_after
from openipt.core.course.phases import (
    ORDER,
    begun_again,
    has_ended,
    is_over,
    left_treatment,
    phase_on,
    phase_spans,
    planned_sessions,
    remaining,
    session_number,
    session_phase,
)
from openipt.core.fields.words import date_in_words
from openipt.core.manual.compare import every
from openipt.core.manual.model import Manual, Requirement, Task, midpoint
from openipt.core.manual.names import MEETING_FORMATS, PHASES_AFTER, PHASES_BEFORE


class State(StrEnum):
    """Of one task on one day. Later: its time has not come. Open: may be done, nobody waits for it."""

    DUE = "due"
    DONE = "done"
    OVERDUE = "overdue"
    NOT_APPLICABLE = "not_applicable"
    LATER = "later"
    OPEN = "open"


@dataclass(frozen=True)
class TaskState:
    """One task, where it stands and why."""

    task: Task
    state: State
    why: str = ""


@dataclass(frozen=True)
class _Now:
    """What every task is held against."""

    phase: str
    number: int
    planned: int
    again: int  # sessions held before acute treatment began again
    done_ever: frozenset[str]
    done_now: frozenset[str]
    done_before: frozenset[str]
    done_two_before: frozenset[str]
    last_before: date
    on: date
    format: str
    over: bool
    ended: bool
    brought: frozenset[str]
    catches_up: bool
    left_out: frozenset[str]


def task_states(manual: Manual, course: Course, today: date) -> tuple[TaskState, ...]:
    """Every task of the manual, in the manual's order."""
    now = _now(manual, course, today)
    return tuple(_state(manual, course, today, task, now) for task in manual.tasks)


def of_state(states: tuple[TaskState, ...], state: State) -> tuple[str, ...]:
    """The ids of the tasks that stand so."""
    return tuple(found.task.id for found in states if found.state is state)


def _now(manual: Manual, course: Course, today: date) -> _Now:
    held = [known.tasks_of_meeting(course, meeting) for meeting in course.held]
    before = [frozenset[str](), frozenset[str](), *held]
    present = course.held[-1] if course.held else None
    phase = phase_on(manual, course, today)
    return _Now(
        phase=phase,
        number=session_number(course),
        planned=planned_sessions(course),
        again=begun_again(manual, course),
        done_ever=known.done_here(manual, course),
        done_now=held[-1] if held else frozenset(),
        done_before=before[-2] if held else frozenset(),
        done_two_before=before[-3] if held else frozenset(),
        last_before=course.held[-2].on if len(course.held) > 1 else date.min,
        on=present.on if present else date.max,
        format=present.format if present else "",
        over=left_treatment(course),
        ended=has_ended(course),
        brought=frozenset(task for change in course.adaptation_changes for task in change.brought),
        catches_up=_catches_up(course, phase),
        left_out=may_be_left_out(manual) & left_out(course).keys(),
    )


def _catches_up(course: Course, phase: str) -> bool:
    """Is there time for what came with a change of adaptation: in its phase, and in the session after it."""
    change = course.adaptation_changes[-1] if course.adaptation_changes else None
    if change is None or change.counts_anew or is_over(course):
        return False
    of_change = change.phases[-1] if change.phases else "pre"
    return phase == of_change or session_number(course) <= change.session + 1


def _state(manual: Manual, course: Course, today: date, task: Task, now: _Now) -> TaskState:
    if task.beside:
        return _beside(manual, course, today, task, now)
    if task.every_months:
        return _recurring(manual, course, today, task, now)
    if task.id in (now.done_now if _is_of_every_session(task) else now.done_ever):
        return TaskState(task, State.DONE)
    if known.is_written(manual, course, task) or (task.days_kept and _is_kept(course, task, now)):
        return TaskState(task, State.DONE)
    if task.formats and now.format and now.format not in task.formats:
        return TaskState(
            task, State.NOT_APPLICABLE, f"This session is held {MEETING_FORMATS.get(now.format, '')}."
        )
    if task.answered_before and known.answered_between(course, now.last_before, now.on):
        return TaskState(task, State.DONE, "The client answered before the session.")
    if now.ended:
        return TaskState(task, State.NOT_APPLICABLE, "The episode has ended.")
    if task.id in now.left_out:
        return TaskState(task, State.NOT_APPLICABLE, "A clinician left it out; the reason is on record.")
    if task.requirement is Requirement.OPTIONAL:
        return TaskState(task, State.OPEN if task.is_in(now.phase) else State.LATER)
    state = _when(manual, course, today, task, now)
    if state.state is State.OVERDUE and _is_caught_up(task, now):
        state = TaskState(task, State.DUE, "It came with the change of adaptation: catch it up.")
    if state.state is State.DUE and task.requirement is Requirement.CONDITIONAL:
        return _under_condition(manual, course, today, task, state)
    if state.state is State.OVERDUE and task.requirement is Requirement.CONDITIONAL:
        return TaskState(task, State.LATER)
    return state


def _beside(manual: Manual, course: Course, today: date, task: Task, now: _Now) -> TaskState:
    """A task of each meeting of another kind: due since one was held, until the last of them has its record."""
    kind, held = manual.kind(task.beside), course.held_beside(task.beside)
    name = kind.name if kind else "meeting"
    if not held or not kind:
        return TaskState(task, State.LATER, f"It belongs to each {name}.")
    if task.id in known.tasks_beside(course, held[-1]):
        return TaskState(task, State.DONE)
    if now.ended:
        return TaskState(task, State.NOT_APPLICABLE, "The episode has ended.")
    if task.requirement is Requirement.OPTIONAL:
        return TaskState(task, State.OPEN)
    due = TaskState(task, State.DUE, f"It belongs to {name} {held[-1].number}.")
    return _under_condition(manual, course, today, task, due) if task.condition else due


def _is_caught_up(task: Task, now: _Now) -> bool:
    """Its time was over before the adaptation that asks for it came, or there was none left for it."""
    return task.id in now.brought and now.catches_up


def _is_kept(course: Course, task: Task, now: _Now) -> bool:
    """Whether its record was kept on enough days, by whomever: a diary is shown by its days."""
    since = now.last_before if _is_of_every_session(task) else date.min
    days = {known.day(entry.values.get("date")) or entry.on for entry in course.entries_of(task.record)}
    return len([day for day in days if day >= since]) >= task.days_kept


def _is_of_every_session(task: Task) -> bool:
    return task.each_session or task.each_second_session


def _under_condition(manual: Manual, course: Course, today: date, task: Task, due: TaskState) -> TaskState:
    applies = TASK_CONDITIONS[task.condition](manual, course, today)
    if applies.holds:
        return TaskState(task, State.DUE, applies.why)
    return TaskState(task, State.NOT_APPLICABLE, applies.why)


def _when(manual: Manual, course: Course, today: date, task: Task, now: _Now) -> TaskState:
    """When a task that is not done is due, apart from its condition."""
    if not task.is_in(now.phase):
        to_come = any(ORDER.index(phase) > ORDER.index(now.phase) for phase in task.phases)
        return _early(manual, course, task, now) if to_come else _left_behind(task)
    if now.over and not task.is_in("maintenance"):
        return TaskState(task, State.OVERDUE, "The treatment is over.")
    if task.until == "midpoint" and now.number > _half(now):
        return TaskState(task, State.LATER, "It belongs to the first half of the treatment.")
    if task.each_session:
        return TaskState(task, State.DUE, "It belongs to every session of this phase.")
    if task.each_second_session:
        return _every_second(task, now)
    if task.at:
        return _at_moment(task, now)
    if now.phase in PHASES_AFTER:
        return TaskState(task, State.DUE, "It is due after the contract.")
    if task.in_last:
        return _within(manual.window(task, now.planned) or (0, now.planned), now, task)
    if task.formats and not task.has_window:
        return TaskState(task, State.DUE, "It is due in the first session that is held so.")
    return _in_window(manual, course, task, now)


def _early(manual: Manual, course: Course, task: Task, now: _Now) -> TaskState:
    """A task of a later phase. What may come early does so when the end is near (DR-26)."""
    if task.may_be_early and end_is_near(manual, course):
        return TaskState(task, State.DUE, f"{remaining(course)} sessions remain.")
    return TaskState(task, State.LATER)


def _left_behind(task: Task) -> TaskState:
    if _is_of_every_session(task):
        return TaskState(task, State.LATER)
    return TaskState(task, State.OVERDUE, "Its phase is over.")


def _every_second(task: Task, now: _Now) -> TaskState:
    if task.id in now.done_before:
        why = "It was done at the session before; it is due again at the next."
        return TaskState(task, State.NOT_APPLICABLE, why)
    if task.id in now.done_two_before:
        return TaskState(task, State.DUE, "It is due at least every second session.")
    return TaskState(task, State.DUE, "It is due at least every second session.")


def _half(now: _Now) -> int:
    """The session halfway through what is counted."""
    return now.again + midpoint(now.planned - now.again)


def _at_moment(task: Task, now: _Now) -> TaskState:
    session = _half(now) if task.at == "midpoint" else now.planned
    if now.number < session:
        if task.at == "midpoint":
            return TaskState(task, State.NOT_APPLICABLE, f"It is due at session {session}.")
        return TaskState(task, State.LATER, f"It is due at session {session}.")
    if now.number == session:
        return TaskState(task, State.DUE, f"It is due at session {session}.")
    return TaskState(task, State.OVERDUE, f"It was due at session {session}.")


def _recurring(manual: Manual, course: Course, today: date, task: Task, now: _Now) -> TaskState:
    """Again and again: so many months after it was last done, or after its phase began."""
    last = known.last_done(course, task.id)
    again = months_after(last, task.every_months) if last else None
    if now.ended:
        done = TaskState(task, State.DONE)
        return done if last else TaskState(task, State.NOT_APPLICABLE, "The episode has ended.")
    if again is not None and today < again:
        return TaskState(task, State.DONE, f"It is due again from {date_in_words(again.isoformat())}.")
    if not task.is_in(now.phase):
        return TaskState(task, State.LATER)
    if task.requirement is Requirement.OPTIONAL:
        return TaskState(task, State.OPEN)
    first = again or months_after(_phase_began(manual, course, today, task), task.every_months)
    if today < first:
        return TaskState(task, State.LATER, f"It is due from {date_in_words(first.isoformat())}.")
    due = TaskState(task, State.DUE, f"It is due {every(task.every_months)}.")
    return _under_condition(manual, course, today, task, due) if task.condition else due


def _phase_began(manual: Manual, course: Course, today: date, task: Task) -> date:
    """The first session of a phase the task belongs to; today where none was held yet."""
    days = (m.on for m in course.held if task.is_in(session_phase(manual, course, m)))
    return min(days, default=today)


def _in_window(manual: Manual, course: Course, task: Task, now: _Now) -> TaskState:
    return _within(_window(manual, course, task, now), now, task)


def _within(window: tuple[int, int], now: _Now, task: Task) -> TaskState:
    first, last = window
    if now.number < first:
        return TaskState(task, State.LATER, f"It is due from session {first}.")
    if now.number > last:
        return TaskState(task, State.OVERDUE, f"It was due by session {last}.")
    return TaskState(task, State.DUE, _said(first, last))


def _said(first: int, last: int) -> str:
    if first == last:
        return f"It is due in session {first}." if first else "It is due before session 1."
    return f"It is due in sessions {first} to {last}."


def _window(manual: Manual, course: Course, task: Task, now: _Now) -> tuple[int, int]:
    if task.is_in("maintenance"):
        return (0, 10_000)
    if task.phase in ("pre", *PHASES_BEFORE, "initial") or task.has_window:
        first, last = manual.window(task, now.planned - now.again) or (0, now.planned - now.again)
        return (first, last) if task.phase == "pre" else (first + now.again, last + now.again)
    return phase_spans(manual, course).get(task.phase, (0, now.planned))


def end_is_near(manual: Manual, course: Course) -> bool:
    """Is the end to be raised by now (DR-26, ipt.md 22.1)? From the session after which 3 or fewer remain.

    With 8 planned sessions or fewer: from the session before the ending phase; with 3 or fewer, never.
    """
    rule = manual.rule("DR-26").parameters
    planned, number = planned_sessions(course) - begun_again(manual, course), session_number(course)
    spans = phase_spans(manual, course)
    if number < 1 or planned <= rule["not_raised_at_most"]:
        return False
    if planned <= rule["short_course_at_most"]:
        return "ending" in spans and number >= spans["ending"][0] - 1
    has_end = "ending" in spans or any(task.in_last for task in manual.tasks)
    return has_end and remaining(course) <= int(rule["remaining_at_most"])
