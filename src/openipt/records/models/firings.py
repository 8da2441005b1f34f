"""Decision rules that fired on an episode: from what, since when, until when, and what a clinician decided."""

from __future__ import annotations

from enum import StrEnum
from uuid import UUID

from django.db import models
from django.db.models import Q

from openipt.core.manual.model import Severity
from openipt.records.models.accounts import User
from openipt.records.models.base import Row, Sealed, choices_of, sealed_column
from openipt.records.models.episodes import Episode, OfEpisode


class FiringEnd(StrEnum):
    """How a firing came to its end. A decision ends none: it is kept beside it."""

    CONDITION = "condition"  # what the rule looks for no longer holds
    SEVERITY = "severity"  # it went on with another severity, as a firing of its own


class RuleDecision(StrEnum):
    """What a clinician decided on a rule that fired."""

    DONE = "done"
    NOT_NOW = "not_now"
    NOT_APPLICABLE = "not_applicable"
    DISAGREE = "disagree"


class RuleFiring(OfEpisode):
    """One rule that fired, from the day it was first seen until it no longer held.

    `inputs` holds codes and numbers only; why it fired is sealed, since it may name an issue. `decision`
    and what goes with it are those of the last `FiringDecision`; every one is kept there.
    """

    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, related_name="firings")
    rule = models.CharField(max_length=20)
    rule_version = models.CharField(max_length=20)
    manual_version = models.CharField(max_length=20)
    severity = models.CharField(max_length=20, choices=choices_of(Severity))
    inputs = models.JSONField(default=dict)
    first_seen_at = models.DateTimeField()
    first_seen_on = models.DateField()
    last_seen_at = models.DateTimeField()
    last_seen_on = models.DateField()
    ended_at = models.DateTimeField(null=True)
    ended_on = models.DateField(null=True)
    ended_by = models.CharField(max_length=20, choices=choices_of(FiringEnd), blank=True, default="")
    decision = models.CharField(max_length=20, choices=choices_of(RuleDecision), blank=True, default="")
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    again_on = models.DateField(null=True)
    why_sealed = sealed_column()

    why = Sealed("why_sealed", empty="")

    class Meta:
        ordering = ["first_seen_at"]
        constraints = [
            models.UniqueConstraint(
                name="one_standing_firing_per_rule", fields=["episode", "rule"], condition=Q(ended_at=None)
            ),
            models.CheckConstraint(
                name="an_ended_firing_says_when_and_how",
                condition=Q(ended_at=None, ended_on=None, ended_by="")
                | Q(ended_at__isnull=False, ended_on__isnull=False)
                & Q(ended_by__in=[end.value for end in FiringEnd]),
            ),
            models.CheckConstraint(
                name="a_decided_firing_says_who_and_when",
                condition=Q(decision="", decided_at=None, decided_by=None, again_on=None)
                | Q(decision__in=[d.value for d in RuleDecision])
                & Q(decided_at__isnull=False, decided_by__isnull=False),
            ),
            models.CheckConstraint(
                name="firing_severity_known", condition=Q(severity__in=[s.value for s in Severity])
            ),
        ]

    @property
    def stands(self) -> bool:
        return self.ended_at is None


class FiringDecision(Row):
    """One decision on a firing, with its reason in words. Never changed and never removed."""

    firing = models.ForeignKey(RuleFiring, on_delete=models.PROTECT, related_name="decisions")
    number = models.PositiveSmallIntegerField()
    decision = models.CharField(max_length=20, choices=choices_of(RuleDecision))
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    again_on = models.DateField(null=True)
    reason_sealed = sealed_column()

    reason = Sealed("reason_sealed", empty="")

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(name="one_decision_per_place", fields=["firing", "number"]),
        ]

    @property
    def sealed_for(self) -> UUID:
        return self.firing.episode.client_id
