"""A life on one line of time: lanes of symptoms, events, treatment and medication, from sixty years to a week.

Plain values in, coordinates out; `components/time_lanes.html` draws them twice: lying, with a lane under the
other, and standing for a narrow screen, with time running down. Labels never lie on each other: what has no room
of its own joins its neighbour as "7 events", which leads closer. A date that is not sure is a soft field as wide
as what it can mean.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from openipt.web.drawing.placing import Box, Text
from openipt.web.drawing.time_axis import MONTHS, Shape, day_in_words

LANES = {
    "symptom": ("Symptoms", "symptom"),
    "event": ("Life events", "event"),
    "treatment": ("Treatment", "treatment"),
    "medication": ("Medication", "entry"),
}
MOST_ROWS = {"symptom": 4, "event": 8, "treatment": 3, "medication": 3}
LEAST_DAYS, MOST_DAYS = 7, 366 * 130
LYING = Shape("wide", 1000, 0, 14, 206, 0, 0, 7.2)
STANDING = Shape("narrow", 360, 720, 96, 6, 34, 16, 7.2)
BOLD = 1.15  # how much wider bold letters are
FONT = 13
ROW, HEAD, GAP = 24.0, 30.0, 10.0
DOT, BESIDE = 5.0, 9.0  # the radius of a mark, and how far its words stand from it
LONGEST_LABEL = 26  # letters
WIDEST_COUNT = 15  # letters of "400 medications"
WIDE_LETTERS = 0x2E80  # from here on letters are about two wide
GRAPH, GRAPH_BESIDE = 58.0, 40.0  # the height of the graph of scores; its width where it stands
CLOSE = 46.0  # scores that span less than this are one mark
STEP, LINE = 16.0, 19.0  # standing: between lanes, between lines of words
AWAY, AWAY_IN_A_CROWD = 90.0, 36.0  # standing: how far words may move; where all find no room, less far
ZOOM_ROOM = 0.08


class TimeItem(NamedTuple):
    """One thing on the line, from the first to the last day it can mean. `goes_on`: no end is known."""

    id: str
    lane: str
    first: date
    last: date
    text: str
    when: str
    people: str = ""
    soft: bool = False
    goes_on: bool = False
    address: str = ""


@dataclass(frozen=True)
class TimeLink:
    """An event tied to a symptom, by their ids; strength 1 to 3."""

    event: str
    symptom: str
    strength: int
    words: str


@dataclass(frozen=True)
class Scores:
    """The scores of the main measure."""

    title: str
    lowest: float
    highest: float
    days: tuple[tuple[date, float], ...]


@dataclass(frozen=True)
class Mark:
    """One thing, or several that share a mark. Its words stand at `label`; `field` is where it may lie.

    `earlier`: it began before the days shown. `dots` are the places of its things by lane, `start` and `end` its days, for whoever looks closer.
    """

    ids: tuple[str, ...]
    x: float
    y: float
    label: Text
    people: str
    field: tuple[float, float] | None
    soft: bool
    goes_on: bool
    earlier: bool
    dots: tuple[tuple[str, tuple[tuple[float, float], ...]], ...]
    words: str
    address: str
    start: date
    end: date

    @property
    def count(self) -> int:
        return len(self.ids)


@dataclass(frozen=True)
class Lane:
    """One lane: where it begins and how high it is (standing: where its rail runs)."""

    kind: str
    title: str
    y: float
    height: float
    marks: tuple[Mark, ...]


@dataclass(frozen=True)
class Graph:
    """The scores as a line with their dots; `values` are the first and the last in figures."""

    path: str
    dots: tuple[tuple[float, float], ...]
    title: Text
    values: tuple[Text, ...]
    words: str


@dataclass(frozen=True)
class Arc:
    """A link as a bow from event to symptom."""

    path: str
    strength: int
    words: str
    ids: tuple[str, str]


@dataclass(frozen=True)
class Tick:
    """A day of the axis in words."""

    at: float
    words: str


@dataclass(frozen=True)
class TimeDrawing:
    """One variant, ready to be drawn. `looks`: how often a place was looked at while laying it out."""

    shape: Shape
    standing: bool
    start: date
    end: date
    lanes: tuple[Lane, ...]
    ticks: tuple[Tick, ...]
    graph: Graph | None
    arcs: tuple[Arc, ...]
    today: float | None
    looks: int


def time_drawings(
    items: Sequence[TimeItem],
    links: Iterable[TimeLink],
    scores: Scores | None,
    start: date,
    end: date,
    today: date,
) -> tuple[TimeDrawing, TimeDrawing]:
    """The lying and the standing variant of these days."""
    start, end = days_shown(start, end)
    seen = sorted((one for one in items if one.first <= end and one.last >= start), key=_order)
    links = tuple(links)
    of_scores = _in_days(scores, start, end)
    return (
        _lying(seen, links, of_scores, start, end, today),
        _standing(seen, links, of_scores, start, end, today),
    )


def days_shown(start: date, end: date) -> tuple[date, date]:
    """At least a week, at most a long life."""
    if end < start:
        start, end = end, start
    if (end - start).days < LEAST_DAYS:
        end = start + timedelta(days=LEAST_DAYS)
    return start, min(end, start + timedelta(days=MOST_DAYS))


def _order(item: TimeItem) -> tuple[date, date, str]:
    return item.first, item.last, item.id


def _in_days(scores: Scores | None, start: date, end: date) -> Scores | None:
    if scores is None:
        return None
    seen = tuple((on, value) for on, value in scores.days if start <= on <= end)
    return Scores(scores.title, scores.lowest, scores.highest, seen) if seen else None


# -- words ---------------------------------------------------------------------------------------------


def width_of(words: str, letter: float) -> float:
    """How wide words are, letters of other scripts and signs counted double."""
    if words.isascii():
        return letter * len(words)
    return sum(letter * (2 if ord(sign) >= WIDE_LETTERS else 1) for sign in words)


def shortened(words: str, room: float, letter: float) -> str:
    """The words, or as many of them as fit with an ellipsis."""
    if width_of(words, letter) <= room:
        return words
    kept, used = "", letter
    for sign in words:
        used += width_of(sign, letter)
        if used > room:
            break
        kept += sign
    return f"{kept.rstrip(' ,;:-–')}…"


def several(lane: str, count: int) -> str:
    """ "7 events" ."""
    name = LANES[lane][1] if lane in LANES else "entry"
    plural = f"{name[:-1]}ies" if name.endswith("y") else f"{name}s"
    return f"{count} {plural}"


def _said(item: TimeItem) -> str:
    people = f", with {item.people}" if item.people else ""
    return f"{item.when}: {item.text}{people}"


def _words_of(items: Sequence[TimeItem]) -> str:
    if len(items) == 1:
        return _said(items[0])
    more = f"; and {len(items) - 6} more" if len(items) > 6 else ""
    lanes = {one.lane for one in items}
    return (
        f"{several(items[0].lane if len(lanes) == 1 else '', len(items))}: "
        + "; ".join(_said(one) for one in items[:6])
        + more
    )


# -- lying: lanes under each other ---------------------------------------------------------------------


@dataclass
class _Group:
    """Things that share a place, while it is being found: from where to where they and their marks reach."""

    items: list[TimeItem]
    marks: list[float]
    row: int
    left: float
    right: float
    start: float
    end: float
    text: str = ""
    people: str = ""
    words_at: float = 0.0

    def join(self, item: TimeItem, mark: float, field: tuple[float, float] | None) -> None:
        self.items.append(item)
        self.marks.append(mark)
        self.start = min(self.start, mark, field[0] if field else mark)
        self.end = max(self.end, mark, field[1] if field else mark)


def _group(item: TimeItem, row: int, mark: float, field: tuple[float, float] | None) -> _Group:
    start, end = (min(mark, field[0]), max(mark, field[1])) if field else (mark, mark)
    return _Group([item], [mark], row, start - DOT, end, start, end)


class _Scale:
    """Days as places along the line, held to its ends."""

    def __init__(self, start: date, end: date, left: float, room: float) -> None:
        self.start, self.end = start, end
        self._first, self._each = start.toordinal(), room / max(1, (end - start).days)
        self._left, self._end = left, left + room

    def at(self, on: date) -> float:
        place = self._left + (on.toordinal() - self._first) * self._each
        if place < self._left:
            return self._left
        return place if place < self._end else self._end

    def places(self, item: TimeItem) -> tuple[float, tuple[float, float] | None]:
        """The mark and the field: the mark on the day, in the middle of a soft date, or where a span begins."""
        first = self.at(item.first)
        if item.last == item.first:
            return first, None
        last = self.at(item.last)
        mark = (first + last) / 2 if item.soft and not item.goes_on else first
        return mark, ((first, last) if last - first >= 1 else None)


def pack(items: Sequence[TimeItem], scale: _Scale, rows: int, letter: float) -> tuple[list[_Group], int]:
    """Every thing in the first row with room for it and its words; else with the one before it.

    One pass from left to right: each thing looks at every row once at most.
    """
    ends = [-1e9] * rows
    found: list[_Group] = []
    looks = 0
    placed = []
    for item in items:
        mark, field = scale.places(item)
        placed.append((min(mark - DOT, field[0]) if field else mark - DOT, mark, field, item))
    placed.sort(key=_left_of)  # what is equally far left stays in its order of time
    for left, mark, field, item in placed:
        for row in range(rows):
            looks += 1
            if ends[row] + GAP <= left:
                group = _group(item, row, mark, field)
                group.left = left
                group.words_at = mark + BESIDE
                group.text, group.people = _words_in(item, LONGEST_LABEL * letter, letter)
                group.right = max(group.words_at + _wide(group, letter), group.end) + 2
                found.append(group)
                ends[row] = group.right
                break
        else:
            group = found[-1]
            group.join(item, mark, field)
            group.words_at = max(group.words_at, mark + BESIDE)
            group.right = max(group.end, group.words_at + WIDEST_COUNT * letter * BOLD) + 2
            ends[group.row] = group.right
    _lengthen(found, letter)
    return found, looks


def _left_of(placed: tuple[float, float, tuple[float, float] | None, TimeItem]) -> float:
    return placed[0]


def _wide(group: _Group, letter: float) -> float:
    return width_of(group.text, letter) + (width_of(f" · {group.people}", letter) if group.people else 0.0)


def _lengthen(groups: Sequence[_Group], letter: float) -> None:
    """Words that were cut short take the room that stayed free up to the next in their row; several are counted."""
    ends: dict[int, float] = {}
    for group in reversed(groups):
        item = group.items[0]
        if len(group.items) == 1 and (group.text != item.text or group.people != item.people):
            room = ends.get(group.row, LYING.width) - GAP - group.words_at
            group.text, group.people = _words_in(item, max(room, width_of(group.text, letter)), letter)
        elif len(group.items) > 1:
            group.text, group.people = several(item.lane, len(group.items)), ""
        ends[group.row] = group.left


def _words_in(item: TimeItem, room: float, letter: float) -> tuple[str, str]:
    """The words of a thing, and after them the people if there is room for some of their letters."""
    text = shortened(item.text, room, letter)
    rest = room - width_of(text, letter) - 3 * letter
    return text, shortened(item.people, rest, letter) if item.people and rest > 5 * letter else ""


def _lying(
    items: Sequence[TimeItem],
    links: Sequence[TimeLink],
    scores: Scores | None,
    start: date,
    end: date,
    today: date,
) -> TimeDrawing:
    scale = _Scale(start, end, LYING.left, LYING.room)
    lanes, looks, y = [], 0, 8.0
    graph: Graph | None = None
    for kind, (title, _) in LANES.items():
        of_lane = [one for one in items if one.lane == kind]
        top = y + HEAD
        if kind == "symptom" and scores:
            if _is_close(scores, scale):
                of_lane = sorted([*of_lane, _scores_as_one(scores)], key=_order)
            else:
                graph = _graph(scores, scale, top + 10)
                top += GRAPH + 24
        groups, looked = pack(of_lane, scale, MOST_ROWS[kind], LYING.letter)
        looks += looked
        placed = (_mark(group, scale, top + ROW * group.row + ROW / 2) for group in groups)
        marks = tuple(sorted(placed, key=lambda mark: (mark.start, mark.end)))
        height = top - y + ROW * max((group.row + 1 for group in groups), default=0) + (6 if groups else 0)
        lanes.append(Lane(kind, title, y, round(height, 1), marks))
        y += height + 6
    shape = Shape(LYING.name, LYING.width, round(y + 30, 1), LYING.left, LYING.right, 8, 30, LYING.letter)
    return TimeDrawing(
        shape=shape,
        standing=False,
        start=start,
        end=end,
        lanes=tuple(lanes),
        ticks=tuple(
            Tick(round(scale.at(on), 1), words) for on, words in axis_days(start, end, LYING.room, 84)
        ),
        graph=graph,
        arcs=tuple(_arcs(links, lanes, _bow)),
        today=round(scale.at(today), 1) if start <= today <= end else None,
        looks=looks,
    )


def _mark(group: _Group, scale: _Scale, y: float) -> Mark:
    first = group.items[0]
    marks = dict.fromkeys(round(mark, 1) for mark in group.marks)
    x = next(iter(marks))
    alone = len(group.items) == 1
    y = round(y, 1)
    return Mark(
        ids=tuple(one.id for one in group.items),
        x=x,
        y=y,
        label=Text(round(group.words_at, 1), round(y + 4.5, 1), group.text),
        people=group.people,
        field=(round(group.start, 1), round(group.end, 1)) if group.end - group.start >= 1 else None,
        soft=first.soft if alone else False,
        goes_on=first.goes_on and alone,
        earlier=alone and not first.soft and first.first < scale.start,
        dots=((first.lane, tuple((place, y) for place in marks)),),
        words=_words_of(group.items),
        address=first.address if alone else "",
        start=min(one.first for one in group.items),
        end=max(one.last for one in group.items),
    )


def _is_close(scores: Scores, scale: _Scale) -> bool:
    return scale.at(scores.days[-1][0]) - scale.at(scores.days[0][0]) < CLOSE


def _scores_as_one(scores: Scores) -> TimeItem:
    """Scores of a short while in a long life: one mark that leads to them."""
    (first, begun), (last, now) = scores.days[0], scores.days[-1]
    many = len(scores.days) > 1
    text = f"{scores.title} {begun:g} to {now:g}" if many else f"{scores.title} {begun:g}"
    when = f"{day_in_words(first)} to {day_in_words(last)}" if many else day_in_words(first)
    return TimeItem("scores", "symptom", first, last, text, when)


def _graph(scores: Scores, scale: _Scale, top: float) -> Graph:
    def y(value: float) -> float:
        share = (value - scores.lowest) / max(1e-9, scores.highest - scores.lowest)
        return round(top + GRAPH - min(1.0, max(0.0, share)) * GRAPH, 1)

    places = [(round(scale.at(on), 1), y(value)) for on, value in scores.days]
    x, last = places[-1]
    title = Text(round(x + BESIDE, 1), round(last + 4.5, 1), scores.title)
    return _graph_of(scores, places, title, [(x, y - 9) for x, y in places])


def _graph_beside(scores: Scores, scale: _Scale, shape: Shape) -> Graph:
    """Standing: the line runs down between the axis and the lanes."""

    def x(value: float) -> float:
        share = (value - scores.lowest) / max(1e-9, scores.highest - scores.lowest)
        return round(shape.left + 6 + min(1.0, max(0.0, share)) * GRAPH_BESIDE, 1)

    places = [(x(value), round(scale.at(on), 1)) for on, value in scores.days]
    title = Text(shape.left, shape.top - 16, scores.title)
    return _graph_of(
        scores, places, title, [*((x, y - 8) for x, y in places[:-1]), (places[-1][0], places[-1][1] + 17)]
    )


def _graph_of(
    scores: Scores, places: list[tuple[float, float]], title: Text, values_at: list[tuple[float, float]]
) -> Graph:
    path = " ".join(f"{'M' if n == 0 else 'L'}{x} {y}" for n, (x, y) in enumerate(places))
    first, last = scores.days[0], scores.days[-1]
    several_of_them = len(places) > 1
    values = tuple(
        Text(
            round(values_at[place][0], 1),
            round(values_at[place][1], 1),
            f"{scores.days[place][1]:g}",
            "middle",
        )
        for place in ((0, len(places) - 1) if several_of_them else (0,))
    )
    words = (
        f"{scores.title}, {scores.lowest:g} to {scores.highest:g}: {len(scores.days)} "
        f"{'scores' if several_of_them else 'score'}, {first[1]:g} on {day_in_words(first[0])}"
        + (f", {last[1]:g} on {day_in_words(last[0])}" if several_of_them else "")
    )
    return Graph(path, tuple(places), title, values, words)


# -- standing: time runs down, all words in one column -------------------------------------------------


def _standing(
    items: Sequence[TimeItem],
    links: Sequence[TimeLink],
    scores: Scores | None,
    start: date,
    end: date,
    today: date,
) -> TimeDrawing:
    shape = STANDING
    scale = _Scale(start, end, shape.top, shape.height - shape.top - shape.bottom)
    kinds = [
        kind for kind in LANES if any(one.lane == kind for one in items) or (kind == "symptom" and scores)
    ]
    graph = _graph_beside(scores, scale, shape) if scores and not _is_close(scores, scale) else None
    left = shape.left + (GRAPH_BESIDE + 12 if graph else 0)
    rails = {kind: left + STEP / 2 + STEP * n for n, kind in enumerate(kinds)}
    words_at = left + STEP * max(1, len(kinds)) + 12
    if scores and not graph:
        items = sorted([*items, _scores_as_one(scores)], key=_order)
    groups, looks = _column(items, scale, shape.width - shape.right - words_at, shape)
    marks = [(group, _standing_mark(group, y, rails, words_at, scale)) for group, y in groups]
    lanes = tuple(
        Lane(
            kind, LANES[kind][0], rails[kind], shape.height - shape.bottom,
            tuple(mark for group, mark in marks if group.items[0].lane == kind),
        )
        for kind in kinds
    )  # fmt: skip
    return TimeDrawing(
        shape=shape,
        standing=True,
        start=start,
        end=end,
        lanes=lanes,
        ticks=tuple(
            Tick(round(scale.at(on), 1), words.replace(f" {on.year}", f" ’{on.year % 100:02}"))
            for on, words in axis_days(start, end, shape.height, 58)
        ),
        graph=graph,
        arcs=tuple(_arcs(links, lanes, _bow_beside)),
        today=round(scale.at(today), 1) if start <= today <= end else None,
        looks=looks,
    )


def _column(
    items: Sequence[TimeItem], scale: _Scale, room: float, shape: Shape
) -> tuple[list[tuple[_Group, float]], int]:
    """Words under each other, each near its day; what would be led too far away joins the one before it."""
    found: list[_Group] = []
    places: list[float] = []
    looks = 0
    lowest = shape.height - shape.bottom
    away = AWAY if len(items) * LINE < lowest - shape.top else AWAY_IN_A_CROWD
    placed = [(*scale.places(one), one) for one in items]
    placed.sort(key=lambda each: each[0])  # what stands at one place stays in its order of time
    for want, field, item in placed:
        looks += 1
        y = max(shape.top, want - away, places[-1] + LINE if places else 0.0)
        if found and (y - want > away or y > lowest):
            found[-1].join(item, want, field)
            continue
        found.append(_group(item, 0, want, field))
        places.append(y)
    edge = lowest + LINE
    for at in reversed(
        range(len(found))
    ):  # each back down to where it is wanted, as far as the next one lets it
        looks += 1
        edge = places[at] = max(places[at], min(found[at].marks[0], edge - LINE))
        _name(found[at], room, shape.letter)
    return list(zip(found, places, strict=True)), looks


def _name(group: _Group, room: float, letter: float) -> None:
    """The words of one thing; of several, how many of what."""
    lanes = {one.lane for one in group.items}
    if len(group.items) > 1:
        group.text = several(lanes.pop() if len(lanes) == 1 else "", len(group.items))
    else:
        group.text, group.people = _words_in(group.items[0], room, letter)


def _standing_mark(
    group: _Group, y: float, rails: Mapping[str, float], words_at: float, scale: _Scale
) -> Mark:
    lying = _mark(group, scale, y)
    rail = rails[group.items[0].lane]
    dots: dict[str, dict[tuple[float, float], None]] = {}
    for one, place in zip(group.items, group.marks, strict=True):
        dots.setdefault(one.lane, {})[round(rails[one.lane], 1), round(place, 1)] = None
    return Mark(
        **{
            **vars(lying),
            "x": round(rail, 1),
            "y": lying.x,
            "label": Text(round(words_at, 1), round(y + 4.5, 1), group.text),
            "dots": tuple((kind, tuple(places)) for kind, places in dots.items()),
        }
    )


# -- links, axis, ways closer --------------------------------------------------------------------------


def _arcs(links: Iterable[TimeLink], lanes: Iterable[Lane], bow) -> Iterable[Arc]:
    """A bow for every link whose two ends are in view; several between the same two marks are one, the strongest."""
    where = {id_: (mark.x, mark.y) for lane in lanes for mark in lane.marks for id_ in mark.ids}
    seen: dict[tuple[float, ...], TimeLink] = {}
    for link in links:
        if link.strength > 0 and link.event in where and link.symptom in where:
            ends = (*where[link.event], *where[link.symptom])
            if ends not in seen or seen[ends].strength < link.strength:
                seen[ends] = link
    for (x, y, to_x, to_y), link in seen.items():
        yield Arc(bow(x, y, to_x, to_y), link.strength, link.words, (link.event, link.symptom))


def _bow(x: float, y: float, to_x: float, to_y: float) -> str:
    half = round((y - to_y) / 2, 1)
    lean = 0 if abs(x - to_x) > 20 else -26
    return f"M{x} {y} C{x + lean} {round(y - half, 1)} {to_x + lean} {round(to_y + half, 1)} {to_x} {to_y}"


def _bow_beside(x: float, y: float, to_x: float, to_y: float) -> str:
    """Standing: bows lie to the left of the rails."""
    out = round(min(x, to_x) - 10 - min(14.0, abs(y - to_y) / 12), 1)
    return f"M{x} {y} C{out} {y} {out} {to_y} {to_x} {to_y}"


_STEPS_OF_DAYS = (1, 2, 7, 14)
_STEPS_OF_MONTHS = (1, 2, 3, 6)
_STEPS_OF_YEARS = (1, 2, 5, 10, 20, 50)


def axis_days(start: date, end: date, room: float, between: float) -> tuple[tuple[date, str], ...]:
    """Days with words so far apart: days, months or years, whichever is the finest that fits."""
    each = room / max(1, (end - start).days)
    for step in _STEPS_OF_DAYS:
        if step * each >= between:
            days = range(0, (end - start).days + 1, step)
            found = [start + timedelta(days=n) for n in days]
            return tuple(
                (on, _day_words(on, n == 0 or on.year != found[n - 1].year)) for n, on in enumerate(found)
            )
    for step in _STEPS_OF_MONTHS:
        if step * 30.4 * each >= between:
            firsts = _firsts(start, end, step)
            return tuple(
                (on, f"{MONTHS[on.month - 1]} {on.year}" if n == 0 or on.month == 1 else MONTHS[on.month - 1])
                for n, on in enumerate(firsts)
            )
    step = next((step for step in _STEPS_OF_YEARS if step * 365 * each >= between), _STEPS_OF_YEARS[-1])
    first = -(-start.year // step) * step
    years = (date(year, 1, 1) for year in range(first, end.year + 1, step))
    return tuple((on, str(on.year)) for on in years if start <= on <= end)


def _firsts(start: date, end: date, step: int) -> list[date]:
    months = range(start.year * 12 + start.month - 1, end.year * 12 + end.month)
    days = (date(month // 12, month % 12 + 1, 1) for month in months if month % 12 % step == 0)
    return [on for on in days if start <= on <= end]


def _day_words(on: date, with_year: bool) -> str:
    return f"{on.day} {MONTHS[on.month - 1]}" + (f" {on.year}" if with_year else "")


def closer(start: date, end: date) -> tuple[date, date]:
    """The days of a mark with a little room around them."""
    room = timedelta(days=max(3, round((end - start).days * ZOOM_ROOM)))
    return start - room, end + room


def boxes(drawing: TimeDrawing) -> list[Box]:
    """What every label covers, for whoever wants to see that none lies on another."""
    letter = drawing.shape.letter
    found = []
    for mark in (mark for lane in drawing.lanes for mark in lane.marks):
        words = mark.label.words + (f" · {mark.people}" if mark.people else "")
        x, y = mark.label.x, mark.label.y
        wide = width_of(words, letter * (BOLD if mark.count > 1 else 1))
        found.append(Box(x, y - 10.5, x + wide, y + 3.5))
    return found
