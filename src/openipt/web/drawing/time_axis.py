"""Days across a drawing: the main line and the small ones under it share one scale, so weeks stand in line."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from openipt.web.drawing.placing import Text

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
SHORTEST = 14  # days: two scores of one week are not drawn at opposite ends
BETWEEN_TICKS = 104.0  # a day with its year, and the next one


@dataclass(frozen=True)
class Shape:
    """The paper a drawing stands on; `letter` is the mean width of a letter at its text size."""

    name: str
    width: float
    height: float
    left: float
    right: float
    top: float
    bottom: float
    letter: float = 6.6

    @cached_property
    def room(self) -> float:
        return self.width - self.left - self.right

    @cached_property
    def end(self) -> float:
        return self.width - self.right


@dataclass(frozen=True)
class TimeScale:
    """From the first day shown to the last."""

    start: date
    end: date
    left: float
    room: float

    @cached_property
    def days(self) -> int:
        return (self.end - self.start).days

    @cached_property
    def _first(self) -> int:
        return self.start.toordinal()

    def x(self, on: date) -> float:
        """Where a day stands; days outside lie outside."""
        return round(self.left + (on.toordinal() - self._first) / self.days * self.room, 1)

    def holds(self, on: date) -> bool:
        return self.start <= on <= self.end


def time_scale(shape: Shape, start: date, end: date) -> TimeScale:
    return TimeScale(start, max(end, start + timedelta(days=SHORTEST)), shape.left, shape.room)


def ticks(scale: TimeScale) -> tuple[date, ...]:
    """Two to eight days, evenly in weeks."""
    most = max(2, int(scale.room // BETWEEN_TICKS))
    weeks = max(1, -(-scale.days // (7 * most)))
    return tuple(scale.start + timedelta(weeks=weeks * n) for n in range(scale.days // (7 * weeks) + 1))


def upright(xs: Iterable[float], top: float, foot: float) -> str:
    """Lines from top to foot at each of these places, as one path."""
    return "".join(f"M{x} {top}V{foot}" for x in xs)


def day_texts(scale: TimeScale, y: float, shape: Shape) -> tuple[Text, ...]:
    """The days of the ticks in words; the year with the first and wherever it has changed."""
    found = []
    year = None
    for on in ticks(scale):
        words = f"{on.day} {MONTHS[on.month - 1]}" + (f" {on.year}" if on.year != year else "")
        year, x = on.year, scale.x(on)
        reach = len(words) * shape.letter / 2
        anchor = "start" if not found else "end" if x + reach > shape.width - 2 else "middle"
        found.append(Text(shape.left if not found else min(x, shape.width - 2), y, words, anchor))
    return tuple(found)


def day_in_words(on: date) -> str:
    return f"{on.day} {MONTHS[on.month - 1]} {on.year}"
