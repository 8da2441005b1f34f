"""Whether a member came to the group, and who was in touch where they did not (ipt.md 4.6, 14, 19)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from openipt.core.course import known
from openipt.core.course.course import Attendance, Course, Meeting
from openipt.core.manual.model import Manual


def in_a_group(manual: Manual, course: Course) -> bool:
    """By the manual, by the contract, or, where none was made, by a meeting of a group on record."""
    agreed = [form for e in course.entries_of("rec_contract") for form in known.words(e.values.get("format"))]
    by_contract = bool(agreed) and agreed[-1].strip().lower() == "group"
    on_record = not agreed and bool(course.entries_of("rec_group_meeting"))
    return manual.is_group or by_contract or on_record


def came_or_not(course: Course) -> list[Meeting]:
    """Meetings held or missed, oldest first. A cancelled one is nobody's absence."""
    counted = (Attendance.MISSED, Attendance.ATTENDED, Attendance.LATE)
    found = [m for m in course.meetings if m.attendance in counted and m.number != 0]
    return sorted(found, key=lambda meeting: (meeting.on, meeting.number or 0))


def contacted_since(course: Course, since: date) -> bool:
    """Was somebody in touch with the member on that day or later?"""
    rows = [
        row for e in course.entries_of("rec_group_meeting") for row in _rows(e.values.get("absent_contact"))
    ]
    return any((on := known.day(row.get("on"))) is not None and on >= since for row in rows)


def _rows(value: object) -> list[Mapping[str, object]]:
    return [row for row in value if isinstance(row, Mapping)] if isinstance(value, list | tuple) else []
