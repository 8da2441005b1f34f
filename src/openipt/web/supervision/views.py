"""The supervisor's first page: who is not getting better and why, what was asked, every episode."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import Count
from django.http import HttpRequest, HttpResponse

from openipt.core.course.course import Attendance, EpisodeStatus
from openipt.errors import NoAccess
from openipt.records import audit, sealing
from openipt.records.models import Entry, EntryState, Episode, Session, User
from openipt.records.models.sessions import SessionState
from openipt.records.queries import alerts as alert_queries
from openipt.records.queries import entries as entry_queries
from openipt.records.queries import episodes as episode_queries
from openipt.web import clock
from openipt.web.doors import roles
from openipt.web.pages import show
from openipt.web.supervision import presenters as words
from openipt.web.supervision.standing import standings

ITEM = "rec_supervision_item"


@roles("supervisor")
def supervision(request: HttpRequest) -> HttpResponse:
    with_ended = "ended" in request.GET
    on = clock.today()
    episodes = _episodes(request.user, with_ended=with_ended)
    alerts = list(alert_queries.open_alerts(request.user, on))
    seen = {episode.pk for episode in episodes} | {alert.episode_id for alert in alerts}
    audit.record_read(by=request.user, at=clock.now(), act="supervision-read", ids=sorted(seen))
    sealing.prepare({e.client_id for e in episodes} | {a.episode.client_id for a in alerts})
    found = standings(episodes, on)
    running = [episode for episode in episodes if episode.status != EpisodeStatus.ENDED]
    page = words.Supervision(
        date=on,
        alerts=tuple(words.alert_look(alert, on, clock.now()) for alert in alerts),
        looks=tuple(look for e in running if (look := words.course_look(e, found[e.pk]))),
        questions=words.open_questions(_items(request.user, running)),
        groups=words.groups(
            episodes,
            found,
            _coming(running, clock.now()),
            _drafts(episodes),
            frozenset(alert.episode_id for alert in alerts),
        ),
    )
    return show(request, "supervision/supervision.html", page=page, with_ended=with_ended)


def _episodes(user: User, *, with_ended: bool) -> list[Episode]:
    rows = episode_queries.episodes_of(user, clock.today())
    return list(rows if with_ended else rows.exclude(status=EpisodeStatus.ENDED))


def _items(user: User, episodes: Sequence[Episode]) -> list[Entry]:
    """Items for supervision of these episodes, each with the values this supervisor may see."""
    by_id = {episode.pk: episode for episode in episodes}
    rows = Entry.objects.filter(episode__in=by_id, record_type=ITEM).exclude(state=EntryState.WITHDRAWN)
    found = []
    for entry in rows:
        entry.episode = by_id[entry.episode_id]
        try:
            entry.visible = entry_queries.visible_payload(user, entry, clock.today())
        except NoAccess:
            continue
        found.append(entry)
    return found


def _coming(episodes: Sequence[Episode], now: datetime) -> dict[UUID, Session]:
    """The next planned session of each episode."""
    rows = Session.objects.filter(
        episode__in=episodes,
        attendance=Attendance.PLANNED,
        planned_at__gte=now.replace(hour=0, minute=0, second=0, microsecond=0),
    )
    found: dict[UUID, Session] = {}
    for session in rows.order_by("planned_at"):
        found.setdefault(session.episode_id, session)
    return found


def _drafts(episodes: Sequence[Episode]) -> dict[UUID, int]:
    """How many notes of each episode are not signed yet."""
    rows = Session.objects.filter(episode__in=episodes, state=SessionState.DRAFT).order_by("episode")
    return defaultdict(int, rows.values_list("episode").annotate(number=Count("pk")))
