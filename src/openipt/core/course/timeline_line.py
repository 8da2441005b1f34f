"""One typed line of the time line, understood: its date, its words, who may be named, what it may be.

Everything but the date is an offer. Nobody is attached and no kind is chosen by what the line says.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from openipt.core.course.event_kinds import EventKinds, Proposal
from openipt.core.fields.clean import clean_words
from openipt.core.fields.definitions import TEXT_LIMIT
from openipt.core.fields.when import When
from openipt.core.fields.when_typed import LONGEST_LINE, find_when

TOO_LONG = f"A line holds up to {LONGEST_LINE} characters. Shorten it, or use the whole form."
NO_WORDS = "Say what happened, too: lost job, March 2025."
NOTHING = "Type what happened and when: lost job, March 2025."
# A relation is also found under the words children use for it.
_CALLED = {
    "mother": ("mum", "mom"),
    "father": ("dad",),
    "grandmother": ("gran", "grandma"),
    "grandfather": ("grandpa",),
}


@dataclass(frozen=True)
class Named:
    """Somebody of the inventory: the code and what they are called there."""

    code: str
    label: str
    relation: str = ""


@dataclass(frozen=True)
class Understood:
    """What a line says. With a fault nothing is kept; the line stays as it was typed."""

    text: str
    when: When | None
    people: tuple[str, ...] = ()
    proposal: Proposal = Proposal()
    notes: tuple[str, ...] = ()
    fault: str = ""


def understood(
    line: str, *, people: Iterable[Named], kinds: EventKinds, today: date, birth_year: int | None = None
) -> Understood:
    """The line read. It never raises; what is wrong stands in `fault`, in words for whoever typed it."""
    if len(line) > max(LONGEST_LINE, TEXT_LIMIT):
        return Understood("", None, fault=TOO_LONG)
    text = clean_words(line, one_line=True)
    if len(text) > LONGEST_LINE:
        return Understood("", None, fault=TOO_LONG)
    found = find_when(text, today=today, birth_year=birth_year)
    if not any(letter.isalnum() for letter in found.rest):
        missing = found.fault or (NO_WORDS if found.when else NOTHING)
        return Understood(found.rest, found.when, notes=found.notes, fault=missing)
    return Understood(
        text=found.rest,
        when=found.when,
        people=named_in(found.rest, people),
        proposal=kinds.proposed(found.rest),
        notes=found.notes,
        fault=found.fault,
    )


def named_in(text: str, people: Iterable[Named]) -> tuple[str, ...]:
    """Codes of those whose name, or whose relation if nobody else has it, stands in the text."""
    everybody = tuple(people)
    words = _words_for(everybody)
    return tuple(
        one.code for one in everybody if any(_stands_in(word, text) for word in words[one.code] if word)
    )


def _words_for(people: tuple[Named, ...]) -> Mapping[str, tuple[str, ...]]:
    """For everybody the words that mean them and nobody else."""
    firsts = [one.label.split()[0].casefold() for one in people if one.label.split()]
    relations = [_relation(one) for one in people]
    found = {}
    for one in people:
        words = [one.label.strip()]
        first = one.label.split()[:1]
        if first and firsts.count(first[0].casefold()) == 1:
            words += first
        relation = _relation(one)
        if relation and relations.count(relation) == 1:
            words += [relation, *_CALLED.get(relation, ())]
        found[one.code] = tuple(words)
    return found


def _relation(one: Named) -> str:
    """ "mother" of "mother, 71"; nothing of a longer description."""
    word = one.relation.split(",")[0].strip().casefold()
    return word if word.isalpha() else ""


def _stands_in(word: str, text: str) -> bool:
    if len(word) < 2:
        return False
    return re.search(rf"(?<!\w){re.escape(word.casefold())}(?!\w)", text.casefold()) is not None
