"""The Session room, guide side: begin, the minute before, tasks as quick lines, find, quotes, the turned screen.

Every save answers htmx with its own parts of the page and the note's blocks, and a plain form with a
redirect. Nothing here marks a task: a task is done by its record.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.http import require_GET, require_POST

from openipt.core.course import call
from openipt.core.manual.model import Task
from openipt.core.manual.names import PHASES_BEFORE
from openipt.core.safety.levels import positive_answers
from openipt.errors import EntryNotValid, FieldFault, NoAccess, NotAllowedNow
from openipt.records.access import Act
from openipt.records.actions import entries, sessions
from openipt.records.models import Entry, EntryState
from openipt.web.doors import roles
from openipt.web.record_typed import date_as_typed
from openipt.web.therapist import session_note
from openipt.web.therapist.common import entry_of, show
from openipt.web.therapist.presenters_call import LOCATION, NUMBER, present_call, task_of
from openipt.web.therapist.presenters_session_before import last_step_entry, present_before, review_of
from openipt.web.therapist.presenters_session_guide import (
    GuideView,
    strategy_card,
    technique_card,
)
from openipt.web.therapist.presenters_session_together import present_together
from openipt.web.therapist.session_find import everything, find
from openipt.web.therapist.session_lines import MOST_LINES, Line, quick_keys, save_line, write_new
from openipt.web.therapist.session_room import Room, open_room

FORMATS = {"in_person": "In person", "phone": "By phone", "video": "By video"}
PARTS = ("everything", "strategies", "techniques", "quotes", "step", "alert", "remote")
TECHNIQUES = "techniques"  # in an address: `techniques=all`
OF_THE_CALL = (call.EMERGENCY, call.PRIVACY, call.PLAN)
NOT_BEGUN = "Begin the session first. Then everything you record belongs to it."
SIGNED = "This session is signed and stays as it is. Add an amendment beside it."


# -- the room ----------------------------------------------------------------------------------------


@roles("therapist", "supervisor")
@require_GET
def session(request: HttpRequest, episode_id: UUID, session_id: UUID) -> HttpResponse:
    room = open_room(request, episode_id, session_id)
    return _room_page(request, room)


def _room_page(
    request: HttpRequest,
    room: Room,
    *,
    sent: Line | None = None,
    faults: tuple[FieldFault, ...] = (),
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    wanted = request.GET.get("another", "")
    extra = {wanted: 1} if room.manual.has_task(wanted) else {}
    context = {
        "room": room,
        "session": room.session,
        "guide": GuideView(room, extra, sent, shows_all=request.GET.get(TECHNIQUES) == "all"),
        "before": present_before(room),
        "remote": present_call(room.page, room.session),
        "quotes": _quotes(room),
        "formats": FORMATS,
        "faults": faults,
        "opened": None,
        "typed": request.POST,
        **more,
    }
    if room.session.is_held or room.is_absent:
        context |= session_note.note_context(request, room.session, room.page)
    return show(request, "therapist/session/session.html", room.page, status=status, **context)


def _quotes(room: Room) -> tuple[Entry, ...]:
    return tuple(entry for entry in room.own_entries if entry.record_type == "rec_quote")


def _writable(request: HttpRequest, episode_id: UUID, session_id: UUID) -> Room:
    """The room of a session that is begun and not signed, for somebody who writes in it."""
    room = open_room(request, episode_id, session_id)
    if room.session.is_signed:
        raise NotAllowedNow((SIGNED,))
    if not room.session.is_held:
        raise NotAllowedNow((NOT_BEGUN,))
    if not room.may_write:
        raise NotAllowedNow(room.page.may(Act.WRITE_RECORD).reasons)
    return room


# -- beginning, or not -------------------------------------------------------------------------------


@roles("therapist", "supervisor")
@require_POST
def begin(request: HttpRequest, episode_id: UUID, session_id: UUID) -> HttpResponse:
    """It takes place: in person, by phone, by video; today, or on an earlier day that is written up now."""
    room = open_room(request, episode_id, session_id)
    meeting_is = request.POST.get("intake", "")
    try:
        sessions.begin_session(
            session=room.session,
            held_on=_day(request.POST.get("held_on", ""), "held_on"),
            late="late" in request.POST,
            format=request.POST.get("format") or None,
            intake={"yes": True, "no": False}.get(meeting_is),
            before=meeting_is if meeting_is in PHASES_BEFORE else "",
            by=room.user,
            at=room.page.at,
        )
    except EntryNotValid as error:
        return _room_page(request, room, faults=error.faults, status=422)
    return HttpResponseRedirect(room.address())


@roles("therapist", "supervisor")
@require_POST
def not_held(request: HttpRequest, episode_id: UUID, session_id: UUID) -> HttpResponse:
    """It did not take place: missed or cancelled. It takes no number and counts for none."""
    room = open_room(request, episode_id, session_id)
    try:
        sessions.record_absence(
            session=room.session,
            attendance=request.POST.get("attendance", ""),
            reason=request.POST.get("reason", ""),
            by=room.user,
            at=room.page.at,
        )
    except EntryNotValid as error:
        return _room_page(request, room, faults=error.faults, status=422)
    return HttpResponseRedirect(room.address())


@roles("therapist", "supervisor")
@require_POST
def details(request: HttpRequest, episode_id: UUID, session_id: UUID) -> HttpResponse:
    """How and how long it was, of a session that has begun."""
    room = _writable(request, episode_id, session_id)
    minutes = request.POST.get("minutes", "").strip()
    try:
        if minutes and not (minutes.isdecimal() and len(minutes) < 5):
            raise EntryNotValid((FieldFault("minutes", "Write the length in minutes, 1 to 600."),))
        sessions.set_details(
            session=room.session,
            format=request.POST.get("format") or None,
            late=request.POST.get("late") == "yes",
            minutes=int(minutes) if minutes else None,
            by=room.user,
            at=room.page.at,
        )
    except EntryNotValid as error:
        return _room_page(request, room, faults=error.faults, status=422)
    return HttpResponseRedirect(room.address())


@roles("therapist", "supervisor")
@require_POST
def still_there(request: HttpRequest, episode_id: UUID, session_id: UUID) -> HttpResponse:
    """The client was asked, and is where they were last time: kept as said in this session (TE-01)."""
    room = _writable(request, episode_id, session_id)
    course = room.page.course
    said = {field: call.last_said(course, call.EMERGENCY, field) for field in (LOCATION, NUMBER)}
    if said[LOCATION] is None:
        raise NotAllowedNow(("Nothing was said before. Ask where the client is now.",))
    meeting = call.meeting_at(course, room.session.number, room.session.on)
    if meeting is None or call.said_in(course, call.EMERGENCY, LOCATION, meeting) is None:
        values = {field: one.words for field, one in said.items() if one is not None}
        task = task_of(room.manual, call.EMERGENCY, LOCATION)
        write_new(room, room.manual.record_types[call.EMERGENCY], values, for_task=task)
    return HttpResponseRedirect(room.address())


def _day(typed: str, path: str) -> date | None:
    """A day as people write it; nothing means today."""
    if not typed.strip():
        return None
    try:
        return date.fromisoformat(date_as_typed(typed.strip()))
    except ValueError:
        message = "This is no day of the calendar. Write it as 2026-03-21."
        raise EntryNotValid((FieldFault(path, message),)) from None


# -- tasks -------------------------------------------------------------------------------------------


@roles("therapist", "supervisor")
@require_POST
def line(request: HttpRequest, episode_id: UUID, session_id: UUID, task_id: str, index: int) -> HttpResponse:
    """Save one quick line into its record."""
    room = _writable(request, episode_id, session_id)
    tasks = _tasks_of_row(room, task_id)
    if room.is_locked(tasks[0].record):
        raise NotAllowedNow((room.why_locked(tasks[0].record),))
    if index > MOST_LINES:
        raise NotAllowedNow(("That is more than one session holds. Use the record's own list.",))
    saving = save_line(room, tasks, index, request.POST)
    if saving.line.form.is_row_action:
        return _room_page(request, room, sent=saving.line)
    status = 200 if saving.saved else 409 if saving.line.theirs else 422
    if not request.headers.get("HX-Request"):
        if saving.saved:
            return HttpResponseRedirect(f"{room.address()}#task-{task_id}")
        return _room_page(request, room, sent=saving.line, status=status)
    about_risk = tasks[0].record == "rec_risk"
    alert = bool(about_risk and saving.entry and positive_answers(saving.entry.payload) and room.page.alerts)
    drawn = {control.field.key for control in saving.line.form.controls}
    asks_more = drawn != set(quick_keys(room, tasks))  # a reason, once a level above green stands
    on_call = saving.saved and call.is_remote(room.session.format) and tasks[0].record in OF_THE_CALL
    parts = {"alert": alert, "remote": on_call, "everything": on_call and tasks[0].record == call.PRIVACY}
    return answer(request, room, task=task_id, line=saving.line, whole=asks_more, status=status, **parts)


def _tasks_of_row(room: Room, task_id: str) -> tuple[Task, ...]:
    if not room.manual.has_task(task_id):
        raise NoAccess
    return GuideView(room).tasks_of_row(task_id)


@roles("therapist", "supervisor")
@require_GET
def rows(request: HttpRequest, episode_id: UUID, session_id: UUID) -> HttpResponse:
    """The guide anew, after a record was saved beside it; `another`: one row with one more line, `row`: one row;
    `techniques=all`: those that do not stand to hand.
    """
    room = open_room(request, episode_id, session_id)
    another, wanted = request.GET.get("another", ""), request.GET.get("row", "")
    if not request.headers.get("HX-Request"):
        return HttpResponseRedirect(f"{room.address()}?another={another}#task-{another or wanted}")
    if request.GET.get(TECHNIQUES) == "all":
        shown = {"room": room, "session": room.session, "guide": GuideView(room, shows_all=True)}
        return render(request, "therapist/session/_techniques_others.html", shown)
    if room.manual.has_task(another):
        return answer(request, room, task=another, extra={another: 1}, whole=True)
    if room.manual.has_task(wanted):
        return answer(request, room, task=wanted, whole=True)
    return answer(request, room, everything=True, techniques=True)


def answer(
    request: HttpRequest,
    room: Room,
    *,
    task: str = "",
    line: Line | None = None,
    extra: dict[str, int] | None = None,
    whole: bool = False,
    status: int = 200,
    opened: Mapping[str, object] | None = None,
    **parts: bool,
) -> HttpResponse:
    """The parts of the page that changed, each to its own place, and the note's blocks."""
    guide = GuideView(room, extra or {}, line)
    context = {
        "room": room,
        "session": room.session,
        "guide": guide,
        "row": guide.row(task) if task else None,
        "line": line,
        "whole": whole,
        "opened": opened,
        "before": present_before(room) if parts.get("step") or parts.get("everything") else None,
        "remote": present_call(room.page, room.session) if parts.get("remote") else None,
        "quotes": _quotes(room),
        "parts": dict.fromkeys(PARTS, False) | parts,
    }
    html = render_to_string("therapist/session/_answer.html", context, request=request)
    note = session_note.note_blocks_fragment(request, room.session, room.page) if status == 200 else ""
    return HttpResponse(html + str(note), status=status)


def _saved(
    request: HttpRequest, room: Room, anchor: str, card: tuple[str, str] | None = None, **parts: Any
) -> HttpResponse:
    """After a press that changed something: parts of the page, or back to the room.

    A card that was found by name and pressed where it stands open is shown there anew.
    """
    room.forget()
    if request.headers.get("HX-Request"):
        if card and request.POST.get("opened"):
            parts["opened"] = {"kind": card[0], "card": _card(room, *card)}
        return answer(request, room, **parts)
    return HttpResponseRedirect(f"{room.address()}#{anchor}")


# -- strategies, techniques --------------------------------------------------------------------------


@roles("therapist", "supervisor")
@require_POST
def strategy(request: HttpRequest, episode_id: UUID, session_id: UUID, code: str) -> HttpResponse:
    """Work on a strategy today (one press), call it done, or take it back."""
    room = _writable(request, episode_id, session_id)
    do = {"use": _use_strategy, "done": _finish_strategy, "back": _drop_strategy}.get(
        request.POST.get("do", "use")
    )
    if do is None or code not in room.manual.codes("strategies"):
        raise NoAccess
    with transaction.atomic():
        do(room, code)
    parts = {"task": _strategy_task(room), "whole": True, "strategies": True}
    return _saved(request, room, f"strategy-{code}", card=("strategy", code), **parts)


def _strategy_task(room: Room) -> str:
    tasks = room.manual.tasks_shown_by("rec_strategy_progress")
    return next((task.id for task in tasks if task.is_in(room.phase)), "")


def _progress_entry(room: Room, code: str) -> Entry | None:
    own = [e for e in room.own_entries if e.record_type == "rec_strategy_progress"]
    return next((entry for entry in own if entry.payload.get("strategy_id") == code), None)


def _use_strategy(room: Room, code: str) -> None:
    sessions.use_strategy(session=room.session, code=code, by=room.user, at=room.page.at)
    if _progress_entry(room, code) is None:
        _write_progress(room, code, "started")


def _write_progress(room: Room, code: str, status: str) -> None:
    entries.add_entry(
        episode=room.episode,
        record_type="rec_strategy_progress",
        payload={"strategy_id": code, "status": status},
        session=room.session,
        for_task=_strategy_task(room),
        by=room.user,
        at=room.page.at,
    )


def _finish_strategy(room: Room, code: str) -> None:
    entry = _progress_entry(room, code)
    sessions.use_strategy(session=room.session, code=code, by=room.user, at=room.page.at)
    if entry is None:
        _write_progress(room, code, "done")
        return
    payload = {**entry.payload, "status": "done"}
    entries.save_entry(
        entry=entry, payload=payload, expected_version=entry.version, by=room.user, at=room.page.at
    )


def _drop_strategy(room: Room, code: str) -> None:
    sessions.use_strategy(session=room.session, code=code, used=False, by=room.user, at=room.page.at)
    entry = _progress_entry(room, code)
    if entry is not None:
        entries.withdraw_entry(entry=entry, by=room.user, at=room.page.at)


@roles("therapist", "supervisor")
@require_POST
def technique(request: HttpRequest, episode_id: UUID, session_id: UUID, code: str) -> HttpResponse:
    """A technique was used, or it was not after all."""
    room = _writable(request, episode_id, session_id)
    found = room.manual.techniques.get(code)
    if found is None:
        raise NoAccess
    used = request.POST.get("do", "use") == "use"
    if used and found.record and room.is_locked(found.record):
        raise NotAllowedNow((room.why_locked(found.record),))
    sessions.use_technique(session=room.session, code=code, used=used, by=room.user, at=room.page.at)
    return _saved(request, room, f"technique-{code}", card=("technique", code), techniques=True)


# -- the last step, the client's words ---------------------------------------------------------------


@roles("therapist", "supervisor")
@require_POST
def review_step(request: HttpRequest, episode_id: UUID, session_id: UUID) -> HttpResponse:
    """What became of the step agreed last: written beside it, in this session. It was signed as it was."""
    room = _writable(request, episode_id, session_id)
    step = last_step_entry(room)
    if step is None:
        raise NotAllowedNow(("There is no step to look at.",))
    kind = room.manual.record_types[step.record_type]
    done = request.POST.get("done", "")
    known = [str(option.value) for option in kind.field("done").options]
    review = review_of(room, step)
    stored = review.payload if review is not None else {}
    values = {
        **step.payload,
        "done": done if done in known else stored.get("done"),
        "result": request.POST.get("result", stored.get("result", "")),
    }
    try:
        _keep_review(room, step, review, {key: value for key, value in values.items() if value})
    except EntryNotValid as error:
        return _room_page(request, room, faults=error.faults, status=422)
    return _saved(request, room, "minute-before", step=True)


def _keep_review(room: Room, step: Entry, review: Entry | None, values: dict[str, Any]) -> None:
    if review is not None:
        entries.save_entry(
            entry=review, payload=values, expected_version=review.version, by=room.user, at=room.page.at
        )
    else:
        entries.add_entry(
            episode=room.episode, record_type=step.record_type, payload=values, session=room.session,
            amends=step, by=room.user, at=room.page.at,
        )  # fmt: skip


@roles("therapist", "supervisor")
@require_POST
def quote(request: HttpRequest, episode_id: UUID, session_id: UUID) -> HttpResponse:
    """Keep the client's own words, word by word. The same words twice are kept once."""
    room = _writable(request, episode_id, session_id)
    words = request.POST.get("words", "").strip()
    try:
        if not words:
            raise EntryNotValid((FieldFault("words", "Write what the client said."),))
        if all(entry.payload.get("words") != words for entry in _quotes(room)):
            entries.add_entry(
                episode=room.episode, record_type="rec_quote", payload={"words": words},
                session=room.session, by=room.user, at=room.page.at,
            )  # fmt: skip
    except EntryNotValid as error:
        if request.headers.get("HX-Request"):
            raise
        return _room_page(request, room, faults=error.faults, status=422)
    return _saved(request, room, "quotes", quotes=True)


@roles("therapist", "supervisor")
@require_POST
def drop_quote(request: HttpRequest, episode_id: UUID, session_id: UUID, entry_id: UUID) -> HttpResponse:
    """Take words back that were kept by mistake. Pressed twice, they are taken back once."""
    room = _writable(request, episode_id, session_id)
    found = entry_of(room.page, entry_id)
    if found.session_id != room.session.pk or found.record_type != "rec_quote":
        raise NoAccess
    if found.state != EntryState.WITHDRAWN:
        entries.withdraw_entry(entry=found, by=room.user, at=room.page.at)
    return _saved(request, room, "quotes", quotes=True)


# -- find, open, together ----------------------------------------------------------------------------


@roles("therapist", "supervisor")
@require_GET
def find_page(request: HttpRequest, episode_id: UUID, session_id: UUID) -> HttpResponse:
    """Everything of the manual by part of its name: a page, or the list alone for the box in the room."""
    room = open_room(request, episode_id, session_id)
    typed = request.GET.get("q", "")[:80]
    if request.headers.get("X-Requested-With") == "fetch":
        return render(request, "therapist/session/_find_list.html", {"found": everything(room)})
    return show(
        request,
        "therapist/session/find.html",
        room.page,
        room=room,
        typed=typed,
        found=find(room, typed) if typed.strip() else everything(room),
    )


@roles("therapist", "supervisor")
@require_GET
def open_card(request: HttpRequest, episode_id: UUID, session_id: UUID, kind: str, code: str) -> HttpResponse:
    """One strategy or technique with all it says, above the guide, which stays as it is."""
    room = open_room(request, episode_id, session_id)
    opened = {"kind": kind, "card": _card(room, kind, code)}
    if request.headers.get("HX-Request"):
        return render(request, "therapist/session/_opened.html", {"opened": opened, "room": room})
    return _room_page(request, room, opened=opened)


def _card(room: Room, kind: str, code: str) -> object:
    makers: dict[str, Callable[[], object]] = {
        "strategy": lambda: strategy_card(room, room.manual.strategy(code), ""),
        "technique": lambda: technique_card(room, room.manual.techniques[code]),
    }
    try:
        return makers[kind]()
    except KeyError:
        raise NoAccess from None


@roles("therapist", "supervisor")
@require_GET
def together(request: HttpRequest, episode_id: UUID, session_id: UUID) -> HttpResponse:
    """The screen turned to the client."""
    room = open_room(request, episode_id, session_id)
    return render(request, "therapist/session/together.html", {"shown": present_together(room)})
