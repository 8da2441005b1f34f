"""A session by phone or video in words: where the client is, who can hear, whom to call, what if it breaks off."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from openipt import library
from openipt.core.course import call
from openipt.core.course.course import Entry, Meeting
from openipt.core.fields.words import Line
from openipt.core.manual.model import Manual
from openipt.core.manual.names import MEETING_FORMATS
from openipt.records import crisis
from openipt.records.crisis import CrisisContact
from openipt.records.models import Session
from openipt.web.jinja import day
from openipt.web.therapist.common import EpisodePage
from openipt.web.therapist.presenters_records import lines_of, may_write_type

LOCATION, NUMBER = "location_now", "callback_number"
CONTACTS = ("contact_person", "relation", "consent_to_contact", "local_crisis_service")


@dataclass(frozen=True)
class LastSaid:
    """What was said of something, and when: in this session, or only before."""

    words: str
    when: str
    today: bool


@dataclass(frozen=True)
class CallCard:
    """Everything to have at hand while nobody can see the client. Addresses are "" where nothing may be written.

    `still_address` confirms in one press that the client is where they were last time.
    """

    title: str
    location: LastSaid | None
    number: LastSaid | None
    private: str
    private_tone: str
    code_word: str
    contacts: tuple[Line, ...]
    plan: tuple[Line, ...]
    crisis: tuple[CrisisContact, ...]
    still_address: str
    location_address: str
    privacy_address: str
    plan_address: str

    @property
    def is_confirmed(self) -> bool:
        return self.location is not None and self.location.today


def present_call(page: EpisodePage, session: Session | None) -> CallCard | None:
    """The card of a session by phone or video; of no session, what stands of the one before. None: nothing to show."""
    remote = session is not None and call.is_remote(session.format)
    goes_with = [
        one for one in library.modifiers().values() if one.id in page.manual.modifiers and one.formats
    ]
    if session is not None and not remote:
        return None
    if not remote and not goes_with:
        return None
    meeting = _meeting(page, session)
    how = MEETING_FORMATS.get(session.format, session.format) if session else goes_with[0].manner
    location, number = (_said(page, meeting, field) for field in (LOCATION, NUMBER))
    tone, private = _private(page, meeting)
    writes = session if session is not None and session.is_held and not session.is_signed else None
    return CallCard(
        title=how[:1].upper() + how[1:],
        location=location,
        number=number,
        private=private,
        private_tone=tone,
        code_word=_last(page, call.PRIVACY, "code_word"),
        contacts=emergency_lines(page),
        plan=plan_lines(page),
        crisis=crisis.contacts(page.episode.client.region),
        still_address=_still(page, writes, location),
        location_address=_form(page, call.EMERGENCY, writes, LOCATION),
        privacy_address=_form(page, call.PRIVACY, writes),
        plan_address=_form(page, call.PLAN, writes),
    )


def _meeting(page: EpisodePage, session: Session | None) -> Meeting | None:
    """This very session as the course knows it; None before it has begun."""
    if session is None or not session.is_held:
        return None
    return call.meeting_at(page.course, session.number, session.on)


def _said(page: EpisodePage, meeting: Meeting | None, field: str) -> LastSaid | None:
    here = call.said_in(page.course, call.EMERGENCY, field, meeting) if meeting else None
    said = here or call.last_said(page.course, call.EMERGENCY, field)
    if said is None:
        return None
    return LastSaid(said.words, "said today" if here else _when(said.on, said.session), here is not None)


def _when(on: date, session: int | None) -> str:
    of_session = f", session {session}" if session else ""
    return f"last said on {day(on)}{of_session}"


def _private(page: EpisodePage, meeting: Meeting | None) -> tuple[str, str]:
    if meeting is None:
        return "quiet", "Who can hear: asked anew each time"
    said = call.is_private(page.course, meeting)
    if said is None:
        return "attention", "Who can hear: not asked yet"
    return ("teal", "Nobody can hear") if said else ("attention", "Somebody may hear")


def _last(page: EpisodePage, record: str, field: str) -> str:
    said = call.last_said(page.course, record, field)
    return said.words if said else ""


def emergency_lines(page: EpisodePage, *, number: bool = False) -> tuple[Line, ...]:
    """Whom to call: of each field what was last written. Where the client is never stands among them."""
    kind = page.manual.record_types[call.EMERGENCY]
    wanted = (*((NUMBER,) if number else ()), *CONTACTS)
    values = {
        key: value for key in wanted if (value := _value(page.course.entries_of(kind.id), key)) is not None
    }
    return lines_of(page, kind, values)


def _value(entries: tuple[Entry, ...], key: str) -> object:
    """What the last record that says something of it says."""
    return next((e.values[key] for e in reversed(entries) if e.values.get(key) not in (None, "")), None)


def plan_lines(page: EpisodePage) -> tuple[Line, ...]:
    """What is done if the call breaks off, as agreed last."""
    plans = page.course.entries_of(call.PLAN)
    return lines_of(page, page.manual.record_types[call.PLAN], plans[-1].values) if plans else ()


def _still(page: EpisodePage, session: Session | None, location: LastSaid | None) -> str:
    if session is None or location is None or location.today or not _may_write(page, call.EMERGENCY):
        return ""
    return page.address(f"sessions/{session.pk}/still-there/")


def _may_write(page: EpisodePage, record: str) -> bool:
    return may_write_type(page, page.manual.record_types[record])


def _form(page: EpisodePage, record: str, session: Session | None, field: str = "", back: str = "") -> str:
    """The whole form of a record of this session."""
    if session is None or not _may_write(page, record):
        return ""
    query = {"session": str(session.pk), "next": back or page.address(f"sessions/{session.pk}/")}
    task = task_of(page.manual, record, field)
    return page.address(
        f"records/{record}/new/?{urlencode(query | ({'task': task} if task else {}), safe='/')}"
    )


def task_of(manual: Manual, record: str, field: str = "") -> str:
    """The task of a session by phone or video that this record shows."""
    tasks = [t for t in manual.tasks_shown_by(record) if t.formats and t.field == field]
    return tasks[0].id if tasks else ""


# -- questions about violence ----------------------------------------------------------------------------


@dataclass(frozen=True)
class NotPrivate:
    """Why questions about violence are locked now, and where privacy is asked."""

    why: str
    next: str
    privacy_address: str


def present_not_private(page: EpisodePage, session: Session | None, back: str) -> NotPrivate | None:
    """TE-05: a session by phone or video in which nobody has confirmed that the line is private."""
    number, on = (session.number, session.on) if session is not None else (None, page.on)
    why = call.why_not_private(page.course, call.meeting_at(page.course, number, on))
    if not why:
        return None
    writes = session if session is not None and session.is_held and not session.is_signed else None
    return NotPrivate(why, call.WAY_ON, _form(page, call.PRIVACY, writes, back=back))
