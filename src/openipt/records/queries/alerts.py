"""Alerts that need somebody, and the envelope a service lead may see of an overdue one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Case, IntegerField, QuerySet, Value, When, prefetch_related_objects

from openipt.core.manual.model import Severity
from openipt.core.safety.protocol import AlertFacts, Taken, overdue
from openipt.errors import NoAccess
from openipt.records.access import Act, episodes_where, may
from openipt.records.actors import Actor, day_of
from openipt.records.models import Alert, AlertState, AlertStep, Cover, EntryState, Episode, StepKind
from openipt.records.prepared import Prepared

GRAVEST_FIRST = Case(
    *(
        When(severity=severity.value, then=Value(place))
        for place, severity in enumerate(reversed(list(Severity)))
    ),
    output_field=IntegerField(),
)
_OF_EPISODE = Prepared(
    lambda episode: Alert.objects.filter(episode=episode).order_by(GRAVEST_FIRST, "raised_at"), UUID
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
    found = [row for row in _OF_EPISODE(episode.pk) if resolved or row.is_open]
    prefetch_related_objects(found, "steps__by", "steps__told", "steps__entry")
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


def facts_of(alert: Alert, *, plan_wanted: bool = False) -> AlertFacts:
    """What the path of an alert is read from: its answer and its steps, no word of them."""
    chosen = [choice["value"] for choice in alert.inputs.get("choices", []) if choice.get("item")]
    taken = tuple(
        Taken(step.kind, step.happened_at or step.at, step.level, step.on)
        for step in sorted(alert.steps.all(), key=lambda step: step.at)
        if _counts(alert, step)
    )
    return AlertFacts(
        rule=alert.rule,
        raised_at=alert.raised_at,
        due_at=alert.due_at,
        answer=max((int(value) for value in chosen if value is not None), default=None),
        taken=taken,
        plan_wanted=plan_wanted,
    )


def _counts(alert: Alert, step: AlertStep) -> bool:
    """A step by a record counts while the record does; who had taken it on counts until it grew graver."""
    if step.kind == StepKind.ACKNOWLEDGED:
        return alert.acknowledged_at is not None
    return step.entry is None or step.entry.state != EntryState.WITHDRAWN


@dataclass(frozen=True)
class Envelope:
    """An overdue alert from outside: who is due with what since when, by which rule. No client, no word."""

    alert_id: UUID
    episode_id: UUID
    rule: str
    severity: str
    therapist_name: str
    cover_names: tuple[str, ...]
    step: str
    raised_at: datetime
    due_at: datetime

    @property
    def who(self) -> str:
        """Everybody who should have acted: the therapist, and whoever covers for them."""
        return ", ".join((self.therapist_name, *self.cover_names))


def overdue_envelopes(user: Actor, now: datetime) -> tuple[Envelope, ...]:
    """Alerts on which a step is overdue (ipt.md 11.3 step 10), for the service lead; the longest first."""
    if not may(user, Act.SEE_ENVELOPE, on=day_of(now)):
        return ()
    rows = Alert.objects.exclude(state=AlertState.RESOLVED).filter(episode__client__erased_at=None)
    rows = rows.select_related("episode__therapist").prefetch_related("steps__entry")
    late = [(alert, step) for alert in rows if (step := overdue(facts_of(alert), now)) is not None]
    covers = _covers({alert.episode.therapist_id for alert, _ in late}, day_of(now))
    found = [
        Envelope(
            alert_id=alert.pk,
            episode_id=alert.episode_id,
            rule=alert.rule,
            severity=alert.severity,
            therapist_name=alert.episode.therapist.display_name,
            cover_names=tuple(covers.get(alert.episode.therapist_id, ())),
            step=step.title,
            raised_at=alert.raised_at,
            due_at=step.due_at or alert.raised_at,
        )
        for alert, step in late
    ]
    return tuple(sorted(found, key=lambda envelope: envelope.due_at))


def _covers(therapists: set[UUID], on: date) -> dict[UUID, list[str]]:
    found: dict[UUID, list[str]] = {}
    rows = Cover.objects.filter(therapist__in=therapists, from_on__lte=on, to_on__gte=on)
    for row in rows.select_related("cover").order_by("cover__display_name"):
        found.setdefault(row.therapist_id, []).append(row.cover.display_name)
    return found
