"""People, episodes and sessions for tests, made by the product's own actions."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime, timedelta
from typing import Any

from openipt.records.actions import accounts, clients, entries, episodes, sessions
from openipt.records.actors import Operator
from openipt.records.models import Client, Entry, Episode, Role, Session, User

OPERATOR = Operator("tests")
START = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
PASSWORD = "quiet harbour lamp"

_numbers = itertools.count(1)


def at_day(days: int = 0, hours: int = 0) -> datetime:
    """A moment of the tests' calendar: so many days after its first Monday."""
    return START + timedelta(days=days, hours=hours)


def day(days: int = 0) -> date:
    return at_day(days).date()


def staff(role: str, name: str = "") -> User:
    number = next(_numbers)
    return accounts.create_user(
        username=f"{role}{number}",
        role=role,
        display_name=name or f"{role.title()} {number}",
        password=PASSWORD,
        by=OPERATOR,
        at=START,
    )


def therapist(name: str = "") -> User:
    return staff(Role.THERAPIST, name)


def episode(by: User | None = None, *, name: str = "Rui Tavares", **more: Any) -> Episode:
    """An enquiry of a new client with this therapist."""
    by = by or therapist()
    more.setdefault("adaptation", "ipt_acute")
    profile = {"name": name, **more.pop("profile", {})}
    return clients.enrol_client(profile=profile, therapist=by, by=by, at=START, **more)


def client_login(of: Episode) -> User:
    """A login for the client of an episode."""
    user = clients.give_client_login(client=of.client, password=PASSWORD, by=of.therapist, at=START)
    of.client.refresh_from_db()
    return user


def session(of: Episode, days: int = 0, **more: Any) -> Session:
    """The next session, begun on that day; the intake where none was held."""
    return sessions.begin_session(episode=of, by=of.therapist, at=at_day(days), **more)


def active_episode(by: User | None = None, **more: Any) -> tuple[Episode, Session]:
    """An episode whose session 1 has just begun."""
    made = episode(by, **more)
    begun = session(made, intake=False)
    return begun.episode, begun


def entry(of: Episode, record: str, payload: dict[str, Any], **more: Any) -> Entry:
    more.setdefault("by", of.therapist)
    more.setdefault("at", at_day())
    return entries.add_entry(episode=of, record_type=record, payload=payload, **more)


def assessed(of: Episode, level: str = "green", **more: Any) -> Entry:
    """The client was asked about risk, and a level set with its reason."""
    return entry(of, "rec_risk", {"thoughts": False, "level": level, "reason": "asked in words"}, **more)


def note(text: str, block: str = "own-1") -> list[dict[str, Any]]:
    """A note of one paragraph, the therapist's own."""
    return [{"id": block, "text": text, "edited": True}]


def written(of: Session, text: str = "We talked about the week.", **more: Any) -> Session:
    """The session with a note."""
    more.setdefault("by", of.episode.therapist)
    more.setdefault("at", at_day())
    return sessions.save_note(session=of, blocks=note(text), expected_version=of.note_version, **more)


def signed(of: Session, **more: Any) -> Session:
    more.setdefault("by", of.episode.therapist)
    more.setdefault("at", at_day())
    return sessions.sign_session(session=written(of), **more)


def supervised(by: User) -> User:
    """A supervisor of this therapist."""
    supervisor = staff(Role.SUPERVISOR)
    accounts.start_supervision(therapist=by, supervisor=supervisor, from_on=day(-30), by=OPERATOR, at=START)
    return supervisor


def covered(by: User, from_day: int = 0, to_day: int = 7) -> User:
    """Somebody who covers for this therapist on these days."""
    cover = therapist()
    accounts.arrange_cover(
        therapist=by, cover=cover, from_on=day(from_day), to_on=day(to_day), by=by, at=START
    )
    return cover


def ended(of: Episode, days: int = 0) -> Episode:
    return episodes.change_status(
        episode=of,
        status="ended",
        end_reason="other",
        on=day(days),
        by=of.therapist,
        at=at_day(days),
    )


def client_of(of: Episode) -> Client:
    return Client.objects.get(pk=of.client_id)
