"""Writing all records of one type on one page: what stands on it, what was wished, and saving it all or nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.db import transaction

from openipt.core.fields.definitions import RecordType
from openipt.core.fields.places import places
from openipt.core.fields.together import (
    ROWS,
    columns_form,
    from_columns,
    in_column,
    is_done,
    place_of,
    rows_form,
    sheet_of,
    sides_of,
    to_columns,
)
from openipt.errors import EntryNotValid, FieldFault, NoAccess
from openipt.records.actions import entries
from openipt.records.actions.base import locked
from openipt.records.models import Entry, EntryState
from openipt.web.record_forms import RecordForm
from openipt.web.therapist.common import EpisodePage, entry_of, role_of
from openipt.web.therapist.records import with_people
from openipt.web.therapist.room_parts import add_once

KEPT = "kept-"  # names of the page: which record stands in this row or column, and in which version
SIGNED = "of a signed session: a change is kept as an amendment beside it"
NEW = 1_000_000_000  # what is new was written last
CHANGED_MEANWHILE = (
    "Somebody changed this meanwhile. Look at what stands now, then save again to put yours in its place."
)


@dataclass(frozen=True)
class OnPage:
    """A record on the page, and the version in which the page has it."""

    entry: Entry
    version: int

    @property
    def said(self) -> str:
        return f"{self.entry.pk}:{self.version}"


@dataclass(frozen=True)
class Wish:
    """What shall stand in one row or column. `path` leads to its fields."""

    token: str
    path: str
    there: OnPage | None
    values: dict[str, Any]

    @property
    def changes_something(self) -> bool:
        return self.there is None or self.there.entry.payload != self.values

    @property
    def was_changed_meanwhile(self) -> bool:
        there = self.there
        return there is not None and self.changes_something and there.entry.version != there.version


# -- what stands on the page -------------------------------------------------------------------------


def on_page(page: EpisodePage, kind: RecordType) -> dict[str, OnPage]:
    """The records that are written here, by row or column. What the client wrote is the client's to change."""
    rows = page.entries(kind.id)
    amended = {entry.amends_id for entry in rows}
    own = [entry for entry in rows if entry.by_role != "client" and entry.pk not in amended]
    columns = sheet_of(kind).columns
    if columns:
        open_ = [entry for entry in own if not is_signed(entry)]
        newest = {str(entry.payload.get(columns)): entry for entry in open_}
        return {token: OnPage(entry, entry.version) for token, entry in newest.items()}
    own.sort(key=lambda entry: (place_of(kind, entry.payload), entry.order))
    return {str(number): OnPage(entry, entry.version) for number, entry in enumerate(own, start=1)}


def sent_on_page(page: EpisodePage, kind: RecordType, post: Mapping[str, str]) -> dict[str, OnPage]:
    """The records that the page sent back, as they are now."""
    found = {}
    for name in post:
        if name.startswith(KEPT):
            ident, _, version = post[name].partition(":")
            found[name.removeprefix(KEPT)] = OnPage(_known(page, kind, ident), _number(version))
    return found


def _known(page: EpisodePage, kind: RecordType, ident: str) -> Entry:
    try:
        entry = entry_of(page, UUID(ident))
    except ValueError:
        raise NoAccess from None
    if entry.record_type != kind.id or entry.by_role == "client":
        raise NoAccess
    return entry


def _number(version: str) -> int:
    return int(version) if version.isdecimal() and len(version) < 9 else 0


def is_signed(entry: Entry) -> bool:
    return entry.session is not None and entry.session.is_signed


# -- the form ----------------------------------------------------------------------------------------


def form_kind(page: EpisodePage, kind: RecordType) -> RecordType:
    return columns_form(kind, role_of(page)) if sheet_of(kind).columns else rows_form(kind)


def form_of(page: EpisodePage, kind: RecordType, there: Mapping[str, OnPage]) -> RecordForm:
    if sheet_of(kind).columns:
        sides = {side.value: str(side.value) for side in sides_of(kind)}
        payloads = {value: there[token].entry.payload for value, token in sides.items() if token in there}
        values = to_columns(kind, payloads)
    else:
        values = {ROWS: [_shown(kind, one.entry.payload) for one in there.values()]}
    return RecordForm.from_values(form_kind(page, kind), values, **_words(page, kind, there))


def sent_form(page: EpisodePage, kind: RecordType, post: Any, there: Mapping[str, OnPage]) -> RecordForm:
    return RecordForm.from_post(form_kind(page, kind), post, **_words(page, kind, there))


def _words(page: EpisodePage, kind: RecordType, there: Mapping[str, OnPage]) -> dict[str, Any]:
    words = {"people": page.people_to_pick, "codes": page.codes, "role": role_of(page)}
    return {**words, "notes": {} if sheet_of(kind).columns else _notes(kind, there)}


def _notes(kind: RecordType, there: Mapping[str, OnPage]) -> dict[str, str]:
    """Which row is the one now, and which belong to a signed session."""
    now = next((token for token, one in there.items() if not is_done(kind, one.entry.payload)), "")
    said = {token: ["now"] if token == now else [] for token in there}
    for token, one in there.items():
        said[token] += [SIGNED] if is_signed(one.entry) else []
    return {f"{ROWS}-{token}": f"({'; '.join(words)})" for token, words in said.items() if words}


def _shown(kind: RecordType, values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: values[key] for key in sheet_of(kind).fields if key in values}


# -- what was wished ---------------------------------------------------------------------------------


def wishes(kind: RecordType, form: RecordForm, there: Mapping[str, OnPage]) -> tuple[Wish, ...]:
    """What shall stand in each row or column that holds something."""
    if sheet_of(kind).columns:
        shown = {part.key for part in kind.fields if not part.position}
        return tuple(
            Wish(
                str(side),
                in_column_path(kind, side),
                there.get(str(side)),
                _merged(there.get(str(side)), shown, said),
            )
            for side, said in from_columns(kind, form.values).items()
        )
    shown = set(sheet_of(kind).fields)
    tokens = form.row_tokens(ROWS)
    rows = zip(tokens, form.values.get(ROWS, ()), strict=True)
    found = [
        Wish(
            str(token),
            f"{ROWS}.{number}.",
            there.get(str(token)),
            _merged(there.get(str(token)), shown, said),
        )
        for number, (token, said) in enumerate(rows, start=1)
    ]
    return _in_order(kind, found) if list(tokens) != sorted(tokens) else tuple(found)


def in_column_path(kind: RecordType, value: str | int) -> str:
    return in_column(next(side for side in sides_of(kind) if side.value == value), "")


def _merged(there: OnPage | None, shown: set[str], said: Mapping[str, Any]) -> dict[str, Any]:
    """What was typed, with what this page does not show as it stands."""
    before = there.entry.payload if there else {}
    return {**{key: value for key, value in before.items() if key not in shown}, **said}


def _in_order(kind: RecordType, found: Sequence[Wish]) -> tuple[Wish, ...]:
    """Somebody moved one: those that do not stand well where they are get a place of their own."""
    keys = [
        (place_of(kind, wish.values), wish.there.entry.order if wish.there else NEW + number)
        for number, wish in enumerate(found)
    ]
    order = sheet_of(kind).order
    return tuple(
        wish if place == was else replace(wish, values={**wish.values, order: place})
        for wish, place, (was, _) in zip(found, places(keys), keys, strict=True)
    )


# -- saving ------------------------------------------------------------------------------------------


@transaction.atomic
def save(
    page: EpisodePage, kind: RecordType, wished: Sequence[Wish], there: Mapping[str, OnPage]
) -> tuple[int, int]:
    """Everything or nothing. How many were taken off, and how many had to stay because their session is signed.

    Raises EntryNotValid with the faults at the fields of the page.
    """
    locked(page.episode)
    for wish in wished:
        if wish.changes_something:
            _write(page, kind, wish)
    wanted = {wish.token for wish in wished}
    gone = [one.entry for token, one in there.items() if token not in wanted]
    gone = [entry for entry in gone if entry.state != EntryState.WITHDRAWN]
    for entry in gone:
        if not is_signed(entry):
            entries.withdraw_entry(entry=entry, by=page.user, at=page.at)
    stay = sum(is_signed(entry) for entry in gone)
    return len(gone) - stay, stay


def _write(page: EpisodePage, kind: RecordType, wish: Wish) -> None:
    there = wish.there
    try:
        values = with_people(page, kind, wish.values)
        if there is None:
            add_once(page, kind.id, values)
        elif is_signed(there.entry):
            entries.add_entry(
                episode=page.episode,
                record_type=kind.id,
                payload=values,
                session=page.session_at_hand,
                amends=there.entry,
                by=page.user,
                at=page.at,
            )
        else:
            entries.save_entry(
                entry=there.entry,
                payload=values,
                expected_version=there.entry.version,
                by=page.user,
                at=page.at,
            )
    except EntryNotValid as error:
        raise EntryNotValid(
            tuple(FieldFault(f"{wish.path}{f.path}", f.message) for f in error.faults)
        ) from None


def changed_meanwhile(kind: RecordType, wished: Sequence[Wish]) -> tuple[FieldFault, ...]:
    """A fault at the first field of each that somebody else saved since the page was opened."""
    first = sheet_of(kind).fields or tuple(p.key for p in kind.fields if p.key != sheet_of(kind).columns)
    return tuple(
        FieldFault(f"{w.path}{first[0]}", CHANGED_MEANWHILE) for w in wished if w.was_changed_meanwhile
    )
