"""My clients, and taking one on."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from openipt.records import audit, sealing
from openipt.records.access import Act, episodes_where
from openipt.records.models import Episode
from openipt.web import clock
from openipt.web.doors import roles
from openipt.web.therapist.common import show


@roles("therapist", "supervisor")
def clients(request: HttpRequest) -> HttpResponse:
    seen = episodes_where(request.user, Act.SEE_EPISODE, clock.today())
    episodes = list(Episode.objects.filter(seen).select_related("client"))
    audit.record_read(
        by=request.user, at=clock.now(), act="clients-listed", ids=[episode.pk for episode in episodes]
    )
    sealing.prepare([episode.client_id for episode in episodes])
    return show(request, "therapist/clients.html", episodes=episodes)


@roles("therapist")
def take_on(request: HttpRequest) -> HttpResponse:
    return show(request, "therapist/clients.html", episodes=())
