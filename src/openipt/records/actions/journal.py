"""The client's journal: written for oneself, shared entry by entry, and taken back as easily."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction

from openipt.records import audit
from openipt.records.access import Act, require
from openipt.records.actions import conflicts
from openipt.records.actions.base import Actor, day_of, fault, locked, tidy, wanted_day
from openipt.records.models import Episode, JournalEntry

LONGEST_FIELD = 50_000


@transaction.atomic
def write_journal(
    *,
    episode: Episode,
    words: Mapping[str, str],
    by: Actor,
    at: datetime,
    on: date | None = None,
    kind: str = "journal",
    mood_before: int | None = None,
    mood_after: int | None = None,
    shared: bool = False,
) -> JournalEntry:
    """Something the client writes down. Nobody else sees it unless it is shared."""
    episode = locked(episode, "client")
    require(by, Act.WRITE_OWN, episode=episode, on=day_of(at))
    row = JournalEntry(episode=episode, kind=kind, on=wanted_day(on, at), created_at=at, version=0)
    _take(row, words, mood_before, mood_after, at)
    row.shared, row.shared_at = shared, at if shared else None
    row.save(force_insert=True)
    audit.record("journal-written", by=by, at=at, episode=episode, obj=row)
    return row


def change_journal(
    *,
    journal: JournalEntry,
    words: Mapping[str, str],
    expected_version: int,
    by: Actor,
    at: datetime,
    mood_before: int | None = None,
    mood_after: int | None = None,
) -> JournalEntry:
    """Write it otherwise. From two devices at once, both versions are kept."""
    try:
        return _change(journal, words, expected_version, by, at, mood_before, mood_after)
    except conflicts.Refused as refused:
        key, episode = f"journal:{journal.pk}", journal.episode
        raise conflicts.keep(refused, episode=episode, key=key, field="words", by=by, at=at) from None


@transaction.atomic
def _change(
    journal: JournalEntry,
    words: Mapping[str, str],
    expected: int,
    by: Actor,
    at: datetime,
    mood_before: int | None,
    mood_after: int | None,
) -> JournalEntry:
    row = _own(journal, by, at)
    if row.version != expected:
        raise conflicts.Refused(theirs=row.words, yours=dict(words), current_version=row.version)
    _take(row, words, mood_before, mood_after, at)
    row.save()
    audit.record("journal-changed", by=by, at=at, episode=row.episode, obj=row)
    return row


@transaction.atomic
def share(*, journal: JournalEntry, by: Actor, at: datetime) -> JournalEntry:
    """Show this entry to the therapist."""
    row = _own(journal, by, at)
    row.shared, row.shared_at = True, at
    row.save(update_fields=["shared", "shared_at"])
    audit.record("journal-shared", by=by, at=at, episode=row.episode, obj=row)
    return row


@transaction.atomic
def unshare(*, journal: JournalEntry, by: Actor, at: datetime) -> JournalEntry:
    """Take the sharing back: from now on the therapist does not see it."""
    row = _own(journal, by, at)
    row.shared, row.unshared_at = False, at
    row.save(update_fields=["shared", "unshared_at"])
    audit.record("journal-unshared", by=by, at=at, episode=row.episode, obj=row)
    return row


def _own(journal: JournalEntry, by: Actor, at: datetime) -> JournalEntry:
    row = locked(journal, "episode__client")
    require(by, Act.WRITE_OWN, episode=row.episode, on=day_of(at))
    return row


def _take(
    row: JournalEntry,
    words: Mapping[str, str],
    mood_before: int | None,
    mood_after: int | None,
    at: datetime,
) -> None:
    kept = {
        key: tidy(said, key, longest=LONGEST_FIELD) if isinstance(said, str) else said
        for key, said in words.items()
    }
    kept = {key: said for key, said in kept.items() if said}
    if not kept:
        raise fault("words", "Write a few words here.")
    for path, mood in (("mood_before", mood_before), ("mood_after", mood_after)):
        if mood is not None and not 0 <= mood <= 10:
            raise fault(path, "Choose 0 to 10.")
    row.words, row.mood_before, row.mood_after = kept, mood_before, mood_after
    row.version, row.updated_at = row.version + 1, at
