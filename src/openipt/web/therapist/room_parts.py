"""What the rooms of an episode share: where a record is begun, the session at hand, writing with its faults."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from django.db import transaction

from openipt.core.fields.clean import clean
from openipt.records.actions import entries
from openipt.records.actions.base import locked
from openipt.records.models import Entry, EntryState, Session
from openipt.web.therapist.common import EpisodePage
from openipt.web.therapist.presenters_records import may_write_type

TWICE_WITHIN = timedelta(seconds=30)


def may_write(page: EpisodePage, record: str) -> bool:
    kind = page.manual.record_types.get(record)
    return kind is not None and may_write_type(page, kind)


def new_address(page: EpisodePage, record: str, **more: str) -> str:
    """Where a record is begun, coming back to this room; "" for somebody who may not write it."""
    if not may_write(page, record):
        return ""
    session = page.session_at_hand
    query = {"session": str(session.pk) if session else "", "next": page.address(f"{page.room}/"), **more}
    kept = urlencode({key: value for key, value in query.items() if value})
    return page.address(f"records/{record}/new/?{kept}")


def edit_address(page: EpisodePage, entry: Entry, *, writes: bool | None = None) -> str:
    """Where an entry is changed, coming back to this room; its own page where it stays as it is.

    `writes`: whether this person may write such records, where it is known already.
    """
    signed = entry.session is not None and entry.session.is_signed
    writes = may_write(page, entry.record_type) if writes is None else writes
    if signed or entry.by_role == "client" or not writes:
        return page.address(f"records/{entry.pk}/")
    return page.address(f"records/{entry.pk}/edit/?{_next(page.address(f'{page.room}/'))}")


@lru_cache(maxsize=256)
def _next(address: str) -> str:
    return urlencode({"next": address})


@transaction.atomic
def add_once(
    page: EpisodePage, record: str, values: Mapping[str, Any], *, task: str = "", final: bool = False
) -> Entry:
    """Write a record into the session at hand; pressing the same button twice writes it once."""
    locked(page.episode)  # a second press waits here, and then finds the first
    values = clean(page.manual.record_types[record], values)
    session = page.session_at_hand
    there = _sent_twice(page, record, values, session)
    if there is not None:
        return there
    return entries.add_entry(
        episode=page.episode,
        record_type=record,
        payload=values,
        session=session,
        for_task=task,
        final=final,
        by=page.user,
        at=page.at,
    )


def _sent_twice(
    page: EpisodePage, record: str, values: Mapping[str, Any], session: Session | None
) -> Entry | None:
    rows = page.episode.entries.filter(
        record_type=record, session=session, by=page.user, created_at__gt=page.at - TWICE_WITHIN
    ).exclude(state=EntryState.WITHDRAWN)
    for entry in rows:
        entry.episode = page.episode
        if entry.payload == values:
            return entry
    return None


def still_open(page: EpisodePage, entry: Entry) -> bool:
    """Whether a change belongs into this very record: written today, or in the session at hand."""
    session = page.session_at_hand
    of_session = session is not None and entry.session_id == session.pk
    return entry.by_role != "client" and (of_session or (entry.session_id is None and entry.on == page.on))


def keep_version(
    page: EpisodePage,
    record: str,
    entry: Entry | None,
    values: Mapping[str, Any],
    expected_version: int,
    *,
    task: str = "",
    final: bool = False,
) -> Entry:
    """A document's words of today: in the record that is still open, else as a new version beside it."""
    if entry is None or not still_open(page, entry):
        return add_once(page, record, values, task=task, final=final)
    return entries.save_entry(
        entry=entry,
        payload=values,
        expected_version=expected_version,
        final=True if final else None,
        by=page.user,
        at=page.at,
    )


def version_read(post: Mapping[str, str], entry: Entry | None) -> int:
    """The version the form was made from."""
    sent = str(post.get("version", ""))
    return int(sent) if sent.isdecimal() and len(sent) < 9 else entry.version if entry else 0
