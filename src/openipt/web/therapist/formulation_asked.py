"""The formulation between two people: asking the client on their own page, and two versions side by side."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET, require_POST

from openipt.core.formulation.paragraph import paragraph
from openipt.errors import NoAccess, NotAllowedNow
from openipt.records.access import Act
from openipt.web.doors import roles
from openipt.web.therapist.common import episode_page, go, say, show
from openipt.web.therapist.formulation import ROOM
from openipt.web.therapist.presenters_agreeing import (
    FACE_TO_FACE,
    FORMULATION,
    OFFER,
    compared,
    is_watched,
    plain_view,
)
from openipt.web.therapist.presenters_formulation_draft import latest
from openipt.web.therapist.room_parts import add_once

NOTHING_YET = "There is no formulation yet to ask about."


@roles("therapist")
@require_POST
def offer(request: HttpRequest, episode_id: UUID) -> HttpResponse:
    """Put the formulation, as it reads now, before the client on their own page."""
    page = episode_page(request, episode_id, Act.WRITE_RECORD, room=ROOM)
    entry = latest(page, FORMULATION)
    if entry is None:
        raise NotAllowedNow((NOTHING_YET,))
    if is_watched(page):
        raise NotAllowedNow((FACE_TO_FACE,))
    words = {
        "plain_words": plain_view(page, entry.visible).text,
        "text": paragraph(page.manual.formulation, entry.visible, page.codes["areas"]),
    }
    add_once(page, OFFER, words, final=True)
    say(request, "The client finds it under “My story”, with the question whether it fits.")
    return go(request, page.address("formulation/#formulation"))


@roles("therapist", "supervisor")
@require_GET
def compare(request: HttpRequest, episode_id: UUID, before_id: UUID, after_id: UUID) -> HttpResponse:
    """Two versions side by side, with what went and what came."""
    page = episode_page(request, episode_id, Act.SEE_EPISODE, room=ROOM)
    found = {entry.pk: entry for entry in page.entries(FORMULATION)}
    if before_id not in found or after_id not in found:
        raise NoAccess
    before, after = sorted((found[before_id], found[after_id]), key=lambda entry: entry.order)
    return show(
        request,
        "therapist/formulation_compare.html",
        page,
        before=before,
        after=after,
        texts=compared(page, before, after),
    )
