"""The service's own expected course, fitted to its cases once there are 200 (`ipt.md` 15.3).

The line keeps the form of 15.3, E(s) = B * (1 - R * ln s / ln N); R is fitted by least squares over the
scores of all cases. With u = B - y, how far a score has fallen from its start, and w = B * ln s / ln N, the
fall is R = sum(w * u) / sum(w * w). Scores are in points, as the band is. Its error allows for scores of one
case going together (each case counts once).

What makes a case, and that plans of different length are fitted apart as 15.3 has them apart, is a reading
of ours (DEFAULT): the start is a case as for DR-23, and a score stands at session 4 or later. Courses that
run and courses that were left count with the scores they have: those alone who stay would look better.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import sqrt

from openipt.core.outcomes.expected import (
    ALERTS_FROM_START,
    BAND,
    EXPECTED_FALL,
    SHORTEST_PLAN,
    expected_course,
    share_of_way,
)

CASES_NEEDED = 200  # 15.3
SCORED_UNTIL = 4  # DEFAULT, ours: a case has a score of this session or a later one


@dataclass(frozen=True)
class Case:
    """One course, without a word of it: sessions planned, and the total of each session that has one.

    Session 0 is the baseline; it is the start where session 1 has no score (22.1).
    """

    planned: int
    totals: Mapping[int, float]

    @property
    def start(self) -> float | None:
        return self.totals.get(1, self.totals.get(0))

    @property
    def later(self) -> tuple[tuple[int, float], ...]:
        """The scores the line is fitted to: after session 1, within the plan."""
        return tuple((s, y) for s, y in sorted(self.totals.items()) if 1 < s <= self.planned)

    @property
    def counts(self) -> bool:
        return (
            self.planned >= SHORTEST_PLAN
            and self.start is not None
            and self.start >= ALERTS_FROM_START
            and any(session >= SCORED_UNTIL for session, _ in self.later)
        )


@dataclass(frozen=True)
class FittedCourse:
    """The fall that the service's cases show for plans of one class of length, and what it rests on.

    `error` is the standard error of the fall; `above` the share of scores that lie above line and band.
    """

    least: int
    most: int | None
    cases: int
    scores: int
    fall: float
    error: float
    above: float

    @property
    def between(self) -> tuple[float, float]:
        """Where the fall lies with a confidence of 95 %."""
        return self.fall - 1.96 * self.error, self.fall + 1.96 * self.error


def plan_class(planned: int) -> tuple[int, int | None] | None:
    """The shortest and longest plan of the class of 15.3 that a plan belongs to."""
    above: int | None = None
    for least, _ in EXPECTED_FALL:
        if planned >= least:
            return least, above
        above = least - 1
    return None


def fitted_course(cases: Iterable[Case], planned: int, needed: int = CASES_NEEDED) -> FittedCourse | None:
    """The service's own line for a plan of this length; None while fewer than `needed` cases exist."""
    span = plan_class(planned)
    if span is None:
        return None
    alike = [case for case in cases if case.counts and plan_class(case.planned) == span]
    if len(alike) < needed or not alike:
        return None
    rows = [_rows(case) for case in alike]
    weight = sum(w * w for of_case in rows for w, _ in of_case)
    fall = sum(w * u for of_case in rows for w, u in of_case) / weight
    pulls = (sum(w * (u - fall * w) for w, u in of_case) for of_case in rows)
    return FittedCourse(
        least=span[0],
        most=span[1],
        cases=len(alike),
        scores=sum(len(of_case) for of_case in rows),
        fall=fall,
        error=sqrt(sum(pull * pull for pull in pulls)) / weight,
        above=_share_above(alike, fall),
    )


def _rows(case: Case) -> list[tuple[float, float]]:
    """Of each score: what the line multiplies by the fall, and how far the score has fallen."""
    start = case.start or 0.0
    return [(start * share_of_way(session, case.planned), start - total) for session, total in case.later]


def _share_above(cases: list[Case], fall: float) -> float:
    found = [
        total > (expected_course(case.start or 0.0, case.planned, session, fall) or 0.0) + BAND
        for case in cases
        for session, total in case.later
    ]
    return sum(found) / len(found)
