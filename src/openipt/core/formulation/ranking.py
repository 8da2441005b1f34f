"""Ranking the issues found in the inventory: an aid to discussion, not validated (ipt.md 7, DEFAULT).

Scores are exact fractions inside, so that two issues tie only when they really tie; what is shown is
rounded to one decimal. The result is a proposal: client and therapist agree the final order.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from types import MappingProxyType
from typing import Any

SENSITIVITY = "interpersonal_sensitivity"
SAFETY = "f_safety"


@dataclass(frozen=True)
class Issue:
    """One issue with its factors rated 0 to 3. A factor that is absent or None is not rated yet."""

    id: str
    text: str
    area: str
    factors: Mapping[str, int | None]
    evidence: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for factor, rating in self.factors.items():
            if rating is not None and (isinstance(rating, bool) or rating not in (0, 1, 2, 3)):
                raise ValueError(f"{self.id}: {factor} is rated 0, 1, 2 or 3")


@dataclass(frozen=True)
class Weights:
    """How factors weigh and where the lines are drawn (content/ranking.toml; ipt.md 7.2 and 7.3)."""

    factors: Mapping[str, int]
    highest_rating: int = 3
    least_rated: int = 4
    most_issues: int = 6
    close_call_below: int = 8
    sensitivity_only_below: int = 50
    safety_gate_from: int = 2
    tie_break: tuple[str, ...] = ("f_priority", "f_link", "f_change")

    @classmethod
    def from_table(cls, table: Mapping[str, Any]) -> Weights:
        """As content/ranking.toml holds them."""
        return cls(
            factors={factor["id"]: factor["weight"] for factor in table["factor"] if "weight" in factor},
            highest_rating=table["highest_rating"],
            least_rated=table["least_rated"],
            most_issues=table["most_issues"],
            close_call_below=table["close_call_below"],
            sensitivity_only_below=table["sensitivity_only_below"],
            safety_gate_from=table["safety_gate_from"],
            tie_break=tuple(table["tie_break"]),
        )

    def equal(self) -> Weights:
        """The same, with every factor weighing one."""
        return Weights(
            dict.fromkeys(self.factors, 1),
            self.highest_rating,
            self.least_rated,
            self.most_issues,
            self.close_call_below,
            self.sensitivity_only_below,
            self.safety_gate_from,
            self.tie_break,
        )


# The weights of ipt.md 7.2 (DEFAULT). content/ranking.toml says the same to clinicians; a test compares.
WEIGHTS = Weights(
    MappingProxyType({"f_link": 3, "f_priority": 3, "f_severity": 2, "f_affect": 2, "f_change": 2})
)


@dataclass(frozen=True)
class Ranked:
    """One issue with its score; `score` is None, and `why_not_scored` says why, if too little is rated."""

    issue: Issue
    score: float | None
    equal_weight_score: float | None
    rank: int | None
    needs_safety_first: bool
    why_not_scored: str = ""


@dataclass(frozen=True)
class Ranking:
    """The proposal: issues in order of score, who goes first and why, and whether to ask the client."""

    ranked: tuple[Ranked, ...]
    close_call: bool
    gap: float | None
    reasons: tuple[str, ...]
    proposed: str | None
    safety_first: tuple[str, ...]

    @property
    def order(self) -> tuple[str, ...]:
        return tuple(entry.issue.id for entry in self.ranked if entry.score is not None)

    @property
    def scores(self) -> dict[str, float]:
        return {entry.issue.id: entry.score for entry in self.ranked if entry.score is not None}

    @property
    def equal_weight_scores(self) -> dict[str, float]:
        return {
            entry.issue.id: entry.equal_weight_score
            for entry in self.ranked
            if entry.equal_weight_score is not None
        }


def rank_issues(issues: Iterable[Issue], weights: Weights) -> Ranking:
    """Put up to six issues in order and say how firm that order is."""
    listed = tuple(issues)
    _check(listed, weights)
    equal = weights.equal()
    exact = {issue.id: _score(issue, weights) for issue in listed}
    exact_equal = {issue.id: _score(issue, equal) for issue in listed}
    order = _in_order(listed, exact, weights)
    order_equal = _in_order(listed, exact_equal, equal)
    ranked = tuple(
        Ranked(
            issue=issue,
            score=_shown(exact[issue.id]),
            equal_weight_score=_shown(exact_equal[issue.id]),
            rank=place if exact[issue.id] is not None else None,
            needs_safety_first=_gated(issue, weights),
            why_not_scored="" if exact[issue.id] is not None else _why_not_scored(issue, weights),
        )
        for place, issue in enumerate(order, start=1)
    )
    gap = _gap(order, exact)
    close = _why_close(order, order_equal, exact, gap, weights)
    proposed, passed_over = _propose(order, exact, weights)
    return Ranking(
        ranked=ranked,
        close_call=bool(close),
        gap=_shown(gap),
        reasons=(*close, *passed_over),
        proposed=proposed,
        safety_first=tuple(sorted(issue.id for issue in listed if _gated(issue, weights))),
    )


def _check(issues: tuple[Issue, ...], weights: Weights) -> None:
    if len(issues) > weights.most_issues:
        raise ValueError(f"rank at most {weights.most_issues} issues")
    if len({issue.id for issue in issues}) < len(issues):
        raise ValueError("every issue needs an id of its own")


def _rated(issue: Issue, weights: Weights) -> dict[str, int]:
    return {f: r for f in weights.factors if (r := issue.factors.get(f)) is not None}


def _score(issue: Issue, weights: Weights) -> Fraction | None:
    """100 * sum(weight * rating) / (3 * sum of the weights of rated factors); ipt.md 7.3 step 3."""
    rated = _rated(issue, weights)
    if len(rated) < weights.least_rated:
        return None
    reached = sum(weights.factors[factor] * rating for factor, rating in rated.items())
    highest = weights.highest_rating * sum(weights.factors[factor] for factor in rated)
    return Fraction(100 * reached, highest)


def _why_not_scored(issue: Issue, weights: Weights) -> str:
    return (
        f"{len(_rated(issue, weights))} of {len(weights.factors)} factors are rated; "
        f"at least {weights.least_rated} are needed."
    )


def _in_order(
    issues: tuple[Issue, ...], exact: Mapping[str, Fraction | None], weights: Weights
) -> tuple[Issue, ...]:
    """Highest score first; ties by priority, link, change; then by id, so that the order of typing is nothing."""

    def place(issue: Issue) -> tuple[Fraction | int | str, ...]:
        score = exact[issue.id]
        ties = tuple(-(issue.factors.get(factor) or 0) for factor in weights.tie_break)
        return (1 if score is None else 0, -(score or 0), *ties, issue.id)

    return tuple(sorted(issues, key=place))


def _gap(order: tuple[Issue, ...], exact: Mapping[str, Fraction | None]) -> Fraction | None:
    scored = [score for issue in order if (score := exact[issue.id]) is not None]
    return scored[0] - scored[1] if len(scored) > 1 else None


def _why_close(
    order: tuple[Issue, ...],
    order_equal: tuple[Issue, ...],
    exact: Mapping[str, Fraction | None],
    gap: Fraction | None,
    weights: Weights,
) -> tuple[str, ...]:
    if gap is None:
        return ()
    reasons = []
    if gap < weights.close_call_below:
        reasons.append(
            f"Close call: {order[0].id} and {order[1].id} are {_shown(gap)} points apart, "
            f"less than {weights.close_call_below}. Ask the client."
        )
    if order[0].id != order_equal[0].id:
        reasons.append(
            f"Close call: with equal weights {order_equal[0].id} comes first, not {order[0].id}. Ask the client."
        )
    return tuple(reasons)


def _propose(
    order: tuple[Issue, ...], exact: Mapping[str, Fraction | None], weights: Weights
) -> tuple[str | None, tuple[str, ...]]:
    """The first issue that may become the focus, and why those before it were passed over."""
    reasons: list[str] = []
    for issue in order:
        if exact[issue.id] is None:
            continue
        why_not = _why_not_proposed(issue, order, exact, weights)
        if not why_not:
            return issue.id, tuple(reasons)
        reasons.append(why_not)
    return None, tuple(reasons)


def _why_not_proposed(
    issue: Issue, order: tuple[Issue, ...], exact: Mapping[str, Fraction | None], weights: Weights
) -> str:
    if _gated(issue, weights):
        return f"{issue.id}: safety comes first. It does not become the focus by its score alone."
    others = [s for other in order if other.area != SENSITIVITY and (s := exact[other.id]) is not None]
    if issue.area == SENSITIVITY and any(score >= weights.sensitivity_only_below for score in others):
        return (
            f"{issue.id}: interpersonal sensitivity is proposed only when no issue of another area "
            f"reaches {weights.sensitivity_only_below}."
        )
    return ""


def _gated(issue: Issue, weights: Weights) -> bool:
    return (issue.factors.get(SAFETY) or 0) >= weights.safety_gate_from


def _shown(score: Fraction | None) -> float | None:
    """Rounded half up to one decimal, as a person would do it on paper."""
    if score is None:
        return None
    exact = Decimal(score.numerator) / Decimal(score.denominator)
    return float(exact.quantize(Decimal("0.1"), rounding=ROUND_HALF_UP))


@dataclass(frozen=True)
class RankChange:
    """What became of one issue from one ranking to a later one. None: it was not ranked, or not scored, then."""

    issue: str
    rank_before: int | None
    rank_after: int | None
    score_before: float | None
    score_after: float | None
    factors: tuple[tuple[str, int | None, int | None], ...]


def rank_changes(before: Ranking, after: Ranking) -> tuple[RankChange, ...]:
    """Issues whose place, score or ratings differ, in the order of the later ranking; then those that left it."""
    old = {one.issue.id: one for one in before.ranked}
    new = {one.issue.id: one for one in after.ranked}
    found = []
    for name in (*new, *(name for name in old if name not in new)):
        then, now = old.get(name), new.get(name)
        change = RankChange(
            name,
            then.rank if then else None,
            now.rank if now else None,
            then.score if then else None,
            now.score if now else None,
            _rated_otherwise(then, now),
        )
        if then is None or now is None or change.factors or change.rank_before != change.rank_after:
            found.append(change)
    return tuple(found)


def _rated_otherwise(
    then: Ranked | None, now: Ranked | None
) -> tuple[tuple[str, int | None, int | None], ...]:
    if then is None or now is None:
        return ()
    named = dict.fromkeys([*then.issue.factors, *now.issue.factors])
    pairs = ((name, then.issue.factors.get(name), now.issue.factors.get(name)) for name in named)
    return tuple((name, old, new) for name, old, new in pairs if old != new)
