"""Target times: which holds on a day, after midnight, and how far one was moved."""

from __future__ import annotations

from datetime import date, timedelta

from openipt.core.course.diary import nights
from openipt.core.course.rhythm_targets import bands, moved_far, placed, standing, week_of

START = date(2026, 1, 5)


def on(days: int) -> date:
    return START + timedelta(days=days)


def target(activity, start, to, week=None, written=0):
    return (on(written), {"activity": activity, "from": start, "to": to, "week": week})


def test_a_time_after_midnight_lies_in_the_evening_it_ends():
    assert placed("to_bed", 40) == 1480 and placed("to_bed", 11 * 60) == 11 * 60 + 1440
    assert placed("dinner", 30) == 1470 and placed("dinner", 5 * 60) == 300
    assert placed("out_of_bed", 210) == 210


def test_a_target_across_midnight_holds_both_sides_of_it():
    (band,) = bands([target("to_bed", "23:30", "00:15")], START)
    assert band.holds(placed("to_bed", 23 * 60 + 45)) and band.holds(placed("to_bed", 10))
    assert not band.holds(placed("to_bed", 60)) and not band.holds(placed("to_bed", 22 * 60))


def test_of_one_activity_the_last_that_has_begun_holds():
    found = bands(
        [
            target("to_bed", "23:00", "23:30", week=4),
            target("to_bed", "23:30", "00:00", week=2),
            target("dinner", "18:00", "19:00", written=9),
        ],
        START,
    )
    assert standing(found, on(6)) == {}
    assert standing(found, on(8))["to_bed"].start == 23 * 60 + 30
    assert set(standing(found, on(9))) == {"to_bed", "dinner"}
    assert standing(found, on(21))["to_bed"].start == 23 * 60
    assert week_of(START, on(6)) == 1 and week_of(START, on(7)) == 2


def test_a_shift_of_more_than_half_an_hour_is_told():
    small, far = (
        bands([target("dinner", "20:00", "20:30", 1), target("dinner", start, to, 3)], START)
        for start, to in (("19:30", "20:00"), ("19:00", "19:30"))
    )
    assert moved_far(small, small[1]) == 0 and moved_far(small, small[0]) == 0
    assert moved_far(far, far[1]) == 60


def test_what_cannot_be_read_is_no_target():
    assert bands([target("supper", "18:00", "19:00"), target("dinner", "", "19:00")], START) == ()


def test_a_night_is_known_from_both_ends_and_the_clock_counts():
    """23:00 to 07:00; 00:40 to 06:10; the night in which the clock is put forward, and back."""
    days = {on(0): {"to_bed": 1380}, on(1): {"out_of_bed": 420, "to_bed": 40}, on(2): {"out_of_bed": 370}}
    evenings = [on(0), on(1), on(2)]
    assert nights(days, evenings, {}) == {on(0): 480, on(1): 330}
    assert nights(days, evenings, {on(0): 60, on(1): -60}) == {on(0): 420, on(1): 390}
