"""What a line of the time line may be: event, symptom or treatment, and which kind of event. Proposals by words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from openipt.core.fields.definitions import RecordType
from openipt.errors import ContentFault

FILE = "event_kinds.toml"
TIMELINE, EVENT = "rec_timeline", "event"


@dataclass(frozen=True)
class Proposal:
    """What a line is proposed to be. No kind: none of our words stands in it."""

    type: str = EVENT
    kind: str = ""


@dataclass(frozen=True)
class EventKinds:
    """The words of each type and kind, in the order in which they are looked for."""

    types: tuple[tuple[str, re.Pattern[str]], ...]
    kinds: tuple[tuple[str, re.Pattern[str]], ...]

    def proposed(self, text: str) -> Proposal:
        """The first type, and for an event the first kind, that has a word in this text."""
        of_type = next((name for name, words in self.types if words.search(text)), EVENT)
        if of_type != EVENT:
            return Proposal(of_type)
        return Proposal(EVENT, next((name for name, words in self.kinds if words.search(text)), ""))


def read_kinds(
    table: Mapping[str, Any], record_types: Mapping[str, RecordType]
) -> tuple[EventKinds, tuple[ContentFault, ...]]:
    """The words, and every fault of the file."""
    faults: list[ContentFault] = []
    found = {
        part: _read_part(table.get(part, ()), part, field, record_types, faults)
        for part, field in (("type", "type"), ("kind", "event_kind"))
    }
    faults += [
        ContentFault(FILE, key, "is no part of this file.", "Use [[type]] and [[kind]].")
        for key in table
        if key not in found
    ]
    return EventKinds(found["type"], found["kind"]), tuple(faults)


def _read_part(
    rows: Any, part: str, field: str, record_types: Mapping[str, RecordType], faults: list[ContentFault]
) -> tuple[tuple[str, re.Pattern[str]], ...]:
    kind = record_types.get(TIMELINE)
    known = {str(option.value) for option in kind.field(field).options} if kind else set()
    found = []
    for number, row in enumerate(rows, start=1):
        at = f"{part} {number}"
        words = row.get("words") if isinstance(row, Mapping) else None
        if not isinstance(row, Mapping) or row.get("id") not in known:
            choices = ", ".join(sorted(known))
            faults.append(ContentFault(FILE, at, "has no known id.", f"{TIMELINE}.{field} knows: {choices}."))
        elif not words or not all(isinstance(word, str) and word.strip(" *") for word in words):
            faults.append(ContentFault(FILE, at, "has no words.", 'Write words = ["…"].'))
        else:
            found.append((str(row["id"]), _any_of(words)))
    return tuple(found)


def _any_of(words: Any) -> re.Pattern[str]:
    """Any of these words; the star at an end stands for the rest of a word."""
    ways = [re.escape(word.rstrip("*")) + (r"\w*" if word.endswith("*") else "") for word in words]
    return re.compile(rf"(?<!\w)(?:{'|'.join(ways)})(?!\w)", re.IGNORECASE)
