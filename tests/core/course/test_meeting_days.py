"""The days of all meetings of a contract (ipt.md 3.12, `rec_contract`)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openipt.core.course.agreeing import last_day, meeting_days

FIRST = date(2026, 12, 7)  # a Monday


def test_weekly_over_christmas_leaves_the_holiday_out_and_keeps_the_number() -> None:
    days = meeting_days(FIRST, 4, "weekly", {date(2026, 12, 28)})
    assert days == (date(2026, 12, 7), date(2026, 12, 14), date(2026, 12, 21), date(2027, 1, 4))


def test_twice_a_week_alternates_three_and_four_days() -> None:
    days = meeting_days(FIRST, 5, "twice_weekly")
    assert [(b - a).days for a, b in zip(days, days[1:], strict=False)] == [3, 4, 3, 4]


@pytest.mark.parametrize(("frequency", "days"), [("weekly", 7), ("fortnightly", 14), ("monthly", 28)])
def test_the_rhythm(frequency: str, days: int) -> None:
    assert meeting_days(FIRST, 2, frequency)[1] == FIRST + timedelta(days=days)


@given(
    st.dates(date(2020, 1, 1), date(2040, 1, 1)),
    st.integers(1, 40),
    st.sampled_from(["twice_weekly", "weekly", "fortnightly", "monthly", "as we like"]),
    st.sets(st.integers(0, 300), max_size=60),
)
def test_every_meeting_is_held_on_a_day_that_is_not_left_out(first, number, frequency, out) -> None:
    left_out = {first + timedelta(days=step) for step in out}
    days = meeting_days(first, number, frequency, left_out)
    assert len(days) == number
    assert list(days) == sorted(set(days))
    assert not set(days) & left_out
    assert last_day(first, number, frequency, left_out) == days[-1]
    if not left_out:
        assert days[0] == first


def test_meetings_that_do_not_fit_are_an_error() -> None:
    with pytest.raises(ValueError, match="10 meetings do not fit"):
        meeting_days(date(9999, 12, 1), 10)
    always = {FIRST + timedelta(days=step) for step in range(7 * 500)}
    with pytest.raises(ValueError, match="do not fit"):
        meeting_days(FIRST, 2, "weekly", always)
