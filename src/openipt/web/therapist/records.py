"""Records of every kind: one set of pages for all of them, made from their definitions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from openipt.core.course.call import SCREEN
from openipt.core.fields.definitions import FieldDefinition, FieldType, RecordType
from openipt.core.values import Decision
from openipt.errors import EntryNotValid, FieldFault, NoAccess, NotAllowedNow
from openipt.records.access import Act
from openipt.records.actions import drafts, entries, people
from openipt.records.actions.base import locked
from openipt.records.actions.conflicts import Refused
from openipt.records.models import Entry, EntryState, Session
from openipt.web.doors import roles
from openipt.web.record_forms import RecordForm
from openipt.web.record_typed import date_as_typed
from openipt.web.therapist.common import (
    EpisodePage,
    back_to,
    entry_of,
    episode_page,
    go,
    role_of,
    say,
    session_of,
    show,
)
from openipt.web.therapist.presenters_call import present_not_private
from openipt.web.therapist.presenters_records import (
    RecordPage,
    act_to_write,
    present_choices,
    present_conflict,
    present_history,
    present_record,
)
from openipt.web.therapist.presenters_sheets import as_it_stands, writing_address

TWICE_WITHIN = timedelta(seconds=30)
# What the page itself sends beside the record's own fields. No record has a field of such a name.
GONE_ON_WITH = {"rec_goodbye": ("text",)}  # record -> what a new one takes over from the one before
SESSION_FIELD, VERSION_FIELD = "record_session", "record_version"
OF_THE_PAGE = (SESSION_FIELD, VERSION_FIELD, "record_on", "task", "amends", "next", "finish", "_rows")
ROOM_OF_GROUP = {"safety": "safety", "ending": "ending"}


@dataclass(frozen=True)
class Place:
    """Where a new record belongs: its session, the task it is for, its day, the one it amends."""

    session: Session | None
    task: str
    on: str
    amends: Entry | None


def record_page(request: HttpRequest, episode_id: UUID, record: str = "") -> EpisodePage:
    """The episode for somebody who may see records in it; in cover only those of safety."""
    page = episode_page(request, episode_id, Act.SEE_SAFETY, room="")
    if not page.sees_all and not _open_in_cover(page, record):
        raise NoAccess
    return page


def _open_in_cover(page: EpisodePage, record: str) -> bool:
    record_type = page.manual.record_types.get(record)
    return record_type is not None and record_type.seen_in_cover


def _record_type(page: EpisodePage, record: str) -> RecordType:
    record_type = page.manual.record_types.get(record)
    if record_type is None or role_of(page) not in record_type.seen_by:
        raise NoAccess
    return record_type


# -- a new one ---------------------------------------------------------------------------------------


@roles("therapist", "supervisor")
def chooser(request: HttpRequest, episode_id: UUID) -> HttpResponse:
    """Every record there is, by the part of the course it belongs to; found by part of its name."""
    page = record_page(request, episode_id)
    typed = request.GET.get("q", "").strip()[:80]
    kept = {key: request.GET[key] for key in ("session", "next") if request.GET.get(key)}
    return show(
        request,
        "therapist/record_chooser.html",
        page,
        typed=typed,
        kept=kept,
        groups=present_choices(page, typed, kept),
    )


@roles("therapist", "supervisor")
def new(request: HttpRequest, episode_id: UUID, record_type: str) -> HttpResponse:
    """Write a record: the form, and what was typed into it."""
    page = record_page(request, episode_id, record_type)
    kind = _record_type(page, record_type)
    _refuse_unless(may_write(page, kind))
    place = _place(request, page)
    if (locked_now := _not_private(request, page, kind, place)) is not None:
        return locked_now
    there = _written_once(page, kind, place)
    if there is not None and request.method != "POST":
        return HttpResponseRedirect(f"{page.address(f'records/{there.pk}/edit/')}{_query(request)}")
    if request.method != "POST":
        return _form_page(request, page, kind, _empty_form(request, page, kind, place), place=place)
    form = _sent_form(request, page, kind, place.amends.payload if place.amends else None)
    faults = _day_faults(place)
    if not form.is_valid or faults:
        return _form_page(request, page, kind, form, place=place, faults=faults)
    try:
        entry = _add(request, page, kind, form.values, place)
    except EntryNotValid as error:
        return _form_page(request, page, kind, form, place=place, faults=error.faults)
    return _saved(request, page, entry)


def _not_private(
    request: HttpRequest, page: EpisodePage, kind: RecordType, place: Place
) -> HttpResponse | None:
    """Why questions about violence do not open in a call that is not private (TE-05); what was sent is answered
    at its field.
    """
    if kind.id != SCREEN or request.method == "POST":
        return None
    found = present_not_private(page, place.session or page.session_at_hand, request.get_full_path())
    back = back_to(request, "")
    template = "therapist/call_not_private.html"
    return show(request, template, page, status=409, locked=found, next=back) if found else None


def _written_once(page: EpisodePage, kind: RecordType, place: Place) -> Entry | None:
    """The record of this session, where a session holds one of its type: it is gone on with."""
    if kind.many or kind.belongs != "session" or place.session is None:
        return None
    rows = place.session.entries.exclude(state=EntryState.WITHDRAWN)
    return rows.filter(record_type=kind.id).first()


def _query(request: HttpRequest) -> str:
    return f"?{urlencode({'next': request.GET['next']})}" if request.GET.get("next") else ""


def _empty_form(request: HttpRequest, page: EpisodePage, kind: RecordType, place: Place) -> RecordForm:
    """An empty form, begun with the person or the moment named in the address, or with what it amends."""
    values: dict[str, Any] = dict(place.amends.payload) if place.amends else _gone_on_with(page, kind)
    person = request.GET.get("person", "")
    if person in page.people:
        values |= {field.key: person for field in kind.fields if field.type is FieldType.PERSON}
    told = request.GET.get("told", "")
    if told in page.codes["episodes"]:
        values |= {field.key: told for field in kind.fields if field.codes_from == "episodes"}
    return RecordForm.from_values(
        kind,
        values,
        people=page.people_to_pick,
        codes=page.codes,
        role=role_of(page),
    )


def _gone_on_with(page: EpisodePage, kind: RecordType) -> dict[str, Any]:
    """A letter that is drafted more than once begins with the words of the draft before, which stays."""
    kept = GONE_ON_WITH.get(kind.id, ())
    before = page.entries(kind.id)[-1].visible if kept and page.entries(kind.id) else {}
    return {key: before[key] for key in kept if before.get(key)}


def _sent_form(
    request: HttpRequest, page: EpisodePage, kind: RecordType, before: Mapping[str, Any] | None = None
) -> RecordForm:
    return RecordForm.from_post(
        kind,
        request.POST,
        people=page.people_to_pick,
        codes=page.codes,
        before=before,
        role=role_of(page),
        final="finish" in request.POST,
    )


def _place(request: HttpRequest, page: EpisodePage) -> Place:
    sent = request.POST if request.method == "POST" else request.GET
    name = SESSION_FIELD if request.method == "POST" else "session"
    session = _known(sent.get(name, ""), lambda found: session_of(page, found))
    amends = _known(sent.get("amends", ""), lambda found: entry_of(page, found))
    task = sent.get("task", "") if page.manual.has_task(sent.get("task", "")) else ""
    return Place(session=session, task=task, on=sent.get("record_on", "").strip(), amends=amends)


def _known(text: str, find):
    """What an id in the address names; nothing where there is none."""
    if not text:
        return None
    try:
        return find(UUID(text))
    except ValueError:
        raise NoAccess from None


def day_typed(text: str) -> date | None:
    """A day as people write it; None for nothing. ValueError for what is no day."""
    return date.fromisoformat(date_as_typed(text)) if text else None


def _day_faults(place: Place) -> tuple[FieldFault, ...]:
    try:
        day_typed(place.on)
    except ValueError:
        return (FieldFault("record_on", "This is no day of the calendar. Write it as 2026-03-21."),)
    return ()


@transaction.atomic
def _add(
    request: HttpRequest, page: EpisodePage, kind: RecordType, values: dict[str, Any], place: Place
) -> Entry:
    locked(page.episode)  # a second press of the same button waits here, and then finds the first
    twice = _sent_twice(page, kind, values, place)
    if twice is not None:
        return twice
    values = with_people(page, kind, values)
    return entries.add_entry(
        episode=page.episode,
        record_type=kind.id,
        payload=values,
        session=place.session,
        on=day_typed(place.on) if place.session is None else None,
        for_task=place.task,
        final="finish" in request.POST,
        amends=place.amends,
        by=page.user,
        at=page.at,
    )


def _sent_twice(page: EpisodePage, kind: RecordType, values: dict[str, Any], place: Place) -> Entry | None:
    """The same record from the same hand a moment ago: a double press, not a second record."""
    rows = page.episode.entries.filter(
        record_type=kind.id,
        session=place.session,
        by=page.user,
        for_task=place.task,
        created_at__gt=page.at - TWICE_WITHIN,
    ).exclude(state=EntryState.WITHDRAWN)
    for entry in rows:
        entry.episode = page.episode
        if entry.payload == values:
            return entry
    return None


def with_people(page: EpisodePage, kind: RecordType, values: dict[str, Any]) -> dict[str, Any]:
    """The values with ids for people named for the first time: they join the inventory.

    A field that takes other words too (`open`) keeps them as words.
    """
    if kind.id == "rec_inventory_person":
        return _with_own_person(page, values)
    known: dict[str, str] = {}

    def code_of(name: str) -> str:
        if name in page.people:
            return name
        same = {label.casefold(): code for code, label in page.people_to_pick.items()}
        if name.casefold() in same:
            return same[name.casefold()]
        if name not in known:
            added = people.add_person(episode=page.episode, label=name, by=page.user, at=page.at)
            known[name] = added.code
        return known[name]

    return _replaced(kind.fields, values, code_of)


def _with_own_person(page: EpisodePage, values: dict[str, Any]) -> dict[str, Any]:
    """The record of a person makes that person, under the name and relation it gives."""
    label = str(values.get("label") or values.get("person_id") or "")
    if values.get("person_id") in page.people or not label:
        return values
    relation = str(values.get("relation") or "")
    added = people.add_person(episode=page.episode, label=label, relation=relation, by=page.user, at=page.at)
    return {**values, "person_id": added.code, "label": label}


def _replaced(fields: tuple[FieldDefinition, ...], values: Mapping[str, Any], code_of) -> dict[str, Any]:
    found = dict(values)
    for field in fields:
        value = found.get(field.key)
        if field.open or not value:
            continue
        if field.type is FieldType.PERSON and isinstance(value, str):
            found[field.key] = code_of(value)
        elif field.type is FieldType.PEOPLE:
            found[field.key] = [code_of(one) for one in value]
        elif field.type is FieldType.GROUP:
            found[field.key] = _replaced(field.fields, value, code_of)
        elif field.type is FieldType.ROWS:
            found[field.key] = [_replaced(field.fields, row, code_of) for row in value]
    return found


# -- one that is there -------------------------------------------------------------------------------


@roles("therapist", "supervisor")
def record(request: HttpRequest, episode_id: UUID, entry_id: UUID) -> HttpResponse:
    """A record to read and print, with what may be done with it."""
    page = episode_page(request, episode_id, Act.SEE_SAFETY, room="")
    entry = entry_of(page, entry_id)
    shown = present_record(page, entry, may_change(page, entry))
    return show(request, "therapist/record.html", page, record=shown)


@roles("therapist", "supervisor")
def history(request: HttpRequest, episode_id: UUID, entry_id: UUID) -> HttpResponse:
    """Every version of a record, the newest first."""
    page = episode_page(request, episode_id, Act.SEE_SAFETY, room="")
    entry = entry_of(page, entry_id)
    shown = present_record(page, entry, may_change(page, entry))
    versions = present_history(page, entry)
    return show(request, "therapist/record_history.html", page, record=shown, versions=versions)


@roles("therapist", "supervisor")
def edit(request: HttpRequest, episode_id: UUID, entry_id: UUID) -> HttpResponse:
    """Change a record. Where somebody saved meanwhile, both versions are shown and nothing is lost."""
    page = episode_page(request, episode_id, Act.SEE_SAFETY, room="")
    entry = entry_of(page, entry_id)
    _refuse_unless(may_change(page, entry))
    kind = _record_type(page, entry.record_type)
    if request.method != "POST":
        form = RecordForm.from_values(
            kind,
            entry.payload,
            people=page.people_to_pick,
            codes=page.codes,
            role=role_of(page),
        )
        return _form_page(request, page, kind, form, entry=entry)
    form = _sent_form(request, page, kind, entry.payload)
    place = _place(request, page)
    faults = _day_faults(place)
    if not form.is_valid or faults:
        return _form_page(request, page, kind, form, entry=entry, place=place, faults=faults)
    try:
        saved = _save(request, page, entry, kind, form.values, place)
    except EntryNotValid as error:
        return _form_page(request, page, kind, form, entry=entry, place=place, faults=error.faults)
    except Refused as refused:
        return _conflict_page(request, page, entry, kind, form, refused)
    return _saved(request, page, saved)


def _save(
    request: HttpRequest,
    page: EpisodePage,
    entry: Entry,
    kind: RecordType,
    values: dict[str, Any],
    place: Place,
) -> Entry:
    saved = entries.save_entry(
        entry=entry,
        payload=with_people(page, kind, values),
        expected_version=_version_read(request, entry),
        final=True if "finish" in request.POST else None,
        on=day_typed(place.on),
        by=page.user,
        at=page.at,
    )
    saved.episode = page.episode
    key = f"entry:{entry.pk}"
    drafts.clear_draft_text(episode=page.episode, key=key, refused=True, by=page.user, at=page.at)
    return saved


def _version_read(request: HttpRequest, entry: Entry) -> int:
    sent = request.POST.get(VERSION_FIELD, "")
    return int(sent) if sent.isdecimal() and len(sent) < 9 else entry.version


def _conflict_page(
    request: HttpRequest,
    page: EpisodePage,
    entry: Entry,
    kind: RecordType,
    form: RecordForm,
    refused: Refused,
) -> HttpResponse:
    entry.refresh_from_db(fields=["version", "updated_at"])
    conflict = present_conflict(page, entry, kind, theirs=refused.theirs, yours=form.values)
    return _form_page(request, page, kind, form, entry=entry, conflict=conflict, status=409)


@roles("therapist", "supervisor")
def withdraw(request: HttpRequest, episode_id: UUID, entry_id: UUID) -> HttpResponse:
    """Take a record back, after a page that says what this means."""
    page = episode_page(request, episode_id, Act.SEE_SAFETY, room="")
    entry = entry_of(page, entry_id)
    if request.method == "POST" and entry.state == EntryState.WITHDRAWN:
        return HttpResponseRedirect(page.address(f"records/{entry.pk}/"))
    _refuse_unless(may_change(page, entry))
    if request.method != "POST":
        shown = present_record(page, entry, Decision())
        return show(request, "therapist/record_withdraw.html", page, record=shown, next=back_to(request, ""))
    entries.withdraw_entry(entry=entry, by=page.user, at=page.at)
    say(request, "The record was withdrawn. It is kept in its history and no longer counts.")
    return go(request, page.address(f"records/{entry.pk}/"))


# -- shared ------------------------------------------------------------------------------------------


def may_write(page: EpisodePage, kind: RecordType) -> Decision:
    try:
        return page.may(act_to_write(page, kind))
    except NotAllowedNow as refused:
        return Decision(tuple(refused.reasons))


def may_change(page: EpisodePage, entry: Entry) -> Decision:
    """May this person change this record now? The reasons are the ones the action would give."""
    kind = page.manual.record_types[entry.record_type]
    allowed = may_write(page, kind)
    if not allowed:
        return allowed
    if entry.by_role == "client":
        return Decision(("Only the client changes what the client wrote.",))
    if entry.record_type == entries.RATED_APART and entry.by_role != page.user.role:
        return Decision((entries.APART,))
    if entry.session is not None and entry.session.is_signed:
        return Decision(("This record belongs to a signed session and stays as it is.",))
    if entry.state == EntryState.WITHDRAWN:
        return Decision(("This record was withdrawn.",))
    return Decision()


def _refuse_unless(decision: Decision) -> None:
    if not decision:
        raise NotAllowedNow(decision.reasons)


def _form_page(
    request: HttpRequest,
    page: EpisodePage,
    kind: RecordType,
    form: RecordForm,
    *,
    place: Place | None = None,
    entry: Entry | None = None,
    faults: tuple[FieldFault, ...] = (),
    conflict: Any = None,
    status: int = 0,
) -> HttpResponse:
    """The form of a record, on its own page or, where htmx asked, alone."""
    faults = tuple(FieldFault("record_on", one.message) if one.path == "on" else one for one in faults)
    form = _faults_at_fields(page, kind, form, faults)
    shown = RecordPage(
        kind=kind,
        form=form,
        entry=entry,
        session=place.session if place else None,
        task=place.task if place else "",
        on=place.on if place else "",
        amends=place.amends if place else None,
        version=_version_shown(request, entry, conflict),
        next=back_to(request, ""),
        faults=faults,
        to_client="client" in kind.seen_by,
        picture=None if request.headers.get("HX-Request") else as_it_stands(page, kind),
        writing_address=writing_address(page, kind) if entry is None else "",
    )
    wrong = bool(faults or form.error_lines)
    template = (
        "therapist/_record_form.html" if request.headers.get("HX-Request") else "therapist/record_form.html"
    )
    return show(
        request, template, page, shown=shown, conflict=conflict, status=status or (422 if wrong else 200)
    )


def _faults_at_fields(
    page: EpisodePage, kind: RecordType, form: RecordForm, faults: tuple[FieldFault, ...]
) -> RecordForm:
    """What an action refused stands at its field, as what the form itself finds does."""
    keys = {field.key for field in kind.fields}
    found = tuple(fault for fault in faults if fault.path.split(".")[0] in keys)
    if not form.is_valid or not found:
        return form
    return RecordForm.from_values(
        kind,
        form.values,
        people=page.people_to_pick,
        codes=page.codes,
        role=role_of(page),
        faults=found,
    )


def _version_shown(request: HttpRequest, entry: Entry | None, conflict: Any) -> int:
    if entry is None:
        return 0
    return entry.version if conflict or request.method != "POST" else _version_read(request, entry)


def _saved(request: HttpRequest, page: EpisodePage, entry: Entry) -> HttpResponse:
    if request.headers.get("HX-Request"):
        shown = present_record(page, entry, may_change(page, entry))
        response = show(request, "therapist/_record_saved.html", page, record=shown)
        response["HX-Trigger"] = "openipt:record-saved"
        return response
    say(request, "Saved.")
    return go(request, page.address(f"records/{entry.pk}/"))
