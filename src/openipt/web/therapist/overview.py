"""The first room of an episode: where the course stands and what it asks for."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse

from openipt.records.access import Act
from openipt.web.doors import roles
from openipt.web.therapist.common import episode_page, show


@roles("therapist", "supervisor")
def overview(request: HttpRequest, episode_id: UUID) -> HttpResponse:
    page = episode_page(request, episode_id, Act.SEE_EPISODE, room="overview")
    return show(request, "therapist/overview.html", page)
