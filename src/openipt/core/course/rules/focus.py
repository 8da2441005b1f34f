"""Rules of focus and ranking (ipt.md 2, 7.3, 3.3, 14)."""

from __future__ import annotations

from datetime import date

from openipt.core.course import known
from openipt.core.course.course import Course
from openipt.core.course.rules.result import Verdict, cannot_tell, fired, not_fired, parameter, rule
from openipt.core.formulation.ranking import SENSITIVITY, Ranking
from openipt.core.manual.model import Manual


@rule("DR-17")
def outside_the_rules_of_choice(manual: Manual, course: Course, today: date) -> Verdict:
    """More than two areas, or sensitivity although another issue reached 50."""
    areas = known.focus(course)
    limit = parameter(manual, "DR-17", "max_areas")
    others = _scores_of_other_areas(course)
    inputs = {"focus": list(areas), "highest_other_score": max(others, default=None)}
    if len(areas) > limit:
        return fired(f"{len(areas)} areas are chosen; {limit} at most.", **inputs)
    if SENSITIVITY not in areas:
        return not_fired(f"{len(areas)} of {limit} areas, sensitivity not among them.", **inputs)
    if not others and not _ranked_without_other_areas(course):
        return cannot_tell("the ranking of issues", **inputs)
    line = parameter(manual, "DR-17", "other_area_score_from")
    if max(others, default=0.0) >= line:
        return fired(f"Sensitivity is chosen while another issue scores {max(others):g}.", **inputs)
    return not_fired(f"No other issue scores {line} or more.", **inputs)


def _ranked_without_other_areas(course: Course) -> bool:
    """Issues were ranked, and sensitivity is the only area among them."""
    areas = {e.values.get("area") for e in known.latest_ranking_entries(course)}
    return areas == {SENSITIVITY}


def _scores_of_other_areas(course: Course) -> list[float]:
    """Scores of the issues of other areas: computed from their factors, else as kept with them."""
    entries = [e for e in known.latest_ranking_entries(course) if e.values.get("area") != SENSITIVITY]
    ranking = known.latest_ranking(course)
    computed = ranking.scores if ranking else {}
    scores = [computed.get(str(e.values.get("issue")), known.score_of_issue(e)) for e in entries]
    return [score for score in scores if score is not None]


@rule("DR-18")
def second_focus_early(manual: Manual, course: Course, today: date) -> Verdict:
    """A focus was added while an earlier one stays and is not resolved."""
    added, kept = _added_and_kept(course)
    if not added or not kept:
        return not_fired("No second focus was added beside an earlier one.", focus=list(known.focus(course)))
    ended = known.ended_areas(course) & set(kept)
    kept = tuple(area for area in kept if area not in ended)
    resolved = known.resolution(manual, course)
    inputs = {"added": list(added), "kept": list(kept), "ended": sorted(ended), "ms_prr": resolved}
    if not kept:
        return not_fired("Every issue of the first focus is marked resolved or dropped.", **inputs)
    if resolved is None:
        return cannot_tell("the rating of how far the first focus is resolved (ms_prr)", **inputs)
    line = parameter(manual, "DR-18", "resolved_from")
    if resolved < line:
        return fired(f"A focus was added while the first is rated {resolved:g}, below {line}.", **inputs)
    return not_fired(f"The first focus is rated {resolved:g}: resolved or improved.", **inputs)


def _added_and_kept(course: Course) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Of the focus as it stands: areas that came later, and earlier ones that were never dropped."""
    history = known.focus_history(course)
    if len(history) < 2:
        return (), ()
    since: dict[str, date] = {}
    for focus in history:
        since = {area: since.get(area, focus.on) for area in focus.areas}
    first = min(since.values())
    added = tuple(area for area, on in since.items() if on > first)
    return added, tuple(area for area, on in since.items() if on == first)


@rule("DR-47")
def close_call(manual: Manual, course: Course, today: date) -> Verdict:
    """First and second issue lie less than 8 points apart, or equal weights put another first."""
    ranking = known.latest_ranking(course)
    if ranking is None:
        return _close_by_totals(manual, course)
    if not ranking.order:
        return cannot_tell("factors of the issues")
    inputs = {"gap": ranking.gap, "order": list(ranking.order)}
    if ranking.close_call:
        return fired(_why_close(ranking, parameter(manual, "DR-47", "gap_below")), **inputs)
    return not_fired("The order is firm.", **inputs)


def _why_close(ranking: Ranking, gap_below: float) -> str:
    """By place in the order: an issue's id says nothing to a reader, and its words are the client's."""
    if ranking.gap is not None and ranking.gap < gap_below:
        return f"First and second are {ranking.gap:g} points apart, less than {gap_below:g}. Ask the client."
    return "With equal weights another issue comes first. Ask the client."


def _close_by_totals(manual: Manual, course: Course) -> Verdict:
    """Only totals are known, not the factors they came from: a small gap is still a close call."""
    totals = sorted(
        (
            float(t)
            for e in known.latest_ranking_entries(course)
            if isinstance(t := e.values.get("total"), int | float)
        ),
        reverse=True,
    )
    if len(totals) > 1 and totals[0] - totals[1] < parameter(manual, "DR-47", "gap_below"):
        return fired("First and second are less than 8 points apart.", gap=round(totals[0] - totals[1], 1))
    return cannot_tell("a ranking of issues with its factors")
