"""A focus of self, other and the feeling between them, or a schema of wish, image, expected and own answer, laid out
for a reader: clinician or client.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from openipt.core.fields.definitions import RecordType

PARTS, EXAMPLES = ("self", "affect", "other", "defence"), ("example_now", "example_past")
OWN_WORDS = {  # the parts of a schema as a client reads them
    "wish": "What I wish for",
    "self_image": "How I see myself then",
    "other_response": "What I expect from others",
    "self_response": "What I do then",
    "healthy_part": "What else is in me",
}
OF_SCHEMA = ("wish", "self_image", "other_response", "self_response", "healthy_part")


@dataclass(frozen=True)
class PatternPart:
    """One part of it: what it is, and the words that stand there."""

    id: str
    title: str
    text: str


@dataclass(frozen=True)
class Pattern:
    """Its parts in the order in which they are read, and examples of it."""

    parts: tuple[PatternPart, ...]
    examples: tuple[PatternPart, ...]


def pattern(kind: RecordType, values: Mapping[str, Any], titles: Mapping[str, str] | None = None) -> Pattern:
    """Self, the feeling, the other, what they keep away. `titles`: other words for the parts, as a client reads them."""
    return _laid_out(kind, values, titles, PARTS, EXAMPLES)


def schema(kind: RecordType, values: Mapping[str, Any], titles: Mapping[str, str] | None = None) -> Pattern:
    """The wish and what is expected to come of it, in their order; the healthy part apart, as the last."""
    return _laid_out(kind, values, titles, OF_SCHEMA, ())


def in_own_words(part: PatternPart) -> PatternPart:
    """A part of a schema under the title a client reads."""
    return replace(part, title=OWN_WORDS.get(part.id, part.title))


def _laid_out(
    kind: RecordType,
    values: Mapping[str, Any],
    titles: Mapping[str, str] | None,
    parts: tuple[str, ...],
    examples: tuple[str, ...],
) -> Pattern:
    def part(key: str) -> PatternPart:
        title = (titles or {}).get(key) or kind.field(key).label
        return PatternPart(key, title, str(values.get(key) or "").strip())

    return Pattern(tuple(map(part, parts)), tuple(map(part, examples)))
