"""The therapist's first page: my sessions of today, who needs me and why, nothing else."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime
from uuid import UUID

from django.conf import settings
from django.db.models import Q
from django.http import HttpRequest, HttpResponse

from openipt.core.course.course import Attendance, EpisodeStatus
from openipt.records import audit, sealing
from openipt.records.access import is_intake
from openipt.records.actions import tellings
from openipt.records.models import Alert, CheckIn, Episode, Session, User
from openipt.records.prepared import MANY, Prepared
from openipt.records.queries import alerts as alert_queries
from openipt.records.queries import enquiries as enquiry_queries
from openipt.records.queries import firings as firing_queries
from openipt.records.queries import sessions as session_queries
from openipt.records.queries.firings import NOTHING_SETTLED
from openipt.web import clock
from openipt.web.doors import roles
from openipt.web.jinja import clock_time, week_day
from openipt.web.pages import page_number
from openipt.web.therapist import presenters_today as words
from openipt.web.therapist.common import show
from openipt.web.therapist.presenters_asking import asking_needs, handed_need
from openipt.web.therapist.summaries import Summary, summaries

LOOK_AHEAD_DAYS = 7
ALERTS_SHOWN = 20  # on Today, the gravest first; all of them stand page by page behind a link
ALERTS_A_PAGE = 50

_MY_OPEN_EPISODES = Prepared(
    lambda user: (
        Episode.objects.filter(therapist=user, client__erased_at=None)
        .exclude(status=EpisodeStatus.ENDED)
        .select_related("client", "therapist")
    ),
    UUID,
)
_TODAYS = Prepared(
    lambda user, first, last, on: (
        Session.objects.filter(episode__therapist=user, episode__client__erased_at=None)
        .filter(Q(planned_at__gte=first, planned_at__lt=last, held_on=None) | Q(held_on=on))
        .select_related("episode__client", "episode__therapist")
    ),
    UUID,
    datetime,
    datetime,
    date,
)
_PLANNED = Prepared(
    lambda episodes, first, last: Session.objects.filter(
        episode__in=episodes, attendance=Attendance.PLANNED, planned_at__gte=first, planned_at__lt=last
    ).order_by("planned_at"),
    MANY,
    datetime,
    datetime,
)
_BEGUN = Prepared(
    lambda episodes: CheckIn.objects.filter(episode__in=episodes, finished_at=None).order_by("opened_at"),
    MANY,
)


@roles("therapist", "supervisor")
def today(request: HttpRequest) -> HttpResponse:
    on, at = clock.today(), clock.now()
    alerts, open_alerts = alert_queries.gravest_alerts(request.user, on, most=ALERTS_SHOWN)
    mine = _MY_OPEN_EPISODES(request.user.pk)
    seen = {episode.pk for episode in mine} | {alert.episode_id for alert in alerts}
    audit.record_read(by=request.user, at=at, act="today-read", ids=sorted(seen))
    sealing.prepare({e.client_id for e in mine} | {alert.episode.client_id for alert in alerts})
    page = _page(request.user, mine, alerts, open_alerts, on, at)
    tellings.mark_shown(alerts=[alert.pk for alert in alerts], by=request.user, at=at)
    return show(request, "therapist/today.html", today=page)


@roles("therapist", "supervisor")
def all_alerts(request: HttpRequest) -> HttpResponse:
    """Every open alert, the gravest first, page by page: where there are more than Today shows."""
    on, at = clock.today(), clock.now()
    number = page_number(request)
    first = (number - 1) * ALERTS_A_PAGE
    alerts, whole = alert_queries.gravest_alerts(request.user, on, first=first, most=ALERTS_A_PAGE)
    audit.record_read(by=request.user, at=at, act="alerts-listed", ids=sorted({a.episode_id for a in alerts}))
    sealing.prepare({alert.episode.client_id for alert in alerts})
    listed = words.AllAlerts(
        alerts=tuple(words.alert_need(alert, at) for alert in alerts),
        whole=whole,
        page=number,
        pages=max(1, -(-whole // ALERTS_A_PAGE)),
    )
    tellings.mark_shown(alerts=[alert.pk for alert in alerts], by=request.user, at=at)
    return show(request, "therapist/all_alerts.html", listed=listed)


def _page(
    user: User, mine: list[Episode], alerts: list[Alert], open_alerts: int, on: date, at: datetime
) -> words.Today:
    found = summaries(mine, user, on, at)
    settled = firing_queries.settled((episode.pk for episode in mine), on)
    coming = _coming(mine, on)
    begun = _begun_check_ins(mine)
    todays = [s for s in _todays(user, on) if s.episode_id in found]
    return words.Today(
        date=on,
        sessions=tuple(words.session_today(session, found[session.episode_id]) for session in todays),
        alerts=tuple(words.alert_need(alert, at) for alert in alerts),
        open_alerts=open_alerts,
        handed=tuple(handed_need(one, on) for one in enquiry_queries.handed_to(user.pk)),
        asking=_asking(user, on),
        off_track=tuple(
            need
            for episode in _running(mine)
            for need in (
                *words.progress_needs(episode, found[episode.pk]),
                *words.off_track_needs(episode, found[episode.pk], settled.get(episode.pk, NOTHING_SETTLED)),
            )
        ),
        check_ins=_missing_check_ins(coming, found, begun, on),
        unsigned=tuple(words.unsigned_need(session, on) for session in session_queries.unsigned(user, on)),
        endings=tuple(
            need
            for episode in mine
            if (need := words.ending_need(episode, found[episode.pk], coming[episode.pk], on))
        ),
        next_session=_next_in_words(coming, on),
    )


def _asking(user: User, on: date) -> tuple[words.Need, ...]:
    """Those who asked for help and wait too long, for whoever takes enquiries."""
    if not is_intake(user):
        return ()
    return asking_needs(enquiry_queries.wait_figures(user, on, settings.ENVIRONMENT.asking.targets))


def _running(mine: list[Episode]) -> list[Episode]:
    return [episode for episode in mine if episode.status != EpisodeStatus.PAUSED]


def _todays(user: User, on: date) -> list[Session]:
    """Planned for today, or held today without having been planned; in the order of the day."""
    first, last = words.day_limits(on)
    found = _TODAYS(user.pk, first, last, on)
    return sorted(found, key=lambda session: session.planned_at or session.began_at or first)


def _coming(mine: list[Episode], on: date) -> dict[UUID, list[Session]]:
    """Planned sessions of the days to come, by episode."""
    first, last = words.day_limits(on, LOOK_AHEAD_DAYS)
    by_id = {episode.pk: episode for episode in mine}
    found: dict[UUID, list[Session]] = defaultdict(list)
    for session in _PLANNED(by_id, first, last):
        session.episode = by_id[session.episode_id]
        found[session.episode_id].append(session)
    return found


def _begun_check_ins(mine: list[Episode]) -> dict[UUID, CheckIn]:
    """Of no session: said here, since SQLite would look among the check-ins of all the service that have none."""
    begun = _BEGUN(episode.pk for episode in mine)
    return {check_in.episode_id: check_in for check_in in begun if check_in.session_id is None}


def _missing_check_ins(
    coming: dict[UUID, list[Session]], found: dict[UUID, Summary], begun: dict[UUID, CheckIn], on: date
) -> tuple[words.Need, ...]:
    """For the next session of each client, where it is today or tomorrow."""
    needs = []
    for episode_id, sessions in coming.items():
        if (sessions[0].on - on).days <= 1:
            need = words.check_in_need(sessions[0], found[episode_id], on, begun.get(episode_id))
            needs += [need] if need else []
    return tuple(needs)


def _next_in_words(coming: dict[UUID, list[Session]], on: date) -> str:
    """When somebody comes next, where nobody comes today."""
    later = [session for sessions in coming.values() for session in sessions if session.on > on]
    if not later:
        return ""
    first = min(later, key=lambda session: session.planned_at)
    return f"{first.episode.client.name}, {week_day(first.on)} at {clock_time(first.planned_at)}"
