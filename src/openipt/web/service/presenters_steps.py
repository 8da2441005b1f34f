"""What was chosen where courses were not on track, and what followed, in words. No name, no small number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from openipt import library
from openipt.core.course.decisions import GO_ON
from openipt.records.queries.steps import FEWEST, StepFigures

TOO_FEW = f"fewer than {FEWEST}"
NOT_SHOWN = "too few to show"
GO_ON_TITLE = "Go on as planned"


@dataclass(frozen=True)
class StepsChosen:
    """Rows of the table: step, chosen, looked at again, reliable improvement since."""

    rows: tuple[tuple[str, str, str, str], ...]
    note: str


def steps_chosen(found: Sequence[StepFigures]) -> StepsChosen:
    """The most frequent first, as they come."""
    return StepsChosen(
        rows=tuple(_row(one) for one in found),
        note=f"Steps chosen {TOO_FEW} times are left out. Improvement is by the reliable-change rule on PHQ-9 and "
        "GAD-7, from the day of the decision to the day it was looked at again; it is shown where at least "
        f"{FEWEST} improved and at least {FEWEST} did not. It does not say that the step brought it about.",
    )


def _row(one: StepFigures) -> tuple[str, str, str, str]:
    looked_at = NOT_SHOWN if one.looked_at is None else str(one.looked_at)
    if one.improved is None or not one.looked_at:
        return _title(one.code), str(one.chosen), looked_at, NOT_SHOWN
    percent = round(100 * one.improved / one.looked_at)
    return _title(one.code), str(one.chosen), looked_at, f"{one.improved} of {one.looked_at} ({percent} %)"


def _title(code: str) -> str:
    if code == GO_ON:
        return GO_ON_TITLE
    step = library.content().next_steps.get(code)
    return step.title if step else code
