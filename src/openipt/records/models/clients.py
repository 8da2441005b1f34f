"""The client: profile under a key of their own, and the blind index that finds a name."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import Q

from openipt.records.models.accounts import User
from openipt.records.models.base import Row, Sealed, sealed_column


class Client(Row):
    """Somebody who is offered treatment. Every word about them is in `profile`, sealed.

    `profile`: name, pronouns, email, phone, address, about, and what else a service keeps (any of them
    may be missing).
    """

    user = models.OneToOneField(User, null=True, on_delete=models.PROTECT, related_name="client")
    language = models.CharField(max_length=12, default="en")
    birth_year = models.PositiveSmallIntegerField(null=True)
    region = models.CharField(max_length=20, default="", blank=True)
    profile_sealed = sealed_column()
    created_at = models.DateTimeField()
    erased_at = models.DateTimeField(null=True)

    profile = Sealed("profile_sealed", empty=dict)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="birth_year_in_living_memory",
                condition=Q(birth_year=None) | Q(birth_year__gte=1890, birth_year__lte=2100),
            ),
        ]

    @property
    def sealed_for(self) -> UUID:
        return self.pk

    @property
    def name(self) -> str:
        """The client's name; a neutral word once the record is erased."""
        return "Erased" if self.erased_at else str(self.profile.get("name") or "")

    def about(self, key: str) -> Any:
        return self.profile.get(key, "")


class ClientKey(models.Model):
    """A client's data key, wrapped by a service key. Destroyed for good when the client is erased."""

    client = models.OneToOneField(Client, primary_key=True, on_delete=models.PROTECT, related_name="data_key")
    wrapped_key = models.BinaryField(null=True)
    service_key_id = models.CharField(max_length=40)
    destroyed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="a_client_key_is_there_or_destroyed",
                condition=Q(wrapped_key__isnull=False, destroyed_at=None)
                | Q(wrapped_key__isnull=True, destroyed_at__isnull=False),
            ),
        ]
        indexes = [models.Index(name="client_key_by_service_key", fields=["service_key_id"])]

    def __str__(self) -> str:
        return f"clientkey {self.pk}"


class NameToken(models.Model):
    """One keyed fingerprint of a word of a client's name, or of its beginning."""

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="name_tokens")
    token = models.CharField(max_length=32)

    class Meta:
        constraints = [models.UniqueConstraint(name="one_name_token_each", fields=["token", "client"])]

    def __str__(self) -> str:
        return f"nametoken {self.pk}"


class SecondLock(Row):
    """A second password for the client's own pages, agreed face to face (ipt.md 11.5).

    The ordinary one opens pages on which nothing about somebody dangerous stands; this one opens all.
    """

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="second_locks")
    secret = models.CharField(max_length=256)
    agreed_at = models.DateTimeField()
    agreed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    taken_back_at = models.DateTimeField(null=True)
    taken_back_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="one_standing_second_lock", fields=["client"], condition=Q(taken_back_at=None)
            ),
            models.CheckConstraint(
                name="a_second_lock_taken_back_opens_nothing",
                condition=Q(taken_back_at=None) & ~Q(secret="") | Q(taken_back_at__isnull=False, secret=""),
            ),
        ]
