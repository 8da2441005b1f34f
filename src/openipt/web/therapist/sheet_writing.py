"""Writing all records of one type on one page: what stands on it, what was wished, and saving it all or nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import QueryDict

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
from openipt.web.record_forms import RecordForm, RowMark
from openipt.web.therapist.common import EpisodePage, entry_of, role_of
from openipt.web.therapist.records import with_people
from openipt.web.therapist.room_parts import add_once

# Names of the page: what stands in a row or column, and what stood there at first.
KEPT, STOOD = "-kept", "stood"
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

    @property
    def stands(self) -> bool:
        return self.entry.state != EntryState.WITHDRAWN


@dataclass(frozen=True)
class Standing:
    """The records on the page: by row or column, and all that stood there when it was opened, in their order."""

    there: Mapping[str, OnPage]
    stood: tuple[OnPage, ...]

    @property
    def order(self) -> dict[UUID, int]:
        return {one.entry.pk: place for place, one in enumerate(self.stood)}


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


def on_page(page: EpisodePage, kind: RecordType) -> Standing:
    """The records that are written here, by row or column. What the client wrote is the client's to change."""
    rows = page.entries(kind.id)
    amended = {entry.amends_id for entry in rows}
    own = [entry for entry in rows if entry.by_role != "client" and entry.pk not in amended]
    columns = sheet_of(kind).columns
    if columns:
        found = {str(entry.payload.get(columns)): entry for entry in own if not is_signed(entry)}
    else:
        own.sort(key=lambda entry: (place_of(kind, entry.payload), entry.order))
        found = {str(entry.order): entry for entry in own}
    there = {token: OnPage(entry, entry.version) for token, entry in found.items()}
    return Standing(there, tuple(there.values()))


def sent_on_page(page: EpisodePage, kind: RecordType, post: QueryDict) -> Standing:
    """The records that the page sent back, as they are now, with the versions in which the page has them."""
    there = {
        name.removesuffix(KEPT).removeprefix(f"{ROWS}-"): _known(page, kind, post[name])
        for name in post
        if name.endswith(KEPT)
    }
    return Standing(there, tuple(_known(page, kind, said) for said in post.getlist(STOOD)))


def read_anew(standing: Standing) -> Standing:
    """The same, in the versions that stand now: what is shown beside it was read now."""
    there = {token: OnPage(one.entry, one.entry.version) for token, one in standing.there.items()}
    return Standing(there, tuple(OnPage(one.entry, one.entry.version) for one in standing.stood))


def _known(page: EpisodePage, kind: RecordType, said: str) -> OnPage:
    ident, _, version = said.partition(":")
    try:
        entry = entry_of(page, UUID(ident))
    except ValueError:
        raise NoAccess from None
    if entry.record_type != kind.id or entry.by_role == "client":
        raise NoAccess
    return OnPage(entry, int(version) if version.isdecimal() and len(version) < 9 else 0)


def is_signed(entry: Entry) -> bool:
    return entry.session is not None and entry.session.is_signed


# -- the form ----------------------------------------------------------------------------------------


def form_kind(page: EpisodePage, kind: RecordType) -> RecordType:
    return columns_form(kind, role_of(page)) if sheet_of(kind).columns else rows_form(kind)


def form_of(page: EpisodePage, kind: RecordType, standing: Standing) -> RecordForm:
    there, tokens = standing.there, {}
    if sheet_of(kind).columns:
        sides = {side.value: str(side.value) for side in sides_of(kind)}
        payloads = {value: there[token].entry.payload for value, token in sides.items() if token in there}
        values = to_columns(kind, payloads)
    else:
        values = {ROWS: [_shown(kind, one.entry.payload) for one in there.values()]}
        tokens = {ROWS: [int(token) for token in there]}
    return RecordForm.from_values(form_kind(page, kind), values, tokens=tokens, **_words(page, kind, there))


def sent_form(page: EpisodePage, kind: RecordType, post: QueryDict, standing: Standing) -> RecordForm:
    return RecordForm.from_post(form_kind(page, kind), post, **_words(page, kind, standing.there))


def _words(page: EpisodePage, kind: RecordType, there: Mapping[str, OnPage]) -> dict[str, Any]:
    words = {"people": page.people_to_pick, "codes": page.codes, "role": role_of(page)}
    return {**words, "marks": {} if sheet_of(kind).columns else _marks(kind, there)}


def _marks(kind: RecordType, there: Mapping[str, OnPage]) -> dict[str, RowMark]:
    """Which row is the one now, and which belong to a signed session."""
    now = next((token for token, one in there.items() if not is_done(kind, one.entry.payload)), "")
    found = {}
    for token, one in there.items():
        said = [*(["now"] if token == now else []), *([SIGNED] if is_signed(one.entry) else [])]
        found[f"{ROWS}-{token}"] = RowMark(f"({'; '.join(said)})" if said else "", one.said)
    return found


def _shown(kind: RecordType, values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: values[key] for key in sheet_of(kind).fields if key in values}


# -- what was wished ---------------------------------------------------------------------------------


def wishes(kind: RecordType, form: RecordForm, standing: Standing) -> tuple[Wish, ...]:
    """What shall stand in each row or column that holds something."""
    there = standing.there
    if sheet_of(kind).columns:
        shown = {part.key for part in kind.fields if not part.position}
        said = from_columns(kind, form.values)
        return tuple(
            _wish(str(side), in_column_path(kind, side), there.get(str(side)), shown, values)
            for side, values in said.items()
        )
    shown = set(sheet_of(kind).fields)
    rows = zip(form.row_tokens(ROWS), form.values.get(ROWS, ()), strict=True)
    found = [
        _wish(str(token), f"{ROWS}.{number}.", there.get(str(token)), shown, values)
        for number, (token, values) in enumerate(rows, start=1)
    ]
    return _in_order(kind, found) if _was_moved(found, standing) else tuple(found)


def _wish(token: str, path: str, there: OnPage | None, shown: set[str], said: Mapping[str, Any]) -> Wish:
    """What was typed, with what this page does not show as it stands."""
    before = there.entry.payload if there else {}
    kept = {key: value for key, value in before.items() if key not in shown}
    return Wish(token, path, there, {**kept, **said})


def _was_moved(found: Sequence[Wish], standing: Standing) -> bool:
    """Whether the rows stand otherwise than the page had them; new ones come last there."""
    order = standing.order
    places = [order.get(wish.there.entry.pk, NEW) if wish.there else NEW for wish in found]
    return places != sorted(places)


def in_column_path(kind: RecordType, value: str | int) -> str:
    return in_column(next(side for side in sides_of(kind) if side.value == value), "")


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
def save(page: EpisodePage, kind: RecordType, wished: Sequence[Wish], standing: Standing) -> tuple[int, int]:
    """Everything or nothing. How many were taken off, and how many had to stay because their session is signed.

    Raises EntryNotValid with the faults at the fields of the page, Refused where somebody saved meanwhile.
    """
    locked(page.episode)
    for wish in wished:
        if wish.changes_something:
            _write(page, kind, wish)
    wanted = {wish.there.entry.pk for wish in wished if wish.there}
    gone = [one.entry for one in standing.stood if one.stands and one.entry.pk not in wanted]
    for entry in gone:
        if not is_signed(entry):
            entries.withdraw_entry(entry=entry, by=page.user, at=page.at)
    stay = sum(is_signed(entry) for entry in gone)
    return len(gone) - stay, stay


def _write(page: EpisodePage, kind: RecordType, wish: Wish) -> None:
    there = wish.there
    try:
        values = with_people(page, kind, wish.values)
        if there is None or not there.stands:
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
                expected_version=there.version,
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
