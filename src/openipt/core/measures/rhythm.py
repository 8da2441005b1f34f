"""The rhythm score of a week from a diary of daily times (ipt.md 10.4; method [S39M], activities [S39]).

Times are minutes of the day. A time after midnight counts as late evening: means are taken on the circle
of the day.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import atan2, cos, pi, sin, sqrt

ACTIVITIES = ("out_of_bed", "first_contact", "start_of_work", "dinner", "to_bed")
DAY = 1440  # minutes
DAYS_TO_COUNT = 3  # an activity is used when it was done on so many days [S39M]
ACTIVITIES_TO_COUNT = 3  # fewer than three usable activities: no score [S39M]
HIT_WITHIN = 45.0  # minutes from the habitual time [S39M]
OUTLIER_FROM = 1.5  # standard deviations from the mean (GKU)


@dataclass(frozen=True)
class RhythmWeek:
    """The score of a week, and what it rests on. `score` is None where there is too little to say.

    `days` are those with at least one time; a week of so many days scores that much at most.
    `habitual` holds the usual time of each activity that could be used.
    """

    score: float | None
    days: int
    habitual: Mapping[str, float]


def rhythm_week(days: Iterable[Mapping[str, int]]) -> RhythmWeek:
    """Each day maps the activities done to the minute of the day."""
    listed = [day for day in days if day]
    times = {activity: [day[activity] for day in listed if activity in day] for activity in ACTIVITIES}
    used = {activity: found for activity, found in times.items() if len(found) >= DAYS_TO_COUNT}
    habitual = {activity: habitual_time(found) for activity, found in used.items()}
    hits = sum(_hits(found, habitual[activity]) for activity, found in used.items())
    score = hits / len(used) if len(used) >= ACTIVITIES_TO_COUNT else None
    return RhythmWeek(score, len(listed), habitual)


def rhythm_score(days: Iterable[Mapping[str, int]]) -> float | None:
    """0 to 7, higher is more regular: hits by activities used; None where fewer than three can be used."""
    return rhythm_week(days).score


def _hits(times: list[int], habitual: float) -> int:
    return sum(1 for minute in times if abs(_apart(minute, habitual)) <= HIT_WITHIN)


def habitual_time(times: list[int]) -> float:
    """The mean of the times, after leaving out those far from it."""
    mean = _mean(times)
    distances = [_apart(minute, mean) for minute in times]
    spread = sqrt(sum(distance**2 for distance in distances) / len(distances))
    kept = [m for m, far in zip(times, distances, strict=True) if abs(far) <= OUTLIER_FROM * spread]
    return _mean(kept) if kept else mean


def _mean(times: list[int]) -> float:
    """The mean on the circle of the day."""
    angles = [2 * pi * minute / DAY for minute in times]
    angle = atan2(sum(map(sin, angles)), sum(map(cos, angles)))
    return round(angle * DAY / (2 * pi), 6) % DAY  # so that a time exactly on the edge stays on it


def _apart(minute: float, other: float) -> float:
    """How far one time lies after another, the shorter way round the day: -720 to 720 minutes."""
    return (minute - other + DAY / 2) % DAY - DAY / 2
