"""The rhythm score of a week from a diary of daily times (ipt.md 10.4; method [S39M], activities [S39]).

Times are minutes of the day. A time after midnight counts as late evening: means are taken on the circle
of the day.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import atan2, cos, pi, sin, sqrt

ACTIVITIES = ("out_of_bed", "first_contact", "start_of_work", "dinner", "to_bed")
DAY = 1440  # minutes
DAYS_TO_COUNT = 3  # an activity is used when it was done on so many days [S39M]
ACTIVITIES_TO_COUNT = 3  # fewer than three usable activities: no score [S39M]
HIT_WITHIN = 45.0  # minutes from the habitual time [S39M]
OUTLIER_FROM = 1.5  # standard deviations from the mean (GKU)


def rhythm_score(days: Iterable[Mapping[str, int]]) -> float | None:
    """0 to 7, higher is more regular; None where fewer than three activities can be used.

    Each day maps the activities done to the minute of the day. The score is the number of hits by the
    number of activities used.
    """
    listed = list(days)
    times = [[day[activity] for day in listed if activity in day] for activity in ACTIVITIES]
    used = [found for found in times if len(found) >= DAYS_TO_COUNT]
    if len(used) < ACTIVITIES_TO_COUNT:
        return None
    return sum(_hits(found) for found in used) / len(used)


def _hits(times: list[int]) -> int:
    habitual = habitual_time(times)
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
