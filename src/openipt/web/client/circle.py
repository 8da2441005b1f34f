"""My people: the client's own circle. Drawn as at the desk; each circle kept is a version, dated and the client's.

What is saved from an ordinary page changes the places of those who stand on it. Whoever stands behind the second
lock keeps their place in the record.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from openipt.core.formulation.circle import circle_values, places
from openipt.records.actions import drafts, entries
from openipt.records.actions.base import locked
from openipt.records.actions.conflicts import Refused
from openipt.records.models import Entry
from openipt.web.circle_room import DRAFT_FIELD, ELSEWHERE, CircleRoom, drawn_as_sent, nobody_placed
from openipt.web.circle_standing import (
    CIRCLE,
    Drawn,
    Where,
    as_text,
    from_text,
    last_circle,
    places_before,
    standing_places,
)
from openipt.web.client.common import ClientPage, client_page, say, show
from openipt.web.client.presenters_circle import (
    beside_of,
    draft_key,
    drawn_now,
    is_open,
    kept_circles,
    mark_of,
    own_draft,
    present_room,
    standing_now,
    version_now,
)
from openipt.web.jinja import clock_time


@require_http_methods(["GET", "POST"])
def circle(request: HttpRequest) -> HttpResponse:
    """The circle; a press of "Keep this circle" comes here too."""
    page = client_page(request)
    if request.method == "POST":
        return _keep(request, page)
    person = request.GET.get("person", "")
    beside = beside_of(page, person) if person else None
    if beside is not None and request.headers.get("HX-Request"):
        return show(request, "client/_circle_person.html", page, beside=beside)
    room = present_room(page, drawn_now(page), beside=beside)
    if request.headers.get("X-Requested-With") == "fetch":
        return JsonResponse(_answer(page, room))
    return show_room(request, page, room)


def show_room(request: HttpRequest, page: ClientPage, room: CircleRoom, status: int = 200) -> HttpResponse:
    return show(request, "client/circle.html", page, room=room, kept=kept_circles(page), status=status)


def _answer(page: ClientPage, room: CircleRoom) -> dict[str, Any]:
    """What the script takes over: the drawing, the list, and the words about both."""
    return {
        "version": room.drawn.version,
        "at": clock_time(page.at),
        "drawn": room.drawn.text,
        "html": render_to_string("components/circle_live.html", {"room": room}),
    }


# -- keeping ---------------------------------------------------------------------------------------------


def _keep(request: HttpRequest, page: ClientPage) -> HttpResponse:
    drawn, faults = drawn_as_sent(request.POST, standing_now(page))
    faults = faults or nobody_placed(drawn)
    if faults:
        return show_room(request, page, present_room(page, drawn, faults=faults), status=422)
    try:
        kept = _kept(page, drawn)
    except Refused:
        return _two_drawings(request, page, drawn)
    drafts.clear_draft_text(episode=page.episode, key=draft_key(page), refused=True, by=page.user, at=page.at)
    said = f"Kept. {page.therapist} sees it, too." if kept else "Nobody has moved since this circle was kept."
    say(request, said)
    return HttpResponseRedirect(reverse("client:people"))


@transaction.atomic
def _kept(page: ClientPage, drawn: Drawn) -> bool:
    """True where something was written: pressed twice, a circle is one."""
    locked(page.episode)
    page = replace(page)  # as it stands now
    seen = standing_now(page).places
    if mark_of(drawn.version) != mark_of(standing_now(page).version):
        raise Refused(theirs={}, yours=drawn.text, current_version=0)
    whole = replace(page, behind=True)  # everybody of the record, to be kept and never shown
    last = last_circle(whole)
    stood = _places_of_all(whole, last)
    moved = {code: place for code, place in drawn.places.items() if code in seen and place != seen[code]}
    result = Drawn({**stood, **moved}, drawn.version)
    open_still = last if last is not None and is_open(page, last) else None
    before = places_before(whole, open_still)
    values = circle_values(result.stood, before, page.on.isoformat(), result.dragged)
    if last is not None and not moved and places(values) == places(last.visible):
        return False
    if open_still is not None:
        entries.save_entry(
            entry=open_still,
            payload=values,
            expected_version=open_still.version,
            by=page.user,
            at=page.at,
        )
    else:
        entries.add_entry(
            episode=page.episode, record_type=CIRCLE, payload=values, shared=True, by=page.user, at=page.at
        )
    return True


def _places_of_all(whole: ClientPage, last: Entry | None) -> dict[str, Where]:
    there = places(last.visible) if last is not None else {}
    return {
        code: place for code, place in standing_places(whole).items() if code in whole.people or code in there
    }


def _two_drawings(request: HttpRequest, page: ClientPage, drawn: Drawn) -> HttpResponse:
    """A circle was kept meanwhile: both stand beside each other, and nothing is lost of either."""
    drafts.keep_refused(
        episode=page.episode,
        key=draft_key(page),
        field=DRAFT_FIELD,
        text=drawn.text,
        by=page.user,
        at=page.at,
    )
    page = replace(page)
    theirs = present_room(page, standing_now(page))
    mine = replace(drawn, version=version_now(page))
    return show_room(request, page, present_room(page, mine, conflict=theirs.circle), status=409)


# -- the draft -------------------------------------------------------------------------------------------


@require_POST
def draft(request: HttpRequest) -> HttpResponse:
    """Every act in the drawing is saved at once; the answer is the drawing as it lies now."""
    page = client_page(request, read="circle-drawn")
    where = from_text(request.POST.get("value", ""))
    if where is None:
        return JsonResponse({"message": "This drawing cannot be read. Draw it again."}, status=422)
    saved = _draft_saved(page, where, request.POST.get("version", ""))
    room = present_room(page, drawn_now(page))
    answer = _answer(page, room)
    if not saved:
        return JsonResponse({**answer, "message": ELSEWHERE, "value": room.drawn.text}, status=409)
    return JsonResponse(answer)


@transaction.atomic
def place_in_draft(page: ClientPage, code: str, ring: int) -> None:
    """Somebody who was added without script waits in their ring, drawn and not kept yet."""
    locked(page.episode)
    page = replace(page)
    _draft_saved(page, {**drawn_now(page).places, code: (ring, None)}, version_now(page))


@transaction.atomic
def _draft_saved(page: ClientPage, where: dict[str, Where], version: str) -> bool:
    """False where the circle was kept or drawn meanwhile; what was sent is kept beside it."""
    locked(page.episode)
    known, draft = standing_now(page).places, own_draft(page)
    text = as_text({code: place for code, place in where.items() if code in known})
    by: dict[str, Any] = {"episode": page.episode, "key": draft_key(page), "by": page.user, "at": page.at}
    if version != version_now(page) and not (draft is not None and draft.text == text):
        drafts.keep_refused(field=DRAFT_FIELD, text=text, **by)
        return False
    if draft is None or draft.text != text:
        count = draft.base_version + 1 if draft else 1
        drafts.keep_draft_text(field=DRAFT_FIELD, text=text, base_version=count, **by)
    return True


@require_POST
def begin_again(request: HttpRequest) -> HttpResponse:
    """Give up what was drawn and not kept: back to the circle kept last."""
    page = client_page(request)
    drafts.clear_draft_text(episode=page.episode, key=draft_key(page), by=page.user, at=page.at)
    return HttpResponseRedirect(reverse("client:people"))
