"""The treatment as values: what a manual, its phases, tasks, areas, techniques and rules are.

A `Manual` is whole: an adaptation's delta has already been laid over the manual it inherits from.
Every item keeps its sources (`S04`) and its marks (`GKU`, `DEFAULT`), so that a page can show them
wherever a clinician meets the item.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from openipt.core.fields.definitions import RecordType
from openipt.core.manual.joined import base_of, modifiers_of
from openipt.core.manual.names import (
    END,
    EVIDENCE_GRADES,
    EXIT_CONDITIONS,
    FORMATS,
    FREQUENCIES,
    LEAVING_REASONS,
    MARKS,
    MEETING_FORMATS,
    NEXT_STEP_CONDITIONS,
    NEXT_STEP_KINDS,
    OFF_TRACK_REASONS,
    PHASES,
    PHASES_AFTER,
    PHASES_BEFORE,
    SCHEDULE_MOMENTS,
    SESSION_PHASES,
    TASK_CONDITIONS,
    TASK_LIMITS,
    TASK_MOMENTS,
    WAYS,
)

if TYPE_CHECKING:
    from openipt.core.measures.definitions import Measure


IPT = "ipt"  # the model of treatment that the base protocol and its family belong to
ANY = "any"  # of a modifier that goes with every adaptation


def _empty() -> Mapping[str, Any]:
    return MappingProxyType({})


class Requirement(StrEnum):
    """R: required, C: required under its condition, O: optional (ipt.md 0.1)."""

    REQUIRED = "R"
    CONDITIONAL = "C"
    OPTIONAL = "O"


class Severity(StrEnum):
    """How loudly a rule speaks (ipt.md 14)."""

    INFO = "info"
    NOTICE = "notice"
    WARNING = "warning"
    CRITICAL = "critical"


@dataclass(frozen=True)
class Source:
    """A work that content cites. `read` says how much of it was read when the content was written."""

    id: str
    citation: str
    url: str = ""
    read: str = ""


@dataclass(frozen=True)
class SessionsRange:
    """How many sessions an adaptation allows."""

    min: int = dataclasses.field(metadata={"min": 1})
    typical: int = dataclasses.field(metadata={"min": 1})
    max: int = dataclasses.field(metadata={"min": 1})

    def __contains__(self, planned: object) -> bool:
        return isinstance(planned, int) and self.min <= planned <= self.max

    def __str__(self) -> str:
        """`12 to 20, usually 16`, or `8` where there is but one length."""
        return str(self.min) if self.min == self.max else f"{self.min} to {self.max}, usually {self.typical}"


NOWHERE = (0, 0)  # of a phase that a length does not have


@dataclass(frozen=True)
class Length:
    """Where the phases lie in a course of `planned` sessions; each phase it has is (first, last)."""

    planned: int = dataclasses.field(metadata={"min": 1})
    initial: tuple[int, int] = dataclasses.field(default=NOWHERE, metadata={"min": 1})
    acute: tuple[int, int] = dataclasses.field(default=NOWHERE, metadata={"min": 1})
    middle: tuple[int, int] = dataclasses.field(default=NOWHERE, metadata={"min": 1})
    preventive: tuple[int, int] = dataclasses.field(default=NOWHERE, metadata={"min": 1})
    ending: tuple[int, int] = dataclasses.field(default=NOWHERE, metadata={"min": 1})
    continuation: tuple[int, int] = dataclasses.field(default=NOWHERE, metadata={"min": 1})
    maintenance: tuple[int, int] = dataclasses.field(default=NOWHERE, metadata={"min": 1})
    format: str = ""
    note: str = ""
    sources: tuple[str, ...] = ()
    marks: tuple[str, ...] = dataclasses.field(default=(), metadata={"names": MARKS})

    @property
    def split(self) -> Mapping[str, tuple[int, int]]:
        spans = {phase: getattr(self, phase) for phase in SESSION_PHASES}
        return MappingProxyType({phase: span for phase, span in spans.items() if span != NOWHERE})


@dataclass(frozen=True)
class OtherLengths:
    """How the phases lie where no `Length` is listed (ipt.md 22.1).

    With `continuation_sessions` it is a course that goes on from an earlier one: so many of them are its
    continuation, the rest its maintenance. `preventive_sessions` lie between middle and ending; with
    `ending_sessions = 0` the middle lasts to the end, with `initial_last = 0` it begins with session 1.
    """

    initial_last: int = dataclasses.field(default=3, metadata={"min": 0})
    initial_last_from_18: int = dataclasses.field(default=4, metadata={"min": 0})
    ending_sessions: int = dataclasses.field(default=3, metadata={"min": 0})
    continuation_sessions: int = dataclasses.field(default=0, metadata={"min": 0})
    preventive_sessions: int = dataclasses.field(default=0, metadata={"min": 0})
    sources: tuple[str, ...] = ()
    marks: tuple[str, ...] = dataclasses.field(default=(), metadata={"names": MARKS})

    def split(self, planned: int) -> Mapping[str, tuple[int, int]]:
        """Initial, then middle, preventive where there is one, ending. Courses too short for that keep one
        session at each end, and no preventive phase.
        """
        if self.continuation_sessions:
            return self._going_on(planned)
        initial = self.initial_last_from_18 if planned >= 18 else self.initial_last
        ending, preventive = self.ending_sessions, self.preventive_sessions
        if initial + preventive + ending >= planned:
            preventive = 0
        if initial + ending >= planned:
            initial = ending = 1
        before_ending = planned - ending
        last_middle = before_ending - preventive
        spans = {
            "initial": (1, initial),
            "middle": (initial + 1, last_middle),
            "preventive": (last_middle + 1, before_ending),
            "ending": (max(before_ending + 1, initial + 1), planned),
        }
        return MappingProxyType({phase: span for phase, span in spans.items() if span[0] <= span[1]})

    def _going_on(self, planned: int) -> Mapping[str, tuple[int, int]]:
        continued = min(self.continuation_sessions, planned)
        spans = {"continuation": (1, continued), "maintenance": (continued + 1, planned)}
        return MappingProxyType({phase: span for phase, span in spans.items() if span[0] <= span[1]})


@dataclass(frozen=True)
class Phase:
    """A phase: what it is for, and what lets it be left.

    All `exit_tasks` and all `exit_conditions` are needed; of `leaves_when`, any one is enough. `leads_to`
    names the ways out where it is not simply the next phase. `frequencies` says how often its sessions are,
    one after another in equal shares, where it is not the adaptation's own frequency. A phase before session 1
    holds `meetings` of its own, from the fewest to the most, of so many `minutes` (0: as long as a session). So
    does one after the contract, such as boosters; none at all may be the fewest. `weeks` says how long after the last
    session of the contract its first meeting is, from the earliest to the latest.
    """

    id: str = dataclasses.field(metadata={"names": PHASES})
    title: str
    goals: tuple[str, ...] = ()
    exit_tasks: tuple[str, ...] = ()
    exit_conditions: tuple[str, ...] = dataclasses.field(default=(), metadata={"names": EXIT_CONDITIONS})
    leaves_when: tuple[str, ...] = dataclasses.field(default=(), metadata={"names": LEAVING_REASONS})
    leads_to: tuple[str, ...] = dataclasses.field(default=(), metadata={"names": WAYS})
    frequencies: tuple[str, ...] = dataclasses.field(default=(), metadata={"names": FREQUENCIES})
    meetings: tuple[int, int] = dataclasses.field(default=NOWHERE, metadata={"min": 0})
    minutes: int = dataclasses.field(default=0, metadata={"min": 10, "max": 240})
    weeks: tuple[int, int] = dataclasses.field(default=NOWHERE, metadata={"min": 1})
    sources: tuple[str, ...] = ()
    marks: tuple[str, ...] = dataclasses.field(default=(), metadata={"names": MARKS})

    @property
    def is_before(self) -> bool:
        """Does it hold meetings before session 1?"""
        return self.id in PHASES_BEFORE

    @property
    def is_after(self) -> bool:
        """Does it hold meetings after the contract?"""
        return self.id in PHASES_AFTER


@dataclass(frozen=True)
class Task:
    """One thing the therapist does, and the record that shows it was done.

    When it is due is said in one of six ways: a window (`first_session`, `last_session`), every
    session of its phase, at least every second one, a moment (`at`), in the last so many planned sessions
    (`in_last`), or again and again so many months after it was last done or its phase began (`every_months`).
    With none of them it is due once, at any time in its phase. `also_in` names further phases in which it is
    due in the same way; one of every session may end at a moment (`until`).
    `quick` names the few fields of the record that a quick line in the Session room asks for.
    `recalls` names what was written earlier and is to be at hand, as `rec_relapse_plan.early_signs`.
    `same_as` names tasks that are the same act: a record that shows the one shows the other too. A record
    in which the field `not_with` is filled is another act, and does not show this task.
    `days_kept`: its record, kept by whomever on so many different days, shows it as well; for a task of
    every session, days since the session before. `answered_before`: answers the client gave since then show it.
    `formats`: it belongs to sessions that are held in one of these ways, and to no other. `beside`: it belongs to each
    meeting of that kind beside the sessions, and to no session.
    """

    id: str
    name: str
    title: str
    phase: str = dataclasses.field(metadata={"names": PHASES})
    action: str
    record: str
    requirement: Requirement
    field: str = ""
    also_records: tuple[str, ...] = ()
    condition: str = dataclasses.field(default="", metadata={"names": TASK_CONDITIONS})
    condition_text: str = ""
    first_session: int = dataclasses.field(default=0, metadata={"min": 0})
    last_session: int = dataclasses.field(default=0, metadata={"min": 0})
    each_session: bool = False
    each_second_session: bool = False
    at: str = dataclasses.field(default="", metadata={"names": TASK_MOMENTS})
    in_last: int = dataclasses.field(default=0, metadata={"min": 0})
    every_months: int = dataclasses.field(default=0, metadata={"min": 1, "max": 120})
    also_in: tuple[str, ...] = dataclasses.field(default=(), metadata={"names": PHASES})
    until: str = dataclasses.field(default="", metadata={"names": TASK_LIMITS})
    may_be_early: bool = False
    same_as: tuple[str, ...] = ()
    not_with: str = ""
    recalls: tuple[str, ...] = ()
    days_kept: int = dataclasses.field(default=0, metadata={"min": 0})
    answered_before: bool = False
    formats: tuple[str, ...] = dataclasses.field(default=(), metadata={"names": MEETING_FORMATS})
    beside: str = ""
    quick: tuple[str, ...] = ()
    client_visible: bool = False
    sources: tuple[str, ...] = ()
    marks: tuple[str, ...] = dataclasses.field(default=(), metadata={"names": MARKS})

    @property
    def has_window(self) -> bool:
        return self.last_session > 0

    @property
    def is_of_ending(self) -> bool:
        """Does it belong to the end of the treatment: to the ending phase, or to the last sessions?"""
        return self.phase == "ending" or self.in_last > 0

    @property
    def phases(self) -> tuple[str, ...]:
        """Every phase it belongs to, in the order in which a course passes through them."""
        return tuple(sorted({self.phase, *self.also_in}, key=PHASES.index))

    def is_in(self, phase: str) -> bool:
        return phase == self.phase or phase in self.also_in

    @property
    def records(self) -> tuple[str, ...]:
        """Every record type that may show this task: its own first."""
        return (self.record, *self.also_records)


@dataclass(frozen=True)
class AgendaBlock:
    """One part of the hour: its minutes in each phase, and the tasks that fill it, phase by phase.

    `before` are its minutes in a meeting before session 1, `after` those in one after the contract, where such a
    meeting goes otherwise.
    """

    block: str
    title: str
    initial: int = dataclasses.field(metadata={"min": 0})
    middle: int = dataclasses.field(metadata={"min": 0})
    ending: int = dataclasses.field(metadata={"min": 0})
    before: int = dataclasses.field(default=0, metadata={"min": 0})
    after: int = dataclasses.field(default=0, metadata={"min": 0})
    tasks: Mapping[str, tuple[str, ...]] = dataclasses.field(default_factory=_empty)
    sources: tuple[str, ...] = ()
    marks: tuple[str, ...] = dataclasses.field(default=(), metadata={"names": MARKS})

    def minutes(self, phase: str) -> int:
        """Minutes in that phase; before and after the contract the middle's plan serves."""
        own = {
            "initial": self.initial,
            "ending": self.ending,
            **dict.fromkeys(PHASES_BEFORE, self.before),
            **dict.fromkeys(PHASES_AFTER, self.after),
        }
        return own.get(phase, self.middle)


@dataclass(frozen=True)
class ScheduleItem:
    """Measures due at one moment. `private` ones are asked by the clinician alone with the client.

    `sessions` and `months` (after the end) say which, where the moment alone does not.
    `conditions` maps a measure to the name of the condition under which it is due (ipt.md 10.5).
    """

    when: str = dataclasses.field(metadata={"names": SCHEDULE_MOMENTS})
    measures: tuple[str, ...] = ()
    private: tuple[str, ...] = ()
    conditions: Mapping[str, str] = dataclasses.field(default_factory=_empty)
    questions: tuple[str, ...] = ()
    sessions: tuple[int, ...] = ()
    months: tuple[int, ...] = ()
    sources: tuple[str, ...] = ()
    marks: tuple[str, ...] = dataclasses.field(default=(), metadata={"names": MARKS})


@dataclass(frozen=True)
class SessionPlan:
    """What usually falls in a stretch of sessions: an illustration, never a rule (ipt.md 3.10)."""

    first: int
    last: int
    tasks: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True)
class Strategy:
    """One step of the work on a problem area, in order."""

    id: str
    order: int = dataclasses.field(metadata={"min": 1})
    title: str
    done_when: str
    text: str = ""
    questions: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    marks: tuple[str, ...] = dataclasses.field(default=(), metadata={"names": MARKS})


@dataclass(frozen=True)
class Stage:
    """The stage of a dispute, which decides what the work is."""

    id: str
    meaning: str
    markers: str
    work: str
    title: str = ""
    sources: tuple[str, ...] = ()
    marks: tuple[str, ...] = dataclasses.field(default=(), metadata={"names": MARKS})


@dataclass(frozen=True)
class Citation:
    """The sources and marks of one part of an item, or of one line in that part."""

    part: str
    item: str = ""
    sources: tuple[str, ...] = ()
    marks: tuple[str, ...] = dataclasses.field(default=(), metadata={"names": MARKS})


@dataclass(frozen=True)
class Area:
    """A problem area: what belongs to it, what does not, and the strategies that work on it.

    `techniques` are those at hand; `default_techniques` the ones to try first (ipt.md 6, choice rule).
    `hidden` says how to see what is not shown, `stance` how the therapist stands to the outcome.
    """

    id: str
    title: str
    definition: str
    version: str = "1"
    plain_title: str = ""
    other_names: tuple[str, ...] = ()
    names_elsewhere: Mapping[str, str] = dataclasses.field(default_factory=_empty)
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    differential: str = ""
    hidden: str = ""
    stance: str = ""
    format_note: str = ""
    goals: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()
    techniques: tuple[str, ...] = ()
    default_techniques: tuple[str, ...] = ()
    records: tuple[str, ...] = ()
    risks: tuple[str, ...] = ()
    subtypes: tuple[str, ...] = ()
    done_when: str = ""
    strategies: tuple[Strategy, ...] = dataclasses.field(default=(), metadata={"table": "strategy"})
    stages: tuple[Stage, ...] = dataclasses.field(default=(), metadata={"table": "stage"})
    citations: tuple[Citation, ...] = dataclasses.field(default=(), metadata={"table": "citation"})
    sources: tuple[str, ...] = ()
    marks: tuple[str, ...] = dataclasses.field(default=(), metadata={"names": MARKS})


@dataclass(frozen=True)
class Technique:
    """A way of working, with its steps in order, the record it fills and what to beware of.

    `models` names the models of treatment it belongs to: it is at hand in their adaptations alone.
    """

    id: str
    name: str
    purpose: str
    version: str = "1"
    steps: tuple[str, ...] = ()
    example: str = ""
    when: str = ""
    record: str = ""
    also_records: tuple[str, ...] = ()
    worksheet_fields: tuple[str, ...] = ()
    cautions: tuple[str, ...] = ()
    models: tuple[str, ...] = (IPT,)
    sources: tuple[str, ...] = ()
    marks: tuple[str, ...] = dataclasses.field(default=(), metadata={"names": MARKS})


@dataclass(frozen=True)
class Style:
    """A style of communication (ipt.md 8.1)."""

    id: str
    name: str
    markers: str
    effect: str
    answer: str
    sources: tuple[str, ...] = ()
    marks: tuple[str, ...] = dataclasses.field(default=(), metadata={"names": MARKS})


@dataclass(frozen=True)
class LeaderTool:
    """Something a group leader has at hand in some phases; in all where none is named (ipt.md 19)."""

    id: str
    title: str
    lines: tuple[str, ...]
    phases: tuple[str, ...] = dataclasses.field(default=(), metadata={"names": PHASES})
    sources: tuple[str, ...] = ()
    marks: tuple[str, ...] = dataclasses.field(default=(), metadata={"names": MARKS})


@dataclass(frozen=True)
class Fact:
    """One statement of psychoeducation, stance or mechanism. `plain` says the same to a client."""

    id: str
    text: str
    title: str = ""
    kind: str = "fact"
    plain: str = ""
    indicator: str = ""
    basis: str = ""
    sources: tuple[str, ...] = ()
    marks: tuple[str, ...] = dataclasses.field(default=(), metadata={"names": MARKS})


@dataclass(frozen=True)
class PagePart:
    """One stretch of a page for clients: a heading and its lines."""

    heading: str = ""
    lines: tuple[str, ...] = ()


@dataclass(frozen=True)
class Page:
    """A page that teaches a client something, and what in the library it rests on.

    `models` names the models of treatment whose clients it is for; every one's where it names none.
    """

    id: str
    title: str
    facts: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    techniques: tuple[str, ...] = ()
    section: str = ""
    quick_exit: bool = False
    models: tuple[str, ...] = ()
    parts: tuple[PagePart, ...] = dataclasses.field(default=(), metadata={"table": "part"})
    sources: tuple[str, ...] = ()
    marks: tuple[str, ...] = dataclasses.field(default=(), metadata={"names": MARKS})


@dataclass(frozen=True)
class Rule:
    """A decision rule as data; its test is a function of the same id in the core.

    `severity` is the highest it can have, `severity_text` says when. `reading` is how the product
    reads a point left open (ipt.md 22.1), `section` where its ground stands, `basis` what the sources say.
    """

    id: str
    title: str
    if_text: str
    then_text: str
    severity: Severity
    severity_text: str = ""
    version: str = "1"
    parameters: Mapping[str, Any] = dataclasses.field(default_factory=_empty)
    reading: str = ""
    section: str = ""
    basis: str = ""
    sources: tuple[str, ...] = ()
    marks: tuple[str, ...] = dataclasses.field(default=(), metadata={"names": MARKS})


@dataclass(frozen=True)
class OffTrackReason:
    """Where to look for the reason why a course is not on track; its test is a function of the same id.

    `rules` are those it reads; `parameters` the numbers it reads beside theirs.
    """

    id: str = dataclasses.field(metadata={"names": OFF_TRACK_REASONS})
    title: str
    looks_at: str
    rules: tuple[str, ...] = ()
    parameters: Mapping[str, Any] = dataclasses.field(default_factory=_empty)
    section: str = ""
    sources: tuple[str, ...] = ()
    marks: tuple[str, ...] = dataclasses.field(default=(), metadata={"names": MARKS})


@dataclass(frozen=True)
class NextStep:
    """What the manual offers where a course is not on track. A clinician chooses, never the software.

    Offered where any of `when` holds; of `adaptations` and `areas` (the focus), where they are named, only
    there. `answers` are the reasons it is an answer to, `room` is where it is done.
    """

    id: str
    title: str
    text: str
    kind: str = dataclasses.field(metadata={"names": NEXT_STEP_KINDS})
    when: tuple[str, ...] = dataclasses.field(metadata={"names": NEXT_STEP_CONDITIONS})
    answers: tuple[str, ...] = dataclasses.field(default=(), metadata={"names": OFF_TRACK_REASONS})
    rules: tuple[str, ...] = ()
    adaptations: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    techniques: tuple[str, ...] = ()
    room: str = ""
    section: str = ""
    sources: tuple[str, ...] = ()
    marks: tuple[str, ...] = dataclasses.field(default=(), metadata={"names": MARKS})


@dataclass(frozen=True)
class Evidence:
    """What trials say of an adaptation, with its grade (ipt.md 0.5)."""

    grade: str = dataclasses.field(metadata={"names": EVIDENCE_GRADES})
    text: str = ""
    sources: tuple[str, ...] = ()


@dataclass(frozen=True)
class TreatmentPart:
    """A stretch of the treatment that spans phases, such as an acute part and what continues it."""

    id: str = dataclasses.field(metadata={"names": PHASES})
    title: str
    first: int = dataclasses.field(metadata={"min": 1})
    last: int = dataclasses.field(metadata={"min": 1})
    goals: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    marks: tuple[str, ...] = dataclasses.field(default=(), metadata={"names": MARKS})


@dataclass(frozen=True)
class RecordCaution:
    """What an adaptation forbids or warns of wherever one of these records is filled.

    `text` is for clinicians, `plain` for a client who may write the record.
    """

    records: tuple[str, ...]
    text: str
    plain: str = ""
    sources: tuple[str, ...] = ()
    marks: tuple[str, ...] = dataclasses.field(default=(), metadata={"names": MARKS})


@dataclass(frozen=True)
class CarerPoint:
    """A point of the course at which parents or carers are invited: the task it is, and what it is for.

    A clinician may leave it out with a reason; its task then waits for nobody.
    """

    id: str
    title: str
    task: str
    text: str = ""
    sources: tuple[str, ...] = ()
    marks: tuple[str, ...] = dataclasses.field(default=(), metadata={"names": MARKS})


@dataclass(frozen=True)
class MeetingKind:
    """Meetings beside the sessions, counted apart: such as those of a ward's group, or individual ones of a group.

    `meetings` are the fewest and the most, `name` is what one of them is called, `minutes` its length where it is not
    that of a session. They move neither the number nor the phase of the sessions. `format` is theirs, whatever the
    adaptation's own is.
    """

    id: str
    name: str
    meetings: tuple[int, int] = dataclasses.field(metadata={"min": 0})
    format: str = dataclasses.field(metadata={"names": FORMATS})
    minutes: int = dataclasses.field(default=0, metadata={"min": 10, "max": 240})
    text: str = ""
    sources: tuple[str, ...] = ()
    marks: tuple[str, ...] = dataclasses.field(default=(), metadata={"names": MARKS})

    @property
    def fewest(self) -> int:
        return self.meetings[0]

    @property
    def most(self) -> int:
        return self.meetings[1]

    @property
    def count(self) -> str:
        """`8`, `up to 3`, `2 to 4`."""
        if self.fewest == self.most:
            return str(self.most)
        return f"{self.fewest} to {self.most}" if self.fewest else f"up to {self.most}"


@dataclass(frozen=True)
class Card:
    """What an adaptation says of itself: everything in its manual.toml that is not a list of items.

    `focus` says what its work turns on, `not_done` what is kept out of its sessions. `asks_for` names, by
    record, the fields marked `where_asked` that stand in its forms. What is for `research` is proposed by no
    page and begun within a study only. `model` is the model of treatment it belongs to; one of another model than
    what it inherits from takes over only the tasks that it `keeps_tasks` of it.
    """

    id: str
    name: str
    version: str
    population: str
    sessions: SessionsRange
    inherits: str = ""
    model: str = IPT
    keeps_tasks: tuple[str, ...] = ()
    title: str = ""
    format: str = dataclasses.field(default="individual", metadata={"names": FORMATS})
    format_note: str = ""
    minutes: int = dataclasses.field(default=50, metadata={"min": 10, "max": 240})
    first_minutes: tuple[int, ...] = dataclasses.field(default=(), metadata={"min": 10, "max": 240})
    focus: str = ""
    not_done: tuple[str, ...] = ()
    frequency: str = dataclasses.field(default="weekly", metadata={"names": FREQUENCIES})
    duration: str = ""
    problem_areas: tuple[str, ...] = ()
    measures: tuple[str, ...] = ()
    contraindications: tuple[str, ...] = ()
    evidence: Evidence | None = None
    research: bool = False
    formulation: str = ""
    formulation_plain: str = ""
    asks_for: Mapping[str, tuple[str, ...]] = dataclasses.field(default_factory=_empty)
    other_lengths: OtherLengths = dataclasses.field(default_factory=OtherLengths)
    sources: tuple[str, ...] = ()
    marks: tuple[str, ...] = dataclasses.field(default=(), metadata={"names": MARKS})
    citations: tuple[Citation, ...] = dataclasses.field(default=(), metadata={"table": "citation"})
    cautions: tuple[RecordCaution, ...] = dataclasses.field(default=(), metadata={"table": "caution"})
    parts: tuple[TreatmentPart, ...] = dataclasses.field(default=(), metadata={"table": "part"})
    carer_points: tuple[CarerPoint, ...] = dataclasses.field(default=(), metadata={"table": "carer_point"})
    kinds: tuple[MeetingKind, ...] = dataclasses.field(default=(), metadata={"table": "beside"})


@dataclass(frozen=True)
class Modifier:
    """What goes with other adaptations, such as delivery by phone or video: the card of its manual.toml.

    `modifies` names the adaptations it goes with, or says "any"; `manner` follows their name. `formats` are the
    ways of meeting it is for, and `ready` tells a client in plain words what to have at hand for such a meeting.
    """

    id: str
    name: str
    version: str
    modifies: tuple[str, ...]
    manner: str
    population: str
    formats: tuple[str, ...] = dataclasses.field(default=(), metadata={"names": MEETING_FORMATS})
    format_note: str = ""
    ready: tuple[str, ...] = ()
    evidence: Evidence | None = None
    asks_for: Mapping[str, tuple[str, ...]] = dataclasses.field(default_factory=_empty)
    sources: tuple[str, ...] = ()
    marks: tuple[str, ...] = dataclasses.field(default=(), metadata={"names": MARKS})
    citations: tuple[Citation, ...] = dataclasses.field(default=(), metadata={"table": "citation"})
    cautions: tuple[RecordCaution, ...] = dataclasses.field(default=(), metadata={"table": "caution"})

    def goes_with(self, adaptation: str) -> bool:
        return ANY in self.modifies or adaptation in self.modifies


@dataclass(frozen=True)
class Manual(Card):
    """One adaptation, whole: everything an episode of it needs, and nothing of any episode.

    The loader fills what the text fields name: `areas` holds the areas of `problem_areas`, `styles`,
    `facts`, `leader_tools`, `rules`, `record_types` and `measure_list` all that the library has.
    """

    lengths: tuple[Length, ...] = ()
    phases: tuple[Phase, ...] = ()
    tasks: tuple[Task, ...] = ()
    agenda: tuple[AgendaBlock, ...] = ()
    schedule: tuple[ScheduleItem, ...] = ()
    session_plans: tuple[SessionPlan, ...] = ()
    areas: Mapping[str, Area] = dataclasses.field(default_factory=_empty)
    techniques: Mapping[str, Technique] = dataclasses.field(default_factory=_empty)
    styles: Mapping[str, Style] = dataclasses.field(default_factory=_empty)
    pages: Mapping[str, Page] = dataclasses.field(default_factory=_empty)
    facts: Mapping[str, Fact] = dataclasses.field(default_factory=_empty)
    leader_tools: Mapping[str, LeaderTool] = dataclasses.field(default_factory=_empty)
    rules: Mapping[str, Rule] = dataclasses.field(default_factory=_empty)
    off_track_reasons: Mapping[str, OffTrackReason] = dataclasses.field(default_factory=_empty)
    next_steps: Mapping[str, NextStep] = dataclasses.field(default_factory=_empty)
    source_list: Mapping[str, Source] = dataclasses.field(default_factory=_empty)
    record_types: Mapping[str, RecordType] = dataclasses.field(default_factory=_empty)
    measure_list: Mapping[str, Measure] = dataclasses.field(default_factory=_empty)

    def __hash__(self) -> int:
        return hash((self.id, self.version))

    @property
    def base(self) -> str:
        """The id of the adaptation, whatever goes with it."""
        return base_of(self.id)

    @property
    def modifiers(self) -> tuple[str, ...]:
        """What goes with it, such as delivery by phone or video."""
        return modifiers_of(self.id)

    # -- tasks -------------------------------------------------------------------------------

    def task(self, task_id: str) -> Task:
        """The task of that id; KeyError where this manual has none."""
        return self._tasks[task_id]

    def has_task(self, task_id: str) -> bool:
        return task_id in self._tasks

    @cached_property
    def _tasks(self) -> Mapping[str, Task]:
        return {task.id: task for task in self.tasks}

    def tasks_of(self, phase: str) -> tuple[Task, ...]:
        return tuple(task for task in self.tasks if task.is_in(phase))

    def tasks_shown_by(self, record: str) -> tuple[Task, ...]:
        """Tasks that an entry of this record type may show to be done."""
        return self._tasks_by_record.get(record, ())

    @cached_property
    def _tasks_by_record(self) -> Mapping[str, tuple[Task, ...]]:
        records = {record for task in self.tasks for record in task.records}
        return {record: tuple(task for task in self.tasks if record in task.records) for record in records}

    def window(self, task: Task, planned_sessions: int) -> tuple[int, int] | None:
        """First and last session in which a task is due, for this length; None: no session of its own.

        A window is squeezed into its phase where the phase is shorter than usual: the initial phase
        of one visit does every initial task in it (ipt.md 22.1). Before session 1 it is session 0. After the
        contract there is none.
        """
        if task.phase == "pre" or task.phase in PHASES_BEFORE:
            return (0, 0)
        if task.at == "midpoint":
            return (midpoint(planned_sessions), midpoint(planned_sessions))
        if task.at == "last_session":
            return (planned_sessions, planned_sessions)
        if task.in_last:
            return (max(1, planned_sessions - task.in_last + 1), planned_sessions)
        span = self.phase_split(planned_sessions).get(task.phase)
        if span is None or not task.has_window:
            return span
        return (_within(task.first_session, span), _within(task.last_session, span))

    # -- phases ------------------------------------------------------------------------------

    def phase(self, phase_id: str) -> Phase:
        """The phase of that id; KeyError where this manual has none."""
        for phase in self.phases:
            if phase.id == phase_id:
                return phase
        raise KeyError(phase_id)

    def next_phase(self, phase_id: str) -> str:
        """The phase after this one, "" after the last."""
        ids = [phase.id for phase in self.phases]
        following = ids[ids.index(phase_id) + 1 :] if phase_id in ids else []
        return following[0] if following else ""

    @property
    def first_phase(self) -> str:
        """The phase of session 1."""
        return next((phase.id for phase in self.phases if phase.id in SESSION_PHASES), "")

    @property
    def phase_before(self) -> Phase | None:
        """The phase of meetings before session 1, where there is one."""
        return next((phase for phase in self.phases if phase.is_before and phase.meetings != NOWHERE), None)

    def kind(self, kind_id: str) -> MeetingKind | None:
        """The kind of meetings beside the sessions of that id, where this manual has it."""
        return next((kind for kind in self.kinds if kind.id == kind_id), None)

    def minutes_of(self, kind_id: str) -> int:
        """How long a meeting of that kind is; of a session where it is of none."""
        own = next((kind.minutes for kind in self.kinds if kind.id == kind_id), 0)
        return own or self.minutes

    @property
    def phase_after(self) -> Phase | None:
        """The phase of meetings after the contract, such as boosters, where there is one."""
        return next((phase for phase in self.phases if phase.is_after and phase.meetings != NOWHERE), None)

    @property
    def fewest_after(self) -> int:
        """How many meetings after the contract there are at least."""
        return self.phase_after.meetings[0] if self.phase_after else 0

    @property
    def most_after(self) -> int:
        """How many meetings after the contract there may be."""
        return self.phase_after.meetings[1] if self.phase_after else 0

    @property
    def is_group(self) -> bool:
        """Do its sessions bring several clients together?"""
        return self.format == "group"

    @property
    def meets_in_group(self) -> bool:
        """Does any of its meetings bring several clients together?"""
        return self.is_group or any(task.record == "rec_group_meeting" for task in self.tasks)

    @property
    def session_word(self) -> str:
        """What one of its sessions is called, where it is counted."""
        return "meeting" if self.is_group else "session"

    @property
    def of_group(self) -> str:
        """Whose meetings are counted: `meeting 3 of 8 of the group`."""
        return " of the group" if self.is_group else ""

    @property
    def is_acute(self) -> bool:
        """Does it treat an episode of the illness, and not only what follows one?"""
        return any(phase.id in ("initial", "acute", "middle") for phase in self.phases)

    @property
    def ends_treatment(self) -> bool:
        """Does its last part say goodbye, and not only go on into maintenance?"""
        closing = {"ending", *(task.phase for task in self.tasks if task.in_last)}
        return any(END in self.ways_from(phase.id) for phase in self.phases if phase.id in closing)

    def ways_from(self, phase_id: str) -> tuple[str, ...]:
        """Where this phase leads: as it says, else to the next phase, else to the end."""
        return self.phase(phase_id).leads_to or (self.next_phase(phase_id) or END,)

    def rhythm(self, planned_sessions: int) -> tuple[tuple[str, int], ...]:
        """How often the sessions of a course are, one stretch after another: (frequency, how many)."""
        found: list[tuple[str, int]] = []
        for phase, (first, last) in self.phase_split(planned_sessions).items():
            frequencies = next((p.frequencies for p in self.phases if p.id == phase), ()) or (self.frequency,)
            for frequency, sessions in zip(
                frequencies, _shares(last - first + 1, len(frequencies)), strict=True
            ):
                if found and found[-1][0] == frequency:
                    found[-1] = (frequency, found[-1][1] + sessions)
                elif sessions:
                    found.append((frequency, sessions))
        return tuple(found)

    def phase_split(self, planned_sessions: int, format: str = "") -> Mapping[str, tuple[int, int]]:
        """Phase -> (first, last session), from the listed lengths, else as ipt.md 22.1 reads."""
        listed = self.length_of(planned_sessions, format)
        return listed.split if listed else self.other_lengths.split(planned_sessions)

    def length_of(self, planned_sessions: int, format: str = "") -> Length | None:
        """The length as listed, for the adaptation's own format first; None where `other_lengths` reads it."""
        for wanted in (format or self.format, format):
            for length in self.lengths:
                if length.planned == planned_sessions and length.format == wanted:
                    return length
        return None

    def phase_of(self, session_number: int, planned_sessions: int) -> str:
        """The phase a session falls in by plan: "pre" for the intake, the last one beyond the plan.

        What a session's phase really was is recorded with it and never moves; this is the plan.
        """
        if session_number < 1:
            return "pre"
        split = self.phase_split(planned_sessions)
        for phase, (first, last) in split.items():
            if first <= session_number <= last:
                return phase
        return max(split, key=lambda phase: split[phase][1])

    def part_of(self, session_number: int) -> TreatmentPart | None:
        """The part a session falls in: the first before session 1, the last beyond the plan."""
        begun = [part for part in self.parts if part.first <= max(session_number, 1)]
        return begun[-1] if begun else None

    def part_in(self, phase_id: str, session_number: int) -> TreatmentPart | None:
        """The part a course in this phase is in; none before treatment and after it."""
        return self.part_of(session_number) if phase_id in self.phase_split(self.sessions.typical) else None

    def goals_of(self, phase_id: str, session_number: int) -> tuple[str, ...]:
        """What the phase is for; before that, in treatment, what this part of the treatment is for."""
        part = self.part_in(phase_id, session_number)
        of_part = tuple(f"{part.title}: {goal}" for goal in part.goals) if part else ()
        return (*of_part, *next((phase.goals for phase in self.phases if phase.id == phase_id), ()))

    # -- the rest ----------------------------------------------------------------------------

    def strategies_of(self, area_id: str) -> tuple[Strategy, ...]:
        """The strategies of an area, in order; none for an area this manual does not use."""
        area = self.areas.get(area_id)
        return tuple(sorted(area.strategies, key=lambda s: s.order)) if area else ()

    def strategy(self, strategy_id: str) -> Strategy:
        """The strategy of that id; KeyError where no area of this manual has it."""
        return self._strategies[strategy_id][0]

    def area_of_strategy(self, strategy_id: str) -> Area:
        """The area a strategy belongs to; KeyError where there is none."""
        return self._strategies[strategy_id][1]

    @cached_property
    def _strategies(self) -> Mapping[str, tuple[Strategy, Area]]:
        return {s.id: (s, area) for area in self.areas.values() for s in area.strategies}

    def techniques_for(self, area_id: str) -> tuple[Technique, ...]:
        """Techniques at hand for an area, in the order the area names them."""
        area = self.areas.get(area_id)
        return tuple(self.techniques[t] for t in area.techniques if t in self.techniques) if area else ()

    def leader_tools_in(self, phase: str) -> tuple[LeaderTool, ...]:
        """What the leader of a group has at hand in this phase; nothing where no meeting is one of a group."""
        here = (tool for tool in self.leader_tools.values() if not tool.phases or phase in tool.phases)
        return tuple(here) if self.meets_in_group and phase not in PHASES_AFTER else ()

    def rule(self, rule_id: str) -> Rule:
        return self.rules[rule_id]

    def due_at(self, when: str) -> tuple[ScheduleItem, ...]:
        """What the schedule holds for one of `names.SCHEDULE_MOMENTS`."""
        return tuple(item for item in self.schedule if item.when == when)

    def agenda_of(self, phase: str) -> tuple[tuple[AgendaBlock, int], ...]:
        """The parts of a session in this phase, each with its minutes; beside the contract those that it has."""
        found = ((block, block.minutes(phase)) for block in self.agenda)
        beside = phase in PHASES_BEFORE or phase in PHASES_AFTER
        return tuple((block, minutes) for block, minutes in found if minutes or not beside)

    def minutes_in(self, phase: str) -> int:
        """How long a session of this phase is."""
        own = (one.minutes for one in (self.phase_before, self.phase_after) if one and one.id == phase)
        return next(own, 0) or self.minutes

    @property
    def is_weekly(self) -> bool:
        return self.frequency == "weekly"

    @property
    def allowed_lengths(self) -> range:
        return range(self.sessions.min, self.sessions.max + 1)

    def codes(self, kind: str) -> tuple[str, ...]:
        """Ids a coded field may hold, for one of the kinds of `core.fields.definitions.CODE_KINDS`."""
        return self.all_codes[kind]

    @cached_property
    def all_codes(self) -> Mapping[str, tuple[str, ...]]:
        """Kind -> ids, for every kind of code: what `check_entry` asks for."""
        return MappingProxyType(
            {
                "strategies": tuple(self._strategies),
                "techniques": tuple(self.techniques),
                "areas": tuple(self.areas),
                "styles": tuple(self.styles),
                "measures": tuple(self.measure_list),
                "tasks": tuple(self._tasks),
                "phases": tuple(phase.id for phase in self.phases),
                "rules": tuple(self.rules),
                "off_track_reasons": tuple(self.off_track_reasons),
                "next_steps": tuple(self.next_steps),
                "issues": (),  # those of an episode: its ranking names them, not the manual
                "episodes": (),  # so are these: moments of life told in it
            }
        )


def midpoint(planned_sessions: int) -> int:
    """The session of the midpoint review: N / 2 rounded up (ipt.md 3.6, M12)."""
    return (planned_sessions + 1) // 2


def _shares(sessions: int, parts: int) -> tuple[int, ...]:
    """Sessions in equal shares; what does not divide goes to the first ones."""
    each, over = divmod(sessions, parts)
    return tuple(each + (place < over) for place in range(parts))


def _within(session: int, span: tuple[int, int]) -> int:
    first, last = span
    return min(max(session, first), last)
