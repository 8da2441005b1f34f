"""The closeness circle: who stands in which of three rings, and who has moved since the last one (ipt.md I08)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

RINGS = (1, 2, 3)
TURN = 360
CONFLICT_FROM = (
    5  # of 10: marked from the middle of its scale on; project default, every value stands in words
)
MOST_SUPPORT = 4
OFTEN = {"daily": 2, "weekly": 1, "monthly": 1, "less": 0, "none": 0}
RING_WORDS = {1: "inner ring", 2: "middle ring", 3: "outer ring"}


@dataclass(frozen=True)
class Move:
    """Somebody who stands elsewhere than before. None: not on that circle."""

    person: str
    before: int | None
    after: int | None

    @property
    def is_closer(self) -> bool | None:
        """True towards the middle, False away from it; None for who came or left."""
        if self.before is None or self.after is None:
            return None
        return self.after < self.before


@dataclass(frozen=True)
class Marks:
    """What a circle shows of somebody beside their ring, as their inventory has it.

    `size` follows how often there is contact (0 seldom or none, 1 some or not known, 2 daily), `support` how
    many kinds of support come from them, `pull` which way they pull where use is asked about (`supports`,
    `neutral`, `pulls`).
    """

    size: int = 1
    support: int = 0
    conflict: bool = False
    changed: bool = False
    has_died: bool = False
    in_past: bool = False
    safety: bool = False
    pull: str = ""

    @property
    def is_absent(self) -> bool:
        return self.has_died or self.in_past


def marks(values: Mapping[str, Any]) -> Marks:
    """The marks of a person from the latest that was said of them (`rec_inventory_person`)."""
    support = values.get("support_type")
    kinds = [kind for kind in support if kind != "none"] if isinstance(support, list | tuple) else []
    conflict, change = values.get("conflict_0_10"), values.get("change_near_onset")
    return Marks(
        size=OFTEN.get(str(values.get("contact_frequency")), 1),
        support=min(MOST_SUPPORT, len(kinds)),
        conflict=isinstance(conflict, int) and conflict >= CONFLICT_FROM,
        changed=isinstance(change, Mapping) and change.get("changed") is True,
        has_died=values.get("alive") is False,
        in_past=values.get("past_or_present") == "past",
        safety=values.get("safety_concern") is True,
        pull=str(values.get("use_mark") or ""),
    )


def places(values: Mapping[str, Any]) -> dict[str, int]:
    """Person -> ring, as a `rec_closeness_circle` holds them; of two places of one person the inner one."""
    rings = values.get("rings")
    if not isinstance(rings, Mapping):
        return {}
    found: dict[str, int] = {}
    for ring in RINGS:
        for person in rings.get(str(ring)) or ():
            if isinstance(person, str):
                found.setdefault(person, ring)
    return found


def angles(values: Mapping[str, Any]) -> dict[str, int]:
    """Person -> where on their ring they were dragged to, in degrees clockwise from the top."""
    found: dict[str, int] = {}
    for row in values.get("angles") or ():
        if isinstance(row, Mapping) and isinstance(row.get("angle"), int) and row.get("person_id"):
            found[str(row["person_id"])] = row["angle"] % TURN
    return found


def moves(before: Mapping[str, int], after: Mapping[str, int]) -> tuple[Move, ...]:
    """Everybody whose place differs, in the order of the later circle; then those who are gone from it."""
    people = dict.fromkeys([*after, *before])
    found = (Move(person, before.get(person), after.get(person)) for person in people)
    return tuple(move for move in found if move.before != move.after)


def empty_rings(found: Mapping[str, int]) -> tuple[int, ...]:
    """Rings nobody stands in, from the inside out."""
    return tuple(ring for ring in RINGS if ring not in found.values())


def without_people(values: Mapping[str, Any], people: Collection[str]) -> dict[str, Any]:
    """A `rec_closeness_circle` as if these people had never stood on it: no place, no move, no ring left open."""
    if not people:
        return dict(values)
    rings = {code: ring for code, ring in places(values).items() if code not in people}
    kept = dict(values)
    if "rings" in values:
        kept["rings"] = {str(ring): [code for code, at in rings.items() if at == ring] for ring in RINGS}
    if "empty_rings" in values:
        kept["empty_rings"] = list(empty_rings(rings))
    for rows in ("moves_since_last", "angles"):
        if rows in values:
            kept[rows] = [row for row in values[rows] or () if row.get("person_id") not in people]
    return kept


def circle_values(
    found: Mapping[str, int],
    before: Mapping[str, int] | None,
    on: str,
    dragged: Mapping[str, int] | None = None,
) -> dict[str, Any]:
    """A `rec_closeness_circle` of these places; moves are between two rings, since the circle before."""
    shifted = moves(before, found) if before is not None else ()
    kept = {who: angle % TURN for who, angle in (dragged or {}).items() if who in found}
    more = {"angles": [{"person_id": who, "angle": angle} for who, angle in kept.items()]} if kept else {}
    return {
        "date": on,
        "rings": {str(ring): [who for who, place in found.items() if place == ring] for ring in RINGS},
        "moves_since_last": [
            {"person_id": move.person, "from": move.before, "to": move.after}
            for move in shifted
            if move.before is not None and move.after is not None
        ],
        "empty_rings": list(empty_rings(found)),
        **more,
    }
