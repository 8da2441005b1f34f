"""The supervisor's first page: who is not getting better and why, what was asked, every episode."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from openipt.core.course.course import EpisodeStatus
from openipt.core.formulation.agreement import agreement, rated_pairs
from openipt.records import audit, sealing
from openipt.records.actions import tellings
from openipt.records.models import Entry, Episode, Session, User
from openipt.records.models.sessions import SessionState
from openipt.records.prepared import MANY, Prepared
from openipt.records.queries import alerts as alert_queries
from openipt.records.queries import entries as entry_queries
from openipt.records.queries import episodes as episode_queries
from openipt.records.queries import sessions as session_queries
from openipt.web import clock
from openipt.web.doors import roles
from openipt.web.pages import show
from openipt.web.supervision import presenters as words
from openipt.web.supervision.standing import standings

ITEM, RATING = "rec_supervision_item", "rec_problem_area_rating"
ALERTS_SHOWN = 20  # the gravest; all of them stand under Today

_NOT_SIGNED = Prepared(
    lambda episodes: Session.objects.filter(episode__in=episodes, state=SessionState.DRAFT).values_list(
        "episode", flat=True
    ),
    MANY,
)


@roles("supervisor")
def supervision(request: HttpRequest) -> HttpResponse:
    with_ended = "ended" in request.GET
    on = clock.today()
    episodes = _episodes(request.user, with_ended=with_ended)
    alerts, open_alerts = alert_queries.gravest_alerts(request.user, on, most=ALERTS_SHOWN)
    seen = {episode.pk for episode in episodes} | {alert.episode_id for alert in alerts}
    audit.record_read(by=request.user, at=clock.now(), act="supervision-read", ids=sorted(seen))
    sealing.prepare({e.client_id for e in episodes} | {a.episode.client_id for a in alerts})
    found = standings(episodes, on)
    running = [episode for episode in episodes if episode.status != EpisodeStatus.ENDED]
    page = words.Supervision(
        date=on,
        alerts=tuple(words.alert_look(alert, on, clock.now()) for alert in alerts),
        open_alerts=open_alerts,
        looks=tuple(look for e in running if (look := words.course_look(e, found[e.pk]))),
        questions=words.open_questions(_items(request.user, running)),
        agreed=_agreed(request.user, episodes) if "agreement" in request.GET else "",
        groups=words.groups(
            episodes,
            found,
            session_queries.next_of_each(running, _midnight(clock.now())),
            _drafts(episodes),
            alert_queries.alerted_episodes(request.user, on),
        ),
    )
    tellings.mark_shown(alerts=[alert.pk for alert in alerts], by=request.user, at=clock.now())
    return show(request, "supervision/supervision.html", page=page, with_ended=with_ended)


def _episodes(user: User, *, with_ended: bool) -> list[Episode]:
    if with_ended:
        return list(episode_queries.episodes_of(user, clock.today()))
    return episode_queries.running_episodes_of(user, clock.today())


def _items(user: User, episodes: Sequence[Episode]) -> list[Entry]:
    """Items for supervision of these episodes, each with the values this supervisor may see."""
    return entry_queries.visible_entries_among(user, episodes, clock.today(), record_type=ITEM)


def _agreed(user: User, episodes: Sequence[Episode]) -> str:
    """How far this supervisor's and the therapists' ratings of problem areas agree, over these episodes."""
    rated = entry_queries.visible_entries_among(user, episodes, clock.today(), record_type=RATING)
    return words.agreement_words(agreement(rated_pairs((e.episode_id, e.visible) for e in rated)))


def _midnight(now: datetime) -> datetime:
    return now.replace(hour=0, minute=0, second=0, microsecond=0)


def _drafts(episodes: Sequence[Episode]) -> dict[UUID, int]:
    """How many notes of each episode are not signed yet."""
    return Counter(_NOT_SIGNED(episode.pk for episode in episodes))
