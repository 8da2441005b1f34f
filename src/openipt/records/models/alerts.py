"""Alerts: something that must be looked at, and every step taken on it."""

from __future__ import annotations

from enum import StrEnum
from uuid import UUID

from django.db import models
from django.db.models import Q

from openipt.core.manual.model import Severity
from openipt.records.models.accounts import User
from openipt.records.models.base import Row, Sealed, choices_of, sealed_column
from openipt.records.models.checkins import CheckIn
from openipt.records.models.entries import Entry
from openipt.records.models.episodes import Episode, OfEpisode


class AlertState(StrEnum):
    """Nothing but a clinician's own act moves an alert on."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"


UNRESOLVED = (
    AlertState.OPEN,
    AlertState.ACKNOWLEDGED,
)  # asked for by name: an index finds what is, not what is not


class StepKind(StrEnum):
    """What was done about an alert (ipt.md 11.3)."""

    SHOWN_TO_CLIENT = "shown_to_client"
    TOLD = "told"
    SEEN = "seen"
    ACKNOWLEDGED = "acknowledged"
    CONTACTED = "contacted"
    ASSESSED = "assessed"
    LEVEL_SET = "level_set"
    PLAN_SAVED = "plan_saved"
    TOLD_SUPERVISOR = "told_supervisor"
    FOLLOW_UP = "follow_up"
    REVIEW = "review"
    EMERGENCY = "emergency"
    RESOLVED = "resolved"
    NOTE = "note"


class Alert(OfEpisode):
    """Raised by a decision rule. `inputs` holds codes and numbers only, every choice in its order.

    `due_at` is the moment by which a clinician must have acknowledged it (ipt.md 11.3).
    """

    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, related_name="alerts")
    rule = models.CharField(max_length=20)
    rule_version = models.CharField(max_length=20, default="1")
    severity = models.CharField(max_length=20, choices=choices_of(Severity))
    inputs = models.JSONField(default=dict)
    check_in = models.ForeignKey(CheckIn, null=True, on_delete=models.PROTECT, related_name="alerts")
    entry = models.ForeignKey(Entry, null=True, on_delete=models.PROTECT, related_name="alerts")
    raised_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=20, choices=choices_of(AlertState), default=AlertState.OPEN.value)
    shown_to_client_at = models.DateTimeField(null=True)
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    resolved_at = models.DateTimeField(null=True)
    resolved_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["raised_at"]
        constraints = [
            models.CheckConstraint(
                name="a_resolved_alert_says_who_and_when",
                condition=Q(
                    state=AlertState.RESOLVED.value, resolved_at__isnull=False, resolved_by__isnull=False
                )
                | ~Q(state=AlertState.RESOLVED.value) & Q(resolved_at=None, resolved_by=None),
            ),
            models.CheckConstraint(
                name="alert_severity_known", condition=Q(severity__in=[s.value for s in Severity])
            ),
            models.UniqueConstraint(
                name="one_open_alert_per_check_in_and_rule",
                fields=["check_in", "rule"],
                condition=Q(check_in__isnull=False) & ~Q(state=AlertState.RESOLVED.value),
            ),
        ]
        indexes = [models.Index(name="alerts_by_state", fields=["state", "episode"])]

    @property
    def is_open(self) -> bool:
        return self.state != AlertState.RESOLVED.value


class AlertStep(Row):
    """One step taken on an alert. Never changed and never removed.

    `at` is when it was written down; `happened_at` when it was done, where that was earlier; `on` the
    day it is planned for (the next contact).
    """

    alert = models.ForeignKey(Alert, on_delete=models.PROTECT, related_name="steps")
    kind = models.CharField(max_length=20, choices=choices_of(StepKind))
    at = models.DateTimeField()
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    told = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    level = models.CharField(max_length=10, blank=True, default="")
    happened_at = models.DateTimeField(null=True)
    on = models.DateField(null=True)
    entry = models.ForeignKey(Entry, null=True, on_delete=models.PROTECT, related_name="+")
    words_sealed = sealed_column()

    words = Sealed("words_sealed", empty="")

    class Meta:
        ordering = ["at"]

    @property
    def sealed_for(self) -> UUID:
        return self.alert.episode.client_id
