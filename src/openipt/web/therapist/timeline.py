"""The Timeline room: what happened when, and which event goes with which symptom."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from openipt.records.access import Act
from openipt.web.doors import roles
from openipt.web.record_forms import RecordForm
from openipt.web.sent import Sent
from openipt.web.therapist.common import EpisodePage, episode_page, go, role_of, say, show
from openipt.web.therapist.presenters_timeline import STRENGTHS, TIMELINE, linkable, present_timeline
from openipt.web.therapist.room_parts import add_once

ROOM = "timeline"
ADDED_WITH = ("text", "date", "type")
LINK_TASK = "I09"


@roles("therapist", "supervisor")
def timeline(request: HttpRequest, episode_id: UUID) -> HttpResponse:
    page = episode_page(request, episode_id, Act.SEE_EPISODE, room=ROOM)
    return _show(request, page)


def _show(request: HttpRequest, page: EpisodePage, sent: Sent | None = None) -> HttpResponse:
    kind = page.manual.record_types[TIMELINE]
    form = RecordForm.from_values(kind, only=ADDED_WITH, role=role_of(page))
    by_key = {control.name: control for control in form.controls}
    return show(
        request,
        "therapist/timeline.html",
        page,
        timeline=present_timeline(page),
        controls=tuple(by_key[key] for key in ADDED_WITH),
        session=page.session_at_hand,
        values=sent.values if sent else {},
        faults=tuple(sent.faults) if sent else (),
        strengths=tuple((str(value), words) for value, words in enumerate(STRENGTHS)),
        status=422 if sent else 200,
    )


@roles("therapist")
@require_POST
def link(request: HttpRequest, episode_id: UUID) -> HttpResponse:
    """Tie an event to a symptom (I09). A pair tied before is rated anew; the last word counts."""
    page = episode_page(request, episode_id, Act.WRITE_RECORD, room=ROOM)
    events, symptoms = linkable(page)
    sent = Sent(request.POST)
    event = sent.choice("event", events, required="Choose the event.")
    symptom = sent.choice("symptom", symptoms, required="Choose the symptom.")
    strength = sent.choice("strength", ("0", "1", "2", "3"), required="Say how strong the link is.")
    if sent.faults:
        return _show(request, page, sent)
    values = {"links": [{"event": event, "symptom": symptom, "strength_0_3": int(strength)}]}
    add_once(page, TIMELINE, values, task=LINK_TASK if page.manual.has_task(LINK_TASK) else "")
    say(request, "The link is kept.")
    return go(request, page.address("timeline/"))
