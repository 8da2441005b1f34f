"""Quick lines: the one or two fields of a task's record that a row of the guide saves as they change.

A line belongs to one record of the session. It remembers what its fields held when it was drawn (`was`,
a digest), so that two people or two tabs never overwrite one another, and rows that share a record
(the four fields of `rec_session`) never stand in one another's way.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from openipt.core.course import known
from openipt.core.fields.definitions import FieldType, RecordType, is_empty
from openipt.core.fields.words import in_words
from openipt.core.manual.model import Task
from openipt.core.safety.levels import Level
from openipt.errors import ChangedMeanwhile, EntryNotValid, FieldFault
from openipt.records.actions import entries
from openipt.records.models import Entry
from openipt.web.record_forms import RecordForm
from openipt.web.therapist.records import with_people
from openipt.web.therapist.session_room import DOCUMENTS, Room

TOO_MUCH_FOR_A_LINE = (FieldType.ROWS, FieldType.GROUP, FieldType.SCORES)
MOST_LINES = 60
# Reasons a line asks for only once what it holds needs one (DR-17, DR-18; ipt.md 7.3 step 8).
ASKED_WHERE_NEEDED = ("reason_for_focus", "reason_for_difference")


@dataclass(frozen=True)
class Line:
    """One quick line: its form, the record it changes, and what was there when it was drawn."""

    id: str
    task: str
    index: int
    address: str
    form: RecordForm
    was: str
    saved_at: datetime | None = None
    theirs: str = ""

    @property
    def is_saved(self) -> bool:
        return self.saved_at is not None


def quick_keys(room: Room, tasks: tuple[Task, ...]) -> tuple[str, ...]:
    """The fields a row asks for: those of all its tasks, as far as one line can hold them."""
    kind = room.manual.record_types[tasks[0].record]
    wanted = [key for task in tasks for key in task.quick or kind.quick_fields]
    if kind.id == "rec_risk":
        wanted.append("level")  # asked before signing: one press here instead of a form later
        wanted += ["reason"] if _stands_above_green(room) else []  # it goes down only with a written reason
    fields = {part.key: part for part in kind.fields_for("therapist")}
    kept = [key for key in dict.fromkeys(wanted) if key in fields]
    return tuple(key for key in kept if fields[key].type not in TOO_MUCH_FOR_A_LINE)


def _stands_above_green(room: Room) -> bool:
    level = known.risk_level(room.before)
    set_here = (Level.named(e.payload.get("level")) for e in room.own_entries if e.record_type == "rec_risk")
    stands = [level.level if level else Level.GREEN, *(one for one in set_here if one is not None)]
    return max(stands) > Level.GREEN


def lines_of(room: Room, tasks: tuple[Task, ...], *, extra: int = 0) -> tuple[Line, ...]:
    """A line for every record that shows these tasks here, and a blank one where there is none yet.

    `extra` blank lines are added where another record of the same kind is wanted.
    """
    keys = quick_keys(room, tasks)
    if not keys:
        return ()
    found: list[Entry | None] = list(room.entries_of(tasks[0]))
    rows = [*found, *[None] * (extra if found else max(1, extra))]
    return tuple(line_of(room, tasks, index, entry, keys) for index, entry in enumerate(rows))


def line_of(
    room: Room, tasks: tuple[Task, ...], index: int, entry: Entry | None, keys: tuple[str, ...]
) -> Line:
    """The line as the record holds it."""
    kind = room.manual.record_types[tasks[0].record]
    values = entry.payload if entry is not None and entry.record_type == kind.id else {}
    form = _drawn(room, tasks, index, values, keys=keys)
    filled = any(not is_empty(values.get(key)) for key in keys)
    return _line(
        room, tasks, index, form, digest(values, keys), saved_at=entry.updated_at if filled else None
    )


def _line(room: Room, tasks: tuple[Task, ...], index: int, form: RecordForm, was: str, **more: Any) -> Line:
    task = tasks[0].id
    return Line(_id(tasks, index), task, index, room.address(f"tasks/{task}/{index}/"), form, was, **more)


def _id(tasks: tuple[Task, ...], index: int) -> str:
    return f"line-{tasks[0].id}-{index}"


def digest(values: Mapping[str, Any], keys: tuple[str, ...]) -> str:
    """What these fields hold, as a short mark that says nothing of the words."""
    held = {key: values[key] for key in sorted(keys) if not is_empty(values.get(key))}
    return hashlib.sha256(json.dumps(held, sort_keys=True).encode()).hexdigest()[:24]


# -- saving ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Saving:
    """What became of a line that was sent."""

    line: Line
    saved: bool
    entry: Entry | None = None


def save_line(room: Room, tasks: tuple[Task, ...], index: int, post: Any) -> Saving:
    """Save a line into its record: a new one, the same again, or emptied and so taken back."""
    kind = room.manual.record_types[tasks[0].record]
    keys = (*quick_keys(room, tasks), *(key for key in ASKED_WHERE_NEEDED if key in post))
    entry = _entry_at(room, tasks, index)
    form = _form_of(room, tasks, index, post, entry, keys)
    if form.faults or form.is_row_action:
        return Saving(_line(room, tasks, index, form, post.get("was", "")), False)
    stored = entry.payload if entry is not None else {}
    here, sent = digest(stored, keys), digest(form.values, keys)
    if here not in (post.get("was", here), sent):
        theirs = said_of(room, kind, stored, keys)
        return Saving(
            _line(room, tasks, index, form, here, theirs=theirs or "Nothing: it was cleared."), False
        )
    if here == sent:
        saved_at = entry.updated_at if entry is not None and sent != digest({}, keys) else None
        return Saving(_line(room, tasks, index, form, sent, saved_at=saved_at), True, entry)
    try:
        kept = _keep(room, tasks, entry, form, keys)
    except EntryNotValid as error:
        asked = tuple(
            key for key in ASKED_WHERE_NEEDED if key in {one.path for one in error.faults} - {*keys}
        )
        form = _drawn(room, tasks, index, form.values, error.faults, (*keys, *asked))
        return Saving(_line(room, tasks, index, form, here), False)
    except ChangedMeanwhile:
        room.forget()
        return save_line(room, tasks, index, post)
    room.forget()
    saved_at = kept.updated_at if kept is not None and sent != digest({}, keys) else None
    return Saving(_line(room, tasks, index, form, sent, saved_at=saved_at), True, kept)


def _entry_at(room: Room, tasks: tuple[Task, ...], index: int) -> Entry | None:
    found = room.entries_of(tasks[0])
    return found[index] if index < len(found) else None


def _form_of(
    room: Room, tasks: tuple[Task, ...], index: int, post: Any, entry: Entry | None, keys: tuple[str, ...]
) -> RecordForm:
    """What was sent. A line that was emptied asks for nothing."""
    kind = room.manual.record_types[tasks[0].record]
    form = RecordForm.from_post(
        kind,
        post,
        people=room.page.people_to_pick,
        codes=room.page.codes,
        before=entry.payload if entry is not None else base_of(room, kind),
        only=keys,
        id_prefix=_id(tasks, index),
    )
    if form.is_row_action or _says_anything(form) or not _is_all(room, tasks, entry):
        return form
    return _drawn(room, tasks, index, {})


def _drawn(
    room: Room,
    tasks: tuple[Task, ...],
    index: int,
    values: Mapping[str, Any],
    faults: tuple[FieldFault, ...] = (),
    keys: tuple[str, ...] = (),
) -> RecordForm:
    return RecordForm.from_values(
        room.manual.record_types[tasks[0].record],
        values,
        people=room.page.people_to_pick,
        codes=room.page.codes,
        only=keys or quick_keys(room, tasks),
        id_prefix=_id(tasks, index),
        faults=faults,
    )


def _says_anything(form: RecordForm) -> bool:
    return any(not is_empty(form.values.get(control.field.key)) for control in form.controls)


def _is_all(room: Room, tasks: tuple[Task, ...], entry: Entry | None) -> bool:
    """Nothing but the fields of the line stands in the record: emptied, there is nothing left of it."""
    keys = quick_keys(room, tasks)
    return entry is None or all(is_empty(v) for key, v in entry.payload.items() if key not in keys)


def base_of(room: Room, kind: RecordType) -> dict[str, Any]:
    """What a new record begins with: the last version of a document, nothing otherwise."""
    if kind.id not in DOCUMENTS:
        return {}
    found = room.course.entries_of(kind.id)
    return dict(found[-1].values) if found else {}


def _keep(
    room: Room, tasks: tuple[Task, ...], entry: Entry | None, form: RecordForm, keys: tuple[str, ...]
) -> Entry | None:
    by, at = room.user, room.page.at
    empty = all(is_empty(form.values.get(key)) for key in keys)
    if entry is None:
        if empty:
            return None
        return write_new(room, form.record_type, form.values, for_task="" if tasks[0].field else tasks[0].id)
    if empty and _is_all(room, tasks, entry):
        entries.withdraw_entry(entry=entry, by=by, at=at, expected_version=entry.version)
        return None
    return entries.save_entry(
        entry=entry,
        payload=with_people(room.page, form.record_type, form.values),
        expected_version=entry.version,
        by=by,
        at=at,
    )


def write_new(room: Room, kind: RecordType, values: Mapping[str, Any], *, for_task: str = "") -> Entry:
    """A new record of this session. Somebody named for the first time joins the inventory."""
    return entries.add_entry(
        episode=room.episode,
        record_type=kind.id,
        payload=with_people(room.page, kind, dict(values)),
        session=room.session,
        for_task=for_task,
        by=room.user,
        at=room.page.at,
    )


def said_of(room: Room, kind: RecordType, values: Mapping[str, Any], keys: tuple[str, ...]) -> str:
    """The fields of a line in words."""
    shown = {key: values[key] for key in keys if key in values}
    lines = in_words(kind, shown, people=room.page.people_to_pick, codes=room.page.codes)
    return "; ".join(line.text or ", ".join(line.items) for line in lines)
