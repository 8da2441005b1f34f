"""Practice: worksheets made from the manual's records, kept for oneself or shared, one by one."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from openipt.core.fields.definitions import RecordType
from openipt.core.fields.words import in_words
from openipt.errors import EntryNotValid, NoAccess
from openipt.records.actions import entries
from openipt.records.actions.conflicts import Refused
from openipt.records.models import Entry
from openipt.web.client.common import ClientPage, client_page, moved, say, show
from openipt.web.client.own_records import add_once, version_sent
from openipt.web.client.presenters_practice import all_sheets, present_practice, present_worksheet
from openipt.web.plain import in_client_words, worksheets
from openipt.web.record_forms import RecordForm

STEP = "rec_action_plan"
BEGUN_WITH = ("step", "with_whom", "when")


@require_GET
def practice(request: HttpRequest) -> HttpResponse:
    """What can be written, what was written, and what was written together."""
    page = client_page(request)
    return show(request, "client/practice.html", page, practice=present_practice(page))


def _kind(page: ClientPage, record_type: str) -> RecordType:
    found = [kind for kind in worksheets(page.manual, watched=page.is_watched) if kind.id == record_type]
    if not found:
        raise NoAccess
    return found[0]


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, record_type: str) -> HttpResponse:
    page = client_page(request)
    kind = _kind(page, record_type)
    if request.method == "GET":
        form = RecordForm.from_values(kind, _begun(request, page, kind), people=page.people, role="client")
        return _form_page(request, page, kind, form)
    form = RecordForm.from_post(kind, request.POST, people=page.people, role="client")
    if not form.is_valid:
        return _form_page(request, page, kind, form)
    shared = "shared" in request.POST
    try:
        written = add_once(page, kind.id, form.values, shared=shared)
    except EntryNotValid as error:
        again = RecordForm.from_values(
            kind, form.values, people=page.people, role="client", faults=error.faults
        )
        return _form_page(request, page, kind, again)
    say(request, "Kept, and shared with your therapist." if shared else "Kept, for you alone.")
    return HttpResponseRedirect(reverse("client:worksheet", args=[written.pk]))


def _begun(request: HttpRequest, page: ClientPage, kind: RecordType) -> dict[str, Any]:
    """The step agreed in the session, to say how it went."""
    source = request.GET.get("from", "")
    if kind.id != STEP or not source or page.is_watched:
        return {}
    values = page.entry(source).visible
    found = {key: values[key] for key in BEGUN_WITH if values.get(key)}
    return {"step": values["next_step"], **found} if values.get("next_step") else found


def _seen(page: ClientPage, entry_id: UUID) -> Entry:
    entry = page.entry(entry_id)
    hidden = page.is_watched and entry.by_role != "client"
    if entry.record_type not in _readable(page) or hidden:
        raise NoAccess
    return entry


def _readable(page: ClientPage) -> frozenset[str]:
    return frozenset(kind.id for kind in worksheets(page.manual))


@require_GET
def worksheet(request: HttpRequest, entry_id: UUID) -> HttpResponse:
    """One worksheet, to read; one's own can be shared, changed and taken back."""
    page = client_page(request)
    entry = _seen(page, entry_id)
    kind = in_client_words(page.manual.record_types[entry.record_type])
    lines = in_words(kind, entry.visible, people=page.names, codes={}, role="client")
    shown = present_worksheet(page, entry)
    together = all_sheets(page, entry.record_type)
    return show(request, "client/worksheet.html", page, sheet=shown, lines=lines, together=together)


@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, entry_id: UUID) -> HttpResponse:
    page = client_page(request)
    entry = _own(page, entry_id)
    kind = in_client_words(page.manual.record_types[entry.record_type])
    if request.method == "GET":
        people = page.people_for(entry.visible)
        form = RecordForm.from_values(kind, entry.visible, people=people, role="client")
        return _form_page(request, page, kind, form, entry=entry)
    form = RecordForm.from_post(
        kind,
        request.POST,
        people=page.people_for(entry.visible),
        role="client",
        before=_of_clinicians(kind, entry),
    )
    if not form.is_valid:
        return _form_page(request, page, kind, form, entry=entry)
    try:
        entries.save_entry(
            entry=entry, payload=form.values, expected_version=version_sent(request), by=page.user, at=page.at
        )
    except Refused as refused:
        other = in_words(kind, refused.theirs, people=page.names, codes={}, role="client")
        return _form_page(
            request, page, kind, form, entry=entry, status=409, other=other, version=refused.current_version
        )
    say(request, "Kept.")
    return HttpResponseRedirect(reverse("client:worksheet", args=[entry.pk]))


def _own(page: ClientPage, entry_id: UUID) -> Entry:
    entry = _seen(page, entry_id)
    if entry.by_role != "client":
        raise NoAccess
    return entry


def _of_clinicians(kind: RecordType, entry: Entry) -> dict[str, Any]:
    """Values of fields that this form does not show; they stay as they are."""
    shown = {part.key for part in kind.fields}
    return {key: value for key, value in entry.visible.items() if key not in shown}


def _form_page(
    request: HttpRequest,
    page: ClientPage,
    kind: RecordType,
    form: RecordForm,
    *,
    entry: Entry | None = None,
    status: int = 200,
    other: tuple[Any, ...] = (),
    version: int | None = None,
) -> HttpResponse:
    context = {
        "kind": kind,
        "form": form,
        "entry": entry,
        "other": other,
        "version": version if version is not None else (entry.version if entry else 0),
        "shared": "shared" in request.POST,
    }
    status = 422 if form.faults else status
    return show(request, "client/worksheet_form.html", page, status=status, **context)


@require_POST
def move(request: HttpRequest, entry_id: UUID) -> HttpResponse:
    """Behind the second lock, or where the ordinary password shows it. Asked from behind the lock only."""
    page = client_page(request)
    entry = _own(page, entry_id)
    say(request, moved(page, entry, request.POST.get("behind") == "yes"))
    return HttpResponseRedirect(reverse("client:worksheet", args=[entry.pk]))


@require_POST
def share(request: HttpRequest, entry_id: UUID) -> HttpResponse:
    """Show a worksheet to the therapist, or take that back."""
    page = client_page(request)
    entry = _own(page, entry_id)
    sharing = request.POST.get("share") == "yes"
    entries.share_entry(entry=entry, shared=sharing, by=page.user, at=page.at)
    said = (
        "Shared with your therapist."
        if sharing
        else "Yours alone again. What was read before cannot be unread."
    )
    say(request, said)
    return HttpResponseRedirect(reverse("client:worksheet", args=[entry.pk]))
