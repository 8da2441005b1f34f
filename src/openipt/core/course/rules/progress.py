"""Rules of progress: on track, worse, a sudden gain, the alliance (ipt.md 10.3, 14, 15.3, 22.1)."""

from __future__ import annotations

from datetime import date

from openipt.core.course import progress
from openipt.core.course.circumstances import oldest_age
from openipt.core.course.course import Course
from openipt.core.course.off_track_signals import is_adolescent, scale_of_adolescent, week_4_of_adolescent
from openipt.core.course.phases import session_number
from openipt.core.course.rules.result import (
    Verdict,
    cannot_tell,
    fired,
    not_fired,
    not_for_this,
    parameter,
    rule,
)
from openipt.core.course.scores import PHQ9, answers_of, score_at, start_score, total_of
from openipt.core.manual.model import Manual


@rule("DR-20")
def not_on_track_at_week_4(manual: Manual, course: Course, today: date) -> Verdict:
    """Read at session 4 (weekly), else at the first score from day 28 on, until the next session."""
    return _read_at(manual, course, "DR-20", progress.WEEK_4)


@rule("DR-21")
def not_on_track_at_week_8(manual: Manual, course: Course, today: date) -> Verdict:
    """Read at session 8 (weekly), else at the first score from day 56 on, until the next session."""
    return _read_at(manual, course, "DR-21", progress.WEEK_8)


def _read_at(manual: Manual, course: Course, rule_id: str, week: int) -> Verdict:
    if not progress.starts_known(manual, course):
        return cannot_tell("a start score") if course.held else not_fired("Treatment has not begun.")
    reading = progress.reading_at(manual, course, week)
    if progress.main_measure(manual, course) is None:
        return not_fired("The start is not a case.")
    if reading is None or not progress.is_at_session(course, reading.session):
        return not_fired(f"It is read at week {week}.", session=session_number(course))
    needed = parameter(manual, rule_id, "improvement_below_percent")
    if reading.improvement is None:
        return cannot_tell(f"the {reading.measure} score of session {reading.session}", start=reading.start)
    percent = reading.percent
    inputs = {"measure": reading.measure, "start": reading.start, "score": reading.score, "percent": percent}
    if reading.improvement < needed / 100:
        return fired(f"Improved by {percent} %, less than {needed} %.", **inputs)
    return not_fired(f"Improved by {percent} %, not less than {needed} %.", **inputs)


@rule("DR-22")
def deterioration(manual: Manual, course: Course, today: date) -> Verdict:
    """The present PHQ-9 or GAD-7 stands a reliable change or more above the start."""
    rises = {m: progress.rise(manual, course, m) for m in progress.RELIABLE_CHANGE}
    worse = [
        m for m, r in rises.items() if r is not None and r >= parameter(manual, "DR-22", f"{m}_rise_from")
    ]
    if worse:
        return fired(f"Risen by a reliable change or more: {', '.join(worse)}.", rise=rises)
    if all(risen is None for risen in rises.values()):
        return cannot_tell("a start score and a present one", rise=rises)
    return not_fired("No score stands a reliable change above the start.", rise=rises)


@rule("DR-23")
def above_the_expected_course(manual: Manual, course: Course, today: date) -> Verdict:
    """The last two held sessions lie strictly above the expected score plus 6."""
    start = start_score(manual, course, PHQ9)
    if start is None:
        return cannot_tell("a PHQ-9 start score") if course.held else not_fired("Treatment has not begun.")
    pairs = progress.above_expected(manual, course)
    inputs = {
        "sessions": [point.session for point, _ in pairs],
        "observed": [point.total for point, _ in pairs],
        "expected": [round(expected, 1) for _, expected in pairs],
    }
    if pairs:
        return fired("Two held sessions in a row lie above the expected score plus 6.", **inputs)
    if progress.may_be_above_expected(manual, course):
        return cannot_tell("a PHQ-9 score of one of the last two sessions", **inputs)
    return not_fired("Not two held sessions in a row above the expected score plus 6.", **inputs)


@rule("DR-24")
def adolescent_not_on_track(manual: Manual, course: Course, today: date) -> Verdict:
    """An adolescent has improved too little at week 4, by a clinician's scale or else by self-report."""
    age, young = oldest_age(course, today), is_adolescent(manual, course, today)
    if young is None:
        return cannot_tell("the year of birth")
    if not young:
        return not_for_this("The client is no adolescent.", age=age)
    if not course.held:
        return not_fired("Treatment has not begun.", age=age)
    measure, needed = scale_of_adolescent(manual, course)
    start = start_score(manual, course, measure)
    if start is None:
        return cannot_tell("a start score of a depression scale", age=age)
    reading = week_4_of_adolescent(manual, course, measure)
    if reading is None:
        return not_fired("It is read at week 4.", session=session_number(course))
    if reading.improvement is None:
        return cannot_tell(f"the {measure} score of session {reading.session}", start=start)
    inputs = {"measure": measure, "start": start, "score": reading.score, "percent": reading.percent}
    if reading.improvement < needed / 100:
        return fired(f"Improved by {reading.percent} %, less than {needed} %.", **inputs)
    return not_fired(f"Improved by {reading.percent} %, not less than {needed} %.", **inputs)


@rule("DR-25")
def sudden_gain(manual: Manual, course: Course, today: date) -> Verdict:
    """PHQ-9 fell by 5 points or more between the last two held sessions."""
    if len(course.held) < 2:
        return not_fired("Two held sessions are needed.")
    numbers = [meeting.number or 0 for meeting in course.held[-2:]]
    before, now = (score_at(manual, course, PHQ9, number) for number in numbers)
    inputs = {"sessions": numbers, "before": before, "now": now}
    if before is None or now is None:
        return cannot_tell("a PHQ-9 score of one of the last two sessions", **inputs)
    limit = parameter(manual, "DR-25", "fall_from")
    if before - now >= limit:
        return fired(f"PHQ-9 fell from {before:g} to {now:g} between two sessions.", **inputs)
    return not_fired(f"PHQ-9 fell by less than {limit}.", **inputs)


@rule("DR-36")
def alliance_needs_a_talk(manual: Manual, course: Course, today: date) -> Verdict:
    """The last mean of the three alliance questions is below 7, or fell by 2 or more."""
    means = alliance_means(manual, course)
    if not means:
        return not_fired("The alliance has not been rated yet.", mean=None)
    mean, fell = means[-1], round(means[-2] - means[-1], 9) if len(means) > 1 else 0.0
    inputs = {"mean": round(mean, 2), "fall": round(fell, 2)}
    below, from_fall = (parameter(manual, "DR-36", name) for name in ("mean_below", "fall_from"))
    if mean < below:
        return fired(f"The mean is {mean:.1f}, below {below}.", **inputs)
    if fell >= from_fall:
        return fired(f"The mean fell by {fell:.1f}.", **inputs)
    return not_fired(f"The mean is {mean:.1f}.", **inputs)


def alliance_means(manual: Manual, course: Course) -> tuple[float, ...]:
    """Means of goals, tasks and bond, by measure or record, one a day, oldest first."""
    found: dict[date, float] = {}
    for entry in course.entries_of("rec_alliance"):
        parts = [entry.values.get(key) for key in ("goals_0_10", "tasks_0_10", "bond_0_10")]
        rated = [part for part in parts if isinstance(part, int | float)]
        if len(rated) == len(parts):
            found[entry.on] = sum(rated) / len(rated)
    for answers in answers_of(course, "ms_alliance3"):
        given = [item for item in answers.items if item is not None]
        if answers.finished and answers.items and len(given) == len(answers.items):
            found[answers.on] = sum(given) / len(given)
        elif answers.finished and (total := total_of(manual, answers)) is not None:
            found[answers.on] = total
    return tuple(mean for _, mean in sorted(found.items()))
