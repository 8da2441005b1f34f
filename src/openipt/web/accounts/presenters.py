"""Logins, supervision and cover in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from openipt.records.models import Cover, Delivery, Role, Supervision, User
from openipt.web.jinja import day, plural, short_day
from openipt.web.told import how_told, moment_told

ROLES = {
    "therapist": "Therapist",
    "supervisor": "Supervisor",
    "manager": "Service manager",
    "administrator": "Administrator",
}
ROLE_HINTS = {
    "therapist": "Takes on clients and runs their courses.",
    "supervisor": "Reads the episodes of the therapists named to them, never private notes.",
    "manager": "Sees figures and overdue alerts, no record.",
    "administrator": "Manages logins, supervision and cover, and sees no record.",
}
ROLE_CHOICES = tuple((role, title, ROLE_HINTS[role]) for role, title in ROLES.items())


@dataclass(frozen=True)
class Account:
    """One login of staff."""

    address: str
    name: str
    username: str
    role: str
    is_open: bool
    added: str
    last: str
    open_episodes: str = ""


@dataclass(frozen=True)
class AccountGroup:
    """The logins of one role."""

    title: str
    accounts: tuple[Account, ...]


@dataclass(frozen=True)
class Tie:
    """One supervision or cover with its days."""

    id: str
    who: str
    days: str
    state: str
    now: bool


def present_account(user: User, on: date, *, open_episodes: int = 0) -> Account:
    return Account(
        address=f"/accounts/{user.pk}/",
        name=user.display_name or user.username,
        username=user.username,
        role=ROLES[user.role],
        is_open=user.is_active,
        added=day(user.created_at),
        last=short_day(user.last_login) if user.last_login else "never",
        open_episodes=plural(open_episodes, "open episode") if open_episodes else "",
    )


def present_accounts(users: Iterable[User], on: date) -> tuple[AccountGroup, ...]:
    """Logins by role, in the order of names; closed ones last."""
    listed = sorted(users, key=lambda u: (not u.is_active, (u.display_name or u.username).casefold()))
    groups = []
    for role, title in ROLES.items():
        found = tuple(present_account(user, on) for user in listed if user.role == role)
        if found:
            groups.append(AccountGroup(f"{title}s", found))
    return tuple(groups)


def present_supervision(row: Supervision, on: date) -> Tie:
    state = "from then on" if row.from_on > on else "now"
    days = f"since {short_day(row.from_on)}" if row.from_on <= on else f"from {short_day(row.from_on)}"
    if row.to_on is not None:
        days += f" to {short_day(row.to_on)}"
    who = f"{row.supervisor.display_name} supervises {row.therapist.display_name}"
    return Tie(str(row.pk), who, days, state, row.from_on <= on)


def present_cover(row: Cover, on: date) -> Tie:
    now = row.from_on <= on <= row.to_on
    return Tie(
        str(row.pk),
        f"{row.cover.display_name} covers for {row.therapist.display_name}",
        f"{day(row.from_on)} to {day(row.to_on)}",
        "now" if now else "to come",
        now,
    )


@dataclass(frozen=True)
class Trial:
    """The last letter somebody sent to themselves, and what is known of it."""

    asked: str
    state: str
    tone: str


def present_trial(row: Delivery, now: datetime) -> Trial:
    told = how_told(row, now)
    return Trial(moment_told(row.made_at, now), told.state, told.tone)


def people(users: Iterable[User]) -> tuple[tuple[str, str], ...]:
    """For a select: id and name, with the role where it is not a therapist."""
    return tuple((str(user.pk), _named(user)) for user in users)


def _named(user: User) -> str:
    name = user.display_name or user.username
    return name if user.role == Role.THERAPIST else f"{name} ({ROLES[user.role].lower()})"
