"""What was chosen where a course is not on track, as codes: so that a service can learn which steps help."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from openipt.core.course.decisions import Change
from openipt.records.models.base import choices_of
from openipt.records.models.entries import Entry
from openipt.records.models.episodes import Episode, OfEpisode


class StepChosen(OfEpisode):
    """One step of a decision (or going on as planned), and what had come of it when it was looked at again.

    Codes and days only; the words stand in the two records, which this row follows. `improved`: reliable
    improvement (ipt.md 10.3) from the day it was decided to the day it was looked at; None: not known.
    """

    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, related_name="steps_chosen")
    decision = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="steps_chosen")
    code = models.CharField(max_length=80)
    on = models.DateField()
    outcome = models.ForeignKey(Entry, null=True, on_delete=models.PROTECT, related_name="+")
    looked_on = models.DateField(null=True)
    change = models.CharField(max_length=20, choices=choices_of(Change), blank=True, default="")
    improved = models.BooleanField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["on", "code"]
        constraints = [
            models.UniqueConstraint(name="one_row_per_step_and_decision", fields=["decision", "code"]),
            models.CheckConstraint(
                name="a_step_looked_at_says_when_and_how",
                condition=Q(outcome=None, looked_on=None, change="", improved=None)
                | (
                    Q(outcome__isnull=False, looked_on__isnull=False)
                    & Q(change__in=[change.value for change in Change])
                ),
            ),
        ]
        indexes = [models.Index(name="steps_chosen_by_code", fields=["code", "withdrawn_at"])]
