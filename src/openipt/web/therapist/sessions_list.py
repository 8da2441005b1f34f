"""All meetings of an episode: planned, moved, begun, not held; and the way to the one to be worked on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_GET, require_POST

from openipt import library
from openipt.core.course.course import Attendance
from openipt.core.manual.names import PHASES_BEFORE
from openipt.errors import EntryNotValid, FieldFault
from openipt.records.access import Act
from openipt.records.actions import sessions as actions
from openipt.records.actions.base import locked
from openipt.records.models import Session, SessionState
from openipt.records.queries.sessions import planned_after
from openipt.web.appointments import calendar_file
from openipt.web.doors import roles
from openipt.web.sent import Sent, read_day
from openipt.web.therapist.common import EpisodePage, episode_page, go, say, session_of, show
from openipt.web.therapist.presenters_records import entry_line
from openipt.web.therapist.presenters_sessions import present_sessions, session_title
from openipt.web.therapist.presenters_today import FORMAT_WORDS

TWICE_WITHIN = timedelta(seconds=30)
WHEN = "Write the day of the first session."


@roles("therapist", "supervisor")
def sessions(request: HttpRequest, episode_id: UUID) -> HttpResponse:
    page = episode_page(request, episode_id, Act.SEE_EPISODE, room="session")
    return _list(request, page)


def _list(
    request: HttpRequest,
    page: EpisodePage,
    *,
    values: Mapping[str, str] | None = None,
    faults: tuple[FieldFault, ...] = (),
    form: str = "",
) -> HttpResponse:
    """The list with its forms; `form` names the one whose faults are shown."""
    return show(
        request,
        "therapist/sessions.html",
        page,
        status=422 if faults else 200,
        sessions=present_sessions(page),
        values=values or {},
        faults=faults,
        form=form,
        formats=tuple(FORMAT_WORDS.items()),
        usual_format=library.usual_format(page.manual),
    )


@roles("therapist", "supervisor")
def session_to_work_on(request: HttpRequest, episode_id: UUID) -> HttpResponse:
    """The open draft, else today's planned session, else the next planned one, else the list."""
    page = episode_page(request, episode_id, Act.SEE_EPISODE, room="session")
    session = wanted_session(page)
    tail = f"sessions/{session.pk}/" if session else "sessions/"
    return HttpResponseRedirect(page.address(tail))


def wanted_session(page: EpisodePage) -> Session | None:
    """The session somebody who presses Session means."""
    rows = page.episode.sessions
    draft = (
        rows.filter(state=SessionState.DRAFT, held_on__isnull=False).order_by("-held_on", "-number").first()
    )
    if draft is not None:
        return draft
    planned = rows.filter(attendance=Attendance.PLANNED).order_by("planned_at")
    return next((session for session in planned if session.on >= page.on), None)


@roles("therapist", "supervisor")
def session_records(request: HttpRequest, episode_id: UUID, session_id: UUID) -> HttpResponse:
    """One session as the list of its records."""
    page = episode_page(request, episode_id, Act.SEE_EPISODE, room="session")
    session = session_of(page, session_id)
    found = [entry for entry in page.entries() if entry.session_id == session.pk]
    entries = tuple(entry_line(page, entry) for entry in found)
    title = session_title(session, page.manual)
    return show(
        request, "therapist/session_records.html", page, session=session, entries=entries, title=title
    )


@roles("therapist")
@require_GET
def calendar(request: HttpRequest, episode_id: UUID) -> HttpResponse:
    """The planned sessions for a calendar: times and "Appointment", nothing else."""
    page = episode_page(request, episode_id, Act.SEE_EPISODE, room="session", read="calendar-exported")
    return calendar_file(planned_after(page.episode, page.at), page.at)


# -- changing ----------------------------------------------------------------------------------------


def _to_change(request: HttpRequest, episode_id: UUID) -> EpisodePage:
    return episode_page(request, episode_id, Act.PLAN_SESSION, room="session")


@roles("therapist")
@require_POST
def plan(request: HttpRequest, episode_id: UUID) -> HttpResponse:
    """One session or a series, at the same hour, with days left out."""
    page = _to_change(request, episode_id)
    sent = Sent(request.POST)
    first = sent.moment("first_on", "first_time", required=WHEN)
    count = sent.number("count", lowest=1, highest=actions.LONGEST_SERIES, required=True)
    every = sent.number("every_days", lowest=1, highest=366, required=bool(count and count > 1)) or 7
    minutes = sent.number("minutes", lowest=1, highest=600)
    format = sent.choice("format", FORMAT_WORDS) or library.usual_format(page.manual)
    kind = _kind(page, sent)
    if kind and minutes == page.manual.minutes:  # as the form offers it for a session
        minutes = page.manual.minutes_of(kind)
    skip = _days_to_skip(sent)
    if sent.faults:
        return _list(request, page, values=sent.values, faults=tuple(sent.faults), form="plan")
    wanted = {
        "first_at": first,
        "count": count,
        "every_days": every,
        "minutes": minutes,
        "format": format,
        "place": sent.words("place"),
        "skip": skip,
        "kind": kind,
    }
    try:
        made = _plan_once(page, wanted)
    except EntryNotValid as error:
        return _list(request, page, values=sent.values, faults=error.faults, form="plan")
    say(request, "One session is planned." if len(made) == 1 else f"{len(made)} sessions are planned.")
    return go(request, page.address("sessions/"))


@transaction.atomic
def _plan_once(page: EpisodePage, wanted: dict[str, Any]) -> list[Session]:
    """Plan them; a second press of the button waits here and then finds the first."""
    locked(page.episode)
    again = page.episode.sessions.filter(
        planned_at__gte=wanted["first_at"],
        attendance=Attendance.PLANNED,
        kind=wanted["kind"],
        created_at__gt=page.at - TWICE_WITHIN,
    )
    found = list(again.order_by("planned_at"))
    if len(found) == wanted["count"] and found[0].planned_at == wanted["first_at"]:
        return found
    return actions.plan_sessions(episode=page.episode, **wanted, by=page.user, at=page.at)


def _kind(page: EpisodePage, sent: Sent) -> str:
    """A session, or a meeting of a kind that this treatment has beside them."""
    return (
        sent.choice("kind", tuple(kind.id for kind in page.manual.kinds)) if sent.values.get("kind") else ""
    )


def _days_to_skip(sent: Sent) -> frozenset[date]:
    """Days written one after another, with commas or on lines of their own."""
    parts = [part.strip() for part in sent.values.get("skip", "").replace("\n", ",").split(",")]
    found = {part: read_day(part) for part in parts[:60] if part}
    for part, on in found.items():
        if on is None:
            place = parts.index(part) + 1
            sent.fault("skip", f"Day {place} of those to leave out is no day of the calendar.")
    return frozenset(on for on in found.values() if on is not None)


@roles("therapist")
@require_POST
def move(request: HttpRequest, episode_id: UUID, session_id: UUID) -> HttpResponse:
    page = _to_change(request, episode_id)
    session = session_of(page, session_id)
    sent = Sent(request.POST)
    when = sent.moment("planned_on", "planned_time", required="Write the new day.")
    minutes = sent.number("minutes", lowest=1, highest=600)
    if sent.faults:
        return _move_wrong(request, page, session, sent, tuple(sent.faults))
    place = sent.words("place") if "place" in sent.values else None
    try:
        actions.move_session(
            session=session, planned_at=when, place=place, minutes=minutes, by=page.user, at=page.at
        )
    except EntryNotValid as error:
        return _move_wrong(request, page, session, sent, error.faults)
    say(request, "The session was moved. Where it was before is kept.")
    return go(request, page.address("sessions/"))


def _move_wrong(
    request: HttpRequest, page: EpisodePage, session: Session, sent: Sent, faults: tuple[FieldFault, ...]
) -> HttpResponse:
    """The list again, with what was typed at that session. Its fields carry the session's id."""
    here = tuple(FieldFault(f"{fault.path}-{session.pk}", fault.message) for fault in faults)
    values = {f"{name}-{session.pk}": value for name, value in sent.values.items()}
    return _list(request, page, values=values, faults=here, form=str(session.pk))


@roles("therapist")
@require_POST
def absence(request: HttpRequest, episode_id: UUID, session_id: UUID) -> HttpResponse:
    """Cancelled or missed: no number, and it stays in the list with its reason."""
    page = _to_change(request, episode_id)
    session = session_of(page, session_id)
    attendance = request.POST.get("attendance", "")
    reason = request.POST.get("reason", "")
    actions.record_absence(session=session, attendance=attendance, reason=reason, by=page.user, at=page.at)
    say(request, f"The session is kept as {'cancelled' if attendance == 'cancelled' else 'missed'}.")
    return go(request, page.address("sessions/"))


@roles("therapist")
@require_POST
def begin(request: HttpRequest, episode_id: UUID, session_id: UUID) -> HttpResponse:
    """The session takes place now; on to its room. Pressed twice, it begins once."""
    page = _to_change(request, episode_id)
    session = session_of(page, session_id)
    begun = actions.begin_session(session=session, by=page.user, at=page.at)
    return HttpResponseRedirect(page.address(f"sessions/{begun.pk}/"))


@roles("therapist")
@require_POST
def begin_unplanned(request: HttpRequest, episode_id: UUID) -> HttpResponse:
    """A meeting nobody had planned, or one written up later: the intake, or the next session."""
    page = _to_change(request, episode_id)
    sent = Sent(request.POST)
    held_on, kind = sent.day("held_on"), _kind(page, sent)
    if sent.faults:
        return _list(request, page, values=sent.values, faults=tuple(sent.faults), form="begin")
    meeting_is = sent.values.get("intake", "")
    try:
        begun = actions.begin_session(
            episode=page.episode,
            held_on=held_on,
            intake=not kind and "intake" in sent.values and meeting_is not in ("no", *PHASES_BEFORE),
            before=meeting_is if meeting_is in PHASES_BEFORE and not kind else "",
            kind=kind,
            by=page.user,
            at=page.at,
        )
    except EntryNotValid as error:
        return _list(request, page, values=sent.values, faults=error.faults, form="begin")
    return HttpResponseRedirect(page.address(f"sessions/{begun.pk}/"))
