"""Who was told of an alert, by which channel, and what is known of it."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.conf import settings
from django.db.models import prefetch_related_objects

from openipt.core.safety import escalation
from openipt.core.safety.escalation import Call, Waiting
from openipt.errors import NoAccess
from openipt.records.access import Act, may
from openipt.records.actions import worker as actions
from openipt.records.actors import Actor
from openipt.records.models import Alert, AlertState, AlertWatch, Channel, Delivery, User
from openipt.records.prepared import MANY, Prepared

NEWEST = 200  # tellings that the service's page looks through

_OF_ALERT = Prepared(
    lambda alert: (
        Delivery.objects.filter(alert=alert)
        .select_related("recipient")
        .order_by("made_at", "round", "channel")
    ),
    UUID,
)
_NEWEST = Prepared(
    lambda: (
        Delivery.objects.filter(session=None)
        .order_by("-made_at", "pk")
        .values_list("pk", "recipient", "channel")[:NEWEST]
    )
)
_THESE = Prepared(
    lambda pks: (
        Delivery.objects.filter(pk__in=pks)
        .select_related("recipient")
        .order_by("recipient__role", "recipient__display_name", "channel")
    ),
    MANY,
)
_WATCH = Prepared(lambda alert: AlertWatch.objects.filter(alert=alert), UUID)


def of_alert(alert: Alert) -> list[Delivery]:
    """Every telling of this alert with what happened to it, the first first. Access is the caller's to ask."""
    rows = _OF_ALERT(alert.pk)
    prefetch_related_objects(rows, "events")
    return rows


def next_call(alert: Alert, now: datetime) -> Call | None:
    """Who is told next if nobody takes it on, and when; None once somebody has."""
    watch = _WATCH.first(alert.pk)
    if alert.state != AlertState.OPEN or watch is None:
        return None
    channels = settings.ENVIRONMENT.channels
    waiting = Waiting(watch.counted_from, watch.limit, channels.call_tree_step)
    tree = actions.call_tree(alert.episode, now)
    return escalation.next_call(waiting, tree, channels.times, now) if tree.everybody else None


def newest_of_each(user: Actor, on: date) -> list[Delivery]:
    """Among the newest tellings, the last one to each of the staff, and to the webhook, by each channel.

    For the service lead, or `NoAccess`. What a client was reminded of is not among them.
    """
    if not may(user, Act.SEE_SERVICE, on=on):
        raise NoAccess
    last: dict[tuple[UUID | None, str], UUID] = {}
    for pk, person, channel in _NEWEST():
        last.setdefault((person, channel), pk)
    rows = _THESE(last.values())
    prefetch_related_objects(rows, "events")
    return rows


def last_trial(user: User) -> Delivery | None:
    """The last letter somebody sent to themselves to see whether it arrives."""
    rows = Delivery.objects.filter(recipient=user, channel=Channel.EMAIL, alert=None, session=None)
    return rows.prefetch_related("events").order_by("-made_at").first()
