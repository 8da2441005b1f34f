"""The decision rules of ipt.md 14, one small named function each.

A rule reads the manual (its parameters), the course as it stood at the end of a day, and that day. It
answers fired, not fired or cannot tell, with the inputs it looked at and why. Rules that are content
only and have no function yet are not listed.
"""

from __future__ import annotations

from datetime import date

from openipt.core.course.course import Course
from openipt.core.course.rules import attendance, focus, outcome, phases, progress, safety, suitability
from openipt.core.course.rules.result import RULES, RuleResult, RuleState
from openipt.core.manual.model import Manual

__all__ = ["RULES", "RuleResult", "RuleState", "rule_result", "rule_results"]

_MODULES = (attendance, focus, outcome, phases, progress, safety, suitability)


def rule_result(rule_id: str, manual: Manual, course: Course, today: date) -> RuleResult:
    """One rule on one day; KeyError for a rule without a function."""
    return RULES[rule_id](manual, course, today)


def rule_results(manual: Manual, course: Course, today: date) -> tuple[RuleResult, ...]:
    """Every rule the manual holds and that has a function, by id."""
    return tuple(
        RULES[rule_id](manual, course, today) for rule_id in sorted(RULES) if rule_id in manual.rules
    )
