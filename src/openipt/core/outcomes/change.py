"""What became of a course: the change categories of `ipt.md` 10.3 on PHQ-9 and GAD-7 together.

An answer that the totals at hand do not settle is None, never "no".
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

from openipt.core.measures.change import ReliableChange, reliable_change
from openipt.core.measures.definitions import Measure
from openipt.core.measures.scoring import half_up

RESPONSE_PERCENT = 50  # fall of PHQ-9 from start [S81R]; also in the original PHQ-9 rule [S84]
REMISSION_BELOW = 5  # PHQ-9 [S81R]
SIGNIFICANT_AT_MOST = 9  # PHQ-9, original rule of its authors [S84]


@dataclass(frozen=True)
class Totals:
    """The pair of totals of one day; None is not known."""

    phq9: int | None = None
    gad7: int | None = None


@dataclass(frozen=True)
class Answer:
    """One category: yes, no, or None where the totals at hand do not settle it; and the rule in words."""

    value: bool | None
    rule: str


@dataclass(frozen=True)
class ChangeCategories:
    """Every category of 10.3 for one pair of days. `fall_percent` is of PHQ-9, to one decimal."""

    start: Totals
    end: Totals
    case_at_start: Answer
    case_at_end: Answer
    reliable_improvement: Answer
    reliable_deterioration: Answer
    no_reliable_change: Answer
    recovery: Answer
    reliable_recovery: Answer
    response: Answer
    remission: Answer
    clinically_significant: Answer
    fall_percent: float | None

    def answers(self) -> dict[str, Answer]:
        """The categories by name, in the order of 10.3."""
        found = {each.name: getattr(self, each.name) for each in fields(self)}
        return {name: value for name, value in found.items() if isinstance(value, Answer)}

    def as_json(self) -> dict[str, Any]:
        """Totals, answers and fall, flat, under the names that the worked cases use."""
        return {
            "ms_phq9_start": self.start.phq9,
            "ms_phq9_end": self.end.phq9,
            "ms_gad7_start": self.start.gad7,
            "ms_gad7_end": self.end.gad7,
            **{name: answer.value for name, answer in self.answers().items()},
            "fall_percent": self.fall_percent,
        }


def change_categories(start: Totals, end: Totals, *, phq9: Measure, gad7: Measure) -> ChangeCategories:
    """Judge the change between two pairs of totals by the cut-offs and indices of the two measures."""
    case_start, case_end = _case(start, phq9, gad7), _case(end, phq9, gad7)
    depression = _change(phq9, start.phq9, end.phq9)
    anxiety = _change(gad7, start.gad7, end.gad7)
    improved = _one_way(depression, anxiety, ReliableChange.IMPROVED, ReliableChange.DETERIORATED)
    worse = _one_way(depression, anxiety, ReliableChange.DETERIORATED, ReliableChange.IMPROVED)
    recovered = _and(case_start, _not(case_end))
    responded = _fell_by(start.phq9, end.phq9, RESPONSE_PERCENT)
    words = _Words(phq9, gad7)
    return ChangeCategories(
        start=start,
        end=end,
        case_at_start=Answer(case_start, words.case),
        case_at_end=Answer(case_end, words.case),
        reliable_improvement=Answer(improved, words.reliable("Falls", "rises")),
        reliable_deterioration=Answer(worse, words.reliable("Rises", "falls")),
        no_reliable_change=Answer(
            _and(_not(improved), _not(worse)),
            "Neither a reliable improvement nor a reliable deterioration, or one of each.",
        ),
        recovery=Answer(recovered, f"A case at start and below both cut-offs at end. {words.case}"),
        reliable_recovery=Answer(_and(recovered, improved), "Recovery and reliable improvement together."),
        response=Answer(responded, f"{phq9.title} fell by {RESPONSE_PERCENT} % or more of its start."),
        remission=Answer(
            None if end.phq9 is None else end.phq9 < REMISSION_BELOW,
            f"{phq9.title} below {REMISSION_BELOW} at end.",
        ),
        clinically_significant=Answer(
            _and(None if end.phq9 is None else end.phq9 <= SIGNIFICANT_AT_MOST, responded),
            f"{phq9.title} {SIGNIFICANT_AT_MOST} or less at end, and fallen by {RESPONSE_PERCENT} % or more.",
        ),
        fall_percent=fall_percent(start.phq9, end.phq9),
    )


def fall_percent(start: int | None, end: int | None) -> float | None:
    """The fall as a share of the start, in percent to one decimal; None without a start above 0."""
    if not start or end is None:
        return None
    return half_up(1000 * (start - end), start) / 10


class _Words:
    """The rules in words, with the numbers that the measures carry."""

    def __init__(self, phq9: Measure, gad7: Measure) -> None:
        self.phq9, self.gad7 = phq9, gad7

    @property
    def case(self) -> str:
        return (
            f"A case: {self.phq9.title} {_case_from(self.phq9):g} or more, "
            f"or {self.gad7.title} {_case_from(self.gad7):g} or more."
        )

    def reliable(self, moves: str, other: str) -> str:
        return (
            f"{moves} by the reliable change or more ({self.phq9.title} {_index(self.phq9):g}, "
            f"{self.gad7.title} {_index(self.gad7):g}) on one measure, "
            f"and the other {other} by less than its own."
        )


def _case_from(measure: Measure) -> float:
    cut_off = measure.cut_off("case")
    if cut_off is None or cut_off.at_least is None:
        raise ValueError(f"{measure.id} has no cut-off named case.")
    return cut_off.at_least


def _index(measure: Measure) -> float:
    if measure.reliable_change is None or measure.reliable_change.points is None:
        raise ValueError(f"{measure.id} has no reliable change index.")
    return measure.reliable_change.points


def _case(totals: Totals, phq9: Measure, gad7: Measure) -> bool | None:
    depression = None if totals.phq9 is None else totals.phq9 >= _case_from(phq9)
    anxiety = None if totals.gad7 is None else totals.gad7 >= _case_from(gad7)
    return _or(depression, anxiety)


def _change(measure: Measure, start: int | None, end: int | None) -> ReliableChange | None:
    return None if start is None or end is None else reliable_change(measure, start, end)


def _one_way(
    depression: ReliableChange | None,
    anxiety: ReliableChange | None,
    way: ReliableChange,
    back: ReliableChange,
) -> bool | None:
    """Moved `way` on one measure and not `back` on the other (the pair rule)."""
    return _or(
        _and(_is(depression, way), _not(_is(anxiety, back))),
        _and(_is(anxiety, way), _not(_is(depression, back))),
    )


def _is(change: ReliableChange | None, wanted: ReliableChange) -> bool | None:
    return None if change is None else change is wanted


def _fell_by(start: int | None, end: int | None, percent: int) -> bool | None:
    if not start or end is None:
        return None
    return 100 * (start - end) >= percent * start


def _and(one: bool | None, other: bool | None) -> bool | None:
    """Both, where not knowing is neither yes nor no."""
    if one is False or other is False:
        return False
    return None if one is None or other is None else True


def _or(one: bool | None, other: bool | None) -> bool | None:
    return _not(_and(_not(one), _not(other)))


def _not(one: bool | None) -> bool | None:
    return None if one is None else not one
