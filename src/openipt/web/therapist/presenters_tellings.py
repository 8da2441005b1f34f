"""Who was told of an alert, when, by which channel, and what is known of it. No more than is known.

"Accepted by the mail server" is no "delivered"; "shown" is no "read"; only "taken on" ends the telling.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from openipt.core.safety import escalation
from openipt.core.safety.escalation import Call
from openipt.core.safety.protocol import path
from openipt.records.models import Alert, Delivery, Role, User
from openipt.records.queries import tellings as queries
from openipt.records.queries.alerts import facts_of
from openipt.web.jinja import plural
from openipt.web.therapist.presenters_records import who
from openipt.web.told import HowTold, how_told, moment_told

ROLE_WORDS = {Role.SUPERVISOR: "supervisor", Role.MANAGER: "service lead"}
MACHINE = "The service's own system"
REASONS = {
    escalation.RAISED: "At once",
    escalation.SUPERVISORS: "Nobody had taken it on in time",
    escalation.LEADS: "Still nobody: the service leads, without its words",
}


@dataclass(frozen=True)
class PersonTold:
    """One person, or the webhook."""

    name: str
    role: str
    how: tuple[HowTold, ...]


@dataclass(frozen=True)
class RoundTold:
    """Everybody who was told at one moment, for one reason."""

    why: str
    at: datetime
    people: tuple[PersonTold, ...]
    before: str = ""


@dataclass(frozen=True)
class Tellings:
    """The whole list, and who is next if nobody takes the alert on."""

    rounds: tuple[RoundTold, ...]
    next: str


def present_tellings(alert: Alert, now: datetime) -> Tellings:
    """The tellings of one alert, the first first. Access is the caller's to ask."""
    rounds: dict[str, list[Delivery]] = {}
    for row in queries.of_alert(alert):
        rounds.setdefault(row.round, []).append(row)
    again = [name for name, rows in rounds.items() if rows[0].reason.startswith(escalation.AGAIN)]
    shown = [rows for name, rows in rounds.items() if name not in again[:-1]]
    before = f"and {plural(len(again) - 1, 'time')} before" if len(again) > 1 else ""
    titles = {step.id: step.title for step in path(facts_of(alert))}
    return Tellings(
        rounds=tuple(_round(rows, now, before, titles) for rows in shown),
        next=_next_in_words(queries.next_call(alert, now), now),
    )


def _round(rows: Sequence[Delivery], now: datetime, before: str, titles: Mapping[str, str]) -> RoundTold:
    by_person: dict[object, list[Delivery]] = {}
    for row in rows:
        by_person.setdefault(row.recipient_id, []).append(row)
    is_again = rows[0].reason.startswith(escalation.AGAIN)
    return RoundTold(
        why=_why(rows[0], titles),
        at=rows[0].made_at,
        people=tuple(_person(found, now) for found in by_person.values()),
        before=before if is_again else "",
    )


def _why(row: Delivery, titles: Mapping[str, str]) -> str:
    cycle, reason = row.round.partition(".")[0], row.reason
    if reason == escalation.RAISED and cycle != "1":
        return "Told anew: it became graver"
    if reason.startswith(escalation.AGAIN):
        return "Still nobody: everybody again"
    if reason.startswith(escalation.LATE):
        step = reason.removeprefix(f"{escalation.LATE}-").rpartition("-")[0]
        title = titles.get(step, step)
        return f"A step is late: {title[:1].lower()}{title[1:]}"
    return REASONS.get(reason, reason)


def _person(rows: Sequence[Delivery], now: datetime) -> PersonTold:
    person = rows[0].recipient
    return PersonTold(
        name=who(person) if person is not None else MACHINE,
        role=_role(person),
        how=tuple(how_told(row, now) for row in sorted(rows, key=lambda row: row.channel)),
    )


def _role(person: User | None) -> str:
    return ROLE_WORDS.get(Role(person.role), "") if person is not None else ""


def _next_in_words(call: Call | None, now: datetime) -> str:
    """If nobody takes it on: Ruth Okafor, at 14:30"""
    if call is None:
        return ""
    names = [who(person) for person in call.people if isinstance(person, User)]
    told = "everybody again" if call.round.startswith(escalation.AGAIN) else _listed(names)
    return f"{told}, {moment_told(call.at, now)}"


def _listed(names: Iterable[str]) -> str:
    found = list(dict.fromkeys(names))
    return " and ".join(filter(None, (", ".join(found[:-1]), found[-1]))) if found else "nobody"
