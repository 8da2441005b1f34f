"""The Ending room: tasks of the ending with their records, the start against now, what comes after."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from openipt.errors import NotAllowedNow
from openipt.records.access import Act
from openipt.web.doors import roles
from openipt.web.therapist.common import EpisodePage, episode_page, go, say, show
from openipt.web.therapist.presenters_ending import (
    FOLLOW_UP,
    OUTCOME,
    follow_up_days,
    outcome_values,
    present_ending,
)
from openipt.web.therapist.room_parts import add_once

ROOM = "ending"
OUTCOME_TASK, FOLLOW_UP_TASK = "E03", "E11"


@roles("therapist", "supervisor")
def ending(request: HttpRequest, episode_id: UUID) -> HttpResponse:
    page = episode_page(request, episode_id, Act.SEE_EPISODE, room=ROOM)
    return show(request, "therapist/ending.html", page, ending=present_ending(page))


@roles("therapist")
@require_POST
def outcome(request: HttpRequest, episode_id: UUID) -> HttpResponse:
    """Keep the outcome as the scores stand now (E03), one record for each of the pair."""
    page = episode_page(request, episode_id, Act.WRITE_RECORD, room=ROOM)
    values = outcome_values(page)
    if not values:
        raise NotAllowedNow(("There is no score at the start and one now to compare.",))
    with transaction.atomic():
        for one in values:
            add_once(page, OUTCOME, one, task=_task(page, OUTCOME_TASK), final=True)
    say(request, "The outcome is kept.")
    return go(request, page.address("ending/#change"))


@roles("therapist")
@require_POST
def follow_ups(request: HttpRequest, episode_id: UUID) -> HttpResponse:
    """Keep the dates 1, 3 and 6 months after the last session (E11)."""
    page = episode_page(request, episode_id, Act.WRITE_RECORD, room=ROOM)
    with transaction.atomic():
        for _, on in follow_up_days(page):
            add_once(page, FOLLOW_UP, {"due": on.isoformat()}, task=_task(page, FOLLOW_UP_TASK), final=True)
    say(request, "The dates are kept. Each can be changed.")
    return go(request, page.address("ending/#follow-up"))


def _task(page: EpisodePage, task: str) -> str:
    return task if page.manual.has_task(task) else ""
