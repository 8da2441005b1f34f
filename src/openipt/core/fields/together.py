"""All records of one type as one form: in columns, one for each option of a choice, or in rows, one after another.

    form = columns_form(kind, "therapist")      # its fields are "old-gains", "new-gains", ...
    rows = rows_form(kind)                      # its one field, "steps", has a row for each record

A form is a record type of its own, so whatever draws, reads and checks a record does so with these too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from openipt.core.fields.definitions import FieldDefinition, FieldType, Option, RecordType, Sheet, is_empty
from openipt.core.fields.layout import WIDEST_BAND

ROWS = "rows"


def sheet_of(kind: RecordType) -> Sheet:
    """KeyError for a record that makes no sheet."""
    if kind.sheet is None:
        raise KeyError(kind.id)
    return kind.sheet


def sides_of(kind: RecordType) -> tuple[Option, ...]:
    """The columns, where its sheet has any."""
    columns = sheet_of(kind).columns
    return kind.field(columns).options if columns else ()


def columns_form(kind: RecordType, role: str) -> RecordType:
    """Each field once for every column, those of one field side by side."""
    sides = sides_of(kind)
    fields = tuple(
        replace(
            part,
            key=in_column(side, part.key),
            label=f"{side.label}: {part.label[:1].lower()}{part.label[1:]}",
            band=in_column(sides[0], part.key),
            required=False,
        )
        for part in kind.fields_for(role)
        if part.key != sheet_of(kind).columns and not part.position
        for side in sides
    )
    return replace(kind, fields=fields, needs_one_of=(), unasked=(), sheet=None)


def in_column(side: Option, key: str) -> str:
    return f"{side.value}-{key}"


def to_columns(kind: RecordType, found: Mapping[str | int, Mapping[str, Any]]) -> dict[str, Any]:
    """The values of the form, from those of the record in each column."""
    return {
        in_column(side, key): value
        for side in sides_of(kind)
        for key, value in found.get(side.value, {}).items()
        if key != sheet_of(kind).columns
    }


def from_columns(kind: RecordType, values: Mapping[str, Any]) -> dict[str | int, dict[str, Any]]:
    """The values of each column in which something stands."""
    found: dict[str | int, dict[str, Any]] = {}
    for side in sides_of(kind):
        start = in_column(side, "")
        said = {key.removeprefix(start): value for key, value in values.items() if key.startswith(start)}
        if said:
            found[side.value] = {sheet_of(kind).columns: side.value, **said}
    return found


def rows_form(kind: RecordType) -> RecordType:
    """A row for each record, with the fields that its sheet names, as short as they can be typed."""
    sheet = sheet_of(kind)
    beside = sheet.fields[0] if 1 < len(sheet.fields) <= WIDEST_BAND else ""
    parts = tuple(_short(kind.field(key), beside) for key in sheet.fields)
    label = f"{sheet.row_name.capitalize()}s"
    rows = FieldDefinition(ROWS, label, FieldType.ROWS, fields=parts, row_name=sheet.row_name)
    return replace(kind, fields=(rows,), needs_one_of=(), unasked=(), sheet=None)


def _short(part: FieldDefinition, band: str) -> FieldDefinition:
    """A scale is typed as its number."""
    kind = FieldType.INTEGER if part.type is FieldType.SCALE else part.type
    return replace(part, type=kind, low="", high="", band=band or part.band)


def is_done(kind: RecordType, values: Mapping[str, Any]) -> bool:
    return not is_empty(values.get(sheet_of(kind).done_by))


def place_of(kind: RecordType, values: Mapping[str, Any]) -> float:
    """Where a record stands among the others: at the place it was put, else by the number that sorts them."""
    sheet = sheet_of(kind)
    for key in (sheet.order, sheet.sorted_by):
        place = values.get(key)
        if isinstance(place, int | float) and not isinstance(place, bool):
            return place
    last = kind.field(sheet.sorted_by).maximum if sheet.sorted_by else None
    return (last or 0) + 1
