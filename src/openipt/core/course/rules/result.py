"""What a rule answers, and the list of rules there are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import wraps
from typing import Any, NamedTuple

from openipt.core.course.beyond import NOTHING, Beyond
from openipt.core.course.course import Course
from openipt.core.manual.model import Manual, Severity


class RuleState(StrEnum):
    """Cannot tell is never taken for a no: something the rule needs is not in the record."""

    FIRED = "fired"
    NOT_FIRED = "not_fired"
    CANNOT_TELL = "cannot_tell"


class Verdict(NamedTuple):
    """What one rule found. `severity` None: as the content says. `applies`: the rule speaks of such a course."""

    state: RuleState
    why: str
    inputs: dict[str, Any]
    severity: Severity | None = None
    applies: bool = True


@dataclass(frozen=True)
class RuleResult:
    """One rule on one day, with the inputs it looked at and the reason in words."""

    id: str
    state: RuleState
    severity: Severity
    inputs: dict[str, Any]
    why: str
    applies: bool = True

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


def not_for_this(why: str, **inputs: Any) -> Verdict:
    """Not fired, and it could not: the rule does not speak of a course such as this one."""
    return Verdict(RuleState.NOT_FIRED, why, inputs, applies=False)


def cannot_tell(*missing: str, **inputs: Any) -> Verdict:
    """`missing` names what is not in the record."""
    return Verdict(RuleState.CANNOT_TELL, f"missing {', '.join(missing)}", inputs)


Test = Callable[[Manual, Course, date], Verdict]
TestBeyond = Callable[[Manual, Course, date, Beyond], Verdict]
RuleFunction = Callable[..., RuleResult]

# Every rule by id: of a course with its day, `Beyond` where it is known.
RULES: dict[str, RuleFunction] = {}
# The same for a course that is cut to its day already.
READERS: dict[str, RuleFunction] = {}


def rule(rule_id: str) -> Callable[[Test], RuleFunction]:
    """Make a test the rule of that id. It reads the course as it stood at the end of `today`."""

    def register(test: Test) -> RuleFunction:
        return _register(rule_id, lambda manual, course, today, _: test(manual, course, today), test)

    return register


def rule_beyond(rule_id: str) -> Callable[[TestBeyond], RuleFunction]:
    """The same for a rule that also needs what the record of one episode does not hold."""
    return lambda test: _register(rule_id, test, test)


def _register(rule_id: str, test: TestBeyond, named: Any) -> RuleFunction:
    def reader(manual: Manual, known: Course, today: date, beyond: Beyond = NOTHING) -> RuleResult:
        verdict = test(manual, known, today, beyond)
        severity = verdict.severity or manual.rule(rule_id).severity
        return RuleResult(rule_id, verdict.state, severity, verdict.inputs, verdict.why, verdict.applies)

    @wraps(named)
    def answer(manual: Manual, course: Course, today: date, beyond: Beyond = NOTHING) -> RuleResult:
        return reader(manual, course.as_of(today), today, beyond)

    RULES[rule_id], READERS[rule_id] = answer, reader
    return answer


def parameter(manual: Manual, rule_id: str, name: str) -> Any:
    """A number or list the content gives for this rule."""
    return manual.rule(rule_id).parameters[name]
