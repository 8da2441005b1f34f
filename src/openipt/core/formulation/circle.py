"""The closeness circle: who stands in which of three rings, and who has moved since the last one (ipt.md I08)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

RINGS = (1, 2, 3)
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


def moves(before: Mapping[str, int], after: Mapping[str, int]) -> tuple[Move, ...]:
    """Everybody whose place differs, in the order of the later circle; then those who are gone from it."""
    people = dict.fromkeys([*after, *before])
    found = (Move(person, before.get(person), after.get(person)) for person in people)
    return tuple(move for move in found if move.before != move.after)


def empty_rings(found: Mapping[str, int]) -> tuple[int, ...]:
    """Rings nobody stands in, from the inside out."""
    return tuple(ring for ring in RINGS if ring not in found.values())


def circle_values(found: Mapping[str, int], before: Mapping[str, int] | None, on: str) -> dict[str, Any]:
    """A `rec_closeness_circle` of these places; moves are between two rings, since the circle before."""
    shifted = moves(before, found) if before is not None else ()
    return {
        "date": on,
        "rings": {str(ring): [who for who, place in found.items() if place == ring] for ring in RINGS},
        "moves_since_last": [
            {"person_id": move.person, "from": move.before, "to": move.after}
            for move in shifted
            if move.before is not None and move.after is not None
        ],
        "empty_rings": list(empty_rings(found)),
    }
