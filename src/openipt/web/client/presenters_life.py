"""The life line of My story: events and treatment in plain words, the client's own scores, nothing anybody judged.

The drawing knows only what may stand on this page. On a page that is kept quiet the ties between events and symptoms
stay out as well: they are what two people found out together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.urls import reverse

from openipt.core.fields.definitions import RecordType
from openipt.errors import NoAccess
from openipt.records.models import Entry, EntryState, Role
from openipt.web.client.common import TIMELINE, ClientPage
from openipt.web.plain import in_client_words
from openipt.web.record_forms import RecordForm
from openipt.web.timeline_rows import Year, is_empty, rows_of, words_of, years_of
from openipt.web.timeline_view import Tie, TimeView, in_words, present_view, ties_of

# What the form asks, in the order one tells it; how sure a date is, and the ties, stay as they were.
ASKED = ("text", "date", "until", "ongoing", "type", "event_kind", "people")


@dataclass(frozen=True)
class Life:
    """The line as drawn and as a list."""

    view: TimeView
    left_out: int
    years: tuple[Year, ...]
    is_empty: bool


@dataclass(frozen=True)
class Done:
    """What was just kept or taken back, and the way back from it."""

    words: str
    entry_id: str
    taken: bool


def present_life(page: ClientPage, asked: Mapping[str, str]) -> Life:
    entries = page.entries(TIMELINE)
    ties = _ties(page, entries)
    items = [entry for entry in entries if entry.visible.get("text")]
    view = present_view(page, entries, ties, asked, reverse("client:story"))
    said, left_out = in_words(items, view, asked)
    own = {entry.order: reverse("client:event", args=[entry.pk]) for entry in said if _is_own(entry)}
    rows = rows_of(page, said, ties, addresses=own, by_client="written by you")
    empty = is_empty(rows)
    return Life(view, left_out, () if empty else years_of(rows), not items and empty)


def present_days(page: ClientPage, asked: Mapping[str, str]) -> TimeView:
    """The drawing alone, for other days."""
    entries = page.entries(TIMELINE)
    return present_view(page, entries, _ties(page, entries), asked, reverse("client:story"))


def _ties(page: ClientPage, entries: Sequence[Entry]) -> tuple[Tie, ...]:
    return ties_of([entry for entry in entries if _is_own(entry)] if page.is_closed else entries)


def _is_own(entry: Entry) -> bool:
    return entry.by_role == Role.CLIENT


def own_event(page: ClientPage, given: UUID | str) -> Entry:
    """An event the client wrote, or `NoAccess`."""
    try:
        entry = page.entry(given if isinstance(given, UUID) else UUID(given))
    except ValueError:
        raise NoAccess from None
    if entry.record_type != TIMELINE or not _is_own(entry):
        raise NoAccess
    return entry


def stands_here(page: ClientPage, entry: Entry) -> bool:
    """Is this event one of this page?"""
    try:
        return bool(own_event(page, entry.pk))
    except NoAccess:
        return False


def just_done(page: ClientPage, asked: Mapping[str, str]) -> Done | None:
    """What the address says was just done, if it was."""
    for name, taken in (("kept", False), ("taken", True)):
        if not asked.get(name):
            continue
        try:
            entry = own_event(page, asked[name])
        except NoAccess:
            continue
        if (entry.state == EntryState.WITHDRAWN) == taken and entry.visible.get("text"):
            return Done(words_of(entry.visible), str(entry.pk), taken)
    return None


def event_kind(page: ClientPage) -> RecordType:
    """The record in the client's words, its questions in the order one tells of something."""
    kind = in_client_words(page.manual.record_types[TIMELINE])
    asked = tuple(
        replace(kind.field(key), help="") if key == "event_kind" else kind.field(key) for key in ASKED
    )
    rest = tuple(part for part in kind.fields if part.key not in ASKED)
    return replace(kind, fields=asked + rest, needs_one_of=(("text",),))


def event_form(page: ClientPage, post: Any = None, entry: Entry | None = None) -> RecordForm:
    """The whole form of one event, begun, as it stands, or as sent."""
    values = entry.visible if entry else {}
    more: dict[str, Any] = {"only": ASKED, "people": page.people_for(values), "role": "client"}
    if post is None:
        return RecordForm.from_values(event_kind(page), values, **more)
    return RecordForm.from_post(event_kind(page), post, before=values, **more)
