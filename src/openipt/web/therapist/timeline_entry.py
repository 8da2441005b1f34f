"""What was just kept on the time line or taken back, and the way back from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from openipt.errors import NoAccess
from openipt.records.models import Entry, EntryState
from openipt.web.therapist.common import EpisodePage, entry_of
from openipt.web.therapist.room_parts import may_write
from openipt.web.timeline_rows import words_of
from openipt.web.timeline_view import TIMELINE


@dataclass(frozen=True)
class Done:
    """What was just kept or taken back, and the way back from it."""

    words: str
    entry_id: str
    taken: bool


def entry_named(page: EpisodePage, given: str) -> Entry:
    """An entry of this time line by its id; `NoAccess` for any other."""
    try:
        entry = entry_of(page, UUID(given))
    except ValueError:
        raise NoAccess from None
    if entry.record_type != TIMELINE:
        raise NoAccess
    return entry


def just_done(page: EpisodePage, asked: Mapping[str, str]) -> Done | None:
    """What the address says was just done, if it was."""
    for name, taken in (("kept", False), ("taken", True)):
        given = asked.get(name, "")
        if not given or not may_write(page, TIMELINE):
            continue
        try:
            entry = entry_named(page, given)
        except NoAccess:
            continue
        if (entry.state == EntryState.WITHDRAWN) == taken and entry.visible.get("text"):
            return Done(words_of(entry.visible), str(entry.pk), taken)
    return None
