"""Which status of an episode may follow which: one table, from which the reference is printed.

An ended episode stays ended: a client who comes back opens a new one.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

from openipt.core.course.course import Course, EndReason, EpisodeStatus
from openipt.core.course.phases import ORDER, phase_on, remaining, status_on
from openipt.core.manual.model import Manual
from openipt.core.values import Decision

MOVES: Mapping[EpisodeStatus, frozenset[EpisodeStatus]] = MappingProxyType(
    {
        EpisodeStatus.ENQUIRY: frozenset({EpisodeStatus.ASSESSMENT, EpisodeStatus.ENDED}),
        EpisodeStatus.ASSESSMENT: frozenset(
            {EpisodeStatus.ACTIVE, EpisodeStatus.PAUSED, EpisodeStatus.ENDED}
        ),
        EpisodeStatus.ACTIVE: frozenset(
            {EpisodeStatus.PAUSED, EpisodeStatus.MAINTENANCE, EpisodeStatus.ENDED}
        ),
        EpisodeStatus.PAUSED: frozenset(
            {
                EpisodeStatus.ASSESSMENT,
                EpisodeStatus.ACTIVE,
                EpisodeStatus.MAINTENANCE,
                EpisodeStatus.ENDED,
            }
        ),
        EpisodeStatus.MAINTENANCE: frozenset(
            {EpisodeStatus.ACTIVE, EpisodeStatus.PAUSED, EpisodeStatus.ENDED}
        ),
        EpisodeStatus.ENDED: frozenset(),
    }
)

# Reasons that make sense from each status: nobody completes a treatment that never began.
BEFORE_TREATMENT = frozenset(EndReason) - {EndReason.COMPLETED}
END_REASONS: Mapping[EpisodeStatus, frozenset[EndReason]] = MappingProxyType(
    {
        EpisodeStatus.ENQUIRY: BEFORE_TREATMENT,
        EpisodeStatus.ASSESSMENT: BEFORE_TREATMENT,
        EpisodeStatus.ACTIVE: frozenset(EndReason),
        EpisodeStatus.PAUSED: frozenset(EndReason),
        EpisodeStatus.MAINTENANCE: frozenset(EndReason),
        EpisodeStatus.ENDED: frozenset(),
    }
)

IN_WORDS: Mapping[EpisodeStatus, str] = MappingProxyType(
    {
        EpisodeStatus.ENQUIRY: "enquiry",
        EpisodeStatus.ASSESSMENT: "assessment",
        EpisodeStatus.ACTIVE: "treatment",
        EpisodeStatus.PAUSED: "a pause",
        EpisodeStatus.MAINTENANCE: "maintenance",
        EpisodeStatus.ENDED: "its end",
    }
)


GOING_ON = (EpisodeStatus.ACTIVE, EpisodeStatus.MAINTENANCE)


def may_go_on(manual: Manual, course: Course, to: Manual, today: date) -> Decision:
    """May the course go on by an adaptation that follows acute treatment, such as maintenance?"""
    reasons = []
    if to.is_acute or not manual.is_acute:
        reasons.append(f"{to.title or to.name} does not follow {manual.title or manual.name}.")
    if status_on(course) not in GOING_ON:
        reasons.append("Only a course that is going on can do so.")
    elif ORDER.index(phase_on(manual, course, today)) < ORDER.index("ending") and remaining(course):
        reasons.append("The ending phase of acute treatment has not begun.")
    return Decision(tuple(reasons))


def may_go_back(manual: Manual, course: Course, to: Manual) -> Decision:
    """May acute treatment begin again, from an adaptation that followed it? The reference leaves it open (DEFAULT)."""
    reasons = []
    if manual.is_acute or not to.is_acute:
        reasons.append(f"{to.title or to.name} does not begin again after {manual.title or manual.name}.")
    if status_on(course) not in GOING_ON:
        reasons.append("Only a course that is going on can do so.")
    elif not course.held:
        reasons.append("No session was held yet: choose the adaptation instead.")
    return Decision(tuple(reasons))


def may_move(now: EpisodeStatus, to: EpisodeStatus, reason: str = "") -> Decision:
    """May the episode go from one status to another? Ending asks for a reason that fits."""
    if to not in MOVES[now]:
        return Decision((f"An episode does not go from {IN_WORDS[now]} to {IN_WORDS[to]}.",))
    if to is EpisodeStatus.ENDED and not reason:
        return Decision(("Say why the episode ends.",))
    if to is EpisodeStatus.ENDED and reason not in {known.value for known in END_REASONS[now]}:
        return Decision((f"“{reason}” is no reason to end an episode from {IN_WORDS[now]}.",))
    return Decision()
