"""Who is told of what, by which channel, and what is known of it. Kept, never taken back.

A telling is made in the transaction of whatever it tells of: an alert that is on disk has its tellings on
disk. The worker carries out those that leave the building (`actions.worker`); what is shown in the app is
noted by the page that shows it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Q, QuerySet

from openipt.core.safety import escalation
from openipt.errors import NoAccess
from openipt.records import audit
from openipt.records.actions.base import (
    Actor,
    Operator,
    fault,
    held,
    hold_all,
    locked,
    refuse,
    tidy,
    user_or_none,
)
from openipt.records.actors import THE_WORKER
from openipt.records.models import (
    Alert,
    AlertState,
    AlertWatch,
    Channel,
    Delivery,
    DeliveryEvent,
    DeliveryState,
    Event,
    Role,
    User,
)
from openipt.records.prepared import MANY, Prepared

TRIAL_LETTERS_AN_HOUR = 5
LONGEST_ADDRESS = 254
OPEN_IN_APP = (DeliveryState.WAITING.value,)
UNSENT = (DeliveryState.WAITING.value, DeliveryState.SENDING.value)


# -- the watch over an alert (parts of actions) --------------------------------------------------------


def raised(*, alert: Alert, people: Sequence[User], at: datetime) -> None:
    """An alert was raised: it is watched from now on, and these people are told. Part of an action."""
    watch = AlertWatch(alert=alert, counted_from=at, limit=_limit(alert, at), look_at=at)
    watch.save(force_insert=True)
    tell(alert, watch, escalation.RAISED, people, at)


def came_in(*, alert: Alert, people: Sequence[User], at: datetime) -> None:
    """An alert came in open with a file: it counts from now, and within a day somebody takes it on."""
    watch = AlertWatch(alert=alert, counted_from=at, limit=timedelta(hours=24), look_at=at)
    watch.save(force_insert=True)
    tell(alert, watch, escalation.RAISED, people, at)


def graver(*, alert: Alert, people: Sequence[User], at: datetime) -> None:
    """It became graver: the call tree begins anew, and the same people are told again. Part of an action."""
    watch = watch_of(alert, at)
    watch.cycle += 1
    watch.counted_from, watch.limit, watch.look_at = at, _limit(alert, at), at
    watch.save()
    tell(alert, watch, escalation.RAISED, people, at)


def _limit(alert: Alert, at: datetime) -> timedelta:
    return max(alert.due_at - at, timedelta(0)) if alert.due_at is not None else timedelta(0)


def watch_of(alert: Alert, at: datetime) -> AlertWatch:
    """The watch over this alert, held until the transaction ends: who changes something meanwhile and asks for
    another look is not forgotten. Begun now where there is none.
    """
    found = held(AlertWatch.objects.filter(alert=alert)).first()
    if found is None:
        since = min(alert.raised_at, at)
        found = AlertWatch(alert=alert, counted_from=since, limit=_limit(alert, since), look_at=at)
        found.save(force_insert=True)
    return found


def look_again(alerts: QuerySet[Alert] | Iterable[Alert], at: datetime) -> None:
    """Something changed about these alerts: the worker looks at them at once. Part of an action."""
    watches = AlertWatch.objects.filter(alert__in=alerts, look_at__isnull=False)
    hold_all(watches)
    watches.update(look_at=at)


def watch_no_more(alerts: QuerySet[Alert] | Iterable[Alert]) -> None:
    """They are closed, or their client was erased: nothing of them is late any more. Part of an action."""
    AlertWatch.objects.filter(alert__in=alerts).update(look_at=None, late_at=None)


def look_again_for(therapist: User, at: datetime) -> None:
    """Somebody else stands in, or takes over: their open alerts are looked at again. Part of an action."""
    look_again(Alert.objects.filter(episode__therapist=therapist).exclude(state=AlertState.RESOLVED), at)


def acknowledged(*, alert: Alert, by: Actor, at: datetime) -> None:
    """A clinician has taken it on: the call tree rests. Part of an action."""
    look_again([alert], at)
    mine = Delivery.objects.filter(alert=alert, recipient=user_or_none(by), channel=Channel.APP)
    _move(mine.exclude(state__in=[DeliveryState.ACKNOWLEDGED, *_over()]), Event.ACKNOWLEDGED, at)
    of_the_tree = ~Q(round__contains=f".{escalation.RAISED}") & ~Q(round__contains=f".{escalation.LATE}")
    _call_off(Delivery.objects.filter(of_the_tree, alert=alert), at)


def resolved(*, alert: Alert, at: datetime) -> None:
    """A clinician has closed it: nothing is told any more. Part of an action."""
    watch_no_more([alert])
    _call_off(Delivery.objects.filter(alert=alert), at)


def _over() -> tuple[str, ...]:
    return (DeliveryState.CALLED_OFF.value, DeliveryState.GIVEN_UP.value)


def _call_off(rows: QuerySet[Delivery], at: datetime) -> None:
    """What has not left yet stays here. What is being sent this moment is not called back."""
    out = rows.filter(channel__in=[Channel.EMAIL, Channel.WEBHOOK], state=DeliveryState.WAITING)
    _move(out, Event.CALLED_OFF, at)


def _move(rows: QuerySet[Delivery], event: Event, at: datetime) -> list[Delivery]:
    """These deliveries are now in the state of that name."""
    found = list(held(rows).order_by("pk"))
    if found:
        Delivery.objects.filter(pk__in=[row.pk for row in found]).update(state=event.value, next_at=None)
        DeliveryEvent.objects.bulk_create(
            DeliveryEvent(delivery=row, event=event.value, at=at) for row in found
        )
    return found


# -- telling (part of an action) -----------------------------------------------------------------------


Told = tuple[str, UUID | None, str]  # round, recipient, channel


def told_of(alert: Alert) -> set[Told]:
    """Every telling of this alert that was made."""
    return set(Delivery.objects.filter(alert=alert).values_list("round", "recipient_id", "channel"))


def tell(
    alert: Alert,
    watch: AlertWatch,
    reason: str,
    people: Sequence[User],
    at: datetime,
    known: AbstractSet[Told] = frozenset(),
) -> list[Delivery]:
    """Tell these people by every channel that is on for them, once for this reason. Part of an action.

    `known`: what was told before; in a round that has just begun, nothing.
    """
    name = f"{watch.cycle}.{reason}"
    wanted: list[tuple[UUID | None, Channel]] = []
    for person in people:
        wanted += [(person.pk, channel) for channel in channels_of(person, reason)]
    if people and settings.ENVIRONMENT.channels.webhook is not None:
        wanted.append((None, Channel.WEBHOOK))
    made = [
        Delivery(
            alert=alert,
            recipient_id=recipient,
            channel=channel.value,
            round=name,
            made_at=at,
            next_at=None if channel is Channel.APP else at,
        )
        for recipient, channel in dict.fromkeys(wanted)
        if (name, recipient, channel.value) not in known
    ]
    return keep_new(made, at)


def channels_of(person: User, reason: str = "") -> tuple[Channel, ...]:
    """Every channel by which this person can be told. In the app an alert stands until it is taken on, so
    nobody is told there again and again.
    """
    if not person.is_active:
        return ()
    by_mail = settings.ENVIRONMENT.channels.mail is not None and bool(person.alert_email)
    in_app = () if reason.startswith(escalation.AGAIN) else (Channel.APP,)
    return (*in_app, Channel.EMAIL) if by_mail else in_app


def keep_new(made: list[Delivery], at: datetime) -> list[Delivery]:
    """New deliveries, each with its first event. Part of an action."""
    if made:
        Delivery.objects.bulk_create(made)
        DeliveryEvent.objects.bulk_create(
            DeliveryEvent(delivery=row, event=Event.MADE.value, at=at) for row in made
        )
    return made


# -- what pages learn ------------------------------------------------------------------------------------


def mark_shown(*, alerts: Iterable[UUID], by: Actor, at: datetime) -> int:
    """These alerts stood before this person: what they were told in the app is shown. Once."""
    person = user_or_none(by)
    if person is None:
        return 0
    listed = list(alerts)
    if not _TO_BE_SHOWN(person.pk, listed):
        return 0
    return _mark_shown(_waiting(person.pk).filter(alert__in=listed), by, at)


def mark_reminders_shown(*, by: Actor, at: datetime) -> int:
    """A client's own page showed what they were reminded of."""
    person = user_or_none(by)
    if person is None or not _REMINDERS_TO_BE_SHOWN(person.pk):
        return 0
    return _mark_shown(_waiting(person.pk).filter(session__isnull=False), by, at)


def _waiting(person: UUID) -> QuerySet[Delivery]:
    return Delivery.objects.filter(recipient=person, channel=Channel.APP, state__in=OPEN_IN_APP)


_TO_BE_SHOWN = Prepared(
    lambda person, alerts: _waiting(person).filter(alert__in=alerts).values_list("pk")[:1], UUID, MANY
)
_REMINDERS_TO_BE_SHOWN = Prepared(
    lambda person: _waiting(person).filter(session__isnull=False).values_list("pk")[:1], UUID
)


@transaction.atomic
def _mark_shown(rows: QuerySet[Delivery], by: Actor, at: datetime) -> int:
    found = _move(rows, Event.SHOWN, at)
    related = Delivery.objects.filter(pk__in=[row.pk for row in found])
    rows = related.select_related("alert__episode", "session__episode")
    about = [(row, (row.alert or row.session).episode) for row in rows if row.alert or row.session]
    for row, episode in sorted(about, key=lambda pair: str(pair[1].pk)):
        audit.record("telling-shown", by=by, at=at, episode=episode, obj=row)
    return len(found)


@transaction.atomic
def open_link(*, delivery_id: UUID, by: Actor, at: datetime) -> Delivery | None:
    """The link of a letter was opened by the person it was sent to, signed in. It works once: then None."""
    rows = held(Delivery.objects.filter(channel=Channel.EMAIL, attempts__gt=0))
    sent = rows.select_related("alert__episode__client")
    found = sent.filter(pk=delivery_id, recipient=user_or_none(by)).first()
    if found is None or isinstance(by, Operator):
        raise NoAccess
    if found.state == DeliveryState.OPENED:
        return None
    found.state, found.next_at = DeliveryState.OPENED.value, None  # whatever the mail server said: it arrived
    found.save(update_fields=["state", "next_at"])
    DeliveryEvent.objects.create(delivery=found, event=Event.OPENED.value, at=at)
    episode = found.alert.episode if found.alert else None
    audit.record("telling-opened", by=by, at=at, episode=episode, obj=found)
    return found


def an_address(typed: str, path: str) -> str:
    """An e-mail address as typed, or a fault at its field."""
    found = tidy(typed, path, longest=LONGEST_ADDRESS).strip()
    try:
        validate_email(found)
    except ValidationError:
        raise fault(path, "This is no e-mail address. Write it like name@example.org.") from None
    return found


# -- where staff are told ----------------------------------------------------------------------------------


@transaction.atomic
def set_alert_email(*, user: User, address: str, by: Actor, at: datetime) -> User:
    """Where this person is told of alerts by e-mail; empty for nowhere. Their own choice alone."""
    if isinstance(by, Operator) or by.pk != user.pk or user.role == Role.CLIENT:
        raise refuse("Everybody of the staff sets their own address, and nobody another's.")
    wanted = an_address(address, "alert_email") if address.strip() else ""
    user = locked(user)
    if user.alert_email != wanted:
        user.alert_email = wanted
        user.save(update_fields=["alert_email"])
        audit.record("alert-email-set" if wanted else "alert-email-cleared", by=by, at=at, obj=user)
    return user


@transaction.atomic
def send_trial(*, user: User, by: Actor, at: datetime) -> Delivery:
    """A letter to oneself, to see that letters arrive."""
    user = locked(user)
    if isinstance(by, Operator) or by.pk != user.pk:
        raise refuse("A trial message goes to oneself.")
    if settings.ENVIRONMENT.channels.mail is None:
        raise refuse("This service sends no e-mail.")
    if not user.alert_email:
        raise fault("alert_email", "Write your address first.")
    trials = Delivery.objects.filter(recipient=user, alert=None, session=None)
    if trials.filter(made_at__gt=at - timedelta(hours=1)).count() >= TRIAL_LETTERS_AN_HOUR:
        raise refuse("You have sent some already. Wait an hour before the next.")
    row = Delivery(
        recipient=user,
        channel=Channel.EMAIL.value,
        round=f"0.trial-{uuid4().hex[:8]}",
        made_at=at,
        next_at=at,
    )
    keep_new([row], at)
    audit.record("trial-letter-asked", by=by, at=at, obj=row)
    return row


def note_told(alert: Alert, made: Sequence[Delivery], at: datetime) -> None:
    """What the worker told by itself, in the audit of the episode. Part of an action."""
    people = {str(row.recipient_id) for row in made if row.recipient_id is not None}
    audit.record("alert-told", by=THE_WORKER, at=at, episode=alert.episode, obj=alert, ids=sorted(people))
