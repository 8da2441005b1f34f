"""The line: the course of the scores with all that may have moved it. Its choices are an address, no more."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET, require_POST

from openipt.core.course.known import words
from openipt.errors import NoAccess, NotAllowedNow
from openipt.records.access import Act
from openipt.records.actions import entries
from openipt.records.models import Entry
from openipt.web.doors import roles
from openipt.web.shown_line import PARTS, SHOWN
from openipt.web.therapist.common import EpisodePage, entry_of, episode_page, go, say, show
from openipt.web.therapist.line_choice import read_choice
from openipt.web.therapist.line_pdf import line_pdf
from openipt.web.therapist.presenters_documents import document_label
from openipt.web.therapist.presenters_line_page import present_line_page, why_not_own_page
from openipt.web.therapist.session_room import Room, open_room

NOT_NOW = "This session is not being written now: what is looked at together is kept in a session that is."


@roles("therapist", "supervisor")
@require_GET
def line(request: HttpRequest, episode_id: UUID) -> HttpResponse:
    page = episode_page(request, episode_id, Act.SEE_EPISODE, room="overview")
    choice = read_choice(page, request.GET)
    found = present_line_page(page, choice)
    status = 422 if choice.faults else 200
    return show(request, "therapist/line.html", page, line=found, faults=choice.faults, status=status)


@roles("therapist", "supervisor")
@require_GET
def line_print(request: HttpRequest, episode_id: UUID) -> HttpResponse:
    """The line as it was chosen, on paper."""
    page = episode_page(request, episode_id, Act.SEE_EPISODE, room="overview", read="document-printed")
    found = present_line_page(page, read_choice(page, request.GET))
    return show(request, "therapist/line_print.html", page, line=found, label=document_label(page))


@roles("therapist", "supervisor")
@require_GET
def line_as_pdf(request: HttpRequest, episode_id: UUID) -> HttpResponse:
    """The same as an accessible file. Its name says nothing of anybody."""
    page = episode_page(request, episode_id, Act.SEE_EPISODE, room="overview", read="document-printed")
    made = line_pdf(page, present_line_page(page, read_choice(page, request.GET)))
    response = HttpResponse(made, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="line-{page.on.isoformat()}.pdf"'
    return response


@roles("therapist")
@require_POST
def own_page(request: HttpRequest, episode_id: UUID) -> HttpResponse:
    """What was looked at together is opened on the client's own page, or closed there again."""
    page = episode_page(request, episode_id, Act.WRITE_RECORD, room="overview")
    entry = _shown_entry(page, request.POST.get("shown", ""))
    opens = request.POST.get("do") == "open"
    reason = why_not_own_page(page) if opens else ""
    if reason:
        raise NotAllowedNow((reason,))
    if (entry.visible.get("own_page") is True) != opens:
        entries.save_entry(
            entry=entry,
            payload={**entry.payload, "own_page": opens},
            expected_version=entry.version,
            by=page.user,
            at=page.at,
        )
        say(
            request,
            "It stands on the client's own page now." if opens else "It is closed on the client's page.",
        )
    return go(request, page.address("line/#together"))


@roles("therapist")
@require_POST
def show_together(request: HttpRequest, episode_id: UUID, session_id: UUID) -> HttpResponse:
    """On the screen turned to the client: look at more of the line. What was looked at is kept with its day."""
    room = open_room(request, episode_id, session_id, Act.WRITE_RECORD)
    if not room.may_write:
        raise NotAllowedNow((NOT_NOW,))
    part = request.POST.get("part", "")
    if part not in PARTS:
        raise NoAccess
    _keep_shown(room, part)
    return go(request, room.address("together/#line"))


def _keep_shown(room: Room, part: str) -> None:
    """One record for a day: what is looked at next joins it."""
    found = [entry for entry in room.page.entries(SHOWN) if entry.on == room.session.held_on]
    by = {"by": room.user, "at": room.page.at}
    if not found:
        entries.add_entry(
            episode=room.episode, record_type=SHOWN, payload={"parts": [part], "own_page": False},
            on=room.session.held_on, final=True, **by,
        )  # fmt: skip
        return
    entry = found[-1]
    parts = words(entry.payload.get("parts"))
    if part not in parts:
        payload = {**entry.payload, "parts": [*parts, part]}
        entries.save_entry(entry=entry, payload=payload, expected_version=entry.version, **by)


def _shown_entry(page: EpisodePage, given: str) -> Entry:
    """The record of having looked together; `NoAccess` for any other."""
    try:
        entry = entry_of(page, UUID(given))
    except ValueError:
        raise NoAccess from None
    if entry.record_type != SHOWN:
        raise NoAccess
    return entry
