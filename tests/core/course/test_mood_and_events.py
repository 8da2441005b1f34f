"""Mood before and after events: by hand, against a second opinion, and with no effect at all."""

from __future__ import annotations

import random
import re
from datetime import date, timedelta
from math import exp, lgamma, pi, sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openipt.core.course.mood_and_events import (
    FEWEST,
    WINDOW,
    Comparison,
    EventOnLine,
    Interval,
    MoodReading,
    compare,
    quiet_stretches,
    sentence,
    t_interval,
    t_quantile,
)

START = date(2026, 1, 5)
CAUSAL = re.compile(r"\b(cause[sd]?|because|due to|effect|led to|leads? to|made|makes|result(s|ed)?|trigger\w*|lowers?ed)\b")  # fmt: skip


def day(number: int) -> date:
    return START + timedelta(days=number)


def weekly(*moods: float) -> list[MoodReading]:
    return [MoodReading(day(7 * week), mood) for week, mood in enumerate(moods)]


def quarrels(*days: int | None) -> list[EventOnLine]:
    return [EventOnLine(None if one is None else day(one), ("quarrel",)) for one in days]


def t_density(x: float, freedom: int) -> float:
    scale = exp(lgamma((freedom + 1) / 2) - lgamma(freedom / 2)) / sqrt(freedom * pi)
    return scale * (1 + x * x / freedom) ** (-(freedom + 1) / 2)


def t_share_by_sums(reach: float, freedom: int, steps: int = 4000) -> float:
    """Simpson's rule over the density: slow and plain."""
    width = reach / steps
    odd = sum(t_density((2 * n + 1) * width, freedom) for n in range(steps // 2))
    even = sum(t_density(2 * n * width, freedom) for n in range(1, steps // 2))
    total = t_density(0, freedom) + 4 * odd + 2 * even + t_density(reach, freedom)
    return 2 * width / 3 * total


@pytest.mark.parametrize("freedom", [1, 2, 3, 4, 5, 6, 9, 10, 15, 29, 30, 120])
def test_the_quantile_holds_the_share_it_says(freedom):
    assert t_share_by_sums(t_quantile(0.95, freedom), freedom) == pytest.approx(0.95, abs=2e-6)


def test_the_quantile_is_that_of_the_printed_tables():
    printed = {1: 12.706, 2: 4.303, 4: 2.776, 5: 2.571, 9: 2.262, 10: 2.228, 20: 2.086, 30: 2.042, 120: 1.980}
    assert {freedom: round(t_quantile(0.95, freedom), 3) for freedom in printed} == printed


def test_an_interval_worked_by_hand():
    # -2, -1, -3, -1, -1: mean -1.6, s = 0.8944, t(4) = 2.776, reach 1.1106
    found = t_interval([-2, -1, -3, -1, -1])
    assert (round(found.mean, 2), round(found.low, 2), round(found.high, 2)) == (-1.6, -2.71, -0.49)


def test_pairs_that_are_all_alike_are_not_taken_for_certain():
    found = t_interval([-1.0] * 5)
    assert found.low < -1.4 and found.high > -0.6


def test_each_event_is_one_pair_of_the_moods_around_it():
    # mood 6 and 4 around day 3, 5 and 7 around day 24 (days 21 and 28)
    (found,) = compare(quarrels(3, 24), weekly(6, 4, 5, 5, 7))
    assert found.pairs == ((6, 4), (5, 7))
    assert (found.events, found.count, found.interval) == (2, 2, None)


def test_the_day_of_the_event_itself_is_on_neither_side():
    (found,) = compare(quarrels(7), weekly(6, 1, 4))
    assert found.pairs == ((6, 4),)


def test_what_is_left_out_is_counted_with_its_reason():
    events = quarrels(None, 3, 4, 200)
    (found,) = compare(events, weekly(6, 4, 5))
    assert (found.events, found.count, found.no_day, found.no_mood, found.too_near) == (4, 1, 1, 1, 1)


def test_the_nearest_mood_on_each_side_counts():
    readings = [MoodReading(day(on), mood) for on, mood in ((0, 9), (4, 6), (6, 3), (9, 8))]
    (found,) = compare(quarrels(5), readings)
    assert found.pairs == ((6, 3),)


def test_no_mood_counts_twice_on_one_side():
    """A mood may come after one event and before the next; of two events between the same moods one counts."""
    (found,) = compare(quarrels(3, 4, 10, 17), weekly(6, 4, 5, 7))
    assert found.pairs == ((6, 4), (4, 5), (5, 7))
    assert found.too_near == 1


def test_a_mood_told_too_long_ago_does_not_count():
    (found,) = compare(quarrels(8), [MoodReading(day(0), 6), MoodReading(day(9), 4)])
    assert (found.count, found.no_mood) == (0, 1)


def test_another_event_in_the_same_days_is_counted():
    events = [*quarrels(3), EventOnLine(day(5), ("work",))]
    found = {one.group: one for one in compare(events, weekly(6, 4))}
    assert (found["quarrel"].beside, found["work"].beside) == (1, 1)
    assert compare(quarrels(3), weekly(6, 4))[0].beside == 0


def test_a_kind_and_a_person_are_groups_of_their_own():
    events = [EventOnLine(day(3), ("kind:quarrel", "person:p_anna"))]
    assert [one.group for one in compare(events, weekly(6, 4))] == ["kind:quarrel", "person:p_anna"]


def test_several_moods_of_a_day_are_one():
    (found,) = compare(quarrels(3), [*weekly(6, 4), MoodReading(day(0), 8)])
    assert found.pairs == ((7, 4),)


def test_the_usual_move_is_taken_where_no_event_lies_between():
    quiet = quiet_stretches(quarrels(3), weekly(6, 4, 5, 7))
    assert quiet and (quiet.count, quiet.mean) == (2, 1.5)
    assert quiet_stretches(quarrels(3), weekly(6, 4)) is None


def test_too_few_is_said_as_that_and_never_as_no_difference():
    few = compare(quarrels(3), weekly(6, 4))[0]
    assert sentence(few) == "Too few to say: 1 event has mood in the 7 days on both sides; 5 are needed."
    none = compare(quarrels(None), weekly(6, 4))[0]
    assert sentence(none).startswith("Too few to say: no event has mood")


def told(low: float, high: float, count: int = 6) -> str:
    interval = Interval((low + high) / 2, low, high)
    return sentence(Comparison("x", count, ((5, 4),) * count, 0, 0, 0, 0, interval))


def test_what_is_said_follows_the_interval():
    assert told(-2.5, -0.3) == (
        "Mood was 1.4 lower when first told after such an event than when last told before it, on average over "
        "6 events (95 % interval 0.3 to 2.5 lower)."
    )
    assert "0.3 to 2.5 higher" in told(0.3, 2.5)
    assert told(-1.5, 0.7) == (
        "No difference can be told from ordinary ups and downs: 0.4 lower on average over 6 events "
        "(95 % interval 1.5 lower to 0.7 higher)."
    )


@given(st.floats(-10, 10), st.floats(-10, 10), st.integers(FEWEST, 40))
def test_no_word_of_cause_is_ever_said(one, other, count):
    words = told(min(one, other), max(one, other), count)
    assert not CAUSAL.search(words)
    if min(one, other) <= 0 <= max(one, other):
        assert words.startswith("No difference can be told")


@given(
    st.lists(st.tuples(st.integers(0, 400), st.integers(0, 10)), max_size=60),
    st.lists(st.one_of(st.none(), st.integers(0, 400)), min_size=1, max_size=30),
)
def test_every_event_is_counted_once(moods, days):
    readings = [MoodReading(day(on), mood) for on, mood in moods]
    (found,) = compare(quarrels(*days), readings)
    assert found.count + found.no_day + found.no_mood + found.too_near == found.events == len(days)
    assert (found.interval is not None) == (found.count >= FEWEST)
    assert found.count < max(1, len({on for on, _ in moods}))


@pytest.mark.parametrize("count", [5, 8, 12])
def test_without_any_difference_the_interval_holds_zero_as_often_as_it_says(count):
    """2,000 courses with check-ins weekly and events on any day: about 95 of 100 intervals hold zero."""
    chance = random.Random(20260105 + count)
    holds = 0
    for _ in range(2000):
        weeks = 4 * count
        readings = weekly(*(min(10, max(0, round(chance.gauss(5, 1.8)))) for _ in range(weeks)))
        days = [28 * number + 8 + chance.randrange(8) for number in range(count)]
        (found,) = compare(quarrels(*days), readings)
        assert found.interval is not None and found.count == count
        holds += found.interval.low <= 0 <= found.interval.high
    assert 0.935 <= holds / 2000 <= 0.975


@pytest.mark.parametrize("count", [5, 10])
def test_events_of_every_week_share_moods_and_the_interval_is_no_narrower_for_it(count):
    """One event between every two check-ins: each mood ends one pair and begins the next."""
    chance = random.Random(count)
    holds = 0
    for _ in range(1000):
        readings = weekly(*(min(10, max(0, round(chance.gauss(5, 1.8)))) for _ in range(count + 1)))
        (found,) = compare(quarrels(*(7 * n + 3 for n in range(count))), readings)
        assert found.interval is not None and found.count == count
        holds += found.interval.low <= 0 <= found.interval.high
    assert holds / 1000 >= 0.935


def test_a_true_difference_is_found():
    moods = [6, 3] * 8
    (found,) = compare(quarrels(*(14 * n + 3 for n in range(8))), weekly(*moods))
    assert found.count == 8
    assert found.interval and found.interval.high < 0
    assert sentence(found).startswith("Mood was 3.0 lower")


def test_a_week_on_each_side_holds_a_weekly_check_in():
    assert WINDOW == 7
    for on in range(7, 14):
        (found,) = compare(quarrels(on), weekly(5, 5, 5, 5))
        assert found.count == 1
