"""The rhythm score: regular days score high, times after midnight are late evening, thin weeks have none."""

from __future__ import annotations

import cmath
import math
import statistics

from hypothesis import assume, given
from hypothesis import strategies as st

from openipt.core.measures.rhythm import ACTIVITIES, DAY, habitual_time, rhythm_score, rhythm_week

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
def test_living_some_hours_later_changes_nothing(days, later):
    """Who does everything later is as regular as before, whatever falls past midnight then."""
    assume(not any(_on_the_edge(times) for times in _by_activity(days)))
    moved = [{activity: (minute + later) % DAY for activity, minute in day.items()} for day in days]
    assert rhythm_score(moved) == rhythm_score(days)


def test_what_the_score_rests_on_is_told():
    found = rhythm_week([REGULAR, REGULAR, {}, {"dinner": 1100}, REGULAR])
    assert (found.days, found.score) == (4, (3 * 4 + 4) / 5)
    assert found.habitual["out_of_bed"] == 420
    assert rhythm_week([REGULAR] * 2).score is None and rhythm_week([REGULAR] * 2).days == 2


# -- a second opinion: times as arrows on a dial, with Python's own complex numbers --------------------------


def _arrow(minute):
    return cmath.rect(1, 2 * math.pi * minute / DAY)


def _gap(minute, direction):
    return abs(math.degrees(cmath.phase(_arrow(minute) / direction))) * DAY / 360


def _by_activity(days):
    return [[day[name] for day in days if name in day] for name in ACTIVITIES]


def _kept(times):
    """The mean direction, how far each time lies from it, and the direction without those far off."""
    mean = sum(map(_arrow, times)) / len(times)
    gaps = [_gap(minute, mean) for minute in times]
    limit = 1.5 * math.sqrt(statistics.fmean(gap * gap for gap in gaps))
    near = [minute for minute, gap in zip(times, gaps, strict=True) if gap <= limit]
    return mean, gaps, limit, sum(map(_arrow, near or times))


def _on_the_edge(times):
    """No opinion holds where the mean points nowhere, or a time lies on the edge by the last digit."""
    if len(times) < 3:
        return False
    mean, gaps, limit, habit = _kept(times)
    if abs(mean) < 1e-6 or abs(habit) < 1e-6:
        return True
    hits = [_gap(minute, habit) for minute in times]
    return any(abs(gap - limit) < 1e-3 for gap in gaps) or any(abs(gap - 45) < 1e-3 for gap in hits)


def opinion(days):
    used = [times for times in _by_activity(days) if len(times) >= 3]
    if len(used) < 3:
        return None
    hits = sum(_gap(minute, _kept(times)[3]) <= 45 for times in used for minute in times)
    return hits / len(used)


near_midnight = st.lists(
    st.fixed_dictionaries(
        {name: st.integers(1300, 1580).map(lambda minute: minute % DAY) for name in ACTIVITIES}
    ),
    min_size=3,
    max_size=7,
)


@given(st.one_of(days_of_week, near_midnight))
def test_the_second_opinion_agrees(days):
    assume(not any(_on_the_edge(times) for times in _by_activity(days)))
    assert rhythm_score(days) == opinion(days)
