"""The client's journal: all of it for the client, what is shared for the episode's team."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.core.exceptions import ValidationError

from openipt.errors import NoAccess
from openipt.records.access import Act, may
from openipt.records.actors import Actor
from openipt.records.models import Episode, JournalEntry
from openipt.records.prepared import Prepared

_OF_EPISODE = Prepared(
    lambda episode: JournalEntry.objects.filter(episode=episode).order_by("on", "created_at"), UUID
)
_SHARED = Prepared(
    lambda episode: JournalEntry.objects.filter(episode=episode, shared=True).order_by("on", "created_at"),
    UUID,
)


_SHARED_MOODS = Prepared(
    lambda episode: (
        JournalEntry.objects.filter(episode=episode, shared=True)
        .order_by("on", "created_at")
        .values_list("on", "mood_before", "mood_after")
    ),
    UUID,
)


def shared_moods(user: Actor, episode: Episode, on: date) -> list[tuple[date, int]]:
    """Moods of entries the client has shared, for the episode's team; what is kept private is not asked for."""
    if not may(user, Act.SEE_EPISODE, episode=episode, on=on):
        return []
    rows = _SHARED_MOODS(episode.pk)
    return [(day, mood) for day, before, after in rows for mood in (before, after) if mood is not None]


def journal_of(user: Actor, episode: Episode, on: date) -> list[JournalEntry]:
    """Entries this reader may see, oldest first."""
    if may(user, Act.SEE_OWN, episode=episode, on=on):
        found = _OF_EPISODE(episode.pk)
    elif may(user, Act.SEE_EPISODE, episode=episode, on=on):
        found = _SHARED(episode.pk)
    else:
        return []
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
