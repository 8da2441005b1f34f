"""Steps towards people as a ladder: as they were ordered, else the easiest first, with fear and trust before and after, and what came of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from openipt.core.fields.definitions import RecordType
from openipt.core.fields.together import place_of
from openipt.core.manual.model import Manual
from openipt.web.jinja import day
from openipt.web.sheet_told import People, Told

HARDEST = 10


@dataclass(frozen=True)
class Rung:
    """One step. `changes` are (what, before, after); an answer that was not given is ""."""

    step: str
    whom: str
    hard: str
    on: str
    is_tried: bool
    changes: tuple[tuple[str, str, str], ...]
    result: str
    next_step: str
    address: str
    is_now: bool = False


def rungs(kind: RecordType, sheets: Sequence[Told], manual: Manual, people: People) -> tuple[Rung, ...]:
    """Every step in the order it was put in, else the easiest first. The first not tried yet is the step now."""
    found = [_rung(sheet, people) for sheet in _in_order(kind, sheets)]
    now = next((place for place, rung in enumerate(found) if not rung.is_tried), None)
    return tuple(replace(rung, is_now=place == now) for place, rung in enumerate(found))


def _in_order(kind: RecordType, sheets: Sequence[Told]) -> list[Told]:
    """Of two at one place the one that was written first."""
    return sorted(sheets, key=lambda sheet: (place_of(kind, sheet.values), sheet.number))


def _rung(sheet: Told, people: People) -> Rung:
    values = sheet.values
    whom, hard = str(values.get("with_whom") or ""), values.get("difficulty_0_10")
    changes = [
        (what, _number(values.get(f"{key}_before_0_10")), _number(values.get(f"{key}_after_0_10")))
        for what, key in (("Fear", "fear"), ("Trust", "trust"))
    ]
    result = str(values.get("result") or "")
    return Rung(
        step=str(values.get("contact_step") or ""),
        whom=people.get(whom, whom),
        hard=f"{hard} of {HARDEST}" if isinstance(hard, int) else "",
        on=day(sheet.on),
        is_tried=bool(result or any(after for _, _, after in changes)),
        changes=tuple(change for change in changes if change[1] or change[2]),
        result=result,
        next_step=str(values.get("next_step") or ""),
        address=sheet.address,
    )


def _number(value: object) -> str:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""
