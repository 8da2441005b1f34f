"""What danger from another person locks in an entry that is about to be kept, asked of the core."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from openipt.core.course import call, known
from openipt.core.course.course import Course
from openipt.core.course.course import Entry as CoreEntry
from openipt.core.course.locks import LOCKED_FIELDS, InLife, lock_faults, locked_fields
from openipt.errors import FieldFault
from openipt.records import convert
from openipt.records.models import Entry, Episode


def faults(entry: Entry, before: Mapping[str, Any] | None) -> tuple[FieldFault, ...]:
    """Why these values may not be kept now (DR-06); the entry's own safety flag counts at once."""
    if entry.record_type not in LOCKED_FIELDS:
        return ()
    danger = known.danger(_with(entry))
    return lock_faults(entry.record_type, entry.payload, before, danger, in_life(entry.episode))


def private_faults(entry: Entry) -> tuple[FieldFault, ...]:
    """Why answers about violence may not be kept now: the session is by phone or video, and not private (TE-05)."""
    if not call.asks_about_violence(entry.record_type, entry.payload):
        return ()
    course = convert.course(entry.episode)
    number = entry.session.number if entry.session is not None else None
    meeting = call.meeting_at(course, number, entry.on)
    return call.private_faults(entry.record_type, entry.payload, course, meeting)


def locked(entry: Entry) -> tuple[str, ...]:
    """Fields of this entry that nobody may ask for, because danger locks them."""
    if entry.record_type not in LOCKED_FIELDS:
        return ()
    danger = known.danger(_with(entry))
    return locked_fields(entry.record_type, entry.payload, danger, in_life(entry.episode))


def newly_named(entry: Entry) -> str:
    """The ground for danger this entry brings, where nothing of it was on record before; "" otherwise."""
    before, now = known.danger(_without(entry)), known.danger(_with(entry))
    grounds = [ground for ground in now.grounds if ground not in before.grounds]
    return grounds[0] if grounds else (entry.record_type if set(now.persons) - set(before.persons) else "")


def in_life(episode: Episode) -> dict[str, InLife]:
    """Everybody of the inventory by code, as they are called there."""
    found = {}
    for person in episode.people.filter(withdrawn_at=None):
        person.episode = episode
        found[person.code] = InLife(person.label, person.relation)
    return found


def _without(entry: Entry) -> Course:
    course = convert.course(entry.episode)
    return replace(course, entries=tuple(one for one in course.entries if one.order != entry.order))


def _with(entry: Entry) -> Course:
    course = _without(entry)
    own = CoreEntry(
        record=entry.record_type,
        on=entry.on,
        values=entry.payload,
        for_task=entry.for_task,
        by_role=entry.by_role,
        order=entry.order,
    )
    return replace(course, entries=(*course.entries, own))
