"""Who is signed in, asked by every page: Django's own session and login, through queries compiled once."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth.backends import ModelBackend
from django.contrib.sessions.backends.db import SessionStore as DatabaseSessions
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.utils import timezone

from openipt.records.models import User
from openipt.records.prepared import Prepared
from openipt.records.queries import second_lock

_SESSION = Prepared(lambda key: Session.objects.filter(session_key=key), str)
_USER = Prepared(lambda user: User.objects.filter(pk=user), UUID)


class SessionStore(DatabaseSessions):
    """Sessions in the database. A session that is over is none."""

    def _get_session_from_db(self) -> Session | None:
        found = _SESSION.first(self.session_key) if self.session_key else None
        if found is not None and found.expire_date > timezone.now():
            return found
        self._session_key = None
        return None


class Logins(ModelBackend):
    """Django's check of name and password; the login behind a session is read by its id.

    A client may have a second password for the same door (`web.behind`).
    """

    def authenticate(
        self, request: Any, username: str | None = None, password: str | None = None, **more: Any
    ) -> Any:
        user = super().authenticate(request, username=username, password=password, **more)
        if user is None and username and password:
            user = second_lock.opened_by(username, password)
            if user is not None:
                user.opened_second_lock = True
        return user

    def get_user(self, user_id: Any) -> User | None:
        try:
            user = _USER.first(user_id if isinstance(user_id, UUID) else UUID(str(user_id)))
        except (ValueError, ValidationError):
            return None
        return user if user is not None and self.user_can_authenticate(user) else None
