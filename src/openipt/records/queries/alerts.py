"""Alerts that need somebody, and the envelope a service lead may see of an overdue one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Case, IntegerField, QuerySet, Value, When

from openipt.core.manual.model import Severity
from openipt.errors import NoAccess
from openipt.records.access import Act, episodes_where, may
from openipt.records.actors import Actor, day_of
from openipt.records.models import Alert, AlertState, Episode

GRAVEST_FIRST = Case(
    *(
        When(severity=severity.value, then=Value(place))
        for place, severity in enumerate(reversed(list(Severity)))
    ),
    output_field=IntegerField(),
)


def open_alerts(user: Actor, on: date) -> QuerySet[Alert]:
    """Every alert this person may work on or follow that is not resolved, the gravest first."""
    episodes = Episode.objects.filter(episodes_where(user, Act.SEE_ALERT, on))
    rows = Alert.objects.filter(episode__in=episodes).exclude(state=AlertState.RESOLVED)
    return rows.select_related("episode__client", "episode__therapist").order_by(GRAVEST_FIRST, "raised_at")


def alerts_of(user: Actor, episode: Episode, on: date, *, resolved: bool = True) -> list[Alert]:
    """Alerts of one episode, the open ones first."""
    if not may(user, Act.SEE_ALERT, episode=episode, on=on):
        return []
    rows = Alert.objects.filter(episode=episode).prefetch_related("steps__by", "steps__told")
    if not resolved:
        rows = rows.exclude(state=AlertState.RESOLVED)
    found = list(rows.order_by(GRAVEST_FIRST, "raised_at"))
    for alert in found:
        alert.episode = episode
        for step in alert.steps.all():
            step.alert = alert
    return sorted(found, key=lambda alert: not alert.is_open)


def alert_for(user: Actor, alert_id: UUID | str, on: date) -> Alert:
    """One alert, or `NoAccess`."""
    try:
        found = Alert.objects.filter(pk=alert_id).select_related("episode__client").first()
    except (ValidationError, ValueError):
        found = None
    if found is None or not may(user, Act.SEE_ALERT, episode=found.episode, on=on):
        raise NoAccess
    return found


@dataclass(frozen=True)
class Envelope:
    """An overdue alert from outside: no client, no answer, no word."""

    alert_id: UUID
    episode_id: UUID
    therapist_name: str
    severity: str
    raised_at: datetime
    due_at: datetime


def overdue_envelopes(user: Actor, now: datetime) -> tuple[Envelope, ...]:
    """Alerts nobody has acknowledged in time, for the service lead."""
    if not may(user, Act.SEE_ENVELOPE, on=day_of(now)):
        return ()
    rows = Alert.objects.filter(state=AlertState.OPEN, due_at__lt=now, episode__client__erased_at=None)
    return tuple(
        Envelope(
            alert.pk,
            alert.episode_id,
            alert.episode.therapist.display_name,
            alert.severity,
            alert.raised_at,
            alert.due_at,
        )
        for alert in rows.select_related("episode__therapist").order_by("due_at")
    )
