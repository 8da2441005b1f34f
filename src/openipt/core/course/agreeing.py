"""What agreeing on a focus or a contract asks for: a reason (DR-17, DR-18), a stop that is overridden (DR-08)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from openipt.core.course.course import Course, Entry
from openipt.core.course.rules import rule_results
from openipt.core.manual.model import Manual

REASON_ASKED_BY = ("DR-17", "DR-18")
# Days between two meetings, by the frequencies a contract names; for working out its last day.
DAYS_BETWEEN = {"twice_weekly": 3.5, "weekly": 7.0, "fortnightly": 14.0, "monthly": 28.0}


def reasons_asked(
    manual: Manual, course: Course, today: date, record: str, values: Mapping[str, Any]
) -> tuple[str, ...]:
    """Why this choice of focus asks for a written reason, if the record were kept today."""
    last = max((entry.order for entry in course.entries), default=0) + 1
    proposed = Entry(record, today, values, order=last)
    results = rule_results(manual, replace(course, entries=(*course.entries, proposed)), today)
    return tuple(result.why for result in results if result.id in REASON_ASKED_BY and result.fired)


def last_day(first: date, meetings: int, frequency: str = "weekly") -> date:
    """The day of the last meeting, where every one is held in its turn."""
    return first + timedelta(days=int(DAYS_BETWEEN.get(frequency, 7.0) * (meetings - 1)))
