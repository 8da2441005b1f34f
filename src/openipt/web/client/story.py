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
from openipt.web.client.presenters_story import (
    ANSWER,
    answer_to,
    is_closed,
    open_offer,
    planned,
    present_story,
)
from openipt.web.sent import Sent

AGREEMENTS = ("agree", "partly", "no")
CHOOSE = "Choose one of the three."
SAY_WHAT = "Write what you would say otherwise, in your own words."


@require_http_methods(["GET", "POST"])
def story(request: HttpRequest) -> HttpResponse:
    """Read it; and where the therapist asks whether it fits, say so."""
    page = client_page(request)
    if request.method == "GET":
        return _page(request, page)
    sent = Sent(request.POST)
    agreement = sent.choice("agreement", AGREEMENTS, required=CHOOSE)
    words = sent.words("client_words", longest=20000)
    if agreement == "partly" and not words:
        sent.fault("client_words", SAY_WHAT)
    if sent.faults:
        return _page(request, page, sent, tuple(sent.faults), status=422)
    values = {key: value for key, value in (("agreement", agreement), ("client_words", words)) if value}
    try:
        kept = _answer_once(page, values)
    except EntryNotValid as error:
        return _page(request, page, sent, error.faults, status=422)
    if kept != values:
        return _page(request, page, sent, status=409)
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


def _page(
    request: HttpRequest,
    page: ClientPage,
    sent: Sent | None = None,
    faults: tuple[FieldFault, ...] = (),
    *,
    status: int = 200,
) -> HttpResponse:
    page = replace(page)
    found, values = present_story(page), sent.values if sent else {}
    asked = found.offer is not None and found.offer.answered_on is None
    not_sent = "" if asked else values.get("client_words", "")
    return show(
        request, "client/story.html", page,
        story=found, values=values, faults=faults if asked else (), not_sent=not_sent, status=status,
    )  # fmt: skip


@require_GET
def calendar(request: HttpRequest) -> HttpResponse:
    """The meetings that are planned, for the calendar of a phone: times and "Appointment", nothing else."""
    page = client_page(request)
    if is_closed(page):
        raise NoAccess
    return calendar_file(planned(page), page.at)
