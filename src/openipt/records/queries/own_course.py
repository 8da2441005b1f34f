"""The service's own expected course (ipt.md 15.3): totals, sessions and plans of its cases, no word of any.

It is a figure of 200 cases or more, so every clinician may see it. What it is made of changes little from day
to day: the worker works it out once after midnight, from what stood in the record when the day began, and each
process reads that once. Where no worker has done so, whoever asks first works it out.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable
from datetime import date
from uuid import UUID

from openipt.core.course.scores import PHQ9
from openipt.core.manual.joined import base_of
from openipt.core.outcomes.expected import SHORTEST_PLAN
from openipt.core.outcomes.fitted import Case, FittedCourse, fitted_course, plan_class
from openipt.records.models import CheckInPurpose, Episode, MeasureScore, OwnCourses, PlanEvent

# The newest courses alone: how a service works now, not ten years ago, and never a slow question (ours, DEFAULT).
NEWEST = 1500

_kept: dict[date, dict[tuple[int, int | None], FittedCourse]] = {}
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
            found = written(on)
            courses = work_out(on) if found is None else found
            of_day = _kept[on] = {(one.least, one.most): one for one in courses}
    return of_day.get(span)


def written(on: date) -> list[FittedCourse] | None:
    """What the worker has worked out for this day; None where it has not."""
    row = OwnCourses.objects.filter(on=on).first()
    return None if row is None else [FittedCourse(**values) for values in row.courses]


def is_written(on: date) -> bool:
    return OwnCourses.objects.filter(on=on).exists()


def forget() -> None:
    """What is kept of the day goes: tests lay one service after another."""
    with _lock:
        _kept.clear()


def work_out(on: date, pause: Callable[[], None] = lambda: None) -> list[FittedCourse]:
    """The own course of every class of plans that has its cases. `pause` is called between small parts."""
    found = cases(on, pause)
    spans = {plan_class(case.planned) for case in found}
    fitted = []
    for span in sorted(span for span in spans if span is not None):
        pause()
        fitted.append(fitted_course(found, span[0]))
    return [one for one in fitted if one is not None]


def cases(on: date, pause: Callable[[], None] = lambda: None) -> list[Case]:
    """The newest courses with their totals of PHQ-9 given before this day, session by session."""
    newest = (
        Episode.objects.filter(
            started_on__lte=on, planned_sessions__gte=SHORTEST_PLAN, client__erased_at=None
        )
        .order_by("-started_on", "pk")
        .values("pk")[:NEWEST]
    )
    plans = dict(Episode.objects.filter(pk__in=newest).values_list("pk", "planned_sessions"))
    switched = PlanEvent.objects.filter(episode__in=newest).exclude(adaptation_to="").order_by("-at")
    changes = switched.values_list("episode_id", "after_session", "adaptation_from", "adaptation_to")
    went_on = {  # the acute part's length
        episode: after for episode, after, before, to in changes if base_of(before) != base_of(to)
    }
    plans |= went_on
    totals: dict[UUID, dict[int, float]] = defaultdict(dict)
    rows = (
        MeasureScore.objects.filter(episode__in=newest, measure=PHQ9, total__isnull=False, on__lt=on)
        .order_by("on", "at")
        .values_list("episode_id", "check_in__session__number", "check_in__purpose", "total")
    )
    for place, (episode, number, purpose, total) in enumerate(rows.iterator(chunk_size=2000)):
        if place and not place % 2000:
            pause()
        session = 0 if number is None and purpose == CheckInPurpose.BASELINE else number
        if session is not None and session <= went_on.get(episode, session):
            totals[episode][session] = total
    return [Case(plans[episode], of_course) for episode, of_course in totals.items()]
