"""The sentences a note is drafted with, read from content and held to the records they speak of."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from openipt.core.course.note import SentencePattern
from openipt.core.fields.definitions import RecordType
from openipt.core.tables import freeze, suggestion
from openipt.errors import ContentFault

Patterns = Mapping[str, tuple[SentencePattern, ...]]
FILE = "note_sentences.toml"
KEYS = frozenset({"text", "unless", "when"})

# Kinds of thing that are no record, and what is known of each (records.note makes them).
KINDS = {
    "meeting": (
        "name",
        "format",
        "minutes",
        "number",
        "planned",
        "on",
        "written_on",
        "attendance",
        "reason",
        "late",
    ),
    "score": ("name", "total", "band", "change", "since_start"),
    "check_in": ("mood", "stress", "talk_about", "event"),
    "strategies": ("titles",),
    "techniques": ("titles",),
}


def read_patterns(
    table: Mapping[str, Any], record_types: Mapping[str, RecordType]
) -> tuple[Patterns, tuple[ContentFault, ...]]:
    """Every pattern by the kind of thing it speaks of, and every fault of the file."""
    faults: list[ContentFault] = []
    found: dict[str, tuple[SentencePattern, ...]] = {}
    for kind, rows in table.items():
        fields = _fields_of(kind, record_types)
        if fields is None:
            near = suggestion(kind, [*KINDS, *record_types]) or "Name a record type as its own file does."
            faults.append(ContentFault(FILE, kind, "is neither a record type nor a known kind.", near))
            continue
        good = []
        for number, row in enumerate(rows, start=1):
            wrong = _row_faults(f"{kind} {number}", row, fields)
            faults += wrong
            if not wrong:
                good.append(
                    SentencePattern(row["text"], tuple(row.get("unless", ())), freeze(row.get("when", {})))
                )
        found[kind] = tuple(good)
    return MappingProxyType(found), tuple(faults)


def _fields_of(kind: str, record_types: Mapping[str, RecordType]) -> tuple[str, ...] | None:
    if kind in record_types:
        return tuple(field.key for field in record_types[kind].fields)
    return KINDS.get(kind)


def _row_faults(at: str, row: Mapping[str, Any], fields: tuple[str, ...]) -> list[ContentFault]:
    if not isinstance(row, Mapping) or not isinstance(row.get("text"), str) or not row["text"].strip():
        return [ContentFault(FILE, at, "has no text.", 'Write text = "…".')]
    faults = [
        ContentFault(FILE, f"{at}: {key}", "is no key of a sentence.", "Use text, unless and when.")
        for key in row
        if key not in KEYS
    ]
    try:
        named = SentencePattern(row["text"]).needs
    except ValueError as error:
        return [
            *faults,
            ContentFault(FILE, at, f"has a text that cannot be read: {error}.", "Close every {brace}."),
        ]
    for name in (*named, *row.get("unless", ()), *row.get("when", {})):
        if name not in fields:
            near = suggestion(name, fields) or f"Fields are: {', '.join(fields)}."
            faults.append(ContentFault(FILE, at, f"names {name}, which is no field there.", near))
    return faults
