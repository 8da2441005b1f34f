"""The client's journal: all of it for the client, what is shared for the episode's team."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.core.exceptions import ValidationError

from openipt.errors import NoAccess
from openipt.records.access import Act, may
from openipt.records.actors import Actor
from openipt.records.models import Episode, JournalEntry


def journal_of(user: Actor, episode: Episode, on: date) -> list[JournalEntry]:
    """Entries this reader may see, oldest first."""
    rows = JournalEntry.objects.filter(episode=episode).order_by("on", "created_at")
    if not may(user, Act.SEE_OWN, episode=episode, on=on):
        if not may(user, Act.SEE_EPISODE, episode=episode, on=on):
            return []
        rows = rows.filter(shared=True)
    found = list(rows)
    for row in found:
        row.episode = episode
    return found


def journal_entry_for(user: Actor, journal_id: UUID | str, on: date) -> JournalEntry:
    """One entry, or `NoAccess`: also for one that is not shared."""
    try:
        found = JournalEntry.objects.filter(pk=journal_id).select_related("episode__client").first()
    except (ValidationError, ValueError):
        found = None
    if found is None or found not in journal_of(user, found.episode, on):
        raise NoAccess
    return found
