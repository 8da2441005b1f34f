"""Steps towards people as a ladder: the easiest first, with fear and trust before and after, and what came of each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from openipt.records.models import Entry
from openipt.web.jinja import day

LADDER = "rec_approach_ladder"
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


def rungs(
    entries: Iterable[Entry], people: Mapping[str, str], address: Callable[[Entry], str]
) -> tuple[Rung, ...]:
    """Every step, the easiest first; of two that are as hard the one that was written first."""
    steps = [entry for entry in entries if entry.record_type == LADDER]
    return tuple(_rung(entry, people, address(entry)) for entry in sorted(steps, key=_hard))


def _hard(entry: Entry) -> int:
    hard = entry.visible.get("difficulty_0_10")
    return hard if isinstance(hard, int) else HARDEST + 1


def _rung(entry: Entry, people: Mapping[str, str], address: str) -> Rung:
    values = entry.visible
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
        on=day(entry.on),
        is_tried=bool(result or any(after for _, _, after in changes)),
        changes=tuple(change for change in changes if change[1] or change[2]),
        result=result,
        next_step=str(values.get("next_step") or ""),
        address=address,
    )


def _number(value: object) -> str:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""
