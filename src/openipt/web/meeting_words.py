"""What one meeting of an episode is called, and where a course stands: the same words on every page."""

from __future__ import annotations

from openipt.core.course.course import Course
from openipt.core.course.phases import (
    after_words,
    beside_words,
    meetings_after,
    planned_sessions,
    session_number,
)
from openipt.core.manual.model import Manual
from openipt.core.manual.names import PHASES_AFTER, PHASES_BEFORE
from openipt.web.jinja import plural


def meeting_name(number: int | None, phase: str = "", manual: Manual | None = None) -> str:
    """intake; individual meeting before the group; session 3, or of a group meeting 3; booster."""
    if not number:
        return PHASES_BEFORE.get(phase, "intake")
    if phase in PHASES_AFTER:
        return PHASES_AFTER[phase]
    return f"{manual.session_word if manual else 'session'} {number}"


def meeting_title(number: int | None, phase: str = "", manual: Manual | None = None) -> str:
    """The same to begin a line with."""
    name = meeting_name(number, phase, manual)
    return name[:1].upper() + name[1:]


def title_in_course(manual: Manual, course: Course, number: int | None, phase: str) -> str:
    """The same where the course is at hand: several boosters are told apart, `Booster 2`."""
    if number and phase in PHASES_AFTER and manual.most_after > 1:
        return after_words(manual, course, number).split(" of ")[0].capitalize()
    return meeting_title(number, phase, manual)


def place_in_course(manual: Manual, course: Course, phase: str) -> str:
    """Where it stands; after the contract, which booster: `booster 1 of up to 4`."""
    if phase not in PHASES_AFTER or manual.phase_after is None:
        place = where_it_stands(manual, session_number(course), planned_sessions(course))
        return "; ".join(filter(None, (place, beside_in_course(manual, course))))
    held = meetings_after(manual, course)
    if held:
        return after_words(manual, course, held[-1].number or 0)
    return f"{after_words(manual, course)} to come"


def kind_name(manual: Manual, kind_id: str, number: int | None) -> str:
    """Of a meeting of another kind than the sessions: `Ward group 3`; `Ward group` of one that is planned."""
    kind = manual.kind(kind_id)
    name = kind.name if kind else "meeting"
    words = f"{name} {number}" if number else name
    return words[:1].upper() + words[1:]


def beside_in_course(manual: Manual, course: Course) -> str:
    """What stands beside the sessions: `ward group 3 of 8`; nothing where there are no such meetings."""
    return "; ".join(beside_words(manual, course, kind.id) for kind in manual.kinds)


def where_it_stands(manual: Manual, number: int, planned: int) -> str:
    """session 3 of 12; meeting 3 of 8 of the group; 12 sessions planned; beyond the plan, session 13."""
    if not number:
        return f"{plural(planned, manual.session_word)} planned"
    return (
        f"{manual.session_word} {number} of {planned}{manual.of_group}"
        if number <= planned
        else f"session {number}"
    )
