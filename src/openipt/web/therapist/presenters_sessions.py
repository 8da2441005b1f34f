"""All meetings of an episode in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.utils import timezone

from openipt.core.course.course import Attendance, EpisodeStatus
from openipt.core.course.phases import (
    awaits_before,
    beside_words,
    days_after,
    meetings_after,
    meetings_before,
)
from openipt.core.manual.model import Manual
from openipt.core.manual.names import PHASES_AFTER, PHASES_BEFORE
from openipt.records.models import Session
from openipt.records.prepared import Prepared
from openipt.web.jinja import clock_time, day, plural
from openipt.web.meeting_words import kind_name, meeting_title, title_in_course
from openipt.web.therapist.common import EpisodePage
from openipt.web.therapist.presenters_header import phase_title
from openipt.web.therapist.presenters_today import ATTENDANCE_WORDS, FORMAT_WORDS

_SESSIONS = Prepared(lambda episode: Session.objects.filter(episode=episode), UUID)
PLANNED_EVERY = {"weekly": 7, "twice a week": 3, "fortnightly": 14, "monthly": 28}


@dataclass(frozen=True)
class SessionRow:
    """One meeting. `coming` is one still planned, `late` a planned one whose day has passed."""

    id: UUID
    address: str
    title: str
    on: date
    time: str
    phase: str
    place: str
    attendance: str
    record: str
    record_tone: str
    coming: bool
    passed: bool
    planned_on: str
    planned_time: str
    place_words: str
    minutes: int


@dataclass(frozen=True)
class SessionsPage:
    """The list and what can be done next."""

    rows: tuple[SessionRow, ...]
    counted: str
    may_plan: bool
    why_not: tuple[str, ...]
    left_to_plan: int
    intake_open: bool
    before: str
    before_words: str
    awaits_before: bool
    minutes: int
    every_days: int
    kinds: tuple[tuple[str, str], ...]


def present_sessions(page: EpisodePage) -> SessionsPage:
    """Held meetings under their number, then what is planned, in the order of days."""
    rows = sorted(_SESSIONS(page.episode.pk), key=_when)
    for session in rows:
        session.episode = page.episode
    held = [session for session in rows if session.is_held and session.number]
    planned = [one for one in rows if one.attendance == Attendance.PLANNED and not one.kind]
    intake_open = not any(session.is_held for session in rows if not session.kind)
    why_not, before = _why_not(page), page.manual.phase_before if not held else None
    if before and len(meetings_before(page.course)) >= before.meetings[1]:
        before = None
    to_plan = max(0, page.status.remaining - len(planned) + (1 if intake_open and planned else 0))
    return SessionsPage(
        rows=tuple(_row(page, session) for session in rows),
        counted=_counted(page, len(held), len(planned)),
        may_plan=not why_not,
        why_not=why_not,
        left_to_plan=to_plan,
        intake_open=intake_open,
        before=before.id if before else "",
        before_words=PHASES_BEFORE[before.id] if before else "",
        awaits_before=bool(awaits_before(page.manual, page.course)) and not intake_open,
        minutes=page.manual.minutes_in(_next_phase(page)),
        kinds=_kinds(page),
        every_days=PLANNED_EVERY.get(page.manual.frequency, 7),
    )


def _counted(page: EpisodePage, held: int, planned: int) -> str:
    """3 of 12 sessions held, 2 planned ahead; meetings before session 1 are said apart."""
    word, before = page.manual.session_word, len(meetings_before(page.course))
    after = len(meetings_after(page.manual, page.course))
    counted = f"{held - after} of {page.status.planned_sessions} {word}s held, {planned} planned ahead."
    if before:
        counted = f"{counted} Before them {plural(before, 'meeting')} held."
    beside = (f"Beside them {beside_words(page.manual, page.course, kind.id)}." for kind in page.manual.kinds)
    return " ".join(filter(None, (counted, _after_counted(page, after), *beside)))


def _after_counted(page: EpisodePage, held: int) -> str:
    """Meetings after the contract, once it is over: `Boosters: 1 of up to 4 held.` and when the first one is."""
    phase = page.manual.phase_after
    if phase is None or page.status.remaining:
        return ""
    fewest, most = phase.meetings
    counted = f"{phase.title}: {held} of {most if fewest == most else f'up to {most}'} held."
    days = days_after(page.manual, page.course)
    return f"{counted} The first between {day(days[0])} and {day(days[1])}." if days else counted


def _kinds(page: EpisodePage) -> tuple[tuple[str, str], ...]:
    """What can be planned or begun, where there are other meetings beside the sessions."""
    if not page.manual.kinds:
        return ()
    sessions = f"{page.manual.session_word.capitalize()}s{page.manual.of_group}"
    beside = (
        (k.id, f"{k.name.capitalize()}, {page.manual.minutes_of(k.id)} minutes") for k in page.manual.kinds
    )
    return (("", sessions), *beside)


def _next_phase(page: EpisodePage) -> str:
    """The phase of what is planned next: of the contract, or after it."""
    after = page.manual.phase_after
    return after.id if after and not page.status.remaining else ""


def _when(session: Session):
    local = timezone.localtime(session.planned_at) if session.planned_at else None
    return session.on, f"{local:%H:%M}" if local else "", session.number or 0


def _why_not(page: EpisodePage) -> tuple[str, ...]:
    from openipt.records.access import Act

    decision = page.may(Act.PLAN_SESSION)
    if not decision:
        return decision.reasons
    if page.episode.status == EpisodeStatus.ENDED:
        return ("This episode has ended.",)
    return ()


def session_title(session: Session, manual: Manual | None = None) -> str:
    if session.kind and manual:
        name = kind_name(manual, session.kind, session.of_kind)
        return f"{name}, planned" if session.attendance == Attendance.PLANNED else name
    if session.number is None:
        return "Planned" if session.attendance == Attendance.PLANNED else "Meeting"
    return meeting_title(session.number, session.phase, manual)


def title_of(page: EpisodePage, session: Session) -> str:
    """The same where the course is at hand: several boosters are told apart."""
    if session.number and session.phase in PHASES_AFTER:
        return title_in_course(page.manual, page.course, session.number, session.phase)
    return session_title(session, page.manual)


def _row(page: EpisodePage, session: Session) -> SessionRow:
    local = timezone.localtime(session.planned_at) if session.planned_at else None
    record, tone = _record(session)
    planned = session.attendance == Attendance.PLANNED
    return SessionRow(
        id=session.pk,
        address=page.address(f"sessions/{session.pk}/"),
        title=title_of(page, session),
        on=session.on,
        time=clock_time(session.planned_at),
        phase=phase_title(page, session.phase) if session.phase else "",
        place=", ".join(filter(None, (FORMAT_WORDS.get(session.format, ""), session.place))),
        attendance=ATTENDANCE_WORDS[session.attendance],
        record=record,
        record_tone=tone,
        coming=planned,
        passed=planned and session.on < page.on,
        planned_on=local.date().isoformat() if local else "",
        planned_time=f"{local:%H:%M}" if local else "",
        place_words=session.place,
        minutes=session.minutes,
    )


def _record(session: Session) -> tuple[str, str]:
    if session.is_signed:
        return "signed", "quiet"
    return ("draft", "attention") if session.is_held else ("", "quiet")
