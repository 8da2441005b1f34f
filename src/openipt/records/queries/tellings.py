"""Who was told of an alert, by which channel, and what is known of it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db.models import prefetch_related_objects

from openipt.core.safety import escalation
from openipt.core.safety.escalation import Call, Waiting
from openipt.records.actions import worker as actions
from openipt.records.models import Alert, AlertState, AlertWatch, Channel, Delivery, User
from openipt.records.prepared import Prepared

_OF_ALERT = Prepared(
    lambda alert: (
        Delivery.objects.filter(alert=alert)
        .select_related("recipient")
        .order_by("made_at", "round", "channel")
    ),
    UUID,
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


def last_trial(user: User) -> Delivery | None:
    """The last letter somebody sent to themselves to see whether it arrives."""
    rows = Delivery.objects.filter(recipient=user, channel=Channel.EMAIL, alert=None, session=None)
    return rows.prefetch_related("events").order_by("-made_at").first()
