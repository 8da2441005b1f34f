"""The supervisor's first page: who is not getting better and why, what was asked, every episode."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
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
from openipt.web.supervision.standing import Standing, standings

ITEM, RATING = "rec_supervision_item", "rec_problem_area_rating"
ALERTS_SHOWN = 10  # the gravest; all of them stand under Today
SHOWN = 10  # courses that want a look, and questions; all of them behind a link
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
    listed = _listed(episodes, number)
    wants = _wants(request, episodes, on) if number == 1 else _Wants()
    standing = wants.standing | standings([e for e in listed if e.pk not in wants.standing], on)
    _read(request.user, listed, wants)
    page = words.Supervision(
        date=on,
        alerts=tuple(words.alert_look(alert, on, clock.now()) for alert in wants.alerts),
        open_alerts=wants.open_alerts,
        looks=tuple(words.course_look(episode, standing[episode.pk]) for episode in wants.looks),
        all_looks=wants.all_looks,
        questions=tuple(words.question(entry) for entry in wants.questions),
        all_questions=wants.all_questions,
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
    tellings.mark_shown(alerts=[alert.pk for alert in wants.alerts], by=request.user, at=clock.now())
    return show(request, "supervision/supervision.html", page=page, with_ended=with_ended)


@dataclass(frozen=True)
class _Wants:
    """What stands on the first page above the list: alerts, courses that want a look, what was asked."""

    alerts: Sequence[Alert] = ()
    open_alerts: int = 0
    looks: Sequence[Episode] = ()
    all_looks: int = 0
    questions: Sequence[Entry] = ()
    all_questions: int = 0
    standing: dict[UUID, Standing] = field(default_factory=dict)


def _wants(request: HttpRequest, episodes: Sequence[Episode], on: date) -> _Wants:
    """The gravest alerts and looks, and who has waited longest for an answer; all of them where asked for."""
    alerts, open_alerts = alert_queries.gravest_alerts(request.user, on, most=ALERTS_SHOWN)
    running = [episode for episode in episodes if episode.status != EpisodeStatus.ENDED]
    standing = standings(running, on)
    looks = words.gravest_looks(running, standing)
    questions = words.open_questions(_items(request.user, running))
    most = None if "all" in request.GET else SHOWN
    return _Wants(alerts, open_alerts, looks[:most], len(looks), questions[:most], len(questions), standing)


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


def _read(user: User, listed: list[Episode], wants: _Wants) -> None:
    """Everything this page shows words of, as one event, before it is sent."""
    seen = {episode.pk for episode in (*listed, *wants.looks)}
    seen |= {row.episode_id for row in (*wants.alerts, *wants.questions)}
    audit.record_read(by=user, at=clock.now(), act="supervision-read", ids=sorted(seen))
    clients = {episode.client_id for episode in wants.looks}
    sealing.prepare(clients | {alert.episode.client_id for alert in wants.alerts})


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
