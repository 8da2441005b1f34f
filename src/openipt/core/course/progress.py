"""Is the client getting better? Readings of the scores that rules, tasks and pages share.

The main measure is PHQ-9 where the start is a case on it, else GAD-7 where it is one there
(PHQ-9 >= 10, GAD-7 >= 8; ipt.md 22.1, case thresholds 10.3). Without a case there is no reading.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from math import floor
from types import MappingProxyType

from openipt.core.course import known
from openipt.core.course.course import Course, Meeting
from openipt.core.course.phases import acute_sessions, begun_again, session_number
from openipt.core.course.scores import (
    GAD7,
    PHQ9,
    Point,
    answers_of,
    fall,
    latest_total,
    points,
    score_at,
    start_score,
    total_of,
)
from openipt.core.manual.model import Manual
from openipt.core.outcomes.expected import BAND, expected_course

CASE_FROM = MappingProxyType({PHQ9: 10.0, GAD7: 8.0})  # ipt.md 10.3
RELIABLE_CHANGE = MappingProxyType({PHQ9: 6.0, GAD7: 4.0})  # [S81], ipt.md 10.2
REMISSION_BELOW = 5.0  # PHQ-9, [S81R], ipt.md 10.3
RESPONSE_FALL = 0.5  # fall of half or more, [S81R], ipt.md 10.3
WEEK_4, WEEK_8 = 4, 8


@dataclass(frozen=True)
class Reading:
    """The score at one agreed moment against the start. `score` None: it is missing."""

    measure: str
    session: int | None
    start: float
    score: float | None

    @property
    def improvement(self) -> float | None:
        """The share by which it fell: 0.2 is 20 %."""
        return None if self.score is None else fall(self.start, self.score)

    @property
    def percent(self) -> float | None:
        """The same in percent, rounded half up to one decimal for showing; never compared with."""
        return None if self.improvement is None else floor(1000 * self.improvement + 0.5) / 10


def main_measure(manual: Manual, course: Course) -> str | None:
    """The measure whose start is a case; None where neither is, or no start is known."""
    for measure, case_from in CASE_FROM.items():
        start = start_score(manual, course, measure)
        if start is not None and start >= case_from:
            return measure
    return None


def starts_known(manual: Manual, course: Course) -> bool:
    """Is enough known to say on which measure the start was a case, or that it was none?

    GAD-7 stands in for a PHQ-9 that was no case, not for one whose start is missing.
    """
    main = main_measure(manual, course)
    if main == GAD7 and start_score(manual, course, PHQ9) is None:
        return not answers_of(course, PHQ9)
    return main is not None or all(start_score(manual, course, each) is not None for each in CASE_FROM)


# "weekly", "once a week", "one session per week"; not "twice weekly", "every second week" or "biweekly".
_WEEKLY = re.compile(
    r"(?:(?:once|one|1x?)[ /])?(?:(?:session|meeting|visit) )?(?:weekly|(?:(?:a|per|every|each) )?week)\b"
    r"|every (?:7|seven) days\b"
)


def is_weekly(manual: Manual, course: Course) -> bool:
    """Weekly unless the contract says otherwise; twice weekly counts its sessions' weeks by days."""
    return _WEEKLY.match(known.frequency(manual, course)) is not None


def reading_at(manual: Manual, course: Course, week: int, measure: str | None = None) -> Reading | None:
    """The reading of week 4 or 8, once its moment has come; None before, or without a case at the start.

    Weekly courses: the score of that session. Others: the first score on or after that day. Of `measure`
    where one is named, case or not.
    """
    measure = measure or main_measure(manual, course)
    start = start_score(manual, course, measure) if measure else None
    if measure is None or start is None:
        return None
    if is_weekly(manual, course):
        session = week + begun_again(manual, course)
        if not any(meeting.number == session for meeting in course.held):
            return None
        return Reading(measure, session, start, score_at(manual, course, measure, session))
    found = _first_from_day(manual, course, measure, 7 * week)
    return Reading(measure, found.session, start, found.total) if found else None


def _held(manual: Manual, course: Course) -> tuple[Meeting, ...]:
    """Sessions held; where acute treatment began again, since then."""
    return course.held[begun_again(manual, course) :]


def _first_from_day(manual: Manual, course: Course, measure: str, days: int) -> Point | None:
    first = next((meeting.on for meeting in _held(manual, course)), None)
    if first is None:
        return None
    after = (p for p in points(manual, course, measure) if p.on >= first + timedelta(days=days))
    return next(after, None)


def early_reading(manual: Manual, course: Course) -> Reading | None:
    """The later of the two readings whose moment has come."""
    return reading_at(manual, course, WEEK_8) or reading_at(manual, course, WEEK_4)


def present_score(manual: Manual, course: Course, measure: str) -> float | None:
    """The score of the present session, else the last one before it."""
    now = points(manual, course, measure)
    return now[-1].total if now else None


def latest_score(manual: Manual, course: Course, measure: str) -> float | None:
    """The last score since treatment began, also one given between two sessions."""
    found = latest_total(manual, course, measure)
    held = _held(manual, course)
    first = held[0].on if held else None
    if found is not None and first is not None and found[0] >= first:
        return found[1]
    return present_score(manual, course, measure)


def rise(manual: Manual, course: Course, measure: str) -> float | None:
    """How far the last score stands above the start; negative when it fell. At any time (DR-22)."""
    start, now = start_score(manual, course, measure), latest_score(manual, course, measure)
    return None if start is None or now is None else now - start


def deteriorated(manual: Manual, course: Course) -> tuple[str, ...]:
    """Measures that stand a reliable change or more above their start."""
    return tuple(
        measure
        for measure, change in RELIABLE_CHANGE.items()
        if (risen := rise(manual, course, measure)) is not None and risen >= change
    )


def above_expected(manual: Manual, course: Course) -> tuple[tuple[Point, float], ...]:
    """The last two held sessions with their expected scores, if both lie strictly above E(s) + 6."""
    pairs = _above_of_last_two(manual, course)
    return pairs if len(pairs) == 2 else ()


def may_be_above_expected(manual: Manual, course: Course) -> bool:
    """One of the last two held sessions has no score, and the other one lies above: it cannot be told."""
    scored = {point.session for point in points(manual, course, PHQ9)}
    unscored = [meeting for meeting in _held(manual, course)[-2:] if meeting.number not in scored]
    return len(unscored) == 1 and len(_above_of_last_two(manual, course)) == 1


def _above_of_last_two(manual: Manual, course: Course) -> tuple[tuple[Point, float], ...]:
    """Which of the last two held sessions lie above E(s) + 6. Rounded, so that "at" is never "above"."""
    held, again = _held(manual, course), begun_again(manual, course)
    if main_measure(manual, course) != PHQ9 or len(held) < 2:
        return ()
    start, planned = start_score(manual, course, PHQ9) or 0.0, acute_sessions(manual, course)
    last_two = [meeting.number for meeting in held[-2:]]
    found = [p for p in points(manual, course, PHQ9) if p.session in last_two]
    pairs = [(p, expected_course(start, planned, p.session - again)) for p in found]
    return tuple((p, e) for p, e in pairs if e is not None and p.total > round(e + BAND, 9))


@dataclass(frozen=True)
class Signal:
    """A rule by which the course is not on track as things stand, and what it found."""

    rule: str
    why: str
    measure: str
    start: float | None
    now: float | None


def signals(manual: Manual, course: Course) -> tuple[Signal, ...]:
    """By which of DR-20 to DR-23 the course is not on track now; none where it is, or is not known to be off.

    DR-20 and DR-21 are read once, and stand from then on while the present score would read the same.
    """
    return (*_too_little(manual, course), *_worse(manual, course), *_above(manual, course))


def _too_little(manual: Manual, course: Course) -> tuple[Signal, ...]:
    """Improvement by less than asked for at week 4 or 8, then and now (DR-20, DR-21)."""
    at_8 = reading_at(manual, course, WEEK_8)
    reading, rule, needed = (
        (at_8, "DR-21", 0.4) if at_8 else (reading_at(manual, course, WEEK_4), "DR-20", 0.2)
    )
    now = present_score(manual, course, reading.measure) if reading else None
    if reading is None or now is None or reading.improvement is None:
        return ()
    if reading.improvement >= needed or fall(reading.start, now) >= needed:
        return ()
    why = f"The score has fallen by less than {needed * 100:.0f} % from the start."
    return (Signal(rule, why, reading.measure, reading.start, now),)


def _worse(manual: Manual, course: Course) -> tuple[Signal, ...]:
    """A score a reliable change or more above its start (DR-22)."""
    risen = deteriorated(manual, course)
    if not risen:
        return ()
    why = "The score has risen by a reliable change from the start."
    start, now = start_score(manual, course, risen[0]), latest_score(manual, course, risen[0])
    return (Signal("DR-22", why, risen[0], start, now),)


def _above(manual: Manual, course: Course) -> tuple[Signal, ...]:
    """Two scores in a row above the expected course (DR-23)."""
    pairs = above_expected(manual, course)
    if not pairs:
        return ()
    why = "Two scores in a row lie above the expected course."
    return (Signal("DR-23", why, PHQ9, start_score(manual, course, PHQ9), pairs[-1][0].total),)


def response(manual: Manual, course: Course) -> bool | None:
    """Has PHQ-9 fallen by half or more from the start? None where a score is missing."""
    start, now = start_score(manual, course, PHQ9), present_score(manual, course, PHQ9)
    if start is None or now is None:
        return None
    return start > 0 and fall(start, now) >= RESPONSE_FALL


def remission(manual: Manual, course: Course) -> bool | None:
    """Is PHQ-9 below 5 now? None where it is missing."""
    now = present_score(manual, course, PHQ9)
    return None if now is None else now < REMISSION_BELOW


def end_score(manual: Manual, course: Course) -> float | None:
    """PHQ-9 at the end of acute treatment: of its last session or one held since, else given since then.

    None where it was not answered again: an earlier score says how it was then, not how it ended (E09).
    """
    last = last_acute_session(manual, course)
    if last is None:
        return None
    of_sessions = [
        point.total for point in points(manual, course, PHQ9) if point.session >= (last.number or 0)
    ]
    since = [
        total
        for answers in answers_of(course, PHQ9)
        if answers.finished and answers.on >= last.on and (total := total_of(manual, answers)) is not None
    ]
    return of_sessions[-1] if of_sessions else next(iter(since), None)


def last_acute_session(manual: Manual, course: Course) -> Meeting | None:
    """The last planned session once it was held; where it ended earlier, the last one held."""
    held, planned = _held(manual, course), acute_sessions(manual, course)
    return held[min(planned, len(held)) - 1] if held else None


def response_at_end(manual: Manual, course: Course) -> bool | None:
    """Had PHQ-9 fallen by half or more at the end? None where the start or the end is missing."""
    start, end = start_score(manual, course, PHQ9), end_score(manual, course)
    if start is None or end is None:
        return None
    return start > 0 and fall(start, end) >= RESPONSE_FALL


def remission_at_end(manual: Manual, course: Course) -> bool | None:
    """Was PHQ-9 below 5 at the end? None where it was not answered then."""
    end = end_score(manual, course)
    return None if end is None else end < REMISSION_BELOW


def missing_at_end(manual: Manual, course: Course, *, with_start: bool = True) -> tuple[str, ...]:
    """What is not there of start and end, with the last score that is: it is not taken for the end's."""
    no_start = with_start and start_score(manual, course, PHQ9) is None
    missing = ["the PHQ-9 score at the start"] if no_start else []
    last = last_acute_session(manual, course)
    if end_score(manual, course) is None:
        session = f" of session {last.number}, the last one" if last else " at the end"
        before = points(manual, course, PHQ9)
        known_of = f" (known is {before[-1].total:g} of session {before[-1].session})" if before else ""
        missing.append(f"the PHQ-9 score{session}{known_of}")
    return tuple(missing)


def reliably_improved(manual: Manual, course: Course) -> bool | None:
    """Has the main measure fallen by a reliable change? None where a score is missing."""
    measure = main_measure(manual, course) or PHQ9
    risen = rise(manual, course, measure)
    return None if risen is None else -risen >= RELIABLE_CHANGE[measure]


def days_in_remission(manual: Manual, course: Course, today: date) -> int:
    """Since when, without a break up to now, PHQ-9 has been below 5, in days."""
    since: date | None = None
    for point in points(manual, course, PHQ9):
        below = point.total < REMISSION_BELOW
        since = (since or point.on) if below else None
    return (today - since).days if since else 0


def is_at_session(course: Course, session: int | None) -> bool:
    """Is that session the present one?"""
    return session is not None and session_number(course) == session
