"""How wide words are at most when they are drawn, without asking a font: a guess that is never too small.

The widths are those of DejaVu Sans, among the widest sans fonts a page of ours may be shown in (Liberation,
Noto, Segoe and San Francisco are all narrower), rounded up by class of letter, in parts of the letter's height.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

NARROW, USUAL, TALL, WIDE, FOREIGN, FULL = 0.42, 0.65, 0.8, 1.0, 1.1, 1.15
_NARROW = frozenset("fijlrtI.,:;'’|!()[]- /")
_WIDE = frozenset("mwMW@%…—")
_LATIN_END, _FULL_FROM = 0x0250, 0x2E80
DOTS = "…"


def width(words: str, height: float) -> float:
    """The most room these words take at this height of letters."""
    return sum(map(_of, words)) * height


@lru_cache(maxsize=4096)  # letters alone, never a word
def _of(letter: str) -> float:
    base = unicodedata.normalize("NFD", letter)[0]
    if base in _NARROW:
        return NARROW
    if base in _WIDE:
        return WIDE
    if unicodedata.combining(base):
        return 0.0
    if ord(base) >= _FULL_FROM:
        return FULL
    if ord(base) >= _LATIN_END:
        return FOREIGN
    return TALL if base.isupper() else USUAL


def shortened(words: str, height: float, room: float) -> str:
    """The words, or as many of their letters as fit with dots behind them. At least one letter stays."""
    if width(words, height) <= room:
        return words
    kept = words
    while len(kept) > 1 and width(kept.rstrip() + DOTS, height) > room:
        kept = kept[:-1]
    return kept.rstrip() + DOTS
