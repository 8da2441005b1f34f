"""My line: the client's own scores over time, without an expected course and without a verdict."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from openipt.web.client.common import client_page, show
from openipt.web.client.presenters_line import present_lines


@require_GET
def line(request: HttpRequest) -> HttpResponse:
    page = client_page(request)
    return show(request, "client/line.html", page, lines=present_lines(page))
