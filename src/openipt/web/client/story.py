"""How we understand it: the formulation in plain words with the client's say, what was agreed, when we meet."""

from __future__ import annotations

from dataclasses import replace

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from openipt.errors import EntryNotValid, FieldFault, NoAccess
from openipt.records.actions import entries
from openipt.records.actions.base import locked
from openipt.web.appointments import calendar_file
from openipt.web.client.common import ClientPage, client_page, say, show
from openipt.web.client.presenters_life import just_done, present_days, present_life
from openipt.web.client.presenters_story import (
    ANSWER,
    CONTRACT,
    FOCUS,
    FORMULATION,
    GOODBYE,
    OFFER,
    SCHEMA,
    answer_to,
    open_offer,
    planned,
    present_story,
)
from openipt.web.sent import Sent
from openipt.web.timeline_read import LineRead
from openipt.web.timeline_view import MEDICATION

AGREEMENTS = ("agree", "partly", "no")
CHOOSE = "Choose one of the three."
SAY_WHAT = "Write what you would say otherwise, in your own words."


@require_http_methods(["GET", "POST"])
def story(request: HttpRequest) -> HttpResponse:
    """Read it; and where the therapist asks whether it fits, say so."""
    page = client_page(request)
    if request.method == "GET":
        return _days(request, page) if _wants_days(request) else show_story(request, page)
    sent = Sent(request.POST)
    agreement = sent.choice("agreement", AGREEMENTS, required=CHOOSE)
    words = sent.words("client_words", longest=20000)
    if agreement == "partly" and not words:
        sent.fault("client_words", SAY_WHAT)
    if sent.faults:
        return show_story(request, page, sent, tuple(sent.faults), status=422)
    values = {key: value for key, value in (("agreement", agreement), ("client_words", words)) if value}
    try:
        kept = _answer_once(page, values)
    except EntryNotValid as error:
        return show_story(request, page, sent, error.faults, status=422)
    if kept != values:
        return show_story(request, page, sent, status=409)
    say(request, f"Kept. {page.therapist} reads it, and you talk about it when you meet.")
    return HttpResponseRedirect(reverse("client:story"))


@transaction.atomic
def _answer_once(page: ClientPage, values: dict[str, str]) -> dict[str, str] | None:
    """Keep the answer to what is asked now. Returns what is kept; None where nothing is asked any more.

    A second press waits here and then finds the first.
    """
    locked(page.episode)
    page = replace(page)  # as it stands now, not as it was when the page was opened
    asked = open_offer(page)
    if asked is None:
        return None
    given = answer_to(page, asked)
    if given is not None:
        return dict(given.visible)
    entries.add_entry(
        episode=page.episode, record_type=ANSWER, payload=values, shared=True, by=page.user, at=page.at
    )
    return values


def show_story(
    request: HttpRequest,
    page: ClientPage,
    sent: Sent | None = None,
    faults: tuple[FieldFault, ...] = (),
    *,
    read: LineRead | None = None,
    status: int = 200,
) -> HttpResponse:
    """The whole page. `read`: a line that was typed onto the life line and is shown again."""
    page = replace(page)
    page.read(FORMULATION, OFFER, ANSWER, CONTRACT, FOCUS, SCHEMA, GOODBYE, MEDICATION)
    found, values = present_story(page), sent.values if sent else {}
    life = present_life(page, request.GET)
    asked = found.offer is not None and found.offer.answered_on is None
    of_line = (*(read.faults if read else ()), *life.view.span.faults)
    not_sent = "" if asked else values.get("client_words", "")
    return show(
        request, "client/story.html", page,
        story=found, values=values, faults=faults if asked else (), not_sent=not_sent,
        life=life, view=life.view, address=reverse("client:story"), base=reverse("client:story"),
        read=read or LineRead(""), done=just_done(page, request.GET), line_faults=of_line,
        shares="shared" in request.POST, status=422 if of_line else status,
    )  # fmt: skip


def _wants_days(request: HttpRequest) -> bool:
    """Other days were asked for by the page itself; everybody else gets a whole page."""
    asked = request.headers.get("HX-Target") == "time-view" and request.headers.get("HX-Request")
    return bool(asked) and not request.headers.get("HX-History-Restore-Request")


def _days(request: HttpRequest, page: ClientPage) -> HttpResponse:
    view = present_days(page, request.GET)
    status = 422 if view.span.faults else 200
    address = reverse("client:story")
    return show(request, "components/time_view.html", page, view=view, address=address, status=status)


@require_GET
def calendar(request: HttpRequest) -> HttpResponse:
    """The meetings that are planned, for the calendar of a phone: times and "Appointment", nothing else."""
    page = client_page(request)
    if page.is_closed:
        raise NoAccess
    return calendar_file(planned(page), page.at)
