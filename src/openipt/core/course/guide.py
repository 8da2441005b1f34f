"""What one session is for: the guide on the left of the Session room.

A proposal with its reasons. Leaving it is normal and costs nothing: nothing here blocks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType
from typing import Any

from openipt.core.course import known
from openipt.core.course.course import Attendance, Course, Entry, Meeting
from openipt.core.course.measures_due import measures_due
from openipt.core.course.phases import (
    after_words,
    beside_words,
    meetings_before,
    phase_by_plan,
    phase_on,
    planned_sessions,
    session_number,
)
from openipt.core.course.tasks import State, TaskState, task_states
from openipt.core.manual.model import Manual, Requirement, Strategy, Technique
from openipt.core.manual.names import IN_PERSON, PHASES_AFTER
from openipt.core.safety.levels import Level

STRATEGIES_SHOWN = 3

# Techniques tried first for an area (ipt.md 6, choice rule), where the area names none of its own.
DEFAULT_PAIRS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "grief": ("tq_encourage_affect", "tq_reconstruct_relationship"),
        "role_dispute": ("tq_communication_analysis", "tq_decision_analysis", "tq_role_play"),
        "role_transition": ("tq_balance_sheet", "tq_support_mobilisation"),
        "interpersonal_sensitivity": ("tq_past_present", "tq_role_play", "tq_therapeutic_relationship"),
    }
)


@dataclass(frozen=True)
class Block:
    """One part of the hour."""

    id: str
    title: str
    minutes: int


@dataclass(frozen=True)
class GuideTask:
    """A task of this session with everything its card shows."""

    id: str
    title: str
    action: str
    record: str
    field: str
    quick: tuple[str, ...]
    requirement: Requirement
    overdue: bool
    done: bool
    why: str
    sources: tuple[str, ...]
    marks: tuple[str, ...]


@dataclass(frozen=True)
class GuideStrategy:
    """A strategy of the focus that is not done yet, with the questions that serve it."""

    strategy: Strategy
    area: str
    started: bool


@dataclass(frozen=True)
class LastStep:
    """The step agreed last, to be asked about first. `done`: yes, partly, no, or "" where not known."""

    step: str
    on: date
    session: int | None
    with_whom: str = ""
    done: str = ""


@dataclass(frozen=True)
class Guide:
    """What this session is for."""

    session_number: int
    planned_sessions: int
    phase: str
    phase_title: str
    goals: tuple[str, ...]
    minutes: int
    agenda: tuple[Block, ...]
    tasks: tuple[GuideTask, ...]
    optional: tuple[GuideTask, ...]
    strategies: tuple[GuideStrategy, ...]
    techniques: tuple[Technique, ...]
    last_step: LastStep | None
    measures_due: tuple[str, ...]
    remaining_after: int
    remaining_words: str
    recheck_risk: str


def session_guide(
    manual: Manual, course: Course, today: date, number: int, before: str = "", format: str = ""
) -> Guide:
    """The guide for session `number`, from the record up to and including `today`.

    For a session that has not begun, the tasks are those that stand once it has, held in this format; without one,
    as it is planned. `before` is the phase of a meeting before session 1 that belongs to one of its own.
    """
    course = _as_if_begun(course.as_of(today), today, number, before, format)
    phase = _phase(manual, course, today, number)
    states = tuple(state for state in task_states(manual, course, today) if not state.task.beside)
    held = [m for m in course.held if (m.number or 0) <= number]
    left = 0 if phase in PHASES_AFTER else max(0, planned_sessions(course) - len(held))
    minutes = _minutes(manual, course, number, phase)
    return Guide(
        session_number=number,
        planned_sessions=planned_sessions(course),
        phase=phase,
        phase_title=_phase_title(manual, phase),
        goals=manual.goals_of(phase, number),
        minutes=minutes,
        agenda=_agenda(manual, phase, minutes),
        tasks=_tasks(states, (State.OVERDUE, State.DUE, State.DONE), phase),
        optional=_tasks(states, (State.OPEN,), phase),
        strategies=next_strategies(manual, course),
        techniques=techniques_to_hand(manual, course),
        last_step=last_step(course, number),
        measures_due=measures_due(manual, course, today),
        remaining_after=left,
        remaining_words=_remaining_words(manual, course, phase, number, left),
        recheck_risk=risk_to_recheck(course),
    )


def guide_beside(manual: Manual, course: Course, today: date, kind_id: str, number: int) -> Guide:
    """The guide of a meeting of another kind: its own tasks and its own count. The phase stays that of the sessions."""
    course, kind = course.as_of(today), manual.kind(kind_id)
    if number > len(course.held_beside(kind_id)):
        begun = Meeting(today, number, Attendance.ATTENDED, kind=kind_id)
        course = replace(course, beside=(*course.beside, begun))
    states = tuple(state for state in task_states(manual, course, today) if state.task.beside == kind_id)
    phase, left = phase_on(manual, course, today), max(0, (kind.most if kind else 0) - number)
    rest = f"After today {left} remain." if left else "This is the last one."
    return Guide(
        session_number=number,
        planned_sessions=kind.most if kind else 0,
        phase=phase,
        phase_title=_phase_title(manual, phase),
        goals=(kind.text,) if kind and kind.text else (),
        minutes=manual.minutes_of(kind_id),
        agenda=(),
        tasks=tuple(_card(s) for s in states if s.state in (State.OVERDUE, State.DUE, State.DONE)),
        optional=tuple(_card(s) for s in states if s.state is State.OPEN),
        strategies=(),
        techniques=(),
        last_step=None,
        measures_due=(),
        remaining_after=left,
        remaining_words=f"This is {beside_words(manual, course, kind_id, number)}. {rest}",
        recheck_risk=risk_to_recheck(course),
    )


def _as_if_begun(course: Course, today: date, number: int, before: str, format: str) -> Course:
    """The course with this session begun, if it has not been."""
    if before and not any(m.on == today for m in meetings_before(course)):
        begun = Meeting(today, 0, Attendance.ATTENDED, before, format=format or IN_PERSON)
        return replace(course, meetings=(*course.meetings, begun))
    if number < 1 or any(meeting.number == number for meeting in course.held):
        return course
    planned = [m for m in course.meetings if m.attendance is Attendance.PLANNED and m.on >= today]
    how = format or (min(planned, key=lambda m: m.on).format if planned else IN_PERSON)
    begun = Meeting(today, number, Attendance.ATTENDED, format=how)
    return replace(course, meetings=(*course.meetings, begun))


def _phase(manual: Manual, course: Course, today: date, number: int) -> str:
    if number == session_number(course):
        return phase_on(manual, course, today)
    return phase_by_plan(manual, course, number)


def _phase_title(manual: Manual, phase: str) -> str:
    return next((found.title for found in manual.phases if found.id == phase), phase)


def _minutes(manual: Manual, course: Course, number: int, phase: str) -> int:
    if number < 1 or phase in PHASES_AFTER:
        return manual.minutes_in(phase)
    contracts = [e.values.get("minutes") for e in course.entries_of("rec_contract")]
    agreed = [m for m in contracts if isinstance(m, int) and not isinstance(m, bool)]
    if number == 1 and manual.first_minutes:
        return manual.first_minutes[0]
    return agreed[-1] if agreed else manual.minutes


def _agenda(manual: Manual, phase: str, minutes: int) -> tuple[Block, ...]:
    """The blocks of the phase; a longer or shorter hour gives or takes from the longest block."""
    blocks = [Block(block.block, block.title, length) for block, length in manual.agenda_of(phase)]
    if not blocks:
        return ()
    longest = max(range(len(blocks)), key=lambda place: blocks[place].minutes)
    spare = minutes - sum(block.minutes for block in blocks)
    core = blocks[longest]
    blocks[longest] = Block(core.id, core.title, max(1, core.minutes + spare))
    return tuple(blocks)


def _tasks(states: tuple[TaskState, ...], wanted: tuple[State, ...], phase: str) -> tuple[GuideTask, ...]:
    """In the manual's order, overdue ones first; done ones only of this phase."""
    found = [s for s in states if s.state in wanted and (s.state is not State.DONE or s.task.is_in(phase))]
    found.sort(key=lambda state: state.state is not State.OVERDUE)
    return tuple(_card(state) for state in found)


def _card(state: TaskState) -> GuideTask:
    task = state.task
    return GuideTask(
        id=task.id,
        title=task.title,
        action=task.action,
        record=task.record,
        field=task.field,
        quick=task.quick,
        requirement=task.requirement,
        overdue=state.state is State.OVERDUE,
        done=state.state is State.DONE,
        why=state.why,
        sources=task.sources,
        marks=task.marks,
    )


def strategy_progress(course: Course) -> dict[str, str]:
    """Strategy -> done or started, as the record says; using one in a session starts it."""
    progress = {code: "started" for meeting in course.held for code in meeting.strategies}
    for entry in course.entries_of("rec_strategy_progress"):
        strategy, status = entry.values.get("strategy_id"), entry.values.get("status")
        if isinstance(strategy, str) and status in ("started", "done"):
            progress[strategy] = str(status)
    return progress


def next_strategies(manual: Manual, course: Course) -> tuple[GuideStrategy, ...]:
    """The next strategies of the focus that are not done, in the area's order."""
    progress = strategy_progress(course)
    open_ones = [
        GuideStrategy(strategy, area, progress.get(strategy.id) == "started")
        for area in known.focus(course)
        for strategy in manual.strategies_of(area)
        if progress.get(strategy.id) != "done"
    ]
    untouched = [found for found in open_ones if not found.started]
    return tuple((untouched or open_ones)[:STRATEGIES_SHOWN])


def techniques_to_hand(manual: Manual, course: Course) -> tuple[Technique, ...]:
    """Those to try first for the focus; without a focus, the manual's opening technique."""
    ids: list[str] = []
    for area_id in known.focus(course):
        area = manual.areas.get(area_id)
        ids += (area.default_techniques if area else ()) or DEFAULT_PAIRS.get(area_id, ())
    if not ids:
        ids = ["tq_exploration", "tq_direct_elicitation", "tq_psychoeducation", "tq_closeness_circle"]
    return tuple(manual.techniques[t] for t in dict.fromkeys(ids) if t in manual.techniques)


def last_step(course: Course, number: int) -> LastStep | None:
    """The step agreed in an earlier session, by an action plan or the session's next step."""
    found = [
        (entry.on, entry.order, step)
        for entry in course.entries
        if entry.by_role != "client"
        and (entry.session is None or entry.session < number)
        and (step := _step(entry)) is not None
    ]
    return max(found, key=lambda each: each[:2])[2] if found else None


def _step(entry: Entry) -> LastStep | None:
    values: Mapping[str, Any] = entry.values
    if entry.record == "rec_session" and (words := known.words(values.get("next_step"))):
        return LastStep(words[0], entry.on, entry.session)
    if entry.record == "rec_action_plan" and (words := known.words(values.get("step"))):
        whom = known.words(values.get("with_whom"))
        return LastStep(words[0], entry.on, entry.session, ", ".join(whom), str(values.get("done") or ""))
    return None


def _remaining_words(manual: Manual, course: Course, phase: str, number: int, left: int) -> str:
    """To be said aloud (M11)."""
    planned = planned_sessions(course)
    if phase in PHASES_AFTER:
        return f"This is {after_words(manual, course, number)}, after the contract."
    if number < 1:
        return f"{planned} {manual.session_word}s are planned."
    rest = "This is the last one." if left == 0 else f"After today {left} remain."
    return f"This is {manual.session_word} {number} of {planned}{manual.of_group}. {rest}"


def risk_to_recheck(course: Course) -> str:
    """Why risk is asked about today in particular; "" where only the usual question is due."""
    level, item_9 = known.risk_level(course), known.latest_item_9(course)
    if item_9 is not None and item_9.value is None:
        return "Item 9 was not answered last time: ask about safety."
    if level is not None and level.level > Level.GREEN:
        how = "by the answer to item 9, not yet assessed" if level.provisional else "as recorded"
        return f"The level is {level.level.word}, {how}. It is reviewed in each session."
    if item_9 is not None and item_9.value:
        return f"Item 9 was {item_9.value} last time."
    if level is None:
        return "No level of risk is recorded yet."
    return ""


def next_session_number(course: Course) -> int:
    """The number the next session will have."""
    return session_number(course) + 1
