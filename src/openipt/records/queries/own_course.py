"""The service's own expected course (ipt.md 15.3): totals, sessions and plans of its cases, no word of any.

It is a figure of 200 cases or more, so every clinician may see it. What it is made of changes little from day
to day: it is worked out once a day in each process, from what stood in the record when the day began.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from datetime import date
from uuid import UUID

from openipt.core.course.scores import PHQ9
from openipt.core.outcomes.expected import SHORTEST_PLAN
from openipt.core.outcomes.fitted import Case, FittedCourse, fitted_course, plan_class
from openipt.records.models import CheckInPurpose, Episode, MeasureScore

# The newest courses alone: how a service works now, not ten years ago, and never a slow question (ours, DEFAULT).
NEWEST = 1500

_kept: dict[date, dict[tuple[int, int | None], FittedCourse | None]] = {}
_lock = threading.Lock()


def own_course(planned: int, on: date) -> FittedCourse | None:
    """The service's own line for a plan of this length on a day; None until it has its 200 cases."""
    span = plan_class(planned)
    if span is None:
        return None
    with _lock:  # whoever asks first reads it; the others wait for that
        of_day = _kept.get(on)
        if of_day is None:
            _kept.clear()
            of_day = _kept[on] = _all_classes(cases(on))
    return of_day.get(span)


def forget() -> None:
    """What is kept of the day goes: tests lay one service after another."""
    with _lock:
        _kept.clear()


def _all_classes(found: list[Case]) -> dict[tuple[int, int | None], FittedCourse | None]:
    spans = {plan_class(case.planned) for case in found}
    return {span: fitted_course(found, span[0]) for span in spans if span is not None}


def cases(on: date) -> list[Case]:
    """The newest courses with their totals of PHQ-9 given before this day, session by session."""
    newest = (
        Episode.objects.filter(
            started_on__lte=on, planned_sessions__gte=SHORTEST_PLAN, client__erased_at=None
        )
        .order_by("-started_on", "pk")
        .values("pk")[:NEWEST]
    )
    plans = dict(Episode.objects.filter(pk__in=newest).values_list("pk", "planned_sessions"))
    totals: dict[UUID, dict[int, float]] = defaultdict(dict)
    rows = (
        MeasureScore.objects.filter(episode__in=newest, measure=PHQ9, total__isnull=False, on__lt=on)
        .order_by("on", "at")
        .values_list("episode_id", "check_in__session__number", "check_in__purpose", "total")
    )
    for episode, number, purpose, total in rows.iterator(chunk_size=5000):
        session = 0 if number is None and purpose == CheckInPurpose.BASELINE else number
        if session is not None:
            totals[episode][session] = total
    return [Case(plans[episode], of_course) for episode, of_course in totals.items()]
