"""How the fields of a record stand on a page: what belongs together stands side by side.

    [[field]]
    key = "during"
    beside = "before"       # the field directly before it

A field that stands beside another is of its band, and so is the next that stands beside this one. In a form, in a
record to read and on paper a band is one row where there is room, and one field after the other where there is not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Protocol, TypeVar

from openipt.core.fields.definitions import FieldDefinition, FieldType, Sheet

MOST_LINES = 6  # of a text: what is longer is a long text
WIDEST_BAND = 4
PICTURES = frozenset({"loss_story", "dispute_map", "role_balance", "ladder"})
_SHEET_KEYS = ("picture", "columns", "order", "sorted_by", "done_by", "fields", "row_name")

_NUMBERS = (FieldType.SCALE, FieldType.INTEGER, FieldType.NUMBER)


class Placed(Protocol):
    """A field as a page shows it."""

    @property
    def band(self) -> str: ...


T = TypeVar("T", bound=Placed)


def bands(placed: Iterable[T]) -> tuple[tuple[T, ...], ...]:
    """The same, in order, what stands side by side together. What is alone in its band stands alone."""
    found: list[list[T]] = []
    for one in placed:
        if found and one.band and one.band == found[-1][-1].band:
            found[-1].append(one)
        else:
            found.append([one])
    return tuple(map(tuple, found))


def with_bands(
    fields: Sequence[FieldDefinition], tables: Iterable[Mapping[str, Any]]
) -> tuple[FieldDefinition, ...]:
    """The fields, each with the name of its band: the key of the first field there."""
    beside = {table["key"]: table["beside"] for table in tables if table.get("beside")}
    band: dict[str, str] = {}
    for field in fields:
        if field.key in beside:
            first = beside[field.key]
            band[field.key] = band.setdefault(first, first)
    return tuple(replace(field, band=band[field.key]) if field.key in band else field for field in fields)


def layout_faults(tables: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, str, str]]:
    """What is wrong with `beside` in a list of fields: the key, the reason and the remedy of each fault."""
    keys = [str(table.get("key", "?")) for table in tables]
    length = 1
    for place, table in enumerate(tables):
        named = table.get("beside")
        if not isinstance(named, str) or not named:
            length = 1
            continue
        where = f"{keys[place]}.beside"
        before = keys[place - 1] if place else ""
        remedy = (
            f'Name the field directly before it: "{before}".' if before else "Take it out: it is the first."
        )
        length += 1
        if named not in keys:
            yield where, f"names the field {named}, which does not exist here.", remedy
        elif named != before:
            yield where, f"names the field {named}, which does not stand directly before it.", remedy
        elif length > WIDEST_BAND:
            yield (
                where,
                f"is number {length} in one row.",
                f"Let at most {WIDEST_BAND} fields stand side by side.",
            )


# -- all records of a type as one sheet ------------------------------------------------------------


def read_sheet(table: Any) -> Sheet | None:
    """The sheet of a record, from a table without faults."""
    if not isinstance(table, Mapping) or not set(table) <= set(_SHEET_KEYS):
        return None
    return Sheet(**{**table, "fields": tuple(table.get("fields", ()))})


def sheet_faults(
    table: Any, fields: Sequence[FieldDefinition], *, many: bool
) -> Iterator[tuple[str, str, str]]:
    """What is wrong with `[record.sheet]`: the key, the reason and the remedy of each fault."""
    if not isinstance(table, Mapping):
        return
    known = {field.key: field for field in fields}
    for key in set(table) - set(_SHEET_KEYS):
        yield f"record.sheet.{key}", "is not known here.", f"Known are: {', '.join(sorted(_SHEET_KEYS))}."
    if not many:
        yield "record.sheet", "is made of many records, and there is only one.", "Write many = true."
    if table.get("picture") not in (None, *PICTURES):
        remedy = f"Known are: {', '.join(sorted(PICTURES))}."
        yield "record.sheet.picture", "is not one of the known pictures.", remedy
    for key in ("columns", "order", "sorted_by", "done_by"):
        if table.get(key) not in (None, *known):
            remedy = f"Name one of its fields: {', '.join(known)}."
            yield f"record.sheet.{key}", f"names the field {table[key]}, which does not exist.", remedy
    yield from _columns_faults(table, known)
    yield from _order_faults(table, known)


def _columns_faults(
    table: Mapping[str, Any], known: Mapping[str, FieldDefinition]
) -> Iterator[tuple[str, str, str]]:
    field = known.get(table.get("columns", ""))
    if field is None:
        return
    where = "record.sheet.columns"
    if field.type is not FieldType.CHOICE or field.open or not field.required:
        yield where, f"{field.key} does not say of each record where it stands.", "Name a required choice."
    elif len(field.options) > WIDEST_BAND:
        yield where, f"{field.key} has too many options.", f"Let at most {WIDEST_BAND} stand side by side."
    if table.get("order"):
        yield where, "stands together with order.", "Keep one of the two."


def _order_faults(
    table: Mapping[str, Any], known: Mapping[str, FieldDefinition]
) -> Iterator[tuple[str, str, str]]:
    wanted = table.get("fields", ())
    for key in wanted if isinstance(wanted, list) else ():
        if key not in known:
            yield (
                "record.sheet.fields",
                f"names the field {key}, which does not exist.",
                "Name its own fields.",
            )
    sorts = known.get(table.get("sorted_by", ""))
    if sorts is not None and sorts.type not in _NUMBERS:
        yield "record.sheet.sorted_by", f"{sorts.key} is no number.", "Name a scale, an integer or a number."
    field = known.get(table.get("order", ""))
    if field is None:
        return
    if not field.position or field.type is not FieldType.NUMBER:
        remedy = 'Let it be a number: type = "number", position = true.'
        yield "record.sheet.order", f"{field.key} is no place that nobody types.", remedy
    if not table.get("row_name"):
        yield "record.sheet.row_name", "is missing.", 'Name one of them: row_name = "step".'
    for key in (one.key for one in known.values() if one.required and one.key not in wanted):
        yield "record.sheet.fields", f"leaves out {key}, which is required.", f'Add "{key}".'
