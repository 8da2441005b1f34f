"""The rule of daily rhythm, sleep and mania in bipolar disorder (ipt.md 4.13, 10.4, 14)."""

from __future__ import annotations

from datetime import date

from openipt.core.course import diary, known
from openipt.core.course.course import Course
from openipt.core.course.rules.result import (
    Verdict,
    cannot_tell,
    fired_as,
    not_fired,
    not_for_this,
    parameter,
    rule,
)
from openipt.core.manual.model import Manual, Severity
from openipt.core.safety.levels import says_yes


@rule("DR-38")
def rhythm_or_mania(manual: Manual, course: Course, today: date) -> Verdict:
    """The rhythm of the week is less regular, two nights were short, or mania was answered yes."""
    if not _keeps_a_diary(manual, course):
        return not_for_this("No diary of daily times is kept; signs of mania speak through DR-04.")
    said_of_mania = known.last_said_of_risk(course, "mania")
    mania = None if said_of_mania is None else says_yes(said_of_mania)
    fall, lacking = _fall_of_rhythm(manual, course, today)
    short, nights = diary.short_nights(course, today, parameter(manual, "DR-38", "sleep_below_hours"))
    inputs = {"fall": fall, "short_nights": short, "nights": nights, "mania": mania}
    said = _grounds(manual, fall, short, mania)
    if said:
        severity = Severity.CRITICAL if mania else Severity.WARNING
        return fired_as(severity, " ".join(said), **inputs)
    missing = _missing(lacking, nights, mania)
    return (
        cannot_tell(*missing, **inputs)
        if missing
        else not_fired("Rhythm, sleep and mood are steady.", **inputs)
    )


def _keeps_a_diary(manual: Manual, course: Course) -> bool:
    of_bipolar = manual.base in parameter(manual, "DR-38", "adaptations")
    scale = any(answers.measure == diary.SRM5 for answers in course.answers)
    return of_bipolar or scale or bool(course.entries_of("rec_rhythm_day"))


def _fall_of_rhythm(manual: Manual, course: Course, today: date) -> tuple[float | None, list[str]]:
    """How far this week's score lies below the mean of the weeks before it; else what is missing to tell."""
    weeks = parameter(manual, "DR-38", "mean_over_weeks")
    now, *before = diary.weekly_scores(manual, course, today, weeks + 1)
    known_before = [score for score in before if score is not None]
    lacking = ["a last week of the diary without a day left out"] if now is None else []
    lacking += [] if known_before else ["a full week before the last one"]
    if now is None or not known_before:
        return None, lacking
    return round(sum(known_before) / len(known_before) - now, 2), []


def _grounds(manual: Manual, fall: float | None, short: int, mania: bool | None) -> list[str]:
    said = ["Signs of mania are on record."] if mania else []
    if fall is not None and fall >= parameter(manual, "DR-38", "rhythm_fall_from"):
        said.append(f"The rhythm score lies {fall:g} below the mean of the weeks before.")
    if short >= parameter(manual, "DR-38", "nights"):
        hours = parameter(manual, "DR-38", "sleep_below_hours")
        said.append(f"{short} of the last seven nights were shorter than {hours} hours.")
    return said


def _missing(lacking: list[str], nights: int, mania: bool | None) -> list[str]:
    missing = ["a question about mania"] if mania is None else []
    missing += lacking
    missing += ["the nights of the last week"] if not nights else []
    return missing
