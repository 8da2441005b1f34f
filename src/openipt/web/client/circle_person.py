"""Somebody of the client's circle: added by a name, taken back, said more of, moved behind the second lock."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from openipt.core.fields.definitions import is_empty
from openipt.core.fields.words import in_words
from openipt.errors import EntryNotValid, FieldFault, NoAccess
from openipt.records.actions import entries, people, second_lock
from openipt.records.actions.base import locked
from openipt.records.actions.conflicts import Refused
from openipt.records.actions.people import TWICE_WITHIN
from openipt.records.models import Entry, Person
from openipt.web.circle_room import RING_VALUES
from openipt.web.circle_standing import PERSON
from openipt.web.client.circle import place_in_draft, show_room
from openipt.web.client.common import ClientPage, client_page, moved, say, show
from openipt.web.client.own_records import add_once
from openipt.web.client.presenters_circle import (
    OWN_WORDS,
    beside_of,
    drawn_now,
    known_words,
    own_words,
    present_room,
    words_form,
    words_kind,
)
from openipt.web.record_forms import RecordForm

NAMELESS = "Write what you call this person."
THERE_ALREADY = "Somebody of this name is there already. Add a word that tells them apart."


# -- adding ----------------------------------------------------------------------------------------------


@require_POST
def add(request: HttpRequest) -> HttpResponse:
    """A name is enough. Whoever stands behind the second lock takes no name away."""
    page = client_page(request)
    label = " ".join(request.POST.get("label", "").split())
    code, fault = "", "" if label else NAMELESS
    if not fault:
        try:
            code, fault = _added(page, label)
        except EntryNotValid as error:
            fault = error.faults[0].message
    if request.headers.get("X-Requested-With") == "fetch":
        if fault:
            return JsonResponse({"message": fault}, status=422)
        return JsonResponse({"code": code, "label": label})
    ring = request.POST.get("ring", "")
    if fault:
        faults = (FieldFault("circle-add-label", fault),)
        room = present_room(page, drawn_now(page), faults=faults, typed=(label, ring))
        return show_room(request, page, room, status=422)
    if ring in RING_VALUES:
        place_in_draft(page, code, int(ring))
    return HttpResponseRedirect(reverse("client:people"))


@transaction.atomic
def _added(page: ClientPage, label: str) -> tuple[str, str]:
    """The new person's code, or why not. Pressed twice, or sent again after a lost answer, it is one person."""
    locked(page.episode)
    page = replace(page)
    same = [code for code, name in page.people.items() if name.casefold() == label.casefold()]
    if same:
        row = _row(page, same[-1])
        return (row.code, "") if page.at - row.created_at < TWICE_WITHIN else ("", THERE_ALREADY)
    person, named = people.name_own(episode=page.episode, label=label, by=page.user, at=page.at)
    is_shown = person.code in replace(page, behind=False).people
    if page.behind or (page.has_second_lock and not is_shown):
        second_lock.move(row=named, behind=page.behind, by=page.user, at=page.at)
    return person.code, ""


def _row(page: ClientPage, code: str) -> Person:
    """Somebody who stands on this page; `NoAccess` for anybody else."""
    if code not in page.people:
        raise NoAccess
    row = Person.objects.get(episode=page.episode, code=code)
    row.episode = page.episode
    return row


@require_POST
def take_back(request: HttpRequest) -> HttpResponse:
    """Undo of adding: a slip of today."""
    page = client_page(request)
    row = _row(page, request.POST.get("person", ""))
    people.take_back_own(person=row, by=page.user, at=page.at)
    if request.headers.get("X-Requested-With") == "fetch":
        return JsonResponse({"code": row.code})
    say(request, "Taken back.")
    return HttpResponseRedirect(reverse("client:people"))


# -- own words -------------------------------------------------------------------------------------------


@require_POST
def person(request: HttpRequest) -> HttpResponse:
    """What somebody is to the client, in the client's words: for them alone until they share it."""
    page = client_page(request)
    code = request.POST.get("person", "")
    if code not in page.people:
        raise NoAccess
    form = words_form(page, code, request.POST)
    shared = "shared" in request.POST
    if not form.is_valid:
        return _panel(request, page, code, form=form, shared_now=shared, status=422)
    try:
        wrote = _save(request, page, code, form, shared)
    except EntryNotValid as error:
        return _panel(request, page, code, form=form.with_faults(error.faults), shared_now=shared, status=422)
    except Refused as refused:
        shown = {key: value for key, value in refused.theirs.items() if key in OWN_WORDS}
        other = tuple(in_words(words_kind(page), shown, people=page.names, codes={}, role="client"))
        return _panel(request, page, code, form=form, other=other, shared_now=shared, status=409)
    words = "Kept." if wrote else "Nothing new to keep."
    if not request.headers.get("HX-Request"):
        say(request, words)
        return HttpResponseRedirect(f"{reverse('client:people')}?person={code}")
    response = _panel(request, replace(page), code, saved=words)
    response["HX-Trigger"] = "openipt:person-saved"
    return response


@transaction.atomic
def _save(request: HttpRequest, page: ClientPage, code: str, form: RecordForm, shared: bool) -> bool:
    """Only what differs from what was known is written, and where it belongs: behind the lock or before it."""
    locked(page.episode)
    page = replace(page)
    entry, known = own_words(page, code), known_words(page, code)
    drawn = {control.field.key for control in form.controls}
    now = {key: value for key, value in form.values.items() if key in drawn and not is_empty(value)}
    new = {key: value for key, value in now.items() if known.get(key) != value}
    gone = {key for key in drawn if key not in now and not is_empty(known.get(key))}
    base = dict(entry.payload) if entry else {}
    values = {key: value for key, value in base.items() if key not in gone} | new | {"person_id": code}
    wrote = bool(new or (gone & set(base)))
    if wrote:
        _check_version(request, entry, values)
        entry = _written(page, entry, values, shared)
    if entry is not None and entry.shared != shared:
        entries.share_entry(entry=entry, shared=shared, by=page.user, at=page.at)
        wrote = True
    return wrote


def _check_version(request: HttpRequest, entry: Entry | None, values: dict[str, Any]) -> None:
    """Written on another page or device since this form was made: both are shown, neither is lost."""
    sent = request.POST.get("record_version", "")
    if entry is not None and sent != f"{entry.pk}:{entry.version}":
        raise Refused(theirs=entry.payload, yours=values, current_version=entry.version)


def _written(page: ClientPage, entry: Entry | None, values: dict[str, Any], shared: bool) -> Entry:
    if entry is not None:
        return entries.save_entry(
            entry=entry, payload=values, expected_version=entry.version, by=page.user, at=page.at
        )
    return add_once(page, PERSON, values, shared=shared)


def _panel(
    request: HttpRequest,
    page: ClientPage,
    code: str,
    *,
    status: int = 200,
    shared_now: bool | None = None,
    **more: Any,
) -> HttpResponse:
    """The panel alone where htmx asked, else with the whole room around it."""
    beside = beside_of(page, code, **more)
    if beside is None:
        raise NoAccess
    if shared_now is not None:
        beside = replace(beside, shared=shared_now)
    if request.headers.get("HX-Request"):
        return show(request, "client/_circle_person.html", page, beside=beside, status=status)
    return show_room(request, page, present_room(page, drawn_now(page), beside=beside), status=status)


# -- the second lock -------------------------------------------------------------------------------------


@require_POST
def move(request: HttpRequest) -> HttpResponse:
    """Somebody behind the second lock, or onto the ordinary pages. Asked from behind the lock only."""
    page = client_page(request)
    row = _row(page, request.POST.get("person", ""))
    if not page.behind:
        raise NoAccess
    say(request, _moved(page, row, request.POST.get("behind") == "yes"))
    return HttpResponseRedirect(f"{reverse('client:people')}?person={row.code}")


@transaction.atomic
def _moved(page: ClientPage, row: Person, behind: bool) -> str:
    named = page.named.get(row.code) or people.named_by_client(person=row, by=page.user, at=page.at)
    return moved(page, named, behind)
