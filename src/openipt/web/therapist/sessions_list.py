"""All meetings of an episode, planned and held; and the way to the one to be worked on."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from openipt.core.course.course import Attendance
from openipt.records.access import Act
from openipt.records.models import Session, SessionState
from openipt.web.doors import roles
from openipt.web.therapist.common import EpisodePage, episode_page, session_of, show
from openipt.web.therapist.presenters_records import entry_line


@roles("therapist", "supervisor")
def sessions(request: HttpRequest, episode_id: UUID) -> HttpResponse:
    page = episode_page(request, episode_id, Act.SEE_EPISODE, room="session")
    return show(request, "therapist/sessions.html", page, sessions=_rows(page))


def _rows(page: EpisodePage) -> list[Session]:
    rows = list(page.episode.sessions.all())
    return sorted(rows, key=lambda session: (session.on, session.number or 0))


@roles("therapist", "supervisor")
def session_to_work_on(request: HttpRequest, episode_id: UUID) -> HttpResponse:
    """The open draft, else today's planned session, else the next planned one, else the list."""
    page = episode_page(request, episode_id, Act.SEE_EPISODE, room="session")
    session = wanted_session(page)
    tail = f"sessions/{session.pk}/" if session else "sessions/"
    return HttpResponseRedirect(page.address(tail))


def wanted_session(page: EpisodePage) -> Session | None:
    rows = page.episode.sessions
    draft = rows.filter(state=SessionState.DRAFT).order_by("-held_on", "-written_at").first()
    if draft is not None:
        return draft
    planned = rows.filter(attendance=Attendance.PLANNED).order_by("planned_at")
    return next((session for session in planned if session.on >= page.on), None)


@roles("therapist", "supervisor")
def session_records(request: HttpRequest, episode_id: UUID, session_id: UUID) -> HttpResponse:
    page = episode_page(request, episode_id, Act.SEE_EPISODE, room="session")
    session = session_of(page, session_id)
    found = [entry for entry in page.entries() if entry.session_id == session.pk]
    entries = tuple(entry_line(page, entry) for entry in found)
    return show(request, "therapist/session_records.html", page, session=session, entries=entries)
