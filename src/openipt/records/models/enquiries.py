"""Somebody asked for help on the public page: what waits, what was tried, and how many asked in this hour."""

from __future__ import annotations

from uuid import UUID

from django.db import models
from django.db.models import Q

from openipt.core.course.enquiry import AsksFor, CloseReason, EnquiryState, Ground, Way
from openipt.records.models.accounts import User
from openipt.records.models.base import Row, Sealed, choices_of, sealed_column
from openipt.records.models.clients import Client
from openipt.records.models.episodes import Episode


class Enquiry(Row):
    """One asking for help. Name and ways to reach somebody are the client's profile, sealed like every word.

    `form`: the id of the page it was written on, so that a page sent twice opens one enquiry. `words`: what brings
    them, safe times, and what may be said on the phone. `outcome`: what was offered instead, or told the therapist.
    """

    client = models.OneToOneField(Client, on_delete=models.PROTECT, related_name="enquiry")
    form = models.UUIDField(unique=True)
    asked_at = models.DateTimeField()
    asks_for = models.CharField(max_length=10, choices=choices_of(AsksFor))
    ground = models.CharField(max_length=10, choices=choices_of(Ground), default="", blank=True)
    state = models.CharField(max_length=20, choices=choices_of(EnquiryState), default=EnquiryState.OPEN.value)
    close_reason = models.CharField(max_length=20, choices=choices_of(CloseReason), default="", blank=True)
    episode = models.OneToOneField(Episode, null=True, on_delete=models.PROTECT, related_name="enquiry")
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    words_sealed = sealed_column()
    outcome_sealed = sealed_column()

    words = Sealed("words_sealed", empty=dict)
    outcome = Sealed("outcome_sealed", empty="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="an_enquiry_is_open_or_settled",
                condition=Q(state=EnquiryState.OPEN.value, settled_at=None, episode=None, close_reason="")
                | Q(state=EnquiryState.HANDED_OVER.value, settled_at__isnull=False, episode__isnull=False)
                & Q(close_reason="")
                | Q(state=EnquiryState.CLOSED.value, settled_at__isnull=False, episode=None)
                & Q(close_reason__in=[reason.value for reason in CloseReason]),
            ),
            models.CheckConstraint(
                name="enquiry_codes_known",
                condition=Q(asks_for__in=[one.value for one in AsksFor])
                & Q(ground__in=["", *(one.value for one in Ground)]),
            ),
        ]
        indexes = [models.Index(name="enquiries_by_state", fields=["state", "asked_at"])]

    @property
    def sealed_for(self) -> UUID:
        return self.client_id

    @property
    def reference(self) -> str:
        """How it is named where nobody may be: on the receipt, in a list without words."""
        return str(self.pk)[:8]


class EnquiryContact(Row):
    """One try to reach somebody who asked, and whether they were reached."""

    enquiry = models.ForeignKey(Enquiry, on_delete=models.PROTECT, related_name="contacts")
    on = models.DateField()
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    way = models.CharField(max_length=10, choices=choices_of(Way))
    reached = models.BooleanField()
    words_sealed = sealed_column()

    words = Sealed("words_sealed", empty="")

    class Meta:
        ordering = ["on", "at"]
        constraints = [
            models.CheckConstraint(name="contact_way_known", condition=Q(way__in=[one.value for one in Way])),
        ]

    @property
    def sealed_for(self) -> UUID:
        return self.enquiry.client_id


class AskingCount(models.Model):
    """How many enquiries came in one hour: of everybody (`who` is empty), or from one place.

    `who` is a keyed fingerprint of the hour and the place; the row goes when the hour is over.
    """

    who = models.CharField(max_length=32)
    since = models.DateTimeField()
    number = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(name="one_count_of_each_hour", fields=["who", "since"])]

    def __str__(self) -> str:
        return f"askingcount {self.pk}"
