"""The rhythm score: regular days score high, times after midnight are late evening, thin weeks have none."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from openipt.core.measures.rhythm import ACTIVITIES, DAY, habitual_time, rhythm_score

REGULAR = {"out_of_bed": 420, "first_contact": 480, "start_of_work": 540, "dinner": 1110, "to_bed": 1380}


def test_seven_like_days_are_seven():
    assert rhythm_score([REGULAR] * 7) == 7.0


def test_a_hit_is_within_45_minutes():
    """One dinner an hour late of seven: 34 hits of 5 activities."""
    late = {**REGULAR, "dinner": 1110 + 60}
    assert rhythm_score([*[REGULAR] * 6, late]) == 34 / 5


def test_after_midnight_is_late_evening():
    """23:50 and 00:10 lie twenty minutes apart: the mean is midnight, and both are hits."""
    assert habitual_time([1430, 10]) % DAY == 0
    days = [{**REGULAR, "to_bed": bed} for bed in (1430, 10, 1430, 10, 1430, 10, 0)]
    assert rhythm_score(days) == 7.0


def test_a_time_far_off_does_not_move_the_habit():
    """Six at 07:00 and one at 13:00: the habit stays 07:00."""
    assert habitual_time([420] * 6 + [780]) == 420


def test_an_activity_counts_from_three_days_and_a_week_from_three_activities():
    two = {"out_of_bed": 420, "to_bed": 1380}
    assert rhythm_score([two] * 7) is None
    rare = [{**two, "dinner": 1110}] * 2 + [two] * 5
    assert rhythm_score(rare) is None
    assert rhythm_score([{**two, "dinner": 1110}] * 3 + [two] * 4) == (7 + 7 + 3) / 3


days_of_week = st.lists(
    st.dictionaries(st.sampled_from(ACTIVITIES), st.integers(0, DAY - 1)), min_size=0, max_size=7
)


@given(days_of_week)
def test_the_score_lies_between_0_and_7_or_is_none(days):
    found = rhythm_score(days)
    assert found is None or 0 <= found <= 7


@given(days_of_week, st.integers(1, DAY - 1))
def test_living_an_hour_later_changes_nothing(days, later):
    """Who does everything later is as regular as before (but for times exactly on the edge)."""
    moved = [{activity: (minute + later) % DAY for activity, minute in day.items()} for day in days]
    before, after = rhythm_score(days), rhythm_score(moved)
    assert (before is None) == (after is None)
