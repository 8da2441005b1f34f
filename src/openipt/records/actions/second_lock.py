"""The second lock: agreed face to face, taken back face to face; what stands behind it is the client's to move.

Nothing is deleted or changed by any of it, and a clinician reads what is shared as before.
"""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from openipt.errors import EntryNotValid, FieldFault
from openipt.records import audit
from openipt.records.access import Act, require
from openipt.records.actions.base import Actor, Operator, day_of, fault, locked, refuse
from openipt.records.models import Entry, Episode, JournalEntry, Role, SecondLock, User
from openipt.records.queries import second_lock

ALONE = "Confirm that the client is alone with you, in the same room. Nothing is agreed otherwise."
SAME = "Choose another one: this opens the ordinary pages."


@transaction.atomic
def agree(*, episode: Episode, password: str, alone_confirmed: bool, by: Actor, at: datetime) -> SecondLock:
    """The client has chosen a second password, alone with the clinician. An earlier one opens nothing more."""
    episode = locked(episode, "client__user")
    by = _clinician(episode, by, at)
    if not alone_confirmed:
        raise fault("alone_confirmed", ALONE)
    if episode.client.user is None:
        raise refuse("The client has no login yet. Give one first.")
    _check(episode.client.user, password)
    _end(episode, by, at)
    lock = SecondLock.objects.create(
        client=episode.client, secret=make_password(password), agreed_at=at, agreed_by=by
    )
    audit.record("second-lock-agreed", by=by, at=at, episode=episode, obj=lock)
    return lock


def _check(user: User, password: str) -> None:
    if user.check_password(password):
        raise fault("password", SAME)
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise EntryNotValid(tuple(FieldFault("password", message) for message in error.messages)) from None


@transaction.atomic
def take_back(*, episode: Episode, alone_confirmed: bool, by: Actor, at: datetime) -> None:
    """From now on the ordinary password opens everything again. Only with the client, alone."""
    episode = locked(episode, "client__user")
    by = _clinician(episode, by, at)
    if not alone_confirmed:
        raise fault("alone_confirmed", ALONE)
    ended = _end(episode, by, at)
    if ended is not None:
        audit.record("second-lock-taken-back", by=by, at=at, episode=episode, obj=ended)


def _clinician(episode: Episode, by: Actor, at: datetime) -> User:
    require(by, Act.WRITE_SAFETY, episode=episode, on=day_of(at))
    if isinstance(by, Operator) or by.role not in (Role.THERAPIST, Role.SUPERVISOR):
        raise refuse("Only a clinician who meets the client agrees on this.")
    return by


def _end(episode: Episode, by: User, at: datetime) -> SecondLock | None:
    standing = second_lock.standing(episode.client_id)
    if standing is not None:
        standing.secret, standing.taken_back_at, standing.taken_back_by = "", at, by
        standing.save()
    return standing


@transaction.atomic
def move(*, row: JournalEntry | Entry, behind: bool, by: Actor, at: datetime) -> None:
    """The client puts something of theirs behind the second lock, or where the ordinary password shows it."""
    row = locked(row, "episode__client")
    require(by, Act.WRITE_OWN, episode=row.episode, on=day_of(at))
    if isinstance(row, Entry) and row.by_role != Role.CLIENT:
        raise refuse("What was written in a meeting stays where it is.")
    row.behind_lock = behind
    row.save(update_fields=["behind_lock"])
    audit.record("moved-by-client", by=by, at=at, episode=row.episode, obj=row)
