"""What one meeting of an episode is called, and where a course stands: the same words on every page."""

from __future__ import annotations

from openipt.core.manual.model import Manual
from openipt.core.manual.names import PHASES_BEFORE
from openipt.web.jinja import plural


def meeting_name(number: int | None, phase: str = "", manual: Manual | None = None) -> str:
    """intake; individual meeting before the group; session 3, or of a group meeting 3."""
    if not number:
        return PHASES_BEFORE.get(phase, "intake")
    return f"{manual.session_word if manual else 'session'} {number}"


def meeting_title(number: int | None, phase: str = "", manual: Manual | None = None) -> str:
    """The same to begin a line with."""
    name = meeting_name(number, phase, manual)
    return name[:1].upper() + name[1:]


def where_it_stands(manual: Manual, number: int, planned: int) -> str:
    """session 3 of 12; meeting 3 of 8 of the group; 12 sessions planned; beyond the plan, session 13."""
    if not number:
        return f"{plural(planned, manual.session_word)} planned"
    return (
        f"{manual.session_word} {number} of {planned}{manual.of_group}"
        if number <= planned
        else f"session {number}"
    )
