"""Where each supervised episode stands, asked of the engine and kept until its record changes.

Kept in memory under the number of writes the episode has seen; nothing is kept inside a transaction.
What is kept holds codes, numbers, dates and the manual's words, none of the client's.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import connection

from openipt.core.course import known
from openipt.core.course.course import Course
from openipt.core.course.decisions import review
from openipt.core.course.off_track_signals import signals
from openipt.core.course.progress import Signal, main_measure
from openipt.core.course.rules import RuleResult
from openipt.core.course.scores import PHQ9, latest_total, start_score
from openipt.core.course.status import course_status
from openipt.core.manual.model import Manual
from openipt.core.measures.change import reliable_change
from openipt.records import audit, convert
from openipt.records.manuals import manual_of
from openipt.records.models import Episode

KEPT = 2000


@dataclass(frozen=True)
class Score:
    """The last total of the main measure beside the first; `verdict` is by the reliable-change rule."""

    title: str
    now: float
    on: date
    start: float | None
    verdict: str


@dataclass(frozen=True)
class Standing:
    """One episode on one day."""

    phase: str
    session_number: int
    planned_sessions: int
    focus: tuple[str, ...]
    score: Score | None
    fired: tuple[RuleResult, ...]
    signals: tuple[Signal, ...] = ()
    decided: str = ""


_kept: OrderedDict[tuple[UUID, int, date], Standing] = OrderedDict()


def standings(episodes: Iterable[Episode], on: date) -> dict[UUID, Standing]:
    """The standing of each of these episodes. Access is the caller's to ask."""
    listed = list(episodes)
    revisions = audit.revisions_of(episode.pk for episode in listed)
    return {episode.pk: _one(episode, on, revisions.get(episode.pk, 0)) for episode in listed}


def _one(episode: Episode, on: date, revision: int) -> Standing:
    if connection.in_atomic_block:
        return standing_of(manual_of(episode), convert.course(episode), on)
    key = (episode.pk, revision, on)
    if key not in _kept:
        _kept[key] = standing_of(manual_of(episode), convert.course(episode), on)
    _kept.move_to_end(key)
    while len(_kept) > KEPT:
        _kept.popitem(last=False)
    return _kept[key]


def standing_of(manual: Manual, course: Course, on: date) -> Standing:
    """One episode, asked of the engine."""
    status = course_status(manual, course, on)
    return Standing(
        phase=status.phase,
        session_number=status.session_number,
        planned_sessions=status.planned_sessions,
        focus=tuple(known.focus(course)),
        score=_score(manual, course),
        fired=status.fired,
        signals=signals(manual, course.as_of(on), on),
        decided=_decided(manual, course, on),
    )


def _decided(manual: Manual, course: Course, on: date) -> str:
    """What stands decided where it is not on track, in the manual's words; or that nothing does."""
    asked = review(manual, course, on)
    standing = asked.covered or asked.due
    if standing is None:
        return "Nothing is decided yet." if asked.is_open else ""
    titles = [manual.next_steps[code].title for code in standing.steps if code in manual.next_steps]
    first, *others = [*titles, *(["Go on as planned"] if standing.go_on else [])] or ["Nothing"]
    chosen = ", ".join([first, *(title[:1].lower() + title[1:] for title in others)])
    return f"{asked.why} {chosen}."


def _score(manual: Manual, course: Course) -> Score | None:
    main = main_measure(manual, course) or PHQ9
    latest = latest_total(manual, course, main)
    if latest is None:
        return None
    on, now = latest
    measure = manual.measure_list[main]
    start = start_score(manual, course, main)
    verdict = reliable_change(measure, start, now) if start is not None else None
    return Score(measure.title, now, on, start, verdict.value if verdict else "")
