"""The supervisor's first page: who is not getting better and why, what was asked, every episode."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from openipt.core.course.course import EpisodeStatus
from openipt.core.formulation.agreement import agreement, rated_pairs
from openipt.records import audit, sealing
from openipt.records.actions import tellings
from openipt.records.models import Alert, Entry, Episode, Session, User
from openipt.records.models.sessions import SessionState
from openipt.records.prepared import MANY, Prepared
from openipt.records.queries import alerts as alert_queries
from openipt.records.queries import entries as entry_queries
from openipt.records.queries import episodes as episode_queries
from openipt.records.queries import sessions as session_queries
from openipt.web import clock
from openipt.web.doors import roles
from openipt.web.pages import page_number, show
from openipt.web.supervision import presenters as words
from openipt.web.supervision.standing import standings

ITEM, RATING = "rec_supervision_item", "rec_problem_area_rating"
ALERTS_SHOWN = 10  # the gravest; all of them stand under Today
LOOKS_SHOWN = 10  # the gravest; all of them behind a link
EPISODES_A_PAGE = 25

_NOT_SIGNED = Prepared(
    lambda episodes: Session.objects.filter(episode__in=episodes, state=SessionState.DRAFT).values_list(
        "episode", flat=True
    ),
    MANY,
)


@roles("supervisor")
def supervision(request: HttpRequest) -> HttpResponse:
    with_ended = "ended" in request.GET
    number, on = page_number(request), clock.today()
    episodes = _episodes(request.user, with_ended=with_ended)
    alerts, open_alerts = alert_queries.gravest_alerts(request.user, on, most=ALERTS_SHOWN)
    running = [episode for episode in episodes if episode.status != EpisodeStatus.ENDED]
    standing = standings(running, on)
    looks = words.gravest_looks(running, standing)
    shown_looks = looks if "looks" in request.GET else looks[:LOOKS_SHOWN]
    items = _items(request.user, running)
    listed = _listed(episodes, number)
    standing |= standings([episode for episode in listed if episode.pk not in standing], on)
    _read(request.user, listed, shown_looks, alerts, items)
    page = words.Supervision(
        date=on,
        alerts=tuple(words.alert_look(alert, on, clock.now()) for alert in alerts),
        open_alerts=open_alerts,
        looks=tuple(words.course_look(episode, standing[episode.pk]) for episode in shown_looks),
        all_looks=len(looks),
        questions=words.open_questions(items),
        agreed=_agreed(request.user, episodes) if "agreement" in request.GET else "",
        groups=words.groups(
            listed,
            standing,
            session_queries.next_of_each(listed, _midnight(clock.now())),
            _drafts(listed),
            alert_queries.alerted_episodes(request.user, on),
            Counter(episode.therapist_id for episode in episodes),
        ),
        number=number,
        pages=max(1, -(-len(episodes) // EPISODES_A_PAGE)),
    )
    tellings.mark_shown(alerts=[alert.pk for alert in alerts], by=request.user, at=clock.now())
    return show(request, "supervision/supervision.html", page=page, with_ended=with_ended)


def _listed(episodes: Sequence[Episode], number: int) -> list[Episode]:
    """One page of the list, by therapist and name. Only the names of its own therapists' clients are opened."""
    by_therapist: dict[tuple[str, UUID], list[Episode]] = defaultdict(list)
    for episode in episodes:
        by_therapist[episode.therapist.display_name.casefold(), episode.therapist_id].append(episode)
    first, place, found = (number - 1) * EPISODES_A_PAGE, 0, []
    for _, theirs in sorted(by_therapist.items()):
        window = slice(max(0, first - place), max(0, first + EPISODES_A_PAGE - place))
        place += len(theirs)
        if window.stop and window.start < len(theirs):
            sealing.prepare(episode.client_id for episode in theirs)
            found += sorted(theirs, key=lambda episode: episode.client.name.casefold())[window]
    return found


def _read(
    user: User, listed: list[Episode], looks: Sequence[Episode], alerts: list[Alert], items: list[Entry]
) -> None:
    """Everything this page shows words of, as one event, before it is sent."""
    seen = {episode.pk for episode in (*listed, *looks)}
    seen |= {alert.episode_id for alert in alerts} | {item.episode_id for item in items}
    audit.record_read(by=user, at=clock.now(), act="supervision-read", ids=sorted(seen))
    sealing.prepare({e.client_id for e in looks} | {alert.episode.client_id for alert in alerts})


def _episodes(user: User, *, with_ended: bool) -> list[Episode]:
    if with_ended:
        return list(episode_queries.episodes_of(user, clock.today()))
    return episode_queries.running_episodes_of(user, clock.today())


def _items(user: User, episodes: Sequence[Episode]) -> list[Entry]:
    """The last item for supervision of each of these episodes, with the values this supervisor may see."""
    return entry_queries.last_visible_among(user, episodes, clock.today(), record_type=ITEM)


def _agreed(user: User, episodes: Sequence[Episode]) -> str:
    """How far this supervisor's and the therapists' ratings of problem areas agree, over these episodes."""
    rated = entry_queries.visible_entries_among(user, episodes, clock.today(), record_type=RATING)
    return words.agreement_words(agreement(rated_pairs((e.episode_id, e.visible) for e in rated)))


def _midnight(now: datetime) -> datetime:
    return now.replace(hour=0, minute=0, second=0, microsecond=0)


def _drafts(episodes: Sequence[Episode]) -> dict[UUID, int]:
    """How many notes of each episode are not signed yet."""
    return Counter(_NOT_SIGNED(episode.pk for episode in episodes))
