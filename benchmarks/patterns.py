"""A course as the product's actions left it, and copies of it: every row once more, for another client.

A pattern holds the rows of one episode as the database keeps them, with the places where a copy differs: ids,
the words (sealed anew in their own row, under the key of the copy's own client), the name of the client, the
therapist and the supervisor. Its chain of the audit is linked anew, event by event. Whatever table hangs on a
client or an episode is found by its foreign keys, so none is forgotten. SQLite only.
"""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

ID = re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b")
NAME = "the name of the client"
THERAPIST, SUPERVISOR, CLIENT, EPISODE = range(4)  # the first ids of every pattern
OF_ALERTS = ("Alert", "Delivery", "DeliveryEvent")

Parts = tuple[str | int, ...]  # text, with the numbers of the ids in it; -1 is the client's name


class Words(NamedTuple):
    """One sealed value: its place, and what it says."""

    column: int
    place: Parts
    plain: Parts


class Line(NamedTuple):
    """One row: its values, and where a copy has others."""

    values: tuple[Any, ...]
    ids: tuple[tuple[int, int], ...]
    texts: tuple[tuple[int, Parts], ...]
    words: tuple[Words, ...]


@dataclass
class Event:
    """One event of the audit. `said` is the text under its mac, up to the mac before it."""

    line: Line
    said: Parts


@dataclass
class Pattern:
    """One course, ready to be copied."""

    ids: list[UUID]
    tables: dict[str, list[Line]]
    events: list[Event]
    of_service: list[Line]
    revision: int


@dataclass
class Rows:
    """Rows that wait to be written, by the statement that writes them."""

    by_insert: dict[str, list[list[Any]]] = field(default_factory=lambda: defaultdict(list))
    of_service: list[list[Any]] = field(default_factory=list)
    anchors: list[str] = field(default_factory=list)


# -- reading a course ------------------------------------------------------------------------------------


def pattern_of(episode: Any, *, with_alerts: bool = True) -> Pattern:
    """The course as it stands in the database."""
    rows = _rows_of(episode)
    if not with_alerts:
        rows = {model: found for model, found in rows.items() if not model.__name__.startswith(OF_ALERTS)}
    known = [episode.therapist_id, _supervisor_of(episode), episode.client_id, episode.pk]
    known += [row.pk for found in rows.values() for row in found if isinstance(row.pk, UUID)]
    numbers = {one: number for number, one in reversed(list(enumerate(known))) if one is not None}
    tables = {
        _insert(model): [_line(row, numbers, episode.client_id) for row in found]
        for model, found in rows.items()
        if found
    }
    return Pattern(
        known,
        tables,
        [_event(row, numbers) for row in _events(chain=str(episode.pk))],
        [_line(row, numbers, episode.client_id) for row in _events_of_service(known[CLIENT:])],
        _audit().revision_of(episode),
    )


def _rows_of(episode: Any) -> dict[Any, list[Any]]:
    """Every row that hangs on this client or episode, through whatever tables; the login of the client."""
    from django.apps import apps
    from django.db.models import Q

    from openipt.records.models import Client, ClientKey, NameToken, User

    made_anew = (User, Client, ClientKey, NameToken, type(episode))
    found: dict[Any, list[Any]] = {
        User: [episode.client.user] if episode.client.user_id else [],
        Client: [episode.client],
        type(episode): [episode],
    }
    waiting = [model for model in apps.get_app_config("records").get_models() if model not in made_anew]
    for _ in range(4):  # as deep as a step of an alert of a check-in of an episode
        for model in waiting:
            links = [
                Q(**{f"{one.name}__in": [row.pk for row in found[one.related_model]]})
                for one in model._meta.concrete_fields
                if one.is_relation and one.related_model in found and one.related_model is not User
            ]
            if links:
                whole = links[0]
                for link in links[1:]:
                    whole |= link
                found[model] = list(model._base_manager.filter(whole).order_by("pk"))
    return found


def _supervisor_of(episode: Any) -> UUID | None:
    ties = episode.therapist.supervised_by.order_by("from_on")
    return ties.values_list("supervisor", flat=True).last()


def _events(**where: Any) -> Iterable[Any]:
    from openipt.records.models import AuditEvent

    return AuditEvent.objects.filter(**where).order_by("seq")


def _events_of_service(ids: list[UUID]) -> Iterable[Any]:
    """What the chain of the service says of such a course: that its client was taken on, or given a login."""
    return _events(chain=_audit().SERVICE_CHAIN, object_id__in=[str(one) for one in ids])


def _columns(model: Any) -> list[Any]:
    return [one for one in model._meta.concrete_fields if "Auto" not in one.get_internal_type()]


def _insert(model: Any) -> str:
    columns = _columns(model)
    names = ", ".join(f'"{one.column}"' for one in columns)
    return f"INSERT INTO {model._meta.db_table} ({names}) VALUES ({', '.join(['%s'] * len(columns))})"  # noqa: S608


def _line(row: Any, numbers: dict[UUID, int], client: UUID) -> Line:
    from django.db import connection

    values, ids, texts, words = [], [], [], []
    for place, one in enumerate(_columns(type(row))):
        value = getattr(row, one.attname)
        kept = one.get_db_prep_save(value, connection)
        if isinstance(value, UUID) and value in numbers:
            ids.append((place, numbers[value]))
        elif one.attname.endswith("_sealed") and value is not None:
            words.append(_words(row, one.attname, place, numbers, client))
            kept = None
        elif one.attname == "username":
            texts.append((place, ("client.", numbers[row.pk])))
        elif isinstance(kept, str) and not isinstance(value, UUID):
            parts = _parts(kept, numbers)
            texts += [(place, parts)] if len(parts) > 1 else []
        values.append(kept)
    return Line(tuple(values), tuple(ids), tuple(texts), tuple(words))


def _words(row: Any, column: str, place: int, numbers: dict[UUID, int], client: UUID) -> Words:
    from openipt.records import sealing

    sealed_at = sealing.place_of(row, column)
    said = sealing.unseal(client, sealed_at, bytes(getattr(row, column)))
    if row._meta.model_name == "client":
        said = said | {"name": NAME}
    return Words(place, _parts(sealed_at, numbers), _parts(sealing.text_of(said), numbers))


def _parts(text: str, numbers: dict[UUID, int]) -> Parts:
    """The text with the numbers of what is known in it; one part where nothing is."""
    found: list[str | int] = []
    last = 0
    for met in [*ID.finditer(text), *re.finditer(re.escape(NAME), text)]:
        number = -1 if met.group() == NAME else numbers.get(UUID(met.group()))
        if number is not None:
            found += [text[last : met.start()], number]
            last = met.end()
    return (*found, text[last:])


def _event(row: Any, numbers: dict[UUID, int]) -> Event:
    previous, row.previous = row.previous, ""
    text = _audit().text_of(row)
    row.previous = previous
    return Event(_line(row, numbers, UUID(int=0)), _parts(text.removesuffix('"]'), numbers))


# -- copying -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Copy:
    """For whom a course is copied."""

    therapist: UUID
    supervisor: UUID | None
    name: str


def copy(pattern: Pattern, of: Copy, rows: Rows, chance: random.Random) -> None:
    """The course once more, under other ids."""
    hexes = [_fresh(chance) for _ in pattern.ids]
    hexes[THERAPIST] = of.therapist.hex
    if of.supervisor is not None:
        hexes[SUPERVISOR] = of.supervisor.hex
    said = [f"{h[:8]}-{h[8:12]}-{h[12:16]}-{h[16:20]}-{h[20:]}" for h in hexes]
    said.append(of.name)  # number -1
    key = _new_key(UUID(hexes[CLIENT]), rows)
    for insert, lines in pattern.tables.items():
        rows.by_insert[insert] += [_copied(line, hexes, said, key) for line in lines]
    tokens = rows.by_insert[_insert_of("NameToken")]
    tokens += [[hexes[CLIENT], token] for token in _tokens(of.name)]
    _link(pattern, rows, hexes, said)
    rows.of_service += [_copied(line, hexes, said, None) for line in pattern.of_service]


def _fresh(chance: random.Random) -> str:
    """An id as uuid4 makes it, of seeded chance."""
    h = f"{chance.getrandbits(128):032x}"
    return f"{h[:12]}4{h[13:16]}{'89ab'[int(h[16], 16) & 3]}{h[17:]}"


def _new_key(client: UUID, rows: Rows) -> Any:
    """A key of the client's own, wrapped as every key is; opened, since what is sealed now is sealed under it."""
    from openipt.records import sealing

    wrapped, service_key = sealing.new_wrapped_key(client)
    rows.by_insert[_insert_of("ClientKey")].append([client.hex, wrapped, service_key, None])
    return sealing.opened(wrapped, service_key, client)


def _copied(line: Line, hexes: list[str], said: list[str], key: Any) -> list[Any]:
    made = list(line.values)
    for place, number in line.ids:
        made[place] = hexes[number]
    for place, parts in line.texts:
        made[place] = _text(parts, said)
    for place, where, plain in line.words:
        made[place] = _sealing().seal_text(key, _text(where, said), _text(plain, said))
    return made


def _text(parts: Parts, said: list[str]) -> str:
    return "".join([one if isinstance(one, str) else said[one] for one in parts])


def _link(pattern: Pattern, rows: Rows, hexes: list[str], said: list[str]) -> None:
    """The chain of the copy, each event under a mac that covers the one before."""
    key, previous, mac_of = _audit_key(), _audit().FIRST, _audit().mac_of_text
    events = rows.by_insert[_insert_of("AuditEvent")]
    for event in pattern.events:
        made = _copied(event.line, hexes, said, None)
        mac = mac_of(f'{_text(event.said, said)}{previous}"]', key)
        made[-2:] = previous, mac
        events.append(made)
        previous = mac
    head = [said[EPISODE], len(pattern.events), previous, pattern.revision]
    rows.by_insert[_insert_of("ChainHead")].append(head)
    rows.anchors.append(f"{head[0]} {head[1]} {previous}\n")


@cache
def _tokens(name: str) -> tuple[str, ...]:
    return tuple(_sealing().name_tokens(name))


@cache
def _sealing() -> Any:
    from openipt.records import sealing

    return sealing


@cache
def _audit() -> Any:
    from openipt.records import audit

    return audit


@cache
def _audit_key() -> bytes:
    from openipt.records import keys

    return keys.audit_key()


@cache
def _insert_of(name: str) -> str:
    from django.apps import apps

    return _insert(apps.get_model("records", name))
