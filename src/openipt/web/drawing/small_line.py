"""Small lines under the symptom line, aligned with it in time: other measures, and what may carry the change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from math import ceil

from openipt.web.drawing.placing import Text
from openipt.web.drawing.symptom_line import NARROW, WIDE, Score
from openipt.web.drawing.time_axis import Shape, TimeScale, ticks, time_scale

HEIGHT = 62.0


@dataclass(frozen=True)
class SmallLine:
    """One row of readings. `bars` for counts that start anew each time. `cut` is a line to hold it against."""

    name: str
    lowest: float
    highest: float | None
    readings: tuple[Score, ...]
    bars: bool = False
    cut: float | None = None

    @property
    def top(self) -> float:
        """The upper end of its scale: its own, else the highest reading, rounded up."""
        if self.highest is not None:
            return self.highest
        most = max((reading.value for reading in self.readings), default=1)
        return max(self.lowest + 1, float(ceil(most)))


@dataclass(frozen=True)
class Dot:
    """One reading."""

    x: float
    y: float
    on: date


@dataclass(frozen=True)
class Bar:
    """One count."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class SmallDrawing:
    """One variant of a small line, ready to be drawn."""

    shape: Shape
    path: str
    dots: tuple[Dot, ...]
    bars: tuple[Bar, ...]
    radius: float
    values: tuple[Text, ...]
    grid: tuple[float, ...]
    floor: float
    ceiling: float
    cut: float | None


def small_drawings(
    line: SmallLine, start: date, end: date, papers: tuple[Shape, Shape] = (WIDE, NARROW)
) -> tuple[SmallDrawing, ...]:
    """The wide and the narrow variant, over the days and on the papers of the symptom line."""
    return tuple(draw_small(line, start, end, paper) for paper in papers)


def draw_small(line: SmallLine, start: date, end: date, like: Shape) -> SmallDrawing:
    """Lay one variant out; its left and right edge are those of the symptom line it stands under."""
    shape = Shape(like.name, like.width, HEIGHT, like.left, like.right, 9, 9, like.letter)
    time = time_scale(shape, start, end)
    seen = sorted((r for r in line.readings if time.holds(r.on)), key=lambda reading: reading.on)
    dots = tuple(Dot(time.x(r.on), _y(r.value, line, shape), r.on) for r in seen)
    floor, ceiling = _y(line.lowest, line, shape), _y(line.top, line, shape)
    return SmallDrawing(
        shape=shape,
        path="" if line.bars else _path(line, time, shape),
        dots=() if line.bars else dots,
        bars=_bars(dots, floor, shape) if line.bars else (),
        radius=_radius(dots),
        values=(
            Text(shape.left - 8, round(floor + 4, 1), f"{line.lowest:g}", "end"),
            Text(shape.left - 8, round(ceiling + 4, 1), f"{line.top:g}", "end"),
        ),
        grid=tuple(time.x(on) for on in ticks(time)),
        floor=floor,
        ceiling=ceiling,
        cut=_y(line.cut, line, shape) if line.cut is not None else None,
    )


def _y(value: float, line: SmallLine, shape: Shape) -> float:
    room = shape.height - shape.top - shape.bottom
    share = (min(line.top, max(line.lowest, value)) - line.lowest) / (line.top - line.lowest)
    return round(shape.height - shape.bottom - share * room, 1)


def _path(line: SmallLine, time: TimeScale, shape: Shape) -> str:
    ordered = sorted(line.readings, key=lambda reading: reading.on)
    places = [f"{time.x(r.on)} {_y(r.value, line, shape)}" for r in ordered]
    return " ".join(f"{'L' if at else 'M'}{place}" for at, place in enumerate(places))


def _nearest(dots: Sequence[Dot]) -> float:
    return min((right.x - left.x for left, right in pairwise(dots) if right.x > left.x), default=20.0)


def _radius(dots: Sequence[Dot]) -> float:
    return round(max(1.8, min(3.5, 0.42 * _nearest(dots))), 1)


def _bars(dots: Sequence[Dot], floor: float, shape: Shape) -> tuple[Bar, ...]:
    """A count of 0 is a thin mark, so that it is not taken for nothing known."""
    width = round(max(2.0, min(10.0, 0.6 * _nearest(dots))), 1)
    found = []
    for dot in dots:
        x = min(max(dot.x - width / 2, shape.left), shape.end - width)
        found.append(Bar(round(x, 1), min(dot.y, floor - 1.5), width, round(max(1.5, floor - dot.y), 1)))
    return tuple(found)
