"""From answers to a score, with what is missing and what must be looked at.

Prorating: `ipt.md` 10.5 and 22.1 (DEFAULT): person mean times the number of items, rounded half up,
shown as prorated. An item that can raise an alert is never given a value it was not given: where its
answer is missing the total may stand, but risk is to be asked (`ASK_ABOUT_SAFETY`).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from openipt.core.measures.definitions import Item, Measure, Method
from openipt.errors import AnswersNotScorable

ASK_ABOUT_SAFETY = "ask-about-safety"


@dataclass(frozen=True)
class ScoreAlert:
    """Something in the answers that must be looked at.

    `rule` is a decision rule (`DR-01`) or `ask-about-safety`; `item` is None where the total raised
    it; `value` is the scored value, None where the answer is not known.
    """

    rule: str
    severity: str
    item: int | None = None
    value: float | None = None

    def as_json(self) -> dict[str, Any]:
        return {"rule": self.rule, "severity": self.severity, "item": self.item, "value": self.value}


@dataclass(frozen=True)
class Score:
    """What a set of answers comes to. `total` is None where too many are missing: `why_no_total`."""

    measure: str
    version: str
    total: float | None
    band: str | None
    prorated: bool = False
    missing: tuple[int, ...] = ()
    alerts: tuple[ScoreAlert, ...] = ()
    why_no_total: str = ""

    def as_json(self) -> dict[str, Any]:
        """The shape `openipt measures score --json` prints."""
        answer: dict[str, Any] = {
            "measure": self.measure,
            "version": self.version,
            "total": self.total,
            "band": self.band,
            "prorated": self.prorated,
            "missing": list(self.missing),
            "alerts": [alert.as_json() for alert in self.alerts],
        }
        if self.why_no_total:
            answer["why_no_total"] = self.why_no_total
        return answer


def score(measure: Measure, answers: Sequence[int | None]) -> Score:
    """Score one set of answers, in the order of the items; None is an item without an answer."""
    known = _known(measure, answers)
    missing = tuple(item.number for item in measure.items if item.number not in known)
    total, why = _total(measure, known, len(missing))
    alerts = (*_item_alerts(measure, known), *_total_alerts(measure, known))
    return Score(
        measure=measure.id,
        version=measure.version,
        total=total,
        band=_band_key(measure, total),
        prorated=total is not None and bool(missing),
        missing=missing,
        alerts=alerts,
        why_no_total=why,
    )


def total(measure: Measure, answers: Sequence[int | None]) -> float | None:
    """The total of `score` alone, for whoever reads many: no band, no alert."""
    known = _known(measure, answers)
    return _total(measure, known, len(measure.items) - len(known))[0]


def _known(measure: Measure, answers: Sequence[int | None]) -> dict[int, int]:
    """Item -> what its answer counts, of the items that were answered."""
    _check(measure, answers)
    return {
        item.number: item.scored(answer)
        for item, answer in zip(measure.items, answers, strict=True)
        if answer is not None
    }


def score_total(measure: Measure, total: float) -> Score:
    """The score of an outside form of which only the total is known."""
    if not measure.entry.takes_total:
        raise AnswersNotScorable(f"{measure.title} is answered item by item; a total is not enough.")
    _check_total(measure, total)
    from_total = _alert_of_total(measure, total)
    not_known = tuple(ScoreAlert(ASK_ABOUT_SAFETY, "warning", item.number) for item in measure.risk_items)
    return Score(measure.id, measure.version, total, _band_key(measure, total), alerts=from_total + not_known)


def answer_alert(measure: Measure, number: int, answer: int | None) -> ScoreAlert | None:
    """What one answer raises by itself, the moment it is chosen; a declined risk item asks about safety."""
    if number in measure.extra_numbers:
        return None
    item = measure.item(number)
    if item.alert is None:
        return None
    if answer is None:
        return ScoreAlert(ASK_ABOUT_SAFETY, "warning", number)
    value = item.scored(answer)
    severity = item.alert.severity(value)
    return ScoreAlert(item.alert.rule, severity, number, value) if severity else None


def half_up(numerator: int, denominator: int) -> int:
    """The quotient of two whole numbers, rounded half up, without going through a float."""
    return (2 * numerator + denominator) // (2 * denominator)


def _check(measure: Measure, answers: Sequence[int | None]) -> None:
    if not measure.entry.takes_items:
        raise AnswersNotScorable(f"{measure.title} is kept as a total only: {measure.why_no_items}")
    if len(answers) != len(measure.items):
        raise AnswersNotScorable(
            f"{measure.title} has {len(measure.items)} items; {len(answers)} answers were given."
        )
    wrong = [
        item
        for item, answer in zip(measure.items, answers, strict=True)
        if answer is not None and (isinstance(answer, bool) or answer not in item.values)
    ]
    if wrong:
        raise AnswersNotScorable(f"{measure.title}: {_out_of_range(wrong)}")


def _check_total(measure: Measure, total: float) -> None:
    lowest = -math.inf if measure.lowest is None else measure.lowest
    highest = math.inf if measure.highest is None else measure.highest
    if measure.has_whole_totals and math.isfinite(total) and total != int(total):
        raise AnswersNotScorable(f"{measure.title}: {total:g} is not a possible total. It is a whole number.")
    if not (math.isfinite(total) and lowest <= total <= highest):
        known = "" if measure.lowest is None else f" Totals go from {lowest:g} to {highest:g}."
        raise AnswersNotScorable(f"{measure.title}: {total:g} is not a possible total.{known}")


def _out_of_range(items: list[Item]) -> str:
    each = ", ".join(f"item {item.number} takes {item.lowest} to {item.highest}" for item in items)
    return f"out of range: {each}."


def _total(measure: Measure, known: dict[int, int], missing: int) -> tuple[float | None, str]:
    if missing > measure.missing.allowed or not known:
        return None, (
            f"{missing} of {len(measure.items)} answers are missing; "
            f"a total allows {measure.missing.allowed or 'none'}."
        )
    if measure.method is Method.MEAN:
        return half_up(100 * sum(known.values()), len(known)) / 100, ""
    if measure.method is Method.SUM:
        return measure.multiplier * half_up(sum(known.values()) * len(measure.items), len(known)), ""
    return _of_yes(measure, known), ""


def _of_yes(measure: Measure, known: dict[int, int]) -> int:
    """Count or highest number of the items answered yes, among the answers there are."""
    yes = [number for number, value in known.items() if value > measure.item(number).lowest]
    return len(yes) if measure.method is Method.COUNT else max(yes, default=0)


def _item_alerts(measure: Measure, known: dict[int, int]) -> tuple[ScoreAlert, ...]:
    raised = []
    for item in measure.risk_items:
        value = known.get(item.number)
        if value is None:
            raised.append(ScoreAlert(ASK_ABOUT_SAFETY, "warning", item.number))
        elif item.alert and (severity := item.alert.severity(value)):
            raised.append(ScoreAlert(item.alert.rule, severity, item.number, value))
    return tuple(raised)


def _total_alerts(measure: Measure, known: dict[int, int]) -> tuple[ScoreAlert, ...]:
    """What the yes answers raise together. It needs no total: one yes is enough, whatever is missing."""
    if measure.alert is None:
        return ()
    raised = _alert_of_total(measure, _of_yes(measure, known))
    if raised or len(known) == len(measure.items):
        return raised
    return (ScoreAlert(ASK_ABOUT_SAFETY, "warning"),)


def _alert_of_total(measure: Measure, total: float) -> tuple[ScoreAlert, ...]:
    if measure.alert is None:
        return ()
    severity = measure.alert.severity(total)
    return (ScoreAlert(measure.alert.rule, severity, None, total),) if severity else ()


def _band_key(measure: Measure, total: float | None) -> str | None:
    if total is None:
        return None
    band = measure.band(total)
    return band.key if band else None
