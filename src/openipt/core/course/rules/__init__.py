"""The decision rules of ipt.md 14, one small named function each, all forty-eight.

A rule reads the manual (its parameters), the course as it stood at the end of a day, and that day. It
answers fired, not fired or cannot tell, with the inputs it looked at and why; a rule that does not speak
of such a course at all says so. What the record of one episode cannot hold comes in as `Beyond`.
"""

from __future__ import annotations

from datetime import date

from openipt.core.course.beyond import NOTHING, Beyond
from openipt.core.course.course import Course
from openipt.core.course.rules import (
    attendance,
    before,
    content,
    dangers,
    focus,
    groups,
    outcome,
    phases,
    progress,
    rhythm,
    safety,
    suitability,
    supervision,
)
from openipt.core.course.rules.result import READERS, RULES, RuleResult, RuleState
from openipt.core.manual.model import Manual

__all__ = ["RULES", "RuleResult", "RuleState", "rule_result", "rule_results"]

_MODULES = (
    attendance,
    before,
    content,
    dangers,
    focus,
    groups,
    outcome,
    phases,
    progress,
    rhythm,
    safety,
    suitability,
    supervision,
)
_IDS = tuple(sorted(RULES))


def rule_result(
    rule_id: str, manual: Manual, course: Course, today: date, beyond: Beyond = NOTHING
) -> RuleResult:
    """One rule on one day; KeyError for a rule there is not."""
    return RULES[rule_id](manual, course, today, beyond)


def rule_results(
    manual: Manual, course: Course, today: date, beyond: Beyond = NOTHING
) -> tuple[RuleResult, ...]:
    """Every rule the manual holds, by id."""
    known = course.as_of(today)
    return tuple(
        READERS[rule_id](manual, known, today, beyond) for rule_id in _IDS if rule_id in manual.rules
    )
