"""Which status of an episode may follow which. An ended episode stays ended: a new one is opened."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from openipt.core.course.course import EpisodeStatus
from openipt.core.values import Decision

STATUS_MOVES: Mapping[EpisodeStatus, frozenset[EpisodeStatus]] = MappingProxyType(
    {
        EpisodeStatus.ENQUIRY: frozenset(
            {EpisodeStatus.ASSESSMENT, EpisodeStatus.ACTIVE, EpisodeStatus.ENDED}
        ),
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


def may_move(status: EpisodeStatus, to: EpisodeStatus) -> Decision:
    """May an episode of this status become that one?"""
    if to in STATUS_MOVES[status]:
        return Decision()
    if status is to:
        return Decision((f"The episode is {to.value} already.",))
    if status is EpisodeStatus.ENDED:
        return Decision(("An ended episode stays ended. Open a new one.",))
    return Decision((f"An episode cannot go from {status.value} to {to.value}.",))
