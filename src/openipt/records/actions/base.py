"""What every action needs: the row locked and fresh, words tidied, refusals in words.

Rows are held in one order, so that of two who wait for one another there is never a circle: the worker's lease,
the counts of those who ask, the client, their enquiry, the episode, then whatever belongs to it (session, check-in, entry, person, alert), the watch over an
alert, the tellings of it, and last the place in the audit. Of several of a kind the lower id comes first. `locked`
keeps that order; `held` is for everything that is not locked by it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from functools import wraps
from typing import Any, TypeVar
from uuid import UUID

from django.db import OperationalError, connection
from django.db.models import Model, QuerySet

from openipt.core.fields.clean import clean_words
from openipt.errors import EntryNotValid, FieldFault, NotAllowedNow
from openipt.records.actors import Actor, Operator, day_of, user_or_none
from openipt.records.models import Episode
from openipt.records.prepared import Prepared

LONGEST_WORDS = 50_000
EARLIEST = date(1900, 1, 1)  # a slip of the year, such as 0226 or 1026
Kept = TypeVar("Kept", bound=Model)
Done = TypeVar("Done")

__all__ = [
    "Actor",
    "Operator",
    "again_after_a_deadlock",
    "day_of",
    "fault",
    "held",
    "hold_all",
    "locked",
    "refuse",
    "tidy",
    "user_or_none",
    "wanted_day",
]


def locked(row: Kept, *related: str) -> Kept:
    """The row as it stands now, held against other writers until the transaction ends; first its episode."""
    model: Any = row._meta.model
    if connection.features.has_select_for_update and any(f.name == "episode" for f in model._meta.fields):
        of = model._default_manager.filter(pk=row.pk).values("episode")
        hold_all(Episode.objects.filter(pk__in=of))
    if not connection.features.has_select_for_update and isinstance(row.pk, UUID):
        return _as_it_stands(model, related, row.pk)
    rows: Any = held(model._default_manager.all())
    return (rows.select_related(*related) if related else rows).get(pk=row.pk)


def _as_it_stands(model: Any, related: tuple[str, ...], pk: UUID) -> Any:
    """The row where the database has one writer at a time and nothing is to be held: every act asks for it."""
    known = _ROWS.get((model, related))
    if known is None:
        rows = model._default_manager.all()
        rows = rows.select_related(*related) if related else rows
        known = _ROWS[model, related] = Prepared(lambda one: rows.filter(pk=one), UUID)
    found = known.first(pk)
    if found is None:
        raise model.DoesNotExist
    return found


_ROWS: dict[tuple[Any, tuple[str, ...]], Prepared[Any]] = {}


def held(rows: QuerySet[Kept]) -> QuerySet[Kept]:
    """These rows against other writers, where the database locks rows at all.

    Not against one that only points at them: PostgreSQL looks at the other end of a foreign key when the
    transaction ends, and whoever waits there already holds its place in the audit.
    """
    return rows.select_for_update(of=("self",), no_key=True)


def hold_all(rows: QuerySet[Kept]) -> None:
    """Hold all of these in the order of their ids, before they are changed together."""
    if connection.features.has_select_for_update:
        list(held(rows).order_by("pk").only("pk"))


def refuse(*reasons: str) -> NotAllowedNow:
    return NotAllowedNow(tuple(reasons))


def fault(path: str, message: str) -> EntryNotValid:
    return EntryNotValid((FieldFault(path, message),))


def tidy(words: str, path: str, *, required: bool = False, longest: int = LONGEST_WORDS) -> str:
    """Words without control characters; refused when too long, or missing where they are needed."""
    kept = clean_words(str(words or ""))
    if len(kept) > longest:
        raise fault(path, f"This is longer than {longest:,} characters. Shorten it or split it.")
    if required and not kept:
        raise fault(path, "Write a few words here.")
    return kept


def wanted_day(on: date | None, at: datetime, *, path: str = "on", future: bool = False) -> date:
    """The day given, else today; never one that has not come yet, nor one nobody alive remembers."""
    today = day_of(at)
    if on is None:
        return today
    if on > today and not future:
        raise fault(path, "This day has not come yet.")
    if on < EARLIEST:
        raise fault(path, f"This day lies before {EARLIEST.year}. Look at the year.")
    return on


TRIES = 4
DEADLOCK = "40P01"  # PostgreSQL: two waited for each other, and this one was let go with nothing of it kept


def again_after_a_deadlock(act: Callable[..., Done]) -> Callable[..., Done]:
    """An action that is done again where the database let it go for another one: a client's answer is never
    refused because the worker looked at the same rows. The one order of locks leaves no circle to wait in; this
    is the net below it. Inside a transaction of the caller's it is theirs.
    """

    @wraps(act)
    def tried(**given: Any) -> Done:
        for _ in range(TRIES - 1):
            if connection.in_atomic_block:
                break
            try:
                return act(**given)
            except OperationalError as error:
                if getattr(error.__cause__, "sqlstate", None) != DEADLOCK:
                    raise
        return act(**given)

    return tried
