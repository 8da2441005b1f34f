"""One engine answers "where are we and what now?": the same answer for every page, reminder and report.

`course_status` reads the record up to and including a day and answers as things stand at its end. It
depends on its arguments and nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from openipt.core.course.course import Course, EpisodeStatus
from openipt.core.course.measures_due import measures_due
from openipt.core.course.phases import (
    meetings_after,
    meetings_before,
    phase_on,
    planned_sessions,
    remaining,
    session_number,
    status_on,
)
from openipt.core.course.rules import RuleResult, rule_results
from openipt.core.course.tasks import State, TaskState, of_state, task_states
from openipt.core.course.transitions import ExitCriteria, Transition, exit_criteria, transitions
from openipt.core.manual.model import Manual


@dataclass(frozen=True)
class OtherMeetings:
    """Meetings that no contract counts, held so far: of a phase before session 1, after the contract, or of another
    kind beside the sessions.
    """

    kind: str
    held: int
    fewest: int
    most: int

    def as_json(self) -> dict[str, Any]:
        return {"kind": self.kind, "held": self.held, "fewest": self.fewest, "most": self.most}


@dataclass(frozen=True)
class CourseStatus:
    """Where one course stands at the end of one day."""

    on: date
    status: EpisodeStatus | None  # as last recorded
    phase: str
    session_number: int
    planned_sessions: int
    remaining: int
    tasks: tuple[TaskState, ...]
    measures_due: tuple[str, ...]
    transitions: tuple[Transition, ...]
    rules: tuple[RuleResult, ...]
    exit_criteria: ExitCriteria
    other_meetings: tuple[OtherMeetings, ...] = ()

    @property
    def has_ended(self) -> bool:
        return self.status is EpisodeStatus.ENDED

    @property
    def due(self) -> tuple[str, ...]:
        return of_state(self.tasks, State.DUE)

    @property
    def done(self) -> tuple[str, ...]:
        return of_state(self.tasks, State.DONE)

    @property
    def overdue(self) -> tuple[str, ...]:
        return of_state(self.tasks, State.OVERDUE)

    @property
    def not_applicable(self) -> tuple[TaskState, ...]:
        return tuple(found for found in self.tasks if found.state is State.NOT_APPLICABLE)

    @property
    def fired(self) -> tuple[RuleResult, ...]:
        return tuple(result for result in self.rules if result.fired)

    def rule(self, rule_id: str) -> RuleResult:
        """The result of one rule; KeyError where it is not listed."""
        for result in self.rules:
            if result.id == rule_id:
                return result
        raise KeyError(rule_id)

    def as_json(self) -> dict[str, Any]:
        """The shape that the command line, the interface for programs and the tests share."""
        return {
            "status": self.status.value if self.status else None,
            "phase": self.phase,
            "session_number": self.session_number,
            "planned_sessions": self.planned_sessions,
            "remaining": self.remaining,
            "other_meetings": [found.as_json() for found in self.other_meetings],
            "due": list(self.due),
            "done": list(self.done),
            "overdue": list(self.overdue),
            "not_applicable": [{"id": found.task.id, "why": found.why} for found in self.not_applicable],
            "measures_due": list(self.measures_due),
            "transitions": [
                {"to": found.to, "open": found.open, "reasons": list(found.reasons)}
                for found in self.transitions
            ],
            "rules": [result.as_json() for result in self.rules],
            "exit_criteria": {
                "met": [criterion.id for criterion in self.exit_criteria.met],
                "missing": [criterion.id for criterion in self.exit_criteria.missing],
            },
        }


def course_status(manual: Manual, course: Course, today: date) -> CourseStatus:
    """Where the course stands at the end of `today`."""
    known = course.as_of(today)
    phase = phase_on(manual, known, today)
    return CourseStatus(
        on=today,
        status=status_on(known),
        phase=phase,
        session_number=session_number(known),
        planned_sessions=planned_sessions(known),
        remaining=remaining(known),
        tasks=task_states(manual, known, today),
        measures_due=measures_due(manual, known, today),
        transitions=transitions(manual, known, today),
        rules=rule_results(manual, known, today),
        exit_criteria=exit_criteria(manual, known, today, phase),
        other_meetings=_other_meetings(manual, known),
    )


def _other_meetings(manual: Manual, course: Course) -> tuple[OtherMeetings, ...]:
    counted = (
        (manual.phase_before, len(meetings_before(course))),
        (manual.phase_after, len(meetings_after(manual, course))),
    )
    beside = (
        OtherMeetings(kind.id, len(course.held_beside(kind.id)), kind.fewest, kind.most)
        for kind in manual.kinds
    )
    of_phases = (OtherMeetings(phase.id, held, *phase.meetings) for phase, held in counted if phase)
    return (*of_phases, *beside)
