"""Parents and carers of a young person: who they are, the points at which they are invited, the note on confidentiality.

There is no login for them. What they may read is the note on paper, and it holds nothing but what was agreed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET, require_POST

from openipt.core.course.carers import CALL, CARER, CONSENT, LEFT_OUT, NOTE_KIND, TOLD, VIEW, may_be_left_out
from openipt.errors import EntryNotValid, FieldFault, NoAccess
from openipt.records.access import Act
from openipt.records.actions.conflicts import Refused
from openipt.records.models import Entry
from openipt.web.doors import roles
from openipt.web.record_forms import RecordForm
from openipt.web.therapist.common import EpisodePage, episode_page, go, role_of, say, show
from openipt.web.therapist.presenters_carers import NOTE_FIELDS, note_entry, present_carers
from openipt.web.therapist.presenters_records import present_conflict
from openipt.web.therapist.room_parts import add_once, keep_version, still_open, version_read

ROOM = "overview"
WITHDRAWN = "withdrawn_on"
# Suggested where a note is begun: what is always told is said beforehand (DEFAULT; ipt.md 11.6).
ALWAYS_TOLD = (
    "When my life or my health may be in danger",
    "When somebody else may be in danger",
    "When somebody hurts me",
)
LACKS = {
    "always_told": "Say what is always told, because it is about safety.",
    "agreed_by_client": "The young person agrees first. Until then keep it as a draft.",
    "agreed_by": "Tick which parent or carer agreed. Until then keep it as a draft.",
}


@dataclass(frozen=True)
class Small:
    """One of the small forms of the room: its record, the fields it asks for, what is said once it is kept."""

    record: str
    fields: tuple[str, ...]
    said: str


FORMS = {
    "carer": Small(CARER, ("person", "takes_part", "responsible", "reached"), "It is kept."),
    "told": Small(
        TOLD,
        ("topics", "told_to", "how", "given_on", "words"),
        "It is kept. The young person sees about what, not the words.",
    ),
    "view": Small(VIEW, ("seen_by_whom", "how_0_10", "words", "given_on"), "Their view is kept."),
    "call": Small(CALL, ("with_whom", "called_on", "reached", "words", "follows"), "The call is kept."),
}
LEAVE, HOLD = "It is left out, with the reason.", "It is to be held after all."


@roles("therapist", "supervisor")
@require_GET
def carers(request: HttpRequest, episode_id: UUID) -> HttpResponse:
    return _show(request, _page(request, episode_id, Act.SEE_EPISODE))


@roles("therapist")
@require_POST
def keep(request: HttpRequest, episode_id: UUID, what: str) -> HttpResponse:
    """One of the small forms, into a record of its own."""
    page = _page(request, episode_id, Act.WRITE_RECORD)
    small = FORMS.get(what)
    if small is None:
        raise NoAccess
    form = _sent(request, page, small.record, small.fields, id_prefix=what)
    if form.is_valid:
        if small.record == CARER:
            form.values["called"] = page.people.get(form.values["person"], "")
        form = _added(page, small.record, form)
    if not form.is_valid:
        return _show(request, page, {what: form})
    say(request, small.said)
    return go(request, page.address(f"carers/#{what}"))


@roles("therapist")
@require_POST
def leave_out(request: HttpRequest, episode_id: UUID, task_id: str) -> HttpResponse:
    """A meeting that the treatment provides for is left out with a reason, or held after all."""
    page = _page(request, episode_id, Act.WRITE_RECORD)
    if task_id not in may_be_left_out(page.manual):
        raise NoAccess
    back = "hold" in request.POST
    before = {"which": task_id, **({"taken_back": True, "reason": HOLD} if back else {})}
    fields = ("taken_back",) if back else ("reason",)
    form = (
        RecordForm.from_values(page.manual.record_types[LEFT_OUT], before, codes=page.codes)
        if back
        else _sent(request, page, LEFT_OUT, fields, before=before, id_prefix=task_id)
    )
    if form.is_valid:
        form = _added(page, LEFT_OUT, form)
    if not form.is_valid:
        return _show(request, page, {task_id: form})
    say(request, HOLD if back else LEAVE)
    return go(request, page.address("carers/#points"))


# -- the note ----------------------------------------------------------------------------------------------


@roles("therapist")
def note(request: HttpRequest, episode_id: UUID) -> HttpResponse:
    """The note on confidentiality, agreed with the young person and the parents, each time as a new version (A-01)."""
    page = _page(request, episode_id, Act.WRITE_RECORD)
    entry = note_entry(page)
    if request.method != "POST":
        values = dict(entry.visible) if entry else {"always_told": list(ALWAYS_TOLD)}
        if entry is None or not still_open(page, entry):
            values |= {"date": page.on.isoformat(), "agreed_by_client": None, "agreed_by": []}
        return _note_page(request, page, entry, _note_form(page, values))
    before = {**(dict(entry.visible) if entry else {}), "kind": NOTE_KIND}
    if "withdraw" in request.POST and entry is not None:
        return _keep_note(request, page, entry, _withdrawn(page, before), final=True)
    before.pop(WITHDRAWN, None)  # what is agreed anew stands again
    final = before["given"] = "finish" in request.POST
    form = _sent(request, page, CONSENT, NOTE_FIELDS, before=before, final=final)
    if form.is_row_action:
        return _note_page(request, page, entry, form)
    faults = (*form.faults, *(_lacking(form.values) if final else ()))
    if faults:
        return _note_page(request, page, entry, form.with_faults(faults))
    return _keep_note(request, page, entry, form, final=final)


def _note_form(page: EpisodePage, values: dict[str, Any]) -> RecordForm:
    return RecordForm.from_values(
        page.manual.record_types[CONSENT],
        values,
        people=_people(page, CONSENT),
        codes=page.codes,
        only=NOTE_FIELDS,
        role=role_of(page),
    )


def _withdrawn(page: EpisodePage, before: dict[str, Any]) -> RecordForm:
    return _note_form(page, {**before, WITHDRAWN: page.on.isoformat()})


def _lacking(values: dict[str, Any]) -> tuple[FieldFault, ...]:
    """What an agreed note needs beside what the record asks."""
    return tuple(
        FieldFault(key, says)
        for key, says in LACKS.items()
        if not values.get(key) or values.get(key) is False
    )


def _keep_note(
    request: HttpRequest, page: EpisodePage, entry: Entry | None, form: RecordForm, *, final: bool
) -> HttpResponse:
    shown = page.manual.tasks_shown_by(CONSENT)
    task = next((one.id for one in shown if one.field and final), "")
    try:
        version = version_read(request.POST, entry)
        keep_version(page, CONSENT, entry, form.values, version, task=task, final=final)
    except EntryNotValid as error:
        return _note_page(request, page, entry, form.with_faults(error.faults))
    except Refused as refused:
        return _note_conflict(request, page, entry, form, refused)
    withdrawn = bool(form.values.get(WITHDRAWN))
    said = "It is withdrawn. Until a new one is agreed, nothing is told to parents but what is about safety."
    kept = (
        "Kept. The young person sees it on their own pages."
        if final
        else "Kept as a draft. Nobody else sees it."
    )
    say(request, said if withdrawn else kept)
    return go(request, page.address("carers/#note"))


def _note_conflict(
    request: HttpRequest, page: EpisodePage, entry: Entry | None, form: RecordForm, refused: Refused
) -> HttpResponse:
    if entry is None:
        raise refused
    entry.refresh_from_db(fields=["version", "updated_at"])
    kind = page.manual.record_types[CONSENT]
    conflict = present_conflict(page, entry, kind, theirs=refused.theirs, yours=form.values)
    return _note_page(request, page, entry, form, conflict=conflict)


def _note_page(
    request: HttpRequest, page: EpisodePage, entry: Entry | None, form: RecordForm, conflict: Any = None
) -> HttpResponse:
    return show(
        request,
        "therapist/carers_note.html",
        page,
        status=409 if conflict else 422 if form.error_lines else 200,
        form=form,
        order=NOTE_FIELDS,
        entry=entry,
        version=entry.version if entry and not request.POST else version_read(request.POST, entry),
        is_new_version=entry is not None and not still_open(page, entry),
        conflict=conflict,
    )


# -- the room ----------------------------------------------------------------------------------------------


def _page(request: HttpRequest, episode_id: UUID, act: Act) -> EpisodePage:
    page = episode_page(request, episode_id, act, room=ROOM)
    if not page.manual.carer_points:
        raise NoAccess
    return page


def _sent(
    request: HttpRequest,
    page: EpisodePage,
    record: str,
    fields: tuple[str, ...],
    *,
    before: dict[str, Any] | None = None,
    final: bool = False,
    id_prefix: str = "",
) -> RecordForm:
    return RecordForm.from_post(
        page.manual.record_types[record],
        request.POST,
        people=_people(page, record),
        codes=page.codes,
        before=before,
        only=fields,
        role=role_of(page),
        final=final,
        id_prefix=id_prefix,
    )


def _people(page: EpisodePage, record: str) -> dict[str, str]:
    """Whom a form offers: parents and carers, once they are named; of a call, the young person too."""
    named = {str(entry.visible.get("person")) for entry in page.entries(CARER)}
    found = {code: name for code, name in page.people_to_pick.items() if code in named}
    if record == CARER or not found:
        found = page.people_to_pick
    return {"client": page.episode.client.name, **found} if record == CALL else found


def _added(page: EpisodePage, record: str, form: RecordForm) -> RecordForm:
    """Written, for the task that it shows; with its faults where it may not be."""
    tasks = page.manual.tasks_shown_by(record)
    task = next((one.id for one in tasks if page.status.phase in one.phases), "")
    try:
        add_once(page, record, form.values, task=task, final=True)
    except EntryNotValid as error:
        return form.with_faults(error.faults)
    return form


def _show(request: HttpRequest, page: EpisodePage, sent: dict[str, RecordForm] | None = None) -> HttpResponse:
    found = present_carers(page)
    forms = {key: _blank(page, key, small) for key, small in FORMS.items()} if found.may_write else {}
    for one in found.points if found.may_write else ():
        forms[one.task] = RecordForm.from_values(
            page.manual.record_types[LEFT_OUT], only=("reason",), codes=page.codes, id_prefix=one.task
        )
    forms |= sent or {}
    return show(
        request,
        "therapist/carers.html",
        page,
        status=422 if sent else 200,
        room=found,
        forms=forms,
        wrong=next(iter(sent), "") if sent else "",
    )


def _blank(page: EpisodePage, key: str, small: Small) -> RecordForm:
    kind = page.manual.record_types[small.record]
    today = {name: page.on.isoformat() for name in small.fields if name in ("given_on", "called_on")}
    return RecordForm.from_values(
        kind,
        today,
        people=_people(page, small.record),
        codes=page.codes,
        only=small.fields,
        role=role_of(page),
        id_prefix=key,
    )
