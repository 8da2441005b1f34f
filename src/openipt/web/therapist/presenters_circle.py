"""The circle as the rooms show it: as it stands now, as it is being drawn, and as it was on a day."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from uuid import UUID

from openipt.core.formulation.circle import (
    RING_WORDS,
    RINGS,
    TURN,
    Marks,
    angles,
    empty_rings,
    marks,
    moves,
    places,
)
from openipt.errors import FieldFault
from openipt.records.access import Act
from openipt.records.models import DraftKind, DraftText, Entry
from openipt.records.prepared import Prepared
from openipt.web.drawing.closeness_circle import Circle, Person, circle
from openipt.web.jinja import day
from openipt.web.therapist.common import EpisodePage
from openipt.web.therapist.presenters_people import (
    CIRCLE,
    entries_by_person,
    last_circle,
    latest_values,
    move_in_words,
    people_views,
    rings_now,
)
from openipt.web.therapist.room_parts import still_open

DRAFT_KEY, DRAFT_FIELD = "circle", "drawn"

_DRAFT = Prepared(
    lambda user, episode: DraftText.objects.select_related("episode").filter(
        user=user, episode=episode, key=DRAFT_KEY, field=DRAFT_FIELD, kind=DraftKind.TYPING
    ),
    UUID,
    UUID,
)

Where = tuple[int | None, int | None]  # ring and angle; None: not placed, never dragged


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


@dataclass(frozen=True)
class Row:
    """One person of the plain list."""

    code: str
    label: str
    relation: str
    ring: str
    angle: str
    address: str


@dataclass(frozen=True)
class CircleRoom:
    """The room in which the circle is drawn."""

    drawn: Drawn
    circle: Circle
    rows: tuple[Row, ...]
    kept_text: str
    base: str
    address: str
    turned: bool
    moved: tuple[str, ...]
    empty: str
    beside: Any = None
    faults: tuple[FieldFault, ...] = ()
    typed: tuple[str, str] = ("", "")
    back: str = ""
    conflict: Circle | None = None

    @property
    def draft_address(self) -> str:
        """Where the drawing is saved as it is moved: the name of its slot on this device, too."""
        return f"{self.base}people/circle/draft/"


def present_room(page: EpisodePage, drawn: Drawn, *, turned: bool = False, **more: Any) -> CircleRoom:
    address = page.address("people/circle/together/" if turned else "people/circle/")

    def opens(person: Person) -> str:
        return f"{address}?person={person.code}"

    people = people_of(page, drawn.places)
    stood = drawn.stood
    last = last_circle(page)
    before = places_before(page, last if last is not None and still_open(page, last) else None)
    return CircleRoom(
        drawn=drawn,
        circle=circle(
            people,
            safety=not turned,
            address=opens,
            self_word="You" if turned else "Self",
        ),
        rows=tuple(
            Row(
                one.code,
                one.label,
                one.relation,
                str(one.ring or ""),
                "" if one.angle is None else str(one.angle),
                opens(one),
            )
            for one in people
        ),
        kept_text=standing_now(page).text,
        base=page.address(),
        address=address,
        turned=turned,
        moved=tuple(move_in_words(page, move) for move in moves(before, stood)) if before else (),
        empty=", ".join(RING_WORDS[ring] for ring in empty_rings(stood)) if people else "",
        **more,
    )


@dataclass(frozen=True)
class Standing:
    """The circle as it stands, for a page that only shows it."""

    circle: Circle
    begun_at: Any = None
    counted: int = 0


def present_standing(page: EpisodePage) -> Standing:
    """As it was kept last; a drawing begun and not kept is told of, and not shown."""
    views = {view.code: view.open_address for view in people_views(page)}
    draws = bool(page.may(Act.WRITE_RECORD))
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
    last = last_circle(page)
    stood = rings_now(page)
    turned = angles(last.visible) if last else {}
    codes = dict.fromkeys([*page.people_to_pick, *(code for code in stood if code not in page.people)])
    where: dict[str, Where] = {code: (stood.get(code), turned.get(code)) for code in codes}
    return Drawn(where, version_of(last, None))


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


def places_before(page: EpisodePage, without: Entry | None = None) -> dict[str, int] | None:
    """Where people stood on the circle before; of today's own, the one before that."""
    found = [entry for entry in page.entries(CIRCLE) if without is None or entry.pk != without.pk]
    return places(found[-1].visible) if found else None


def version_of(last: Entry | None, draft: DraftText | None) -> str:
    """The circle kept last, its version, and how often the draft was saved since."""
    return f"{circle_version(last)}.{draft.base_version if draft else 0}"


def circle_version(last: Entry | None) -> str:
    return f"{last.order}.{last.version}" if last else "0.0"


def as_text(where: Mapping[str, Where]) -> str:
    return json.dumps({code: list(place) for code, place in where.items()}, separators=(",", ":"))


def from_text(text: str) -> dict[str, Where] | None:
    """What the field of the form holds, None where it is not that."""
    try:
        found = json.loads(text)
    except ValueError:
        return None
    if not isinstance(found, dict):
        return None
    where: dict[str, Where] = {}
    for code, place in found.items():
        if not isinstance(place, list) or len(place) != 2:
            return None
        ring, angle = place
        if ring not in (None, *RINGS) or isinstance(ring, bool):
            return None
        if angle is not None and (not isinstance(angle, int) or isinstance(angle, bool)):
            return None
        where[str(code)] = (ring, None if angle is None else angle % TURN)
    return where


# -- people with their marks -----------------------------------------------------------------------------


def people_of(
    page: EpisodePage,
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


# -- circles of the past ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Frame:
    """One circle as it was kept, drawn and in words."""

    id: str
    on: date
    when: str
    by_client: bool
    circle: Circle
    moved: tuple[str, ...]
    empty: str
    is_first: bool
    address: str
    places: dict[str, Where] = field(default_factory=dict)


def frames(page: EpisodePage, *, opens: Callable[[Person], str] = lambda person: "") -> list[Frame]:
    """Every circle that was kept, oldest first."""
    found: list[Frame] = []
    before: dict[str, int] | None = None
    said = entries_by_person(page)
    for number, entry in enumerate(page.entries(CIRCLE)):
        found.append(_frame(page, entry, before, f"circle-{number}", opens, said))
        before = places(entry.visible)
    return found


def _frame(
    page: EpisodePage,
    entry: Entry,
    before: dict[str, int] | None,
    id: str,
    opens: Callable[[Person], str],
    said: Mapping[str, list[Entry]],
) -> Frame:
    where = places_of(entry)
    stood = places(entry.visible)
    session = entry.session.number if entry.session else None
    return Frame(
        id=str(entry.pk),
        on=entry.on,
        when=day(entry.on) if session is None else f"{day(entry.on)}, session {session}",
        by_client=entry.by_role == "client",
        circle=circle(people_of(page, where, entry.on, said), id=id, safety=True, address=opens),
        moved=tuple(move_in_words(page, move) for move in moves(before, stood)) if before is not None else (),
        empty=", ".join(RING_WORDS[ring] for ring in empty_rings(stood)),
        is_first=before is None,
        address=page.address(f"records/{entry.pk}/"),
        places=where,
    )


def places_of(entry: Entry) -> dict[str, Where]:
    """Where everybody stood on one circle."""
    turned = angles(entry.visible)
    return {code: (ring, turned.get(code)) for code, ring in places(entry.visible).items()}


@dataclass(frozen=True)
class Comparison:
    """Two circles beside each other, in words."""

    before: Frame
    after: Frame
    groups: tuple[tuple[str, tuple[str, ...]], ...]
    empty: tuple[tuple[str, str], ...]


def compare(page: EpisodePage, before: Frame, after: Frame) -> Comparison:
    """The later one shows the way people went; the words say who, by kind."""
    stood, now = _rings(before), _rings(after)
    shifted = moves(stood, now)
    name = {one.code: one.label for frame in (before, after) for one in people_of(page, frame.places)}

    def those(which: Callable[[Any], bool], words: Callable[[Any], str]) -> tuple[str, ...]:
        return tuple(words(move) for move in shifted if which(move))

    def way(move: Any) -> str:
        return f"{name[move.person]}, from the {RING_WORDS[move.before]} to the {RING_WORDS[move.after]}"

    groups = (
        ("Moved closer", those(lambda m: m.is_closer is True, way)),
        ("Moved further out", those(lambda m: m.is_closer is False, way)),
        (
            "Came",
            those(
                lambda m: m.before is None, lambda m: f"{name[m.person]}, into the {RING_WORDS[m.after or 3]}"
            ),
        ),
        (
            "Went",
            those(
                lambda m: m.after is None, lambda m: f"{name[m.person]}, from the {RING_WORDS[m.before or 3]}"
            ),
        ),
    )
    people = people_of(page, after.places, after.on)
    drawn = circle(people, id="circle-after", safety=True, before=_went_from(before, after))
    return Comparison(
        before=before,
        after=replace(after, circle=drawn),
        groups=groups,
        empty=((before.when, before.empty), (after.when, after.empty)),
    )


def _rings(frame: Frame) -> dict[str, int]:
    return {code: ring for code, (ring, _) in frame.places.items() if ring is not None}


def _went_from(before: Frame, after: Frame) -> dict[str, tuple[int, int | None]]:
    return {
        code: (ring, angle)
        for code, (ring, angle) in before.places.items()
        if ring is not None and code in after.places
    }
