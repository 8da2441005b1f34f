"""The people in a client's life."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from openipt.records.access import Act, may
from openipt.records.actors import Actor
from openipt.records.models import Episode, Person
from openipt.records.prepared import Prepared

_ROWS = Prepared(
    lambda episode: Person.objects.filter(episode=episode, withdrawn_at=None).order_by("order"), UUID
)


def people_of(user: Actor, episode: Episode, on: date) -> list[Person]:
    """Everybody on the inventory, in the order they were named."""
    allowed = may(user, Act.SEE_EPISODE, episode=episode, on=on) or may(
        user, Act.SEE_OWN, episode=episode, on=on
    )
    if not allowed:
        return []
    found = _ROWS(episode.pk)
    for person in found:
        person.episode = episode
    return found
