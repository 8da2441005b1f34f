"""Days of meetings: public holidays, and a calendar file that names nothing.

A calendar is read by others: on a shared screen, by an employer's server. What stands in the file is a time and the
word "Appointment"; no name, no place, no clinical word.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from types import MappingProxyType

from django.http import HttpResponse

from openipt.records.models import Session

TITLE = "Appointment"
FILE_NAME = "appointments.ics"


@lru_cache(maxsize=256)
def _holidays(country: str, part: str, year: int) -> MappingProxyType[date, str]:
    import holidays  # large, and asked for by one page

    found = holidays.country_holidays(country, subdiv=part or None, years=year, language="en_US")
    return MappingProxyType({on: str(name) for on, name in found.items()})


@lru_cache(maxsize=1)
def _known() -> dict[str, frozenset[str]]:
    """Country -> its parts, of which holidays are known."""
    import holidays

    known = holidays.list_supported_countries(include_aliases=True)
    return {country: frozenset(parts) for country, parts in known.items()}


def public_holidays(code: str, years: Iterable[int]) -> dict[date, str]:
    """Day -> name, for a country or a part of it ("GB-SCT").

    Raises `ValueError` for a code of which nothing is known.
    """
    country, _, part = code.strip().upper().partition("-")
    if country not in _known() or (part and part not in _known()[country]):
        raise ValueError(code)
    found: dict[date, str] = {}
    for year in years:
        found |= _holidays(country, part, year)
    return found


def calendar_file(sessions: Iterable[Session], at: datetime) -> HttpResponse:
    """Planned sessions as iCalendar. Each keeps its id, so that a moved one moves and is not doubled."""
    from icalendar import Calendar, Event

    calendar = Calendar()
    calendar.add("prodid", "-//OpenIPT//Appointments//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    for session in sessions:
        if session.planned_at is None:
            continue
        event = Event()
        event.add("uid", f"{session.pk}@openipt")
        event.add("sequence", session.moves.count())
        event.add("dtstamp", at.astimezone(UTC))
        event.add("dtstart", session.planned_at.astimezone(UTC))
        event.add("dtend", (session.planned_at + timedelta(minutes=session.minutes)).astimezone(UTC))
        event.add("summary", TITLE)
        event.add("class", "PRIVATE")
        calendar.add_component(event)
    answer = HttpResponse(calendar.to_ical(), content_type="text/calendar; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{FILE_NAME}"'
    return answer
