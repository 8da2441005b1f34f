"""The times of a service: read, checked, and right through the change of the clocks."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openipt.core.safety.hours import DAYS, ServiceTimes, read

DUBLIN, LISBON, SYDNEY = ZoneInfo("Europe/Dublin"), ZoneInfo("Europe/Lisbon"), ZoneInfo("Australia/Sydney")
OFFICE = read("mon-fri 09:00-17:00", DUBLIN)


def dublin(*moment: int, fold: int = 0) -> datetime:
    return datetime(*moment, tzinfo=DUBLIN, fold=fold)


@pytest.mark.parametrize(
    ("at", "is_open"),
    [
        (dublin(2026, 3, 2, 8, 59), False),
        (dublin(2026, 3, 2, 9, 0), True),
        (dublin(2026, 3, 2, 16, 59), True),
        (dublin(2026, 3, 2, 17, 0), False),
        (dublin(2026, 3, 7, 12, 0), False),
    ],
)
def test_open_from_the_first_minute_to_before_the_last(at: datetime, is_open: bool) -> None:
    assert OFFICE.is_open(at) is is_open


def test_it_opens_next_on_monday() -> None:
    assert OFFICE.at_or_after(dublin(2026, 3, 6, 17, 30)) == dublin(2026, 3, 9, 9)
    assert OFFICE.at_or_after(dublin(2026, 3, 6, 10, 30)) == dublin(2026, 3, 6, 10, 30)


def test_a_service_without_times_is_always_there() -> None:
    always = read("", DUBLIN)
    assert always.is_open(dublin(2026, 12, 25, 3))
    assert always.at_or_after(dublin(2026, 12, 25, 3)) == dublin(2026, 12, 25, 3)
    assert always.in_words == ""


def test_closed_days_are_passed_over() -> None:
    times = read("mon-fri 09:00-17:00; closed 2026-12-25 2026-12-28", DUBLIN)
    assert not times.is_open(dublin(2026, 12, 25, 10))
    assert times.at_or_after(dublin(2026, 12, 24, 18)) == dublin(2026, 12, 29, 9)


def test_the_clock_goes_on_an_hour_and_nine_stays_nine() -> None:
    """29 March 2026: the wall clock jumps from 1:00 to 2:00."""
    before, after = dublin(2026, 3, 27, 18), dublin(2026, 3, 30, 9)
    assert OFFICE.at_or_after(before) == after
    assert after.astimezone(UTC) - dublin(2026, 3, 27, 9).astimezone(UTC) == timedelta(hours=71)


def test_an_opening_in_the_skipped_hour_begins_when_the_clock_goes_on() -> None:
    nights = read("sun 01:30-04:00", DUBLIN)
    opens = nights.at_or_after(dublin(2026, 3, 29, 0, 30))
    assert opens.astimezone(DUBLIN) == dublin(2026, 3, 29, 2, 30)


def test_an_hour_that_comes_twice_is_open_twice() -> None:
    """25 October 2026: 1:00 to 2:00 comes twice."""
    nights = read("sun 01:00-01:30", DUBLIN)
    first, second = dublin(2026, 10, 25, 1, 10), dublin(2026, 10, 25, 1, 10, fold=1)
    assert second.astimezone(UTC) - first.astimezone(UTC) == timedelta(hours=1)
    assert nights.is_open(first) and nights.is_open(second)
    between = dublin(2026, 10, 25, 1, 40)
    assert nights.at_or_after(between) == datetime(2026, 10, 25, 1, 0, tzinfo=UTC)  # 1:00 for the second time


def test_leap_day_is_a_day_like_others() -> None:
    assert OFFICE.is_open(dublin(2028, 2, 29, 10))
    assert OFFICE.at_or_after(dublin(2028, 2, 28, 20)) == dublin(2028, 2, 29, 9)
    assert read("daily 09:00-17:00; closed 2028-02-29", DUBLIN).at_or_after(
        dublin(2028, 2, 28, 20)
    ) == dublin(2028, 3, 1, 9)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("mon-fri 09:00-17:00", "Monday to Friday, 9:00 to 17:00"),
        (
            "sat 10:00-12:00; mon-thu 9:00-17:00",
            "Monday to Thursday, 9:00 to 17:00; Saturday, 10:00 to 12:00",
        ),
        ("tue-wed 09:00-12:00 13:00-17:30", "Tuesday and Wednesday, 9:00 to 12:00 and 13:00 to 17:30"),
        ("mon 09:00-12:00 11:00-13:00", "Monday, 9:00 to 13:00"),
        ("daily 00:00-24:00", "Monday to Sunday, 0:00 to 24:00"),
        ("sat-mon 10:00-11:00", "Monday, 10:00 to 11:00; Saturday and Sunday, 10:00 to 11:00"),
    ],
)
def test_times_in_words(text: str, words: str) -> None:
    assert read(text, UTC).in_words == words


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("weekdays 9-17", "'weekdays' is no day of the week"),
        ("mon", "'mon' names no time"),
        ("mon 9-17", "'9-17' is no stretch of a day"),
        ("mon 17:00-09:00", "does not lie within one day"),
        ("mon 09:00-24:30", "does not lie within one day"),
        ("mon 09:60-10:00", "does not lie within one day"),
        ("mon 09:00-17:00; closed 2026-02-30", "'2026-02-30' is no day of the calendar"),
        ("closed 2026-12-25", "names no time at which the service is open"),
    ],
)
def test_what_cannot_be_read_is_named(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        read(text, UTC)


minutes = st.integers(0, 24 * 60)


@st.composite
def times_of_a_service(draw: st.DrawFn) -> ServiceTimes:
    parts = []
    for day in draw(st.sets(st.sampled_from(DAYS), min_size=1)):
        begins, ends = sorted(draw(st.tuples(minutes, minutes).filter(lambda pair: pair[0] != pair[1])))
        parts.append(f"{day} {begins // 60}:{begins % 60:02d}-{ends // 60}:{ends % 60:02d}")
    return read("; ".join(parts), draw(st.sampled_from([UTC, DUBLIN, LISBON, SYDNEY])))


moments = st.datetimes(datetime(2024, 1, 1), datetime(2030, 12, 31)).map(lambda at: at.replace(tzinfo=UTC))


@given(times_of_a_service(), moments)
def test_the_next_time_it_is_there_is_no_earlier_and_nothing_open_lies_between(
    times: ServiceTimes, at: datetime
) -> None:
    found = times.at_or_after(at)
    assert found >= at
    assert times.is_open(found)
    assert times.at_or_after(found) == found
    moment = at.replace(second=0, microsecond=0) + timedelta(minutes=1)
    while moment < found and moment < at + timedelta(hours=30):  # a second opinion, minute by minute
        assert not times.is_open(moment)
        moment += timedelta(minutes=1)


@given(times_of_a_service(), moments, st.integers(0, 10_000))
def test_later_never_opens_earlier(times: ServiceTimes, at: datetime, more: int) -> None:
    assert times.at_or_after(at) <= times.at_or_after(at + timedelta(minutes=more))


def test_a_year_of_closed_days_is_not_waited_out() -> None:
    every = " ".join((date(2026, 1, 1) + timedelta(days=n)).isoformat() for n in range(800))
    closed = read(f"daily 09:00-10:00; closed {every}", UTC)
    at = datetime(2026, 1, 1, 12, tzinfo=UTC)
    assert closed.at_or_after(at) == at
