"""A large service for measuring: courses many times over, each with its own client, key and chain of the audit.

The courses are written once by the product's own actions, and then copied (`patterns.py`): a hundred thousand
episodes typed one by one would take a day. `lay` copies those of the demo, whole courses with every kind of
record, for the therapists that are asked. `lay_short` copies short ones, most of them ended, which are there
as an archive is. `tests/records/test_many_episodes.py` holds a copy to what the actions write for the same input.
"""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from benchmarks import courses, patterns

EPISODES_OF_A_THERAPIST = 25
SHORT_ONES_OF_A_THERAPIST = 125  # five years of them
THERAPISTS_OF_A_SUPERVISOR = 5
EPISODES_WITH_AN_ALERT = 19  # one in so many of those whose pattern has one
AT_A_TIME = 500
MANY = 5_000  # from so many on the indexes are made anew rather than kept in step
INDEXES = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql LIKE 'CREATE INDEX%'"
FIRST = ("Ada", "Ben", "Cleo", "Dov", "Ema", "Finn", "Gita", "Hugo", "Ines", "Jan", "Kaia", "Leo", "Mara")
LAST = ("Arden", "Brook", "Castell", "Dune", "Esker", "Fenn", "Garth", "Holm", "Isley", "Juno", "Kerr")


@dataclass(frozen=True)
class Tie:
    """A therapist of the service and who supervises them."""

    therapist: Any
    supervisor: Any


def lay(episodes: int, seed: int = 1) -> None:
    """So many episodes with all their records, twenty-five to a therapist."""
    _look_at_rules()
    made = _patterns(_episodes().filter(therapist__is_demo=True))
    _lay(
        episodes, made, team("bench", -(-episodes // EPISODES_OF_A_THERAPIST)), EPISODES_OF_A_THERAPIST, seed
    )


def lay_short(episodes: int, seed: int = 2) -> None:
    """So many short episodes beside them."""
    for number in range(courses.KINDS):
        courses.short_course(number)
    _look_at_rules()
    made = _patterns(courses.laid())
    therapists = -(-episodes // SHORT_ONES_OF_A_THERAPIST)
    _lay(episodes, made, team("short", therapists), SHORT_ONES_OF_A_THERAPIST, seed)


def _patterns(known: Iterable[Any]) -> list[Any]:
    """Each course as it is, and without its alerts."""
    return [(patterns.pattern_of(one), patterns.pattern_of(one, with_alerts=False)) for one in known]


def _lay(episodes: int, made: Sequence[Any], ties: list[Tie], each: int, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311
    with _in_haste(whole=episodes >= MANY):
        _lay_all(episodes, made, ties, each, chance)


def _lay_all(episodes: int, made: Sequence[Any], ties: list[Tie], each: int, chance: random.Random) -> None:
    for first in range(0, episodes, AT_A_TIME):
        rows = patterns.Rows()
        for place in range(first, min(first + AT_A_TIME, episodes)):
            alerted, quiet = made[place % len(made)]
            pattern = alerted if place % EPISODES_WITH_AN_ALERT == 0 else quiet
            patterns.copy(pattern, copy_for(ties[place // each], _name(chance)), rows, chance)
        write(rows)
        print(f"\rlaying episodes: {min(first + AT_A_TIME, episodes)} ", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)


def copy_for(tie: Tie, name: str) -> patterns.Copy:
    return patterns.Copy(tie.therapist.pk, tie.supervisor.pk, name)


def _name(chance: random.Random) -> str:
    return f"{chance.choice(FIRST)} {chance.choice(LAST)}-{chance.choice(LAST)}"


def _episodes() -> Any:
    from openipt.records.models import Episode

    return Episode.objects.select_related("client__user", "therapist").order_by("created_at", "pk")


def _look_at_rules() -> None:
    """As the worker does when it comes to them: which rules fire is noted before the courses are copied."""
    from openipt.records.worker import Worker
    from openipt.web import clock

    one = Worker(now=clock.now, channels={}, in_line=True, gentle=False)
    while one.turn():
        pass
    one.stop()


def team(prefix: str, therapists: int) -> list[Tie]:
    """Therapists, and supervisors for them."""
    from django.db import transaction

    with transaction.atomic():
        return _team(prefix, therapists)


def _team(prefix: str, therapists: int) -> list[Tie]:
    from openipt.records.actions import accounts
    from openipt.records.actors import Operator
    from openipt.records.models import Role
    from openipt.web import clock

    by = {"by": Operator("bench"), "at": clock.now()}
    found = []
    for place in range(therapists):
        if place % THERAPISTS_OF_A_SUPERVISOR == 0:
            told = {"role": Role.SUPERVISOR, "display_name": f"Supervisor {place + 1}"}
            lead = accounts.create_user(username=f"{prefix}.lead{place:04}", **told, **by)
        told = {"role": Role.THERAPIST, "display_name": f"Therapist {place + 1}"}
        user = accounts.create_user(username=f"{prefix}.{place:04}", **told, **by)
        accounts.start_supervision(therapist=user, supervisor=lead, from_on=clock.today(), **by)
        found.append(Tie(user, lead))
    return found


@contextmanager
def _in_haste(*, whole: bool) -> Iterator[None]:
    """No waiting for the disk, since who loses power lays anew; and of very many rows the indexes come last."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous=OFF")
        cursor.execute(
            "PRAGMA foreign_keys=OFF"
        )  # parents and children come in one transaction, in any order
        cursor.execute("PRAGMA cache_size=-1000000")
        cursor.execute(INDEXES)
        indexes = cursor.fetchall() if whole else []
        for name, _ in indexes:
            cursor.execute(f'DROP INDEX "{name}"')
        yield
        for _, made in indexes:
            cursor.execute(made)
    connection.close()


# -- writing ---------------------------------------------------------------------------------------------


def write(rows: patterns.Rows) -> None:
    """Everything in one transaction, and the ends of its chains in the anchor file."""
    from django.db import connection, transaction

    from openipt.records import audit

    with transaction.atomic(), connection.cursor() as cursor:
        for insert, values in rows.by_insert.items():
            cursor.executemany(insert, values)
        for event in _of_service(rows):
            audit._append(event, writes=event.act not in audit.OUTSIDE_THE_COURSE)
        transaction.on_commit(lambda: audit._anchor("".join(rows.anchors)))


def _of_service(rows: patterns.Rows) -> Iterator[Any]:
    """What the chain of the service says of these courses: linked as it is written."""
    from openipt.records.models import AuditEvent

    columns = [one for one in AuditEvent._meta.concrete_fields if not one.primary_key]
    for values in rows.of_service:
        told = {one.attname: value for one, value in zip(columns, values, strict=True)}
        at = datetime.fromisoformat(told["at"]).replace(tzinfo=UTC)
        yield AuditEvent(**told | {"at": at, "ids": json.loads(told["ids"])})
