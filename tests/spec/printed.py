"""The page docs/reference/rules.md, from the rules' content and the sentences of their tests: make docs-print."""

from __future__ import annotations

import inspect
from importlib import import_module
from pathlib import Path

from openipt import library
from openipt.core.course.course import EpisodeStatus
from openipt.core.course.moves import END_REASONS, MOVES
from openipt.core.course.rules import RULES
from tests.documentation.markdown import ground

FOLDER = Path(__file__).parent

OPENING = """# Decision rules

Printed from the rules as data (`src/openipt/content/rules.toml`) and the sentences of their tests
(`tests/spec`), by `make docs-print`. A test fails where this page and they differ.

A rule reads the record as it stood at the end of a day and answers *fired*, *not fired* or *cannot tell*
(something it needs is not in the record; that is never taken for a no), with its inputs and why. Where it
does not speak of such a course at all, it has not fired and says so (*not for this adaptation*).
Where a point was left open the product's reading is given; it is a project default.
"""

STATUS = """
## What `course status` answers

| key | holds |
|---|---|
| `phase` | `pre` before session 1, then the phase of the present session. What was recorded when it began wins; where nothing was recorded, the plan of that day decides, and no later session falls in an earlier phase. A change recorded on the day of a session counts from the next day or session on |
| `session_number` | the number of the session in progress or held last; 0 before session 1 |
| `planned_sessions` | by the latest contract or extension, else as the episode was opened |
| `remaining` | planned minus held, the present one counted as held once it has begun; never below 0. None once the course is in a phase after the contract |
| `other_meetings` | meetings that no contract counts, by `kind`: how many were `held`, of at least `fewest` and at most `most`. Of a phase before session 1, of one after the contract, such as `booster`, and of each kind beside the sessions, such as `ward_group` |
| `due` | tasks that wait: of the present session where they belong to every session, of the phase where they are done once. A task is due before, and overdue after, the last session of its window |
| `done` | tasks done once (before treatment, initial, ending, midpoint review): in any session so far. Tasks of every session: in the present one |
| `overdue` | required tasks whose window or phase is over. Tasks of every session are never overdue, nor are conditional ones |
| `not_applicable` | conditional tasks whose condition does not hold, or is not known to, with why |
| `measures_due` | measures not yet answered for the present session on its own day, afterwards for the next one. Never a screen that is asked alone with the client |
| `transitions` | ways out of the present phase, open or not, with the reasons |
| `rules` | every rule below |
| `exit_criteria` | of the present phase: task ids and names of conditions, met and missing |
"""

FOLLOWS = """
## Which status may follow which

An episode begins as an enquiry. One that has ended stays ended: a client who comes back opens a new one.

| status | may become | may end as |
|---|---|---|
"""


def page() -> str:
    """The whole page."""
    parts = [OPENING, STATUS, FOLLOWS + "\n".join(map(_follows, MOVES)) + "\n"]
    parts += [_section(rule_id) for rule_id in sorted(RULES)]
    return "\n".join(parts).rstrip() + "\n"


def specification(rule_id: str):
    """The test module of a rule."""
    return import_module(f"tests.spec.test_{rule_id.lower().replace('-', '_')}")


def sentences(rule_id: str) -> list[str]:
    """The first paragraph of each test, in the order of the file."""
    tests = [t for name, t in vars(specification(rule_id)).items() if name.startswith("test_")]
    return [" ".join((inspect.getdoc(test) or "").split()) for test in tests]


def _follows(now: EpisodeStatus) -> str:
    ends = ", ".join(sorted(END_REASONS[now]))
    return f"| {now.value} | {', '.join(sorted(MOVES[now])) or 'nothing'} | {ends} |"


def _section(rule_id: str) -> str:
    rule = library.rules()[rule_id]
    told = ground(rule)
    lines = [
        f"\n## {rule_id} {rule.title}",
        "",
        f"*{rule.severity.value}*" + (f" · {told}" if told else ""),
        "",
        f"**If** {rule.if_text.strip()} **Then** {rule.then_text.strip()}",
        "",
    ]
    if reading := getattr(rule, "reading", ""):
        lines += [f"Reading: {reading.strip()}", ""]
    return "\n".join([*lines, *(f"- {sentence}" for sentence in sentences(rule_id))])
