"""Mood before and after events of one kind, or with one person: a comparison, and never a cause.

Each event that stands on one day and has mood on both sides gives one pair: the last mood told in the days before,
and the first told in the days after. Over the differences stands their mean with a t interval. What the comparison cannot know stands
in docs/explanation/mood-and-events.md. Everything marked DEFAULT is ours: no source gives it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from math import atan, cos, pi, sin, sqrt
from statistics import fmean, stdev

WINDOW = 7  # DEFAULT: days to each side in which a mood counts. Check-ins come weekly, so a week holds one.
FEWEST = 5  # DEFAULT: pairs below which nothing is said
SURENESS = 0.95
# Mood is a whole number, so a difference is known no better than two roundings, however alike the pairs are.
LEAST_SPREAD = sqrt(2 / 12)
LONGEST_QUIET = 14  # DEFAULT: days between two readings of a stretch without events


@dataclass(frozen=True)
class MoodReading:
    """Mood, 0 worst to 10 best, as told on a day."""

    on: date
    mood: float


@dataclass(frozen=True)
class EventOnLine:
    """An event of the time line. `on` only where the day is known; `groups` are its kind and its people."""

    on: date | None
    groups: tuple[str, ...]


@dataclass(frozen=True)
class Interval:
    """The mean difference of the pairs and how far it may be off; below zero mood was lower after."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True)
class Comparison:
    """One group: how many events there are, which of them could be used, and what they show.

    `no_day`, `no_mood` and `too_near` count events left out; `beside` those used between whose two moods another
    event stands, too. Without an `interval` there are too few pairs.
    """

    group: str
    events: int
    pairs: tuple[tuple[float, float], ...]
    no_day: int
    no_mood: int
    too_near: int
    beside: int
    interval: Interval | None

    @property
    def count(self) -> int:
        return len(self.pairs)


@dataclass(frozen=True)
class Quiet:
    """How mood moved from one reading to the next where no event of the line lies between."""

    count: int
    mean: float


def compare(
    events: Sequence[EventOnLine],
    readings: Iterable[MoodReading],
    *,
    window: int = WINDOW,
    fewest: int = FEWEST,
) -> tuple[Comparison, ...]:
    """Every group that an event names, in the order in which they are first named."""
    moods = by_day(readings)
    groups = dict.fromkeys(group for event in events for group in event.groups)
    days = sorted(event.on for event in events if event.on is not None)
    found = []
    for group in groups:
        of_group = [event for event in events if group in event.groups]
        found.append(_compared(group, of_group, moods, days, window, fewest))
    return tuple(found)


def by_day(readings: Iterable[MoodReading]) -> dict[date, float]:
    """One mood for each day: the mean where several were told."""
    told: dict[date, list[float]] = defaultdict(list)
    for reading in readings:
        told[reading.on].append(reading.mood)
    return {on: fmean(moods) for on, moods in sorted(told.items())}


def quiet_stretches(events: Iterable[EventOnLine], readings: Iterable[MoodReading]) -> Quiet | None:
    """The usual move of mood without an event, for holding the others against; None where there is none."""
    moods = by_day(readings)
    days = sorted({event.on for event in events if event.on is not None})
    moves = []
    told = list(moods)
    for before, after in zip(told, told[1:], strict=False):
        busy = any(before <= on <= after for on in days)
        if not busy and (after - before).days <= LONGEST_QUIET:
            moves.append(moods[after] - moods[before])
    return Quiet(len(moves), fmean(moves)) if moves else None


def _compared(
    group: str,
    events: Sequence[EventOnLine],
    moods: dict[date, float],
    days: Sequence[date],
    window: int,
    fewest: int,
) -> Comparison:
    """Events from the earliest on. A mood may come after one event and before the next, never twice on one side."""
    pairs: list[tuple[date, date]] = []
    no_mood = too_near = beside = 0
    dated = sorted(event.on for event in events if event.on is not None)
    for on in dated:
        before = _first_with_mood(moods, on, -1, window)
        after = _first_with_mood(moods, on, 1, window)
        if before is None or after is None:
            no_mood += 1
        elif pairs and (before <= pairs[-1][0] or after <= pairs[-1][1]):
            too_near += 1
        else:
            pairs.append((before, after))
            beside += sum(before <= day <= after for day in days) > 1
    told = tuple((moods[before], moods[after]) for before, after in pairs)
    differences = [after - before for before, after in told]
    return Comparison(
        group=group,
        events=len(events),
        pairs=told,
        no_day=len(events) - len(dated),
        no_mood=no_mood,
        too_near=too_near,
        beside=beside,
        interval=t_interval(differences) if len(pairs) >= max(2, fewest) else None,
    )


def _first_with_mood(moods: dict[date, float], on: date, way: int, window: int) -> date | None:
    """The nearest day with mood on one side of an event; its own day is on neither."""
    days = (on + way * timedelta(days=away) for away in range(1, window + 1))
    return next((day for day in days if day in moods), None)


# -- the interval --------------------------------------------------------------------------------------


def t_interval(differences: Sequence[float], sureness: float = SURENESS) -> Interval:
    """Mean and t interval of two differences or more; their spread is never taken for less than rounding."""
    count = len(differences)
    mean = fmean(differences)
    spread = max(stdev(differences), LEAST_SPREAD)
    reach = t_quantile(sureness, count - 1) * spread / sqrt(count)
    return Interval(mean, mean - reach, mean + reach)


@lru_cache(maxsize=256)
def t_quantile(sureness: float, freedom: int) -> float:
    """How many standard errors hold this share of Student's t, to both sides."""
    low, high = 0.0, 1000.0
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if t_share(middle, freedom) < sureness else (low, middle)
    return (low + high) / 2


def t_share(reach: float, freedom: int) -> float:
    """The share of Student's t within this reach of zero; the exact finite series for whole degrees of freedom."""
    angle = atan(reach / sqrt(freedom))
    squared = cos(angle) ** 2
    odd = freedom % 2 == 1
    term = cos(angle) if odd else 1.0
    total = term if freedom > 1 else 0.0
    for step in range(3 if odd else 2, freedom - 1, 2):
        term *= squared * (step - 1) / step
        total += term
    return 2 / pi * (angle + sin(angle) * total) if odd else sin(angle) * total


# -- in words ------------------------------------------------------------------------------------------


def sentence(found: Comparison, *, window: int = WINDOW, fewest: int = FEWEST) -> str:
    """What may be said, and no more: when, how much, how sure, of how many. No word of cause."""
    if found.interval is None:
        have = (
            "no event has"
            if not found.count
            else f"{_events(found.count)} {'has' if found.count == 1 else 'have'}"
        )
        return f"Too few to say: {have} mood in the {window} days on both sides; {fewest} are needed."
    mean, low, high = (round(value, 1) for value in _of(found.interval))
    if low > 0 or high < 0:
        way = "higher" if mean > 0 else "lower"
        least, most = sorted((abs(low), abs(high)))
        return (
            f"Mood was {abs(mean):.1f} {way} when first told after such an event than when last told before it, "
            f"on average over {_events(found.count)} (95 % interval {least:.1f} to {most:.1f} {way})."
        )
    return (
        f"No difference can be told from ordinary ups and downs: {_signed(mean)} on average over "
        f"{_events(found.count)} (95 % interval {_signed(low)} to {_signed(high)})."
    )


def _of(interval: Interval) -> tuple[float, float, float]:
    return interval.mean, interval.low, interval.high


def _events(count: int) -> str:
    return f"{count} event" if count == 1 else f"{count} events"


def _signed(value: float) -> str:
    if value == 0:
        return "0.0"
    return f"{abs(value):.1f} {'higher' if value > 0 else 'lower'}"
