"""The room in which a circle is drawn, in plain values: at the desk, on the screen turned, on the client's page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

from openipt.core.formulation.circle import RING_WORDS, RINGS, TURN, empty_rings, moves
from openipt.errors import FieldFault
from openipt.web.circle_standing import CirclePage, Drawn, Where, from_text, move_in_words, people_of
from openipt.web.drawing.closeness_circle import Circle, Person, circle
from openipt.web.sent import Sent

RING_VALUES = tuple(str(ring) for ring in RINGS)
DRAFT_FIELD = "drawn"
ELSEWHERE = "This circle was changed in another window. Both drawings are kept."


@dataclass(frozen=True)
class Row:
    """One person of the plain list."""

    code: str
    label: str
    relation: str
    ring: str
    angle: str
    address: str
    asked: tuple[tuple[str, str], ...] = ()


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
    goes_on: str = ""
    conflict: Circle | None = None
    add_words: str = "Add somebody: a name"

    @property
    def draft_address(self) -> str:
        """Where the drawing is saved as it is moved: the name of its slot on this device, too."""
        return f"{self.base}draft/"


def room_of(
    page: CirclePage,
    drawn: Drawn,
    *,
    kept_text: str,
    before: Mapping[str, int] | None,
    base: str,
    address: str,
    safety: bool,
    self_word: str,
    quarrels: bool = True,
    turned: bool = False,
    asked: Mapping[str, tuple[tuple[str, str], ...]] | None = None,
    **more: Any,
) -> CircleRoom:
    """The room of these people. `before`: where they stood on the circle before, to say who has moved;
    `asked`: what was answered of each to the questions of this adaptation.
    """

    def opens(person: Person) -> str:
        return f"{address}?person={person.code}"

    people = people_of(page, drawn.places)
    stood = drawn.stood
    return CircleRoom(
        drawn=drawn,
        circle=circle(people, safety=safety, quarrels=quarrels, address=opens, self_word=self_word),
        rows=tuple(_row(one, opens, (asked or {}).get(one.code, ())) for one in people),
        kept_text=kept_text,
        base=base,
        address=address,
        turned=turned,
        moved=tuple(move_in_words(page, move) for move in moves(before, stood)) if before else (),
        empty=", ".join(RING_WORDS[ring] for ring in empty_rings(stood)) if people else "",
        **more,
    )


def _row(one: Person, opens: Callable[[Person], str], asked: tuple[tuple[str, str], ...]) -> Row:
    angle = "" if one.angle is None else str(one.angle)
    return Row(one.code, one.label, one.relation, str(one.ring or ""), angle, opens(one), asked)


def drawn_as_sent(post: QueryDict, known: Drawn) -> tuple[Drawn, tuple[FieldFault, ...]]:
    """What the form holds: a ring for each, and where on it somebody was dragged to.

    `known` is the circle as it stands: only its people count, and who is not in the form stays where they are.
    """
    sent = Sent(post)
    moved = from_text(post.get(DRAFT_FIELD, "")) or {}
    where: dict[str, Where] = {}
    is_list = any(name.startswith("ring-") for name in post)
    for code, (stood, angle) in known.places.items():
        if f"ring-{code}" not in post:  # added after this list was made
            where[code] = moved.get(code, (stood if is_list else None, angle))
            continue
        ring = sent.choice(f"ring-{code}", RING_VALUES)
        where[code] = (int(ring) if ring in RING_VALUES else None, _angle(post, code, angle))
    return Drawn(where, post.get("version", ""), is_draft=True), tuple(sent.faults)


def _angle(post: QueryDict, code: str, before: int | None) -> int | None:
    typed = post.get(f"angle-{code}")
    if typed is None:
        return before
    return int(typed) % TURN if typed.isdecimal() and len(typed) < 5 else None


def nobody_placed(drawn: Drawn) -> tuple[FieldFault, ...]:
    """A circle without anybody is none."""
    if drawn.stood:
        return ()
    field = f"ring-{next(iter(drawn.places))}" if drawn.places else ""
    return (FieldFault(field, "Place at least one person."),)
