"""What waits for the worker, and how it does: for itself, for the service lead, for the command line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Count, Min, Q, QuerySet

from openipt.core.course.course import Attendance, EpisodeStatus
from openipt.errors import NoAccess
from openipt.records import audit
from openipt.records.access import Act, may
from openipt.records.actions import reminders
from openipt.records.actions.tellings import UNSENT
from openipt.records.actions.worker import LEASE_FOR, NAME, TOO_LATE
from openipt.records.actors import Actor, day_of
from openipt.records.models import (
    UNRESOLVED,
    Alert,
    AlertWatch,
    AuditEvent,
    Channel,
    Delivery,
    DeliveryState,
    Episode,
    EpisodeCheck,
    Role,
    Session,
    User,
    WorkerLease,
)
from openipt.records.prepared import MANY_WORDS, Prepared, in_all
from openipt.records.queries import audits

OUTSIDE = (Channel.EMAIL.value, Channel.WEBHOOK.value)
OVERLAP = 500  # events of the audit that are looked at twice
EVENTS_AT_A_TIME = (
    5_000  # of those written since the worker looked last: after an import there may be millions
)
SINCE = timedelta(days=7)  # failures are counted over a week
QUIET_FOR = 3 * LEASE_FOR  # without a beat for so long the worker does not run

_LEASE = Prepared(lambda: WorkerLease.objects.filter(name=NAME))
_LOOKS = Prepared(
    lambda at: in_all(AlertWatch.objects.filter(look_at__lte=at), number=Count("pk"), oldest=Min("look_at")),
    datetime,
)
_OUT = Prepared(lambda names, since, at: _outside(names, since, at), MANY_WORDS, datetime, datetime)


def _outside(names: list[str], since: datetime, at: datetime) -> QuerySet[Any, Any]:
    """Of what leaves the house: how much waits, fails and was given up lately, and what has waited longest."""
    unsent = Q(state__in=UNSENT)
    lost = Q(state=DeliveryState.GIVEN_UP, made_at__gt=since)
    return in_all(
        Delivery.objects.filter(unsent | lost, channel__in=names),
        waiting=Count("pk", filter=unsent),
        failing=Count("pk", filter=Q(attempts__gt=0, state=DeliveryState.WAITING)),
        given_up=Count("pk", filter=lost),
        oldest=Min("next_at", filter=unsent & Q(next_at__lte=at)),
    )


def lease() -> WorkerLease | None:
    """The lease as it stands."""
    return _LEASE.first()


def alerts_to_look_at(at: datetime, most: int) -> list[UUID]:
    """Alerts whose next look has come, the longest waiting first."""
    rows = AlertWatch.objects.filter(look_at__lte=at).order_by("look_at")
    return list(rows.values_list("alert_id", flat=True)[:most])


def is_to_send(channel: Channel, term: int, at: datetime) -> bool:
    """Whether a telling of this channel waits: due, or left by a worker before this one."""
    due = Q(next_at__lte=at) | Q(state=DeliveryState.SENDING, claim_term__lt=term)
    return Delivery.objects.filter(due, channel=channel, state__in=UNSENT).exists()


def is_too_late(at: datetime) -> bool:
    """Whether a telling waits that is too old to be sent."""
    rows = Delivery.objects.filter(state__in=UNSENT, made_at__lt=at - TOO_LATE)
    return rows.exclude(channel=Channel.APP).exists()


def alerts_unwatched(most: int) -> list[UUID]:
    """Open alerts that nobody watches: there should be none, and none is left so."""
    rows = Alert.objects.filter(state__in=UNRESOLVED, watch=None)
    return list(rows.values_list("pk", flat=True)[:most])


def sessions_to_remind_of(at: datetime) -> list[UUID]:
    """Planned sessions near enough, of running courses, whose client has a login and was not reminded."""
    last = at + timedelta(days=reminders.DAYS_BEFORE + 1)
    rows = Session.objects.filter(
        attendance=Attendance.PLANNED, planned_at__gt=at, planned_at__lt=last, deliveries=None
    ).filter(episode__client__user__is_active=True, episode__client__erased_at=None)
    running = rows.exclude(episode__status__in=[EpisodeStatus.ENDED, EpisodeStatus.PAUSED])
    found = running.order_by("planned_at").values_list("pk", "planned_at")
    return [pk for pk, planned in found if reminders.due_from(planned) <= at]


def episodes_of_a_new_day(on: date, most: int) -> list[UUID]:
    """Episodes that run and whose rules were not looked at on this day."""
    return list(_of_a_new_day(on).order_by("pk").values_list("pk", flat=True)[:most])


def still_to_look_at(on: date, episodes: Iterable[UUID]) -> list[UUID]:
    """Those among them of which that holds still: meanwhile one may have ended, or was written to and looked at."""
    return list(_of_a_new_day(on).filter(pk__in=episodes).values_list("pk", flat=True))


def _of_a_new_day(on: date) -> QuerySet[Episode]:
    return checkable().filter(Q(rule_check=None) | Q(rule_check__on__lt=on))


def chains_written_to(since: int) -> tuple[set[UUID], int]:
    """Episodes with events of the audit after that one, and up to which event was looked: a part at a time.

    Events are numbered before they are committed, so those shortly before are looked at once more.
    """
    upto = _end_of_part(since)
    events = AuditEvent.objects.filter(pk__gt=since - OVERLAP, pk__lte=upto).exclude(
        chain=audit.SERVICE_CHAIN
    )
    return {UUID(chain) for chain in events.values_list("chain", flat=True)}, upto


def _end_of_part(since: int) -> int:
    """The event so many further on, whatever numbers were never used; the last one where there are fewer."""
    later = AuditEvent.objects.filter(pk__gt=since).order_by("pk").values_list("pk", flat=True)
    return next(iter(later[EVENTS_AT_A_TIME - 1 : EVENTS_AT_A_TIME]), 0) or last_event()


def not_looked_at(episodes: Iterable[UUID]) -> list[UUID]:
    """Those of these episodes that were written to since their rules were looked at."""
    revisions = audit.revisions_of(episodes)
    known = dict(_in_parts(EpisodeCheck.objects.values_list("episode", "revision"), "episode__in", revisions))
    changed = [episode for episode, revision in revisions.items() if known.get(episode) != revision]
    return [pk for (pk,) in _in_parts(checkable().values_list("pk"), "pk__in", changed)]


def _in_parts(rows: QuerySet[Any, Any], which: str, ids: Iterable[UUID]) -> Iterator[Any]:
    wanted = list(ids)
    for first in range(0, len(wanted), audit.MOST_CHAINS):
        yield from rows.filter(**{which: wanted[first : first + audit.MOST_CHAINS]})


def last_event() -> int:
    """The number of the last event of the audit."""
    return AuditEvent.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def checkable() -> QuerySet[Episode]:
    """Episodes whose rules are looked at."""
    return Episode.objects.filter(client__erased_at=None).exclude(status=EpisodeStatus.ENDED)


# -- how it does -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Health:
    """The worker from outside. `lag`: how long the oldest work that is due has waited.

    `failing` were tried and will be tried again; `given_up` were not sent within a day, in the last week.
    `audit_at`: when the audit was last checked, by whomever.
    """

    runs: bool
    holder: str
    term: int
    beat_at: datetime | None
    clock_back_at: datetime | None
    lag: timedelta
    looks_due: int
    waiting: int
    failing: int
    given_up: int
    without_address: int
    last_code: int | None
    mail_on: bool
    webhook_on: bool
    audit_at: datetime | None = None
    audit_is_broken: bool = False

    @property
    def is_well(self) -> bool:
        arrives = not self.failing and not self.given_up and self.lag < timedelta(minutes=2)
        return self.runs and arrives and not self.audit_is_broken


def health_for(user: Actor, at: datetime) -> Health:
    """The worker's state, for the service lead; or `NoAccess`."""
    if not may(user, Act.SEE_SERVICE, on=day_of(at)):
        raise NoAccess
    return health(at)


def health(at: datetime) -> Health:
    """For whoever stands at the machine."""
    found = lease()
    looks_due, oldest_look = _LOOKS(at)[0]
    channels = settings.ENVIRONMENT.channels
    on = {Channel.EMAIL.value: channels.mail, Channel.WEBHOOK.value: channels.webhook}
    names = [name for name in OUTSIDE if on[name] is not None]
    waiting, failing, given_up, oldest_out = _OUT.first(names, at - SINCE, at) or (0, 0, 0, None)
    oldest = min(filter(None, (oldest_look, oldest_out)), default=at)
    beat_at = found.beat_at if found else None
    checked = audits.newest_check()
    return Health(
        runs=bool(found and found.holder and beat_at and abs(at - beat_at) <= QUIET_FOR),
        holder=found.holder if found else "",
        term=found.term if found else 0,
        beat_at=beat_at,
        clock_back_at=found.clock_back_at if found else None,
        lag=max(at - oldest, timedelta(0)),
        looks_due=looks_due,
        waiting=waiting,
        failing=failing,
        given_up=given_up,
        without_address=_without_address() if channels.mail is not None else 0,
        last_code=_last_code() if failing else None,
        mail_on=channels.mail is not None,
        webhook_on=channels.webhook is not None,
        audit_at=checked.at if checked is not None else None,
        audit_is_broken=checked is not None and not checked.is_whole,
    )


def _last_code() -> int | None:
    """What the other side answered last where a telling waits to be tried again."""
    failing = Delivery.objects.filter(state=DeliveryState.WAITING, attempts__gt=0, code__isnull=False)
    return failing.order_by("-next_at").values_list("code", flat=True).first()


def _without_address() -> int:
    """People of the call tree whom a letter does not reach, since they named no address."""
    roles = (Role.THERAPIST, Role.SUPERVISOR, Role.MANAGER)
    return User.objects.filter(role__in=roles, is_active=True, alert_email="").count()
