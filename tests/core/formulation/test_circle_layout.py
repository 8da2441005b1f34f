"""Where people of a circle are drawn: properties over made people, and what they promise to somebody looking."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from math import hypot

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openipt.core.formulation.circle_layout import (
    CLOSE,
    MARKS,
    NAMED,
    NARROW,
    NUMBERED,
    PAPERS,
    STEPS,
    WIDE,
    Layout,
    Paper,
    Standing,
    boxes_of,
    layout,
    meet,
    own_angle,
    reserved,
)
from openipt.core.formulation.label_width import width

NAMES = st.text(
    alphabet=st.characters(codec="utf-8", categories=("L", "N", "Zs", "P")), min_size=1, max_size=40
)
PLAIN = st.sampled_from(
    ["Rosa", "Grandmother Lúcia", "Bento", "Mr Oliveira next door", "Iris", "the choir", "W", "Мама"]
)


@st.composite
def people(draw, most: int = 24, names=PLAIN) -> list[Standing]:
    count = draw(st.integers(0, most))
    return [
        Standing(
            code=f"p_{at}",
            label=draw(names),
            ring=draw(st.integers(1, 3)),
            number=at + 1,
            size=draw(st.integers(0, 2)),
            angle=draw(st.none() | st.integers(0, 359)),
        )
        for at in range(count)
    ]


def assert_nothing_lies_on_anything(found: Layout) -> None:
    paper, lines = found.paper, [ring.radius for ring in found.rings]
    held = reserved(paper, lines)
    covered = [(disc, boxes_of(disc, found.step)) for disc in found.discs]
    for disc, boxes in covered:
        for box in boxes:
            assert not any(meet(box, other) for other in held), disc
            assert box[0] >= -0.1
            assert box[1] >= -0.1
            assert box[2] <= paper.width + 0.1
            assert box[3] <= paper.height + 0.1
    for (one, boxes), (other, others) in combinations(covered, 2):
        assert hypot(one.x - other.x, one.y - other.y) >= one.radius + other.radius, (one, other)
        if not found.is_numbered:
            assert not any(meet(a, b) for a in boxes for b in others), (one, other)


def assert_everybody_stands_in_their_ring(found: Layout) -> None:
    x, y = found.paper.middle
    lines = [found.paper.self_radius, *(ring.radius for ring in found.rings)]
    for disc in found.discs:
        out = hypot(disc.x - x, disc.y - y)
        assert lines[disc.ring - 1] <= out - disc.radius + 0.1, disc
        assert out + disc.radius <= lines[disc.ring] + 0.1, disc


@pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: paper.name)
@given(some=people())
def test_nothing_lies_on_anything_and_the_ring_is_the_truth(paper: Paper, some: list[Standing]) -> None:
    found = layout(some, paper)
    assert [disc.code for disc in found.discs] == [one.code for one in some]
    assert_nothing_lies_on_anything(found)
    assert_everybody_stands_in_their_ring(found)


@pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: paper.name)
@settings(max_examples=30)
@given(some=people(most=90, names=NAMES))
def test_any_names_and_ninety_people_still_find_their_places(paper: Paper, some: list[Standing]) -> None:
    found = layout(some, paper)
    assert_nothing_lies_on_anything(found)
    assert_everybody_stands_in_their_ring(found)


@pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: paper.name)
@given(some=people(), ring=st.integers(1, 3), label=PLAIN)
def test_one_more_at_the_end_moves_nobody_while_the_step_stays(
    paper: Paper, some: list[Standing], ring: int, label: str
) -> None:
    """Somebody new, not dragged yet, stands last; if the drawing keeps its step, all others stay to the dot.

    In the numbered step the rings share the room by how many they hold, so there it holds while no ring
    needs another circle of places.
    """
    before = layout(some, paper)
    new = Standing("p_new", label, ring, number=len(some) + 1)
    after = layout([*some, new], paper)
    assert STEPS.index(after.step.name) >= STEPS.index(before.step.name), "more people never get more room"
    same_lines = [ring.radius for ring in before.rings] == [ring.radius for ring in after.rings]
    if before.step == after.step and same_lines:
        assert after.discs[:-1] == before.discs


@given(some=people())
def test_the_same_people_give_the_same_places_also_under_other_names(some: list[Standing]) -> None:
    """What is kept of a layout between two drawings are numbers; the words are those of this time."""
    assert layout(some) == layout(list(some))
    renamed = [replace(one, label=one.label[::-1]) for one in some]
    for disc, one in zip(layout(renamed).discs, renamed, strict=True):
        assert disc.label == one.label


@given(angle=st.integers(0, 359), ring=st.integers(1, 3))
def test_somebody_alone_stands_where_they_were_dragged_to(angle: int, ring: int) -> None:
    for paper in PAPERS:
        (disc,) = layout([Standing("p_1", "Ana", ring, angle=angle)], paper).discs
        names = reserved(paper, paper.lines)
        x, y = paper.middle
        from math import atan2, degrees

        # The disc stands a little above its own ray, since its name belongs to it.
        found = degrees(atan2(disc.x - x, y - disc.y)) % 360
        away = min(abs(found - angle), 360 - abs(found - angle))
        near_the_foot = 120 < angle < 240 and len(names) > 1
        assert away < (75 if near_the_foot else 32), (paper.name, found)


def test_somebody_who_changes_the_ring_stays_on_their_side() -> None:
    inner = layout([Standing("p_1", "Ana", 1, angle=90)]).discs[0]
    outer = layout([Standing("p_1", "Ana", 3, angle=90)]).discs[0]
    assert inner.x < outer.x
    assert abs(inner.y - outer.y) < 1


def test_people_never_dragged_stand_far_from_each_other() -> None:
    angles = [own_angle(number) for number in range(1, 6)]
    apart = [min(abs(a - b), 360 - abs(a - b)) for a, b in combinations(angles, 2)]
    assert min(apart) > 50


@pytest.mark.parametrize(("count", "steps"), [(6, {NAMED}), (12, {NAMED, CLOSE}), (40, {NUMBERED})])
def test_a_phone_shows_names_while_they_can_be_read_and_then_numbers(count: int, steps: set[str]) -> None:
    rings = [1, 2, 3, 2, 3, 3, 1, 2, 3, 3]
    some = [
        Standing(f"p_{at}", ["Rosa", "Beatriz", "Mother", "Jan"][at % 4], rings[at % 10], number=at + 1)
        for at in range(count)
    ]
    found = layout(some, NARROW)
    assert found.step.name in steps
    assert found.step.letters >= 12
    assert layout(some, WIDE).step.letters >= 12


def test_everybody_in_the_inner_ring_finds_a_place() -> None:
    for paper in PAPERS:
        some = [Standing(f"p_{at}", "Name", 1, number=at + 1) for at in range(40)]
        found = layout(some, paper)
        assert found.is_numbered
        assert found.discs[0].radius >= 9
        assert_nothing_lies_on_anything(found)


def test_a_name_that_is_cut_says_so() -> None:
    some = [Standing("p_1", "Great-grandmother Wilhelmina", 2)]
    (disc,) = layout(some, NARROW).discs
    assert disc.words.endswith("…")
    assert disc.is_shortened
    assert width(disc.words, 13) <= 112
    assert disc.label == "Great-grandmother Wilhelmina"


def test_marks_have_their_room() -> None:
    """The marks of a disc reach at most this far beyond its edge: see components/closeness_circle.html."""
    assert MARKS >= 5
