"""Figures of the whole service for its lead: counts, days and shares, never a name or a word of a client."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median

from django.db.models import Count, Exists, F, OuterRef, Q

from openipt.core.course.course import Attendance, EpisodeStatus
from openipt.core.course.scores import PHQ9
from openipt.errors import NoAccess
from openipt.records.access import Act, may
from openipt.records.actors import Actor
from openipt.records.models import Alert, AlertState, CheckIn, Episode, MeasureScore, Session
from openipt.records.models.sessions import HELD, SessionState

WINDOW_DAYS = 90
WAITING = (EpisodeStatus.ENQUIRY, EpisodeStatus.ASSESSMENT)


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
    """Everything the page of the service counts. `since` is the first day of the window."""

    since: date
    by_status: dict[str, int]
    ended_by_reason: dict[str, int]
    waits: Waits
    alerts: AlertFigures
    completeness: Completeness
    sessions_held: int
    sessions_missed: Share


def figures(user: Actor, on: date, now: datetime) -> Figures:
    """The figures of the service, or `NoAccess`."""
    if not may(user, Act.SEE_SERVICE, on=on):
        raise NoAccess
    since = on - timedelta(days=WINDOW_DAYS)
    held = Session.objects.filter(attendance__in=HELD, number__gte=1, held_on__gt=since, held_on__lte=on)
    return Figures(
        since=since,
        by_status=_counts(Episode.objects.all(), "status"),
        ended_by_reason=_counts(Episode.objects.filter(ended_on__gt=since), "end_reason"),
        waits=_waits(on, since),
        alerts=_alerts(now, since),
        completeness=_completeness(held, since, on),
        sessions_held=held.count(),
        sessions_missed=_missed(held.count(), since, now),
    )


def _counts(rows, column: str) -> dict[str, int]:
    return dict(rows.order_by(column).values_list(column).annotate(number=Count("pk")))


def _waits(on: date, since: date) -> Waits:
    opened = Episode.objects.filter(status__in=WAITING).values_list("opened_on", flat=True)
    days = sorted((on - day).days for day in opened)
    began = Episode.objects.filter(started_on__gt=since, started_on__lte=on)
    took = [(start - opened).days for opened, start in began.values_list("opened_on", "started_on")]
    return Waits(len(days), days[-1] if days else None, len(took), _median(took))


def _median(days: Sequence[int]) -> float | None:
    return float(median(days)) if days else None


def _alerts(now: datetime, since: date) -> AlertFigures:
    in_time = Alert.objects.filter(state=AlertState.OPEN).filter(Q(due_at=None) | Q(due_at__gte=now))
    decided = Alert.objects.filter(raised_at__date__gt=since, due_at__isnull=False).exclude(
        acknowledged_at=None, due_at__gte=now
    )
    good = decided.filter(acknowledged_at__lte=F("due_at"))
    return AlertFigures(
        unanswered_in_time=in_time.count(),
        next_due=in_time.order_by("due_at").values_list("due_at", flat=True).first(),
        being_worked=Alert.objects.filter(state=AlertState.ACKNOWLEDGED).count(),
        answered_in_time=Share(good.count(), decided.count()),
    )


def _completeness(held, since: date, on: date) -> Completeness:
    scored = MeasureScore.objects.filter(check_in__session=OuterRef("pk"), measure=PHQ9)
    baseline = CheckIn.objects.filter(episode=OuterRef("pk"), purpose="baseline", finished_at__isnull=False)
    running = Episode.objects.filter(status=EpisodeStatus.ACTIVE)
    sittings = CheckIn.objects.filter(on__gt=since, on__lte=on)
    return Completeness(
        scores=Share(held.filter(Exists(scored)).count(), held.count()),
        signed=Share(held.filter(state=SessionState.SIGNED).count(), held.count()),
        baseline=Share(running.filter(Exists(baseline)).count(), running.count()),
        check_ins=Share(sittings.exclude(finished_at=None).count(), sittings.count()),
    )


def _missed(held: int, since: date, now: datetime) -> Share:
    """Missed without word, of all that were held or missed. Cancelled ones are neither."""
    rows = Session.objects.filter(attendance=Attendance.MISSED, planned_at__date__gt=since)
    missed = rows.filter(planned_at__lte=now).count()
    return Share(missed, held + missed)
