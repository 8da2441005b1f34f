"""One sitting of answers: every choice as it was made, and the scores made of them."""

from __future__ import annotations

from enum import StrEnum

from django.db import models
from django.db.models import Q

from openipt.records.models.accounts import User
from openipt.records.models.base import Sealed, choices_of, sealed_column
from openipt.records.models.episodes import Episode, OfEpisode
from openipt.records.models.sessions import Session


class CheckInMode(StrEnum):
    """How the answers came in."""

    CLIENT = "client"
    WITH_THERAPIST = "with_therapist"
    PAPER = "paper"
    EXTERNAL = "external"


class CheckInPurpose(StrEnum):
    """What the answers are for."""

    BASELINE = "baseline"
    SESSION = "session"
    FOLLOW_UP = "follow_up"


class CheckIn(OfEpisode):
    """One sitting. `measures` lists `[id, version]` in the order asked; `on` is the day of the answers.

    A check-in without `finished_at` is unfinished, and what was chosen in it stands all the same.
    """

    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, related_name="check_ins")
    session = models.ForeignKey(Session, null=True, on_delete=models.PROTECT, related_name="check_ins")
    purpose = models.CharField(
        max_length=20, choices=choices_of(CheckInPurpose), default=CheckInPurpose.SESSION.value
    )
    mode = models.CharField(max_length=20, choices=choices_of(CheckInMode), default=CheckInMode.CLIENT.value)
    measures = models.JSONField(default=list)
    language = models.CharField(max_length=12, default="en")
    on = models.DateField()
    opened_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    entered_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    mood = models.PositiveSmallIntegerField(null=True)
    stress = models.PositiveSmallIntegerField(null=True)
    talk_about_sealed = sealed_column()
    event_sealed = sealed_column()

    talk_about = Sealed("talk_about_sealed", empty="")
    event = Sealed("event_sealed", empty="")

    class Meta:
        ordering = ["on", "opened_at"]
        constraints = [
            models.CheckConstraint(
                name="check_in_scales_in_range",
                condition=(Q(mood=None) | Q(mood__lte=10)) & (Q(stress=None) | Q(stress__lte=10)),
            ),
            models.CheckConstraint(
                name="check_in_mode_known", condition=Q(mode__in=[m.value for m in CheckInMode])
            ),
        ]
        indexes = [
            models.Index(name="check_ins_of_episode", fields=["episode", "on"]),
            models.Index(name="check_ins_by_day", fields=["on", "purpose", "finished_at"]),
        ]

    @property
    def is_finished(self) -> bool:
        return self.finished_at is not None


class AnswerEvent(models.Model):
    """One choice, the moment it was made. `item` counts from 1; no value is a declined item.

    Never changed and never removed: a later choice is a later row.
    """

    check_in = models.ForeignKey(CheckIn, on_delete=models.PROTECT, related_name="answer_events")
    measure = models.CharField(max_length=60)
    version = models.CharField(max_length=20)
    item = models.PositiveSmallIntegerField()
    value = models.SmallIntegerField(null=True)
    at = models.DateTimeField()
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(name="items_count_from_one", condition=Q(item__gte=1)),
        ]

    def __str__(self) -> str:
        return f"answerevent {self.pk}"


class MeasureScore(OfEpisode):
    """The score of one measure in one check-in. `items` keeps the answers; None is declined.

    `unscored`: answers to items printed with the measure that never count.
    """

    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, related_name="scores")
    check_in = models.ForeignKey(CheckIn, on_delete=models.PROTECT, related_name="scores")
    measure = models.CharField(max_length=60)
    version = models.CharField(max_length=20)
    items = models.JSONField(default=list)
    unscored = models.JSONField(default=list)
    total = models.FloatField(null=True)
    band = models.CharField(max_length=60, blank=True, default="")
    prorated = models.BooleanField(default=False)
    missing = models.JSONField(default=list)
    on = models.DateField()
    at = models.DateTimeField()
    rater = models.CharField(max_length=20, default="client")

    class Meta:
        ordering = ["on", "at"]
        constraints = [models.UniqueConstraint(name="one_score_per_measure", fields=["check_in", "measure"])]
        indexes = [models.Index(name="scores_of_measure", fields=["episode", "measure", "on"])]
