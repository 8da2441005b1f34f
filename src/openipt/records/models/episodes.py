"""One course of treatment as recorded, its recorded changes, and the people in the client's life."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import Q

from openipt.core.course.course import EndReason, EpisodeStatus
from openipt.records.models.accounts import User
from openipt.records.models.base import Row, Sealed, choices_of, sealed_column
from openipt.records.models.clients import Client


class Episode(Row):
    """One course of treatment. Its phase is what the engine says of it, never a column."""

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="episodes")
    adaptation = models.CharField(max_length=40)
    manual_version = models.CharField(max_length=20)
    therapist = models.ForeignKey(User, on_delete=models.PROTECT, related_name="episodes")
    supervisor = models.ForeignKey(
        User, null=True, on_delete=models.PROTECT, related_name="supervised_episodes"
    )
    planned_sessions = models.PositiveSmallIntegerField()
    status = models.CharField(
        max_length=20, choices=choices_of(EpisodeStatus), default=EpisodeStatus.ENQUIRY.value
    )
    end_reason = models.CharField(max_length=20, choices=choices_of(EndReason), default="", blank=True)
    opened_on = models.DateField()
    started_on = models.DateField(null=True)
    ended_on = models.DateField(null=True)
    opened_from = models.CharField(max_length=20, default="", blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="one_open_episode_per_client",
                fields=["client"],
                condition=~Q(status=EpisodeStatus.ENDED.value),
            ),
            models.CheckConstraint(
                name="an_ended_episode_says_why_and_when",
                condition=Q(status=EpisodeStatus.ENDED.value, ended_on__isnull=False)
                & Q(end_reason__in=[r.value for r in EndReason])
                | ~Q(status=EpisodeStatus.ENDED.value) & Q(ended_on=None, end_reason=""),
            ),
            models.CheckConstraint(
                name="episode_status_known", condition=Q(status__in=[s.value for s in EpisodeStatus])
            ),
            models.CheckConstraint(
                name="an_episode_plans_sessions",
                condition=Q(planned_sessions__gte=1, planned_sessions__lte=200),
            ),
            models.CheckConstraint(
                name="an_active_episode_has_begun",
                condition=~Q(status=EpisodeStatus.ACTIVE.value) | Q(started_on__isnull=False),
            ),
        ]
        indexes = [
            models.Index(name="episodes_of_therapist", fields=["therapist", "status"]),
            models.Index(name="episodes_by_status", fields=["status", "opened_on"]),
            models.Index(name="episodes_by_start", fields=["started_on", "opened_on"]),
            models.Index(name="episodes_by_end", fields=["ended_on", "end_reason"]),
        ]

    @property
    def sealed_for(self) -> UUID:
        return self.client_id


class OfEpisode(Row):
    """A row that belongs to one episode and is sealed under its client's key."""

    class Meta:
        abstract = True

    @property
    def sealed_for(self) -> UUID:
        return self.episode.client_id


class StatusEvent(OfEpisode):
    """The episode's status changed. The end reason is a code; the words are sealed.

    `responsible` is the clinician named to look after an open alert or a raised level (DR-35).
    """

    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, related_name="status_events")
    status_from = models.CharField(max_length=20, blank=True)
    status_to = models.CharField(max_length=20, choices=choices_of(EpisodeStatus))
    end_reason = models.CharField(max_length=20, choices=choices_of(EndReason), default="", blank=True)
    on = models.DateField()
    at = models.DateTimeField()
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    responsible = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    reason_sealed = sealed_column()

    reason = Sealed("reason_sealed", empty="")

    class Meta:
        ordering = ["at"]


class PhaseEvent(OfEpisode):
    """A clinician moved the course to another phase, with the reason in words."""

    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, related_name="phase_events")
    phase_from = models.CharField(max_length=20, blank=True)
    phase_to = models.CharField(max_length=20)
    session_number = models.PositiveSmallIntegerField(null=True)
    on = models.DateField()
    at = models.DateTimeField()
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    reason_sealed = sealed_column()

    reason = Sealed("reason_sealed", empty="")

    class Meta:
        ordering = ["at"]


class PlanEvent(OfEpisode):
    """Another number of sessions was agreed; `phase` is the phase the added ones belong to.

    Where the course was changed over to another adaptation, `phases` are those of the sessions held by then
    (number `after_session`), and `brought` the tasks that came with the new manual. Without phases its own sessions
    are counted from there.
    """

    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, related_name="plan_events")
    planned_from = models.PositiveSmallIntegerField()
    planned_to = models.PositiveSmallIntegerField()
    phase = models.CharField(max_length=20, blank=True)
    adaptation_from = models.CharField(max_length=40, default="", blank=True)
    version_from = models.CharField(max_length=20, default="", blank=True)
    adaptation_to = models.CharField(max_length=40, default="", blank=True)
    version_to = models.CharField(max_length=20, default="", blank=True)
    after_session = models.PositiveSmallIntegerField(null=True)
    phases = models.JSONField(default=list)
    brought = models.JSONField(default=list)
    on = models.DateField()
    at = models.DateTimeField()
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    reason_sealed = sealed_column()

    reason = Sealed("reason_sealed", empty="")

    class Meta:
        ordering = ["at"]
        constraints = [
            models.CheckConstraint(
                name="a_course_goes_on_by_a_whole_adaptation",
                condition=Q(adaptation_from="", adaptation_to="", version_to="", after_session=None)
                | ~Q(adaptation_from="")
                & ~Q(adaptation_to="")
                & ~Q(version_to="")
                & Q(after_session__isnull=False),
            )
        ]


class HandOver(OfEpisode):
    """The episode passed from one therapist to another."""

    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, related_name="hand_overs")
    therapist_from = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    therapist_to = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    on = models.DateField()
    at = models.DateTimeField()
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    reason_sealed = sealed_column()

    reason = Sealed("reason_sealed", empty="")


class Person(OfEpisode):
    """Someone in the client's life. `code` (p_...) says nothing; label and relation are sealed.

    `code` is given once and used in every payload as `person_id`.
    """

    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, related_name="people")
    code = models.CharField(max_length=40)
    order = models.PositiveIntegerField(default=0)
    label_sealed = sealed_column()
    created_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    described = Sealed("label_sealed", empty=dict)

    class Meta:
        ordering = ["order", "created_at"]
        constraints = [models.UniqueConstraint(name="one_person_per_code", fields=["episode", "code"])]

    @property
    def label(self) -> str:
        return str(self._said("label"))

    @property
    def relation(self) -> str:
        return str(self._said("relation"))

    def _said(self, key: str) -> Any:
        return self.described.get(key, "")
