"""The Documents room: print pages, the outline of the course, and the whole episode as a file."""

from __future__ import annotations

import json
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from openipt.core.course import known
from openipt.core.portable.episode_file import to_file
from openipt.errors import NoAccess
from openipt.records import convert
from openipt.records.access import Act
from openipt.web.doors import roles
from openipt.web.paper.answers import pdf_answer
from openipt.web.paper.blank import blank_sheet
from openipt.web.paper.blocks import Paper
from openipt.web.paper.letter import letter_reading
from openipt.web.therapist.common import EpisodePage, episode_page, show
from openipt.web.therapist.papers import show_paper
from openipt.web.therapist.presenters_documents import blank_kinds, present_documents
from openipt.web.therapist.presenters_papers import made

ROOM, LETTER, CONFIDENTIALITY = "documents", "letter", "confidentiality"
IN_DANGER = "Danger from another person is on record: give this to nobody who may be meant."
READ_BY_CLIENTS = (LETTER, CONFIDENTIALITY)
GIVEN = {
    LETTER: "The client finds this letter on their own pages. Give it on paper only where it can be kept safely.",
    CONFIDENTIALITY: "For the young person and the parents. Read it through with the young person before you hand it over.",
    "referrer": "Give this to the referrer only as the client has agreed.",
}


@roles("therapist", "supervisor")
@require_GET
def documents(request: HttpRequest, episode_id: UUID) -> HttpResponse:
    page = episode_page(request, episode_id, Act.SEE_EPISODE, room=ROOM)
    found = present_documents(page, may_export=bool(page.may(Act.EXPORT)))
    return show(request, "therapist/documents.html", page, documents=found)


@roles("therapist", "supervisor")
@require_GET
def document(request: HttpRequest, episode_id: UUID, name: str) -> HttpResponse:
    """One document on paper."""
    page = _printing(request, episode_id)
    paper = _there(made(page, name))
    reads = letter_reading(paper) if name in READ_BY_CLIENTS else None
    given = GIVEN.get(name, "")
    if name == CONFIDENTIALITY and known.danger(page.course).grounds:
        given = f"{IN_DANGER} {given}"
    return show_paper(request, page, paper, f"documents/{name}/pdf/", reads=reads, given=given)


@roles("therapist", "supervisor")
@require_GET
def document_as_pdf(request: HttpRequest, episode_id: UUID, name: str) -> HttpResponse:
    """The same as an accessible file."""
    page = _printing(request, episode_id)
    return pdf_answer(_there(made(page, name)), name, page.at)


@roles("therapist", "supervisor")
@require_GET
def blank(request: HttpRequest, episode_id: UUID, record_type: str) -> HttpResponse:
    """A worksheet to fill by hand. Nothing of anybody stands on it."""
    page = episode_page(request, episode_id, Act.SEE_EPISODE, room=ROOM)
    return show_paper(request, page, _blank(page, record_type), f"documents/blank/{record_type}/pdf/")


@roles("therapist", "supervisor")
@require_GET
def blank_as_pdf(request: HttpRequest, episode_id: UUID, record_type: str) -> HttpResponse:
    page = episode_page(request, episode_id, Act.SEE_EPISODE, room=ROOM)
    name = record_type.removeprefix("rec_").replace("_", "-")
    return pdf_answer(_blank(page, record_type), name, page.at)


def _printing(request: HttpRequest, episode_id: UUID) -> EpisodePage:
    return episode_page(request, episode_id, Act.SEE_EPISODE, room=ROOM, read="document-printed")


def _there(paper: Paper | None) -> Paper:
    if paper is None:
        raise NoAccess
    return paper


def _blank(page: EpisodePage, record_type: str) -> Paper:
    kind = next((one for one in blank_kinds(page) if one.id == record_type), None)
    return _there(blank_sheet(kind) if kind else None)


@roles("therapist")
@require_GET
def export(request: HttpRequest, episode_id: UUID) -> HttpResponse:
    """The whole episode as a file, without private notes and what the client did not share."""
    page = episode_page(request, episode_id, Act.EXPORT, room=ROOM, read="episode-exported")
    data = to_file(convert.portable(page.episode, page.user, page.on))
    text = json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    response = HttpResponse(text, content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="episode-{page.episode.pk}.json"'
    return response
