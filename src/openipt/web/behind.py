"""The view behind a client's second lock: opened by its own password at the ordinary door, closed by itself.

Nothing on the ordinary pages says that there is another view. What a browser keeps of half-typed text
behind the lock is under a key and a name of its own, so that it never comes back on an ordinary page.
"""

from __future__ import annotations

import hashlib
import hmac
import uuid
from datetime import datetime, timedelta

from django.http import HttpRequest

from openipt.records.models import User
from openipt.records.queries import second_lock
from openipt.web import clock

IN_SESSION = "view"
# Project default (DEFAULT): a device put down unlocked shows the ordinary pages again.
CLOSES_AFTER = timedelta(minutes=15)
NOTED_EVERY = timedelta(minutes=1)


def open_after_sign_in(request: HttpRequest, user: User) -> None:
    """Open the view where the password that was just typed was that of the second lock."""
    client = getattr(user, "client", None) if getattr(user, "opened_second_lock", False) else None
    lock = second_lock.standing(client.pk) if client is not None else None
    if lock is not None:
        request.session[IN_SESSION] = {"lock": str(lock.pk), "at": clock.now().isoformat()}


def is_open(request: HttpRequest, client_id: uuid.UUID) -> bool:
    """Is this browser behind the lock that stands now? A while without a page closes it."""
    seen = request.session.get(IN_SESSION)
    if not seen:
        return False
    lock, now = second_lock.standing(client_id), clock.now()
    idle = now - datetime.fromisoformat(seen["at"])
    if lock is None or str(lock.pk) != seen["lock"] or not timedelta(0) <= idle < CLOSES_AFTER:
        close(request)
        return False
    if idle >= NOTED_EVERY:
        request.session[IN_SESSION] = {**seen, "at": now.isoformat()}
    return True


def close(request: HttpRequest) -> None:
    request.session.pop(IN_SESSION, None)


def draft_key(key: bytes, user: User) -> tuple[bytes, str]:
    """Key and name under which half-typed text of this view is kept on the device."""
    derived = hmac.new(key, b"openipt.behind", hashlib.sha256).digest()
    return derived, str(uuid.UUID(bytes=hmac.new(derived, user.pk.bytes, hashlib.sha256).digest()[:16]))
