"""What every row of the record has: an id that says nothing."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import models

from openipt.records.sealing import Sealed


class Row(models.Model):
    """A row with a random id. Its text form is its id, so that no log line ever holds a word of it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self._meta.model_name} {self.pk}"


def sealed_column(**more: Any) -> models.BinaryField:
    """The column behind a `Sealed` attribute."""
    return models.BinaryField(null=True, editable=True, **more)


def choices_of(enum: Any) -> list[tuple[str, str]]:
    return [(member.value, member.value.replace("_", " ")) for member in enum]


__all__ = ["Row", "Sealed", "choices_of", "sealed_column"]
