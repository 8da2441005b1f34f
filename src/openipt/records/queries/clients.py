"""Clients a person may see, and finding one by name."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db.models import QuerySet

from openipt.errors import NoAccess
from openipt.records import sealing
from openipt.records.access import Act, episodes_where
from openipt.records.actors import Actor
from openipt.records.models import Client, Episode, User
from openipt.records.prepared import Prepared

_SIGNED_IN = Prepared(lambda user: Client.objects.filter(user=user, erased_at=None), UUID)


def clients_of(user: Actor, on: date, act: Act = Act.SEE_EPISODE) -> QuerySet[Client]:
    """Clients of whom this person may see an episode."""
    episodes = Episode.objects.filter(episodes_where(user, act, on))
    return Client.objects.filter(pk__in=episodes.values("client_id"), erased_at=None)


def find_clients(user: Actor, typed: str, on: date) -> QuerySet[Client]:
    """Clients whose name has words beginning as typed, in any order. Found without reading a name."""
    found = clients_of(user, on)
    tokens = sealing.search_tokens(typed)
    for token in tokens:
        found = found.filter(name_tokens__token=token)
    return found if tokens else found.none()


def client_of(user: User) -> Client:
    """The client who is signed in."""
    found = _SIGNED_IN.first(user.pk)
    if found is None:
        raise NoAccess
    return found
