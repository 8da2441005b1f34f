"""Small made-up courses for the rules to be read on: weekly sessions from 2 September 2025."""

from __future__ import annotations

from datetime import date, timedelta

from openipt import library
from openipt.core.course.course import Answers, Attendance, Course, Entry, Meeting
from openipt.core.course.rules import RuleResult, RuleState, rule_result

START = date(2025, 9, 2)
FIRED, NOT_FIRED, CANNOT_TELL = RuleState.FIRED, RuleState.NOT_FIRED, RuleState.CANNOT_TELL
EXIT_TASKS = ("A02", "I03", "I06", "I07", "I10", "I12", "I13")


def day(session: int) -> date:
    """The day of a session in a weekly course; the intake is a week before the first."""
    return START + timedelta(weeks=session - 1)


def phq9_items(total: int, item_9: int | None = 0) -> tuple[int | None, ...]:
    """Nine answers with this total and this item 9."""
    left, items = total - (item_9 or 0), []
    for _ in range(8):
        items.append(min(3, left))
        left -= items[-1]
    assert left == 0, "no such set of answers"
    return (*items, item_9)


def course(
    sessions=1,
    planned=16,
    phq9=(),
    gad7=(),
    item_9=None,
    tasks=None,
    records=(),
    answers=(),
    meetings=(),
    adaptation="ipt_acute",
    **rest,
) -> Course:
    """A course with so many held sessions. `phq9` and `gad7` are totals session by session, `item_9` maps
    a session to its answer, `tasks` a session to what was done in it, `records` are (type, session, values).
    """
    item_9, tasks = item_9 or {}, tasks or {}
    held = [
        Meeting(day(n), n, Attendance.ATTENDED, minutes=50, tasks_done=tuple(tasks.get(n, ())))
        for n in range(0 if 0 in tasks else 1, sessions + 1)
    ]
    given = [
        Answers("ms_phq9", day(n), phq9_items(total, item_9.get(n, 0)), session=n)
        for n, total in enumerate(phq9, start=1)
        if total is not None
    ]
    given += [
        Answers("ms_gad7", day(n), total=total, session=n)
        for n, total in enumerate(gad7, start=1)
        if total is not None
    ]
    entries = [
        Entry(record, day(session), values, session=session, order=order)
        for order, (record, session, values) in enumerate(records, start=1)
    ]
    return Course(
        adaptation=adaptation,
        manual_version="1",
        planned_sessions=planned,
        started_on=START,
        meetings=(*held, *meetings),
        answers=(*given, *answers),
        entries=tuple(entries),
        **rest,
    )


def ready_for_the_middle(sessions=3, **changes) -> Course:
    """Every exit criterion of the initial phase is met at session 3."""
    made = {
        "sessions": sessions,
        "phq9": [17, 16, 15],
        "gad7": [11, 11, 10],
        "tasks": {0: ["A02"], 3: EXIT_TASKS},
        "records": [("rec_risk", 1, {"level": "green", "thoughts": False}), AGREED],
    }
    return course(**{**made, **changes})


AGREED = ("rec_formulation", 3, {"agreement": "agree", "problem_area": ["role_transition"]})


def contract(*areas: str, session: int = 3, planned: int = 16, **more):
    return ("rec_contract", session, {"focus": list(areas), "sessions_planned": planned, **more})


def issue(name: str, session: int, *ratings: int, area: str = "role_transition", **more):
    factors = dict(zip(("f_link", "f_priority", "f_severity", "f_affect", "f_change"), ratings, strict=True))
    return ("rec_issue_ranking", session, {"issue": name, "area": area, "factors": factors, **more})


def read(rule_id: str, made: Course, session: int | date | None = None) -> RuleResult:
    """The rule at the end of the day of a session (the last one held, if none is named)."""
    if session is None:
        session = made.held[-1].number if made.held else 0
    on = session if isinstance(session, date) else day(session)
    return rule_result(rule_id, library.manual(made.adaptation), made, on)


def state(rule_id: str, made: Course, session: int | date | None = None) -> RuleState:
    return read(rule_id, made, session).state
