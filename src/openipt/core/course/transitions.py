"""Which way leads out of the present phase, whether it is open, and what is still missing (ipt.md 3.3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from openipt.core.course import known
from openipt.core.course.conditions import EXIT_CONDITIONS, LEAVING_REASONS, TASK_CONDITIONS
from openipt.core.course.course import Course, once
from openipt.core.course.phases import has_ended, left_treatment, meetings_after, phase_on
from openipt.core.manual.model import Manual, Requirement
from openipt.core.manual.names import PHASES_AFTER, PHASES_BEFORE


@dataclass(frozen=True)
class Criterion:
    """One thing that must be so before a phase may be left: a task id or the name of a condition."""

    id: str
    met: bool
    words: str


@dataclass(frozen=True)
class ExitCriteria:
    """All criteria of the present phase."""

    criteria: tuple[Criterion, ...] = ()

    @property
    def met(self) -> tuple[Criterion, ...]:
        return tuple(criterion for criterion in self.criteria if criterion.met)

    @property
    def missing(self) -> tuple[Criterion, ...]:
        return tuple(criterion for criterion in self.criteria if not criterion.met)


@dataclass(frozen=True)
class Transition:
    """A step to another phase (or the end). Open or not, the clinician decides; reasons say why."""

    to: str
    open: bool
    reasons: tuple[str, ...]


def exit_criteria(manual: Manual, course: Course, today: date, phase: str) -> ExitCriteria:
    """What the manual asks before this phase is left. Before treatment: its required tasks."""
    found = _criteria(manual, course)
    if (today, phase) not in found:
        found[today, phase] = _exit_criteria(manual, course, today, phase)
    return found[today, phase]


@once
def _criteria(manual: Manual, course: Course) -> dict[tuple[date, str], ExitCriteria]:
    """By day and phase, those that were asked for so far."""
    return {}


def _exit_criteria(manual: Manual, course: Course, today: date, phase: str) -> ExitCriteria:
    tasks = _exit_tasks(manual, course, today, phase)
    done = known.done_here(manual, course)
    found = [
        Criterion(
            task, task in done or known.is_written(manual, course, manual.task(task)), _title(manual, task)
        )
        for task in tasks
    ]
    names = manual.phase(phase).exit_conditions if _has_phase(manual, phase) else ()
    for name in names:
        applies = EXIT_CONDITIONS[name](manual, course, today)
        found.append(Criterion(name, applies.holds is True, applies.why))
    return ExitCriteria(tuple(found))


def _exit_tasks(manual: Manual, course: Course, today: date, phase: str) -> tuple[str, ...]:
    if phase == "pre":
        return tuple(t.id for t in manual.tasks_of("pre") if t.requirement is Requirement.REQUIRED)
    if not _has_phase(manual, phase):
        return ()
    return tuple(
        task
        for task in manual.phase(phase).exit_tasks
        if manual.has_task(task) and _asked(manual, course, today, task)
    )


def _asked(manual: Manual, course: Course, today: date, task_id: str) -> bool:
    """A conditional exit task is asked for only while its condition holds."""
    task = manual.task(task_id)
    if task.requirement is not Requirement.CONDITIONAL:
        return True
    return TASK_CONDITIONS[task.condition](manual, course, today).holds is True


def _has_phase(manual: Manual, phase: str) -> bool:
    return any(found.id == phase for found in manual.phases)


def _title(manual: Manual, task_id: str) -> str:
    return manual.task(task_id).title if manual.has_task(task_id) else task_id


def transitions(manual: Manual, course: Course, today: date) -> tuple[Transition, ...]:
    """The ways out of the present phase, in the manual's order."""
    phase = phase_on(manual, course, today)
    if has_ended(course) or (left_treatment(course) and phase != "maintenance"):
        return ()
    if not _has_phase(manual, phase):  # of an earlier adaptation: the next one begins with the next session
        return ()
    if phase == "pre" or phase in PHASES_BEFORE:
        return (_towards_treatment(manual, course, today, phase),)
    return tuple(_way(manual, course, today, phase, to) for to in manual.ways_from(phase))


def _way(manual: Manual, course: Course, today: date, phase: str, to: str) -> Transition:
    if phase == "maintenance":
        return Transition(to, True, ("A clinician decides when maintenance ends.",))
    if phase in PHASES_AFTER:
        return _from_after(manual, course, to)
    left = manual.phase(phase)
    if left.leaves_when or not (left.exit_tasks or left.exit_conditions):
        return _by_any_reason(manual, course, today, phase, to)
    return _by_criteria(manual, course, today, phase, to)


def _from_after(manual: Manual, course: Course, to: str) -> Transition:
    """Out of the meetings after the contract: once the fewest of them were held."""
    held, fewest = len(meetings_after(manual, course)), manual.fewest_after
    if held < fewest:
        return Transition(to, False, (f"Of the meetings after the contract, {held} of {fewest} were held.",))
    return Transition(to, True, ("A clinician decides when there is none to come.",))


def _towards_treatment(manual: Manual, course: Course, today: date, phase: str) -> Transition:
    """From before treatment to session 1, over the meetings before it where there are some."""
    to = manual.next_phase(phase)
    found = _by_criteria(manual, course, today, phase, to)
    stops = known.suitability_stops(course, manual.rule("DR-08").parameters["items"])
    if not stops or known.override_reason(course):
        return found
    words = (
        f"Suitability stop: {', '.join(stops)}. Treatment is blocked until it is overridden with a reason."
    )
    return Transition(to, False, (words, *(() if found.open else found.reasons)))


def _by_criteria(manual: Manual, course: Course, today: date, phase: str, to: str) -> Transition:
    missing = exit_criteria(manual, course, today, phase).missing
    if missing:
        return Transition(to, False, tuple(_missing_words(manual, criterion) for criterion in missing))
    return Transition(to, True, ("Every exit criterion is met.",))


def _missing_words(manual: Manual, criterion: Criterion) -> str:
    if manual.has_task(criterion.id):
        return f"Not done yet: {criterion.id} {criterion.words}."
    return criterion.words


def _by_any_reason(manual: Manual, course: Course, today: date, phase: str, to: str) -> Transition:
    """Any one reason of the manual is enough; a clinician may always decide it."""
    names = manual.phase(phase).leaves_when
    answers = [LEAVING_REASONS[name](manual, course, today) for name in names]
    held = tuple(answer.why for answer in answers if answer.holds)
    if held:
        return Transition(to, True, held)
    return Transition(to, False, tuple(answer.why for answer in answers))
