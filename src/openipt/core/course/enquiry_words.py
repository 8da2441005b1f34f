"""What somebody typed into the form for asking: an impossible phone or e-mail, and words that point to danger.

The list of words only ever brings whom to call nearer. That none of them was found says nothing about safety
(ipt.md 11.1: a zero is never clearance), and nothing is scored.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from openipt.errors import ContentFault

FILE = "danger_words.toml"
FEWEST_DIGITS, MOST_DIGITS = 5, 15  # E.164 allows fifteen; local numbers are shorter
LONGEST_EMAIL, LONGEST_LOCAL = 254, 64  # RFC 5321

_PHONE = re.compile(r"\+?[\d\s()./\-]+(?:(?:ext\.?|x)\s*\d{1,6})?", re.IGNORECASE)
_EMAIL = re.compile(r"(?P<local>[^\s@<>(),;:\"\\\[\]]+)@(?P<host>[^\s@<>(),;:\"\\\[\]]+)")
_LABEL = re.compile(r"(?!-)[^\W_](?:[\w\-]*[^\W_])?")


def phone_fault(text: str) -> str:
    """Why this is no number that can be called; empty where it may be one."""
    if not _PHONE.fullmatch(text.strip()):
        return "Write the number with digits, as in 01632 960 100 or +44 1632 960 100."
    digits = sum(letter.isdecimal() for letter in re.split("ext|x", text, flags=re.IGNORECASE)[0])
    if digits < FEWEST_DIGITS:
        return "This number is too short to call. Look at it once more."
    if digits > MOST_DIGITS:
        return "This number is too long to call. Look at it once more."
    return ""


def email_fault(text: str) -> str:
    """Why no e-mail can go there; empty where one may."""
    typed = text.strip()
    found = _EMAIL.fullmatch(typed)
    fits = found is not None and len(typed) <= LONGEST_EMAIL and len(found["local"]) <= LONGEST_LOCAL
    if found is None or not fits or not _is_host(found["host"]) or not _has_whole_dots(found["local"]):
        return "Write the whole address, as in name@example.org."
    return ""


def _is_host(host: str) -> bool:
    labels = host.split(".")
    return len(labels) > 1 and all(_LABEL.fullmatch(label) and len(label) < 64 for label in labels)


def _has_whole_dots(local: str) -> bool:
    return all(local.split("."))


@dataclass(frozen=True)
class DangerWords:
    """Words and groups of words, in every language we have some for."""

    pattern: re.Pattern[str]

    def point_to_danger(self, text: str) -> bool:
        """Does one of them stand in this text, however it is spelled as to case, accents and spaces?"""
        return bool(self.pattern.search(_plain(text)))


def read_danger_words(table: Mapping[str, Any]) -> tuple[DangerWords, tuple[ContentFault, ...]]:
    """The words, and every fault of the file."""
    faults: list[ContentFault] = []
    ways: list[str] = []
    rows = table.get("language", ())
    for number, row in enumerate(rows, start=1):
        words = row.get("words") if isinstance(row, Mapping) else None
        if not words or not row.get("code") or not all(_is_word(word) for word in words):
            remedy = 'Write code = "en" and words = ["…"], each of three letters or more.'
            faults.append(ContentFault(FILE, f"language {number}", "has no words.", remedy))
            continue
        ways += [_way(word) for word in words]
    strange = [key for key in table if key not in ("language", "marks")]
    faults += [ContentFault(FILE, key, "is no part of this file.", "Use [[language]].") for key in strange]
    if not rows:
        faults.append(ContentFault(FILE, "language", "is missing.", "Write at least one [[language]]."))
    return DangerWords(re.compile(rf"(?<!\w)(?:{'|'.join(ways) or '(?!)'})(?!\w)")), tuple(faults)


def _is_word(word: Any) -> bool:
    return isinstance(word, str) and len(word.strip(" *")) >= 3


def _way(word: str) -> str:
    """The star at an end stands for the rest of a word."""
    return re.escape(_plain(word.rstrip("*"))) + (r"\w*" if word.endswith("*") else "")


def _plain(text: str) -> str:
    """Small letters without accents, one kind of apostrophe, single spaces."""
    letters = unicodedata.normalize("NFKD", text.casefold().replace("\u2019", "'"))
    return " ".join("".join(one for one in letters if not unicodedata.combining(one)).split())
