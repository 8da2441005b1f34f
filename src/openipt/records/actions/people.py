"""The people in the client's life: a code that says nothing, and a sealed label."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from django.db import transaction

from openipt.core.portable.blank_ids import DIGITS, LETTERS
from openipt.records import audit
from openipt.records.access import Act, require
from openipt.records.actions import entries
from openipt.records.actions.base import Actor, day_of, fault, locked, refuse, tidy
from openipt.records.models import Entry, EntryState, Episode, Person, Role

CODE_LENGTH = 8
TWICE_WITHIN = timedelta(seconds=30)  # pressed twice, or sent again after a lost answer
PERSON = "rec_inventory_person"
MORE_SAID = "More was written about this person meanwhile, so they stay. Take them off the circle instead."


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
def name_own(*, episode: Episode, label: str, by: Actor, at: datetime) -> tuple[Person, Entry]:
    """The client puts somebody into their own life: the person, and the record that the client did so."""
    episode = locked(episode, "client")
    require(by, Act.WRITE_OWN, episode=episode, on=day_of(at))
    person = new_person(episode=episode, label=label, relation="", code="", at=at)
    audit.record("person-added", by=by, at=at, episode=episode, obj=person)
    return person, named_by_client(person=person, by=by, at=at)


def named_by_client(*, person: Person, by: Actor, at: datetime) -> Entry:
    """The client's own record that names somebody. Where they stand of the second lock is said on it."""
    return entries.add_entry(
        episode=person.episode,
        record_type=PERSON,
        payload={"person_id": person.code, "label": person.label},
        shared=True,
        by=by,
        at=at,
    )


@transaction.atomic
def take_back_own(*, person: Person, by: Actor, at: datetime) -> None:
    """A slip of today is taken back: only where the client named them and nobody has said more since."""
    person = locked(person, "episode__client")
    require(by, Act.WRITE_OWN, episode=person.episode, on=day_of(at))
    if person.withdrawn_at is not None:
        return
    said = []
    for entry in person.episode.entries.exclude(state=EntryState.WITHDRAWN):
        entry.episode = person.episode
        if person.code in str(entry.payload):
            said.append(entry)
    if len(said) != 1 or not _just_named(said[0], person, at):
        raise refuse(MORE_SAID)
    entries.withdraw_entry(entry=said[0], by=by, at=at)
    person.withdrawn_at = at
    person.save(update_fields=["withdrawn_at"])
    audit.record("person-withdrawn", by=by, at=at, episode=person.episode, obj=person)


def _just_named(entry: Entry, person: Person, at: datetime) -> bool:
    is_name = entry.payload == {"person_id": person.code, "label": person.label}
    return is_name and entry.by_role == Role.CLIENT and entry.on == day_of(at)


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
