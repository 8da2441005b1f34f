"""An adaptation as a delta: only what differs stands in its folder.

The delta is laid over the manual it inherits from, table by table and before anything is read:

- a key of the card takes the place of the inherited one; what says what the adaptation itself is
  (its id, name, population, evidence, sources ...) is never inherited;
- phases, tasks, agenda blocks and schedule items are merged by id: the delta's keys over the inherited;
- a delta that lists every block of the hour gives their order;
- listed lengths and session plans are taken whole from the delta where it has any;
- `keeps_tasks = ["A01"]`, where it is there, leaves out every inherited task that it does not name;
- `remove_tasks = ["I08"]` (and `remove_phases`, `remove_agenda`, `remove_schedule`) leaves items out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from openipt.core.manual.model import Card
from openipt.core.manual.names import PHASES
from openipt.core.tables import keys_of, nearest, suggestion
from openipt.errors import ContentFault

Table = Mapping[str, Any]
Key = str | tuple[Any, ...]

MERGED = {"phase": "id", "task": "id", "agenda": "block", "schedule": "when"}
TAKEN_WHOLE = ("length", "session_plan")
LISTS = (*MERGED, *TAKEN_WHOLE)
REMOVALS = {
    "phase": "remove_phases",
    "task": "remove_tasks",
    "agenda": "remove_agenda",
    "schedule": "remove_schedule",
}
KEEPS = "keeps_tasks"
CARD_KEYS = keys_of(Card)
OWN = (
    "id",
    "name",
    "title",
    "version",
    "inherits",
    "keeps_tasks",
    "population",
    "format_note",
    "evidence",
    "research",
    "focus",
    "not_done",
    "part",
    "carer_point",
    "beside",
    "sources",
    "marks",
)


@dataclass(frozen=True)
class Placed:
    """A table and the file it came from."""

    file: str
    table: Table


@dataclass
class Parts:
    """The tables of one manual, sorted: its card, and its items under their ids."""

    card: Placed
    items: dict[str, dict[Key, Placed]] = field(default_factory=dict)
    removals: dict[str, tuple[str, ...]] = field(default_factory=dict)


def split(files: Mapping[str, Table], card_file: str) -> tuple[Parts, list[ContentFault]]:
    """The files of one manual's folder as parts; any file may hold any list of items."""
    faults: list[ContentFault] = []
    own = files[card_file]
    others = (*LISTS, *REMOVALS.values())
    misspelt = {key for key in own if key not in (*others, *CARD_KEYS) and nearest(key, others)}
    for key in sorted(misspelt):
        faults.append(ContentFault(card_file, key, "is not a known key.", suggestion(key, others)))
    card = {key: value for key, value in own.items() if key not in (*others, *misspelt)}
    parts = Parts(Placed(card_file, card))
    parts.removals = {kind: tuple(own.get(key, ())) for kind, key in REMOVALS.items()}
    for file, table in files.items():
        for kind, rows in table.items():
            if kind in LISTS:
                _gather(parts, kind, rows, file, faults)
            elif file != card_file:  # the card's own keys are read as one table
                remedy = suggestion(kind, LISTS) or f"Card keys stand in {card_file}."
                faults.append(ContentFault(file, kind, "is not a known key.", remedy))
    return parts, faults


def lay_over(parent: Parts, delta: Parts) -> tuple[Parts, list[ContentFault]]:
    """The delta laid over what it inherits from."""
    faults: list[ContentFault] = []
    whole = Parts(_card(parent.card, delta.card))
    for kind in LISTS:
        theirs, ours = parent.items.get(kind, {}), delta.items.get(kind)
        if kind in TAKEN_WHOLE:
            whole.items[kind] = theirs if ours is None else ours
        else:
            whole.items[kind] = _merged(_kept(theirs, kind, delta, faults), ours or {})
            _remove(whole.items[kind], kind, delta, faults)
            if kind == "agenda" and ours and whole.items[kind].keys() == ours.keys():
                whole.items[kind] = {key: whole.items[kind][key] for key in ours}  # its own order of the hour
    whole.items["phase"] = dict(sorted(whole.items["phase"].items(), key=_in_order))
    return whole, faults


def _card(parent: Placed, delta: Placed) -> Placed:
    inherited = {key: value for key, value in parent.table.items() if key not in OWN}
    still_true = [c for c in inherited.pop("citation", ()) if c.get("part") not in delta.table]
    citations = [*still_true, *delta.table.get("citation", ())]
    return Placed(delta.file, {**inherited, **delta.table, "citation": citations})


def _merged(theirs: Mapping[Key, Placed], ours: Mapping[Key, Placed]) -> dict[Key, Placed]:
    merged = dict(theirs)
    for key, own in ours.items():
        inherited = theirs[key].table if key in theirs else {}
        merged[key] = Placed(own.file, {**inherited, **own.table})
    return merged


def _kept(
    theirs: Mapping[Key, Placed], kind: str, delta: Parts, faults: list[ContentFault]
) -> Mapping[Key, Placed]:
    """What is inherited: all of it, or of the tasks only those that the delta keeps."""
    if kind != "task" or KEEPS not in delta.card.table:
        return theirs
    names = delta.card.table[KEEPS]
    for name in names:
        if name not in theirs:
            remedy = suggestion(name, map(str, theirs)) or "Take it out of the list."
            faults.append(
                ContentFault(delta.card.file, KEEPS, f'names "{name}", which is not inherited.', remedy)
            )
    return {key: placed for key, placed in theirs.items() if key in names}


def _remove(items: dict[Key, Placed], kind: str, delta: Parts, faults: list[ContentFault]) -> None:
    for name in delta.removals.get(kind, ()):
        if items.pop(name, None) is None:
            remedy = suggestion(name, map(str, items)) or "Take it out of the list."
            reason = f'names "{name}", which is not inherited.'
            faults.append(ContentFault(delta.card.file, REMOVALS[kind], reason, remedy))


def _gather(parts: Parts, kind: str, rows: Any, file: str, faults: list[ContentFault]) -> None:
    if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
        faults.append(ContentFault(file, kind, "must be a list of tables.", f"Write [[{kind}]]."))
        return
    found = parts.items.setdefault(kind, {})
    for row in rows:
        key = item_key(kind, row)
        if key in found:
            remedy = f"Keep one of the two; the first is in {found[key].file}."
            faults.append(ContentFault(file, f"{kind}[{_say(key)}]", "is there twice.", remedy))
        elif key in ("", None):
            remedy = f"Add {MERGED[kind]} = …"
            faults.append(ContentFault(file, kind, f"has a table without {MERGED[kind]}.", remedy))
        else:
            found[key] = Placed(file, row)


def item_key(kind: str, row: Table) -> Any:
    """What an item of a list is known by."""
    if kind == "length":
        return (row.get("planned"), row.get("format", ""))
    if kind == "session_plan":
        return (row.get("first"), row.get("last"))
    return row.get(MERGED[kind])


def _say(key: Any) -> str:
    return ", ".join(str(part) for part in key if part != "") if isinstance(key, tuple) else str(key)


def place(kind: str, key: Any) -> str:
    """Where an item stands, as a fault names it: `task[I07]`."""
    return f"{kind}[{_say(key)}]"


def _in_order(item: tuple[Key, Placed]) -> int:
    return PHASES.index(str(item[0])) if item[0] in PHASES else len(PHASES)
