"""All sheets of one record type as one: written on one page, and turned to the client."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from openipt.core.fields.definitions import RecordType
from openipt.errors import EntryNotValid, NoAccess
from openipt.records.access import Act
from openipt.records.actions.conflicts import Refused
from openipt.web.doors import roles
from openipt.web.jinja import plural
from openipt.web.record_forms import RecordForm
from openipt.web.therapist.common import EpisodePage, back_to, episode_page, go, say, show
from openipt.web.therapist.presenters_sheets import as_it_stands, for_the_client, turned_address
from openipt.web.therapist.room_parts import may_write
from openipt.web.therapist.sheet_writing import (
    KEPT,
    STOOD,
    Standing,
    changed_meanwhile,
    form_of,
    on_page,
    read_anew,
    save,
    sent_form,
    sent_on_page,
    wishes,
)

ROOM = "worksheets"


@roles("therapist")
def sheet(request: HttpRequest, episode_id: UUID, record_type: str) -> HttpResponse:
    """Write all records of one type: side by side, or one after another. Everything is saved, or nothing."""
    page = episode_page(request, episode_id, Act.WRITE_RECORD, room=ROOM)
    kind = _sheet_kind(page, record_type)
    if not (kind.sheet and kind.sheet.is_written_together and may_write(page, kind.id)):
        raise NoAccess
    if request.method != "POST":
        standing = on_page(page, kind)
        return _page(request, page, kind, form_of(page, kind, standing), standing)
    standing = sent_on_page(page, kind, request.POST)
    form = sent_form(page, kind, request.POST, standing)
    emptied = not form.values and bool(standing.stood)
    if form.is_row_action or (form.faults and not emptied):
        return _page(request, page, kind, form, standing)
    return _save(request, page, kind, form, standing)


def _save(
    request: HttpRequest, page: EpisodePage, kind: RecordType, form: RecordForm, standing: Standing
) -> HttpResponse:
    wished = wishes(kind, form, standing)
    try:
        if not (faults := changed_meanwhile(kind, wished)):
            taken_off, stay = save(page, kind, wished, standing)
            say(request, _said(taken_off, stay))
            return go(request, page.address(f"worksheets/{kind.id}/"))
    except EntryNotValid as error:
        return _page(request, page, kind, form.with_faults(tuple(error.faults)), standing)
    except Refused:  # between our look and the lock
        standing = sent_on_page(page, kind, request.POST)
        faults = changed_meanwhile(kind, wishes(kind, form, standing))
    now = read_anew(standing)
    form = sent_form(page, kind, request.POST, now).with_faults(faults)
    return _page(request, page, kind, form, now, status=409)


def _said(taken_off: int, stay: int) -> str:
    words = ["Saved."]
    if taken_off:
        words.append(f"{plural(taken_off, 'sheet was', 'sheets were')} taken off and kept in the history.")
    if stay:
        words.append(f"{plural(stay, 'sheet', 'sheets')} of a signed session cannot be taken off.")
    return " ".join(words)


def _page(
    request: HttpRequest,
    page: EpisodePage,
    kind: RecordType,
    form: RecordForm,
    standing: Standing,
    status: int = 0,
) -> HttpResponse:
    status = status or (422 if form.faults else 200)
    return show(
        request,
        "therapist/sheet.html",
        page,
        status=status,
        kind=kind,
        form=form,
        kept=_kept(kind, standing),
        picture=as_it_stands(page, kind),
        turned=turned_address(page, kind),
        next=back_to(request, ""),
    )


def _kept(kind: RecordType, standing: Standing) -> tuple[tuple[str, str], ...]:
    """What the page sends back beside the fields; a row takes its own record with it."""
    columns = standing.there if kind.sheet and kind.sheet.columns else {}
    own = ((f"{token}{KEPT}", one.said) for token, one in columns.items())
    return (*((STOOD, one.said) for one in standing.stood), *own)


@roles("therapist", "supervisor")
@require_GET
def together(request: HttpRequest, episode_id: UUID, record_type: str) -> HttpResponse:
    """The screen turned to the client: the sheet as it stands, no header of the staff."""
    page = episode_page(request, episode_id, Act.SEE_EPISODE, room=ROOM)
    kind = _sheet_kind(page, record_type)
    if not turned_address(page, kind):
        raise NoAccess
    context = {"episode": page, "kind": kind, "picture": for_the_client(page, kind)}
    return show(request, "therapist/sheet_together.html", None, **context)


def _sheet_kind(page: EpisodePage, record_type: str) -> RecordType:
    kind = page.manual.record_types.get(record_type)
    if kind is None or kind.sheet is None:
        raise NoAccess
    return kind
