"""The audit: one keyed chain per episode and one for the service."""

from __future__ import annotations

from django.db import models


class AuditEvent(models.Model):
    """Who did or read what, when. Ids and codes only. `mac` covers this event and the one before."""

    chain = models.CharField(max_length=40)
    seq = models.PositiveIntegerField()
    at = models.DateTimeField()
    actor = models.CharField(max_length=80)
    act = models.CharField(max_length=60)
    object_type = models.CharField(max_length=40, blank=True)
    object_id = models.CharField(max_length=40, blank=True)
    ids = models.JSONField(default=list)
    previous = models.CharField(max_length=64)
    mac = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(name="one_audit_event_per_place", fields=["chain", "seq"])]
        indexes = [models.Index(name="audit_by_act", fields=["act"])]

    def __str__(self) -> str:
        return f"auditevent {self.chain}:{self.seq}"


class ChainHead(models.Model):
    """The last event of a chain. Locked while the next one is written.

    `revision` counts the writes among them: while it stands, so does what was read of the episode.
    """

    chain = models.CharField(max_length=40, primary_key=True)
    seq = models.PositiveIntegerField()
    mac = models.CharField(max_length=64)
    revision = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"chainhead {self.chain}:{self.seq}"
