"""What the record of an episode says about safety right now, asked of the core."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from openipt.core.course import known
from openipt.core.course.course import Course
from openipt.core.course.rules import rule_result
from openipt.core.course.rules.safety import safety_plan_needed
from openipt.core.safety.levels import Level
from openipt.records import convert
from openipt.records.manuals import manual_of
from openipt.records.models import Alert, AlertState, Entry, Episode

DANGER_TOGETHER = (
    "Danger is on record (DR-06): nothing is planned together. See each alone, and go on individually; meetings "
    "together are thought of again only after a specialist's assessment."
)


def plan_missing(episode: Episode, on: date, *, course: Course | None = None) -> bool:
    """Level yellow or above, and no safety plan saved or reviewed since it last rose (DR-03, 22.1).

    `course` is the episode's as already read, where a page has it.
    """
    result = safety_plan_needed(manual_of(episode), course or convert.course(episode), on)
    return result.fired and bool(result.inputs.get("open"))


def level_now(episode: Episode, *, without: Entry | None = None) -> Level:
    """The level to act on: as recorded, or what a newer answer to item 9 stands for if that is higher.

    `without` leaves one entry out: the one that is about to be written.
    """
    course = convert.course(episode)
    if without is not None:
        earlier = tuple(e for e in course.entries if e.order != without.order)
        course = replace(course, entries=earlier)
    level = known.risk_level(course)
    return level.level if level else Level.GREEN


def open_alerts(episode: Episode) -> bool:
    return Alert.objects.filter(episode=episode).exclude(state=AlertState.RESOLVED).exists()


def needs_named_clinician(episode: Episode) -> bool:
    """An open alert, or a level above green: somebody must be named before it is left (DR-35)."""
    return open_alerts(episode) or level_now(episode) > Level.GREEN


def why_nothing_is_planned(episode: Episode, on: date) -> str:
    """Why no session may be planned: the treatment is with others, and not each adult was screened (DR-07), or
    danger is on record (DR-06).

    The first contact may be: the screens are done there, apart. One meeting with somebody else in individual
    treatment stops nothing but itself.
    """
    course = convert.course(episode)
    result = rule_result("DR-07", manual_of(episode), course, on)
    begun = any(meeting.attendance.is_held for meeting in course.meetings)
    if not result.applies or not begun or result.inputs["together"] == "record":
        return ""
    return result.why if result.fired else DANGER_TOGETHER if known.danger(course).grounds else ""


def why_no_contract(episode: Episode, on: date) -> str:
    """Why no contract may be kept, with the way on: a minor without the consents of a minor (DR-45), or IPT as
    the only treatment of a dependence (DR-10), unless somebody wrote in the checklist why they go on.
    """
    manual, course = manual_of(episode), convert.course(episode)
    minor = rule_result("DR-45", manual, course, on)
    if minor.fired:
        return f"{minor.why} Keep each as a consent first (DR-45)."
    dependence = rule_result("DR-10", manual, course, on)
    if dependence.fired and not known.override_reason(course):
        return f"{dependence.why} Note the care in the checklist, or write there why you go on (DR-10)."
    return ""
