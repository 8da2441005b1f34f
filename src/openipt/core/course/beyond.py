"""What a few rules need that the record of one episode does not hold: other rooms give it, as plain values.

None means: not known. A rule that needs it then says "cannot tell".
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Group:
    """The group a client belongs to, seen from outside: how many members are left (DR-40)."""

    members: int


@dataclass(frozen=True)
class Rating:
    """How one session was rated (ipt.md 13.2): its quality 1 to 5, and proscribed items seen as serious (DR-43)."""

    session: int
    on: date
    quality: float | None
    serious: tuple[str, ...] = ()


@dataclass(frozen=True)
class Recording:
    """A recording of a session that is kept, or about to be (DR-46)."""

    on: date
    session: int | None = None


@dataclass(frozen=True)
class Practice:
    """The therapist's practice: supervised cases completed, and whether somebody supervises now (DR-44)."""

    supervised_cases: int
    supervised: bool


@dataclass(frozen=True)
class MedicalCheck:
    """A medical check in an eating disorder (ED-01). None: not known (DR-42)."""

    on: date
    bmi: float | None = None
    fainting: bool | None = None
    electrolyte_danger: bool | None = None
    rapid_loss: bool | None = None


@dataclass(frozen=True)
class Beyond:
    """All of it. Recordings are none until a room keeps them."""

    group: Group | None = None
    medical: MedicalCheck | None = None
    ratings: tuple[Rating, ...] | None = None
    recordings: tuple[Recording, ...] = ()
    practice: Practice | None = None


NOTHING = Beyond()
