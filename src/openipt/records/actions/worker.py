"""The worker's own writes: its lease, its looks at alerts, what it takes up to send, and what came of it.

One worker at a time: the lease has a holder and a term, and every write here is made inside `fenced`, a
transaction that finds its own term in the lease. Whoever lost it writes nothing. On PostgreSQL the worker
never waits long for a row that a page holds: it gives way, and comes back at its next turn.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q, prefetch_related_objects
from django.utils import timezone

from openipt.core.safety import escalation, protocol
from openipt.core.safety.escalation import Call, CallTree, Waiting
from openipt.errors import OpenIPTError
from openipt.records import audit
from openipt.records.actions import alerts as alert_actions
from openipt.records.actions import tellings
from openipt.records.actions.base import held, hold_all, locked
from openipt.records.actors import THE_WORKER, day_of
from openipt.records.channels import Kind, Message, Outcome
from openipt.records.models import (
    Alert,
    AlertState,
    AlertWatch,
    Channel,
    Delivery,
    DeliveryEvent,
    DeliveryState,
    Episode,
    Event,
    Role,
    StepKind,
    Supervision,
    User,
    WorkerLease,
)
from openipt.records.prepared import Prepared
from openipt.records.queries.alerts import facts_of

NAME = "worker"
LEASE_FOR = timedelta(seconds=20)
STEADY = timedelta(seconds=2)  # a clock that is put right by less has not gone back
CLAIM_FOR = timedelta(minutes=2)  # longer than any attempt can take
GIVE_WAY_MS = 250  # shorter than PostgreSQL's own second before it looks for a deadlock

# Waits between the attempts of one telling: about a day in all, then it is given up and says so (DEFAULT).
BACK_OFF = tuple(
    timedelta(seconds=seconds)
    for seconds in (15, 30, 60, 120, 300, 600, 900, 1800, *(3600,) * 6, *(7200,) * 8)
)


# A telling that nobody carried out for so long (a channel that was switched off) says nothing any more.
TOO_LATE = timedelta(days=2)
TOO_LATE_AT_ONCE = 200


class LeaseLost(OpenIPTError):
    """Another worker has taken over. What was begun is undone."""


@dataclass(frozen=True)
class Hold:
    """What a worker shows to be let write."""

    holder: str
    term: int


# -- the lease -------------------------------------------------------------------------------------------


@transaction.atomic
def take(*, holder: str, at: datetime, silent: bool = False) -> Hold | None:
    """Take the lease if nobody holds it, or None. `silent`: whoever asks has watched the holder for as long
    as a lease lasts, by a clock that is never put right, and seen no beat.
    """
    WorkerLease.objects.get_or_create(name=NAME)
    lease = held(WorkerLease.objects.filter(name=NAME)).get()
    if lease.holder not in ("", holder) and not silent and _lives(lease, at):
        return None
    lease.holder, lease.term = holder, lease.term + 1
    lease.taken_at = at
    _beat(lease, at)
    return Hold(holder, lease.term)


def _lives(lease: WorkerLease, at: datetime) -> bool:
    """An end further away than a lease lasts was written by a clock that has since gone back."""
    return lease.expires_at is not None and at < lease.expires_at <= at + LEASE_FOR + STEADY


def _beat(lease: WorkerLease, at: datetime) -> None:
    if lease.beat_at is not None and at < lease.beat_at - STEADY:
        lease.clock_back_at = at
        _count_anew(at)
    lease.beats += 1
    lease.beat_at, lease.expires_at = at, at + LEASE_FOR
    lease.save()


def _count_anew(at: datetime) -> None:
    """The clock went back: nothing waits for a time that was written by a clock ahead of it."""
    hold_all(AlertWatch.objects.filter(look_at__isnull=False))
    AlertWatch.objects.filter(counted_from__gt=at).update(counted_from=at)
    AlertWatch.objects.filter(look_at__isnull=False).update(look_at=at)
    Delivery.objects.filter(state__in=tellings.UNSENT, next_at__gt=at).update(next_at=at)


def beat(*, hold: Hold, at: datetime) -> None:
    """The holder lives. Raises `LeaseLost` once another has taken over."""
    with fenced(hold) as lease:
        _beat(lease, at)


def release(*, hold: Hold) -> None:
    """The holder stops in good order: another may begin at once."""
    with fenced(hold) as lease:
        lease.holder, lease.expires_at = "", None
        lease.save()


@contextmanager
def fenced(hold: Hold) -> Iterator[WorkerLease]:
    """A transaction of the holder of this very term."""
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(f"SET LOCAL lock_timeout = {GIVE_WAY_MS}")
        lease = held(WorkerLease.objects.filter(name=NAME)).first()
        if lease is None or (lease.holder, lease.term) != (hold.holder, hold.term):
            raise LeaseLost("Another worker has taken over.")
        yield lease


# -- looking at an alert -----------------------------------------------------------------------------------


def look(*, hold: Hold, alert_id: UUID, at: datetime) -> int:
    """Tell whoever is to be told of this alert by now, and note when to look next. How many were told."""
    with fenced(hold):
        alert = locked(Alert(pk=alert_id), "episode__client", "episode__therapist", "episode__supervisor")
        watch = tellings.watch_of(alert, at)
        if not alert.is_open or alert.episode.client.erased_at is not None:
            watch.look_at = watch.late_at = None
            watch.save(update_fields=["look_at", "late_at"])
            return 0
        prefetch_related_objects([alert], "steps__entry")
        tree, facts, known = call_tree(alert.episode, at), facts_of(alert), tellings.told_of(alert)
        waiting = Waiting(watch.counted_from, watch.limit, settings.ENVIRONMENT.channels.call_tree_step)
        times = settings.ENVIRONMENT.channels.times
        due = list(escalation.late_calls(facts, tree, at))
        next_looks = [escalation.next_late(facts, at), _next_day(at)]
        if alert.state == AlertState.OPEN:
            due = [*escalation.calls(waiting, tree, times, at), *due]
            next_looks.append(escalation.next_call(waiting, tree, times, at).at)
        made = [row for call in due for row in _call(alert, watch, call, at, known)]
        if made:
            tellings.note_told(alert, made, at)
        watch.look_at = min(moment for moment in next_looks if moment is not None)
        watch.late_at = protocol.late_at(facts)
        watch.save(update_fields=["look_at", "late_at"])
        return len(made)


def _next_day(at: datetime) -> datetime:
    """Cover and supervision change with the day: every open alert is looked at on each day."""
    return timezone.make_aware(datetime.combine(day_of(at) + timedelta(days=1), time.min))


def _call(
    alert: Alert, watch: AlertWatch, call: Call, at: datetime, known: set[tellings.Told]
) -> list[Delivery]:
    people = [person for person in call.people if isinstance(person, User)]
    made = tellings.tell(alert, watch, call.round, people, at, known)
    in_app = {row.recipient_id for row in made if row.channel == Channel.APP}
    since = [s for s in alert.steps.all() if s.kind == StepKind.TOLD and s.at >= watch.counted_from]
    noted = {step.told_id for step in since}
    for person in people:
        if person.pk in in_app - noted and not call.round.startswith(escalation.LATE):
            alert_actions.note_told(alert=alert, told=person, at=at)
    return made


_SUPERVISIONS = Prepared(
    lambda therapist, on: (
        Supervision.objects.filter(Q(to_on=None) | Q(to_on__gte=on), therapist=therapist, from_on__lte=on)
        .select_related("supervisor")
        .order_by("from_on")
    ),
    UUID,
    date,
)
_LEADS = Prepared(lambda: User.objects.filter(role=Role.MANAGER, is_active=True).order_by("created_at"))


def call_tree(episode: Episode, at: datetime) -> CallTree:
    """Who is told of an alert of this episode on this day, those with an open account."""
    on = day_of(at)
    supervisors = [row.supervisor for row in _SUPERVISIONS(episode.therapist_id, on)]
    if episode.supervisor is not None:
        supervisors.insert(0, episode.supervisor)
    first = _active(alert_actions.whom_to_tell(episode, on))
    return CallTree(
        first=first,
        supervisors=tuple(person for person in _active(supervisors) if person not in first),
        leads=tuple(_LEADS()),
    )


def _active(people: list[User]) -> tuple[User, ...]:
    return tuple(dict.fromkeys(person for person in people if person.is_active))


# -- sending -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Claim:
    """A telling that this worker carries out now."""

    delivery_id: UUID
    channel: Channel
    attempt: int
    message: Message


def claim(*, hold: Hold, channel: Channel, most: int, at: datetime) -> list[Claim]:
    """Take up tellings whose time has come, the most urgent first. What a worker that died had taken up is
    taken up again at once.
    """
    if most <= 0:
        return []
    with fenced(hold):
        due = Q(state=DeliveryState.WAITING, next_at__lte=at) | Q(state=DeliveryState.SENDING) & (
            Q(next_at__lte=at) | Q(claim_term__lt=hold.term)
        )
        rows = Delivery.objects.filter(due, channel=channel).order_by("next_at", "made_at")
        free = rows.select_for_update(of=("self",), no_key=True, skip_locked=True)
        listed = list(free.select_related("recipient", "alert__watch", "session")[:most])
        for row in listed:
            row.state, row.next_at = DeliveryState.SENDING.value, at + CLAIM_FOR
            row.attempts, row.claim_term = row.attempts + 1, hold.term
        Delivery.objects.bulk_update(listed, ["state", "next_at", "attempts", "claim_term"])
        return [Claim(row.pk, channel, row.attempts, message_of(row, at)) for row in listed]


def give_up_old(*, hold: Hold, at: datetime) -> int:
    """Tellings too old to be sent are given up and say so. What is still to be told, the call tree tells anew."""
    with fenced(hold):
        old = Delivery.objects.filter(state__in=tellings.UNSENT, made_at__lt=at - TOO_LATE)
        free = old.exclude(channel=Channel.APP).select_for_update(no_key=True, skip_locked=True)
        rows = list(free.order_by("made_at")[:TOO_LATE_AT_ONCE])
        Delivery.objects.filter(pk__in=[row.pk for row in rows]).update(
            state=DeliveryState.GIVEN_UP.value, next_at=None
        )
        DeliveryEvent.objects.bulk_create(
            DeliveryEvent(
                delivery=row, event=Event.GIVEN_UP.value, at=at, attempt=row.attempts, why="too-late"
            )
            for row in rows
        )
        if rows:
            audit.record("telling-given-up", by=THE_WORKER, at=at, ids=[row.pk for row in rows])
        return len(rows)


def message_of(row: Delivery, at: datetime) -> Message:
    """What leaves the building: an id, an address, how soon."""
    from openipt.records.actions import reminders

    kind, about = Kind.TRIAL, ""
    to = row.recipient.alert_email if row.recipient is not None and row.recipient.is_active else ""
    if row.alert is not None:
        kind, about = kind_of(row.alert), str(row.alert_id)
    elif row.session is not None:
        kind, to = Kind.REMINDER, reminders.address_for(row)
    return Message(id=str(row.pk), kind=kind, at=row.made_at, sent_at=at, to=to, round=row.round, about=about)


def kind_of(alert: Alert) -> Kind:
    """How soon it should be seen, as far as a letter may say."""
    watch = getattr(alert, "watch", None)
    limit = watch.limit if watch is not None else timedelta(0)
    return {
        escalation.Urgency.NOW: Kind.LOOK_NOW,
        escalation.Urgency.DAY: Kind.LOOK_TODAY,
        escalation.Urgency.WEEK: Kind.LOOK_THIS_WEEK,
    }[escalation.urgency(limit)]


def keep_outcome(*, hold: Hold, claim: Claim, outcome: Outcome, at: datetime) -> None:
    """What came of one attempt: sent, to be tried again, or given up. A late word of an attempt that was
    made again meanwhile counts for nothing.
    """
    with fenced(hold):
        row = locked(Delivery(pk=claim.delivery_id), "alert__episode", "session__episode")
        if row.state != DeliveryState.SENDING or row.attempts != claim.attempt:
            return
        event = _event_of(row, outcome)
        row.code = outcome.code
        row.state = {Event.FAILED: DeliveryState.WAITING.value}.get(event, event.value)
        row.next_at = at + BACK_OFF[row.attempts - 1] if event is Event.FAILED else None
        row.save(update_fields=["state", "next_at", "code"])
        DeliveryEvent.objects.create(
            delivery=row, event=event.value, at=at, attempt=row.attempts, code=outcome.code, why=outcome.why
        )
        if event is not Event.FAILED:
            act = "telling-given-up" if event is Event.GIVEN_UP else "telling-sent"
            of = row.alert or row.session
            audit.record(act, by=THE_WORKER, at=at, episode=of.episode if of else None, obj=row)


def _event_of(row: Delivery, outcome: Outcome) -> Event:
    if outcome.ok:
        return Event.ACCEPTED if row.channel == Channel.EMAIL else Event.ANSWERED
    over = outcome.for_good or row.attempts > len(BACK_OFF)
    return Event.GIVEN_UP if over else Event.FAILED
