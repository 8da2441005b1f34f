"""Walks through an adaptation with the engine, to find what no single file shows.

`diligent_walk` does at each session what is due at it, from the first session over what comes after the contract to
a year of maintenance.
`random_walk` does what chance says (sessions held, missed, cancelled, records made or not, scores up, down or
missing, phases entered when open, more sessions agreed) and from wherever it got to goes diligently on to the
end. A fault is a dead end, a requirement that is never due, something overdue that doing it does not clear, or
an error raised. Chance comes in as an argument.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from openipt.core.course.course import (
    Answers,
    Attendance,
    Course,
    EndReason,
    Entry,
    EpisodeStatus,
    Meeting,
    PhaseChange,
    PlanChange,
    StatusChange,
)
from openipt.core.course.phases import remaining
from openipt.core.course.status import CourseStatus, course_status
from openipt.core.course.walk_values import PERSONS, Chance, firm_values, values_of
from openipt.core.manual.model import Manual, Requirement
from openipt.core.manual.names import IN_PERSON

FIRST_DAY = date(2025, 1, 6)
MONTHS_OF_MAINTENANCE = 15  # of four weeks: the review of the year falls within
MOST_MORE = 2  # sessions that a random walk may agree beyond the most an adaptation allows
BETWEEN = {"weekly": 7, "twice_weekly": 4, "fortnightly": 14, "monthly": 28, "as_agreed": 7}


@dataclass(frozen=True)
class WalkFault:
    """What was found, after which session of a course of which length."""

    adaptation: str
    planned: int
    session: int
    what: str

    def __str__(self) -> str:
        return f"{self.adaptation}, {self.planned} sessions, after session {self.session}: {self.what}"


@dataclass
class Walked:
    """What one walk found. `due` and `done` are tasks that were so at some time."""

    faults: list[WalkFault] = field(default_factory=list)
    due: set[str] = field(default_factory=set)
    done: set[str] = field(default_factory=set)
    sessions: int = 0


def diligent_walk(manual: Manual, planned: int) -> Walked:
    """Everything on its day: nothing is ever overdue, every required task is due, every way opens."""
    walk = _Walk(manual, planned)
    try:
        walk.intake()
        walk.to_the_end()
        walk.after_the_contract()
        if any(phase.id == "maintenance" for phase in manual.phases):
            walk.maintenance()
    except Exception as error:  # whatever the engine raises is what is looked for
        walk.fault(f"the engine raises {type(error).__name__}: {error}")
        return walk.found
    for task in manual.tasks:
        seen = walk.found.due | (walk.found.done if task.answered_before else set())
        if task.requirement is Requirement.REQUIRED and task.id not in seen:
            walk.fault(f"{task.id} is required and never due.")
    return walk.found


def random_walk(manual: Manual, chance: Chance) -> Walked:
    """Whatever may happen, then diligently on to the end."""
    walk = _Walk(manual, chance.choice(manual.allowed_lengths), chance)
    try:
        walk.wander()
        walk.to_the_end()
        walk.after_the_contract()
    except Exception as error:  # as above
        walk.fault(f"the engine raises {type(error).__name__}: {error}")
    return walk.found


def walk_faults(manual: Manual, chances: Iterable[Chance]) -> tuple[WalkFault, ...]:
    """Every fault of a diligent walk of every allowed length, and of a random walk for each chance."""
    walked = [diligent_walk(manual, planned) for planned in manual.allowed_lengths]
    walked += [random_walk(manual, chance) for chance in chances]
    return tuple(dict.fromkeys(fault for each in walked for fault in each.faults))


def sample_faults(manual: Manual, chances: Iterable[Chance]) -> tuple[WalkFault, ...]:
    """Every fault of a diligent walk of the usual length, and of a random walk for each chance."""
    walked = [diligent_walk(manual, manual.sessions.typical)]
    walked += [random_walk(manual, chance) for chance in chances]
    return tuple(dict.fromkeys(fault for each in walked for fault in each.faults))


class _Walk:
    """One course as it grows."""

    def __init__(self, manual: Manual, planned: int, chance: Chance | None = None) -> None:
        self.manual = manual
        self.chance = chance
        self.found = Walked()
        self.today = FIRST_DAY
        self.number = 0
        self.agreed = planned
        self.in_maintenance = False
        self.formats = tuple(dict.fromkeys(one for task in manual.tasks for one in task.formats))
        self.course = Course(manual.id, manual.version, planned, FIRST_DAY)

    def fault(self, what: str) -> None:
        self.found.faults.append(WalkFault(self.manual.id, self.agreed, self.number, what))

    def status(self) -> CourseStatus:
        found = course_status(self.manual, self.course, self.today)
        self.found.due |= set(found.due)
        self.found.done |= set(found.done)
        return found

    # -- what somebody does ------------------------------------------------------------------------

    def meet_before(self) -> None:
        """A meeting before session 1, of the phase that is for them."""
        self.today += timedelta(days=BETWEEN["weekly"])
        before = self.manual.phase_before
        assert before is not None
        minutes = self.manual.minutes_in(before.id)
        meeting = Meeting(self.today, 0, Attendance.ATTENDED, before.id, minutes=minutes)
        self.course = replace(self.course, meetings=(*self.course.meetings, meeting))

    def meet(self, days: int, attendance: Attendance = Attendance.ATTENDED) -> None:
        self.today += timedelta(days=days)
        number = None
        if attendance.is_held:
            self.number += 1
            self.found.sessions += 1
            number = self.number
        phase = "maintenance" if self.in_maintenance else ""
        how = self.how()
        meeting = Meeting(self.today, number, attendance, phase, minutes=self.manual.minutes, format=how)
        self.course = replace(self.course, meetings=(*self.course.meetings, meeting))

    def meet_beside(self) -> None:
        """Meetings of another kind, spread over the sessions, each with what belongs to it."""
        for kind in self.manual.kinds:
            wanted = -(-kind.most * self.number // self.agreed)
            while len(held := self.course.held_beside(kind.id)) < min(wanted, kind.most):
                minutes = self.manual.minutes_of(kind.id)
                meeting = Meeting(
                    self.today, len(held) + 1, Attendance.ATTENDED, minutes=minutes, kind=kind.id
                )
                before = self.status()
                self.course = replace(self.course, beside=(*self.course.beside, meeting))
                after = self.do_what_is_due()
                if (before.phase, before.remaining) != (after.phase, after.remaining):
                    self.fault(f"{kind.id} moved the phase or the count of the sessions.")

    def how(self) -> str:
        """In person; where tasks belong to other ways of meeting, in one of these, and by chance now and then not."""
        if not self.formats:
            return IN_PERSON
        return self.chance.choice((*self.formats, IN_PERSON)) if self.chance else self.formats[0]

    def do(self, task_id: str, *, firmly: bool = True) -> None:
        """Make the record that shows a task; a field that another task asks for is left to that one."""
        task = self.manual.task(task_id)
        values = dict(firm_values(task.record, self.manual, self.agreed)) if firmly else {}
        for other in self.manual.tasks_shown_by(task.record):
            if other.field != task.field:
                values.pop(other.field, None)
        if firmly and task.field == "asked_of":
            values["asked_of"] = PERSONS[0]
        if self.chance and not firmly:
            values = values_of(self.manual.record_types[task.record], self.manual, self.chance, self.today)
            if task.record == "rec_contract":
                values["sessions_planned"] = self.agreed
        self.keep(task.record, values, task_id)

    def keep(self, record: str, values: Mapping[str, Any], task_id: str = "") -> None:
        order = len(self.course.entries) + 1
        entry = Entry(record, self.today, values, session=self.number, for_task=task_id, order=order)
        if kind := self.manual.task(task_id).beside if task_id else "":
            met = self.course.held_beside(kind)
            entry = replace(entry, session=None, beside=met[-1].key if met else "")
        self.course = replace(self.course, entries=(*self.course.entries, entry))

    def answer(self, items: tuple[int | None, ...], measure: str = "ms_phq9") -> None:
        given = Answers(measure, self.today, items, session=self.number)
        self.course = replace(self.course, answers=(*self.course.answers, given))

    def enter(self, phase: str) -> None:
        change = PhaseChange(phase, self.today, self.number)
        self.course = replace(self.course, phase_changes=(*self.course.phase_changes, change))

    # -- diligently --------------------------------------------------------------------------------

    def intake(self) -> None:
        self.answer((1,) * 9)
        self.answer((1,) * 7, "ms_gad7")
        self.do_what_is_due()
        self.ways_are_open((self.manual.next_phase("pre"),))
        before = self.manual.phase_before
        if before is None:
            return
        for _ in range(before.meetings[1]):
            self.meet_before()
            self.answer((1,) * 9)
            if self.do_what_is_due().phase != before.id:
                self.fault(f"{before.id} was entered and is not the phase.")
        self.ways_are_open((self.manual.next_phase(before.id),))

    def do_what_is_due(self) -> CourseStatus:
        """All that is due or overdue, and what still keeps the phase from being left."""
        before = self.status()
        if before.overdue and self.chance is None:
            self.fault(f"{', '.join(before.overdue)} overdue though all was done on its day.")
        for task in dict.fromkeys((*before.due, *before.overdue)):
            self.do(task)
        after = self.status()
        for task in (*after.overdue, *(due for due in after.due if due in before.due)):
            self.fault(f"{task} stays {'overdue' if task in after.overdue else 'due'} after it was done.")
        return after

    def to_the_end(self) -> None:
        """On and on, everything done, until the last session that is planned; the ways beyond are open."""
        if self.chance is not None:
            self.settle()
        while remaining(self.course) or not self.number:
            self.meet(BETWEEN[self.manual.frequency])
            self.answer((1,) * 9)
            now = self.do_what_is_due()
            if self.manual.kinds:
                self.meet_beside()
                now = self.status()
            self.leave_if_last(now)
            if len(self.course.held) > self.agreed + MOST_MORE:
                self.fault("the last session never comes.")
                return
        phase = self.status().phase
        if phase == self.spans_end():
            self.ways_are_open(self.manual.ways_from(phase))
        else:
            self.fault(f"the last session lies in the phase {phase}.")

    def spans_end(self) -> str:
        """The phase in which the last planned session lies."""
        return list(self.manual.phase_split(self.agreed))[-1]

    def settle(self) -> None:
        """What stands in the way of going on: a start that was never measured, a red level of risk."""
        self.answer((1,) * 9)
        self.answer((1,) * 7, "ms_gad7")
        for record in (
            "rec_risk",
            "rec_formulation",
            "rec_ipaf",
            "rec_schema",
            "rec_goodbye",
            "rec_medication",
        ):
            self.keep(record, firm_values(record, self.manual, self.agreed))
        self.do_what_is_due()

    def leave_if_last(self, now: CourseStatus) -> None:
        """At the last session of every phase but the last the ways on are open."""
        span = self.manual.phase_split(self.agreed).get(now.phase) if self.chance is None else None
        if span and span[1] == self.number and now.phase != self.spans_end():
            self.ways_are_open(self.manual.ways_from(now.phase))

    def ways_are_open(self, phases: tuple[str, ...]) -> None:
        ways = {way.to: way for way in self.status().transitions}
        for phase in phases:
            if phase not in ways:
                self.fault(f"no way leads to {phase}.")
            elif not ways[phase].open:
                self.fault(f"the way to {phase} stays closed: {' '.join(ways[phase].reasons)}")

    def after_the_contract(self) -> None:
        """Meetings such as boosters: the most there may be, or as many as chance says, each with what is due at it."""
        phase = self.manual.phase_after
        if phase is None:
            return
        if self.chance is None or self.chance.random() < 0.5:
            self.enter(phase.id)
        most = phase.meetings[1]
        for _ in range(self.chance.randint(0, most) if self.chance else most):
            self.meet(28)
            self.answer((1,) * 9)
            if self.do_what_is_due().phase != phase.id:
                self.fault(f"{phase.id} was entered and is not the phase.")
                return
        if remaining(self.course):
            self.fault("a session of the contract remains after it.")
        if self.chance is None:
            self.ways_are_open(self.manual.ways_from(phase.id))

    def maintenance(self) -> None:
        """Once a month for more than a year: what belongs to it is due, and is done."""
        self.course = replace(
            self.course,
            status_changes=(StatusChange(EpisodeStatus.MAINTENANCE, self.today + timedelta(days=1)),),
        )
        self.in_maintenance = True
        for _ in range(MONTHS_OF_MAINTENANCE):
            self.meet(28)
            if self.do_what_is_due().phase != "maintenance":
                self.fault("maintenance was entered and is not the phase.")
                return
        self.ways_are_open(("end",))

    # -- by chance ---------------------------------------------------------------------------------

    def wander(self) -> None:
        """Up to some session, as it may go."""
        chance = self.chance
        assert chance is not None
        care = chance.choice((0.2, 0.6, 0.9, 1.0))
        score = chance.randint(3, 27)
        if chance.random() < 0.8:
            self.some_of(self.status(), care)
            self.score(score)
        before = self.manual.phase_before
        for _ in range(chance.randint(0, before.meetings[1]) if before else 0):
            self.meet_before()
            self.some_of(self.status(), care)
        for _ in range(chance.randint(0, self.agreed + 4)):
            if not remaining(self.course) and self.number:
                break
            self.meet(chance.choice((3, 7, 7, 7, 14, 30, 50)), _attended(chance))
            if not self.course.meetings[-1].attendance.is_held:
                continue
            score = min(27, max(0, score + chance.choice((-5, -2, -1, 0, 1, 6))))
            if chance.random() < 0.85:
                self.score(score)
            self.some_of(self.status(), care)
            self.move_on(self.status())
            self.agree_on_more()
        if chance.random() < 0.1:
            self.drop_out()

    def some_of(self, now: CourseStatus, care: float) -> None:
        chance = self.chance
        assert chance is not None
        wanted = [*now.due, *now.overdue, *(task.task.id for task in now.tasks if chance.random() < 0.02)]
        for task in dict.fromkeys(wanted):
            if chance.random() < care:
                self.do(task, firmly=chance.random() < 0.5)
        if chance.random() < 0.3:
            self.note(chance.choice(sorted(self.manual.record_types)))

    def note(self, record: str) -> None:
        """A record that somebody makes for no task."""
        assert self.chance is not None
        values = values_of(self.manual.record_types[record], self.manual, self.chance, self.today)
        if record != "rec_contract":  # how many sessions are agreed changes by `agree_on_more`
            self.keep(record, values)

    def score(self, total: int) -> None:
        chance = self.chance
        assert chance is not None
        items: list[int | None] = [0] * 9
        for _ in range(total):
            open_items = [n for n, value in enumerate(items) if (value or 0) < 3]
            place = chance.choice(open_items)
            items[place] = (items[place] or 0) + 1
        if chance.random() < 0.1:
            items[chance.randint(0, 8)] = None
        self.answer(tuple(items))
        if chance.random() < 0.7:
            self.answer(tuple(chance.randint(0, 3) for _ in range(7)), "ms_gad7")

    def move_on(self, now: CourseStatus) -> None:
        chance = self.chance
        assert chance is not None
        for way in now.transitions:
            wanted = 0.5 if way.open else 0.03
            if way.to in self.manual.phase_split(self.agreed) and chance.random() < wanted:
                self.enter(way.to)

    def agree_on_more(self) -> None:
        chance = self.chance
        assert chance is not None
        if chance.random() < 0.04 and self.agreed < self.manual.sessions.max + MOST_MORE:
            self.agreed += chance.randint(1, 2)
            phase = chance.choice(("", *self.manual.phase_split(self.agreed)))
            change = PlanChange(self.agreed, self.today, phase)
            self.course = replace(self.course, plan_changes=(*self.course.plan_changes, change))

    def drop_out(self) -> None:
        """An ended episode answers too; then the walk goes on as if it had not ended."""
        ended = StatusChange(EpisodeStatus.ENDED, self.today, EndReason.DROPPED_OUT)
        closed = replace(self.course, status_changes=(ended,))
        if course_status(self.manual, closed, self.today).transitions:
            self.fault("an ended episode still has ways on.")


def _attended(chance: Chance) -> Attendance:
    return chance.choice(
        (*(Attendance.ATTENDED,) * 12, Attendance.LATE, Attendance.MISSED, Attendance.CANCELLED)
    )
