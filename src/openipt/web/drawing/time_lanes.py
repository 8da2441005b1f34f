"""A life on one line of time: lanes of symptoms, events, treatment and medication, from sixty years to a week.

Plain values in, coordinates out; `components/time_lanes.html` draws them twice: lying, with a lane under the
other, and standing for a narrow screen, with time running down. Labels never lie on each other: what has no room
of its own joins its neighbour as "7 events", which leads closer. A date that is not sure is a soft field as wide
as what it can mean.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from openipt.web.drawing.placing import Box, Text
from openipt.web.drawing.time_axis import Shape
from openipt.web.drawing.time_calendar import LEAST_DAYS, MOST_DAYS, axis_days, closer, days_shown
from openipt.web.drawing.time_marks import (
    BESIDE,
    BOLD,
    DOT,
    LANES,
    LYING,
    Graph,
    Group,
    Lane,
    Mark,
    Scale,
    Scores,
    Tick,
    TimeDrawing,
    TimeItem,
    TimeLink,
    arcs_of,
    graph_of,
    group_of,
    in_order,
    is_close,
    mark_of,
    scores_as_one,
    several,
    shortened,
    width_of,
    words_in,
)
from openipt.web.drawing.time_standing import AWAY, standing_drawing

__all__ = [
    "AWAY",
    "LANES",
    "LEAST_DAYS",
    "MOST_DAYS",
    "MOST_ROWS",
    "Mark",
    "Scores",
    "TimeDrawing",
    "TimeItem",
    "TimeLink",
    "axis_days",
    "boxes",
    "closer",
    "days_shown",
    "shortened",
    "time_drawings",
    "width_of",
]

MOST_ROWS = {"symptom": 4, "event": 8, "treatment": 3, "medication": 3}
ROW, HEAD, GAP = 24.0, 30.0, 10.0
LONGEST_LABEL = 26  # letters
WIDEST_COUNT = 15  # letters of "400 medications"
GRAPH = 58.0  # the height of the graph of scores


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
    seen = sorted((one for one in items if one.first <= end and one.last >= start), key=in_order)
    links = tuple(links)
    of_scores = _in_days(scores, start, end)
    return (
        _lying(seen, links, of_scores, start, end, today),
        standing_drawing(seen, links, of_scores, start, end, today),
    )


def _in_days(scores: Scores | None, start: date, end: date) -> Scores | None:
    if scores is None:
        return None
    seen = tuple((on, value) for on, value in scores.days if start <= on <= end)
    return Scores(scores.title, scores.lowest, scores.highest, seen) if seen else None


def _lying(
    items: Sequence[TimeItem],
    links: Sequence[TimeLink],
    scores: Scores | None,
    start: date,
    end: date,
    today: date,
) -> TimeDrawing:
    scale = Scale(start, end, LYING.left, LYING.room)
    lanes, looks, y = [], 0, 8.0
    graph: Graph | None = None
    for kind, (title, _) in LANES.items():
        of_lane = [one for one in items if one.lane == kind]
        top = y + HEAD
        if kind == "symptom" and scores:
            if is_close(scores, scale):
                of_lane = sorted([*of_lane, scores_as_one(scores)], key=in_order)
            else:
                graph = _graph(scores, scale, top + 10)
                top += GRAPH + 24
        groups, looked = pack(of_lane, scale, MOST_ROWS[kind], LYING.letter)
        looks += looked
        placed = (mark_of(group, scale, top + ROW * group.row + ROW / 2) for group in groups)
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
        arcs=tuple(arcs_of(links, lanes, _bow)),
        today=round(scale.at(today), 1) if start <= today <= end else None,
        looks=looks,
    )


def pack(items: Sequence[TimeItem], scale: Scale, rows: int, letter: float) -> tuple[list[Group], int]:
    """Every thing in the first row with room for it and its words; else with the one before it.

    One pass from left to right: each thing looks at every row once at most.
    """
    ends = [-1e9] * rows
    found: list[Group] = []
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
                group = group_of(item, row, mark, field)
                group.left = left
                group.words_at = mark + BESIDE
                group.text, group.people = words_in(item, LONGEST_LABEL * letter, letter)
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


def _wide(group: Group, letter: float) -> float:
    return width_of(group.text, letter) + (width_of(f" · {group.people}", letter) if group.people else 0.0)


def _lengthen(groups: Sequence[Group], letter: float) -> None:
    """Words that were cut short take the room that stayed free up to the next in their row; several are counted."""
    ends: dict[int, float] = {}
    for group in reversed(groups):
        item = group.items[0]
        if len(group.items) == 1 and (group.text != item.text or group.people != item.people):
            room = ends.get(group.row, LYING.width) - GAP - group.words_at
            group.text, group.people = words_in(item, max(room, width_of(group.text, letter)), letter)
        elif len(group.items) > 1:
            group.text, group.people = several(item.lane, len(group.items)), ""
        ends[group.row] = group.left


def _graph(scores: Scores, scale: Scale, top: float) -> Graph:
    def y(value: float) -> float:
        share = (value - scores.lowest) / max(1e-9, scores.highest - scores.lowest)
        return round(top + GRAPH - min(1.0, max(0.0, share)) * GRAPH, 1)

    places = [(round(scale.at(on), 1), y(value)) for on, value in scores.days]
    x, last = places[-1]
    title = Text(round(x + BESIDE, 1), round(last + 4.5, 1), scores.title)
    return graph_of(scores, places, title, [(x, y - 9) for x, y in places])


def _bow(x: float, y: float, to_x: float, to_y: float) -> str:
    half = round((y - to_y) / 2, 1)
    lean = 0 if abs(x - to_x) > 20 else -26
    return f"M{x} {y} C{x + lean} {round(y - half, 1)} {to_x + lean} {round(to_y + half, 1)} {to_x} {to_y}"


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
