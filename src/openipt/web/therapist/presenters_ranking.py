"""Issues with their factors and texts, the order they come in, and how firm it is: never only the number."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from openipt import library
from openipt.core.course import known
from openipt.core.formulation.ranking import Issue, RankChange, Ranking, Weights, rank_changes, rank_issues
from openipt.records.models import Entry
from openipt.web.therapist.common import EpisodePage
from openipt.web.therapist.room_parts import may_write

ISSUE, RANKED = "rec_issue", "rec_issue_ranking"


@dataclass(frozen=True)
class FactorRow:
    """One factor: what it asks, the rating with its anchor in words, what the rating rests on."""

    id: str
    name: str
    weight: int | None
    rating: int | None
    anchor: str
    evidence: str


@dataclass(frozen=True)
class IssueView:
    """One issue as it stands in the order of score."""

    id: str
    text: str
    area: str
    rank: int | None
    score: str
    equal: str
    why_not_scored: str
    safety_first: bool
    is_proposed: bool
    factors: tuple[FactorRow, ...]
    address: str
    client_rank: int | None
    final_rank: int | None

    @property
    def place(self) -> int:
        """Where it stands in the order to be agreed: as agreed last, else by score, else at the end."""
        return self.final_rank or self.rank or weights().most_issues


@dataclass(frozen=True)
class EndedIssue:
    """An issue that left the order."""

    text: str
    state: str
    reason: str
    address: str


@dataclass(frozen=True)
class ChangeView:
    """What became of an issue since it was ranked last, in words."""

    text: str
    words: tuple[str, ...]


@dataclass(frozen=True)
class PastRanking:
    """One day on which an order was agreed: of each issue its place and its score."""

    on: Any
    session: int | None
    cells: tuple[str, ...]


@dataclass(frozen=True)
class NextInOrder:
    """The focus has no open issue left: the next in order, offered (DR-18)."""

    done: str
    text: str
    area: str
    address: str


@dataclass(frozen=True)
class RankingView:
    """The order by score with its reasons, and the order agreed last."""

    label: str
    issues: tuple[IssueView, ...]
    close_call: tuple[str, ...]
    passed_over: tuple[str, ...]
    safety_first: tuple[str, ...]
    proposed: str
    agreed_on: Any
    agreed: tuple[str, ...]
    reason: str
    may_write: bool
    may_add: bool
    method: tuple[str, ...]
    ended: tuple[EndedIssue, ...]
    since: tuple[ChangeView, ...]
    past_issues: tuple[str, ...]
    past: tuple[PastRanking, ...]
    next_in_order: NextInOrder | None
    is_midpoint: bool


@cache
def weights() -> Weights:
    return Weights.from_table(library.table("ranking"))


def issue_entries(page: EpisodePage) -> dict[str, Entry]:
    """The issues as rated last, by short name. A later record of one name takes the place of the earlier."""
    found: dict[str, Entry] = {}
    for number, entry in enumerate(page.entries(ISSUE), start=1):
        found[str(entry.visible.get("id") or f"issue-{number}")] = entry
    return found


def issue_values(page: EpisodePage) -> dict[str, Mapping[str, Any]]:
    """Issues by short name: of their records; where there is none, as they stood in the last ranking."""
    entries = issue_entries(page)
    if entries:
        return {name: entry.visible for name, entry in entries.items()}
    ranked = known.latest_ranking_entries(page.course)
    return {str(entry.values.get("issue")): entry.values for entry in ranked}


def open_issues(values: Mapping[str, Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    """Without those that are resolved or dropped: they leave the order (7.3 step 9)."""
    return {name: found for name, found in values.items() if found.get("state") not in known.ENDED}


def ranking_of(values: Mapping[str, Mapping[str, Any]]) -> Ranking:
    """The issues in order, as many as may be ranked (7.3)."""
    listed = [_issue(name, found) for name, found in values.items()][: weights().most_issues]
    return rank_issues(listed, weights())


def _issue(name: str, values: Mapping[str, Any]) -> Issue:
    factors = values.get("factors") or {}
    rated = {factor: rating for factor, rating in factors.items() if rating in (0, 1, 2, 3)}
    return Issue(name, str(values.get("text", "")), str(values.get("area", "")), rated)


def present_ranking(page: EpisodePage) -> RankingView:
    listed, entries = issue_values(page), issue_entries(page)
    values = open_issues(listed)
    ranking = ranking_of(values)
    names = {name: str(found.get("text") or name) for name, found in listed.items()}
    last = {str(entry.values.get("issue")): entry for entry in known.latest_ranking_entries(page.course)}
    writes = may_write(page, ISSUE)
    agreed = sorted(
        (entry.values["final_rank"], name) for name, entry in last.items() if entry.values.get("final_rank")
    )
    table = library.table("ranking")
    close = [reason for reason in ranking.reasons if reason.startswith("Close call")]
    return RankingView(
        label=str(table["label"]),
        issues=tuple(
            IssueView(
                id=one.issue.id,
                text=names[one.issue.id],
                area=page.codes["areas"].get(one.issue.area, one.issue.area),
                rank=one.rank,
                score="" if one.score is None else f"{one.score:g}",
                equal="" if one.equal_weight_score is None else f"{one.equal_weight_score:g}",
                why_not_scored=one.why_not_scored,
                safety_first=one.needs_safety_first,
                is_proposed=one.issue.id == ranking.proposed,
                factors=factor_rows(values[one.issue.id]),
                address=_address(page, entries.get(one.issue.id), one.issue.id) if writes else "",
                client_rank=_rank(last, one.issue.id, "client_rank"),
                final_rank=_rank(last, one.issue.id, "final_rank"),
            )
            for one in ranking.ranked
        ),
        close_call=tuple(in_words(reason, names) for reason in close),
        passed_over=tuple(in_words(r, names) for r in ranking.reasons if r not in close),
        safety_first=tuple(names[name] for name in ranking.safety_first),
        proposed=names.get(ranking.proposed or "", ""),
        agreed_on=next(iter(last.values())).on if agreed else None,
        agreed=tuple(names.get(name, name) for _, name in agreed),
        reason=next((r for e in last.values() if (r := e.values.get("reason_for_difference"))), ""),
        may_write=writes,
        may_add=writes and len(values) < weights().most_issues,
        method=tuple(str(step["text"]) for step in table["step"]),
        ended=tuple(
            EndedIssue(
                names[name],
                "Resolved" if found["state"] == "resolved" else "Dropped",
                str(found.get("state_reason") or ""),
                _address(page, entries.get(name), name) if writes else "",
            )
            for name, found in listed.items()
            if name not in values
        ),
        since=_since(ranking, last, names),
        past_issues=tuple(names.get(name, name) for name in _ranked_ever(page)),
        past=_past(page),
        next_in_order=_next_in_order(page, ranking, listed, names) if writes else None,
        is_midpoint=bool(values) and page.status.rule("DR-19").fired,
    )


def _since(ranking: Ranking, last: Mapping[str, Any], names: Mapping[str, str]) -> tuple[ChangeView, ...]:
    """What differs from the order agreed last: places, scores, and the ratings behind them."""
    if not last:
        return ()
    before = ranking_of({name: entry.values for name, entry in last.items()})
    return tuple(
        ChangeView(names.get(one.issue, one.issue), _change_words(one))
        for one in rank_changes(before, ranking)
    )


def _change_words(change: RankChange) -> tuple[str, ...]:
    if change.rank_after is None and change.score_after is None and change.rank_before is not None:
        return ("no longer in the order",)
    said = []
    if change.rank_before is None:
        said.append("new in the order")
    elif change.rank_before != change.rank_after:
        said.append(f"place {change.rank_before} to {change.rank_after}")
    if change.score_before is not None and change.score_after not in (None, change.score_before):
        said.append(f"score {change.score_before:g} to {change.score_after:g}")
    rows = {factor["id"]: factor for factor in library.table("ranking")["factor"]}
    said += [
        f"{rows[name]['name']} {'not rated' if old is None else old} to {'not rated' if new is None else new}"
        for name, old, new in change.factors
        if name in rows
    ]
    return tuple(said)


def _ranked_ever(page: EpisodePage) -> tuple[str, ...]:
    return tuple(dict.fromkeys(str(e.values.get("issue")) for e in page.course.entries_of(RANKED)))


def _past(page: EpisodePage) -> tuple[PastRanking, ...]:
    """Every day on which issues were put in order, the first one first."""
    by_day: dict[Any, dict[str, Any]] = {}
    for entry in page.course.entries_of(RANKED):
        by_day.setdefault(entry.on, {})[str(entry.values.get("issue"))] = entry
    return tuple(
        PastRanking(
            on,
            next(iter(found.values())).session,
            tuple(_cell(found.get(name)) for name in _ranked_ever(page)),
        )
        for on, found in by_day.items()
    )


def _cell(entry: Any) -> str:
    if entry is None:
        return "–"
    place, total = entry.values.get("final_rank") or entry.values.get("rank"), entry.values.get("total")
    return f"{place or '–'}{f' ({total:g})' if isinstance(total, int | float) else ''}"


def _next_in_order(
    page: EpisodePage, ranking: Ranking, listed: Mapping[str, Mapping[str, Any]], names: Mapping[str, str]
) -> NextInOrder | None:
    """Where every issue of the focus is resolved or dropped, the issue that now scores first."""
    focus = known.focus(page.course)
    ended = {str(one.get("area")) for one in listed.values() if one.get("state") in known.ENDED}
    still = {str(one.get("area")) for one in open_issues(listed).values()}
    if not focus or not set(focus) <= ended - still or ranking.proposed is None:
        return None
    area = str(listed[ranking.proposed].get("area") or "")
    done = ", ".join(
        names[n] for n, one in listed.items() if one.get("state") in known.ENDED and one.get("area") in focus
    )
    areas = page.codes["areas"]
    return NextInOrder(
        done,
        names[ranking.proposed],
        areas.get(area, area),
        page.address(f"formulation/contract/?focus={area}"),
    )


def factor_rows(values: Mapping[str, Any]) -> tuple[FactorRow, ...]:
    """Every factor of 7.2 with what was rated and why."""
    factors, evidence = values.get("factors") or {}, values.get("evidence") or {}
    return tuple(
        FactorRow(
            id=factor["id"],
            name=factor["name"],
            weight=factor.get("weight"),
            rating=factors.get(factor["id"]),
            anchor=_anchor(factor["anchors"], factors.get(factor["id"])),
            evidence=str(evidence.get(factor["id"]) or ""),
        )
        for factor in library.table("ranking")["factor"]
    )


def _anchor(anchors: Any, rating: Any) -> str:
    return anchors[rating] if rating in (0, 1, 2, 3) else "not rated"


def _rank(last: Mapping[str, Any], name: str, key: str) -> int | None:
    return last[name].values.get(key) if name in last else None


def _address(page: EpisodePage, entry: Entry | None, name: str) -> str:
    return page.address(f"formulation/issue/{entry.pk}/" if entry else f"formulation/issue/?issue={name}")


def in_words(reason: str, names: Mapping[str, str]) -> str:
    """A reason with the issues named instead of their short names."""
    if not names:
        return reason
    pattern = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    return re.sub(rf"(?<!\w)({pattern})(?!\w)", lambda found: f"“{names[found.group(1)]}”", reason)


def ranked_values(
    name: str, values: Mapping[str, Any], ranking: Ranking, client: int | None, final: int, reason: str
) -> dict[str, Any]:
    """The `rec_issue_ranking` of one issue, as agreed."""
    entry = next(one for one in ranking.ranked if one.issue.id == name)
    found: dict[str, Any] = {
        "issue": name,
        "text": values.get("text"),
        "area": values.get("area"),
        "factors": dict(entry.issue.factors),
        "evidence": dict(values.get("evidence") or {}),
        "weight_set": "default",
        "total": entry.score,
        "rank": entry.rank,
        "client_rank": client,
        "final_rank": final,
        "reason_for_difference": reason if final != entry.rank else "",
    }
    return {key: value for key, value in found.items() if value not in (None, "", {})}
