"""The circle as the rooms show it: as it stands now, as it is being drawn, and as it was on a day."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property, partial
from typing import Any
from uuid import UUID

from openipt.core.formulation.circle import RING_WORDS, Move, empty_rings, moves, places
from openipt.records.access import Act
from openipt.records.models import DraftKind, DraftText, Entry
from openipt.records.prepared import Prepared
from openipt.web.circle_room import DRAFT_FIELD, CircleRoom, room_of
from openipt.web.circle_standing import (
    CIRCLE,
    Drawn,
    entries_by_person,
    from_text,
    last_circle,
    latest_values,
    move_in_words,
    people_of,
    places_before,
    places_of,
    standing_places,
)
from openipt.web.drawing.closeness_circle import Circle, Person, circle
from openipt.web.jinja import day
from openipt.web.therapist.common import EpisodePage
from openipt.web.therapist.people_asked import questions, said_of
from openipt.web.therapist.presenters_people import people_views
from openipt.web.therapist.room_parts import still_open

DRAFT_KEY = "circle"

_DRAFT = Prepared(
    lambda user, episode: DraftText.objects.select_related("episode").filter(
        user=user, episode=episode, key=DRAFT_KEY, field=DRAFT_FIELD, kind=DraftKind.TYPING
    ),
    UUID,
    UUID,
)


def present_room(page: EpisodePage, drawn: Drawn, *, turned: bool = False, **more: Any) -> CircleRoom:
    last = last_circle(page)
    return room_of(
        page,
        drawn,
        kept_text=standing_now(page).text,
        before=places_before(page, last if last is not None and still_open(page, last) else None),
        base=page.address("people/circle/"),
        address=page.address("people/circle/together/" if turned else "people/circle/"),
        safety=not turned,
        self_word="You" if turned else "Self",
        turned=turned,
        asked={} if turned else _asked(page),
        **more,
    )


def _asked(page: EpisodePage) -> Mapping[str, tuple[tuple[str, str], ...]]:
    """What was answered of each to the questions of this adaptation; on a screen the client sees, nothing."""
    asked = questions(page)
    if not asked:
        return {}
    return {code: said_of(asked, latest_values(said)) for code, said in entries_by_person(page).items()}


@dataclass(frozen=True)
class Standing:
    """The circle as it stands, for a page that only shows it."""

    circle: Circle
    begun_at: Any = None
    counted: int = 0


def present_standing(page: EpisodePage) -> Standing:
    """As it was kept last; a drawing begun and not kept is told of, and not shown."""
    draws = bool(page.may(Act.WRITE_RECORD))
    views = {} if draws else {view.code: view.open_address for view in people_views(page)}
    room = page.address("people/circle/")

    def opens(person: Person) -> str:
        return f"{room}?person={person.code}" if draws else views.get(person.code, "")

    drawn = standing_now(page)
    draft = own_draft(page) if draws else None
    return Standing(
        circle=circle(people_of(page, drawn.places), safety=True, address=opens),
        begun_at=draft.at if draft else None,
        counted=len(page.entries(CIRCLE)),
    )


# -- where everybody stands ------------------------------------------------------------------------------


def standing_now(page: EpisodePage) -> Drawn:
    """The last circle; who is not on it stands where a later record puts them."""
    return Drawn(standing_places(page), version_of(last_circle(page), None))


def drawn_now(page: EpisodePage) -> Drawn:
    """What is being drawn by this very person, else the circle as it stands."""
    kept = standing_now(page)
    draft = own_draft(page)
    if draft is None:
        return kept
    places_of_draft = from_text(draft.text) or {}
    where = {code: places_of_draft.get(code, place) for code, place in kept.places.items()}
    return Drawn(where, version_of(last_circle(page), draft), is_draft=True, typed_at=draft.at)


def own_draft(page: EpisodePage) -> DraftText | None:
    draft: DraftText | None = _DRAFT.first(page.user.pk, page.episode.pk)
    if draft is not None:
        draft.episode = page.episode
    return draft


def version_of(last: Entry | None, draft: DraftText | None) -> str:
    """The circle kept last, its version, and how often the draft was saved since."""
    return f"{circle_version(last)}.{draft.base_version if draft else 0}"


def circle_version(last: Entry | None) -> str:
    return f"{last.order}.{last.version}" if last else "0.0"


# -- circles of the past ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Frame:
    """One circle as it was kept: in words, and drawn where the drawing is asked for."""

    id: str
    on: date
    when: str
    by_client: bool
    known: Callable[[], list[Person]]
    moved: tuple[str, ...]
    empty: str
    is_first: bool
    address: str
    name: str

    @cached_property
    def people(self) -> tuple[Person, ...]:
        return tuple(self.known())

    @cached_property
    def circle(self) -> Circle:
        return circle(self.people, id=self.name, safety=True)

    @property
    def rings(self) -> dict[str, int]:
        return {one.code: one.ring for one in self.people if one.ring is not None}

    def names(self, ring: int) -> str:
        return ", ".join(one.label for one in self.people if one.ring == ring)


def frames(page: EpisodePage) -> list[Frame]:
    """Every circle that was kept, oldest first; each is drawn when its drawing is asked for."""
    found: list[Frame] = []
    before: dict[str, int] | None = None
    said = entries_by_person(page)
    for number, entry in enumerate(page.entries(CIRCLE)):
        found.append(_frame(page, entry, before, f"circle-{number}", said))
        before = places(entry.visible)
    return found


def _frame(
    page: EpisodePage,
    entry: Entry,
    before: dict[str, int] | None,
    name: str,
    said: Mapping[str, list[Entry]],
) -> Frame:
    stood = places(entry.visible)
    session = entry.session.number if entry.session else None
    return Frame(
        id=str(entry.pk),
        on=entry.on,
        when=day(entry.on) if session is None else f"{day(entry.on)}, session {session}",
        by_client=entry.by_role == "client",
        known=partial(people_of, page, places_of(entry), entry.on, said),
        moved=tuple(move_in_words(page, move) for move in moves(before, stood)) if before is not None else (),
        empty=", ".join(RING_WORDS[ring] for ring in empty_rings(stood)),
        is_first=before is None,
        address=page.address(f"records/{entry.pk}/"),
        name=name,
    )


@dataclass(frozen=True)
class Comparison:
    """Two circles beside each other, and what is different between them in words."""

    before: Frame
    after: Frame
    after_circle: Circle
    groups: tuple[tuple[str, tuple[str, ...]], ...]

    @property
    def sides(self) -> tuple[tuple[Frame, Circle], ...]:
        return (self.before, self.before.circle), (self.after, self.after_circle)


def compare(before: Frame, after: Frame) -> Comparison:
    """The later one shows the way people went; the words say who, by kind."""
    name = {one.code: one.label for frame in (before, after) for one in frame.people}
    stood = {one.code: (one.ring, one.angle) for one in before.people if one.ring is not None}
    found: dict[str, list[str]] = {"Moved closer": [], "Moved further out": [], "Came": [], "Went": []}
    for move in moves(before.rings, after.rings):
        kind, words = _told(move)
        found[kind].append(f"{name[move.person]}, {words}")
    return Comparison(
        before=before,
        after=after,
        after_circle=circle(after.people, id="circle-after", safety=True, before=stood),
        groups=tuple((kind, tuple(said)) for kind, said in found.items()),
    )


def _told(move: Move) -> tuple[str, str]:
    """The kind of a move, and where from and where to."""
    to = RING_WORDS.get(move.after or 0, "")
    of = RING_WORDS.get(move.before or 0, "")
    if move.before is None:
        return "Came", f"into the {to}"
    if move.after is None:
        return "Went", f"from the {of}"
    return ("Moved closer" if move.is_closer else "Moved further out"), f"from the {of} to the {to}"
