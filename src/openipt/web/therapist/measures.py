"""The Measures room: every score of the course, and what is due."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse

from openipt.records.access import Act
from openipt.web.doors import roles
from openipt.web.therapist.common import episode_page, show


@roles("therapist", "supervisor")
def measures(request: HttpRequest, episode_id: UUID) -> HttpResponse:
    page = episode_page(request, episode_id, Act.SEE_EPISODE, room="measures")
    scores = page.episode.scores.order_by("-on", "measure")
    return show(request, "therapist/measures.html", page, scores=scores)
