"""What was written on the sheets of one record type, for the pictures that are drawn of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from openipt.core.fields.definitions import RecordType
from openipt.records.models import Entry

People = Mapping[str, str]


@dataclass(frozen=True)
class Told:
    """One sheet: its values, its day, where it is read or changed, and which it is in the order of writing."""

    values: Mapping[str, Any]
    on: date
    address: str
    number: int


def told_by(
    entries: Iterable[Entry],
    address: Callable[[Entry], str],
    *,
    kind: RecordType | None = None,
    role: str = "",
) -> tuple[Told, ...]:
    """The sheets, oldest first; what was amended counts as it was amended. With a role: the values it may see."""
    rows = list(entries)
    amended = {entry.amends_id for entry in rows if entry.amends_id}
    return tuple(
        Told(
            values=kind.values_for(role, entry.visible) if kind and role else entry.visible,
            on=entry.on,
            address=address(entry),
            number=entry.order,
        )
        for entry in rows
        if entry.pk not in amended
    )
