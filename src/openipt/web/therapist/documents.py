"""The Documents room: print pages, the outline of the course, and the whole episode as a file."""

from __future__ import annotations

import json
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from openipt.core.portable.episode_file import to_file
from openipt.errors import NoAccess
from openipt.records import convert
from openipt.records.access import Act
from openipt.web.doors import roles
from openipt.web.therapist.common import episode_page, show
from openipt.web.therapist.document_pdf import document_pdf
from openipt.web.therapist.presenters_agreeing import CONTRACT, contract_dates
from openipt.web.therapist.presenters_documents import (
    RECORDS,
    document_label,
    outline,
    outline_measure,
    present_documents,
    present_printed,
    signed_sessions,
    standing,
)
from openipt.web.therapist.presenters_session_note import present_note

ROOM = "documents"


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
    page = episode_page(request, episode_id, Act.SEE_EPISODE, room=ROOM, read="document-printed")
    record = RECORDS.get(name)
    entry = standing(page, record) if record else None
    if record is None or entry is None:
        raise NoAccess
    printed = present_printed(page, record, entry)
    dates = contract_dates(entry.visible) if record == CONTRACT else ()
    return show(request, "therapist/documents_print.html", page, printed=printed, name=name, dates=dates)


@roles("therapist", "supervisor")
@require_GET
def document_as_pdf(request: HttpRequest, episode_id: UUID, name: str) -> HttpResponse:
    """The same as an accessible file. Its name says nothing of anybody."""
    page = episode_page(request, episode_id, Act.SEE_EPISODE, room=ROOM, read="document-printed")
    record = RECORDS.get(name)
    entry = standing(page, record) if record else None
    if record is None or entry is None:
        raise NoAccess
    response = HttpResponse(document_pdf(page, record, entry), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{name}-{page.on.isoformat()}.pdf"'
    return response


@roles("therapist", "supervisor")
@require_GET
def course_outline(request: HttpRequest, episode_id: UUID) -> HttpResponse:
    """Every meeting of the course on one page."""
    page = episode_page(request, episode_id, Act.SEE_EPISODE, room=ROOM, read="document-printed")
    return show(
        request,
        "therapist/documents_outline.html",
        page,
        rows=outline(page),
        measure=outline_measure(page),
        label=document_label(page),
    )


@roles("therapist", "supervisor")
@require_GET
def notes(request: HttpRequest, episode_id: UUID) -> HttpResponse:
    """Every signed note with its amendments. Drafts and private notes are no part of it."""
    page = episode_page(request, episode_id, Act.SEE_EPISODE, room=ROOM, read="document-printed")
    views = tuple(present_note(page, session) for session in signed_sessions(page))
    return show(request, "therapist/documents_notes.html", page, notes=views, label=document_label(page))


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
