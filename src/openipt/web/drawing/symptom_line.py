"""The symptom line: one bold line of scores over faint bands, with phases, sessions and events.

Plain values in, coordinates out; `components/symptom_line.html` draws them twice, wide and narrow, and
puts the table beside them. No colour here says good or bad: a band is a field with its name.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise

from openipt.web.drawing.placing import Box, Text, box_of, first_free, placed_in_groups
from openipt.web.drawing.time_axis import (
    MONTHS,
    Shape,
    TimeScale,
    day_in_words,
    day_texts,
    ticks,
    time_scale,
    upright,
)

__all__ = ["MONTHS", "NARROW", "WIDE", "Shape", "SymptomLine", "Text", "draw", "drawings"]

# Each kind of happening has a row of its own under the line, with a mark of its own shape.
KINDS = {
    "event": "Life events",
    "medication": "Medication",
    "jump": "Sudden change",
    "alert": "Alerts",
    "arrangement": "Arrangements",
}
LANE, MARK, SEVERAL = 24.0, 20.0, 38.0  # heights and widths of a row and its marks
AWAY = 34.0  # how far a mark may stand from its day
TICKS_AND_DAYS = 34.0  # the room under the line without any row
BESIDE_NOTHING = 20.0
DIGIT = 9.0  # the width of a digit of a score's label, which is larger than other text


@dataclass(frozen=True)
class Score:
    """One score on its day. `note` says what a reader must know: prorated, from paper, one item declined.

    `address` is where its words stand, if somewhere.
    """

    on: date
    value: float
    session: int | None = None
    band: str = ""
    note: str = ""
    address: str = ""


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
    """An event with its words. `attention` draws it in clay. `when`: its time in words where no day is sure."""

    on: date
    words: str
    attention: bool = False
    kind: str = "event"
    when: str = ""


@dataclass(frozen=True)
class ExpectedCourse:
    """An expected course: its value on the day of each session, and how far its band reaches above it.

    `own`: fitted to the service's own cases. A band of 0 is none.
    """

    name: str
    days: tuple[tuple[date, float], ...]
    band: float = 0.0
    own: bool = False
    band_words: str = "its band above it"


@dataclass(frozen=True)
class Jump:
    """A sudden change between two scores."""

    start: date
    end: date
    is_gain: bool


@dataclass(frozen=True)
class SymptomLine:
    """All that the drawing shows. `expected` and `bands` stay empty where the client looks alone.

    `start` and `end` are the days shown, where they are chosen; else from the first day known to the last.
    """

    measure: str
    lowest: float
    highest: float
    scores: tuple[Score, ...]
    bands: tuple[Band, ...] = ()
    phases: tuple[PhaseTime, ...] = ()
    sessions: tuple[date, ...] = ()
    happenings: tuple[Happening, ...] = ()
    expected: tuple[ExpectedCourse, ...] = ()
    jumps: tuple[Jump, ...] = ()
    start: date | None = None
    end: date | None = None
    today: date | None = None
    unit: str = "points"

    @property
    def days(self) -> tuple[date, date]:
        """The first and the last day shown."""
        known = [
            *(score.on for score in self.scores),
            *(day for phase in self.phases for day in (phase.start, phase.end)),
            *(day for course in self.expected for day, _ in course.days),
            *self.sessions,
        ]
        start = self.start or min(known, default=date(2000, 1, 1))
        return start, max(start, self.end or max(known, default=start))


WIDE = Shape("wide", 860, 306, left=44, right=124, top=34, bottom=TICKS_AND_DAYS)
NARROW = Shape("narrow", 326, 266, left=30, right=10, top=34, bottom=TICKS_AND_DAYS, letter=7.1)


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
    on: date
    address: str = ""


@dataclass(frozen=True)
class Curve:
    """A path with its name."""

    path: str
    name: str
    own: bool = False


@dataclass(frozen=True)
class Event:
    """What the list under the drawing says of a mark's number."""

    number: int
    words: str
    attention: bool
    kind: str


@dataclass(frozen=True)
class Mark:
    """A mark in the row of its kind, for one happening or for neighbours: "4", "4–6"."""

    x: float
    width: float
    label: str
    words: str
    attention: bool
    from_x: tuple[float, ...]


@dataclass(frozen=True)
class Lane:
    """One row of marks of one kind. The title has room beside it in the wide variant only."""

    kind: str
    y: float
    title: Text | None
    marks: tuple[Mark, ...]


@dataclass(frozen=True)
class Drawing:
    """One variant of the symptom line, ready to be drawn."""

    shape: Shape
    bands: tuple[Field, ...]
    phases: tuple[Field, ...]
    ribbon: str
    curves: tuple[Curve, ...]
    path: str
    jumps: tuple[Curve, ...]
    points: tuple[Point, ...]
    radius: float
    sessions: str
    lanes: tuple[Lane, ...]
    events: tuple[Event, ...]
    grid: str
    days: tuple[Text, ...]
    values: tuple[Text, ...]
    floor: float
    ceiling: float
    today: float | None


@dataclass(frozen=True)
class _Scale:
    shape: Shape
    time: TimeScale
    lowest: float
    highest: float

    def x(self, on: date) -> float:
        return self.time.x(on)

    def y(self, value: float) -> float:
        room = self.shape.height - self.shape.top - self.shape.bottom
        share = (min(self.highest, max(self.lowest, value)) - self.lowest) / (self.highest - self.lowest)
        return round(self.shape.height - self.shape.bottom - share * room, 1)

    def inside(self, on: date) -> float:
        """The day, or the edge it lies beyond."""
        return min(self.shape.end, max(self.shape.left, self.x(on)))


def drawings(line: SymptomLine) -> tuple[Drawing, Drawing]:
    """The wide and the narrow variant."""
    wide, narrow = papers(line)
    return draw(line, wide), draw(line, narrow)


def papers(line: SymptomLine) -> tuple[Shape, Shape]:
    """The two papers; the wide one keeps room beside the drawing only for names that stand there."""
    named = line.bands or line.happenings
    return (WIDE if named else replace(WIDE, right=BESIDE_NOTHING)), NARROW


def draw(line: SymptomLine, paper: Shape) -> Drawing:
    """Lay one variant out."""
    time = time_scale(paper, *line.days)
    seen = sorted((h for h in line.happenings if time.holds(h.on)), key=_place_of)
    shape = _with_lanes(paper, seen)
    scale = _Scale(shape, time, line.lowest, line.highest)
    scores = sorted(line.scores, key=lambda score: score.on)
    bands, phases = _bands(line.bands, scale), _phases(line.phases, scale)
    points = _points([score for score in scores if time.holds(score.on)], scale, line, bands)
    floor = scale.y(line.lowest)
    return Drawing(
        shape=shape,
        bands=bands,
        phases=phases,
        ribbon=next((ribbon for course in line.expected if (ribbon := _ribbon(course, scale))), ""),
        curves=tuple(_curve(course, scale) for course in line.expected if len(course.days) > 1),
        path=_path([(score.on, score.value) for score in scores], scale),
        jumps=tuple(_jump(jump, scores, scale) for jump in line.jumps if _is_seen(jump, time)),
        points=points,
        radius=_radius(points),
        sessions=upright((scale.x(on) for on in line.sessions if time.holds(on)), floor, floor + 6),
        lanes=_lanes(seen, scale),
        events=_events(seen),
        grid=upright((scale.x(on) for on in ticks(time)), scale.y(line.highest), floor),
        days=day_texts(time, shape.height - 6, shape),
        values=_values(line, scale),
        floor=floor,
        ceiling=scale.y(line.highest),
        today=scale.x(line.today) if line.today and time.holds(line.today) else None,
    )


def _path(days: Sequence[tuple[date, float]], scale: _Scale) -> str:
    return " ".join(f"{'M' if i == 0 else 'L'}{scale.x(on)} {scale.y(v)}" for i, (on, v) in enumerate(days))


# -- scores ------------------------------------------------------------------------------------------


def _points(
    scores: Sequence[Score], scale: _Scale, line: SymptomLine, bands: tuple[Field, ...]
) -> tuple[Point, ...]:
    shape = scale.shape
    taken = [box_of(band.label, shape.letter) for band in bands if band.label.words]
    frame = Box(0, shape.top - 8, shape.width, shape.height - shape.bottom)
    points = []
    for at, score in enumerate(scores):
        x, y = scale.x(score.on), scale.y(score.value)
        value = f"{score.value:g}"
        label = None
        if at in (0, len(scores) - 1):
            label = first_free(_places(x, y, value, first=at == 0), taken, frame, DIGIT)
            taken += [box_of(label, DIGIT)] if label else []
        words = _point_words(score, line)
        points.append(Point(x, y, words, value, label, bool(score.note), score.on, score.address))
    return tuple(points)


def _places(x: float, y: float, value: str, *, first: bool) -> list[Text]:
    """Where the number of a score may stand: over it, under it, beside it."""
    anchor = "start" if first else "middle"
    over, under = round(y - 12, 1), round(y + 22, 1)
    beside = [(x + 10, "start"), (x - 10, "end")]
    tried = [(x, over, anchor), (x, under, anchor), (x, over, "end"), (x, under, "end")]
    tried += [(x, over, "start"), (x, under, "start"), *((at, y + 4, way) for at, way in beside)]
    return [Text(round(at, 1), round(down, 1), value, way) for at, down, way in tried]


def _point_words(score: Score, line: SymptomLine) -> str:
    session = f", session {score.session}" if score.session else ""
    band = f", {score.band}" if score.band else ""
    note = f", {score.note}" if score.note else ""
    day = day_in_words(score.on)
    return f"{day}{session}: {line.measure} {score.value:g} of {line.highest:g} {line.unit}{band}{note}"


def _radius(points: Sequence[Point]) -> float:
    """Dots grow smaller where many scores stand close together."""
    gaps = [right.x - left.x for left, right in pairwise(points) if right.x > left.x]
    return round(max(2.0, min(4.5, 0.42 * min(gaps, default=20.0))), 1)


def _is_seen(jump: Jump, time: TimeScale) -> bool:
    return time.holds(jump.start) and time.holds(jump.end)


def _jump(jump: Jump, scores: Sequence[Score], scale: _Scale) -> Curve:
    """The piece of the line between the two scores."""
    values = {score.on: score.value for score in scores}
    piece = [(on, values[on]) for on in (jump.start, jump.end) if on in values]
    return Curve(_path(piece, scale), "Sudden gain" if jump.is_gain else "Sudden loss", jump.is_gain)


# -- what lies behind the line -----------------------------------------------------------------------


def _bands(bands: Sequence[Band], scale: _Scale) -> tuple[Field, ...]:
    """Bands as fields; each reaches up to where the next begins, so that no gap shows between them."""
    ordered = sorted(bands, key=lambda band: band.lowest)
    shape = scale.shape
    fields: list[Field] = []
    for shade, band in enumerate(ordered):
        top = ordered[shade + 1].lowest if shade + 1 < len(ordered) else band.highest
        y, foot = scale.y(top), scale.y(band.lowest)
        label = _band_label(band.name, y, foot, shape)
        last = next((field.label for field in reversed(fields) if field.label.words), None)
        if last and box_of(label, shape.letter).meets(box_of(last, shape.letter)):
            label = replace(label, words="")  # too narrow for its name: the table has it
        fields.append(Field(shape.left, y, round(shape.room, 1), round(foot - y, 1), label, shade))
    return tuple(fields)


def _band_label(name: str, y: float, foot: float, shape: Shape) -> Text:
    if shape.right > 40:
        return Text(shape.end + 8, round((y + foot) / 2 + 4, 1), name)
    return Text(shape.end - 4, round(y + 13, 1), name, "end")


def _phases(phases: Sequence[PhaseTime], scale: _Scale) -> tuple[Field, ...]:
    fields = []
    for shade, phase in enumerate(phases):
        if phase.end < scale.time.start or phase.start > scale.time.end:
            continue
        x, end = scale.inside(phase.start), scale.inside(phase.end)
        words = _shortened(phase.title, end - x - 10, scale.shape)
        fields.append(Field(x, 22, round(max(0.0, end - x - 3), 1), 3, Text(x, 16, words), shade))
    return tuple(fields)


def _shortened(words: str, room: float, shape: Shape) -> str:
    """The words where they fit, else their first word, else nothing."""
    for offer in (words, words.split(" ")[0]):
        if len(offer) * shape.letter <= room:
            return offer
    return ""


def _ribbon(course: ExpectedCourse, scale: _Scale) -> str:
    """From the line up to the end of its band."""
    if len(course.days) < 2 or not course.band:
        return ""
    ordered = sorted(course.days)
    upper = [f"{scale.x(on)} {scale.y(value + course.band)}" for on, value in ordered]
    lower = [f"{scale.x(on)} {scale.y(value)}" for on, value in reversed(ordered)]
    return f"M{' L'.join(upper + lower)} Z"


def _curve(course: ExpectedCourse, scale: _Scale) -> Curve:
    return Curve(_path(sorted(course.days), scale), course.name, course.own)


def _values(line: SymptomLine, scale: _Scale) -> tuple[Text, ...]:
    """The axis of scores: where bands begin if there are bands, else even whole steps; none on another."""
    at = sorted({band.lowest for band in line.bands} | {line.lowest, line.highest})
    if not line.bands:
        parts = next((parts for parts in (4, 3, 5, 2) if not (line.highest - line.lowest) % parts), 1)
        at = [line.lowest + (line.highest - line.lowest) / parts * part for part in range(parts + 1)]
    found: list[Text] = []
    for value in (at[0], at[-1], *at[1:-1]):
        text = Text(scale.shape.left - 8, round(scale.y(value) + 4, 1), f"{value:g}", "end")
        if all(abs(text.y - other.y) >= 13 for other in found):
            found.append(text)
    return tuple(sorted(found, key=lambda text: -text.y))


# -- what happened -----------------------------------------------------------------------------------


def _place_of(happening: Happening) -> tuple[int, date]:
    kinds = list(KINDS)
    return kinds.index(happening.kind), happening.on


def _with_lanes(paper: Shape, happenings: Sequence[Happening]) -> Shape:
    """The paper with a row for every kind there is."""
    more = LANE * len({happening.kind for happening in happenings})
    return replace(paper, height=paper.height + more, bottom=paper.bottom + more)


def _events(happenings: Sequence[Happening]) -> tuple[Event, ...]:
    """Numbered row by row, in each in order of time."""
    return tuple(
        Event(number, f"{h.when or day_in_words(h.on)}: {h.words}", h.attention, h.kind)
        for number, h in enumerate(happenings, start=1)
    )


def _lanes(happenings: Sequence[Happening], scale: _Scale) -> tuple[Lane, ...]:
    floor = scale.shape.height - scale.shape.bottom
    kinds = list(dict.fromkeys(h.kind for h in happenings))
    lanes, before = [], 0
    for row, kind in enumerate(kinds):
        of_kind = [h for h in happenings if h.kind == kind]
        y = floor + 10 + LANE * row + LANE / 2
        beside = scale.shape.right > 40
        title = Text(scale.shape.end + 8, round(y + 4, 1), KINDS[kind]) if beside else None
        lanes.append(Lane(kind, y, title, _marks(of_kind, before, scale)))
        before += len(of_kind)
    return tuple(lanes)


def _marks(happenings: Sequence[Happening], before: int, scale: _Scale) -> tuple[Mark, ...]:
    """One mark each, moved apart where they would lie on one another; together where that led too far away."""
    shape = scale.shape
    low, high = shape.left - MARK / 2, shape.end + MARK / 2
    wanted = [scale.x(h.on) for h in happenings]
    found = []
    for placed in placed_in_groups(wanted, MARK, SEVERAL, low, high, AWAY):
        group, size, x = placed.group, placed.size, placed.middle
        those = happenings[group.first : group.last + 1]
        first, last = before + group.first + 1, before + group.last + 1
        label = str(first) if group.is_one else f"{first}–{last}"
        words = "; ".join(f"{h.when or day_in_words(h.on)}: {h.words}" for h in those)
        from_x = tuple(wanted[group.first : group.last + 1])
        found.append(Mark(round(x, 1), size, label, words, any(h.attention for h in those), from_x))
    return tuple(found)
