"""The rhythm of a week: for each activity a strip of seven days, its times as marks, its target as a soft band.

Earlier stands above later. A time after midnight stands with the evening it ends, so it lies below the others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil, floor

from openipt.core.course.rhythm_targets import Band
from openipt.core.measures.rhythm import ACTIVITIES, DAY
from openipt.web.drawing.placing import Text

WIDTH, LEFT, RIGHT = 360.0, 46.0, 6.0
TITLE, ROOM, GAP, FOOT = 26.0, 52.0, 12.0, 18.0
LEAST_SPAN = 120  # minutes that a strip shows at least: an hour more or less looks like one everywhere
MARGIN = 15
TICK = 30


@dataclass(frozen=True)
class Mark:
    """One time of one day. A ring: done alone; a disc: with others, or it was not said."""

    x: float
    y: float
    alone: bool
    words: str


@dataclass(frozen=True)
class Field:
    """The target of some days."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Strip:
    """One activity over the week."""

    title: Text
    top: float
    floor: float
    hours: tuple[Text, ...]
    fields: tuple[Field, ...]
    marks: tuple[Mark, ...]
    nothing: Text | None


@dataclass(frozen=True)
class RhythmDrawing:
    """The whole picture, ready to be drawn."""

    width: float
    height: float
    left: float
    end: float
    days: tuple[Text, ...]
    uprights: tuple[float, ...]
    strips: tuple[Strip, ...]


@dataclass(frozen=True)
class Time:
    """One time as the picture needs it: minutes counted through the day it belongs to, and its words."""

    minute: int
    alone: bool
    words: str


Times = Mapping[str, Time]


def clock(minute: float) -> str:
    """`23:40`, also for a minute counted on after midnight."""
    whole = round(minute) % DAY
    return f"{whole // 60:02}:{whole % 60:02}"


def rhythm_drawing(
    titles: Mapping[str, str],
    days: Sequence[date],
    names: Sequence[str],
    times: Mapping[date, Times],
    targets: Mapping[date, Mapping[str, Band]],
) -> RhythmDrawing:
    """`names` are the short names of the days; `targets` those that hold on each of them."""
    step = (WIDTH - LEFT - RIGHT) / len(days)
    centres = [round(LEFT + step * (place + 0.5), 1) for place in range(len(days))]
    strips = []
    for place, activity in enumerate(ACTIVITIES):
        top = place * (TITLE + ROOM + GAP) + TITLE
        told = [times.get(on, {}).get(activity) for on in days]
        bands = [targets.get(on, {}).get(activity) for on in days]
        strips.append(_strip(titles[activity], top, centres, step, told, bands))
    height = len(ACTIVITIES) * (TITLE + ROOM + GAP) + FOOT
    return RhythmDrawing(
        width=WIDTH,
        height=height,
        left=LEFT,
        end=WIDTH - RIGHT,
        days=tuple(Text(x, height - 6, name, "middle") for x, name in zip(centres, names, strict=True)),
        uprights=tuple(centres),
        strips=tuple(strips),
    )


def _strip(
    title: str,
    top: float,
    centres: Sequence[float],
    step: float,
    told: Sequence[Time | None],
    bands: Sequence[Band | None],
) -> Strip:
    minutes = [time.minute for time in told if time is not None]
    edges = [edge for band in bands if band is not None for edge in (band.start, band.to)]
    name = Text(0.0, top - 12, title, "start")
    if not minutes and not edges:
        nothing = Text(LEFT + 4, top + ROOM / 2 + 4, "not written down", "start")
        return Strip(name, top, top + ROOM, (), (), (), nothing)
    least, most = _span([*minutes, *edges])

    def y(minute: float) -> float:
        return round(top + ROOM * (minute - least) / (most - least), 1)

    return Strip(
        title=name,
        top=top,
        floor=top + ROOM,
        hours=tuple(Text(LEFT - 6, y(at) + 4, clock(at), "end") for at in (least, most)),
        fields=tuple(
            Field(round(x - step / 2, 1), y(band.start), round(step, 1), round(y(band.to) - y(band.start), 1))
            for x, band in zip(centres, bands, strict=True)
            if band is not None
        ),
        marks=tuple(
            Mark(x, y(time.minute), time.alone, time.words)
            for x, time in zip(centres, told, strict=True)
            if time is not None
        ),
        nothing=None,
    )


def _span(minutes: Sequence[int]) -> tuple[int, int]:
    """Least and most minute of a strip, on whole half hours, with some room around what lies in it."""
    least = floor((min(minutes) - MARGIN) / TICK) * TICK
    most = ceil((max(minutes) + MARGIN) / TICK) * TICK
    while most - least < LEAST_SPAN:
        least, most = least - TICK, most + TICK
    return least, most
