"""The symptom line of one measure for the therapist, with its bands, phases, sessions, events and ribbon."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import groupby
from uuid import UUID

from openipt.core.course import known
from openipt.core.course.course import Attendance
from openipt.core.course.phases import planned_sessions, session_phase
from openipt.core.course.scores import PHQ9, answers_of, points, start_score, total_of
from openipt.core.measures.definitions import Measure
from openipt.core.outcomes.expected import ALERTS_FROM_START, BAND, expected_course
from openipt.records.models import Alert
from openipt.records.prepared import Prepared
from openipt.web.drawing.symptom_line import Band, Expected, Happening, PhaseTime, Score, SymptomLine
from openipt.web.jinja import plural
from openipt.web.therapist.common import EpisodePage
from openipt.web.therapist.presenters_header import alert_detail, alert_title, phase_title

MOST_EVENTS = 8

_ALERTS = Prepared(lambda episode: Alert.objects.filter(episode=episode), UUID)


def present_line(page: EpisodePage, measure: Measure) -> SymptomLine:
    """Every known total of one measure. The ribbon is drawn for PHQ-9 where it can raise something."""
    scores = tuple(_scores(page, measure))
    return SymptomLine(
        measure=measure.title,
        lowest=measure.lowest or 0,
        highest=measure.highest if measure.highest is not None else max([1.0, *(s.value for s in scores)]),
        scores=scores,
        bands=tuple(Band(band.title.lower(), band.lowest, band.highest) for band in measure.bands),
        phases=_phases(page),
        sessions=tuple(meeting.on for meeting in page.course.held),
        happenings=_happenings(page) if scores else (),
        expected=_expected(page) if measure.id == PHQ9 else (),
        end=max([page.on, *(score.on for score in scores)]) if scores else None,
        unit="points",
    )


def _scores(page: EpisodePage, measure: Measure):
    for answers in answers_of(page.course, measure.id):
        total = total_of(page.manual, answers)
        if total is None or not answers.finished:
            continue
        band = measure.band(total)
        missing = sum(item is None for item in answers.items)
        note = f"{plural(missing, 'item')} missing, prorated" if missing else ""
        yield Score(
            answers.on,
            total,
            answers.session or None,
            band.title.lower() if band else "",
            note or ("total only" if not answers.items else ""),
        )


def _phases(page: EpisodePage) -> tuple[PhaseTime, ...]:
    """From the first session of each phase to the first of the next; the last one up to today."""
    held = page.course.held
    groups = [
        (phase, list(of))
        for phase, of in groupby(held, key=lambda m: session_phase(page.manual, page.course, m))
    ]
    starts = [of[0].on for _, of in groups]
    ends = [*starts[1:], max(page.on, held[-1].on)] if held else []
    return tuple(
        PhaseTime(phase_title(page, phase), start, end)
        for (phase, _), start, end in zip(groups, starts, ends, strict=True)
    )


def _happenings(page: EpisodePage) -> tuple[Happening, ...]:
    """What may have moved the line: alerts, sessions not held, focus and plan; the latest few."""
    found = [
        *(
            Happening(
                alert.raised_at.date(), f"{alert_title(page, alert)}. {alert_detail(page, alert)}", True
            )
            for alert in _ALERTS(page.episode.pk)
        ),
        *(
            Happening(meeting.on, f"Session {meeting.attendance.value}")
            for meeting in page.course.meetings
            if meeting.attendance in (Attendance.MISSED, Attendance.CANCELLED)
        ),
        *(
            Happening(focus.on, f"Focus: {', '.join(page.codes['areas'].get(a, a) for a in focus.areas)}")
            for focus in known.focus_history(page.course)
        ),
        *(
            Happening(change.on, f"{plural(change.planned_sessions, 'session')} agreed")
            for change in page.course.plan_changes
        ),
    ]
    return tuple(sorted(found, key=lambda happening: happening.on)[-MOST_EVENTS:])


def _expected(page: EpisodePage) -> tuple[Expected, ...]:
    """The expected score at every session held and to come, with its band (ipt.md 15.3, DEFAULT)."""
    start = start_score(page.manual, page.course, PHQ9)
    first = next((p for p in points(page.manual, page.course, PHQ9)), None)
    if start is None or start < ALERTS_FROM_START or first is None:
        return ()
    planned = planned_sessions(page.course)
    days = _session_days(page, planned)
    found = []
    for number, on in enumerate(days, start=1):
        expected = expected_course(start, planned, number)
        if expected is not None:
            found.append(Expected(on, max(0.0, expected - BAND), expected + BAND))
    return tuple(found)


def _session_days(page: EpisodePage, planned: int) -> list[date]:
    """The days of sessions held, then those planned, then a week apart, up to the planned number."""
    held = [meeting.on for meeting in page.course.held]
    ahead = sorted(
        m.on
        for m in page.course.meetings
        if m.attendance is Attendance.PLANNED and (not held or m.on > held[-1])
    )
    days = [*held, *ahead][:planned]
    while days and len(days) < planned:
        days.append(days[-1] + timedelta(days=7))
    return days
