"""A client is reminded of the check-in before a planned session: in the app, by e-mail if they want it.

By e-mail only where the client switched it on, and never while somebody may be a danger to them (ipv_2).
Words are neutral; the address is sealed.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from openipt.core.course import known
from openipt.core.course.course import Attendance
from openipt.core.course.measures_due import measures_due
from openipt.errors import NoAccess
from openipt.records import audit, convert
from openipt.records.actions import tellings
from openipt.records.actions.base import Actor, held, locked, user_or_none
from openipt.records.actions.worker import Hold, fenced
from openipt.records.actors import THE_WORKER, day_of
from openipt.records.manuals import manual_of, measure_of
from openipt.records.models import Channel, Client, Delivery, Episode, ReminderChoice, Session

# Two days before the session, in the morning of the service's zone: our own DEFAULT.
DAYS_BEFORE = 2
FROM_OCLOCK = time(9, 0)


@transaction.atomic
def choose(*, client: Client, by_email: bool, by: Actor, at: datetime, address: str = "") -> ReminderChoice:
    """The client's own choice, and nobody else's."""
    person = user_or_none(by)
    if person is None or client.user_id != person.pk or client.erased_at is not None:
        raise NoAccess
    wanted = tellings.an_address(address, "address") if by_email or address.strip() else ""
    row = held(ReminderChoice.objects.filter(client=client)).first()
    row = row or ReminderChoice(client=client)
    row.by_email, row.changed_at = by_email, at
    row.address = wanted or None
    row.save()
    audit.record("reminder-choice-set", by=by, at=at, obj=row)
    return row


def address_for(row: Delivery) -> str:
    """Where this reminder goes now: nowhere where the choice was taken back, or the record erased."""
    session = row.session
    if session is None:
        return ""
    choice = ReminderChoice.objects.filter(client_id=session.episode.client_id, by_email=True).first()
    client = session.episode.client
    if choice is None or client.erased_at is not None or is_watched(session.episode):
        return ""
    return str(choice.address)


def is_watched(episode: Episode) -> bool:
    """Somebody may be a danger to the client: then nothing is sent that another could read."""
    return bool(known.danger(convert.course(episode)).grounds)


def due_from(planned_at: datetime) -> datetime:
    """The moment from which a client is reminded of a session."""
    on = timezone.localtime(planned_at).date() - timedelta(days=DAYS_BEFORE)
    return timezone.make_aware(datetime.combine(on, FROM_OCLOCK))


def remind(*, hold: Hold, session_id: UUID, at: datetime) -> int:
    """Remind of one session, once for each day it is planned on, if answers are due for it."""
    with fenced(hold):
        session = locked(Session(pk=session_id), "episode__client__user")
        planned, user = session.planned_at, session.episode.client.user
        if session.attendance != Attendance.PLANNED or planned is None or user is None or not user.is_active:
            return 0
        if not due_from(planned) <= at < planned or not _answers_due(session.episode, day_of(at)):
            return 0
        name = _round(timezone.localtime(planned).date())
        known_rows = Delivery.objects.filter(session=session, round=name)
        had = set(known_rows.values_list("channel", flat=True))
        made = [
            Delivery(
                session=session,
                recipient=user,
                channel=channel.value,
                round=name,
                made_at=at,
                next_at=None if channel is Channel.APP else at,
            )
            for channel in _channels(session)
            if channel.value not in had
        ]
        if made:
            tellings.keep_new(made, at)
            audit.record("client-reminded", by=THE_WORKER, at=at, episode=session.episode, obj=session)
        return len(made)


def _round(on: date) -> str:
    return f"0.session-{on.isoformat()}"


def _answers_due(episode: Episode, on: date) -> bool:
    due = measures_due(manual_of(episode), convert.course(episode), on)
    return any(measure_of(measure).may_go_to_client for measure in due)


def _channels(session: Session) -> tuple[Channel, ...]:
    if settings.ENVIRONMENT.channels.mail is None:
        return (Channel.APP,)
    wanted = ReminderChoice.objects.filter(client_id=session.episode.client_id, by_email=True).exists()
    return (Channel.APP, Channel.EMAIL) if wanted and not is_watched(session.episode) else (Channel.APP,)
