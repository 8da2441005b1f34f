"""Rules that fired: those of one episode with every decision on them, and what is settled in many."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import prefetch_related_objects

from openipt.core.course.rules import RuleResult
from openipt.core.manual.model import Severity
from openipt.errors import NoAccess
from openipt.records.access import Act, may
from openipt.records.actors import Actor
from openipt.records.models import Episode, RuleFiring
from openipt.records.prepared import MANY, Prepared

ORDER = (Severity.INFO, Severity.NOTICE, Severity.WARNING, Severity.CRITICAL)

_OF_EPISODE = Prepared(
    lambda episode: (
        RuleFiring.objects.filter(episode=episode)
        .select_related("decided_by")
        .order_by("-first_seen_on", "-first_seen_at", "rule")
    ),
    UUID,
)
_DECIDED = Prepared(
    lambda episodes: (
        RuleFiring.objects.filter(episode__in=episodes, ended_at=None)
        .exclude(decision="")
        .values_list("episode_id", "rule", "severity", "again_on")
    ),
    MANY,
)


def firings_of(user: Actor, episode: Episode, on: date) -> list[RuleFiring]:
    """Everything kept of one episode, the latest first, each with its decisions."""
    if not may(user, Act.SEE_EPISODE, episode=episode, on=on):
        return []
    found = _OF_EPISODE(episode.pk)
    prefetch_related_objects(found, "decisions__by")
    for firing in found:
        firing.episode = episode
        for decision in firing.decisions.all():
            decision.firing = firing
    return found


def firing_for(user: Actor, firing_id: UUID | str, on: date) -> RuleFiring:
    """One firing, or `NoAccess`."""
    try:
        found = RuleFiring.objects.filter(pk=firing_id).select_related("episode__client").first()
    except (ValidationError, ValueError):
        found = None
    if found is None or not may(user, Act.SEE_EPISODE, episode=found.episode, on=on):
        raise NoAccess
    return found


@dataclass(frozen=True)
class Settled:
    """Rules of one episode on which a clinician has decided and that need not be asked again today."""

    rules: Mapping[str, Severity]

    def covers(self, result: RuleResult) -> bool:
        """Decided as it stands; a rule that has become graver since was not."""
        decided = self.rules.get(result.id)
        return decided is not None and ORDER.index(result.severity) <= ORDER.index(decided)

    def left(self, results: Iterable[RuleResult]) -> tuple[RuleResult, ...]:
        """Those that still wait for a decision."""
        return tuple(result for result in results if not self.covers(result))


NOTHING_SETTLED = Settled({})


def settled(episodes: Iterable[UUID], on: date) -> dict[UUID, Settled]:
    """What is settled today in each of these episodes. Access is the caller's to ask."""
    found: dict[UUID, dict[str, Severity]] = {}
    for episode, rule, severity, again_on in _DECIDED(list(episodes)):
        if again_on is None or again_on > on:
            found.setdefault(episode, {})[rule] = Severity(severity)
    return {episode: Settled(rules) for episode, rules in found.items()}
