"""A focus of self, other and the feeling between them, laid out for a reader: clinician or client."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from openipt.core.fields.definitions import RecordType

PARTS, EXAMPLES = ("self", "affect", "other", "defence"), ("example_now", "example_past")


@dataclass(frozen=True)
class PatternPart:
    """One part of it: what it is, and the words that stand there."""

    id: str
    title: str
    text: str


@dataclass(frozen=True)
class Pattern:
    """Self, the feeling, the other, and what they keep away; two examples."""

    parts: tuple[PatternPart, ...]
    examples: tuple[PatternPart, ...]


def pattern(kind: RecordType, values: Mapping[str, Any], titles: Mapping[str, str] | None = None) -> Pattern:
    """`titles`: other words for the parts, as a client reads them."""

    def part(key: str) -> PatternPart:
        title = (titles or {}).get(key) or kind.field(key).label
        return PatternPart(key, title, str(values.get(key) or "").strip())

    return Pattern(tuple(map(part, PARTS)), tuple(map(part, EXAMPLES)))
