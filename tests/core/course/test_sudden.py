"""Sudden gains and losses over a whole course; of the last two sessions they are what DR-25 says."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as some
from tests.spec.world import FIRED, course, state

from openipt import library
from openipt.core.course.sudden import sudden_changes

MANUAL = library.manual("ipt_acute")


def found(*totals: int | None) -> list[tuple[int, int, float, bool]]:
    changes = sudden_changes(MANUAL, course(len(totals), phq9=totals))
    return [(c.before.session, c.after.session, c.points, c.is_gain) for c in changes]


def test_five_points_down_are_a_gain_and_five_up_a_loss() -> None:
    assert found(18, 13, 14, 19, 15) == [(1, 2, 5, True), (3, 4, 5, False)]
    assert found(18, 14, 18, 14) == []


def test_only_sessions_that_follow_each_other() -> None:
    assert found(18, None, 10) == []
    assert found(18, None, 17, 9) == [(3, 4, 8, True)]
    assert found() == []
    assert found(18) == []


@given(some.lists(some.none() | some.integers(0, 24), min_size=2, max_size=8))
def test_the_rule_and_the_line_say_the_same_of_the_last_step(totals: list[int | None]) -> None:
    made = course(len(totals), phq9=totals)
    last = [c for c in sudden_changes(MANUAL, made) if c.after.session == len(totals) and c.is_gain]
    assert (state("DR-25", made) is FIRED) == bool(last)
