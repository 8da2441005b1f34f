"""Rules of groups (ipt.md 4.6, 14, 19). Each member's episode is read by itself; the group comes from outside."""

from __future__ import annotations

from datetime import date, timedelta

from openipt.core.course.attended import came_or_not, contacted_since, in_a_group
from openipt.core.course.beyond import Beyond
from openipt.core.course.course import Attendance, Course
from openipt.core.course.rules.result import (
    Verdict,
    cannot_tell,
    fired,
    not_fired,
    not_for_this,
    parameter,
    rule,
    rule_beyond,
)
from openipt.core.manual.model import Manual

NO_GROUP = "This is not treatment in a group."


@rule("DR-39")
def absent_from_the_group(manual: Manual, course: Course, today: date) -> Verdict:
    """The member was not at the last meeting and nobody has been in touch, or was absent twice."""
    if not in_a_group(manual, course):
        return not_for_this(NO_GROUP)
    counted = came_or_not(course)
    absent = [meeting.on for meeting in counted if meeting.attendance is Attendance.MISSED]
    inputs = {"absences": len(absent), "contacted": contacted_since(course, absent[-1]) if absent else None}
    if not absent or counted[-1].attendance is not Attendance.MISSED:
        return not_fired(
            "The member was at the last meeting." if counted else "No meeting was held yet.", **inputs
        )
    by = absent[-1] + timedelta(days=parameter(manual, "DR-39", "contact_within_days"))
    if len(absent) >= parameter(manual, "DR-39", "individual_talk_after_absences"):
        return fired(
            f"Absent {len(absent)} times: an individual talk. Contact by {by.isoformat()}.", **inputs
        )
    if inputs["contacted"]:
        return not_fired("The member was absent and has been contacted.", **inputs)
    return fired(f"Absent from the last meeting. Contact by {by.isoformat()}.", **inputs)


@rule_beyond("DR-40")
def group_has_become_small(manual: Manual, course: Course, today: date, beyond: Beyond) -> Verdict:
    """Fewer than four members are left. It is about the group: the group's room says how many."""
    if beyond.group is None:
        return (
            cannot_tell("how many members the group has")
            if in_a_group(manual, course)
            else not_for_this(NO_GROUP)
        )
    members, limit = beyond.group.members, parameter(manual, "DR-40", "members_below")
    if members < limit:
        return fired(f"{members} members are left, fewer than {limit}.", members=members)
    return not_fired(f"{members} members are left.", members=members)
