"""A new service key, and every wrapped key under it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from openipt.records import audit, keys, sealing
from openipt.records.actions.accounts import rewrap_draft_key
from openipt.records.actions.base import Actor, Operator, held, refuse
from openipt.records.models import ClientKey, DraftKey

AT_ONCE = 500


@transaction.atomic
def add_key(*, by: Actor, at: datetime) -> str:
    """Make a new service key, which wraps from now on. Returns its id."""
    _operator_only(by)
    key_id = keys.add_service_key()
    audit.record("service-key-added", by=by, at=at)
    return key_id


def rewrap_all(*, by: Actor, at: datetime) -> int:
    """Wrap every key under the current service key, some hundred in one transaction. Returns how many."""
    _operator_only(by)
    current, _ = keys.service_ring().current
    count = 0
    while done := _rewrap_some(current, by, at):
        count += done
    return count


@transaction.atomic
def _rewrap_some(current: str, by: Actor, at: datetime) -> int:
    waiting = held(ClientKey.objects.filter(destroyed_at=None)).order_by("pk")
    rows = list(waiting.exclude(service_key_id=current)[:AT_ONCE])
    for row in rows:
        row.wrapped_key, row.service_key_id = sealing.rewrap(
            bytes(row.wrapped_key), row.service_key_id, row.client_id
        )
        row.save(update_fields=["wrapped_key", "service_key_id"])
    drafts = list(DraftKey.objects.exclude(service_key_id=current).select_related("user")[:AT_ONCE])
    for draft in drafts:
        rewrap_draft_key(draft)
    if rows or drafts:
        audit.record("keys-rewrapped", by=by, at=at, ids=[row.pk for row in rows])
    return len(rows) + len(drafts)


def _operator_only(by: Actor) -> None:
    if not isinstance(by, Operator):
        raise refuse("Service keys are changed on the machine itself, with openipt keys rotate.")
