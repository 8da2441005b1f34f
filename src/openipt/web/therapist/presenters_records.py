"""Records in words: lists of entries, one entry to read, its history, two versions beside each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from openipt.core.fields.definitions import RecordType
from openipt.core.fields.words import Line, in_words
from openipt.core.values import Decision
from openipt.errors import FieldFault, NotAllowedNow
from openipt.records.access import Act
from openipt.records.actions import entries as entry_actions
from openipt.records.models import Entry, EntryState, Session, User
from openipt.records.queries import entries as queries
from openipt.web.jinja import day
from openipt.web.plain import OF_ONE_MODEL
from openipt.web.record_forms import RecordForm
from openipt.web.sheet_pictures import Picture
from openipt.web.therapist.common import EpisodePage, role_of

LONGEST_GIST = 140
STATES = {EntryState.DRAFT.value: "draft", EntryState.WITHDRAWN.value: "withdrawn"}
GROUPS = {
    "before": "Before treatment",
    "initial": "Initial phase",
    "middle": "Middle phase",
    OF_ONE_MODEL: "Of this treatment",
    "ending": "Ending and after",
    "safety": "Safety",
    "client": "The client's own",
    "supervision": "Supervision",
    "administration": "Administration",
}


# -- lists -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class EntryLine:
    """One entry in a list: its address, its first words, its day, and what a reader must know of it."""

    address: str
    title: str
    gist: str
    on: date
    session: int | None
    state: str
    by_client: bool


@dataclass(frozen=True)
class RecordList:
    """All entries of one record type, the newest first, and where a new one is begun."""

    record: str
    title: str
    help: str
    new_address: str
    entries: tuple[EntryLine, ...]


def record_list(page: EpisodePage, record: str) -> RecordList:
    """Every entry of one type that this person may see; withdrawn ones are left to their history."""
    record_type = page.manual.record_types[record]
    found = reversed(page.entries(record))
    return RecordList(
        record=record,
        title=record_type.title,
        help=record_type.help,
        new_address=page.address(f"records/{record}/new/") if may_write_type(page, record_type) else "",
        entries=tuple(entry_line(page, entry) for entry in found),
    )


def entry_line(page: EpisodePage, entry: Entry) -> EntryLine:
    """An entry with its `visible` values as one line."""
    record_type = page.manual.record_types[entry.record_type]
    return EntryLine(
        address=page.address(f"records/{entry.pk}/"),
        title=record_type.title,
        gist=gist(_less_when(lines_of(page, record_type, entry.visible), entry)),
        on=entry.on,
        session=entry.session.number if entry.session else None,
        state=STATES.get(entry.state, ""),
        by_client=entry.by_role == "client",
    )


def lines_of(page: EpisodePage, record_type: RecordType, values: Mapping[str, Any]) -> tuple[Line, ...]:
    """A record's values in words, as far as this person may see them."""
    return in_words(record_type, values, people=page.people, codes=page.codes, role=role_of(page))


def _less_when(lines: tuple[Line, ...], entry: Entry) -> tuple[Line, ...]:
    """Without the day and the session of the entry itself: they stand beside it."""
    own_day = day(entry.on)
    return tuple(line for line in lines if line.text != own_day and line.label != "Session")


def gist(lines: tuple[Line, ...]) -> str:
    """The first words of a record, enough to know it again in a list."""
    text = " · ".join(words for line in lines[:3] if (words := _words(line)))
    return text if len(text) <= LONGEST_GIST else f"{text[: LONGEST_GIST - 1].rstrip()}…"


def _words(line: Line) -> str:
    if line.text:
        bare = line.text in ("Yes", "No") or line.text.replace(" of ", "").isdigit()
        return f"{line.label}: {line.text}" if bare else line.text
    if line.items:
        return ", ".join(line.items[:4])
    if line.lines:
        return ", ".join(filter(None, (_words(inner) for inner in line.lines[:2])))
    return _words(line.rows[0][0]) if line.rows and line.rows[0] else ""


def act_to_write(page: EpisodePage, record_type: RecordType) -> Act:
    return entry_actions.act_to_write(page.user, record_type)


def may_write_type(page: EpisodePage, record_type: RecordType) -> bool:
    try:
        return bool(page.may(act_to_write(page, record_type)))
    except NotAllowedNow:
        return False


# -- choosing ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ChoiceGroup:
    """Record types of one part of the course: (address, title, help)."""

    title: str
    links: tuple[tuple[str, str, str], ...]


def present_choices(page: EpisodePage, typed: str, kept: Mapping[str, str]) -> tuple[ChoiceGroup, ...]:
    """Every record this person may write, grouped as the course goes; those named as typed."""
    query = f"?{urlencode(kept)}" if kept else ""
    wanted = typed.casefold()
    groups: dict[str, list[tuple[str, str, str]]] = {}
    for kind in sorted(page.manual.record_types.values(), key=lambda one: one.title):
        if kind.group not in GROUPS or role_of(page) not in kind.seen_by or not may_write_type(page, kind):
            continue
        if wanted and wanted not in f"{kind.title} {kind.plain_title}".casefold():
            continue
        if not page.sees_all and not kind.seen_in_cover:
            continue
        if kind.group == OF_ONE_MODEL and not page.manual.tasks_shown_by(kind.id):
            continue
        address = f"{page.address(f'records/{kind.id}/new/')}{query}"
        groups.setdefault(kind.group, []).append((address, kind.title, kind.help))
    return tuple(ChoiceGroup(GROUPS[group], tuple(groups[group])) for group in GROUPS if group in groups)


# -- one record --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class RecordPage:
    """A record's form and where it belongs."""

    kind: RecordType
    form: RecordForm
    entry: Entry | None
    session: Session | None
    task: str
    on: str
    amends: Entry | None
    version: int
    next: str
    faults: tuple[FieldFault, ...]
    to_client: bool
    picture: Picture | None = None
    writing_address: str = ""

    @property
    def is_new(self) -> bool:
        return self.entry is None

    @property
    def draft_name(self) -> str:
        """The name of the form on its page: an id, never words."""
        return str(self.entry.pk) if self.entry else f"new:{self.kind.id}"


@dataclass(frozen=True)
class RecordShown:
    """A record to read: its words, its days, who wrote it, and what may be done with it."""

    address: str
    title: str
    help: str
    lines: tuple[Line, ...]
    on: date
    session: int | None
    session_address: str
    task: str
    written_at: datetime
    saved_at: datetime
    by: str
    version: int
    state: str
    to_client: str
    may_change: bool
    reasons: tuple[str, ...]
    amend_address: str
    amends_address: str
    amended_by: tuple[tuple[str, date], ...]


def present_record(page: EpisodePage, entry: Entry, change: Decision) -> RecordShown:
    """One record in words. `entry.visible` holds what this person may see."""
    kind = page.manual.record_types[entry.record_type]
    values = getattr(entry, "visible", None)
    session = entry.session
    signed = session is not None and session.is_signed
    amend = signed and may_write_type(page, kind) and entry.by_role != "client"
    return RecordShown(
        address=page.address(f"records/{entry.pk}/"),
        title=kind.title,
        help=kind.help,
        lines=lines_of(page, kind, entry.payload if values is None else values),
        on=entry.on,
        session=session.number if session else None,
        session_address=page.address(f"sessions/{session.pk}/") if session else "",
        task=page.codes["tasks"].get(entry.for_task, ""),
        written_at=entry.created_at,
        saved_at=entry.updated_at,
        by=who(entry.by) or ("the client" if entry.by_role == "client" else ""),
        version=entry.version,
        state=STATES.get(entry.state, ""),
        to_client=_to_client(kind, entry),
        may_change=bool(change),
        reasons=change.reasons,
        amend_address=page.address(f"records/{kind.id}/new/?amends={entry.pk}") if amend else "",
        amends_address=page.address(f"records/{entry.amends_id}/") if entry.amends_id else "",
        amended_by=tuple(
            (page.address(f"records/{later.pk}/"), later.on)
            for later in entry.amended_by.exclude(state=EntryState.WITHDRAWN)
        ),
    )


def _to_client(kind: RecordType, entry: Entry) -> str:
    """Who on the client's side sees it, in words."""
    if entry.by_role == "client":
        return "Written by the client and shared with you."
    if "client" not in kind.seen_by:
        return "The client does not see this record."
    if entry.state == EntryState.FINAL or kind.id in queries.SEEN_BY_CLIENT_AT_ONCE:
        return "The client sees this record."
    return "The client sees it once it is finished."


def who(user: User | None) -> str:
    """A colleague by the name they go by."""
    if user is None:
        return ""
    return "the client" if user.is_client else user.display_name or user.username


@dataclass(frozen=True)
class Version:
    """One version of a record in words."""

    number: int
    at: datetime
    by: str
    lines: tuple[Line, ...]
    is_now: bool


def present_history(page: EpisodePage, entry: Entry) -> tuple[Version, ...]:
    """Every version, the one that stands first. A version's moment is when it was written."""
    kind = page.manual.record_types[entry.record_type]
    earlier = queries.versions_of(page.user, entry, page.on)
    moments = [entry.created_at, *(row.at for row in earlier)]
    writers = [who(entry.by), *(who(row.by) for row in earlier)]
    values = [*(row.visible for row in earlier), entry.visible]
    found = [
        Version(number, at, by, lines_of(page, kind, seen), number == len(values))
        for number, (at, by, seen) in enumerate(zip(moments, writers, values, strict=True), start=1)
    ]
    return tuple(reversed(found))


@dataclass(frozen=True)
class Conflict:
    """Two versions of one record: what somebody else saved, and what was just sent."""

    theirs: tuple[Line, ...]
    yours: tuple[Line, ...]
    differing: tuple[str, ...]
    saved_at: datetime
    keep_theirs: str


def present_conflict(
    page: EpisodePage, entry: Entry, kind: RecordType, *, theirs: Mapping[str, Any], yours: Mapping[str, Any]
) -> Conflict:
    """Both versions in words, and the fields in which they differ."""
    return Conflict(
        theirs=lines_of(page, kind, kind.values_for(role_of(page), theirs)),
        yours=lines_of(page, kind, kind.values_for(role_of(page), yours)),
        differing=tuple(
            field.label
            for field in kind.fields_for(role_of(page))
            if theirs.get(field.key) != yours.get(field.key)
        ),
        saved_at=entry.updated_at,
        keep_theirs=page.address(f"records/{entry.pk}/"),
    )
