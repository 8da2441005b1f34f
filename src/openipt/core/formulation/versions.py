"""Two versions of a text side by side: which words went, which came."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

Kind = Literal["same", "gone", "new"]
MOST_WORDS = 4000  # of one text; beyond that it is compared sentence by sentence

_WORDS = re.compile(r"\s+|[^\s]+")
_SENTENCES = re.compile(r"\s+|[^.!?\n]+[.!?]*|.")


@dataclass(frozen=True)
class Piece:
    """A run of words that both have, or only one of them."""

    kind: Kind
    text: str


def changes(before: str, after: str) -> tuple[Piece, ...]:
    """The words of both in one row. Without the new pieces it reads as before, without the gone ones as after."""
    long = max(len(_WORDS.findall(before)), len(_WORDS.findall(after))) > MOST_WORDS
    cut = _SENTENCES if long else _WORDS
    old, new = cut.findall(before), cut.findall(after)
    found: list[Piece] = []
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            found.append(Piece("same", "".join(old[i1:i2])))
            continue
        if i2 > i1:
            found.append(Piece("gone", "".join(old[i1:i2])))
        if j2 > j1:
            found.append(Piece("new", "".join(new[j1:j2])))
    return tuple(found)
