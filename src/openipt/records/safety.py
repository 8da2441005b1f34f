"""What the record of an episode says about safety right now, asked of the core."""

from __future__ import annotations

from openipt.core.course import known
from openipt.core.course.course import Course
from openipt.core.safety.levels import Level, plan_needed
from openipt.records import convert
from openipt.records.models import Alert, AlertState, Episode


def lacks_plan(course: Course) -> bool:
    """Level yellow or above, and no safety plan saved or reviewed since it last rose (DR-03, 22.1)."""
    recorded = known.recorded_level(course)
    if recorded is None or not plan_needed(recorded[1]):
        return False
    rose = known.level_rose_on(course)
    plans = [entry.on for entry in course.entries_of("rec_safety_plan") if entry.by_role != "client"]
    return not any(rose is None or on >= rose for on in plans)


def above_green(course: Course) -> bool:
    level = known.risk_level(course)
    return level is not None and level.level > Level.GREEN


def open_alerts(episode: Episode) -> bool:
    return Alert.objects.filter(episode=episode).exclude(state=AlertState.RESOLVED).exists()


def needs_named_clinician(episode: Episode) -> bool:
    """An open alert, or a level above green: somebody must be named before it is left (DR-35)."""
    return open_alerts(episode) or above_green(convert.course(episode))
