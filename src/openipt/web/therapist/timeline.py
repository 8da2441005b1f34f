"""The Timeline room: a life on one line, typed line by line, and which event goes with which symptom."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_GET, require_POST

from openipt.errors import EntryNotValid, FieldFault, NotAllowedNow
from openipt.records.access import Act
from openipt.records.actions import entries
from openipt.records.models import EntryState
from openipt.web.doors import roles
from openipt.web.sent import Sent
from openipt.web.therapist.common import EpisodePage, episode_page, go, say, show
from openipt.web.therapist.presenters_timeline import linkable, present_timeline, present_together
from openipt.web.therapist.records import may_change
from openipt.web.therapist.room_parts import add_once
from openipt.web.therapist.timeline_entry import entry_named, just_done
from openipt.web.timeline_read import LineRead, read_line
from openipt.web.timeline_view import STRENGTHS, TIMELINE, present_drawing

ROOM = "timeline"
LINK_TASK = "I09"
TOGETHER = "together"
SPAN_FIELDS = ("span", "from", "to")


@roles("therapist", "supervisor")
def timeline(request: HttpRequest, episode_id: UUID) -> HttpResponse:
    page = episode_page(request, episode_id, Act.SEE_EPISODE, room=ROOM)
    if _wants_drawing(request):
        return _drawing(request, page, page.address("timeline/"))
    return _show(request, page)


@roles("therapist", "supervisor")
@require_GET
def together(request: HttpRequest, episode_id: UUID) -> HttpResponse:
    """The screen turned to the client: the line and its words, no header of the staff."""
    page = episode_page(request, episode_id, Act.SEE_EPISODE, room=ROOM)
    if _wants_drawing(request):
        return _drawing(request, page, page.address("timeline/together/"))
    return _show_together(request, page)


def _wants_drawing(request: HttpRequest) -> bool:
    """Other days were asked for by the page itself; everybody else gets a whole page."""
    asked = request.headers.get("HX-Target") == "time-view" and request.headers.get("HX-Request")
    return bool(asked) and not request.headers.get("HX-History-Restore-Request")


def _drawing(request: HttpRequest, page: EpisodePage, address: str) -> HttpResponse:
    view = present_drawing(page, request.GET, address)
    status = 422 if view.span.faults else 200
    return show(request, "components/time_view.html", None, view=view, address=address, status=status)


def _show(
    request: HttpRequest, page: EpisodePage, sent: Sent | None = None, read: LineRead | None = None
) -> HttpResponse:
    found = present_timeline(page, request.GET if request.method == "GET" else request.POST)
    faults: tuple[FieldFault, ...] = tuple(sent.faults) if sent else read.faults if read else ()
    faults = (*faults, *found.view.span.faults)
    return show(
        request,
        "therapist/timeline.html",
        page,
        timeline=found,
        view=found.view,
        address=page.address("timeline/"),
        read=read or LineRead(""),
        done=just_done(page, request.GET),
        values=sent.values if sent else {},
        faults=faults,
        strengths=tuple((str(value), words) for value, words in enumerate(STRENGTHS)),
        status=422 if faults else 200,
    )


def _show_together(request: HttpRequest, page: EpisodePage, read: LineRead | None = None) -> HttpResponse:
    found = present_together(page, request.GET if request.method == "GET" else request.POST)
    faults = (*(read.faults if read else ()), *found.view.span.faults)
    return show(
        request,
        "therapist/timeline_together.html",
        None,
        episode=page,
        shown=found,
        view=found.view,
        address=page.address("timeline/together/"),
        read=read or LineRead(""),
        done=just_done(page, request.GET),
        faults=faults,
        status=422 if faults else 200,
    )


# -- one line --------------------------------------------------------------------------------------------


@roles("therapist")
@require_POST
def read(request: HttpRequest, episode_id: UUID) -> HttpResponse:
    """How a line is understood, before anything is kept."""
    page = episode_page(request, episode_id, Act.WRITE_RECORD, room=ROOM)
    found, _ = read_line(page, request.POST)
    if request.headers.get("HX-Request"):
        return show(request, "components/time_read.html", None, read=found, said_above=False)
    return _again(request, page, found)


@roles("therapist")
@require_POST
def add(request: HttpRequest, episode_id: UUID) -> HttpResponse:
    """Keep the line as it was understood. What is wrong with it stands at the field, and nothing typed is lost."""
    page = episode_page(request, episode_id, Act.WRITE_RECORD, room=ROOM)
    found, values = read_line(page, request.POST)
    if found.fault:
        return _again(request, page, found)
    try:
        entry = add_once(page, TIMELINE, values)
    except EntryNotValid as error:
        wrong = LineRead(**{**vars(found), "fault": " ".join(fault.message for fault in error.faults)})
        return _again(request, page, wrong)
    return _back(request, page, kept=str(entry.pk))


def _again(request: HttpRequest, page: EpisodePage, found: LineRead) -> HttpResponse:
    if request.POST.get("where") == TOGETHER:
        return _show_together(request, page, found)
    return _show(request, page, read=found)


@roles("therapist")
@require_POST
def take_back(request: HttpRequest, episode_id: UUID) -> HttpResponse:
    """What was just kept is taken back: withdrawn, with its history."""
    page = episode_page(request, episode_id, Act.WRITE_RECORD, room=ROOM)
    entry = entry_named(page, request.POST.get("entry", ""))
    if entry.state != EntryState.WITHDRAWN:
        allowed = may_change(page, entry)
        if not allowed:
            raise NotAllowedNow(allowed.reasons)
        entries.withdraw_entry(entry=entry, by=page.user, at=page.at)
    return _back(request, page, taken=str(entry.pk))


@roles("therapist")
@require_POST
def put_back(request: HttpRequest, episode_id: UUID) -> HttpResponse:
    """What was taken back comes onto the line again, as a record of its own."""
    page = episode_page(request, episode_id, Act.WRITE_RECORD, room=ROOM)
    entry = entry_named(page, request.POST.get("entry", ""))
    if entry.state == EntryState.WITHDRAWN:
        entry = add_once(page, TIMELINE, entry.payload, task=entry.for_task)
    return _back(request, page, kept=str(entry.pk))


def _back(request: HttpRequest, page: EpisodePage, **done: str) -> HttpResponse:
    """To the days that were shown, on the page it came from."""
    tail = "timeline/together/" if request.POST.get("where") == TOGETHER else "timeline/"
    return HttpResponseRedirect(f"{page.address(tail)}?{urlencode({**_span_sent(request.POST), **done})}")


def _span_sent(post: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(post[name])[:20] for name in SPAN_FIELDS if post.get(name)}


# -- what goes with what ---------------------------------------------------------------------------------


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
