"""The people in the client's life: each once, with the latest that was said and where they stood over time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from openipt.core.fields.definitions import FieldDefinition, RecordType
from openipt.core.fields.words import Line
from openipt.core.formulation.circle import RING_WORDS, RINGS, empty_rings, marks, moves, places
from openipt.records.models import Entry
from openipt.web.circle_standing import (
    CIRCLE,
    PERSON,
    Place,
    days_of_sessions,
    entries_by_person,
    latest_values,
    move_in_words,
    places_said,
    rings_now,
    when_written,
)
from openipt.web.therapist.common import EpisodePage
from openipt.web.therapist.people_asked import questions, said_of
from openipt.web.therapist.presenters_records import RecordList, lines_of, record_list
from openipt.web.therapist.room_parts import edit_address, may_write, new_address

REVIEW = "rec_relationship_review"
SAID_FIRST = ("support_type", "conflict_0_10", "change_near_onset", "change_wanted")
SAID_ELSEWHERE = (
    "person_id",
    "label",
    "relation",
    "alive",
    "past_or_present",
    "closeness_ring_1_3",
    "safety_concern",
)
HEADINGS = {1: "Inner ring", 2: "Middle ring", 3: "Outer ring", None: "Not placed yet"}
NOBODY = "Nobody stands here. Seeing an empty ring may hurt; give it time."


@dataclass(frozen=True)
class PersonView:
    """One person with the latest of everything that was said of them."""

    code: str
    label: str
    relation: str
    ring: int | None
    absent: bool
    chips: tuple[tuple[str, str], ...]
    facts: tuple[tuple[str, str], ...]
    more: tuple[Line, ...]
    history: str
    open_address: str
    again_address: str
    records: int
    asked: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class RingView:
    """One ring and those who stand in it; for None, those who are not placed."""

    ring: int | None
    title: str
    people: tuple[PersonView, ...]


@dataclass(frozen=True)
class CircleView:
    """One circle as it was drawn: who stood where, who has moved since the one before."""

    address: str
    on: date
    session: int | None
    by_client: bool
    rings: tuple[tuple[str, str], ...]
    moves: tuple[str, ...]
    empty: str
    is_first: bool


@dataclass(frozen=True)
class PeoplePage:
    """The People room."""

    counted: str
    rings: tuple[RingView, ...]
    circles: tuple[CircleView, ...]
    reviews: RecordList
    add_address: str
    circle_address: str


def present_people(page: EpisodePage) -> PeoplePage:
    views = people_views(page)
    rings: tuple[int | None, ...] = (*RINGS, None)
    found = tuple(
        RingView(ring, HEADINGS[ring], tuple(view for view in views if view.ring == ring))
        for ring in rings
        if ring is not None or any(view.ring is None for view in views)
    )
    return PeoplePage(
        counted=_counted(views),
        rings=found if views else (),
        circles=tuple(reversed(circle_views(page))),
        reviews=record_list(page, REVIEW),
        add_address=new_address(page, PERSON),
        circle_address=page.address("people/circle/") if may_write(page, CIRCLE) else "",
    )


def _counted(views: tuple[PersonView, ...]) -> str:
    if not views:
        return "Who matters, now and in the past."
    near = sum(1 for view in views if view.ring == 1)
    people = "1 person" if len(views) == 1 else f"{len(views)} people"
    return f"{people}, {near or 'nobody'} in the inner ring."


# -- people ----------------------------------------------------------------------------------------


def people_views(page: EpisodePage) -> tuple[PersonView, ...]:
    """Everybody of the inventory, in the order they were named; then those only a record names."""
    kind = page.manual.record_types[PERSON]
    entries = entries_by_person(page)
    stood, now = ring_history(page), rings_now(page)
    asked = questions(page)
    codes = dict.fromkeys([*page.people_to_pick, *(code for code in entries if code not in page.people)])
    return tuple(
        _person(page, kind, code, entries.get(code, []), stood.get(code, []), now.get(code), asked)
        for code in codes
    )


def _person(
    page: EpisodePage,
    kind: RecordType,
    code: str,
    entries: list[Entry],
    stood: list[Place],
    ring: int | None,
    asked: tuple[FieldDefinition, ...],
) -> PersonView:
    values = latest_values(entries)
    lines = {line.key: line for line in lines_of(page, kind, values)}
    person = code if code in page.people else ""
    return PersonView(
        code=code,
        label=page.people.get(code) or str(values.get("label") or values.get("person_id") or "Somebody"),
        relation=str(values.get("relation") or page.relations.get(code, "")),
        ring=ring,
        absent=values.get("alive") is False or values.get("past_or_present") == "past",
        chips=_chips(values),
        facts=_facts(lines),
        more=tuple(
            line
            for key, line in lines.items()
            if key not in (*SAID_FIRST, *SAID_ELSEWHERE, *(one.key for one in asked), "ratings_over_time")
        ),
        history=_history(stood),
        open_address=edit_address(page, entries[-1]) if entries else new_address(page, PERSON, person=person),
        again_address=new_address(page, PERSON, person=person) if entries else "",
        records=len(entries),
        asked=said_of(asked, values),
    )


def _facts(lines: Mapping[str, Line]) -> tuple[tuple[str, str], ...]:
    """The four things one looks for first, as (what, words)."""
    near = (
        {line.key: line.text for line in lines["change_near_onset"].lines}
        if "change_near_onset" in lines
        else {}
    )
    support = ", ".join(lines["support_type"].items) if "support_type" in lines else ""
    pairs = [
        ("Support", support),
        ("Conflict", lines["conflict_0_10"].text if "conflict_0_10" in lines else ""),
        ("Near onset", near.get("text", "")),
        ("Wanted", lines["change_wanted"].text if "change_wanted" in lines else ""),
    ]
    return tuple((what, words) for what, words in pairs if words)


def _chips(values: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """What a reader must see at once, each as (words, tone)."""
    shown = marks(values)
    found = [
        ("Safety concern", "danger") if shown.safety else None,
        ("Has died", "quiet") if shown.has_died else None,
        ("In the past", "quiet") if shown.in_past else None,
        ("Conflict", "attention") if shown.conflict else None,
        ("Changed near onset", "attention") if shown.changed else None,
    ]
    return tuple(chip for chip in found if chip)


# -- rings now, and over time -------------------------------------------------------------------------------


def ring_history(page: EpisodePage) -> dict[str, list[Place]]:
    """Person -> every place they were given, oldest first: by their record, by a rating, by a circle."""
    days = days_of_sessions(page)
    found: dict[str, list[Place]] = {}
    for code, entries in entries_by_person(page).items():
        for entry in entries:
            found.setdefault(code, []).extend(places_said(entry, days))
    for entry in page.entries(CIRCLE):
        for code, ring in places(entry.visible).items():
            found.setdefault(code, []).append(Place(ring, entry.on, when_written(entry)))
    return {code: sorted(stood, key=lambda place: place.on) for code, stood in found.items()}


def _history(stood: list[Place]) -> str:
    """Middle ring (session 2), inner ring (session 7): only where somebody has moved."""
    steps: list[Place] = []
    for place in stood:
        if not steps or steps[-1].ring != place.ring:
            steps.append(place)
    if len(steps) < 2:
        return ""
    words = ", then ".join(f"{RING_WORDS[step.ring]} ({step.when})" for step in steps)
    return words[0].upper() + words[1:]


# -- circles ---------------------------------------------------------------------------------------


def circle_views(page: EpisodePage) -> list[CircleView]:
    """Every circle drawn, oldest first, each with its moves since the one before."""
    found: list[CircleView] = []
    before: dict[str, int] | None = None
    for entry in page.entries(CIRCLE):
        stood = places(entry.visible)
        found.append(_circle(page, entry, stood, before))
        before = stood
    return found


def _circle(
    page: EpisodePage, entry: Entry, stood: Mapping[str, int], before: Mapping[str, int] | None
) -> CircleView:
    def names(ring: int) -> str:
        return ", ".join(page.people.get(code, code) for code, place in stood.items() if place == ring)

    return CircleView(
        address=page.address(f"records/{entry.pk}/"),
        on=entry.on,
        session=entry.session.number if entry.session else None,
        by_client=entry.by_role == "client",
        rings=tuple((HEADINGS[ring], names(ring) or "nobody") for ring in RINGS),
        moves=tuple(move_in_words(page, move) for move in moves(before, stood)) if before is not None else (),
        empty=", ".join(RING_WORDS[ring] for ring in empty_rings(stood)),
        is_first=before is None,
    )
