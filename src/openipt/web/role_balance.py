"""The balance of roles, gathered from every sheet: what the old one and the new one give and cost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from openipt.core.fields.definitions import RecordType
from openipt.core.manual.model import Manual
from openipt.web.sheet_told import People, Told
from openipt.web.story_sheets import ENOUGH_FEELINGS, Asked, asked_of, gathered, lines_of

OLD, NEW = "old", "new"


@dataclass(frozen=True)
class RoleSide:
    """One of the two roles. What was not said is empty."""

    title: str
    gains: tuple[str, ...]
    losses: tuple[str, ...]
    feelings: tuple[str, ...]

    @property
    def is_weighed(self) -> bool:
        """Good and bad are both there."""
        return bool(self.gains and self.losses)


@dataclass(frozen=True)
class RoleBalance:
    """Both roles side by side, as far as they are told."""

    sides: tuple[RoleSide, ...]
    asked: tuple[Asked, ...]
    address: str
    on: date


def role_balances(
    kind: RecordType, sheets: Sequence[Told], manual: Manual, people: People
) -> tuple[RoleBalance, ...]:
    if not sheets:
        return ()
    sides = {str(o.value): _side(o.label, str(o.value), sheets) for o in kind.field("role").options}
    asked = {
        "rt_2_old": sides[OLD].is_weighed,
        "rt_3_loss": len(sides[OLD].feelings) >= ENOUGH_FEELINGS,
        "rt_5_new": sides[NEW].is_weighed,
    }
    return (RoleBalance(tuple(sides.values()), asked_of(manual, asked), sheets[-1].address, sheets[-1].on),)


def _side(title: str, role: str, sheets: Sequence[Told]) -> RoleSide:
    said = gathered([one for one in sheets if one.values.get("role") == role])
    return RoleSide(title, *(lines_of(said.get(key)) for key in ("gains", "losses", "feelings")))
