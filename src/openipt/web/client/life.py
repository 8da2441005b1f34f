"""My story, the life line: a line typed and kept, the whole form, taken back and put back."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from openipt.core.fields.words import in_words
from openipt.errors import EntryNotValid, NoAccess
from openipt.records.actions import entries
from openipt.records.actions.conflicts import Refused
from openipt.records.models import Entry, EntryState
from openipt.web.client.common import TIMELINE, ClientPage, client_page, moved, say, show
from openipt.web.client.own_records import add_once, version_sent
from openipt.web.client.presenters_life import event_form, event_kind, own_event, stands_here
from openipt.web.client.story import show_story
from openipt.web.record_forms import RecordForm
from openipt.web.timeline_read import LineRead, read_line


@require_POST
def read(request: HttpRequest) -> HttpResponse:
    """How a line is understood, before anything is kept."""
    page = client_page(request)
    found, _ = read_line(page, request.POST)
    if request.headers.get("HX-Request"):
        return show(request, "components/time_read.html", page, read=found, said_above=False)
    return show_story(request, page, read=found)


@require_POST
def add(request: HttpRequest) -> HttpResponse:
    """Keep the line as it was understood. What is wrong with it stands at the field, and nothing typed is lost."""
    page = client_page(request)
    found, values = read_line(page, request.POST)
    if found.fault:
        return show_story(request, page, read=found)
    try:
        entry = add_once(page, TIMELINE, values, shared="shared" in request.POST)
    except EntryNotValid as error:
        wrong = " ".join(fault.message for fault in error.faults)
        return show_story(request, page, read=LineRead(**{**vars(found), "fault": wrong}))
    return _back(request, page, "kept", entry)


@require_POST
def take_back(request: HttpRequest) -> HttpResponse:
    """Withdrawn, with its history."""
    page = client_page(request)
    entry = own_event(page, request.POST.get("entry", ""))
    if entry.state != EntryState.WITHDRAWN:
        entries.withdraw_entry(entry=entry, by=page.user, at=page.at)
    return _back(request, page, "taken", entry)


@require_POST
def put_back(request: HttpRequest) -> HttpResponse:
    """What was taken back comes onto the line again, as a record of its own."""
    page = client_page(request)
    entry = own_event(page, request.POST.get("entry", ""))
    if entry.state == EntryState.WITHDRAWN:
        entry = add_once(page, TIMELINE, entry.payload, shared=entry.shared)
    return _back(request, page, "kept", entry)


def _back(request: HttpRequest, page: ClientPage, done: str, entry: Entry) -> HttpResponse:
    """To the line. What went behind the lock has its receipt as well, and no word of it."""
    if not stands_here(replace(page), entry):
        say(request, "Kept.")
    return HttpResponseRedirect(f"{reverse('client:story')}?{done}={entry.pk}#life")


# -- the whole form --------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    page = client_page(request)
    if request.method == "GET":
        return _form(request, page, event_form(page))
    form = event_form(page, request.POST)
    if not form.is_valid:
        return _form(request, page, form)
    try:
        entry = add_once(page, TIMELINE, form.values, shared="shared" in request.POST)
    except EntryNotValid as error:
        return _form(request, page, form.with_faults(error.faults))
    return _back(request, page, "kept", entry)


@require_http_methods(["GET", "POST"])
def event(request: HttpRequest, entry_id: UUID) -> HttpResponse:
    """One event of one's own, to say otherwise, to share, or to take back."""
    page = client_page(request)
    entry = own_event(page, entry_id)
    if entry.state == EntryState.WITHDRAWN:
        raise NoAccess
    if request.method == "GET":
        return _form(request, page, event_form(page, entry=entry), entry)
    form = event_form(page, request.POST, entry)
    if not form.is_valid:
        return _form(request, page, form, entry)
    try:
        entries.save_entry(
            entry=entry,
            payload=form.values,
            expected_version=version_sent(request),
            by=page.user,
            at=page.at,
        )
    except EntryNotValid as error:
        return _form(request, page, form.with_faults(error.faults), entry)
    except Refused as refused:
        other = in_words(event_kind(page), refused.theirs, people=page.names, codes={}, role="client")
        return _form(
            request, page, form, entry, other=tuple(other), version=refused.current_version, status=409
        )
    shared = "shared" in request.POST
    if entry.shared != shared:
        entries.share_entry(entry=entry, shared=shared, by=page.user, at=page.at)
    return _back(request, page, "kept", entry)


@require_POST
def move(request: HttpRequest, entry_id: UUID) -> HttpResponse:
    """Behind the second lock, or where the ordinary password shows it. Asked from behind the lock only."""
    page = client_page(request)
    entry = own_event(page, entry_id)
    say(request, moved(page, entry, request.POST.get("behind") == "yes"))
    return HttpResponseRedirect(reverse("client:event", args=[entry.pk]))


def _form(
    request: HttpRequest,
    page: ClientPage,
    form: RecordForm,
    entry: Entry | None = None,
    *,
    other: tuple[object, ...] = (),
    version: int | None = None,
    status: int = 200,
) -> HttpResponse:
    posted = request.method == "POST"
    return show(
        request,
        "client/event_form.html",
        page,
        form=form,
        entry=entry,
        other=other,
        version=version if version is not None else entry.version if entry else 0,
        shared="shared" in request.POST if posted else bool(entry and entry.shared),
        is_behind=entry is not None and page.behind and page.is_behind(entry),
        status=422 if form.faults else status,
    )
