"""A manual and what goes with it, laid together into one manual, table by table and before anything is read.

A modifier, such as delivery by phone or video, has a folder of its own beside the adaptations; its manual.toml
says what it `modifies`. It only adds:

- a task without a phase belongs to every phase of the adaptation in which sessions are held; one with phases, to
  those of them that the adaptation has. An adaptation that has none of them does not get the task;
- `[agenda.tasks]` puts tasks into a part of the hour: under "any" in every such phase. Where the adaptation has no
  such part, they stand in its first one;
- measures of a schedule join those that are due at that moment;
- warnings, citations, sources and fields that records ask for stand beside those of the adaptation.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from openipt.core.manual.inheritance import KEEPS, REMOVALS, TAKEN_WHOLE, Key, Parts, Placed
from openipt.core.manual.joined import JOIN, joined
from openipt.core.manual.model import ANY
from openipt.core.manual.names import PHASES, PHASES_AFTER, SESSION_PHASES
from openipt.errors import ContentFault

MODIFIES = "modifies"
ADDED = ("task", "agenda", "schedule")
NEVER = ("inherits", KEEPS)


def is_modifier(parts: Parts) -> bool:
    """Does this folder hold what goes with adaptations, and no adaptation?"""
    return MODIFIES in parts.card.table


def added_only(modifier: Parts) -> Iterable[ContentFault]:
    """A fault for whatever would take something of an adaptation away or put itself in its place."""
    file = modifier.card.file
    for key in (*NEVER, *(REMOVALS[kind] for kind, names in modifier.removals.items() if names)):
        if key in NEVER and key not in modifier.card.table:
            continue
        yield ContentFault(
            file, key, "does not belong into what goes with others.", "It only adds. Remove it."
        )
    for kind in (*TAKEN_WHOLE, "phase"):
        if modifier.items.get(kind):
            yield ContentFault(
                file, kind, "does not belong into what goes with others.", "It only adds. Remove it."
            )


def put_on(manual: Parts, modifier: Parts) -> tuple[Parts, list[ContentFault]]:
    """The manual with this modifier laid over it, and what does not fit."""
    faults: list[ContentFault] = []
    held_in = (*SESSION_PHASES, *PHASES_AFTER)
    phases = [str(phase) for phase in manual.items.get("phase", {}) if phase in held_in]
    tasks = _tasks(manual, modifier, phases, faults)
    whole = Parts(Placed(manual.card.file, _card(manual.card.table, modifier.card.table)))
    whole.items = {
        **manual.items,
        "task": {**manual.items.get("task", {}), **tasks},
        "agenda": _agenda(manual, modifier, phases, tasks),
        "schedule": _schedule(manual, modifier),
    }
    return whole, faults


def _card(own: Mapping[str, Any], added: Mapping[str, Any]) -> dict[str, Any]:
    """What the adaptation says of itself, in the manner of what goes with it."""
    manner = f", {added.get('manner', '')}"
    asks = {**own.get("asks_for", {})}
    for record, names in added.get("asks_for", {}).items():
        asks[record] = [*asks.get(record, ()), *names]
    base, *before = str(own["id"]).split(JOIN)
    name = str(added["id"])
    versions = dict(zip(before, str(own["version"]).split(JOIN)[1:], strict=True)) | {
        name: str(added["version"])
    }
    return {
        **own,
        "id": joined(base, versions),
        "version": JOIN.join(
            (str(own["version"]).split(JOIN)[0], *(versions[one] for one in sorted(versions)))
        ),
        "inherits": base,
        "name": f"{own.get('name', '')}{manner}",
        "title": f"{own.get('title') or own.get('name', '')}{manner}",
        "format_note": " ".join(
            part for table in (own, added) if (part := table.get("format_note", "").strip())
        ),
        "asks_for": asks,
        **{key: _beside(own, added, key) for key in ("sources", "citation", "caution")},
    }


def _beside(own: Mapping[str, Any], added: Mapping[str, Any], key: str) -> list[Any]:
    first = list(own.get(key, ()))
    return [*first, *(one for one in added.get(key, ()) if one not in first)]


def _tasks(
    manual: Parts, modifier: Parts, phases: list[str], faults: list[ContentFault]
) -> dict[Key, Placed]:
    """Its tasks, each in those phases of this manual in which it belongs."""
    own, found = manual.items.get("task", {}), {}
    for key, placed in modifier.items.get("task", {}).items():
        if key in own:
            reason = f"has the id of a task of {manual.card.table.get('id')}."
            faults.append(ContentFault(placed.file, f"task[{key}]", reason, "Give it its own."))
            continue
        wanted = (
            [placed.table["phase"], *placed.table.get("also_in", ())] if "phase" in placed.table else phases
        )
        here = sorted({phase for phase in wanted if phase in manual.items["phase"]}, key=PHASES.index)
        if not here:
            continue
        others = {*own, *modifier.items["task"]}
        same = [task for task in placed.table.get("same_as", ()) if task in others]
        table = {**placed.table, "phase": here[0], "also_in": here[1:], "same_as": same}
        found[key] = Placed(placed.file, table)
    return found


def _agenda(
    manual: Parts, modifier: Parts, phases: list[str], tasks: Mapping[Key, Placed]
) -> dict[Key, Placed]:
    """The parts of the hour, each with the tasks that came."""
    blocks = dict(manual.items.get("agenda", {}))
    for name, added in modifier.items.get("agenda", {}).items():
        home = name if name in blocks else next(iter(blocks), None)
        if home is None:
            continue
        of_block = {phase: list(ids) for phase, ids in blocks[home].table.get("tasks", {}).items()}
        for phase, ids in added.table.get("tasks", {}).items():
            for one in phases if phase == ANY else [phase] if phase in phases else []:
                of_block[one] = [*of_block.get(one, ()), *(task for task in ids if task in tasks)]
        blocks[home] = Placed(blocks[home].file, {**blocks[home].table, "tasks": of_block})
    return blocks


def _schedule(manual: Parts, modifier: Parts) -> dict[Key, Placed]:
    """What is due at each moment, with the measures that came."""
    moments = dict(manual.items.get("schedule", {}))
    for when, added in modifier.items.get("schedule", {}).items():
        own = moments[when].table if when in moments else {}
        lists = {key: _beside(own, added.table, key) for key in ("measures", "private", "questions")}
        conditions = {**own.get("conditions", {}), **added.table.get("conditions", {})}
        file = moments[when].file if when in moments else added.file
        moments[when] = Placed(file, {**added.table, **own, **lists, "conditions": conditions})
    return moments
