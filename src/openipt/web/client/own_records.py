"""Records the client writes: kept once however often the button was pressed, and behind the lock where it is open."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.http import HttpRequest

from openipt.core.fields.clean import clean
from openipt.records.actions import entries, second_lock
from openipt.records.actions.base import locked
from openipt.records.models import Entry, EntryState
from openipt.web.client.common import ClientPage

TWICE_WITHIN = timedelta(seconds=30)


@transaction.atomic
def add_once(
    page: ClientPage, record_type: str, values: Mapping[str, Any], *, shared: bool, on: date | None = None
) -> Entry:
    """Write it, for today or the day it is of; a second press of the button waits here and then finds the first."""
    locked(page.episode)
    values = clean(page.manual.record_types[record_type], values)
    rows = page.episode.entries.filter(
        record_type=record_type, by=page.user, created_at__gt=page.at - TWICE_WITHIN
    ).exclude(state=EntryState.WITHDRAWN)
    for twin in rows:
        twin.episode = page.episode
        if twin.payload == values and (twin.behind_lock is True) == page.behind:
            return twin
    written = entries.add_entry(
        episode=page.episode,
        record_type=record_type,
        payload=values,
        shared=shared,
        on=on,
        by=page.user,
        at=page.at,
    )
    if page.behind:
        second_lock.move(row=written, behind=True, by=page.user, at=page.at)
    return written


def version_sent(request: HttpRequest) -> int:
    """The version the form was made from; 0 for anything else."""
    typed = request.POST.get("version", "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 9 else 0
