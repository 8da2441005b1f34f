"""What is known of one episode, as plain values: the only thing the engine reads.

A `Course` is made from database rows (`records.convert`) or from a portable episode file
(`core.portable`). It holds no names and no private notes. Payloads of entries are the plain values
their record type defines (`core.fields`), so a rule can read them by field name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property, wraps
from operator import attrgetter
from types import MappingProxyType
from typing import Any, ParamSpec, TypeVar, cast

from openipt.core.manual.joined import base_of


class EpisodeStatus(StrEnum):
    """Of an episode as recorded. The reason of `ENDED` is an `EndReason`."""

    ENQUIRY = "enquiry"
    ASSESSMENT = "assessment"
    ACTIVE = "active"
    PAUSED = "paused"
    MAINTENANCE = "maintenance"
    ENDED = "ended"


class EndReason(StrEnum):
    """Why an episode ended."""

    COMPLETED = "completed"
    NOT_SUITABLE = "not_suitable"
    DROPPED_OUT = "dropped_out"
    REFERRED = "referred"
    MOVED = "moved"
    DIED = "died"
    OTHER = "other"


class Attendance(StrEnum):
    """What became of one meeting. Attended and late meetings are held and take a number."""

    PLANNED = "planned"
    ATTENDED = "attended"
    LATE = "late"
    CANCELLED = "cancelled"
    MISSED = "missed"

    @property
    def is_held(self) -> bool:
        return self in (Attendance.ATTENDED, Attendance.LATE)


_IN_ORDER = attrgetter("on", "order")  # of entries: by day, and within it as they were made


class _Remembers:
    """What a value worked out of itself goes into no copy and no file: only its fields do."""

    def __getstate__(self) -> dict[str, Any]:
        return {each.name: getattr(self, each.name) for each in fields(cast("Any", self))}


@dataclass(frozen=True)
class Meeting:
    """One meeting of the episode. Number 0 is the intake; a missed, cancelled or planned one has none.

    `phase` is the phase recorded for the meeting when it began; it never moves afterwards.
    `minutes` is its length in minutes, 0 for one that was not held. `kind` is that of a meeting beside the sessions,
    such as one of a ward's group: its number is counted within its kind.
    """

    on: date
    number: int | None
    attendance: Attendance
    phase: str = ""
    minutes: int = 0
    format: str = "in_person"
    tasks_done: tuple[str, ...] = ()
    strategies: tuple[str, ...] = ()
    techniques: tuple[str, ...] = ()
    signed: bool = False
    kind: str = ""

    @property
    def key(self) -> str:
        """By what a record names the meeting beside the sessions that it belongs to: `ward_group/3`."""
        return f"{self.kind}/{self.number}"


@dataclass(frozen=True)
class Answers(_Remembers):
    """What one person answered to one measure on one day, item by item; None is a declined item.

    Where only a total is known (an external form), `items` is empty and `total` is set. `unscored` are
    answers to items printed with the measure that never count (PHQ-9: difficulty).
    `session` is the number of the session these answers were given for (0: baseline), if any. `risk_at` is
    the moment the item about risk was chosen, where it is known.
    """

    measure: str
    on: date
    items: tuple[int | None, ...] = ()
    total: float | None = None
    session: int | None = None
    version: str = "1"
    at: datetime | None = None
    rater: str = "client"
    finished: bool = True
    unscored: tuple[int | None, ...] = ()
    risk_at: datetime | None = None


@dataclass(frozen=True)
class Entry:
    """One record (`rec_*`) with its values. `session` is the meeting's number it belongs to, if any; `beside` the key
    of a meeting of another kind, which has no such number.

    `order` keeps the order in which entries of one day were made, `at` the moment this one was last
    written, where it is known. `draft`: it is not finished, and its session not signed.
    """

    record: str
    on: date
    values: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    session: int | None = None
    for_task: str = ""
    by_role: str = "therapist"
    order: int = 0
    at: datetime | None = None
    beside: str = ""
    draft: bool = field(default=False, compare=False)


@dataclass(frozen=True)
class PhaseChange:
    """A recorded change of phase: who decided is kept in the record, not here."""

    phase: str
    on: date
    session: int | None = None


@dataclass(frozen=True)
class StatusChange:
    """A recorded change of the episode's status; `reason` is an `EndReason` when it ended."""

    status: EpisodeStatus
    on: date
    reason: str = ""


@dataclass(frozen=True)
class PlanChange:
    """The number of sessions agreed from a day on, and the phase the added ones belong to."""

    planned_sessions: int
    on: date
    phase: str = ""


@dataclass(frozen=True)
class AdaptationChange:
    """The course went on by another manual from a day on, after the sessions held by then (number `session`).

    Where it takes the place of the one before, `phases` are those of the sessions held, which never move, and
    `brought` the tasks the new manual has and the one before had not: those whose time was over are caught up.
    """

    adaptation_from: str
    adaptation: str
    manual_version: str
    on: date
    session: int = 0
    version_from: str = ""
    phases: tuple[str, ...] = ()
    brought: tuple[str, ...] = ()

    @property
    def is_of_manner(self) -> bool:
        """The adaptation stayed as it was: only what goes with it was put on or taken off."""
        return base_of(self.adaptation_from) == base_of(self.adaptation)

    @property
    def counts_anew(self) -> bool:
        """Its sessions are its own from number `session` on; else it goes on in the phase the course was in."""
        return self.session > 0 and not self.phases and not self.is_of_manner


@dataclass(frozen=True)
class Course(_Remembers):
    """One episode as known. `as_of(day)` cuts it to what stood in the record at the end of that day.

    `adaptation` is the one it went by then: of a course that was changed over, the one that came last.
    `beside` are meetings of another kind than the sessions: they move neither number nor phase.
    `clock_changes`: evenings in whose night the clock was changed where the client lives, and by how many
    minutes it was put forward.
    """

    adaptation: str
    manual_version: str
    planned_sessions: int
    started_on: date | None = None
    birth_year: int | None = None
    meetings: tuple[Meeting, ...] = ()
    answers: tuple[Answers, ...] = ()
    entries: tuple[Entry, ...] = ()
    phase_changes: tuple[PhaseChange, ...] = ()
    status_changes: tuple[StatusChange, ...] = ()
    plan_changes: tuple[PlanChange, ...] = ()
    adaptation_changes: tuple[AdaptationChange, ...] = ()
    beside: tuple[Meeting, ...] = ()
    clock_changes: tuple[tuple[date, int], ...] = field(default=(), compare=False)

    def as_of(self, day: date) -> Course:
        """This course with nothing dated after `day`, except meetings that are only planned."""
        if self._last_day is None or self._last_day <= day:
            return self
        return replace(
            self,
            meetings=tuple(m for m in self.meetings if m.on <= day or m.attendance is Attendance.PLANNED),
            answers=tuple(a for a in self.answers if a.on <= day),
            entries=tuple(e for e in self.entries if e.on <= day),
            phase_changes=tuple(c for c in self.phase_changes if c.on <= day),
            status_changes=tuple(c for c in self.status_changes if c.on <= day),
            plan_changes=tuple(c for c in self.plan_changes if c.on <= day),
            beside=tuple(m for m in self.beside if m.on <= day or m.attendance is Attendance.PLANNED),
            **self._manual_on(day),
        )

    @cached_property
    def begun_anew(self) -> AdaptationChange | None:
        """The last change of adaptation whose sessions are counted from there."""
        return next((c for c in reversed(self.adaptation_changes) if c.counts_anew), None)

    def _manual_on(self, day: date) -> dict[str, Any]:
        """The manual it went by at the end of a day, and the changes until then."""
        until = tuple(c for c in self.adaptation_changes if c.on <= day)
        after = next((c for c in self.adaptation_changes if c.on > day), None)
        named = {"adaptation": after.adaptation_from, "manual_version": after.version_from} if after else {}
        return {"adaptation_changes": until, **named}

    # What follows is worked out once for each course: a course never changes.

    @cached_property
    def _last_day(self) -> date | None:
        """The last day that anything is dated, planned meetings aside."""
        dated = (
            *(self.answers, self.entries, self.phase_changes, self.status_changes),
            *(self.plan_changes, self.adaptation_changes),
        )
        days = [found.on for kind in dated for found in kind]
        met = (*self.meetings, *self.beside)
        days += [m.on for m in met if m.attendance is not Attendance.PLANNED]
        return max(days, default=None)

    @cached_property
    def held(self) -> tuple[Meeting, ...]:
        """Numbered meetings from session 1 on that were held, in order."""
        numbered = (m for m in self.meetings if m.attendance.is_held and (m.number or 0) >= 1)
        return tuple(sorted(numbered, key=lambda m: (m.on, m.number or 0)))

    def held_beside(self, kind: str) -> tuple[Meeting, ...]:
        """Meetings of that kind that were held, in order."""
        of_kind = (m for m in self.beside if m.kind == kind and m.attendance.is_held)
        return tuple(sorted(of_kind, key=lambda m: (m.on, m.number or 0)))

    def entries_of(self, record: str) -> tuple[Entry, ...]:
        """Entries of one record type, oldest first."""
        return self._entries_by_record.get(record, ())

    @cached_property
    def _entries_by_record(self) -> Mapping[str, tuple[Entry, ...]]:
        found: dict[str, list[Entry]] = {}
        for entry in sorted(self.entries, key=_IN_ORDER):
            found.setdefault(entry.record, []).append(entry)
        return {record: tuple(entries) for record, entries in found.items()}

    def answers_to(self, measure: str) -> tuple[Answers, ...]:
        """Every sitting of one measure, oldest first."""
        return self._answers_by_measure.get(measure, ())

    @cached_property
    def _answers_by_measure(self) -> Mapping[str, tuple[Answers, ...]]:
        found: dict[str, list[Answers]] = {}
        in_time = sorted(self.answers, key=lambda a: (a.on, a.at.isoformat() if a.at else "", a.session or 0))
        for answers in in_time:
            found.setdefault(answers.measure, []).append(answers)
        return {measure: tuple(sittings) for measure, sittings in found.items()}


Given = ParamSpec("Given")
Found = TypeVar("Found")


def once(function: Callable[Given, Found]) -> Callable[Given, Found]:
    """A function of a course, or of a manual and a course, is worked out once for each: they never change."""
    name = f"_once_{function.__module__}.{function.__qualname__}"

    @wraps(function)
    def kept(*given: Given.args, **named: Given.kwargs) -> Found:
        of: Any = given[-1]
        manual = given[0] if len(given) > 1 else None
        found: Any = of.__dict__.get(name)
        if found is None or found[0] is not manual:
            found = of.__dict__[name] = (manual, function(*given, **named))
        return found[1]  # type: ignore[no-any-return]

    return kept
