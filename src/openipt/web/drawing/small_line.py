"""Small lines under the symptom line, aligned with it in time: other measures, and what may carry the change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from itertools import pairwise
from math import ceil

from openipt.web.drawing.placing import Text
from openipt.web.drawing.symptom_line import NARROW, WIDE, Score
from openipt.web.drawing.time_axis import Shape, TimeScale, ticks, time_scale, upright

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

    @cached_property
    def top(self) -> float:
        """The upper end of its scale: its own, else the highest reading, rounded up."""
        if self.highest is not None:
            return self.highest
        most = max((reading.value for reading in self.readings), default=1)
        return max(self.lowest + 1, float(ceil(most)))

    @cached_property
    def in_time(self) -> list[Score]:
        return sorted(self.readings, key=lambda reading: reading.on)


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
    grid: str
    floor: float
    ceiling: float
    cut: float | None

    @cached_property
    def dots_path(self) -> str:
        """Every dot as one shape: a page has hundreds of them."""
        r = self.radius
        half = f"a{r} {r} 0 1 0"
        return "".join(f"M{dot.x - r:.1f} {dot.y}{half} {2 * r} 0{half} {-2 * r} 0" for dot in self.dots)

    @cached_property
    def bars_path(self) -> str:
        return "".join(f"M{b.x} {b.y}h{b.width}v{b.height}h{-b.width}z" for b in self.bars)


def small_drawings(
    line: SmallLine, start: date, end: date, papers: tuple[Shape, Shape] = (WIDE, NARROW)
) -> tuple[SmallDrawing, ...]:
    """The wide and the narrow variant, over the days and on the papers of the symptom line."""
    return tuple(draw_small(line, start, end, paper) for paper in papers)


@dataclass(frozen=True)
class _Frame:
    """What all small lines under one symptom line share: its left and right edge, its days."""

    shape: Shape
    time: TimeScale
    grid: str


@lru_cache(maxsize=64)
def _frame(start: date, end: date, like: Shape) -> _Frame:
    shape = Shape(like.name, like.width, HEIGHT, like.left, like.right, 9, 9, like.letter)
    time = time_scale(shape, start, end)
    return _Frame(shape, time, upright((time.x(on) for on in ticks(time)), shape.top, HEIGHT - shape.bottom))


def draw_small(line: SmallLine, start: date, end: date, like: Shape) -> SmallDrawing:
    """Lay one variant out; its left and right edge are those of the symptom line it stands under."""
    frame = _frame(start, end, like)
    shape, time = frame.shape, frame.time
    every = [Dot(time.x(r.on), _y(r.value, line, shape), r.on) for r in line.in_time]
    dots = tuple(dot for dot in every if time.holds(dot.on))
    floor, ceiling = _y(line.lowest, line, shape), _y(line.top, line, shape)
    return SmallDrawing(
        shape=shape,
        path="" if line.bars else _path(every),
        dots=() if line.bars else dots,
        bars=_bars(dots, floor, shape) if line.bars else (),
        radius=_radius(dots),
        values=(
            Text(shape.left - 8, round(floor + 4, 1), f"{line.lowest:g}", "end"),
            Text(shape.left - 8, round(ceiling + 4, 1), f"{line.top:g}", "end"),
        ),
        grid=frame.grid,
        floor=floor,
        ceiling=ceiling,
        cut=_y(line.cut, line, shape) if line.cut is not None else None,
    )


def _y(value: float, line: SmallLine, shape: Shape) -> float:
    room = shape.height - shape.top - shape.bottom
    share = (min(line.top, max(line.lowest, value)) - line.lowest) / (line.top - line.lowest)
    return round(shape.height - shape.bottom - share * room, 1)


def _path(dots: Sequence[Dot]) -> str:
    return " ".join(f"{'L' if at else 'M'}{dot.x} {dot.y}" for at, dot in enumerate(dots))


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
