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

from openipt.core.fields.definitions import FieldDefinition

MOST_LINES = 6  # of a text: what is longer is a long text
WIDEST_BAND = 4


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
