"""What is about somebody dangerous, on the client's own devices (ipt.md 11.5 ipv_2 and ipv_4).

Where client and clinician have agreed on a second lock, what is about that person stands behind it. Names
are looked for generously: a harmless line that moves can be moved back, one that stays cannot be unseen.
Who is meant until a person is named: as for every other lock of DR-06 (22.1).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from openipt.core.course.known import Danger
from openipt.core.course.locks import AT_HOME, OUTSIDE, People

SHORTEST_NAME = 3
# Words of a label that name nobody.
NO_NAMES = frozenset({"the", "and", "her", "his", "our", "old", "new", "from", "who", "lives", "with", "own"})
WORD = re.compile(r"[^\W\d_]+", re.UNICODE)
FAMILY = re.compile(
    r"\b(mother|mum|mom|father|dad|parents?|brother|sister|son|daughter|uncle|aunt|cousin|nephew|niece"
    r"|grand\w+|step\w+|\w+-in-law)\b",
    re.IGNORECASE,
)


class Signs:
    """By which codes and words a text is about somebody dangerous."""

    def __init__(self, danger: Danger, people: People) -> None:
        named = [person for person in danger.persons if person in people]
        others = [person for person in danger.persons if person not in people]
        meant = named or [
            code for code, person in people.items() if danger.grounds and not person.is_outside_home
        ]
        said = [*others, *(people[code].label for code in meant)]
        self.codes = frozenset(meant)
        self.names = frozenset(name for words in said for name in _names(words)) | frozenset(
            word.casefold() for code in meant for word in _relations(people[code].relation)
        )

    def in_text(self, text: str) -> bool:
        """Does a text name one of them? A possessive or a plural of the name counts."""
        found = {word.casefold() for word in WORD.findall(text)}
        return bool(self.names & (found | {word[:-1] for word in found if word.endswith("s")}))

    def in_values(self, values: object) -> bool:
        """Is anything of a record about one of them: a reference, or words?"""
        return any(part in self.codes or self.in_text(part) for part in _texts(values))

    def without(self, values: Any) -> Any:
        """The same values with every line left out that is about one of them."""
        if isinstance(values, Mapping):
            kept = {key: self.without(value) for key, value in values.items() if not self._is_about(value)}
            return {key: value for key, value in kept.items() if value not in ([], {})}
        if isinstance(values, list | tuple):
            return [self.without(value) for value in values if not self._is_about(value)]
        return values

    def _is_about(self, value: Any) -> bool:
        """A line is left out whole; a list of lines is looked at line by line."""
        if isinstance(value, list | tuple):
            return False
        return self.in_values(value)


def _names(words: str) -> Iterator[str]:
    for word in WORD.findall(words):
        name = word.casefold()
        if len(name) >= SHORTEST_NAME and name not in NO_NAMES:
            yield name


def _relations(words: str) -> Iterator[str]:
    """Husband, sister, boss: what somebody is called beside their name."""
    for pattern in (AT_HOME, OUTSIDE, FAMILY):
        yield from (found.group(1) for found in pattern.finditer(words))


def _texts(values: object) -> Iterator[str]:
    if isinstance(values, str):
        yield values
    elif isinstance(values, Mapping):
        for value in values.values():
            yield from _texts(value)
    elif isinstance(values, list | tuple):
        for value in values:
            yield from _texts(value)
