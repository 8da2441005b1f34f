"""Who stands where on the closeness circle, from the records a page may see: the same for the desk and the client.

A page gives the records its reader may see; nothing here reads around it. So what is left out of a page (a draft,
somebody behind a second lock) is left out of its circle as if it had never been there.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from openipt.core.course.course import Course
from openipt.core.fields.definitions import is_empty
from openipt.core.formulation.circle import RING_WORDS, RINGS, TURN, Marks, Move, angles, marks, places
from openipt.records.models import Entry
from openipt.web.drawing.closeness_circle import Person
from openipt.web.jinja import short_day

PERSON, CIRCLE = "rec_inventory_person", "rec_closeness_circle"

Where = tuple[int | None, int | None]  # ring and angle; None: not placed, never dragged


class CirclePage(Protocol):
    """What a page of an episode says of its people."""

    @property
    def course(self) -> Course: ...
    @property
    def people(self) -> Mapping[str, str]: ...
    @property
    def relations(self) -> Mapping[str, str]: ...
    @property
    def people_to_pick(self) -> Mapping[str, str]: ...
    def entries(self, record_type: str = "") -> list[Entry]: ...


@dataclass(frozen=True)
class Drawn:
    """A circle being drawn: where everybody stands, and the version it was made from."""

    places: dict[str, Where]
    version: str
    is_draft: bool = False
    typed_at: Any = None

    @property
    def text(self) -> str:
        """As the field of the form holds it; codes and numbers only."""
        return as_text(self.places)

    @property
    def stood(self) -> dict[str, int]:
        return {code: ring for code, (ring, _) in self.places.items() if ring is not None}

    @property
    def dragged(self) -> dict[str, int]:
        return {code: angle for code, (_, angle) in self.places.items() if angle is not None}


def as_text(where: Mapping[str, Where]) -> str:
    return json.dumps({code: list(place) for code, place in where.items()}, separators=(",", ":"))


def from_text(text: str) -> dict[str, Where] | None:
    """What the field of the form holds, None where it is not that."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict):
        return None
    where: dict[str, Where] = {}
    for code, place in found.items():
        if not isinstance(place, list) or len(place) != 2:
            return None
        ring, angle = place
        if not _is_whole(ring) or not _is_whole(angle) or ring not in (None, *RINGS):
            return None
        where[str(code)] = (ring, None if angle is None else angle % TURN)
    return where


def _is_whole(value: object) -> bool:
    return value is None or isinstance(value, int) and not isinstance(value, bool)


# -- records by person -----------------------------------------------------------------------------------


def entries_by_person(page: CirclePage) -> dict[str, list[Entry]]:
    """Entries by the person they are about; a client's own by the name it gives, where it is known."""
    named = {label.casefold(): code for code, label in page.people.items()}
    found: dict[str, list[Entry]] = {}
    for entry in page.entries(PERSON):
        code = entry.visible.get("person_id") or ""
        label = str(entry.visible.get("label") or code)
        if code not in page.people:
            code = named.get(label.casefold(), f"entry-{entry.pk}")
        found.setdefault(code, []).append(entry)
    return found


def latest_values(entries: list[Entry]) -> dict[str, Any]:
    """The last answer to each question, whichever record it stands in."""
    latest: dict[str, Any] = {}
    for entry in entries:
        latest |= {key: value for key, value in entry.visible.items() if not is_empty(value)}
    return latest


def people_of(
    page: CirclePage,
    where: Mapping[str, Where],
    on: date | None = None,
    said: Mapping[str, list[Entry]] | None = None,
) -> list[Person]:
    """Everybody with their marks as they were known on a day, in the order of the inventory."""
    entries = entries_by_person(page) if said is None else said
    known_codes = dict.fromkeys([*page.people, *where])
    first = {code: number for number, code in enumerate(known_codes, start=1)}
    found = []
    for code in sorted(where, key=lambda one: first[one]):
        known = [entry for entry in entries.get(code, []) if on is None or entry.on <= on]
        values = latest_values(known)
        ring, angle = where[code]
        found.append(
            Person(
                code=code,
                label=page.people.get(code) or str(values.get("label") or code),
                number=first[code],
                ring=ring,
                angle=angle,
                marks=marks(values) if known else Marks(),
                relation=str(values.get("relation") or page.relations.get(code, "")),
            )
        )
    return found


# -- where everybody stands ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Place:
    """A ring somebody stood in, and when: "session 7", or a day."""

    ring: int
    on: date
    when: str


def last_circle(page: CirclePage) -> Entry | None:
    found = page.entries(CIRCLE)
    return found[-1] if found else None


def standing_places(page: CirclePage) -> dict[str, Where]:
    """The last circle; who is not on it stands where a later record puts them."""
    last = last_circle(page)
    stood = rings_now(page)
    turned = angles(last.visible) if last else {}
    codes = dict.fromkeys([*page.people_to_pick, *(code for code in stood if code not in page.people)])
    return {code: (stood.get(code), turned.get(code)) for code in codes}


def rings_now(page: CirclePage) -> dict[str, int]:
    """Person -> the ring they stand in: that of the last circle, or of what was recorded after it."""
    last = last_circle(page)
    days = days_of_sessions(page)
    stood = places(last.visible) if last else {}
    for code, entries in entries_by_person(page).items():
        later = [
            place for entry in entries for place in places_said(entry, days) if _is_later(place, entry, last)
        ]
        if later:
            stood[code] = max(later, key=lambda place: place.on).ring
    return stood


def _is_later(place: Place, entry: Entry, last: Entry | None) -> bool:
    if last is None or place.on > last.on:
        return True
    return place.on == last.on and entry.created_at > last.updated_at


def days_of_sessions(page: CirclePage) -> dict[int, date]:
    return {meeting.number: meeting.on for meeting in page.course.meetings if meeting.number is not None}


def places_said(entry: Entry, days: Mapping[int, date]) -> list[Place]:
    """The rings one record of a person names: of its day, and of later sessions."""
    ring = entry.visible.get("closeness_ring_1_3")
    found = [Place(ring, entry.on, when_written(entry))] if ring in RINGS else []
    for row in entry.visible.get("ratings_over_time") or ():
        session = row.get("session")
        if row.get("ring") in RINGS and session is not None:
            found.append(Place(row["ring"], days.get(session, entry.on), f"session {session}"))
    return found


def when_written(entry: Entry) -> str:
    number = entry.session.number if entry.session else None
    return f"session {number}" if number is not None else short_day(entry.on)


def places_before(page: CirclePage, without: Entry | None = None) -> dict[str, int] | None:
    """Where people stood on the circle before; of today's own, the one before that."""
    found = [entry for entry in page.entries(CIRCLE) if without is None or entry.pk != without.pk]
    return places(found[-1].visible) if found else None


def places_of(entry: Entry) -> dict[str, Where]:
    """Where everybody stood on one circle."""
    turned = angles(entry.visible)
    return {code: (ring, turned.get(code)) for code, ring in places(entry.visible).items()}


def move_in_words(page: CirclePage, move: Move) -> str:
    who = page.people.get(move.person, move.person)
    if move.before is None:
        return f"{who} came into the {RING_WORDS[move.after or 3]}"
    if move.after is None:
        return f"{who} no longer stands on it (was in the {RING_WORDS[move.before]})"
    way = "closer" if move.is_closer else "further out"
    return f"{who} moved {way}, from the {RING_WORDS[move.before]} to the {RING_WORDS[move.after]}"
