"""The symptom line of one measure for the therapist: bands, phases, sessions, expected course, sudden changes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import groupby

from openipt.core.course.course import Answers
from openipt.core.course.phases import planned_sessions, session_phase
from openipt.core.course.scores import PHQ9, answers_of, total_of
from openipt.core.course.sudden import sudden_changes
from openipt.core.measures.definitions import Measure
from openipt.web.drawing.symptom_line import (
    Band,
    ExpectedCourse,
    Jump,
    PhaseTime,
    Score,
    SymptomLine,
)
from openipt.web.expected_line import expected_courses, session_days
from openipt.web.jinja import plural
from openipt.web.therapist.common import EpisodePage
from openipt.web.therapist.presenters_header import phase_title

# The quiet line of Overview and Measures; the page of the line has more (web.therapist.line_choice).
QUIET = frozenset({"bands", "expected", "own", "phases", "sessions", "jump"})


def present_line(page: EpisodePage, measure: Measure, layers: frozenset[str] = QUIET) -> SymptomLine:
    """Every known total of one measure, with what of these layers goes with it."""
    scores = tuple(_scores(page, measure))
    return SymptomLine(
        measure=measure.title,
        lowest=measure.lowest or 0,
        highest=measure.highest if measure.highest is not None else max([1.0, *(s.value for s in scores)]),
        scores=scores,
        bands=_bands(measure) if "bands" in layers else (),
        phases=phase_times(page) if "phases" in layers else (),
        sessions=tuple(meeting.on for meeting in page.course.held) if "sessions" in layers else (),
        expected=_expected(page, layers) if measure.id == PHQ9 and scores else (),
        jumps=_jumps(page) if measure.id == PHQ9 and "jump" in layers else (),
        end=max(page.episode.ended_on or page.on, scores[-1].on, *_planned_end(page)) if scores else None,
        today=None if page.episode.ended_on else page.on,
        unit="points",
    )


def _expected(page: EpisodePage, layers: frozenset[str]) -> tuple[ExpectedCourse, ...]:
    """Expected courses are drawn for PHQ-9, where they can raise something."""
    default, own = "expected" in layers, "own" in layers
    return expected_courses(page.manual, page.course, page.on, default=default, own=own)


def _bands(measure: Measure) -> tuple[Band, ...]:
    return tuple(Band(band.title.lower(), band.lowest, band.highest) for band in measure.bands)


def _scores(page: EpisodePage, measure: Measure) -> Iterator[Score]:
    for answers in answers_of(page.course, measure.id):
        total = total_of(page.manual, answers)
        if total is None or not answers.finished:
            continue
        band = measure.band(total)
        yield Score(
            answers.on,
            total,
            answers.session or None,
            band.title.lower() if band else "",
            note_on(answers),
        )


def note_on(answers: Answers) -> str:
    """What a reader must know of a score: prorated, or a total only."""
    missing = sum(item is None for item in answers.items)
    if missing:
        return f"{plural(missing, 'item')} missing, prorated"
    return "" if answers.items else "total only"


def phase_times(page: EpisodePage) -> tuple[PhaseTime, ...]:
    """From the first session of each phase to the first of the next; the last one up to today."""
    held = page.course.held
    groups = [
        (phase, list(of))
        for phase, of in groupby(held, key=lambda m: session_phase(page.manual, page.course, m))
    ]
    starts = [of[0].on for _, of in groups]
    ends = [*starts[1:], max(page.episode.ended_on or page.on, held[-1].on)] if held else []
    return tuple(
        PhaseTime(phase_title(page, phase), start, end)
        for (phase, _), start, end in zip(groups, starts, ends, strict=True)
    )


def _jumps(page: EpisodePage) -> tuple[Jump, ...]:
    """Between the days on which the two scores were given."""
    given = {a.session: a.on for a in answers_of(page.course, PHQ9) if a.finished and a.session}
    return tuple(
        Jump(
            given.get(change.before.session, change.before.on),
            given.get(change.after.session, change.after.on),
            change.is_gain,
        )
        for change in sudden_changes(page.manual, page.course)
    )


def _planned_end(page: EpisodePage) -> tuple[date, ...]:
    """The last planned session of a course that is running: the end is always in view."""
    if page.episode.ended_on or not page.course.held:
        return ()
    return tuple(session_days(page.course, planned_sessions(page.course))[-1:])
