"""Parents and carers in plain values: who they are, when they are invited, what was agreed, told and heard."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from openipt.core.course import known
from openipt.core.course.carer_points import carer_points
from openipt.core.course.carers import (
    CALL,
    CARER,
    CONSENT,
    LEFT_OUT,
    NOTE_KIND,
    TOLD,
    VIEW,
    Point,
    PointState,
    carers,
)
from openipt.core.course.rules import RuleState
from openipt.records.access import Act
from openipt.records.models import Entry, EntryState
from openipt.web.jinja import day, short_day
from openipt.web.therapist.common import EpisodePage
from openipt.web.therapist.presenters_today import in_plain_words, mark_in_words
from openipt.web.therapist.room_parts import edit_address, may_write, new_address

RULE = "DR-45"
NOTE_FIELDS = ("shared", "kept_private", "always_told", "agreed_by_client", "agreed_by", "date")
TONES = {
    PointState.HELD: ("teal", "done"),
    PointState.DUE: ("attention", "flag"),
    PointState.OVERDUE: ("attention", "alert"),
}


@dataclass(frozen=True)
class CarerLine:
    """One parent or carer."""

    name: str
    relation: str
    takes_part: str
    responsible: str
    reached: str
    screened: str
    danger: bool
    address: str


@dataclass(frozen=True)
class PointLine:
    """One point at which they are invited, and what can be done about it."""

    key: str
    title: str
    text: str
    state: str
    tone: str
    icon: str
    why: str
    ground: str
    task: str
    written: str
    write: str
    may_leave_out: bool
    is_left_out: bool


@dataclass(frozen=True)
class NoteView:
    """The note as it stands: its lines, who agreed, and whether it still holds."""

    on: date
    shared: tuple[tuple[str, str, str], ...]
    kept_private: tuple[str, ...]
    always_told: tuple[str, ...]
    agreed: str
    is_draft: bool
    is_unseen: bool
    withdrawn: str
    has_items: bool


@dataclass(frozen=True)
class HeardLine:
    """Something told, heard or said on the phone: its day, its words, where it is read."""

    on: str
    title: str
    words: str
    more: str
    address: str


@dataclass(frozen=True)
class CarersPage:
    """The whole room."""

    carers: tuple[CarerLine, ...]
    anybody: bool
    points: tuple[PointLine, ...]
    note: NoteView | None
    missing: str
    missing_kinds: tuple[tuple[str, str], ...]
    told: tuple[HeardLine, ...]
    views: tuple[HeardLine, ...]
    calls: tuple[HeardLine, ...]
    has_calls: bool
    may_write: bool
    school: str


def present_carers(page: EpisodePage) -> CarersPage:
    page.read(CARER, CONSENT, LEFT_OUT, TOLD, VIEW, CALL, "rec_conjoint_session", "rec_relapse_plan")
    writes = bool(page.may(Act.WRITE_RECORD)) and may_write(page, CARER)
    rule = page.status.rule(RULE)
    return CarersPage(
        carers=_carers(page),
        anybody=bool(page.people_to_pick),
        points=tuple(
            _point(page, one, writes) for one in carer_points(page.manual, page.course, page.status.tasks)
        ),
        note=note_view(page, note_entry(page)),
        missing=in_plain_words(page.manual, rule.why) if rule.state is RuleState.FIRED else "",
        missing_kinds=_missing(page, rule.inputs) if writes else (),
        told=tuple(_told(page, entry) for entry in reversed(page.entries(TOLD))),
        views=tuple(_view(page, entry) for entry in reversed(page.entries(VIEW))),
        calls=tuple(_call(page, entry) for entry in reversed(page.entries(CALL))),
        has_calls=bool(page.manual.tasks_shown_by(CALL)),
        may_write=writes,
        school=_school(page),
    )


# -- who -------------------------------------------------------------------------------------------------


def _carers(page: EpisodePage) -> tuple[CarerLine, ...]:
    last = {str(one.visible.get("person") or ""): one for one in page.entries(CARER)}
    apart, danger = known.screened_others(page.course), known.danger(page.course)
    return tuple(
        _carer(page, last[code], code, code in apart, code in danger.persons) for code in _codes(page)
    )


def _codes(page: EpisodePage) -> tuple[str, ...]:
    seen = {str(one.visible.get("person") or "") for one in page.entries(CARER)}
    return tuple(code for one in carers(page.course) if (code := str(one.values["person"])) in seen)


def _carer(page: EpisodePage, entry: Entry, code: str, screened: bool, danger: bool) -> CarerLine:
    said = entry.visible
    return CarerLine(
        name=page.people.get(code, code),
        relation=page.relations.get(code, ""),
        takes_part=_yes(said.get("takes_part"), "takes part", "does not take part"),
        responsible=_yes(
            said.get("responsible"), "has parental responsibility", "no parental responsibility"
        ),
        reached=str(said.get("reached") or ""),
        screened="asked alone about violence" if screened else "",
        danger=danger,
        address=edit_address(page, entry),
    )


def _yes(answer: object, yes: str, no: str) -> str:
    return {True: yes, False: no}.get(answer, "") if isinstance(answer, bool) else ""


# -- when ------------------------------------------------------------------------------------------------


def _point(page: EpisodePage, found: Point, writes: bool) -> PointLine:
    task = page.manual.task(found.point.task)
    tone, icon = TONES.get(found.state, ("quiet", ""))
    shown = [one for one in page.entries(task.record) if one.for_task == task.id]
    now = found.state in (PointState.DUE, PointState.OVERDUE, PointState.NOT_CALLED_FOR)
    open_ = now or found.state is PointState.TO_COME
    return PointLine(
        key=found.point.id,
        title=found.point.title,
        text=found.point.text,
        state=_state(found),
        tone=tone,
        icon=icon,
        why=_reason(page, found),
        ground=_ground(page, found),
        task=task.id,
        written=page.address(f"records/{shown[-1].pk}/") if shown else "",
        write=new_address(page, task.record, task=task.id, next=page.address("carers/"))
        if now and writes
        else "",
        may_leave_out=open_ and writes and not page.status.has_ended,
        is_left_out=found.state is PointState.LEFT_OUT and writes,
    )


def _state(found: Point) -> str:
    when = f" on {day(found.on)}" if found.on else ""
    return {
        PointState.HELD: f"held{when}",
        PointState.DUE: "due",
        PointState.OVERDUE: "not held in its time",
        PointState.LEFT_OUT: f"left out{when}",
        PointState.TO_COME: "to come",
        PointState.NOT_CALLED_FOR: "not called for now",
    }[found.state]


def _reason(page: EpisodePage, found: Point) -> str:
    """Why it stands so; of one left out the words of whoever decided."""
    if found.state is PointState.LEFT_OUT:
        said = [one for one in page.entries(LEFT_OUT) if one.visible.get("which") == found.point.task]
        return str(said[-1].visible.get("reason") or "") if said else ""
    return in_plain_words(page.manual, found.why)


def _ground(page: EpisodePage, found: Point) -> str:
    sources = ", ".join(found.point.sources)
    return ". ".join(
        filter(None, (f"Source: {sources}" if sources else "", mark_in_words(found.point.marks)))
    )


# -- what was agreed ---------------------------------------------------------------------------------------


def note_entry(page: EpisodePage) -> Entry | None:
    """The note that was written last, draft or agreed."""
    found = [one for one in page.entries(CONSENT) if one.visible.get("kind") == NOTE_KIND]
    return found[-1] if found else None


def note_view(page: EpisodePage, entry: Entry | None) -> NoteView | None:
    if entry is None:
        return None
    said = entry.visible
    withdrawn = known.day(said.get("withdrawn_on"))
    agreed = known.day(said.get("date"))
    kept, told = known.words(said.get("kept_private")), known.words(said.get("always_told"))
    shared = shared_lines(page.manual.record_types[CONSENT], said, page.people)
    return NoteView(
        on=agreed or entry.on,
        shared=shared,
        kept_private=kept,
        always_told=told,
        agreed=" and ".join(agreed_by(said, page.people)),
        is_draft=said.get("given") is not True,
        is_unseen=entry.state != EntryState.FINAL,
        withdrawn=day(withdrawn) if withdrawn else "",
        has_items=bool(shared or kept or told),
    )


def shared_lines(
    kind: Any, said: Mapping[str, Any], people: Mapping[str, str]
) -> tuple[tuple[str, str, str], ...]:
    """What is shared, with whom, when: as the note says it."""
    when = kind.field("shared").field("when")
    return tuple(
        (
            str(row.get("what") or ""),
            ", ".join(people.get(code, code) for code in row.get("with") or ()),
            (when.option_label(row.get("when")) or "") if row.get("when") else "",
        )
        for row in said.get("shared") or ()
        if row.get("what")
    )


def agreed_by(said: Mapping[str, Any], people: Mapping[str, str]) -> tuple[str, ...]:
    """Who agreed, by name; the young person first."""
    own = ("the young person",) if said.get("agreed_by_client") is True else ()
    return (*own, *(people.get(code, code) for code in said.get("agreed_by") or ()))


def _missing(page: EpisodePage, inputs: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """Where what DR-45 misses is written, beside the note itself."""
    kinds = inputs.get("missing") or ()
    if "parent" not in kinds:
        return ()
    return ((new_address(page, CONSENT, next=page.address("carers/")), "Write down the parent’s consent"),)


# -- what was told and heard -------------------------------------------------------------------------------


def _told(page: EpisodePage, entry: Entry) -> HeardLine:
    said, kind = entry.visible, page.manual.record_types[TOLD]
    topics = [kind.field("topics").option_label(one) or str(one) for one in said.get("topics") or ()]
    to = ", ".join(page.people.get(code, code) for code in said.get("told_to") or ())
    how = kind.field("how").option_label(said.get("how")) or ""
    return HeardLine(
        _day(entry, "given_on"), in_a_row(topics), str(said.get("words") or ""),
        ", ".join(filter(None, (to, how.lower()))), edit_address(page, entry),
    )  # fmt: skip


def in_a_row(labels: Iterable[str]) -> str:
    """`What this illness is, school: contact and plan`: labels as one line."""
    first, *rest = [label for label in labels if label] or [""]
    return ", ".join([first, *(f"{label[:1].lower()}{label[1:]}" for label in rest)])


def _view(page: EpisodePage, entry: Entry) -> HeardLine:
    said = entry.visible
    code, number = str(said.get("seen_by_whom") or ""), said.get("how_0_10")
    rated = "" if number is None else f"{number} of 10"
    return HeardLine(
        _day(entry, "given_on"), page.people.get(code, code), str(said.get("words") or ""), rated,
        edit_address(page, entry),
    )  # fmt: skip


def _call(page: EpisodePage, entry: Entry) -> HeardLine:
    said = entry.visible
    code = str(said.get("with_whom") or "")
    name = page.episode.client.name if code == "client" else page.people.get(code, code)
    reached = _yes(said.get("reached"), "reached", "not reached")
    more = "; ".join(filter(None, (reached, str(said.get("follows") or ""))))
    return HeardLine(
        _day(entry, "called_on"), name, str(said.get("words") or ""), more, edit_address(page, entry)
    )


def _day(entry: Entry, key: str) -> str:
    return short_day(known.day(entry.visible.get(key)) or entry.on)


def _school(page: EpisodePage) -> str:
    """Where a plan for school is written, where the adaptation has a task for it."""
    task = next((one for one in page.manual.tasks if one.name == "school_plan"), None)
    if task is None:
        return ""
    return new_address(page, task.record, task=task.id, next=page.address("carers/"))
