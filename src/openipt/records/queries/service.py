"""Figures of the whole service for its lead: counts, days and shares, never a name or a word of a client."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from statistics import median
from typing import Any

from django.db.models import Count, Exists, F, Min, OuterRef, Q, QuerySet
from django.utils import timezone

from openipt.core.course.course import Attendance, EpisodeStatus
from openipt.core.course.scores import PHQ9
from openipt.errors import NoAccess
from openipt.records.access import Act, may
from openipt.records.actors import Actor
from openipt.records.models import Alert, AlertState, CheckIn, Episode, MeasureScore, Session
from openipt.records.models.sessions import HELD, SessionState
from openipt.records.prepared import Prepared, in_all

WINDOW_DAYS = 90
LARGE = 500  # episodes, from which on the window is not counted anew for every look
KEPT_FOR = timedelta(minutes=1)
WAITING = (EpisodeStatus.ENQUIRY, EpisodeStatus.ASSESSMENT)

_BY_STATUS = Prepared(lambda: _counted(Episode.objects.all(), "status"))
_ENDED = Prepared(lambda since: _counted(Episode.objects.filter(ended_on__gt=since), "end_reason"), date)
_WAITING = Prepared(  # by status, as the index has them: counted without being sorted
    lambda: _counted(Episode.objects.filter(status__in=WAITING), "status").annotate(first=Min("opened_on"))
)
_BEGAN = Prepared(
    lambda since, on: Episode.objects.filter(started_on__gt=since, started_on__lte=on).values_list(
        "opened_on", "started_on"
    ),
    date,
    date,
)
_RUNNING = Prepared(
    lambda: _number_of(
        Episode.objects.filter(status=EpisodeStatus.ACTIVE),
        Exists(CheckIn.objects.filter(episode=OuterRef("pk"), purpose="baseline", finished_at__isnull=False)),
    )
)
_HELD = Prepared(
    lambda since, on: _number_of(
        Session.objects.filter(attendance__in=HELD, number__gte=1, held_on__gt=since, held_on__lte=on),
        Q(state=SessionState.SIGNED),
        Exists(MeasureScore.objects.filter(check_in__session=OuterRef("pk"), measure=PHQ9)),
    ),
    date,
    date,
)
_MISSED = Prepared(
    lambda first, now: _number_of(
        Session.objects.filter(
            attendance=Attendance.MISSED, kind="", planned_at__gte=first, planned_at__lte=now
        )
    ),
    datetime,
    datetime,
)
_SITTINGS = Prepared(
    lambda since, on: _number_of(
        CheckIn.objects.filter(on__gt=since, on__lte=on), Q(finished_at__isnull=False)
    ),
    date,
    date,
)
_OPEN_ALERTS = Prepared(
    lambda now: in_all(
        Alert.objects.filter(state__in=(AlertState.OPEN, AlertState.ACKNOWLEDGED)),
        in_time=Count("pk", filter=Q(state=AlertState.OPEN) & (Q(due_at=None) | Q(due_at__gte=now))),
        next_due=Min("due_at", filter=Q(state=AlertState.OPEN, due_at__gte=now)),
        being_worked=Count("pk", filter=Q(state=AlertState.ACKNOWLEDGED)),
    ),
    datetime,
)
_DECIDED = Prepared(
    lambda first, now: _number_of(
        Alert.objects.filter(raised_at__gte=first, due_at__isnull=False).exclude(
            acknowledged_at=None, due_at__gte=now
        ),
        Q(acknowledged_at__lte=F("due_at")),
    ),
    datetime,
    datetime,
)


def _counted(rows: QuerySet[Any, Any], column: str) -> QuerySet[Any, Any]:
    """Value of a column -> how many rows have it."""
    return rows.order_by(column).values_list(column).annotate(number=Count("*"))


def _number_of(rows: QuerySet[Any, Any], *conditions: Any) -> QuerySet[Any, Any]:
    """How many rows there are, and of how many of these each condition holds."""
    more = {f"of_these_{n}": Count("pk", filter=one) for n, one in enumerate(conditions)}
    return in_all(rows, number=Count("*"), **more)


@dataclass(frozen=True)
class Share:
    """So many of so many. Nothing of nothing is no share."""

    part: int
    whole: int

    @property
    def percent(self) -> int | None:
        return round(100 * self.part / self.whole) if self.whole else None


@dataclass(frozen=True)
class Waits:
    """Days from enquiry to session 1: of those who wait now, and of those who began in the window."""

    waiting: int
    longest: int | None
    began: int
    median_to_begin: float | None


@dataclass(frozen=True)
class AlertFigures:
    """Alerts that wait, and how those of the window were answered."""

    unanswered_in_time: int
    next_due: datetime | None
    being_worked: int
    answered_in_time: Share


@dataclass(frozen=True)
class Completeness:
    """How much of what should be there is there, for sessions held in the window and open episodes."""

    scores: Share
    signed: Share
    baseline: Share
    check_ins: Share


@dataclass(frozen=True)
class Figures:
    """Everything the page of the service counts. `since` is the first day of the window; alerts and who waits
    are counted now, all else was counted at `counted_at`."""

    since: date
    counted_at: datetime
    by_status: dict[str, int]
    ended_by_reason: dict[str, int]
    waits: Waits
    alerts: AlertFigures
    completeness: Completeness
    sessions_held: int
    sessions_missed: Share


@dataclass(frozen=True)
class _Window:
    """What counts rows of the whole service or of the whole window."""

    counted_at: datetime
    by_status: dict[str, int]
    ended_by_reason: dict[str, int]
    began: int
    median_to_begin: float | None
    completeness: Completeness
    sessions_held: int
    sessions_missed: Share


_kept: dict[date, _Window] = {}


def figures(user: Actor, on: date, now: datetime) -> Figures:
    """The figures of the service, or `NoAccess`."""
    if not may(user, Act.SEE_SERVICE, on=on):
        raise NoAccess
    since = on - timedelta(days=WINDOW_DAYS)
    window = _window(since, on, now)
    waiting = _WAITING()
    first = min((day for _, _, day in waiting), default=None)
    return Figures(
        since=since,
        counted_at=window.counted_at,
        by_status=window.by_status,
        ended_by_reason=window.ended_by_reason,
        waits=Waits(
            sum(n for _, n, _ in waiting),
            (on - first).days if first else None,
            window.began,
            window.median_to_begin,
        ),
        alerts=_alerts(now, since),
        completeness=window.completeness,
        sessions_held=window.sessions_held,
        sessions_missed=window.sessions_missed,
    )


def _window(since: date, on: date, now: datetime) -> _Window:
    """The figures of service and window. A large service counts them once a minute, and its page says when."""
    kept = _kept.get(since)
    if kept is not None and timedelta(0) <= now - kept.counted_at < KEPT_FOR:
        return kept
    held, signed, scored = _HELD(since, on)[0]
    by_status = dict(_BY_STATUS())
    took = [(start - opened).days for opened, start in _BEGAN(since, on)]
    found = _Window(
        counted_at=now,
        by_status=by_status,
        ended_by_reason=dict(_ENDED(since)),
        began=len(took),
        median_to_begin=_median(took),
        completeness=_completeness(Share(scored, held), Share(signed, held), since, on),
        sessions_held=held,
        sessions_missed=_missed(held, since, now),
    )
    _kept.clear()
    if sum(by_status.values()) >= LARGE:
        _kept[since] = found
    return found


def _median(days: Sequence[int]) -> float | None:
    return float(median(days)) if days else None


def _alerts(now: datetime, since: date) -> AlertFigures:
    in_time, next_due, being_worked = _OPEN_ALERTS(now)[0]
    decided, good = _DECIDED(_day_after(since), now)[0]
    return AlertFigures(
        unanswered_in_time=in_time,
        next_due=next_due,
        being_worked=being_worked,
        answered_in_time=Share(good, decided),
    )


def _completeness(scores: Share, signed: Share, since: date, on: date) -> Completeness:
    running, with_baseline = _RUNNING()[0]
    sittings, sent = _SITTINGS(since, on)[0]
    return Completeness(
        scores=scores,
        signed=signed,
        baseline=Share(with_baseline, running),
        check_ins=Share(sent, sittings),
    )


def _missed(held: int, since: date, now: datetime) -> Share:
    """Missed without word, of all that were held or missed. Cancelled ones are neither."""
    ((missed,),) = _MISSED(_day_after(since), now)
    return Share(missed, held + missed)


def _day_after(since: date) -> datetime:
    """The first moment of the window."""
    return timezone.make_aware(datetime.combine(since + timedelta(days=1), time.min))
