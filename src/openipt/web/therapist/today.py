"""The therapist's first page: my sessions of today, and who needs me and why."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from openipt.web.doors import roles
from openipt.web.therapist.common import show


@roles("therapist", "supervisor")
def today(request: HttpRequest) -> HttpResponse:
    return show(request, "therapist/today.html")
