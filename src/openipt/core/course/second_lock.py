"""What is about somebody dangerous, on the client's own devices (ipt.md 11.5 ipv_2 and ipv_4).

Where client and clinician have agreed on a second lock, what is about that person stands behind it. Names
are looked for generously: a harmless line that moves can be moved back, one that stays cannot be unseen.
Who is meant until a person is named: as for every other lock of DR-06 (22.1).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping
from copy import copy
from functools import cache
from typing import Any

from openipt.core.course.known import Danger
from openipt.core.course.locks import AT_HOME, OUTSIDE, People

SHORTEST_NAME = 2
# Words of a label that name nobody.
NO_NAMES = frozenset({"the", "and", "her", "his", "our", "old", "new", "from", "who", "lives", "with", "own"})
# Words of two letters that stand in any text. Whoever is called so alone is found where they are written large.
SMALL = frozenset({
    "am", "an", "as", "at", "be", "by", "da", "de", "di", "do", "dr", "du", "el",
    "go", "he", "hi", "if", "il", "in", "is", "it", "la", "le", "me", "mr", "ms",
    "my", "no", "of", "oh", "ok", "on", "or", "so", "st", "to", "un", "up", "us",
    "we",
})  # fmt: skip
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
        self.is_guess = not named  # nobody of the inventory is named: everybody at home may be meant
        self._told = frozenset(name for words in others for name in _names(words))
        self.names = frozenset(name for words in said for name in _names(words)) | frozenset(
            word.casefold() for code in meant for word in _relations(people[code].relation)
        )

    def also(self, codes: Collection[str], labels: Iterable[str]) -> Signs:
        """The same, and these people: by their code, and by their name whom the client put behind the lock."""
        more = copy(self)
        more.codes = self.codes | frozenset(codes)
        more.names = self.names | {name for label in labels for name in _names(label)}
        return more

    def in_text(self, text: str) -> bool:
        """Does a text name one of them? A possessive or a plural of the name counts."""
        return _is_named(text, self.names)

    def in_values(self, values: object) -> bool:
        """Is anything of a record about one of them: a reference, or words?"""
        return any(part in self.codes or self.in_text(part) for part in _texts(values))

    def people_behind(
        self, labels: Mapping[str, str], *, own: Collection[str], moved: Mapping[str, bool]
    ) -> frozenset[str]:
        """Who of these is left out of an ordinary page: as the client moved them, else who is meant or named.

        `own`: whom the client put there. While nobody is named they stay, or whoever is added would vanish.
        """

        def is_behind(code: str, label: str) -> bool:
            if code in moved:
                return moved[code]
            if self.is_guess:
                return (code in self.codes and code not in own) or _is_named(label, self._told)
            return code in self.codes or self.in_text(label)

        return frozenset(code for code, label in labels.items() if is_behind(code, label))

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


def _is_named(text: str, names: frozenset[str]) -> bool:
    bare = _bare(text)
    words = WORD.findall(bare)
    found = {word.casefold() for word in words}
    found |= {word[:-1] for word in found if word.endswith("s")}
    found |= {word.title() for word in words if len(word) == SHORTEST_NAME and word[0].isupper()}
    return bool(names & found) or (not bare.isascii() and _stands_inside(bare, names))


def _stands_inside(text: str, names: frozenset[str]) -> bool:
    """Many scripts have no spaces between words, or write what is small together with the name."""
    return any(name in text for name in names if unicodedata.category(name[0]) == "Lo")


def _bare(text: str) -> str:
    """Without accents and vowel signs, so that a name is found however it was typed."""
    if text.isascii():
        return text
    return unicodedata.normalize("NFC", unicodedata.normalize("NFKD", text).translate(_marks()))


@cache
def _marks() -> dict[int, None]:
    """Every accent and vowel sign of the scripts in use, looked for once."""
    return {one: None for one in range(0x300, 0x1F000) if unicodedata.category(chr(one))[0] == "M"}


def _names(words: str) -> Iterator[str]:
    found = WORD.findall(_bare(words))
    for word in found:
        name = word.casefold()
        if name in SMALL:
            if len(found) == 1:
                yield name.title()
        elif len(name) >= SHORTEST_NAME and name not in NO_NAMES:
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
