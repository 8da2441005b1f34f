"""The people in the client's life: a code that says nothing, and a sealed label."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.db import transaction

from openipt.core.portable.blank_ids import DIGITS, LETTERS
from openipt.records import audit
from openipt.records.access import Act, require
from openipt.records.actions.base import Actor, day_of, fault, locked, tidy
from openipt.records.models import Episode, Person

CODE_LENGTH = 8


def new_code() -> str:
    """An id that says nothing: no vowel in it, and a digit, so that it can spell no name."""
    letters = [secrets.choice(LETTERS + DIGITS) for _ in range(CODE_LENGTH - 1)]
    letters.insert(secrets.randbelow(CODE_LENGTH), secrets.choice(DIGITS))
    return "p_" + "".join(letters)


@transaction.atomic
def add_person(
    *, episode: Episode, label: str, by: Actor, at: datetime, relation: str = "", code: str = ""
) -> Person:
    """Somebody in the client's life. `code` is kept on import; otherwise one is made."""
    episode = locked(episode, "client")
    require(by, Act.WRITE_RECORD, episode=episode, on=day_of(at))
    person = new_person(episode=episode, label=label, relation=relation, code=code, at=at)
    audit.record("person-added", by=by, at=at, episode=episode, obj=person)
    return person


def new_person(*, episode: Episode, label: str, relation: str, code: str, at: datetime) -> Person:
    """Part of an action, none by itself."""
    known = Person.objects.filter(episode=episode)
    if code and known.filter(code=code).exists():
        raise fault("person_id", "There is a person with this id already.")
    person = Person(
        episode=episode,
        code=code or new_code(),
        order=known.count() + 1,
        created_at=at,
    )
    person.described = _described(label, relation)
    person.save(force_insert=True)
    return person


@transaction.atomic
def rename_person(*, person: Person, label: str, relation: str, by: Actor, at: datetime) -> Person:
    """Call somebody otherwise. Every record names them by their code, so all follow."""
    person = locked(person, "episode__client")
    require(by, Act.WRITE_RECORD, episode=person.episode, on=day_of(at))
    person.described = _described(label, relation)
    person.save(update_fields=["label_sealed"])
    audit.record("person-renamed", by=by, at=at, episode=person.episode, obj=person)
    return person


@transaction.atomic
def withdraw_person(*, person: Person, by: Actor, at: datetime) -> Person:
    """Take somebody off the inventory who was put there by mistake. What was written stays."""
    person = locked(person, "episode__client")
    require(by, Act.WRITE_RECORD, episode=person.episode, on=day_of(at))
    person.withdrawn_at = at
    person.save(update_fields=["withdrawn_at"])
    audit.record("person-withdrawn", by=by, at=at, episode=person.episode, obj=person)
    return person


def _described(label: str, relation: str) -> dict[str, str]:
    return {
        "label": tidy(label, "label", required=True, longest=120),
        "relation": tidy(relation, "relation", longest=120),
    }
