"""The note of a session in words: its paragraphs and where they come from, what signing means, what was kept."""

from __future__ import annotations

import difflib
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.utils import timezone
from django.utils.dateparse import parse_datetime

from openipt.core.course.course import Attendance
from openipt.core.course.note import (
    OWN_WORDS,
    Block,
    is_unedited_draft,
    note_text,
    open_differences,
)
from openipt.core.course.tasks import State, TaskState
from openipt.core.fields.clean import clean_words
from openipt.core.manual.model import Requirement
from openipt.core.manual.names import PHASES_AFTER
from openipt.records import note, safety
from openipt.records.access import Act
from openipt.records.actions.conflicts import Refused
from openipt.records.actions.sessions import reasons_not_to_sign
from openipt.records.manuals import manual_of
from openipt.records.models import Amendment, DraftKind, DraftText, Entry, Session
from openipt.records.prepared import Prepared
from openipt.records.queries import sessions as session_queries
from openipt.web.meeting_words import kind_name, meeting_name
from openipt.web.therapist.common import EpisodePage
from openipt.web.therapist.session_room import Room

SOURCES = {
    "meeting": "the session itself",
    "strategies": "strategies used",
    "techniques": "techniques used",
    "score": "measures",
    "check_in": "check-in",
}
_AMENDMENTS = Prepared(lambda session: Amendment.objects.filter(session=session).select_related("by"), UUID)


@dataclass(frozen=True)
class Sentence:
    """One paragraph of the note as it is edited. `now` is what the record says where that differs."""

    id: str
    name: str
    text: str
    seen: str
    source: str
    link: str
    is_edited: bool
    is_own: bool
    now: str = ""
    is_gone: bool = False

    @property
    def html_id(self) -> str:
        return "note-" + self.id.replace(":", "-").replace(".", "-")


@dataclass(frozen=True)
class Kept:
    """Text that did not reach the note: half-typed, or refused because somebody saved first."""

    id: str
    at: datetime
    refused: bool
    texts: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class SignPanel:
    """What signing means here, what the signer may want to know, and what stands in the way."""

    title: str
    unedited: bool
    missing: tuple[str, ...]
    differences: int
    reasons: tuple[str, ...]
    lacks_plan: bool
    safety_link: str


@dataclass(frozen=True)
class Later:
    """A later word beside a signed session."""

    text: str
    by: str
    at: datetime


@dataclass(frozen=True)
class SignedNote:
    """The note as it was signed."""

    paragraphs: tuple[str, ...]
    by: str
    at: datetime
    held_on: date | None
    written_on: date | None
    without_plan: str
    unedited: bool
    amendments: tuple[Later, ...]


@dataclass(frozen=True)
class PrivateView:
    """The reader's own private note."""

    text: str
    version: int
    kept: tuple[Kept, ...] = ()


@dataclass(frozen=True)
class NoteView:
    """Everything the note side of the Session room shows."""

    session: str
    address: str
    title: str
    version: int
    state: str  # waiting, open, read_only, signed
    own: Sentence
    sentences: tuple[Sentence, ...]
    out: tuple[Sentence, ...]
    shown: str
    kept: tuple[Kept, ...]
    sign: SignPanel | None
    signed: SignedNote | None
    private: PrivateView | None
    held_on: date | None
    written_on: date | None
    may_amend: bool


def present_note(page: EpisodePage, session: Session, typed: Mapping[str, str] | None = None) -> NoteView:
    """The note for this reader. `typed` is text to show in place of what is saved (after a refusal)."""
    rows = note.entries_of(session)
    _remember_titles(page, session, rows)
    blocks = note.current(session, page.course, rows)
    state = state_of(page, session)
    drafts = session_queries.drafts(page.user, page.episode)
    own = own_block(blocks)
    rest = [block for block in blocks if block.id != own.id]
    sentences = tuple(_sentence(page, session, block, typed) for block in rest if not block.removed)
    return NoteView(
        session=str(session.pk),
        address=address(session),
        title=session_title(session),
        version=session.note_version,
        state=state,
        own=_sentence(page, session, own, typed),
        sentences=sentences if state != "signed" else (),
        out=tuple(_sentence(page, session, block) for block in rest if block.removed)
        if state == "open"
        else (),
        shown=shown_digest(blocks),
        kept=kept_texts(page, session, blocks, drafts),
        sign=present_sign(page, session, blocks, rows) if state == "open" and page.may(Act.SIGN) else None,
        signed=present_signed(session) if state == "signed" else None,
        private=_private(page, session, drafts),
        held_on=session.held_on,
        written_on=_local_day(session.written_at),
        may_amend=state == "signed" and bool(page.may(Act.SIGN)),
    )


def state_of(page: EpisodePage, session: Session) -> str:
    if session.is_signed:
        return "signed"
    if session.attendance == Attendance.PLANNED:
        return "waiting"
    return "open" if page.may(Act.WRITE_RECORD) else "read_only"


def address(session: Session, tail: str = "") -> str:
    return f"/episodes/{session.episode_id}/sessions/{session.pk}/{tail}"


def session_title(session: Session) -> str:
    if session.kind and session.is_held:
        return kind_name(manual_of(session.episode), session.kind, session.of_kind).lower()
    if session.number is None:
        return {"missed": "the missed session", "cancelled": "the cancelled session"}.get(
            session.attendance, "the session"
        )
    name = meeting_name(session.number, session.phase)
    return name if session.number and session.phase not in PHASES_AFTER else f"the {name}"


def own_block(blocks: Sequence[Block]) -> Block:
    """The therapist's own words: the first block without a source."""
    return next((block for block in blocks if block.is_own), Block(id=OWN_WORDS, text=""))


def digest(text: str) -> str:
    """Tells whether a text posted is the one that was shown. Ends and line endings do not count."""
    return hashlib.sha256(clean_words(text).encode()).hexdigest()[:12]


def shown_digest(blocks: Iterable[Block]) -> str:
    """What stood in the drafted part when the page was shown: nobody signs what they have not seen."""
    parts = [f"{b.id}={b.text}={b.now}={b.removed}" for b in blocks if not b.is_own]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]


def _sentence(
    page: EpisodePage, session: Session, block: Block, typed: Mapping[str, str] | None = None
) -> Sentence:
    source, link = _source(page, session, block.source)
    return Sentence(
        id=block.id,
        name=f"block.{block.id}",
        text=(typed or {}).get(block.id, block.text),
        seen=digest(block.text),
        source=source,
        link=link,
        is_edited=block.edited,
        is_own=block.is_own,
        now=block.now,
        is_gone=block.source_gone,
    )


def _source(page: EpisodePage, session: Session, source: str) -> tuple[str, str]:
    """Where a sentence comes from, in words, and the page that shows it."""
    kind, _, rest = source.partition(":")
    if kind == "entry":
        entry_id = rest.split(":")[0]
        return _titles(page, session).get(entry_id, "a record"), page.address(f"records/{entry_id}/")
    link = page.address("measures/") if kind in ("score", "check_in") else ""
    return SOURCES.get(kind, ""), link


def _titles(page: EpisodePage, session: Session) -> Mapping[str, str]:
    """The record each entry of the session is."""
    known = page.__dict__.get("_note_titles", {}).get(session.pk)
    return known if known is not None else _remember_titles(page, session, note.entries_of(session))


def _remember_titles(page: EpisodePage, session: Session, rows: Sequence[Entry]) -> Mapping[str, str]:
    """Kept with the page, so that it is read once however many sentences ask."""
    types = page.manual.record_types
    found = {
        str(row.pk): types[row.record_type].title.lower() if row.record_type in types else "a record"
        for row in rows
    }
    page.__dict__.setdefault("_note_titles", {})[session.pk] = found
    return found


# -- what was kept ----------------------------------------------------------------------------------


def kept_texts(
    page: EpisodePage, session: Session, blocks: Sequence[Block], drafts: Sequence[DraftText]
) -> tuple[Kept, ...]:
    """The reader's own texts that did not reach the note, oldest first; what stands in it is left out."""
    found = [draft for draft in drafts if draft.key == f"session:{session.pk}"]
    kept = [_kept(page, session, draft, blocks) for draft in found]
    return tuple(one for one in kept if one.texts)


def _kept(page: EpisodePage, session: Session, draft: DraftText, blocks: Sequence[Block]) -> Kept:
    at, texts = read_kept(draft)
    now = {block.id: block for block in blocks}
    own = own_block(blocks).id
    differing = []
    for block_id, text in texts.items():
        block = now.get(block_id)
        if clean_words(text) != clean_words(block.text if block else ""):
            source = _source(page, session, block.source if block else _source_of(block_id))[0]
            differing.append(("Your words" if block_id == own or not source else f"From {source}", text))
    return Kept(str(draft.pk), at, draft.kind == DraftKind.REFUSED, tuple(differing))


def _source_of(block_id: str) -> str:
    return block_id if ":" in block_id else ""


def read_kept(draft: DraftText) -> tuple[datetime, dict[str, str]]:
    """When it was typed, and the texts by block: of a half-typed note, or of a whole refused one."""
    try:
        value = json.loads(draft.text)
    except ValueError:
        return draft.at, {OWN_WORDS: draft.text}
    if isinstance(value, list):
        typed = {b["id"]: b["text"] for b in value if b.get("edited") and not b.get("removed")}
        return draft.at, typed
    if isinstance(value, dict):
        at = parse_datetime(str(value.get("at", ""))) or draft.at
        return at, {str(key): str(text) for key, text in value.get("texts", {}).items()}
    return draft.at, {OWN_WORDS: draft.text}


# -- signing ----------------------------------------------------------------------------------------


def present_sign(
    page: EpisodePage, session: Session, blocks: Sequence[Block], rows: Sequence[Entry]
) -> SignPanel:
    """What a signer should know, and what stands in the way with the way on."""
    lacks_plan = safety.plan_missing(page.episode, on=page.on, course=page.course)
    return SignPanel(
        title=f"Sign {session_title(session)}",
        unedited=bool(note_text(blocks)) and is_unedited_draft(blocks),
        missing=_missing(page, session),
        differences=len(open_differences(blocks)),
        reasons=tuple(reasons_not_to_sign(session, blocks, rows)),
        lacks_plan=lacks_plan,
        safety_link=page.address("safety/"),
    )


def _missing(page: EpisodePage, session: Session) -> tuple[str, ...]:
    """Required tasks without their record that this session was the time for. They block nothing."""
    if not session.is_held:
        return ()
    return tuple(
        found.task.title
        for found in Room(page, session).states
        if found.task.requirement is Requirement.REQUIRED and _is_missing(found, session.number or 0)
    )


def _is_missing(found: TaskState, number: int) -> bool:
    """Overdue, or due now with no later session to do it in."""
    task = found.task
    last_chance = task.each_session or (task.has_window and number >= task.last_session)
    return found.state is State.OVERDUE or (found.state is State.DUE and last_chance)


def present_signed(session: Session) -> SignedNote:
    blocks = note.current(session, None)  # a signed note is never drafted anew
    rows = _AMENDMENTS(session.pk)
    for row in rows:
        row.session = session
    return SignedNote(
        paragraphs=tuple(b.text for b in blocks if not b.removed and b.text.strip()),
        by=_name(session.signed_by),
        at=session.signed_at,
        held_on=session.held_on,
        written_on=_local_day(session.written_at),
        without_plan=session.signed_without_plan,
        unedited=bool(note_text(blocks)) and is_unedited_draft(blocks),
        amendments=tuple(Later(row.text, _name(row.by), row.at) for row in rows),
    )


def _private(page: EpisodePage, session: Session, drafts: Sequence[DraftText]) -> PrivateView | None:
    if not page.may(Act.PRIVATE_NOTE) or session.attendance == Attendance.PLANNED:
        return None
    found = session_queries.private_note(page.user, session, page.on)
    rows = [draft for draft in drafts if draft.key == f"private:{session.pk}"]
    text = found.text if found else ""
    kept = tuple(
        Kept(str(row.pk), row.at, True, (("Your private note", row.text),))
        for row in rows
        if row.text != text
    )
    return PrivateView(text, found.version if found else 0, kept)


def _name(user: object) -> str:
    return str(getattr(user, "display_name", "") or getattr(user, "username", "") or "the service")


def _local_day(at: datetime | None) -> date | None:
    return timezone.localtime(at).date() if at else None


# -- two versions -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Difference:
    """One paragraph of which there are two versions, and a proposal that holds both."""

    id: str
    name: str
    label: str
    theirs: str
    yours: str
    merged: str


@dataclass(frozen=True)
class Conflict:
    """Two versions of one note, side by side."""

    action: str
    version: int
    refused: str
    differences: tuple[Difference, ...]
    is_private: bool = False


def present_conflict(page: EpisodePage, session: Session, yours: Mapping[str, str], refused: str) -> Conflict:
    """Every paragraph where `yours` says something else than the note does now."""
    blocks = note.current(session, page.course)
    now = {block.id: block for block in blocks}
    own = own_block(blocks)
    found = []
    for block_id, text in yours.items():
        block = now.get(block_id) or (own if block_id == OWN_WORDS else Block(id=block_id, text=""))
        theirs = "" if block.removed else block.text
        if clean_words(theirs) != clean_words(text):
            label = _source(page, session, block.source)[0]
            found.append(
                Difference(
                    block.id,
                    f"block.{block.id}",
                    f"From {label}" if label else "Own words",
                    theirs,
                    text,
                    merged(theirs, text),
                )
            )
    return Conflict(address(session, "note/"), session.note_version, refused, tuple(found))


def present_private_conflict(session: Session, refused: Refused, kept: str) -> Conflict:
    """A private note that was changed in another window of its author."""
    both = merged(refused.theirs, refused.yours)
    one = Difference("private", "private", "Your private note", refused.theirs, refused.yours, both)
    return Conflict(address(session, "private/"), refused.current_version, kept, (one,), is_private=True)


def merged(theirs: str, yours: str) -> str:
    """Both versions in one, line by line, without repeating what both have."""
    first, second = theirs.splitlines(), yours.splitlines()
    lines: list[str] = []
    for _, a, b, c, d in difflib.SequenceMatcher(None, first, second, autojunk=False).get_opcodes():
        lines += first[a:b]
        lines += [line for line in second[c:d] if line not in first[a:b]]
    return "\n".join(lines).strip()
