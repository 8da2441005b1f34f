"""A large service for measuring: the demo's episodes many times over, each with its own client and key.

Rows are laid past the actions (a thousand episodes typed one by one would take an hour), yet as the actions
leave them: every word sealed in its own row under its own client's key, one audit event for each episode.
`THIN` episodes are only there to be many: their words cannot be opened, and nobody who measures opens them.
"""

from __future__ import annotations

import random
import sys
from collections import defaultdict
from collections.abc import Iterator
from copy import copy
from typing import Any
from uuid import UUID

EPISODES_OF_A_THERAPIST = 25
THERAPISTS_OF_A_SUPERVISOR = 5
EPISODES_WITH_AN_ALERT = 19  # one in so many of those whose pattern has one
AT_A_TIME = 100
FIRST = ("Ada", "Ben", "Cleo", "Dov", "Ema", "Finn", "Gita", "Hugo", "Ines", "Jan", "Kaia", "Leo", "Mara")
LAST = ("Arden", "Brook", "Castell", "Dune", "Esker", "Fenn", "Garth", "Holm", "Isley", "Juno", "Kerr")
THIN_TABLES = ("Session", "StatusEvent", "CheckIn", "MeasureScore", "Entry")
THIN_IDS = {"id", "client_id", "episode_id", "session_id", "check_in_id"}
THIN_VALUES = {
    "therapist_id": "thin.therapist",
    "user_id": "NULL",
    "supervisor_id": "NULL",
    "amends_id": "NULL",
}


def lay(episodes: int, seed: int = 1) -> None:
    """So many episodes with all their records, twenty-five to a therapist."""
    chance = random.Random(seed)  # noqa: S311
    templates = _templates()
    team = _team(-(-episodes // EPISODES_OF_A_THERAPIST))
    for first in range(0, episodes, AT_A_TIME):
        _lay_some(range(first, min(first + AT_A_TIME, episodes)), templates, team, chance)
        print(f"\rlaying episodes: {min(first + AT_A_TIME, episodes)} ", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)


def _lay_some(
    places: range, templates: list[dict[Any, list[Any]]], team: list[Any], chance: random.Random
) -> None:
    from django.db import transaction

    from openipt.records import audit
    from openipt.records.actors import Operator
    from openipt.web import clock

    rows: dict[Any, list[Any]] = defaultdict(list)
    with transaction.atomic():
        for place in places:
            therapist = team[place // EPISODES_OF_A_THERAPIST]
            alerted = place % EPISODES_WITH_AN_ALERT == 0
            for row in _copied(templates[place % len(templates)], therapist, _name(chance)):
                if alerted or not row._meta.object_name.startswith("Alert"):
                    rows[type(row)].append(row)
        for model, made in rows.items():
            model.objects.bulk_create(made, batch_size=500)
        for episode in rows[_model("Episode")]:
            audit.record("episode-imported", by=Operator("bench"), at=clock.now(), episode=episode)


def _name(chance: random.Random) -> str:
    return f"{chance.choice(FIRST)} {chance.choice(LAST)}-{chance.choice(LAST)}"


def _model(name: str) -> Any:
    from django.apps import apps

    return apps.get_model("records", name)


def _team(therapists: int) -> list[Any]:
    """Therapists, and supervisors for them."""
    from openipt.records.actions import accounts
    from openipt.records.actors import Operator
    from openipt.records.models import Role
    from openipt.web import clock

    by = {"by": Operator("bench"), "at": clock.now()}
    team = []
    for place in range(therapists):
        if place % THERAPISTS_OF_A_SUPERVISOR == 0:
            lead = accounts.create_user(username=f"bench.lead{place:04}", role=Role.SUPERVISOR, **by)
        user = accounts.create_user(username=f"bench.{place:04}", role=Role.THERAPIST, **by)
        accounts.start_supervision(therapist=user, supervisor=lead, from_on=clock.today(), **by)
        team.append(user)
    return team


# -- templates ---------------------------------------------------------------------------------------


def _templates() -> list[dict[Any, list[Any]]]:
    """Every demo episode as the rows it consists of, parents before what belongs to them."""
    from openipt.records.models import Episode

    return [_rows_of(episode) for episode in Episode.objects.select_related("client").order_by("created_at")]


def _rows_of(episode: Any) -> dict[Any, list[Any]]:
    paths = {
        "Client": {"pk": episode.client_id},
        "Episode": {"pk": episode.pk},
        **{name: {"episode": episode} for name in ("StatusEvent", "PhaseEvent", "PlanEvent", "Person", "Session")},
        **{name: {"session__episode": episode} for name in ("PrivateNote", "Amendment")},
        **{name: {"episode": episode} for name in ("Entry", "CheckIn")},
        **{name: {"session__episode": episode} for name in ("TaskMark", "StrategyUse", "TechniqueUse")},
        **{name: {"episode": episode} for name in ("MeasureScore", "JournalEntry", "Alert")},
        "AnswerEvent": {"check_in__episode": episode},
        "AlertStep": {"alert__episode": episode},
        "AlertWatch": {"alert__episode": episode},
    }  # fmt: skip
    return {_model(name): list(_model(name).objects.filter(**path)) for name, path in paths.items()}


def _copied(template: dict[Any, list[Any]], therapist: Any, name: str) -> Iterator[Any]:
    """The rows once more under new ids, for another client of another therapist."""
    from openipt.records import sealing
    from openipt.records.models import ClientKey, NameToken

    ids = {row.pk: _fresh(row) for rows in template.values() for row in rows if not row._meta.pk.is_relation}
    (client,) = template[_model("Client")]
    wrapped, service_key = sealing.new_wrapped_key(ids[client.pk])
    sealing._open_keys.by_client[ids[client.pk]] = sealing.AESGCM(
        sealing._unwrap(wrapped, service_key, ids[client.pk])
    )
    for model, rows in template.items():
        for row in rows:
            yield _copy(row, ids, client.pk, therapist, name)
        if model is _model("Client"):
            yield ClientKey(client_id=ids[client.pk], wrapped_key=wrapped, service_key_id=service_key)
            yield from (NameToken(client_id=ids[client.pk], token=one) for one in sealing.name_tokens(name))


def _fresh(row: Any) -> Any:
    import uuid

    return uuid.uuid4() if isinstance(row.pk, UUID) else None


def _copy(row: Any, ids: dict[Any, Any], client: UUID, therapist: Any, name: str) -> Any:
    made = copy(row)
    made._state = copy(row._state)
    made._state.fields_cache, made._state.adding = {}, True
    for field in row._meta.concrete_fields:
        value = getattr(row, field.attname)
        if field.primary_key or (field.is_relation and value in ids):
            setattr(made, field.attname, ids[value])
        elif field.attname.endswith("_sealed") and value is not None:
            setattr(made, field.attname, _sealed_anew(row, field.attname, made.pk, client, ids[client], name))
    if row._meta.object_name == "Episode":
        made.therapist = therapist
    if row._meta.object_name == "Client":
        made.user = None
    return made


def _sealed_anew(row: Any, column: str, pk: Any, client: UUID, new_client: UUID, name: str) -> bytes:
    from openipt.records import sealing

    model = row._meta.model_name
    words = sealing.unseal(client, sealing.place(model, row.pk, column), bytes(getattr(row, column)))
    if model == "client":
        words = words | {"name": name}
    return sealing.seal(new_client, sealing.place(model, pk, column), words)


# -- many more, only to be many ----------------------------------------------------------------------


def lay_thin(episodes: int) -> None:
    """So many more episodes as SQL copies rows: with sessions, check-ins, scores and entries of one laid whole."""
    from django.db import connection

    from openipt.records.models import Episode

    pattern = Episode.objects.filter(therapist__username="bench.0000").select_related("client").first()
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA foreign_keys=OFF")
        cursor.execute("CREATE TEMP TABLE thin (tag TEXT PRIMARY KEY, therapist TEXT)")
        therapists = [user.hex for user in _thin_team(-(-episodes // EPISODES_OF_A_THERAPIST))]
        cursor.executemany(
            "INSERT INTO thin VALUES (%s, %s)",
            [(f"{place:08x}", therapists[place // EPISODES_OF_A_THERAPIST]) for place in range(episodes)],
        )
        for statement, values in _thin_statements(pattern):
            cursor.execute(statement, values)
    connection.close()


def _thin_team(therapists: int) -> list[UUID]:
    from openipt.records.models import Role, User
    from openipt.web import clock

    told = {"role": Role.THERAPIST, "created_at": clock.now()}
    users = [User(username=f"thin.{place:06}", **told) for place in range(therapists)]
    return [user.pk for user in User.objects.bulk_create(users, batch_size=500)]


def _thin_statements(episode: Any) -> Iterator[tuple[str, list[Any]]]:
    """An id of a copy is the tag of its episode and the rest of the id that was copied."""
    yield _thin("Client", "id = %s"), [episode.client_id.hex]
    yield _thin("ClientKey", "client_id = %s"), [episode.client_id.hex]
    yield _thin("Episode", "id = %s"), [episode.pk.hex]
    for name in THIN_TABLES:
        yield _thin(name, "episode_id = %s"), [episode.pk.hex]
    dashed = "lower(substr(e.id,1,8)||'-'||substr(e.id,9,4)||'-'||substr(e.id,13,4)||'-'||substr(e.id,17,4)||'-'||substr(e.id,21))"
    yield (
        "INSERT INTO records_chainhead (chain, seq, mac, revision) "  # noqa: S608
        f"SELECT {dashed}, 1, '', 1 FROM records_episode e JOIN thin ON e.id = thin.tag || substr(e.id, 9)",
        [],
    )


def _thin(name: str, where: str) -> str:
    model = _model(name)
    columns = [field.column for field in model._meta.concrete_fields]
    values = [THIN_VALUES.get(column, f'"{column}"') for column in columns]
    values = [f"thin.tag || substr({column}, 9)" if column in THIN_IDS else value
              for column, value in zip(columns, values, strict=True)]  # fmt: skip
    into = ", ".join(f'"{column}"' for column in columns)
    table = model._meta.db_table
    return f"INSERT INTO {table} ({into}) SELECT {', '.join(values)} FROM {table}, thin WHERE {where}"  # noqa: S608
