"""Target times of the day (`rec_rhythm_target`), and where a time lies on the day (ipt.md 4.13, 10.4).

A day runs from early morning until its evening is over: who goes to bed at 00:40 does so late in the evening
before. Minutes here count on after midnight, so that 00:40 is minute 1480 of the day it ends.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from openipt.core.course.diary import minute_of
from openipt.core.measures.rhythm import ACTIVITIES, DAY

TARGET, TRIGGER = "rec_rhythm_target", "rec_rhythm_trigger"
MORNING = 4 * 60  # a day begins at four in the morning (DEFAULT): what is done before belongs to the evening
NOON = 12 * 60  # nobody goes to bed for the night after noon: a bedtime before it ends the evening (DEFAULT)
SMALL_SHIFT = 30  # minutes that a target is moved at most, in small shifts of 15 to 30 (GKU)


@dataclass(frozen=True)
class Band:
    """Between which minutes of the day an activity is to lie; `to` is never before `start`. `since` is its first day."""

    activity: str
    start: int
    to: int
    since: date

    @property
    def middle(self) -> float:
        return (self.start + self.to) / 2

    def holds(self, minute: int) -> bool:
        """Whether a time, as `placed`, lies within."""
        return self.start <= minute <= self.to


def placed(activity: str, minute: int) -> int:
    """The minute counted through the day it belongs to: after midnight it is late evening, not early morning."""
    ends = {"out_of_bed": 0, "to_bed": NOON}.get(activity, MORNING)
    return minute + DAY if minute < ends else minute


def week_of(started_on: date, on: date) -> int:
    """The week of the course a day lies in: its first seven days are week 1."""
    return (on - started_on).days // 7 + 1


def first_day(started_on: date, week: int) -> date:
    return started_on + timedelta(days=7 * (week - 1))


def bands(rows: Iterable[tuple[date, Mapping[str, object]]], started_on: date) -> tuple[Band, ...]:
    """Every target that can be read, in the order in which they begin. `rows`: the day each was written, its values."""
    found = [band for on, values in rows if (band := _band(on, values, started_on)) is not None]
    return tuple(sorted(found, key=lambda band: band.since))


def _band(on: date, values: Mapping[str, object], started_on: date) -> Band | None:
    activity = values.get("activity")
    start, to = minute_of(values.get("from")), minute_of(values.get("to"))
    if activity not in ACTIVITIES or start is None or to is None:
        return None
    week = values.get("week")
    since = first_day(started_on, week) if isinstance(week, int) and week > 0 else on
    start = placed(str(activity), start)
    to = placed(str(activity), to)
    return Band(str(activity), start, to if to >= start else to + DAY, since)


def standing(found: Iterable[Band], on: date) -> dict[str, Band]:
    """Activity -> the target that holds on this day; of one activity the last that has begun."""
    return {band.activity: band for band in found if band.since <= on}


def moved_far(found: Iterable[Band], band: Band) -> float:
    """By how many minutes a target lies from the one before it, where that is more than a small shift; else 0."""
    before = standing((other for other in found if other.since < band.since), band.since).get(band.activity)
    shift = abs(band.middle - before.middle) if before is not None else 0.0
    return shift if shift > SMALL_SHIFT else 0.0
