"""How far therapist and supervisor rate problem areas alike (ipt.md 7.1: trained raters reached a kappa of 0.82 on
the focus, 0.48 on deficits [S07])."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

FEWEST = 10  # pairs; below that kappa says little (project default)
RATERS = ("therapist", "supervisor")


@dataclass(frozen=True)
class Agreement:
    """Areas that both rated as present or not: how many alike, and Cohen's kappa.

    `kappa` is None below `FEWEST` pairs, and where both said the same of every area: chance alone would explain that.
    """

    alike: int
    pairs: int
    kappa: float | None


def agreement(pairs: Iterable[tuple[bool, bool]]) -> Agreement:
    """Of pairs of one rating each."""
    listed = list(pairs)
    number, alike = len(listed), sum(one == other for one, other in listed)
    if number < FEWEST:
        return Agreement(alike, number, None)
    yes = [sum(pair[rater] for pair in listed) / number for rater in (0, 1)]
    by_chance = yes[0] * yes[1] + (1 - yes[0]) * (1 - yes[1])
    if by_chance >= 1:
        return Agreement(alike, number, None)
    return Agreement(alike, number, round((alike / number - by_chance) / (1 - by_chance), 2))


def rated_pairs(ratings: Iterable[tuple[Any, Mapping[str, Any]]]) -> list[tuple[bool, bool]]:
    """Pairs out of `rec_problem_area_rating`, each with its episode, oldest first: the last of each rater counts."""
    last: dict[tuple[Any, str], dict[str, bool]] = {}
    for episode, values in ratings:
        rater, present = values.get("rater"), values.get("present")
        if rater in RATERS and isinstance(present, bool):
            last.setdefault((episode, str(values.get("area"))), {})[rater] = present
    return [(one[RATERS[0]], one[RATERS[1]]) for one in last.values() if len(one) == len(RATERS)]
