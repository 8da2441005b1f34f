"""The symptom line: one bold line of scores over faint bands, with phases, sessions and events.

Plain values in, coordinates out; `components/symptom_line.html` draws them twice, wide and narrow, and
puts the table beside them. No colour here says good or bad: a band is a field with its name.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
LETTER = 6.8  # mean width of a letter at the drawing's text size


@dataclass(frozen=True)
class Score:
    """One score on its day. `note` says what a reader must know: prorated, from paper, one item declined."""

    on: date
    value: float
    session: int | None = None
    band: str = ""
    note: str = ""


@dataclass(frozen=True)
class Band:
    """A named range of scores, both ends included."""

    name: str
    lowest: float
    highest: float


@dataclass(frozen=True)
class PhaseTime:
    """When a phase ran."""

    title: str
    start: date
    end: date


@dataclass(frozen=True)
class Happening:
    """An event with its words. `attention` draws it in clay with a flag."""

    on: date
    words: str
    attention: bool = False


@dataclass(frozen=True)
class Expected:
    """The expected score on a day, with the lower and upper edge of the ribbon."""

    on: date
    low: float
    high: float


@dataclass(frozen=True)
class SymptomLine:
    """All that the drawing shows. `expected` and `bands` stay empty where the client looks alone."""

    measure: str
    lowest: float
    highest: float
    scores: tuple[Score, ...]
    bands: tuple[Band, ...] = ()
    phases: tuple[PhaseTime, ...] = ()
    sessions: tuple[date, ...] = ()
    happenings: tuple[Happening, ...] = ()
    expected: tuple[Expected, ...] = ()
    start: date | None = None
    end: date | None = None
    unit: str = "points"


@dataclass(frozen=True)
class Shape:
    """The paper a drawing stands on."""

    name: str
    width: float
    height: float
    left: float
    right: float
    top: float
    bottom: float


WIDE = Shape("wide", 860, 330, left=44, right=120, top=34, bottom=58)
NARROW = Shape("narrow", 326, 290, left=30, right=10, top=34, bottom=58)


@dataclass(frozen=True)
class Text:
    """Words at a place; `anchor` is start, middle or end."""

    x: float
    y: float
    words: str
    anchor: str = "start"


@dataclass(frozen=True)
class Field:
    """A faint rectangle with its name: a band, or a phase."""

    x: float
    y: float
    width: float
    height: float
    label: Text
    shade: int


@dataclass(frozen=True)
class Point:
    """One score of the line."""

    x: float
    y: float
    words: str
    value: str
    label: Text | None
    flagged: bool


@dataclass(frozen=True)
class Event:
    """One event: a mark with a number, whose words stand in the list under the drawing."""

    x: float
    number: int
    words: str
    attention: bool


@dataclass(frozen=True)
class Tick:
    """A mark on an axis."""

    at: float
    words: str


@dataclass(frozen=True)
class Drawing:
    """One variant of the symptom line, ready to be drawn."""

    shape: Shape
    bands: tuple[Field, ...]
    phases: tuple[Field, ...]
    ribbon: str
    path: str
    points: tuple[Point, ...]
    sessions: tuple[float, ...]
    events: tuple[Event, ...]
    days: tuple[Tick, ...]
    values: tuple[Tick, ...]
    floor: float
    ceiling: float


@dataclass(frozen=True)
class _Scale:
    shape: Shape
    start: date
    days: int
    lowest: float
    highest: float

    def x(self, on: date) -> float:
        room = self.shape.width - self.shape.left - self.shape.right
        share = min(1.0, max(0.0, (on - self.start).days / self.days))
        return round(self.shape.left + share * room, 1)

    def y(self, value: float) -> float:
        room = self.shape.height - self.shape.top - self.shape.bottom
        share = (min(self.highest, max(self.lowest, value)) - self.lowest) / (self.highest - self.lowest)
        return round(self.shape.height - self.shape.bottom - share * room, 1)


def drawings(line: SymptomLine) -> tuple[Drawing, Drawing]:
    """The wide and the narrow variant."""
    return draw(line, WIDE), draw(line, NARROW)


def draw(line: SymptomLine, shape: Shape) -> Drawing:
    """Lay one variant out."""
    scale = _scale(line, shape)
    scores = sorted(line.scores, key=lambda score: score.on)
    points = _points(scores, scale, line)
    return Drawing(
        shape=shape,
        bands=_bands(line.bands, scale),
        phases=_phases(line.phases, scale),
        ribbon=_ribbon(line.expected, scale),
        path=" ".join(f"{'M' if i == 0 else 'L'}{p.x} {p.y}" for i, p in enumerate(points)),
        points=points,
        sessions=tuple(scale.x(on) for on in line.sessions),
        events=_events(line.happenings, scale),
        days=_days(scale),
        values=_values(line, scale),
        floor=scale.y(line.lowest),
        ceiling=scale.y(line.highest),
    )


def _scale(line: SymptomLine, shape: Shape) -> _Scale:
    known = [
        *(score.on for score in line.scores),
        *(phase.start for phase in line.phases),
        *(phase.end for phase in line.phases),
        *(expected.on for expected in line.expected),
        *line.sessions,
    ]
    start = line.start or min(known, default=date(2000, 1, 1))
    end = max(line.end or max(known, default=start), start + timedelta(days=14))
    return _Scale(shape, start, (end - start).days, line.lowest, line.highest)


def _points(scores: Sequence[Score], scale: _Scale, line: SymptomLine) -> tuple[Point, ...]:
    points = []
    for at, score in enumerate(scores):
        x, y = scale.x(score.on), scale.y(score.value)
        value = f"{score.value:g}"
        named = at in (0, len(scores) - 1)
        above = y - 12 if y - scale.shape.top > 22 else y + 22
        anchor = "start" if at == 0 and len(scores) > 1 else "middle"
        label = Text(x, round(above, 1), value, anchor) if named else None
        points.append(Point(x, y, _point_words(score, line), value, label, bool(score.note)))
    return tuple(points)


def _point_words(score: Score, line: SymptomLine) -> str:
    session = f", session {score.session}" if score.session else ""
    band = f", {score.band}" if score.band else ""
    note = f", {score.note}" if score.note else ""
    day = _day(score.on)
    return f"{day}{session}: {line.measure} {score.value:g} of {line.highest:g} {line.unit}{band}{note}"


def _bands(bands: Sequence[Band], scale: _Scale) -> tuple[Field, ...]:
    """Bands as fields; each reaches up to where the next begins, so that no gap shows between them."""
    ordered = sorted(bands, key=lambda band: band.lowest)
    shape = scale.shape
    fields = []
    for shade, band in enumerate(ordered):
        top = ordered[shade + 1].lowest if shade + 1 < len(ordered) else band.highest
        y, foot = scale.y(top), scale.y(band.lowest)
        width = shape.width - shape.left - shape.right
        middle = round((y + foot) / 2 + 4, 1)
        beside = shape is not NARROW
        label = (
            Text(shape.width - shape.right + 8, middle, band.name)
            if beside
            else Text(shape.width - shape.right - 4, round(y + 13, 1), band.name, "end")
        )
        fields.append(Field(shape.left, y, round(width, 1), round(foot - y, 1), label, shade))
    return tuple(fields)


def _phases(phases: Sequence[PhaseTime], scale: _Scale) -> tuple[Field, ...]:
    fields = []
    for shade, phase in enumerate(phases):
        x, end = scale.x(phase.start), scale.x(phase.end)
        words = _shortened(phase.title, end - x - 8)
        label = Text(x + 4, 16, words)
        fields.append(Field(x, 22, round(max(0.0, end - x - 3), 1), 3, label, shade))
    return tuple(fields)


def _shortened(words: str, room: float) -> str:
    """The words where they fit, else their first word, else nothing: the list below names the phases too."""
    for offer in (words, words.split(" ")[0]):
        if len(offer) * LETTER <= room:
            return offer
    return ""


def _ribbon(expected: Sequence[Expected], scale: _Scale) -> str:
    if len(expected) < 2:
        return ""
    ordered = sorted(expected, key=lambda at: at.on)
    upper = [f"{scale.x(at.on)} {scale.y(at.high)}" for at in ordered]
    lower = [f"{scale.x(at.on)} {scale.y(at.low)}" for at in reversed(ordered)]
    return f"M{' L'.join(upper + lower)} Z"


def _events(happenings: Sequence[Happening], scale: _Scale) -> tuple[Event, ...]:
    """Numbered in order of time; marks that would lie on one another are moved a little apart."""
    events: list[Event] = []
    for number, event in enumerate(sorted(happenings, key=lambda event: event.on), start=1):
        x = scale.x(event.on)
        if events and x - events[-1].x < 20:
            x = round(events[-1].x + 20, 1)
        words = f"{_day(event.on)}: {event.words}"
        events.append(Event(x, number, words, event.attention))
    return tuple(events)


def _days(scale: _Scale) -> tuple[Tick, ...]:
    """Four to eight dates, evenly in weeks."""
    room = scale.shape.width - scale.shape.left - scale.shape.right
    most = max(2, int(room // 84))
    weeks = max(1, -(-scale.days // (7 * most)))
    ticks = []
    on = scale.start
    while (on - scale.start).days <= scale.days:
        ticks.append(Tick(scale.x(on), f"{on.day} {MONTHS[on.month - 1]}"))
        on += timedelta(weeks=weeks)
    return tuple(ticks)


def _values(line: SymptomLine, scale: _Scale) -> tuple[Tick, ...]:
    """The axis of scores: where bands begin if there are bands, else even whole steps."""
    at = sorted({band.lowest for band in line.bands} | {line.lowest, line.highest})
    if not line.bands:
        parts = next((parts for parts in (4, 3, 5, 2) if not (line.highest - line.lowest) % parts), 1)
        at = [line.lowest + (line.highest - line.lowest) / parts * part for part in range(parts + 1)]
    return tuple(Tick(scale.y(value), f"{value:g}") for value in at)


def _day(on: date) -> str:
    return f"{on.day} {MONTHS[on.month - 1]} {on.year}"
