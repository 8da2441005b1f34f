"""The letter that closes a course, on the client's own pages and as a file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from openipt.errors import NoAccess
from openipt.records.models import EntryState
from openipt.web.client.common import ClientPage, client_page, show
from openipt.web.paper.answers import pdf_answer
from openipt.web.paper.blocks import Paper
from openipt.web.paper.letter import Source, closing_letter


@require_GET
def letter(request: HttpRequest) -> HttpResponse:
    page = client_page(request)
    return show(request, "client/letter.html", page, paper=_letter(page))


@require_GET
def letter_pdf(request: HttpRequest) -> HttpResponse:
    page = client_page(request)
    paper = _letter(page)
    if paper is None:
        raise NoAccess
    return pdf_answer(paper, "letter", page.at)


def _letter(page: ClientPage) -> Paper | None:
    def finished(record: str) -> Mapping[str, Any] | None:
        found = [entry for entry in page.entries(record) if entry.state == EntryState.FINAL]
        return found[-1].visible if found else None

    return closing_letter(
        Source(
            manual=page.manual,
            course=page.course,
            finished=finished,
            people=page.people,
            name=page.client.name,
            therapist=page.therapist,
            crisis=page.contacts,
            on=page.on,
            closed=page.is_closed,
        )
    )
