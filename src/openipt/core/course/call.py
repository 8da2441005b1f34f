"""A session by phone or video: where the client is, whether anyone can hear, what is done if it breaks off.

What was said in one session is only ever offered in the next: where the client is and whether they are alone is
asked anew each time (TE-01, TE-02). Until it is said in a session that nobody can hear, questions about violence are
locked in it (TE-05; ipt.md 11.5, ipv_1), whatever the adaptation.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from openipt.core.course.course import Course, Entry, Meeting
from openipt.core.fields.definitions import is_empty
from openipt.core.manual.names import IN_PERSON, MEETING_FORMATS
from openipt.errors import FieldFault

EMERGENCY, PRIVACY, PLAN, SCREEN, MEASURE = (
    "rec_emergency",
    "rec_call_privacy",
    "rec_call_plan",
    "rec_ipv_screen",
    "rec_measure",
)
SCREENS = frozenset({"ms_hark", "ms_hits"})  # measures that ask about violence (ipt.md 10.5)
WAY_ON = (
    "Ask first whether anyone can hear, and keep the answer under Privacy of the call (TE-02). Where somebody may "
    "hear, do not ask: agree on another time, or meet in person."
)


@dataclass(frozen=True)
class Said:
    """What was last said, and in which session or on which day."""

    words: str
    on: date
    session: int | None


def is_remote(format: str) -> bool:
    """Is a session held so that the therapist cannot see who else is there?"""
    return format not in ("", IN_PERSON)


def of_meeting(entry: Entry, meeting: Meeting) -> bool:
    """Was this kept in that meeting? First contacts share the number 0 and are told apart by their day."""
    if meeting.number is None or entry.session != meeting.number:
        return False
    return meeting.number > 0 or entry.on == meeting.on


def is_private(course: Course, meeting: Meeting) -> bool | None:
    """Was it confirmed in this meeting that nobody can hear? None: it was not asked. The last answer counts."""
    said = [e.values.get("private") for e in course.entries_of(PRIVACY) if of_meeting(e, meeting)]
    answered = [answer for answer in said if answer is not None]
    return answered[-1] is True if answered else None


def last_said(course: Course, record: str, field: str) -> Said | None:
    """What stands in this field of the last record that fills it."""
    for entry in reversed(course.entries_of(record)):
        if not is_empty(words := entry.values.get(field)):
            return Said(str(words), entry.on, entry.session)
    return None


def said_in(course: Course, record: str, field: str, meeting: Meeting) -> Said | None:
    """The same, of this meeting alone."""
    here = tuple(e for e in course.entries_of(record) if of_meeting(e, meeting))
    found = [e for e in here if not is_empty(e.values.get(field))]
    return Said(str(found[-1].values[field]), found[-1].on, found[-1].session) if found else None


def asks_about_violence(record: str, values: Mapping[str, Any]) -> bool:
    """Does this record hold answers about violence?"""
    return record == SCREEN or (record == MEASURE and values.get("measure_id") in SCREENS)


def why_not_private(course: Course, meeting: Meeting | None) -> str:
    """Why questions about violence are locked in this meeting; "" where they may be asked."""
    if meeting is None or not is_remote(meeting.format) or is_private(course, meeting):
        return ""
    how = MEETING_FORMATS.get(meeting.format, meeting.format)
    said = is_private(course, meeting)
    why = "somebody may hear" if said is False else "nobody has confirmed yet that the line is private"
    return f"Locked by TE-05: this session is held {how}, and {why} (clinical reference 11.5)."


def private_faults(
    record: str, values: Mapping[str, Any], course: Course, meeting: Meeting | None
) -> tuple[FieldFault, ...]:
    """Why answers about violence may not be kept now, with the way on."""
    if not asks_about_violence(record, values):
        return ()
    why = why_not_private(course, meeting)
    at = "alone_confirmed" if record == SCREEN else "measure_id"
    return (FieldFault(at, f"{why} {WAY_ON}"),) if why else ()


def meeting_at(course: Course, session: int | None, on: date) -> Meeting | None:
    """The meeting a record belongs to: of its session, else one held by phone or video on its day, else one of that day."""
    held = [meeting for meeting in course.meetings if meeting.attendance.is_held]
    if session is not None:
        own = [m for m in held if m.number == session and (session > 0 or m.on == on)]
        return own[-1] if own else None
    held += [meeting for meeting in course.beside if meeting.attendance.is_held]
    of_day = [meeting for meeting in held if meeting.on == on]
    remote = [meeting for meeting in of_day if is_remote(meeting.format)]
    return next(reversed(remote or of_day), None)
