"""Scores over the course: who answered what for which session, and where it started.

The answers of a session are given before it; the start score is that of session 1 (ipt.md 22.1).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import cast

from openipt.core.course.course import Answers, Course, once
from openipt.core.course.phases import begun_again, since_begun_again
from openipt.core.manual.model import Manual
from openipt.core.measures.definitions import Measure
from openipt.core.measures.scoring import total
from openipt.errors import AnswersNotScorable

PHQ9 = "ms_phq9"
GAD7 = "ms_gad7"
EPDS = "ms_epds"
PRR = "ms_prr"
RATED_BY_BOTH = frozenset({PRR})  # by client and therapist, each by themselves (ipt.md 10.2)
THERAPIST = "therapist"  # the rater of a therapist's own rating
RISK_ITEMS = MappingProxyType({PHQ9: 9, EPDS: 10})  # the item that asks about risk (DR-01)


@dataclass(frozen=True)
class Point:
    """A total with the session it belongs to and the day it was given."""

    session: int
    on: date
    total: float


def total_of(manual: Manual, answers: Answers) -> float | None:
    """The total as entered, else as the measure scores its items; None where too much is missing."""
    if answers.total is not None:
        return answers.total
    measure = manual.measure_list.get(answers.measure)
    if measure is None or not answers.items:
        return None
    kept = answers.__dict__.get("_total")  # answers never change: scored once by each measure that asks
    if kept is None or kept[0] is not measure:
        kept = answers.__dict__["_total"] = (measure, _scored(measure, answers.items))
    return cast("float | None", kept[1])


def _scored(measure: Measure, items: tuple[int | None, ...]) -> float | None:
    try:
        return total(measure, items)
    except AnswersNotScorable:  # an unfinished sitting, or answers of another version: no total is known
        return None


def answers_of(course: Course, measure: str) -> tuple[Answers, ...]:
    """Every sitting of one measure, oldest first; of one that the therapist rates too, the client's own."""
    sittings = course.answers_to(measure)
    if measure not in RATED_BY_BOTH:
        return sittings
    return tuple(answers for answers in sittings if answers.rater != THERAPIST)


def points(manual: Manual, course: Course, measure: str) -> tuple[Point, ...]:
    """One total per held session, in the order held; sessions without a total are left out."""
    return tuple(
        Point(number, meeting.on, total)
        for meeting in course.held
        if (number := meeting.number) and (total := score_at(manual, course, measure, number)) is not None
    )


def score_at(manual: Manual, course: Course, measure: str, session: int) -> float | None:
    """The total given for a session: the last finished sitting counts."""
    known = _by_measure(manual, course)
    of_measure = known.get(measure)
    if of_measure is None:
        of_measure = known[measure] = {
            a.session: total
            for a in answers_of(course, measure)
            if a.finished and (total := total_of(manual, a)) is not None
        }
    return of_measure.get(session)


@once
def _by_measure(manual: Manual, course: Course) -> dict[str, dict[int | None, float]]:
    """Measure -> session -> total, of those measures that were asked for so far."""
    return {}


def start_score(manual: Manual, course: Course, measure: str) -> float | None:
    """The score of session 1; before it, or where it is missing, that of the baseline.

    Where acute treatment began again, that of its own first session, else the last one before it.
    """
    again = begun_again(manual, course)
    if again:
        own = score_at(manual, course, measure, again + 1)
        before = [p.total for p in points(manual, course, measure) if p.session <= again]
        return own if own is not None else next(reversed(before), None)
    first = score_at(manual, course, measure, 1)
    return first if first is not None else score_at(manual, course, measure, 0)


def latest_total(manual: Manual, course: Course, measure: str) -> tuple[date, float] | None:
    """The last finished total of a measure and its day."""
    for answers in reversed(answers_of(course, measure)):
        if answers.finished and (found := total_of(manual, answers)) is not None:
            return answers.on, found
    return None


def first_and_last(manual: Manual, course: Course, measure: str) -> tuple[Point, Point] | None:
    """Where a measure stood at the start (the start score, else the first total ever) and where it stands now.

    None while there are not two days with a total.
    """
    totals = [
        (answers, found)
        for answers in answers_of(course, measure)
        if answers.finished and (found := total_of(manual, answers)) is not None
    ]
    since = since_begun_again(manual, course)
    totals = [found for found in totals if found[0].on >= since]
    if not totals or totals[0][0].on == totals[-1][0].on:
        return None
    (first, total), (last, now) = totals[0], totals[-1]
    stated = start_score(manual, course, measure)
    start = Point(first.session or 0, first.on, total if stated is None else stated)
    return start, Point(last.session or 0, last.on, now)


def item_answers(course: Course, measure: str, item: int) -> Iterator[tuple[Answers, int | None]]:
    """Every answer ever chosen for one item (counted from 1), finished sitting or not; None: not known.

    A total from an outside form says nothing of an item.
    """
    for answers in answers_of(course, measure):
        if answers.items:
            yield answers, answers.items[item - 1] if len(answers.items) >= item else None
        elif answers.total is not None:
            yield answers, None


def fall(start: float, now: float) -> float:
    """The share by which a score has fallen from the start: 0.25 is a quarter. A start of 0 cannot fall."""
    return (start - now) / start if start else 0.0
