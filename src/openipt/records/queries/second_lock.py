"""The second lock of a client's pages: whether one stands, whom it opens for, what stands behind it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.contrib.auth.hashers import check_password, make_password

from openipt.core.course import known
from openipt.core.course.second_lock import Signs
from openipt.records import convert, danger
from openipt.records.models import Entry, Episode, JournalEntry, Role, SecondLock, User
from openipt.records.prepared import Prepared

_STANDING = Prepared(lambda client: SecondLock.objects.filter(client=client, taken_back_at=None), UUID)


def standing(client_id: UUID) -> SecondLock | None:
    """The lock that is agreed now."""
    return _STANDING.first(client_id)


def opened_by(username: str, password: str) -> User | None:
    """The client whose second lock this password opens. It takes as long where there is none."""
    user = User.objects.filter(username=username, role=Role.CLIENT, is_active=True).first()
    if user is None:
        return None
    lock = SecondLock.objects.filter(client__user=user, taken_back_at=None).first()
    if lock is None:
        make_password(password)
        return None
    return user if check_password(password, lock.secret) else None


def signs(episode: Episode) -> Signs:
    """By which words and codes something of this episode is about somebody dangerous."""
    return Signs(known.danger(convert.course(episode)), danger.in_life(episode))


def named_by_client(entries: Iterable[Entry]) -> dict[str, Entry]:
    """Person -> the client's own record that names them: what is moved behind the lock stands on it."""
    return {
        str(entry.payload.get("person_id")): entry
        for entry in entries
        if entry.by_role == Role.CLIENT and entry.payload.get("label")
    }


def moved_by_client(named: Mapping[str, Entry], has_lock: bool) -> dict[str, bool]:
    """Whom the client moved: True behind the lock. Where there is none, whom they named stays where they are."""
    if not has_lock:
        return dict.fromkeys(named, False)
    return {code: entry.behind_lock for code, entry in named.items() if entry.behind_lock is not None}


def signs_of_ordinary(
    found: Signs, labels: Mapping[str, str], named: Mapping[str, Entry], has_lock: bool
) -> Signs:
    """By what something is about somebody whom the client's ordinary pages leave out."""
    moved = moved_by_client(named, has_lock)
    left_out = found.people_behind(labels, own=named.keys(), moved=moved)
    return found.also(left_out, [labels[code] for code, behind in moved.items() if behind and code in labels])


def is_behind(row: JournalEntry | Entry, values: Mapping[str, Any], found: Signs) -> bool:
    """Does this stand behind the lock? As the client moved it; else where it is about somebody dangerous."""
    if row.behind_lock is not None:
        return row.behind_lock
    return found.in_values(values)
