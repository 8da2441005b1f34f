"""Alerts that need somebody, and the envelope a service lead may see of an overdue one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Case, Count, IntegerField, Q, QuerySet, Value, When

from openipt.core.manual.model import Severity
from openipt.core.safety.protocol import AlertFacts, PathStep, Taken, overdue
from openipt.errors import NoAccess
from openipt.records.access import Act, Permitted, episodes_where, may
from openipt.records.actors import Actor, day_of
from openipt.records.models import (
    UNRESOLVED,
    Alert,
    AlertState,
    AlertStep,
    AlertWatch,
    Cover,
    EntryState,
    Episode,
    StepKind,
)
from openipt.records.prepared import MANY, Prepared, in_all

MOST_SHOWN = 25  # envelopes on one page
AT_A_TIME = 1024  # alerts of which the steps are read in one query
GRAVEST_FIRST = Case(
    *(
        When(severity=severity.value, then=Value(place))
        for place, severity in enumerate(reversed(list(Severity)))
    ),
    output_field=IntegerField(),
)
_OF_EPISODE = Prepared(
    lambda episode: (
        Alert.objects.filter(episode=episode).select_related("check_in").order_by(GRAVEST_FIRST, "raised_at")
    ),
    UUID,
)
_OPEN = Permitted(Act.SEE_ALERT, lambda episodes: _told(_open(episodes)))
_ALERTED = Permitted(
    Act.SEE_ALERT, lambda episodes: _open(episodes).order_by().values_list("episode", flat=True)
)
_STEPS = Prepared(
    lambda alerts: (
        AlertStep.objects.filter(alert__in=alerts).select_related("by", "told", "entry").order_by("at")
    ),
    MANY,
)
_STEPS_WITHOUT_NAMES = Prepared(  # for the path alone: who took a step is not told
    lambda alerts: AlertStep.objects.filter(alert__in=alerts).select_related("entry").order_by("at"), MANY
)
_COVERS = Prepared(
    lambda therapists, first, last: (
        Cover.objects.filter(therapist__in=therapists, from_on__lte=first, to_on__gte=last)
        .select_related("cover")
        .order_by("cover__display_name")
    ),
    MANY,
    date,
    date,
)


def _open(episodes: QuerySet[Episode]) -> QuerySet[Alert]:
    return Alert.objects.filter(episode__in=episodes).exclude(state=AlertState.RESOLVED)


def _told(alerts: QuerySet[Alert]) -> QuerySet[Alert]:
    """The gravest first, with all that is said of them on a page."""
    rows = alerts.select_related("episode__client", "episode__therapist", "check_in", "entry")
    return rows.order_by(GRAVEST_FIRST, "raised_at", "pk")


def open_alerts(user: Actor, on: date) -> list[Alert]:
    """Every alert this person may work on or follow that is not resolved, the gravest first."""
    return _read_with_steps(_OPEN(user, on))


def alerted_episodes(user: Actor, on: date) -> frozenset[UUID]:
    """Which episodes have an open alert."""
    return frozenset(_ALERTED(user, on))


def _read_with_steps(alerts: list[Alert], steps: Prepared[AlertStep] = _STEPS) -> list[Alert]:
    """The alerts, each with the steps taken on it, in one query for a page's worth of them."""
    by_id = {alert.pk: alert for alert in alerts}
    for alert in alerts:
        alert.taken = []
    for place in range(0, len(alerts), AT_A_TIME):
        for step in steps(alert.pk for alert in alerts[place : place + AT_A_TIME]):
            step.alert = by_id[step.alert_id]
            step.alert.taken.append(step)
    return alerts


def steps_of(alert: Alert) -> list[AlertStep]:
    """The steps taken on an alert, in the order they were written down."""
    if "taken" in alert.__dict__:
        return alert.taken
    found = _STEPS([alert.pk])
    for step in found:
        step.alert = alert
    return found


def gravest_alerts(user: Actor, on: date, *, first: int = 0, most: int) -> tuple[list[Alert], int]:
    """So many of the open alerts from that place on, the gravest first, ready to be told; and how many there are."""
    found = _gravest(most + 1)(user, on) if not first else _later_ones(user, on, first, most + 1)
    is_last = len(found) <= most and (found or not first)
    whole = first + len(found) if is_last else _all_open(user, on).count()
    return _read_with_steps(found[:most]), whole


def _all_open(user: Actor, on: date) -> QuerySet[Alert]:
    return _open(Episode.objects.filter(episodes_where(user, Act.SEE_ALERT, on)))


def _later_ones(user: Actor, on: date, first: int, most: int) -> list[Alert]:
    return list(_told(_all_open(user, on))[first : first + most])


@cache
def _gravest(most: int) -> Permitted[Alert]:
    return Permitted(Act.SEE_ALERT, lambda episodes: _told(_open(episodes))[:most])


def alerts_of(user: Actor, episode: Episode, on: date, *, resolved: bool = True) -> list[Alert]:
    """Alerts of one episode, the open ones first."""
    if not may(user, Act.SEE_ALERT, episode=episode, on=on):
        return []
    found = [row for row in _OF_EPISODE(episode.pk) if resolved or row.is_open]
    for alert in _read_with_steps(found):
        alert.episode = episode
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
        for step in steps_of(alert)
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


@dataclass(frozen=True)
class Overdue:
    """So many envelopes, the longest overdue first, and how many alerts are late in all."""

    envelopes: tuple[Envelope, ...] = ()
    whole: int = 0


def overdue_envelopes(user: Actor, now: datetime) -> tuple[Envelope, ...]:
    """Alerts on which a step is overdue (ipt.md 11.3 step 10), for the service lead; the longest first."""
    return overdue_page(user, now).envelopes


def overdue_page(user: Actor, now: datetime, *, first: int = 0, most: int = MOST_SHOWN) -> Overdue:
    """The envelopes from that place on. Those the worker has not looked at yet stand with the first."""
    if not may(user, Act.SEE_ENVELOPE, on=day_of(now)):
        return Overdue()
    late_now = list(_fresh_late(now)[first : first + most]) if first else _latest(most)(now)
    counted = len(late_now) if len(late_now) < most and not first else sum(_LATE_IN_ALL(now))
    rows, unlooked = _standing(late_now), _standing({*_TO_LOOK_AT(now), *_UNWATCHED()})
    _read_with_steps([*rows, *unlooked], _STEPS_WITHOUT_NAMES)
    unlooked = [alert for alert in unlooked if overdue(facts_of(alert), now) is not None]
    found = [*rows, *unlooked] if first == 0 else rows
    late = [(alert, step) for alert in found if (step := overdue(facts_of(alert), now)) is not None]
    covers = _covers({alert.episode.therapist_id for alert, _ in late}, day_of(now))
    envelopes = [_envelope(alert, step, covers) for alert, step in late]
    ordered = tuple(sorted(envelopes, key=lambda envelope: envelope.due_at))
    return Overdue(ordered, counted + len(unlooked))


def _standing(ids: Iterable[UUID]) -> list[Alert]:
    """These alerts as they stand; those that are resolved, or whose client was erased, are left out."""
    wanted = list(ids)
    return [
        alert
        for place in range(0, len(wanted), AT_A_TIME)
        for alert in _BY_IDS(wanted[place : place + AT_A_TIME])
    ]


_BY_IDS = Prepared(
    lambda ids: Alert.objects.filter(
        pk__in=ids, state__in=UNRESOLVED, episode__client__erased_at=None
    ).select_related("episode__therapist"),
    MANY,
)


def _fresh_late(now: datetime) -> QuerySet[Any, UUID]:
    """Late by what the worker found when it looked last, and nothing has happened since; the longest first."""
    rows = AlertWatch.objects.filter(late_at__lt=now, look_at__gt=now)
    return rows.order_by("late_at").values_list("alert_id", flat=True)


@cache
def _latest(most: int) -> Prepared[UUID]:
    return Prepared(lambda now: _fresh_late(now)[:most], datetime)


_LATE_IN_ALL: Prepared[int] = Prepared(
    lambda now: in_all(_fresh_late(now), number=Count("alert_id")).values_list("number", flat=True), datetime
)
# Alerts that changed since the worker looked, or that it has not looked at: each is read as it stands.
_TO_LOOK_AT = Prepared(
    lambda now: AlertWatch.objects.filter(look_at__lte=now).values_list("alert_id", flat=True), datetime
)
_UNWATCHED = Prepared(
    lambda: (
        Alert.objects.filter(Q(watch=None) | Q(watch__look_at=None), state__in=UNRESOLVED)
        .order_by()
        .values_list("pk", flat=True)
    )
)


def _envelope(alert: Alert, step: PathStep, covers: dict[UUID, list[str]]) -> Envelope:
    return Envelope(
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


def _covers(therapists: set[UUID], on: date) -> dict[UUID, list[str]]:
    found: dict[UUID, list[str]] = {}
    for row in _COVERS(therapists, on, on):
        found.setdefault(row.therapist_id, []).append(row.cover.display_name)
    return found
