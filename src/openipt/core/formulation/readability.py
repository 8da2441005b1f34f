"""How easily a text reads: LIX, which counts long words and long sentences and needs no dictionary.

LIX = words per sentence + 100 * words of more than six letters / words (C. H. Björnsson, 1968). Books for
children lie below 30, plain prose between 30 and 40, newspapers above. That a text for a client should stay at 40
or below is a default of this project, not a clinical fact.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

PLAIN_UP_TO = 40.0
LONG_WORD_FROM = 7  # letters
LONG_SENTENCE_FROM = 20  # words
FEWEST_WORDS = 10  # below that the figure says nothing

_WORD = re.compile(r"[^\W\d_]+(?:['’\-][^\W\d_]+)*|\d+(?:[.,]\d+)*")
_SENTENCE_END = re.compile(r"[.!?:;…]+(?=\s|$)|\n+")


@dataclass(frozen=True)
class Reading:
    """What was counted. `lix` is None where there are too few words to say."""

    words: int
    sentences: int
    long_words: tuple[str, ...]
    long_sentences: tuple[str, ...]
    lix: float | None

    @property
    def is_plain(self) -> bool | None:
        """Whether it reads easily; None: too short to say."""
        return None if self.lix is None else self.lix <= PLAIN_UP_TO


def reading(text: str) -> Reading:
    """Count a text. Long words come once each, in their order; so do sentences of 20 words and more."""
    parts = [part.strip() for part in _SENTENCE_END.split(text)]
    sentences = [(part, _WORD.findall(part)) for part in parts if _WORD.search(part)]
    words = [word for _, found in sentences for word in found]
    long = [word for word in words if _letters(word) >= LONG_WORD_FROM]
    lix = None
    if len(words) >= FEWEST_WORDS:
        lix = round(len(words) / len(sentences) + 100 * len(long) / len(words), 1)
    return Reading(
        words=len(words),
        sentences=len(sentences),
        long_words=tuple(dict.fromkeys(word.lower() for word in long)),
        long_sentences=tuple(part for part, found in sentences if len(found) >= LONG_SENTENCE_FROM),
        lix=lix,
    )


def _letters(word: str) -> int:
    return sum(letter.isalpha() for letter in word)
