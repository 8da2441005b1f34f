"""One whole episode apart from any database: what an episode file holds.

Private notes are never part of it: only their author may add them. What a client has not shared stands
in it only if the client's own export asked for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from openipt.core.course.course import (
    AdaptationChange,
    Answers,
    Attendance,
    Course,
    Entry,
    Meeting,
    PhaseChange,
    PlanChange,
    StatusChange,
)


def _nothing() -> Mapping[str, Any]:
    return MappingProxyType({})


@dataclass(frozen=True)
class PortableClient:
    """Who the client is, as far as the file says."""

    name: str
    pronouns: str = ""
    language: str = ""
    birth_year: int | None = None
    about: Mapping[str, str] = field(default_factory=_nothing)


@dataclass(frozen=True)
class PortablePerson:
    """Someone in the client's life, by the id that records use."""

    id: str
    label: str
    relation: str = ""


@dataclass(frozen=True)
class PortableMeeting:
    """One meeting with its note."""

    on: date
    number: int | None
    attendance: Attendance
    phase: str = ""
    minutes: int = 0
    format: str = "in_person"
    tasks_done: tuple[str, ...] = ()
    strategies: tuple[str, ...] = ()
    techniques: tuple[str, ...] = ()
    note: str = ""
    signed: bool = False
    kind: str = ""


@dataclass(frozen=True)
class PortableEntry:
    """One record with its values."""

    record: str
    on: date
    values: Mapping[str, Any]
    version: str = "1"
    session: int | None = None
    for_task: str = ""
    by_role: str = "therapist"
    order: int = 0
    at: datetime | None = None
    beside: str = ""


@dataclass(frozen=True)
class PortableStep:
    """One step taken on an alert; `at` is a day or a moment in ISO form."""

    kind: str
    at: str
    words: str = ""


@dataclass(frozen=True)
class PortableAlert:
    """An alert with every step taken on it."""

    rule: str
    severity: str
    raised_at: str
    state: str = "open"
    session: int | None = None
    inputs: Mapping[str, Any] = field(default_factory=_nothing)
    steps: tuple[PortableStep, ...] = ()


@dataclass(frozen=True)
class PortableDecision:
    """What a clinician decided on a rule that fired, with the reason; `at` is a moment in ISO form."""

    decision: str
    at: str
    again_on: date | None = None
    words: str = ""


@dataclass(frozen=True)
class PortableFiring:
    """A decision rule that fired, from the day it was first seen until its condition no longer held."""

    rule: str
    severity: str
    first_seen_on: date
    first_seen_at: str
    last_seen_on: date
    last_seen_at: str
    rule_version: str = "1"
    manual_version: str = "1"
    ended_on: date | None = None
    ended_at: str | None = None
    ended_by: str = ""
    inputs: Mapping[str, Any] = field(default_factory=_nothing)
    why: str = ""
    decisions: tuple[PortableDecision, ...] = ()


@dataclass(frozen=True)
class PortableClientEntry:
    """What the client wrote: a journal entry, a check-in's words, or a worksheet (a record of theirs)."""

    on: date
    kind: str
    shared: bool
    title: str = ""
    text: str = ""
    people: tuple[str, ...] = ()
    mood_before: int | None = None
    mood_after: int | None = None
    worksheet: str = ""
    values: Mapping[str, Any] = field(default_factory=_nothing)


@dataclass(frozen=True)
class PortableEpisode:
    """One whole episode. `remarks` are words for whoever imports it, and no part of the episode."""

    client: PortableClient
    adaptation: str
    manual_version: str
    planned_sessions: int
    started_on: date | None = None
    people: tuple[PortablePerson, ...] = ()
    meetings: tuple[PortableMeeting, ...] = ()
    beside: tuple[PortableMeeting, ...] = ()
    answers: tuple[Answers, ...] = ()
    entries: tuple[PortableEntry, ...] = ()
    phase_changes: tuple[PhaseChange, ...] = ()
    status_changes: tuple[StatusChange, ...] = ()
    plan_changes: tuple[PlanChange, ...] = ()
    adaptation_changes: tuple[AdaptationChange, ...] = ()
    alerts: tuple[PortableAlert, ...] = ()
    firings: tuple[PortableFiring, ...] = ()
    client_entries: tuple[PortableClientEntry, ...] = ()
    remarks: tuple[str, ...] = field(default=(), compare=False)

    def course(self) -> Course:
        """What the engine reads: no names, no notes, nothing the client has not shared."""
        return Course(
            adaptation=self.adaptation,
            manual_version=self.manual_version,
            planned_sessions=self.planned_sessions,
            started_on=self.started_on,
            birth_year=self.client.birth_year,
            meetings=tuple(_meeting(meeting) for meeting in self.meetings),
            beside=tuple(_meeting(meeting) for meeting in self.beside),
            answers=self.answers,
            entries=(*map(_entry, self.entries), *self._worksheets()),
            phase_changes=self.phase_changes,
            status_changes=self.status_changes,
            plan_changes=self.plan_changes,
            adaptation_changes=self.adaptation_changes,
        )

    def _worksheets(self) -> tuple[Entry, ...]:
        first = 1 + max((entry.order for entry in self.entries), default=0)
        shared = [written for written in self.client_entries if written.shared and written.worksheet]
        return tuple(
            Entry(written.worksheet, written.on, written.values, by_role="client", order=first + place)
            for place, written in enumerate(shared)
        )


def _meeting(meeting: PortableMeeting) -> Meeting:
    return Meeting(
        on=meeting.on,
        number=meeting.number,
        attendance=meeting.attendance,
        phase=meeting.phase,
        minutes=meeting.minutes,
        format=meeting.format,
        tasks_done=meeting.tasks_done,
        strategies=meeting.strategies,
        techniques=meeting.techniques,
        signed=meeting.signed,
        kind=meeting.kind,
    )


def _entry(entry: PortableEntry) -> Entry:
    return Entry(
        entry.record,
        entry.on,
        entry.values,
        session=entry.session,
        for_task=entry.for_task,
        by_role=entry.by_role,
        order=entry.order,
        at=entry.at,
        beside=entry.beside,
    )
