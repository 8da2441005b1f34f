"""Where many episodes stand, for Today and Clients, without reading every record at every visit.

A summary is worked out by the engine from the whole record and kept in memory under the number of
writes the episode has seen (`audit.revisions_of`), so a summary is never older than the record; inside a
transaction nothing is kept, since what is not committed may still be undone. What is kept holds codes, numbers, dates and the words of the manual, none of the client's.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import connection

from openipt.core.course.phases import after_words, awaits_before
from openipt.core.course.rules import RuleResult
from openipt.records import audit
from openipt.records.models import Episode, User
from openipt.web.drawing.phase_track import PhaseTrack
from openipt.web.therapist.common import EpisodePage
from openipt.web.therapist.off_track_card import OffTrackCard, off_track_card
from openipt.web.therapist.presenters_header import (
    focus_in_words,
    phase_title,
    place_in_words,
    present_track,
    risk_in_words,
    score_line,
)

KEPT = 2000


@dataclass(frozen=True)
class Summary:
    """One episode on one day. `next_before` is the phase of the next meeting, if it comes before session 1;
    `word` is what a session is called.
    """

    phase: str
    place: str
    next_before: str
    next_after: str
    word: str
    session_number: int
    planned_sessions: int
    remaining: int
    track: PhaseTrack
    focus: str
    risk: str
    risk_tone: str
    score: str
    score_on: date | None
    change: str
    fired: tuple[RuleResult, ...]
    measures_due: tuple[str, ...]
    off_track: OffTrackCard | None = None


_kept: OrderedDict[tuple[UUID, int, date], Summary] = OrderedDict()


def summaries(episodes: Iterable[Episode], user: User, on: date, at: datetime) -> dict[UUID, Summary]:
    """The summary of each of these episodes. Access is the caller's to ask."""
    listed = list(episodes)
    revisions = audit.revisions_of(episode.pk for episode in listed)
    return {episode.pk: _one(episode, user, on, at, revisions.get(episode.pk, 0)) for episode in listed}


def _one(episode: Episode, user: User, on: date, at: datetime, revision: int) -> Summary:
    if connection.in_atomic_block:
        return summary_of(EpisodePage(episode=episode, user=user, room="", on=on, at=at))
    key = (episode.pk, revision, on)
    found = _kept.get(key)
    if found is None:
        found = _kept[key] = summary_of(EpisodePage(episode=episode, user=user, room="", on=on, at=at))
    _kept.move_to_end(key)
    while len(_kept) > KEPT:
        _kept.popitem(last=False)
    return found


def summary_of(page: EpisodePage) -> Summary:
    """One episode, asked of the engine."""
    status = page.status
    risk, tone = risk_in_words(page)
    score, track = score_line(page), present_track(page)
    return Summary(
        phase="" if status.has_ended else phase_title(page, status.phase),
        place=place_in_words(page, track),
        next_before=awaits_before(page.manual, page.course),
        next_after=after_words(page.manual, page.course)
        if page.manual.phase_after and not status.remaining
        else "",
        word=page.manual.session_word,
        session_number=status.session_number,
        planned_sessions=status.planned_sessions,
        remaining=status.remaining,
        track=track,
        focus=focus_in_words(page),
        risk=risk,
        risk_tone=tone,
        score=score[0] if score else "",
        score_on=score[1] if score else None,
        change=score[2] if score else "",
        fired=status.fired,
        measures_due=status.measures_due,
        off_track=off_track_card(page),
    )
