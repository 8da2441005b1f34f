"""The link of a letter: it leads to the sign-in, and from there to what the letter was about. It works once."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_GET

from openipt.records.access import Act, may
from openipt.records.actions import tellings
from openipt.records.models import Delivery, Role, User
from openipt.web import clock
from openipt.web.doors import home_of, roles


@roles("therapist", "supervisor", "manager", "administrator")
@require_GET
def open_letter(request: HttpRequest, delivery_id: UUID) -> HttpResponse:
    """Only its own recipient, signed in, opens it; anybody else learns nothing."""
    opened = tellings.open_link(delivery_id=delivery_id, by=request.user, at=clock.now())
    return HttpResponseRedirect(_address(request.user, opened))


def _address(user: User, opened: Delivery | None) -> str:
    if opened is None:
        return home_of(user)
    if opened.alert is None:
        return "/accounts/alerts/"
    episode = opened.alert.episode
    if user.role != Role.MANAGER and may(user, Act.SEE_ALERT, episode=episode, on=clock.today()):
        return f"/episodes/{episode.pk}/alerts/{opened.alert.pk}/"
    return home_of(user)
