"""A therapist at their desk on a set day: an episode, a browser, and every role that may knock."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from tests import factories
from tests.web.signing_in import sign_in

from openipt.records.models import Role, User
from openipt.web import clock


def set_clock(monkeypatch: pytest.MonkeyPatch, at: datetime) -> None:
    """The service's clock stands at this moment."""
    monkeypatch.setattr(clock, "now", lambda: at)


def browser_of(user: User) -> Client:
    return sign_in(Client(), user)


def strangers() -> list[User]:
    """One login of every staff role that has nothing to do with the episode."""
    return [
        factories.therapist(),
        *(factories.staff(role) for role in (Role.SUPERVISOR, Role.MANAGER, Role.ADMINISTRATOR)),
    ]


def text_of(response: Any) -> str:
    return response.content.decode()
