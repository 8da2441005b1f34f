"""What agreeing on a focus, an order or a contract asks for: a written reason (DR-17, DR-18; ipt.md 7.3 step 8)."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import count, islice

from openipt.core.course import known
from openipt.core.course.course import Course, Entry
from openipt.core.course.rules import rule_result
from openipt.core.course.taper import Stretch
from openipt.core.manual.model import Manual

REASON_ASKED_BY = ("DR-17", "DR-18")
# Days between two meetings, by the frequencies a contract names; for working out its last day.
DAYS_BETWEEN = {"twice_weekly": 3.5, "weekly": 7.0, "fortnightly": 14.0, "monthly": 28.0}
LONGEST_BREAK = 400  # days of the rhythm that may be passed over in one contract


def reasons_asked(manual: Manual, course: Course, proposed: Entry, today: date) -> tuple[str, ...]:
    """Why this choice of focus asks for a written reason. `course` is what is known without it.

    A record that chooses no area, is not agreed yet, or is older than the choice that stands asks for none.
    """
    areas = known.areas_chosen(proposed)
    chosen = replace(course, entries=(*course.entries, proposed)).as_of(today)
    if not areas or set(known.focus(chosen)) != set(areas):
        return ()
    results = [rule_result(rule, manual, chosen, today) for rule in REASON_ASKED_BY if rule in manual.rules]
    return tuple(result.why for result in results if result.fired)


def order_differs(by_score: object, agreed: object) -> bool:
    """Whether an issue was given another place than its score gives it: that asks for a reason (7.3 step 8)."""
    return isinstance(by_score, int) and isinstance(agreed, int) and by_score != agreed


def rhythm(first: date, frequency: str = "weekly") -> Iterator[date]:
    """The days a meeting may fall on, one after another, up to the end of the calendar."""
    between = DAYS_BETWEEN.get(frequency, 7.0)
    for step in count():
        try:
            yield first + timedelta(days=int(between * step))
        except OverflowError:
            return


def meeting_days(
    first: date, meetings: int, frequency: str = "weekly", left_out: Container[date] = ()
) -> tuple[date, ...]:
    """The days of all meetings in one rhythm, as `days_of` finds them."""
    return tuple(
        day for day in days_of(first, (Stretch(frequency, meetings),), left_out) if day not in left_out
    )


def days_of(first: date, stretches: Iterable[Stretch], left_out: Container[date] = ()) -> tuple[date, ...]:
    """Every day of the rhythm, stretch after stretch. A day left out (a holiday, a break) is passed over: the row goes
    on with the next day of the rhythm, so that the number of meetings stays; it stands among the days all the same.

    Raises `ValueError` where the meetings do not fit: past the end of the calendar, or behind breaks without an end.
    """
    found: list[date] = []
    for stretch in stretches:
        found += _of_stretch(_begin(first, found, stretch), stretch, left_out)
    return tuple(found)


def _begin(first: date, before: list[date], stretch: Stretch) -> date:
    """The day agreed for its first meeting, else so long after the meeting before as its rhythm says."""
    if not before:
        return first
    if stretch.begins is not None and stretch.begins > before[-1]:
        return stretch.begins
    try:
        return before[-1] + timedelta(days=int(DAYS_BETWEEN.get(stretch.frequency, 7.0)))
    except OverflowError:
        raise ValueError("past the end of the calendar") from None


def _of_stretch(begin: date, stretch: Stretch, left_out: Container[date]) -> list[date]:
    found, meetings = [], 0
    for day in islice(rhythm(begin, stretch.frequency), stretch.meetings + LONGEST_BREAK):
        if meetings == stretch.meetings:
            break
        found.append(day)
        meetings += day not in left_out
    if meetings < stretch.meetings:
        raise ValueError(f"{stretch.meetings} meetings do not fit")
    return found


def last_day(first: date, meetings: int, frequency: str = "weekly", left_out: Container[date] = ()) -> date:
    """The day of the last meeting, where every one is held in its turn. Raises as `meeting_days` does."""
    return meeting_days(first, meetings, frequency, left_out)[-1]
