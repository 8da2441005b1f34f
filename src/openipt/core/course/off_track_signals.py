"""By which rules a course is not on track (DR-20 to DR-24), for every page, rule and decision that asks."""

from __future__ import annotations

from datetime import date

from openipt.core.course import progress
from openipt.core.course.circumstances import oldest_age
from openipt.core.course.course import Course
from openipt.core.course.progress import Reading, Signal
from openipt.core.course.scores import answers_of
from openipt.core.manual.model import Manual

YOUNG = "DR-24"


def signals(manual: Manual, course: Course, today: date) -> tuple[Signal, ...]:
    """Every rule by which it is off. DR-24 speaks on its own day only; afterwards DR-20 speaks on."""
    return (*progress.signals(manual, course), *_too_little_of_an_adolescent(manual, course, today))


def is_adolescent(manual: Manual, course: Course, today: date) -> bool | None:
    """By the adaptation, else by age; None where the year of birth is not known."""
    parameters = manual.rule(YOUNG).parameters
    if manual.base in parameters["adaptations"]:
        return True
    age = oldest_age(course, today)
    youngest, oldest = parameters["ages"]
    return None if age is None else bool(youngest <= age <= oldest)


def scale_of_adolescent(manual: Manual, course: Course) -> tuple[str, float]:
    """The scale to read, a clinician's before self-report, with the fall it must show in percent."""
    parameters = manual.rule(YOUNG).parameters
    scale = parameters["clinician_scale"]
    if answers_of(course, scale):
        return scale, parameters["clinician_scale_below_percent"]
    scales = parameters["self_report"]
    answered = next((scale for scale in scales if answers_of(course, scale)), scales[-1])
    return answered, parameters["self_report_below_percent"]


def week_4_of_adolescent(manual: Manual, course: Course, measure: str) -> Reading | None:
    """The reading of week 4 in the session it belongs to; None before and after."""
    reading = progress.reading_at(manual, course, progress.WEEK_4, measure)
    return reading if reading and progress.is_at_session(course, reading.session) else None


def _too_little_of_an_adolescent(manual: Manual, course: Course, today: date) -> tuple[Signal, ...]:
    if YOUNG not in manual.rules or not is_adolescent(manual, course, today):
        return ()
    measure, needed = scale_of_adolescent(manual, course)
    reading = week_4_of_adolescent(manual, course, measure)
    if reading is None or reading.improvement is None or reading.improvement >= needed / 100:
        return ()
    why = f"Improved by {reading.percent} %, less than {needed} %."
    return (Signal(YOUNG, why, measure, reading.start, reading.score),)
