"""Working on a talk: each line with what was felt, meant and heard, where it parted, other words, what came of it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from openipt.errors import EntryNotValid, FieldFault, NoAccess
from openipt.records.access import Act
from openipt.records.actions import entries
from openipt.records.actions.conflicts import Refused
from openipt.records.models import Entry
from openipt.web.doors import roles
from openipt.web.record_forms import RecordForm
from openipt.web.therapist.common import EpisodePage, entry_of, episode_page, go, role_of, say, show
from openipt.web.therapist.presenters_records import present_conflict
from openipt.web.therapist.presenters_worksheets import (
    TALK,
    present_talk,
    style_choices,
    styles_sent,
    why_locked,
)
from openipt.web.therapist.room_parts import may_write, version_read
from openipt.web.therapist.worksheets import ROOM

# The form in the order of ipt.md 8.3: replay, felt and meant and heard, where it parted, other words, afterwards.
DIALOGUE = ("turns",)
MEANT = ("wish_unsaid", "expectation_mismatch", "outcome", "mood_before_0_10", "mood_after_0_10")
OTHER_WORDS = ("alternatives", "rehearsed", "planned_date")
AFTERWARDS = ("follow_up",)
DRAWN = (*DIALOGUE, *MEANT, *OTHER_WORDS, *AFTERWARDS)
NO_SUCH_TURN = "There is no such line."


@roles("therapist")
def talk_work(request: HttpRequest, episode_id: UUID, entry_id: UUID) -> HttpResponse:
    """Go on with a talk, line by line."""
    page = episode_page(request, episode_id, Act.WRITE_RECORD, room=ROOM)
    entry = entry_of(page, entry_id)
    if entry.record_type != TALK or not may_write(page, TALK) or _is_closed(entry):
        raise NoAccess
    kind, drawn = page.manual.record_types[TALK], _drawn(page, entry)
    if request.method != "POST":
        form = RecordForm.from_values(
            kind, entry.visible, people=page.people_to_pick, codes=page.codes, only=drawn, role=role_of(page)
        )
        return _page(request, page, entry, form)
    form = RecordForm.from_post(
        kind,
        request.POST,
        before=entry.payload,
        people=page.people_to_pick,
        codes=page.codes,
        only=drawn,
        role=role_of(page),
    )
    values, faults = _values(request, page, form)
    if form.is_row_action:
        return _page(request, page, entry, form, values=values)
    if form.faults or faults:
        return _page(request, page, entry, form, values=values, faults=(*form.faults, *faults))
    try:
        entries.save_entry(
            entry=entry,
            payload=values,
            expected_version=version_read(request.POST, entry),
            by=page.user,
            at=page.at,
        )
    except EntryNotValid as error:
        return _page(request, page, entry, form, values=values, faults=error.faults)
    except Refused as refused:
        entry.refresh_from_db(fields=["version", "updated_at"])
        conflict = present_conflict(page, entry, kind, theirs=refused.theirs, yours=values)
        return _page(request, page, entry, form, values=values, conflict=conflict, status=409)
    say(request, "The talk is kept.")
    return go(request, page.address(f"worksheets/talk/{entry.pk}/"))


def _drawn(page: EpisodePage, entry: Entry) -> tuple[str, ...]:
    """The fields of the form; what danger locks keeps what stands in it."""
    locked = bool(why_locked(page, entry.visible))
    return tuple(key for key in DRAWN if not (locked and key in OTHER_WORDS))


def _is_closed(entry: Entry) -> bool:
    """Signed with its session, or the client's own: changed as records are, not here."""
    return (entry.session is not None and entry.session.is_signed) or entry.by_role == "client"


def _values(
    request: HttpRequest, page: EpisodePage, form: RecordForm
) -> tuple[dict[str, Any], tuple[FieldFault, ...]]:
    """The record as sent: the fields of the form, the line where it parted, the ways of speaking."""
    values = dict(form.values)
    faults: list[FieldFault] = []
    broke = request.POST.get("break_point", "")
    lines = len(values.get("turns") or ())
    if broke.isdecimal() and 1 <= int(broke[:4]) <= lines:
        values["break_point"] = int(broke[:4])
    else:
        values.pop("break_point", None)
        if broke:
            faults.append(FieldFault("break_point", NO_SUCH_TURN))
    for who in ("client", "other"):
        found = styles_sent(page, request.POST, who)
        values.pop(f"styles_{who}", None)
        if found:
            values[f"styles_{who}"] = found
    return values, tuple(faults)


def _page(
    request: HttpRequest,
    page: EpisodePage,
    entry: Entry,
    form: RecordForm,
    *,
    values: dict[str, Any] | None = None,
    faults: tuple[FieldFault, ...] = (),
    conflict: Any = None,
    status: int = 0,
) -> HttpResponse:
    shown = entry.visible if values is None else values
    if faults:
        form = form.with_faults(faults)
    controls = {control.path: control for control in form.controls}
    return show(
        request,
        "therapist/worksheets_talk_work.html",
        page,
        form=form,
        entry=entry,
        talk=present_talk(page, entry, shown),
        parts={
            "dialogue": [controls[key] for key in DIALOGUE],
            "meant": [controls[key] for key in MEANT],
            "other_words": [controls[key] for key in OTHER_WORDS if key in controls],
            "afterwards": [controls[key] for key in AFTERWARDS],
        },
        styles=style_choices(page, shown),
        locked=why_locked(page, shown),
        version=entry.version if values is None else version_read(request.POST, entry),
        conflict=conflict,
        status=status or (422 if faults else 200),
    )
