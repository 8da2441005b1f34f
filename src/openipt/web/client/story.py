"""How we understand it: the formulation in plain words with the client's say, what was agreed, when we meet."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from openipt.errors import EntryNotValid, FieldFault, NoAccess
from openipt.records.actions import entries
from openipt.web.appointments import calendar_file
from openipt.web.client.common import client_page, say, show
from openipt.web.client.presenters_story import ANSWER, is_closed, planned, present_story
from openipt.web.sent import Sent

AGREEMENTS = ("agree", "partly", "no")
CHOOSE = "Choose one of the three."
SAY_WHAT = "Write what you would say otherwise, in your own words."


@require_http_methods(["GET", "POST"])
def story(request: HttpRequest) -> HttpResponse:
    """Read it; and where the therapist asks whether it fits, say so."""
    page = client_page(request)
    found = present_story(page)
    if request.method == "GET":
        return show(request, "client/story.html", page, story=found, values={}, faults=())
    if found.offer is None or found.offer.answered_on is not None:
        say(request, "Your answer is there already.")
        return HttpResponseRedirect(reverse("client:story"))
    sent = Sent(request.POST)
    agreement = sent.choice("agreement", AGREEMENTS, required=CHOOSE)
    words = sent.words("client_words", longest=20000)
    if agreement == "partly" and not words:
        sent.fault("client_words", SAY_WHAT)
    faults: tuple[FieldFault, ...] = tuple(sent.faults)
    if not faults:
        values = {"agreement": agreement, "client_words": words}
        try:
            entries.add_entry(
                episode=page.episode,
                record_type=ANSWER,
                payload={key: value for key, value in values.items() if value},
                shared=True,
                by=page.user,
                at=page.at,
            )
        except EntryNotValid as error:
            faults = error.faults
    if faults:
        return show(
            request, "client/story.html", page, story=found, values=sent.values, faults=faults, status=422
        )
    say(request, f"Kept. {page.therapist} reads it, and you talk about it when you meet.")
    return HttpResponseRedirect(reverse("client:story"))


@require_GET
def calendar(request: HttpRequest) -> HttpResponse:
    """The meetings that are planned, for the calendar of a phone: times and "Appointment", nothing else."""
    page = client_page(request)
    if is_closed(page):
        raise NoAccess
    return calendar_file(planned(page), page.at)
