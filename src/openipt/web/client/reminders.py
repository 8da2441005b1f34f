"""Reminders: on one's own pages always, by e-mail where the client switches it on."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from openipt.errors import EntryNotValid, FieldFault
from openipt.records.actions import reminders as actions
from openipt.records.models import ReminderChoice
from openipt.web.client.common import ClientPage, client_page, say, show


def reminders(request: HttpRequest) -> HttpResponse:
    """Whether to be reminded by e-mail, and where. The client's choice alone, taken back at any time."""
    page = client_page(request)
    if request.method != "POST":
        kept = ReminderChoice.objects.filter(client=page.client).first()
        return _page(request, page, kept.by_email if kept else False, str(kept.address) if kept else "")
    wanted, address = request.POST.get("by_email") == "yes", request.POST.get("address", "")
    try:
        actions.choose(client=page.client, by_email=wanted, address=address, by=page.user, at=page.at)
    except EntryNotValid as error:
        return _page(request, page, wanted, address, error.faults)
    say(request, "Kept: we write to you before we meet." if wanted else "Kept: no e-mail is sent to you.")
    return HttpResponseRedirect(reverse("client:reminders"))


def _page(
    request: HttpRequest, page: ClientPage, wanted: bool, address: str, faults: tuple[FieldFault, ...] = ()
) -> HttpResponse:
    return show(
        request,
        "client/reminders.html",
        page,
        status=422 if faults else 200,
        wanted=wanted,
        address=address,
        faults=faults,
        sends_mail=settings.ENVIRONMENT.channels.mail is not None,
        days=actions.DAYS_BEFORE,
    )
