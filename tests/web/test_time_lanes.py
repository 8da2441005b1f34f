"""The geometry of the time line: no label on another, order kept, one pass over the things, the same every time."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as some

from openipt.web.drawing.time_lanes import (
    AWAY,
    LANES,
    LEAST_DAYS,
    MOST_ROWS,
    Scores,
    TimeDrawing,
    TimeItem,
    TimeLink,
    axis_days,
    boxes,
    closer,
    days_shown,
    shortened,
    time_drawings,
    width_of,
)

TODAY = date(2026, 1, 5)
FIRST = date(1966, 1, 1)


def item(number: int, lane: str, first: date, days: int = 0, text: str = "something", **more) -> TimeItem:
    last = first + timedelta(days=days)
    return TimeItem(f"i{number}", lane, first, last, text, str(first), soft=days > 0, **more)


@some.composite
def lives(draw) -> list[TimeItem]:
    words = some.text(some.sampled_from("abc DEF mMwW אבג 家族 😀"), min_size=1, max_size=40)
    made = draw(
        some.lists(
            some.tuples(
                some.sampled_from(list(LANES)), some.integers(0, 21900), some.integers(0, 4000), words, words
            ),
            max_size=60,
        )
    )
    return [
        item(n, lane, FIRST + timedelta(days=at), days, text, people=people)
        for n, (lane, at, days, text, people) in enumerate(made)
    ]


def drawn(items, scores=None, links=(), start=FIRST, end=TODAY) -> tuple[TimeDrawing, TimeDrawing]:
    return time_drawings(items, links, scores, start, end, TODAY)


def overlaps(drawing: TimeDrawing) -> int:
    return sum(one.meets(other) for one, other in combinations(boxes(drawing), 2))


spans = some.tuples(some.integers(0, 21800), some.integers(1, 21900)).map(
    lambda pair: (FIRST + timedelta(days=pair[0]), FIRST + timedelta(days=sum(pair)))
)


@settings(max_examples=150)
@given(lives(), spans)
def test_no_two_labels_overlap_and_none_leaves_the_paper(items, span):
    for drawing in drawn(items, start=span[0], end=span[1]):
        assert overlaps(drawing) == 0
        for box in boxes(drawing):
            assert box.left >= 0 and box.right <= drawing.shape.width
            assert box.top >= 0 and box.bottom <= drawing.shape.height


@given(lives())
def test_everything_in_view_is_drawn_once_and_in_order(items):
    lying, standing = drawn(items)
    for lane in lying.lanes:
        ids = [id_ for mark in lane.marks for id_ in mark.ids]
        assert sorted(ids) == sorted(one.id for one in items if one.lane == lane.kind)
        starts = [mark.start for mark in lane.marks]
        assert starts == sorted(starts)
    marks = [mark for lane in standing.lanes for mark in lane.marks]
    assert sorted(id_ for mark in marks for id_ in mark.ids) == sorted(one.id for one in items)
    marks.sort(key=lambda mark: mark.label.y)
    assert [mark.y for mark in marks] == sorted(mark.y for mark in marks)
    assert all(abs(mark.label.y - 4.5 - mark.y) <= AWAY + 0.1 for mark in marks)
    assert drawn(items) == drawn(items)


@given(lives())
def test_a_mark_lies_between_the_days_it_can_mean(items):
    lying, _ = drawn(items)
    for lane in lying.lanes:
        for mark in lane.marks:
            assert lying.shape.left <= mark.x <= lying.shape.end
            if mark.field:
                assert mark.field[0] - 0.1 <= mark.x <= mark.field[1] + 0.1
                assert mark.field[1] <= lying.shape.end


def full_life(count: int = 400) -> list[TimeItem]:
    """Sixty years, with more in the last two, as lives are told."""
    lanes = list(LANES)
    days = [(n * 7919) % 21900 if n % 2 else 21200 + (n * 31) % 700 for n in range(count)]
    return [
        item(n, lanes[n % 4], FIRST + timedelta(days=on), (n % 5) * 90, f"something of day {on}")
        for n, on in enumerate(days)
    ]


def test_four_hundred_things_over_sixty_years_are_laid_out_in_one_pass():
    """Each thing looks at each row of its lane once at most; standing, at two places."""
    lying, standing = drawn(full_life())
    assert lying.looks <= 400 * max(MOST_ROWS.values())
    assert standing.looks <= 2 * 400
    assert overlaps(lying) == overlaps(standing) == 0
    marks = sum(len(lane.marks) for lane in lying.lanes)
    assert 20 <= marks <= 140
    assert sum(mark.count for lane in lying.lanes for mark in lane.marks) == 400


def test_what_is_crowded_is_counted_and_opens_closer():
    lying, _ = drawn([item(n, "event", date(2025, 3, 1) + timedelta(days=n)) for n in range(30)])
    (mark,) = [mark for lane in lying.lanes for mark in lane.marks if mark.count > 1]
    assert mark.label.words == f"{mark.count} events"
    assert mark.address == ""
    start, end = closer(mark.start, mark.end)
    near, _ = drawn(
        [item(n, "event", date(2025, 3, 1) + timedelta(days=n)) for n in range(30)], start=start, end=end
    )
    assert sum(len(lane.marks) for lane in near.lanes) > sum(len(lane.marks) for lane in lying.lanes)


def test_a_soft_date_is_as_wide_as_what_it_can_mean():
    year = item(1, "event", date(1998, 1, 1), 364)
    day = item(2, "event", date(2010, 5, 5))
    lying, _ = drawn([year, day])
    marks = {mark.ids[0]: mark for lane in lying.lanes for mark in lane.marks}
    field = marks["i1"].field
    assert field and abs((field[1] - field[0]) - lying.shape.room * 364 / (TODAY - FIRST).days) < 0.3
    assert marks["i2"].field is None


SCORES = Scores("PHQ-9", 0, 27, tuple((TODAY - timedelta(days=7 * n), 10.0 + n) for n in reversed(range(12))))


def test_scores_are_a_line_from_near_and_one_mark_from_afar():
    near, beside = drawn([], SCORES, start=date(2025, 9, 1))
    assert beside.graph and len(beside.graph.dots) == 12
    assert beside.graph.dots[0][1] < beside.graph.dots[-1][1]
    assert near.graph and len(near.graph.dots) == 12
    assert [value.words for value in near.graph.values] == ["21", "10"]
    far, standing = drawn([], SCORES)
    assert far.graph is None
    assert [mark.label.words for mark in far.lanes[0].marks] == ["PHQ-9 21 to 10"]
    assert [mark.ids for mark in standing.lanes[0].marks] == [("scores",)]


def test_a_link_is_a_bow_between_the_marks_of_its_two_ends():
    items = [item(1, "event", date(2000, 1, 1)), item(2, "symptom", date(2000, 6, 1))]
    links = [
        TimeLink("i1", "i2", 3, "a strong link"),
        TimeLink("i1", "gone", 2, ""),
        TimeLink("i1", "i2", 0, ""),
    ]
    for drawing in drawn(items, links=links):
        (arc,) = drawing.arcs
        assert (arc.strength, arc.ids) == (3, ("i1", "i2"))
        assert arc.path.startswith("M")


@given(spans, some.floats(200, 1200), some.floats(40, 120))
def test_words_of_the_axis_have_room(span, room, between):
    start, end = days_shown(*span)
    days = axis_days(start, end, room, between)
    each = room / (end - start).days
    assert all(start <= on <= end for on, _ in days)
    for (one, _), (other, _) in zip(days, days[1:], strict=False):
        assert (other - one).days * each >= between * 0.9


def test_days_shown_are_a_week_at_least():
    assert days_shown(TODAY, TODAY) == (TODAY, TODAY + timedelta(days=LEAST_DAYS))
    assert days_shown(TODAY, FIRST) == (FIRST, TODAY)


@given(some.text(max_size=80), some.floats(20, 200))
def test_shortened_words_fit(words, room):
    assert width_of(shortened(words, room, 6.9), 6.9) <= max(room, 6.9)
