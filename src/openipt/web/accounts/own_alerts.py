"""Where somebody of the staff is told of alerts by e-mail: their own address, and a trial of it."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_POST

from openipt.errors import EntryNotValid, FieldFault, NotAllowedNow
from openipt.records.actions import tellings
from openipt.records.queries.tellings import last_trial
from openipt.web import clock
from openipt.web.accounts.presenters import present_trial
from openipt.web.doors import roles
from openipt.web.pages import say, show

STAFF = ("therapist", "supervisor", "manager", "administrator")


@roles(*STAFF)
def own_alerts(request: HttpRequest) -> HttpResponse:
    """One's own address; empty for none."""
    if request.method != "POST":
        return _page(request, request.user.alert_email)
    typed = request.POST.get("alert_email", "")
    try:
        user = tellings.set_alert_email(user=request.user, address=typed, by=request.user, at=clock.now())
    except EntryNotValid as error:
        return _page(request, typed, faults=error.faults)
    if user.alert_email:
        say(request, "Kept. Send yourself a trial message, to see that it arrives.")
    else:
        say(request, "Kept: you are told on the pages alone.")
    return HttpResponseRedirect("/accounts/alerts/")


@roles(*STAFF)
@require_POST
def send_trial(request: HttpRequest) -> HttpResponse:
    """A letter to oneself."""
    try:
        tellings.send_trial(user=request.user, by=request.user, at=clock.now())
    except NotAllowedNow as error:
        return _page(request, request.user.alert_email, refused=tuple(error.reasons))
    except EntryNotValid as error:
        return _page(request, request.user.alert_email, faults=error.faults)
    say(request, "A trial message is on its way.")
    return HttpResponseRedirect("/accounts/alerts/")


def _page(
    request: HttpRequest,
    address: str,
    *,
    faults: tuple[FieldFault, ...] = (),
    refused: tuple[str, ...] = (),
) -> HttpResponse:
    trial = last_trial(request.user)
    return show(
        request,
        "accounts/own_alerts.html",
        status=409 if refused else 422 if faults else 200,
        address=address,
        kept=request.user.alert_email,
        sends_mail=settings.ENVIRONMENT.channels.mail is not None,
        trial=present_trial(trial, clock.now()) if trial is not None else None,
        faults=faults,
        refused=refused,
    )
