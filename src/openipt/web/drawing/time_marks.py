"""What the time line is drawn of: things, groups that share a mark, the scale, words. Both variants use it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from openipt.web.drawing.placing import Text
from openipt.web.drawing.time_axis import Shape, day_in_words

LANES = {
    "symptom": ("Symptoms", "symptom"),
    "event": ("Life events", "event"),
    "treatment": ("Treatment", "treatment"),
    "medication": ("Medication", "entry"),
}
LYING = Shape("wide", 1000, 0, 14, 206, 0, 0, 7.2)
STANDING = Shape("narrow", 360, 720, 96, 6, 34, 16, 7.2)
BOLD = 1.15  # how much wider bold letters are
DOT, BESIDE = 5.0, 9.0  # the radius of a mark, and how far its words stand from it
WIDE_LETTERS = 0x2E80  # from here on letters are about two wide
CLOSE = 46.0  # scores that span less than this are one mark


class TimeItem(NamedTuple):
    """One thing on the line, from the first to the last day it can mean. `goes_on`: no end is known.

    `address` leads to its words on the page; `record` is the id of what it was read from, where that is another page's.
    """

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
    record: str = ""


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


def in_order(item: TimeItem) -> tuple[date, date, str]:
    return item.first, item.last, item.id


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


@dataclass
class Group:
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


def group_of(item: TimeItem, row: int, mark: float, field: tuple[float, float] | None) -> Group:
    start, end = (min(mark, field[0]), max(mark, field[1])) if field else (mark, mark)
    return Group([item], [mark], row, start - DOT, end, start, end)


class Scale:
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


def words_in(item: TimeItem, room: float, letter: float) -> tuple[str, str]:
    """The words of a thing, and after them the people if there is room for some of their letters."""
    text = shortened(item.text, room, letter)
    rest = room - width_of(text, letter) - 3 * letter
    return text, shortened(item.people, rest, letter) if item.people and rest > 5 * letter else ""


def mark_of(group: Group, scale: Scale, y: float) -> Mark:
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


def is_close(scores: Scores, scale: Scale) -> bool:
    return scale.at(scores.days[-1][0]) - scale.at(scores.days[0][0]) < CLOSE


def scores_as_one(scores: Scores) -> TimeItem:
    """Scores of a short while in a long life: one mark that leads to them."""
    (first, begun), (last, now) = scores.days[0], scores.days[-1]
    many = len(scores.days) > 1
    text = f"{scores.title} {begun:g} to {now:g}" if many else f"{scores.title} {begun:g}"
    when = f"{day_in_words(first)} to {day_in_words(last)}" if many else day_in_words(first)
    return TimeItem("scores", "symptom", first, last, text, when)


def graph_of(
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


def arcs_of(links: Iterable[TimeLink], lanes: Iterable[Lane], bow: Callable[..., str]) -> Iterable[Arc]:
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
