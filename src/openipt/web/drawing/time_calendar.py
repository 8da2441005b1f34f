"""Which days of a life are shown, and the days of its axis in words: days, months or years."""

from __future__ import annotations

from datetime import date, timedelta

from openipt.web.drawing.time_axis import MONTHS

LEAST_DAYS, MOST_DAYS = 7, 366 * 130
ZOOM_ROOM = 0.08
_STEPS_OF_DAYS = (1, 2, 7, 14)
_STEPS_OF_MONTHS = (1, 2, 3, 6)
_STEPS_OF_YEARS = (1, 2, 5, 10, 20, 50)


def days_shown(start: date, end: date) -> tuple[date, date]:
    """At least a week, at most a long life."""
    if end < start:
        start, end = end, start
    if (end - start).days < LEAST_DAYS:
        end = start + timedelta(days=LEAST_DAYS)
    return start, min(end, start + timedelta(days=MOST_DAYS))


def closer(start: date, end: date) -> tuple[date, date]:
    """The days of a mark with a little room around them."""
    room = timedelta(days=max(3, round((end - start).days * ZOOM_ROOM)))
    return start - room, end + room


def axis_days(start: date, end: date, room: float, between: float) -> tuple[tuple[date, str], ...]:
    """Days with words so far apart: days, months or years, whichever is the finest that fits."""
    each = room / max(1, (end - start).days)
    for step in _STEPS_OF_DAYS:
        if step * each >= between:
            days = range(0, (end - start).days + 1, step)
            found = [start + timedelta(days=n) for n in days]
            return tuple(
                (on, _day_words(on, n == 0 or on.year != found[n - 1].year)) for n, on in enumerate(found)
            )
    for step in _STEPS_OF_MONTHS:
        if step * 30.4 * each >= between:
            firsts = _firsts(start, end, step)
            return tuple(
                (on, f"{MONTHS[on.month - 1]} {on.year}" if n == 0 or on.month == 1 else MONTHS[on.month - 1])
                for n, on in enumerate(firsts)
            )
    step = next((step for step in _STEPS_OF_YEARS if step * 365 * each >= between), _STEPS_OF_YEARS[-1])
    first = -(-start.year // step) * step
    years = (date(year, 1, 1) for year in range(first, end.year + 1, step))
    return tuple((on, str(on.year)) for on in years if start <= on <= end)


def _firsts(start: date, end: date, step: int) -> list[date]:
    months = range(start.year * 12 + start.month - 1, end.year * 12 + end.month)
    days = (date(month // 12, month % 12 + 1, 1) for month in months if month % 12 % step == 0)
    return [on for on in days if start <= on <= end]


def _day_words(on: date, with_year: bool) -> str:
    return f"{on.day} {MONTHS[on.month - 1]}" + (f" {on.year}" if with_year else "")
