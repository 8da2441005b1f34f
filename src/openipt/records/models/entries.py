"""Entries: any record type of the manual, one mechanism; and the client's journal."""

from __future__ import annotations

from enum import StrEnum
from uuid import UUID

from django.db import models
from django.db.models import Q

from openipt.records.models.accounts import Role, User
from openipt.records.models.base import Row, Sealed, choices_of, sealed_column
from openipt.records.models.episodes import Episode, OfEpisode
from openipt.records.models.sessions import Session


class EntryState(StrEnum):
    """A draft may lack what signing asks for; a withdrawn one is kept but no longer counts."""

    DRAFT = "draft"
    FINAL = "final"
    WITHDRAWN = "withdrawn"


class Entry(OfEpisode):
    """One record (`rec_*`) with its values sealed in `payload`. Entries of a signed session stand.

    `on` is the day it is about, `created_at` the moment it was written down. `version` counts saves;
    every earlier version is kept in `versions`. `shared` matters for what a client wrote. `behind_lock`:
    the client moved it behind their second lock, or out again; None leaves it to what it is about.
    """

    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, related_name="entries")
    session = models.ForeignKey(Session, null=True, on_delete=models.PROTECT, related_name="entries")
    record_type = models.CharField(max_length=60)
    record_version = models.CharField(max_length=20, default="1")
    on = models.DateField()
    order = models.PositiveIntegerField()
    payload_sealed = sealed_column()
    for_task = models.CharField(max_length=20, blank=True, default="")
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    by_role = models.CharField(max_length=20, choices=choices_of(Role))
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)
    state = models.CharField(max_length=20, choices=choices_of(EntryState), default=EntryState.FINAL.value)
    shared = models.BooleanField(default=False)
    behind_lock = models.BooleanField(null=True)
    amends = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="amended_by")

    payload = Sealed("payload_sealed", empty=dict)

    class Meta:
        ordering = ["on", "order"]
        constraints = [
            models.UniqueConstraint(name="one_entry_per_place", fields=["episode", "order"]),
            models.CheckConstraint(
                name="entry_state_known", condition=Q(state__in=[s.value for s in EntryState])
            ),
            models.CheckConstraint(name="an_entry_has_values", condition=Q(payload_sealed__isnull=False)),
        ]
        indexes = [models.Index(name="entries_by_record", fields=["episode", "record_type", "on"])]


class EntryVersion(Row):
    """An earlier version of an entry, kept as it was."""

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="versions")
    version = models.PositiveIntegerField()
    payload_sealed = sealed_column()
    at = models.DateTimeField()
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    payload = Sealed("payload_sealed", empty=dict)

    class Meta:
        ordering = ["version"]
        constraints = [models.UniqueConstraint(name="one_row_per_entry_version", fields=["entry", "version"])]

    @property
    def sealed_for(self) -> UUID:
        return self.entry.episode.client_id


class JournalEntry(OfEpisode):
    """What the client writes for themselves. Nobody else sees it until it is shared.

    `words`: what happened, with whom, and whatever the form asks; sealed. `behind_lock` as of an entry.
    """

    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, related_name="journal")
    kind = models.CharField(max_length=20, default="journal")
    on = models.DateField()
    words_sealed = sealed_column()
    mood_before = models.PositiveSmallIntegerField(null=True)
    mood_after = models.PositiveSmallIntegerField(null=True)
    shared = models.BooleanField(default=False)
    shared_at = models.DateTimeField(null=True)
    unshared_at = models.DateTimeField(null=True)
    behind_lock = models.BooleanField(null=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    words = Sealed("words_sealed", empty=dict)

    class Meta:
        ordering = ["on", "created_at"]
        constraints = [
            models.CheckConstraint(
                name="a_shared_journal_entry_says_when",
                condition=Q(shared=False) | Q(shared_at__isnull=False),
            ),
            models.CheckConstraint(
                name="journal_mood_in_range",
                condition=(Q(mood_before=None) | Q(mood_before__lte=10))
                & (Q(mood_after=None) | Q(mood_after__lte=10)),
            ),
        ]
