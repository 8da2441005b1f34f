"""The geometry of the line: everything inside its frame, no words on other words, the same every time."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from itertools import combinations, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as some

from openipt.web.drawing.placing import Box, Text, box_of, placed_in_groups
from openipt.web.drawing.small_line import SmallLine, draw_small, small_drawings
from openipt.web.drawing.symptom_line import (
    DIGIT,
    KINDS,
    NARROW,
    WIDE,
    Band,
    Drawing,
    ExpectedCourse,
    Happening,
    Jump,
    PhaseTime,
    Score,
    SymptomLine,
    draw,
)

MONDAY = date(2026, 1, 5)
PHQ9 = (
    Band("minimal", 0, 4),
    Band("mild", 5, 9),
    Band("moderate", 10, 14),
    Band("moderately severe", 15, 19),
    Band("severe", 20, 27),
)
SHAPES = pytest.mark.parametrize("shape", [WIDE, NARROW], ids=["wide", "narrow"])
days = some.integers(0, 420).map(lambda n: MONDAY + timedelta(days=n))


@some.composite
def lines(draw_) -> SymptomLine:
    """A course of any length: scores, phases, happenings of every kind, a window or none."""
    at = sorted(draw_(some.lists(days, min_size=1, max_size=60, unique=True)))
    scores = tuple(Score(on, draw_(some.integers(0, 27)), n) for n, on in enumerate(at, start=1))
    happenings = tuple(
        Happening(on, "words", kind=kind)
        for on, kind in draw_(some.lists(some.tuples(days, some.sampled_from(sorted(KINDS))), max_size=50))
    )
    turns = sorted(draw_(some.lists(some.sampled_from(at), min_size=2, max_size=4, unique=len(at) > 1)))
    phases = tuple(PhaseTime(f"{n} phase", a, b) for n, (a, b) in enumerate(pairwise(turns)))
    end = at[-1] + timedelta(days=draw_(some.integers(0, 90)))
    expected = ExpectedCourse("expected", tuple((on, 10.0) for on in (*at, end)), 6.0)
    window = sorted(draw_(some.lists(some.sampled_from([*at, end]), max_size=2)))
    return SymptomLine(
        "PHQ-9", 0, 27, scores, draw_(some.sampled_from([PHQ9, ()])), phases, tuple(at), happenings, (expected,),
        start=window[0] if len(window) == 2 else None, end=window[1] if len(window) == 2 else end,
    )  # fmt: skip


def texts_of(drawing: Drawing) -> list[tuple[Text, float]]:
    """Every word on the paper, with the mean width of its letters."""
    letter = drawing.shape.letter
    found = [field.label for field in (*drawing.bands, *drawing.phases) if field.label.words]
    found += [*drawing.values, *drawing.days, *(lane.title for lane in drawing.lanes if lane.title)]
    return [(text, letter) for text in found] + [(p.label, DIGIT) for p in drawing.points if p.label]


def overlaps(drawing: Drawing) -> list[tuple[str, str]]:
    placed = [(text.words, box_of(text, letter)) for text, letter in texts_of(drawing)]
    return [(one, other) for (one, a), (other, b) in combinations(placed, 2) if a.meets(b)]


@SHAPES
@given(lines())
def test_no_words_lie_on_other_words(shape, line: SymptomLine) -> None:
    assert overlaps(draw(line, shape)) == []


@SHAPES
@given(lines())
def test_everything_lies_inside_the_frame(shape, line: SymptomLine) -> None:
    drawing = draw(line, shape)
    frame = Box(0, 0, drawing.shape.width, drawing.shape.height)
    for text, letter in texts_of(drawing):
        assert frame.holds(box_of(text, letter)), text
    for point in drawing.points:
        assert shape.left <= point.x <= shape.end
        assert drawing.ceiling <= point.y <= drawing.floor
    for lane in drawing.lanes:
        assert drawing.floor < lane.y - 9
        assert lane.y + 9 < drawing.days[0].y - 11, "the days stand under the rows"
        for mark in lane.marks:
            assert mark.x - mark.width / 2 >= 0
            assert mark.x + mark.width / 2 <= drawing.shape.width


@SHAPES
@given(lines())
def test_marks_of_a_row_never_lie_on_one_another_and_all_happenings_are_named(shape, line) -> None:
    drawing = draw(line, shape)
    start, end = line.days
    seen = [h for h in line.happenings if start <= h.on <= max(end, start + timedelta(days=14))]
    assert [event.number for event in drawing.events] == list(range(1, len(seen) + 1))
    for lane in drawing.lanes:
        for left, right in pairwise(lane.marks):
            assert right.x - left.x >= (left.width + right.width) / 2
    labels = [mark.label for lane in drawing.lanes for mark in lane.marks]
    numbers = [n for label in labels for n in _numbers(label)]
    assert numbers == list(range(1, len(seen) + 1)), "every number stands on the paper once, in order"


def _numbers(label: str) -> range:
    first, _, last = label.partition("–")
    return range(int(first), int(last or first) + 1)


@SHAPES
@given(lines())
def test_the_same_line_is_drawn_the_same(shape, line: SymptomLine) -> None:
    again = replace(
        line, scores=tuple(reversed(line.scores)), happenings=tuple(sorted(line.happenings, key=repr))
    )
    assert draw(line, shape) == draw(line, shape)
    assert [point.x for point in draw(again, shape).points] == [point.x for point in draw(line, shape).points]


@SHAPES
@pytest.mark.parametrize("count", [0, 1, 2, 60])
def test_no_score_one_score_and_sixty(shape, count: int) -> None:
    scores = tuple(Score(MONDAY + timedelta(weeks=n), (n * 7) % 28, n + 1) for n in range(count))
    drawing = draw(SymptomLine("PHQ-9", 0, 27, scores, PHQ9), shape)
    assert len(drawing.points) == count
    assert overlaps(drawing) == []
    assert 2.0 <= drawing.radius <= 4.5
    if count == 60:
        assert drawing.radius < 4.5 or shape is WIDE
        assert all(right.x - left.x >= drawing.radius * 2 for left, right in pairwise(drawing.points))


def test_a_window_shows_its_days_and_the_line_runs_through_it() -> None:
    scores = tuple(Score(MONDAY + timedelta(weeks=n), 20 - n, n + 1) for n in range(12))
    start, end = MONDAY + timedelta(weeks=4), MONDAY + timedelta(weeks=8)
    drawing = draw(SymptomLine("PHQ-9", 0, 27, scores, start=start, end=end), WIDE)
    assert [point.value for point in drawing.points] == ["16", "15", "14", "13", "12"]
    assert drawing.points[0].x == WIDE.left
    assert drawing.points[-1].x == WIDE.end
    assert drawing.path.count("L") == 11, "it comes in from before and goes on after"
    assert draw(SymptomLine("PHQ-9", 0, 27, scores, jumps=(Jump(start, end, True),)), WIDE).jumps[0].own


def test_the_ribbon_reaches_from_the_line_up_to_its_band() -> None:
    course = ExpectedCourse("expected", ((MONDAY, 18.0), (MONDAY + timedelta(weeks=4), 13.5)), 6.0)
    own = ExpectedCourse("own", ((MONDAY, 18.0), (MONDAY + timedelta(weeks=4), 12.0)), 0.0, own=True)
    drawing = draw(SymptomLine("PHQ-9", 0, 27, (Score(MONDAY, 18),), expected=(course, own)), WIDE)
    assert drawing.ribbon.endswith("Z")
    assert [(curve.name, curve.own) for curve in drawing.curves] == [("expected", False), ("own", True)]
    lowest = max(float(y) for _, y in (pair.split() for pair in drawing.curves[0].path[1:].split(" L")))
    assert f" {lowest}" in drawing.ribbon


def test_a_band_too_narrow_for_its_name_goes_without() -> None:
    bands = tuple(Band(f"band {n}", n, n) for n in range(28))
    drawing = draw(SymptomLine("x", 0, 27, (Score(MONDAY, 9),), bands), WIDE)
    assert overlaps(drawing) == []
    assert 5 < sum(bool(field.label.words) for field in drawing.bands) < 28


@given(some.lists(some.floats(0, 600), max_size=40).map(sorted), some.floats(60, 700))
def test_spreading_keeps_order_and_room(wanted: list[float], room: float) -> None:
    wanted = [min(want, room) for want in wanted]
    placed = placed_in_groups(wanted, 20, 38, 0, room, 30)
    groups, sizes, middles = ([getattr(one, name) for one in placed] for name in ("group", "size", "middle"))
    assert [n for group in groups for n in range(group.first, group.last + 1)] == list(range(len(wanted)))
    assert all(abs(one.middle - one.group.at) <= 30 for one in placed) or len(placed) == 1
    for at, middle in enumerate(middles):
        assert middle - sizes[at] / 2 >= -0.01
        assert middle + sizes[at] / 2 <= room + 0.01
    for (left, one), (right, other) in pairwise(zip(middles, sizes, strict=True)):
        assert right - left >= (one + other) / 2 - 0.01


# -- small lines ---------------------------------------------------------------------------------------


def test_small_lines_stand_in_line_with_the_large_one() -> None:
    scores = tuple(Score(MONDAY + timedelta(weeks=n), 20 - n) for n in range(8))
    line = SymptomLine("PHQ-9", 0, 27, scores)
    small = SmallLine("GAD-7", 0, 21, scores)
    for large, drawn in zip((WIDE, NARROW), small_drawings(small, *line.days), strict=True):
        assert [dot.x for dot in drawn.dots] == [point.x for point in draw(line, large).points]
        assert _across(drawn.grid) == _across(draw(line, large).grid)


def _across(uprights: str) -> list[str]:
    return re.findall(r"M([0-9.]+) ", uprights)


@given(some.lists(some.integers(0, 12), min_size=1, max_size=60), some.booleans())
def test_small_lines_stay_inside(values: list[int], bars: bool) -> None:
    readings = tuple(Score(MONDAY + timedelta(weeks=n), value) for n, value in enumerate(values))
    small = SmallLine("count", 0, None, readings, bars=bars)
    for like in (WIDE, NARROW):
        drawn = draw_small(small, MONDAY, readings[-1].on, like)
        assert len(drawn.bars if bars else drawn.dots) == len(values)
        for bar in drawn.bars:
            assert like.left <= bar.x <= bar.x + bar.width <= like.end + 0.11
            assert drawn.ceiling - 0.01 <= bar.y
            assert bar.height >= 1.5
        for left, right in pairwise(drawn.bars):
            assert right.x >= left.x + left.width - 0.11 or len(values) > 50
        for dot in drawn.dots:
            assert drawn.ceiling <= dot.y <= drawn.floor


def test_a_cut_off_is_drawn_where_it_lies() -> None:
    drawn = draw_small(SmallLine("x", 0, 10, (), cut=7), MONDAY, MONDAY + timedelta(weeks=4), WIDE)
    assert drawn.cut is not None
    assert drawn.ceiling < drawn.cut < drawn.floor
    assert drawn.path == ""
