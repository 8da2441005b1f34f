"""Signing in for request tests, each side with its own cookie, as `middleware.SeparateSessions` has it."""

from __future__ import annotations

from datetime import UTC, datetime

from django.conf import settings
from django.test import Client

from openipt.records.models import User

PASSWORD = "a quiet room, 1974"
AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


def a_user(role: str, username: str = "") -> User:
    """A login with the password above."""
    user = User(
        username=username or f"a-{role}",
        role=role,
        display_name="" if role == "client" else "Ada",
        created_at=AT,
    )
    user.set_password(PASSWORD)
    user.save()
    return user


def sign_in(browser: Client, user: User) -> Client:
    """Put the sign-in of `user` into this browser, beside one that the other side may have."""
    other = Client()
    other.force_login(user, backend="openipt.web.signed_in.Logins")
    session = other.cookies[settings.SESSION_COOKIE_NAME].value
    browser.cookies["openipt_me" if user.role == "client" else settings.SESSION_COOKIE_NAME] = session
    return browser
