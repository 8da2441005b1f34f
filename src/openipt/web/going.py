"""Going anywhere by name, and the keys of every room: two plain pages that script shows as dialogs.

What is typed into the field stays in the browser: the whole list of one's own is sent once, and narrowed there.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from openipt.records import audit, sealing
from openipt.records.models import Episode, User
from openipt.records.queries import episodes as queries
from openipt.web import clock
from openipt.web.keys import PLACES
from openipt.web.pages import show
from openipt.web.shell import EPISODE_ROOMS, rooms_of

MOST_CLIENTS = 100
CLINICIANS = ("therapist", "supervisor")
ACTS = {"therapist": (("/clients/new/", "Take on a client"),)}
ALWAYS = (
    ("/sources/", "Rules and sources"),
    ("/evidence/", "What the evidence says"),
    ("/adaptations/", "Adaptations side by side"),
    ("/keys/", "Keys"),
    ("/accounts/alerts/", "Alerts by e-mail"),
    ("/accounts/password/", "Your password"),
    ("/help-now/", "Help now"),
)


@dataclass(frozen=True)
class Way:
    """One place to go: `words` is what it is found by."""

    address: str
    title: str
    note: str = ""

    @property
    def words(self) -> str:
        bare = unicodedata.normalize("NFKD", f"{self.title} {self.note}").casefold()
        return "".join(letter for letter in bare if not unicodedata.combining(letter))


@dataclass(frozen=True)
class Ways:
    """The places of one kind."""

    title: str
    ways: tuple[Way, ...]


@require_GET
def go(request: HttpRequest) -> HttpResponse:
    """Every place this person may go to; the rooms of a client first where `of` names one of theirs."""
    user: User = request.user
    clients = _clients(user)
    here = next((e for e in clients if str(e.pk) == _id(request.GET.get("of", ""))), None)
    parts = [
        Ways(here.client.name, _rooms(here)) if here else None,
        Ways("Clients", tuple(Way(f"/episodes/{e.pk}/", e.client.name, "client") for e in clients)),
        Ways("Rooms", tuple(Way(*one) for one in rooms_of(user))),
        Ways("More", tuple(Way(*one) for one in (*ACTS.get(user.role, ()), *ALWAYS))),
    ]
    return show(request, _part(request, "go"), parts=[part for part in parts if part and part.ways])


def _clients(user: User) -> list[Episode]:
    if user.role not in CLINICIANS:
        return []
    found = queries.running_episodes_of(user, clock.today(), most=MOST_CLIENTS)
    audit.record_read(by=user, at=clock.now(), act="clients-listed", ids=[e.pk for e in found])
    sealing.prepare({episode.client_id for episode in found})
    return sorted(found, key=lambda episode: episode.client.name.casefold())


def _rooms(episode: Episode) -> tuple[Way, ...]:
    base = f"/episodes/{episode.pk}/"
    return tuple(Way(base + tail, title, episode.client.name) for _, title, tail in EPISODE_ROOMS)


def _id(typed: str) -> str:
    try:
        return str(UUID(typed))
    except ValueError:
        return ""


@require_GET
def keys(request: HttpRequest) -> HttpResponse:
    """The keys of every room."""
    return show(request, _part(request, "keys"), places=PLACES)


def _part(request: HttpRequest, name: str) -> str:
    """The bare part for a dialog, the whole page otherwise."""
    return f"_{name}.html" if request.headers.get("X-Requested-With") == "fetch" else f"{name}.html"
