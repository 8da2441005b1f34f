"""How all sheets of one record type are drawn together, where its definition names a picture (`[record.sheet]`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from openipt.core.fields.definitions import RecordType
from openipt.core.manual.model import Manual
from openipt.web.ladder import rungs
from openipt.web.role_balance import role_balances
from openipt.web.sheet_told import People, Told
from openipt.web.story_sheets import dispute_maps, loss_stories

Drawn = Callable[[RecordType, Sequence[Told], Manual, People], tuple[Any, ...]]

DRAWN: Mapping[str, Drawn] = {
    "loss_story": loss_stories,
    "dispute_map": dispute_maps,
    "role_balance": role_balances,
    "ladder": rungs,
}


@dataclass(frozen=True)
class Picture:
    """What `components/sheet_picture.html` draws: `kind` names the drawing, `parts` are what it draws."""

    kind: str
    parts: tuple[Any, ...]


def picture_of(kind: RecordType, sheets: Sequence[Told], manual: Manual, people: People) -> Picture | None:
    """The picture of these sheets; None where there is none, or nothing to draw."""
    if kind.sheet is None or not kind.sheet.picture or not sheets:
        return None
    parts = DRAWN[kind.sheet.picture](kind, sheets, manual, people)
    return Picture(kind.sheet.picture, parts) if parts else None
