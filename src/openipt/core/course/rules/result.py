"""What a rule answers, and the list of rules there are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import wraps
from typing import Any

from openipt.core.course.course import Course
from openipt.core.manual.model import Manual, Severity


class RuleState(StrEnum):
    """Cannot tell is never taken for a no: something the rule needs is not in the record."""

    FIRED = "fired"
    NOT_FIRED = "not_fired"
    CANNOT_TELL = "cannot_tell"


@dataclass(frozen=True)
class Verdict:
    """What one rule found. `severity` None: as the content says."""

    state: RuleState
    why: str
    inputs: dict[str, Any] = field(default_factory=dict)
    severity: Severity | None = None


@dataclass(frozen=True)
class RuleResult:
    """One rule on one day, with the inputs it looked at and the reason in words."""

    id: str
    state: RuleState
    severity: Severity
    inputs: dict[str, Any]
    why: str

    @property
    def fired(self) -> bool:
        return self.state is RuleState.FIRED

    def as_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "state": self.state.value,
            "severity": self.severity.value,
            "inputs": self.inputs,
            "why": self.why,
        }


def fired(why: str, **inputs: Any) -> Verdict:
    return Verdict(RuleState.FIRED, why, inputs)


def fired_as(severity: Severity, why: str, **inputs: Any) -> Verdict:
    """Fired with a severity of its own, where the content gives the highest one."""
    return Verdict(RuleState.FIRED, why, inputs, severity)


def not_fired(why: str, **inputs: Any) -> Verdict:
    return Verdict(RuleState.NOT_FIRED, why, inputs)


def cannot_tell(*missing: str, **inputs: Any) -> Verdict:
    """`missing` names what is not in the record."""
    return Verdict(RuleState.CANNOT_TELL, f"missing {', '.join(missing)}", inputs)


Test = Callable[[Manual, Course, date], Verdict]
RuleFunction = Callable[[Manual, Course, date], RuleResult]

RULES: dict[str, RuleFunction] = {}


def rule(rule_id: str) -> Callable[[Test], RuleFunction]:
    """Make a test the rule of that id. It reads the course as it stood at the end of `today`."""

    def register(test: Test) -> RuleFunction:
        @wraps(test)
        def answer(manual: Manual, course: Course, today: date) -> RuleResult:
            verdict = test(manual, course.as_of(today), today)
            severity = verdict.severity or manual.rule(rule_id).severity
            return RuleResult(rule_id, verdict.state, severity, verdict.inputs, verdict.why)

        RULES[rule_id] = answer
        return answer

    return register


def parameter(manual: Manual, rule_id: str, name: str) -> Any:
    """A number or list the content gives for this rule."""
    return manual.rule(rule_id).parameters[name]
