"""What the worker has to do, whom it told of what, and that it runs. Ids, codes and times; no word."""

from __future__ import annotations

from enum import StrEnum
from uuid import UUID

from django.db import models
from django.db.models import Q

from openipt.records.models.accounts import User
from openipt.records.models.alerts import Alert
from openipt.records.models.base import Row, Sealed, choices_of, sealed_column
from openipt.records.models.clients import Client
from openipt.records.models.episodes import Episode
from openipt.records.models.sessions import Session


class WorkerLease(models.Model):
    """Who does the work now. One row: `term` grows with every holder, `beats` while one lives.

    Every write of the worker is made in a transaction that finds its own term here; whoever lost the
    lease writes nothing more. `clock_back_at`: when the service's clock was last seen to go back.
    `events_seen`: up to which event of the audit it has looked for episodes that were written to.
    """

    name = models.CharField(max_length=20, primary_key=True)
    holder = models.CharField(max_length=120, blank=True, default="")
    term = models.PositiveBigIntegerField(default=0)
    beats = models.PositiveBigIntegerField(default=0)
    taken_at = models.DateTimeField(null=True)
    beat_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    clock_back_at = models.DateTimeField(null=True)
    events_seen = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return f"workerlease {self.name}, term {self.term}"


class AlertWatch(models.Model):
    """The worker's eye on one alert: when it looks next, and from when the call tree counts.

    `cycle` grows when the alert becomes graver: everybody is told anew. Nothing is left to look at once
    `look_at` is empty, that is once a clinician has closed the alert. `late_at`: since when a step of its path
    is late or will be, as of the last look; a list of what is late reads it instead of every path.
    """

    alert = models.OneToOneField(Alert, primary_key=True, on_delete=models.PROTECT, related_name="watch")
    cycle = models.PositiveSmallIntegerField(default=1)
    counted_from = models.DateTimeField()
    limit = models.DurationField()
    look_at = models.DateTimeField(null=True)
    late_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(name="watches_to_look_at", fields=["look_at"]),
            models.Index(name="watches_late_since", fields=["late_at", "look_at", "alert"]),
        ]

    def __str__(self) -> str:
        return f"alertwatch {self.pk}"


class Channel(StrEnum):
    """How somebody is told."""

    APP = "app"
    EMAIL = "email"
    WEBHOOK = "webhook"


class DeliveryState(StrEnum):
    """What is known of a telling, and no more: nobody can know that a letter was read.

    In the app: shown, acknowledged. By e-mail: accepted by the mail server, link opened. Webhook: answered.
    """

    WAITING = "waiting"
    SENDING = "sending"
    SHOWN = "shown"
    ACKNOWLEDGED = "acknowledged"
    ACCEPTED = "accepted"
    OPENED = "opened"
    ANSWERED = "answered"
    GIVEN_UP = "given_up"
    CALLED_OFF = "called_off"


OF_CHANNEL = {
    Channel.APP: {DeliveryState.SHOWN, DeliveryState.ACKNOWLEDGED},
    Channel.EMAIL: {DeliveryState.SENDING, DeliveryState.ACCEPTED, DeliveryState.OPENED},
    Channel.WEBHOOK: {DeliveryState.SENDING, DeliveryState.ANSWERED},
}
OF_ALL = {DeliveryState.WAITING, DeliveryState.GIVEN_UP, DeliveryState.CALLED_OFF}


def _states_of_channels() -> Q:
    found = Q()
    for channel, states in OF_CHANNEL.items():
        found |= Q(channel=channel.value, state__in=sorted(state.value for state in states | OF_ALL))
    return found


class Delivery(Row):
    """One person (or the webhook) is told once, by one channel, in one round of one alert.

    `round` is the cycle and the reason, as in `1.raised`, `1.supervisors`, `2.late-contacted-...`. A
    reminder belongs to a session, a trial e-mail to nothing. The id is the key by which a channel can tell
    that it has this one already.
    """

    alert = models.ForeignKey(Alert, null=True, on_delete=models.PROTECT, related_name="deliveries")
    session = models.ForeignKey(Session, null=True, on_delete=models.PROTECT, related_name="deliveries")
    recipient = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="deliveries")
    channel = models.CharField(max_length=10, choices=choices_of(Channel))
    round = models.CharField(max_length=60)
    state = models.CharField(
        max_length=20, choices=choices_of(DeliveryState), default=DeliveryState.WAITING.value
    )
    made_at = models.DateTimeField()
    next_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    claim_term = models.PositiveBigIntegerField(default=0)
    code = models.PositiveSmallIntegerField(null=True)

    class Meta:
        ordering = ["made_at"]
        constraints = [
            models.UniqueConstraint(
                name="one_telling_per_person_channel_and_round",
                fields=["alert", "recipient", "channel", "round"],
                condition=Q(alert__isnull=False, recipient__isnull=False),
            ),
            models.UniqueConstraint(
                name="one_webhook_call_per_round",
                fields=["alert", "channel", "round"],
                condition=Q(alert__isnull=False, recipient=None),
            ),
            models.UniqueConstraint(
                name="one_reminder_per_person_channel_and_day",
                fields=["session", "recipient", "channel", "round"],
                condition=Q(session__isnull=False),
            ),
            models.CheckConstraint(
                name="a_telling_is_of_one_thing", condition=Q(alert=None) | Q(session=None)
            ),
            models.CheckConstraint(
                name="a_webhook_is_nobody",
                condition=Q(channel=Channel.WEBHOOK.value, recipient=None)
                | ~Q(channel=Channel.WEBHOOK.value) & Q(recipient__isnull=False),
            ),
            models.CheckConstraint(
                name="a_channel_knows_only_its_own_states", condition=_states_of_channels()
            ),
        ]
        indexes = [
            models.Index(name="deliveries_to_send", fields=["state", "next_at"]),
            models.Index(name="deliveries_of_person", fields=["recipient", "channel", "state"]),
            models.Index(name="deliveries_by_time", fields=["made_at"]),
            models.Index(name="deliveries_of_session", fields=["session", "made_at"]),
        ]

    @property
    def reason(self) -> str:
        """The round without its cycle: raised, supervisors, leads, again-3, late-contacted-..."""
        return self.round.partition(".")[2]


class Event(StrEnum):
    """What happened to a delivery. `failed` is one attempt that is made again."""

    MADE = "made"
    FAILED = "failed"
    SHOWN = "shown"
    ACKNOWLEDGED = "acknowledged"
    ACCEPTED = "accepted"
    OPENED = "opened"
    ANSWERED = "answered"
    GIVEN_UP = "given_up"
    CALLED_OFF = "called_off"


class DeliveryEvent(models.Model):
    """One thing that happened to a delivery, when. Never changed and never removed.

    `code` is the answer of the mail server or the webhook, `why` our word where there was none.
    """

    delivery = models.ForeignKey(Delivery, on_delete=models.PROTECT, related_name="events")
    event = models.CharField(max_length=20, choices=choices_of(Event))
    at = models.DateTimeField()
    attempt = models.PositiveSmallIntegerField(default=0)
    code = models.PositiveSmallIntegerField(null=True)
    why = models.CharField(max_length=20, blank=True, default="")

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"deliveryevent {self.pk}"


class EpisodeCheck(models.Model):
    """Up to which write, and on which day, the rules of an episode were last looked at by the worker."""

    episode = models.OneToOneField(
        Episode, primary_key=True, on_delete=models.PROTECT, related_name="rule_check"
    )
    revision = models.PositiveIntegerField()
    on = models.DateField()
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"episodecheck {self.pk}"


class OwnCourses(models.Model):
    """The service's own expected courses as of one day: figures of 200 cases and more, of nobody alone."""

    on = models.DateField(primary_key=True)
    courses = models.JSONField()
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"owncourses {self.on}"


class ReminderChoice(models.Model):
    """Whether a client wants to be reminded by e-mail, and where. The address is sealed."""

    client = models.OneToOneField(
        Client, primary_key=True, on_delete=models.PROTECT, related_name="reminder_choice"
    )
    by_email = models.BooleanField(default=False)
    address_sealed = sealed_column()
    changed_at = models.DateTimeField()

    address = Sealed("address_sealed", empty="")

    def __str__(self) -> str:
        return f"reminderchoice {self.pk}"

    @property
    def sealed_for(self) -> UUID:
        return self.client_id
