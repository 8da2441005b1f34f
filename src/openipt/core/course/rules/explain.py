"""Every rule of the manual on one day, with what it says, what it found, and its ground: for command line and page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from openipt.core.course.beyond import NOTHING, Beyond
from openipt.core.course.course import Course
from openipt.core.course.rules import RuleResult, RuleState, rule_results
from openipt.core.manual.model import Manual, Rule

NOT_FOR_THIS = "not_for_this_adaptation"
ANSWERS = {
    "fired": "fired",
    "cannot_tell": "cannot tell",
    "not_fired": "not fired",
    NOT_FOR_THIS: "not for this adaptation",
}


@dataclass(frozen=True)
class Explained:
    """One rule as content has it, and what it answered."""

    rule: Rule
    result: RuleResult

    @property
    def answer(self) -> str:
        """The key of its answer in `ANSWERS`: the state, and apart from it what it does not speak of."""
        if self.result.state is RuleState.NOT_FIRED and not self.result.applies:
            return NOT_FOR_THIS
        return self.result.state.value

    @property
    def why(self) -> str:
        """The reason, as a sentence."""
        why = self.result.why.strip()
        if self.result.state is RuleState.CANNOT_TELL and why.startswith("missing "):
            why = f"missing: {why.removeprefix('missing ')}"
        return f"{why[:1].upper()}{why[1:]}" + ("" if why.endswith((".", "?", "!")) else ".")

    @property
    def ground(self) -> str:
        """Its sources, else the section of the clinical reference."""
        section = [f"clinical reference {self.rule.section}"] if self.rule.section else []
        return ", ".join([*self.rule.sources, *section]) or "clinical reference 14"

    def as_json(self) -> dict[str, Any]:
        return {
            "id": self.rule.id,
            "title": self.rule.title,
            "version": self.rule.version,
            "state": self.answer,
            "severity": self.result.severity.value,
            "marks": list(self.rule.marks),
            "why": self.why,
            "inputs": self.result.inputs,
            "if": self.rule.if_text.strip(),
            "then": self.rule.then_text.strip(),
            "reading": self.rule.reading.strip(),
            "sources": list(self.rule.sources),
            "section": self.rule.section,
        }


def explain(manual: Manual, course: Course, today: date, beyond: Beyond = NOTHING) -> tuple[Explained, ...]:
    """Every rule, by id."""
    return tuple(Explained(manual.rule(r.id), r) for r in rule_results(manual, course, today, beyond))
