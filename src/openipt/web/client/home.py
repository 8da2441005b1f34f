"""Home: one next thing, when we meet next, the step of the week, the last receipt."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from openipt.records.actions import tellings
from openipt.web import behind
from openipt.web.client.common import client_page, show
from openipt.web.client.presenters_home import present_home


@require_POST
def close(request: HttpRequest) -> HttpResponse:
    """Back to the ordinary pages."""
    behind.close(request)
    return HttpResponseRedirect(reverse("client:home"))


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Where a client starts."""
    page = client_page(request)
    answer = show(request, "client/home.html", page, home=present_home(page))
    tellings.mark_reminders_shown(by=page.user, at=page.at)
    return answer
