"""The room in which the circle is drawn: place, move, add, and say more of somebody beside it.

Without script the room is a drawing with links and a list in which everybody's ring is chosen. With script the
drawing itself is moved (js/circle.js); each act is saved as a draft at once, and the answer holds the drawing as
the server lays it out. "Keep this circle" makes a record of it: one for a session or a day.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.template.loader import render_to_string
from django.views.decorators.http import require_GET, require_POST

from openipt.core.formulation.circle import circle_values
from openipt.errors import FieldFault
from openipt.records.access import Act
from openipt.records.actions import drafts, entries
from openipt.records.actions.base import locked
from openipt.records.actions.conflicts import Refused
from openipt.web.circle_room import DRAFT_FIELD, ELSEWHERE, CircleRoom, drawn_as_sent, nobody_placed
from openipt.web.circle_standing import (
    CIRCLE,
    Drawn,
    Where,
    as_text,
    from_text,
    last_circle,
    places_before,
)
from openipt.web.doors import roles
from openipt.web.jinja import clock_time
from openipt.web.therapist.circle_person import beside_of
from openipt.web.therapist.common import EpisodePage, back_to, episode_page, go, say, show
from openipt.web.therapist.presenters_circle import (
    DRAFT_KEY,
    circle_version,
    drawn_now,
    own_draft,
    present_room,
    standing_now,
    version_of,
)
from openipt.web.therapist.room_parts import add_once, still_open

ROOM = "people"


@roles("therapist")
def circle(request: HttpRequest, episode_id: UUID) -> HttpResponse:
    """The room; a press of "Keep this circle" comes here too."""
    page = episode_page(request, episode_id, Act.WRITE_RECORD, room=ROOM)
    if request.method == "POST":
        return _keep(request, page)
    return _room(request, page, turned=False)


@roles("therapist")
@require_GET
def together(request: HttpRequest, episode_id: UUID) -> HttpResponse:
    """The same room on the screen turned to the client: nothing of safety, no staff header."""
    page = episode_page(request, episode_id, Act.WRITE_RECORD, room=ROOM)
    return _room(request, page, turned=True)


def _room(request: HttpRequest, page: EpisodePage, *, turned: bool) -> HttpResponse:
    person = request.GET.get("person", "")
    beside = beside_of(page, person, turned=turned) if person else None
    if beside is not None and request.headers.get("HX-Request"):
        return show(request, "therapist/_circle_person.html", page, beside=beside)
    back = back_to(request, page.address("people/circle/")) if turned else ""
    goes_on = "" if turned else back_to(request, _session_address(request, page))
    room = present_room(page, drawn_now(page), turned=turned, beside=beside, back=back, goes_on=goes_on)
    if request.headers.get("X-Requested-With") == "fetch":
        return JsonResponse(_answer(page, room))
    return show_room(request, page, room)


def _session_address(request: HttpRequest, page: EpisodePage) -> str:
    """The session from whose guide the room was opened: after keeping the circle one is back there."""
    try:
        session = UUID(request.GET.get("session", ""))
    except ValueError:
        return ""
    return page.address(f"sessions/{session}/")


def show_room(request: HttpRequest, page: EpisodePage, room: CircleRoom, status: int = 200) -> HttpResponse:
    """`back`: where the screen is turned back to; the room at the desk where nothing else was asked for."""
    template = "therapist/circle_together.html" if room.turned else "therapist/circle_room.html"
    return show(request, template, page, room=room, status=status)


def _answer(page: EpisodePage, room: CircleRoom) -> dict[str, Any]:
    """What the script takes over: the drawing, the list, and the words about both."""
    return {
        "version": room.drawn.version,
        "at": clock_time(page.at),
        "drawn": room.drawn.text,
        "html": render_to_string("components/circle_live.html", {"room": room}),
    }


# -- keeping ---------------------------------------------------------------------------------------------


def _keep(request: HttpRequest, page: EpisodePage) -> HttpResponse:
    """The drawing becomes the circle of this session, or of this day."""
    turned = "turned" in request.POST
    drawn, faults = _sent(request, page)
    faults = faults or nobody_placed(drawn)
    if faults:
        room = present_room(page, drawn, turned=turned, faults=faults, goes_on=back_to(request, ""))
        return show_room(request, page, room, status=422)
    try:
        kept = _kept(page, drawn)
    except Refused:
        return _two_drawings(request, page, drawn, turned=turned)
    drafts.clear_draft_text(episode=page.episode, key=DRAFT_KEY, refused=True, by=page.user, at=page.at)
    say(
        request,
        "The circle is kept." if kept else "Nobody has moved since this circle was kept.",
    )
    return go(request, page.address("people/circle/together/" if turned else "people/"))


def _sent(request: HttpRequest, page: EpisodePage) -> tuple[Drawn, tuple[FieldFault, ...]]:
    known = standing_now(page)
    drawn, faults = drawn_as_sent(request.POST, known)
    return (drawn if drawn.version.count(".") == 2 else replace(drawn, version=known.version)), faults


@transaction.atomic
def _kept(page: EpisodePage, drawn: Drawn) -> bool:
    """True where something was written: pressed twice, a circle is one."""
    locked(page.episode)
    last = last_circle(page)
    if not drawn.version.startswith(f"{circle_version(last)}."):
        raise Refused(theirs=last.visible if last else {}, yours=drawn.text, current_version=0)
    open_still = last is not None and still_open(page, last)
    before = places_before(page, last if open_still else None)
    values = circle_values(drawn.stood, before, page.on.isoformat(), drawn.dragged)
    if (
        last is not None
        and standing_now(page).places == drawn.places
        and values["rings"] == last.visible.get("rings")
    ):
        return False
    if last is not None and open_still:
        entries.save_entry(
            entry=last, payload=values, expected_version=last.version, by=page.user, at=page.at
        )
    else:
        add_once(page, CIRCLE, values, task=_task(page))
    return True


def _task(page: EpisodePage) -> str:
    """The task a circle does where the manual asks for one."""
    shown = page.manual.tasks_shown_by(CIRCLE)
    return next((task.id for task in shown if task.is_in(page.status.phase)), "")


def _two_drawings(request: HttpRequest, page: EpisodePage, drawn: Drawn, *, turned: bool) -> HttpResponse:
    """A circle was kept meanwhile: both stand beside each other, and nothing is lost of either."""
    drafts.keep_refused(
        episode=page.episode, key=DRAFT_KEY, field=DRAFT_FIELD, text=drawn.text, by=page.user, at=page.at
    )
    theirs = present_room(page, standing_now(page), turned=turned)
    mine = replace(drawn, version=version_of(last_circle(page), own_draft(page)))
    goes_on = back_to(request, "")
    room = present_room(page, mine, turned=turned, conflict=theirs.circle, goes_on=goes_on)
    return show_room(request, page, room, status=409)


# -- the draft -------------------------------------------------------------------------------------------


@roles("therapist")
@require_POST
def draft(request: HttpRequest, episode_id: UUID) -> HttpResponse:
    """Every act in the drawing is saved at once; the answer is the drawing as it lies now."""
    page = episode_page(request, episode_id, Act.WRITE_RECORD, room=ROOM, read="circle-drawn")
    where = from_text(request.POST.get("value", ""))
    if where is None:
        return JsonResponse({"message": "This drawing cannot be read. Draw it again."}, status=422)
    saved = _draft_saved(page, where, request.POST.get("version", ""))
    room = present_room(page, drawn_now(page), turned="turned" in request.POST.get("as", ""))
    answer = _answer(page, room)
    if not saved:
        return JsonResponse({**answer, "message": ELSEWHERE, "value": room.drawn.text}, status=409)
    return JsonResponse(answer)


@transaction.atomic
def _draft_saved(page: EpisodePage, where: dict[str, Where], version: str) -> bool:
    """False where somebody kept or drew meanwhile; what was sent is kept beside it."""
    locked(page.episode)
    page.only_reads = True  # no record is written from here on: each is read once
    draft = own_draft(page)
    now = version_of(last_circle(page), draft)
    text = as_text({code: place for code, place in where.items() if code in standing_now(page).places})
    by: dict[str, Any] = {"episode": page.episode, "key": DRAFT_KEY, "by": page.user, "at": page.at}
    if version != now and not (draft is not None and draft.text == text):
        drafts.keep_refused(field=DRAFT_FIELD, text=text, **by)
        return False
    if draft is None or draft.text != text:
        count = draft.base_version + 1 if draft else 1
        drafts.keep_draft_text(field=DRAFT_FIELD, text=text, base_version=count, **by)
    return True


@roles("therapist")
@require_POST
def begin_again(request: HttpRequest, episode_id: UUID) -> HttpResponse:
    """Give up what was drawn and not kept: back to the circle kept last."""
    page = episode_page(request, episode_id, Act.WRITE_RECORD, room=ROOM)
    drafts.clear_draft_text(episode=page.episode, key=DRAFT_KEY, by=page.user, at=page.at)
    return HttpResponseRedirect(
        page.address("people/circle/together/" if "turned" in request.POST else "people/circle/")
    )
