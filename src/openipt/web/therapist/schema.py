"""Episodes and schema, where the treatment works with them: side by side at the desk, or turned to the client."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET, require_POST

from openipt.core.course.narrative import SCHEMA, linked_episodes
from openipt.errors import NoAccess, NotAllowedNow
from openipt.records.access import Act
from openipt.web.doors import roles
from openipt.web.pattern import in_own_words
from openipt.web.therapist.common import EpisodePage, episode_page, go, say, show
from openipt.web.therapist.formulation import ROOM
from openipt.web.therapist.presenters_narrative import is_used, present_room, schema_task
from openipt.web.therapist.room_parts import keep_version

OF_AGREEMENT = ("agreed", "client_words")  # of a new version both are asked again


@roles("therapist", "supervisor")
@require_GET
def schema(request: HttpRequest, episode_id: UUID) -> HttpResponse:
    page = _page(request, episode_id, Act.SEE_EPISODE)
    return show(request, "therapist/schema.html", page, room=present_room(page))


@roles("therapist", "supervisor")
@require_GET
def together(request: HttpRequest, episode_id: UUID) -> HttpResponse:
    """The screen turned to the client: the schema and the episodes, no header of the staff."""
    page = _page(request, episode_id, Act.SEE_EPISODE)
    room = present_room(page)
    shown = (
        replace(room.now.pattern, parts=tuple(map(in_own_words, room.now.pattern.parts)))
        if room.now
        else None
    )
    return show(request, "therapist/schema_together.html", None, episode=page, room=room, shown=shown)


@roles("therapist")
@require_POST
def link(request: HttpRequest, episode_id: UUID) -> HttpResponse:
    """An episode supports the schema (MIT-05). That changes the schema: whether it fits is asked again."""
    page = _page(request, episode_id, Act.WRITE_RECORD)
    code, written = request.POST.get("told", ""), page.entries(SCHEMA)
    if not written or code not in page.codes["episodes"]:
        raise NotAllowedNow(("Write a schema first, and choose one of the episodes.",))
    before = dict(written[-1].visible)
    if code not in linked_episodes(before):
        values = {key: value for key, value in before.items() if key not in OF_AGREEMENT}
        values["links"] = [*(before.get("links") or ()), {"episode": code}]
        keep_version(page, SCHEMA, written[-1], values, written[-1].version, task=schema_task(page))
        say(request, "Linked. Check with the client whether the schema fits it.")
    return go(request, page.address("schema/#schema"))


def _page(request: HttpRequest, episode_id: UUID, act: Act) -> EpisodePage:
    page = episode_page(request, episode_id, act, room=ROOM)
    if not is_used(page):
        raise NoAccess
    return page
