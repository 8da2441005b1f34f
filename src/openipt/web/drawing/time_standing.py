"""The time line standing, for a narrow screen: time runs down, all words stand in one column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from openipt.web.drawing.placing import Text
from openipt.web.drawing.time_axis import Shape
from openipt.web.drawing.time_calendar import axis_days
from openipt.web.drawing.time_marks import (
    LANES,
    STANDING,
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
    words_in,
)

STEP, LINE = 16.0, 19.0  # between lanes, between lines of words
AWAY, AWAY_IN_A_CROWD = 90.0, 36.0  # how far words may move; where all find no room, less far
GRAPH_BESIDE = 40.0  # the width of the graph of scores


def standing_drawing(
    items: Sequence[TimeItem],
    links: Sequence[TimeLink],
    scores: Scores | None,
    start: date,
    end: date,
    today: date,
) -> TimeDrawing:
    shape = STANDING
    scale = Scale(start, end, shape.top, shape.height - shape.top - shape.bottom)
    kinds = [
        kind for kind in LANES if any(one.lane == kind for one in items) or (kind == "symptom" and scores)
    ]
    graph = _graph_beside(scores, scale, shape) if scores and not is_close(scores, scale) else None
    left = shape.left + (GRAPH_BESIDE + 12 if graph else 0)
    rails = {kind: left + STEP / 2 + STEP * n for n, kind in enumerate(kinds)}
    words_at = left + STEP * max(1, len(kinds)) + 12
    if scores and not graph:
        items = sorted([*items, scores_as_one(scores)], key=in_order)
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
        arcs=tuple(arcs_of(links, lanes, _bow_beside)),
        today=round(scale.at(today), 1) if start <= today <= end else None,
        looks=looks,
    )


def _column(
    items: Sequence[TimeItem], scale: Scale, room: float, shape: Shape
) -> tuple[list[tuple[Group, float]], int]:
    """Words under each other, each near its day; what would be led too far away joins the one before it."""
    found: list[Group] = []
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
        found.append(group_of(item, 0, want, field))
        places.append(y)
    edge = lowest + LINE
    for at in reversed(
        range(len(found))
    ):  # each back down to where it is wanted, as far as the next one lets it
        looks += 1
        edge = places[at] = max(places[at], min(found[at].marks[0], edge - LINE))
        _name(found[at], room, shape.letter)
    return list(zip(found, places, strict=True)), looks


def _name(group: Group, room: float, letter: float) -> None:
    """The words of one thing; of several, how many of what."""
    lanes = {one.lane for one in group.items}
    if len(group.items) > 1:
        group.text = several(lanes.pop() if len(lanes) == 1 else "", len(group.items))
    else:
        group.text, group.people = words_in(group.items[0], room, letter)


def _standing_mark(group: Group, y: float, rails: Mapping[str, float], words_at: float, scale: Scale) -> Mark:
    lying = mark_of(group, scale, y)
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


def _graph_beside(scores: Scores, scale: Scale, shape: Shape) -> Graph:
    """Standing: the line runs down between the axis and the lanes."""

    def x(value: float) -> float:
        share = (value - scores.lowest) / max(1e-9, scores.highest - scores.lowest)
        return round(shape.left + 6 + min(1.0, max(0.0, share)) * GRAPH_BESIDE, 1)

    places = [(x(value), round(scale.at(on), 1)) for on, value in scores.days]
    title = Text(shape.left, shape.top - 16, scores.title)
    return graph_of(
        scores, places, title, [*((x, y - 8) for x, y in places[:-1]), (places[-1][0], places[-1][1] + 17)]
    )


def _bow_beside(x: float, y: float, to_x: float, to_y: float) -> str:
    """Standing: bows lie to the left of the rails."""
    out = round(min(x, to_x) - 10 - min(14.0, abs(y - to_y) / 12), 1)
    return f"M{x} {y} C{out} {y} {out} {to_y} {to_x} {to_y}"
