"""Documents: what can be printed or handed on, each as a clean page. Private notes are in none of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.conf import settings

from openipt.core.course import known
from openipt.core.course.course import Attendance, Meeting
from openipt.core.course.phases import session_phase
from openipt.core.course.progress import main_measure
from openipt.core.course.scores import PHQ9, score_at
from openipt.core.fields.definitions import RecordType
from openipt.core.manual.names import PHASES_AFTER
from openipt.records.models import Entry, EntryState, Session, SessionState
from openipt.records.prepared import Prepared
from openipt.web.jinja import day
from openipt.web.meeting_words import kind_name, meeting_title, title_in_course
from openipt.web.plain import worksheets
from openipt.web.therapist.common import EpisodePage
from openipt.web.therapist.presenters_agreeing import CONTRACT, has_own_maintenance, is_of_maintenance
from openipt.web.therapist.presenters_carers import note_entry
from openipt.web.therapist.presenters_header import phase_title

# Address -> record. The safety plan has a print page of its own, without the client's name.
RECORDS = {
    "formulation": "rec_formulation",
    "focus": "rec_ipaf",
    "schema": "rec_schema",
    "contract": "rec_contract",
    "relapse-plan": "rec_relapse_plan",
    "summary": "rec_discharge",
    "next-step": "rec_next_step",
    "goodbye": "rec_goodbye",
}
SUMMARY = "rec_discharge"
MAINTENANCE_CONTRACT, MAINTENANCE_TITLE = "maintenance-contract", "Contract for maintenance"
# Listed where a task asks for them, or where one is written.
OF_ONE_MODEL = frozenset({"rec_formulation", "rec_ipaf", "rec_schema", "rec_goodbye"})
CLOSING = (
    ("letter", "Letter to the client", "The closing summary in plain words"),
    ("referrer", "Summary for the referrer", "What was done and what came of it"),
)
ATTENDANCE = {
    Attendance.PLANNED: "planned",
    Attendance.ATTENDED: "held",
    Attendance.LATE: "held, began late",
    Attendance.CANCELLED: "cancelled",
    Attendance.MISSED: "missed",
}
_SIGNED = Prepared(
    lambda episode: (
        Session.objects.filter(episode=episode, state=SessionState.SIGNED, held_on__isnull=False)
        .order_by("held_on", "number")
        .select_related("signed_by")
    ),
    UUID,
)
_UNSIGNED = Prepared(
    lambda episode: Session.objects.filter(
        episode=episode, state=SessionState.DRAFT, held_on__isnull=False
    ).values_list("pk", flat=True),
    UUID,
)


@dataclass(frozen=True)
class DocumentLine:
    """One document in the list: where it is printed, or how to begin it."""

    title: str
    note: str
    address: str
    is_draft: bool = False


@dataclass(frozen=True)
class NoteLine:
    """A signed note."""

    title: str
    on: date
    address: str


@dataclass(frozen=True)
class DocumentsPage:
    """The Documents room."""

    documents: tuple[DocumentLine, ...]
    notes: tuple[NoteLine, ...]
    unsigned: int
    sheets: tuple[tuple[str, str, str], ...]
    export_address: str


@dataclass(frozen=True)
class OutlineRow:
    """One meeting of the course as the outline tells it."""

    session: str
    on: date
    phase: str
    attendance: str
    score: str
    work: str


def present_documents(page: EpisodePage, *, may_export: bool) -> DocumentsPage:
    signed = signed_sessions(page)
    return DocumentsPage(
        documents=(*_written(page), *_closing(page), *_always(page, bool(signed))),
        notes=tuple(
            NoteLine(_session_title(page, s), s.on, page.address(f"sessions/{s.pk}/note/print/"))
            for s in signed
        ),
        unsigned=len(_UNSIGNED(page.episode.pk)),
        sheets=tuple((page.address(f"documents/blank/{k.id}/"), k.title, k.help) for k in blank_kinds(page)),
        export_address=page.address("documents/export/") if may_export else "",
    )


def blank_kinds(page: EpisodePage) -> tuple[RecordType, ...]:
    """Worksheets that can be filled by hand; those that rehearse a talk only where nobody is a danger."""
    return worksheets(page.manual, watched=bool(known.danger(page.course).grounds))


def _written(page: EpisodePage) -> list[DocumentLine]:
    found = []
    for address, record in RECORDS.items():
        title = page.manual.record_types[record].title
        entry = standing(page, record)
        if entry is None and record in OF_ONE_MODEL and not page.manual.tasks_shown_by(record):
            continue
        note = "Not written yet" if entry is None else f"Of {day(entry.on)}"
        to = page.address(f"documents/{address}/") if entry else ""
        found.append(DocumentLine(title, note, to, entry is not None and entry.state != EntryState.FINAL))
    if has_own_maintenance(page):
        entry = standing(page, CONTRACT, maintenance=True)
        to = page.address(f"documents/{MAINTENANCE_CONTRACT}/") if entry else ""
        note = f"Of {day(entry.on)}" if entry else "Not written yet"
        is_draft = entry is not None and entry.state != EntryState.FINAL
        found.insert(2, DocumentLine(MAINTENANCE_TITLE, note, to, is_draft))
    if page.manual.carer_points:
        agreed = note_entry(page)
        found.append(
            DocumentLine(
                "What parents are told",
                f"Of {day(agreed.on)}" if agreed else "Not written yet",
                page.address("documents/confidentiality/") if agreed else "",
                agreed is not None and agreed.state != EntryState.FINAL,
            )
        )
    plan = standing(page, "rec_safety_plan")
    title = page.manual.record_types["rec_safety_plan"].title
    to = page.address("safety/plan/print/") if plan else ""
    found.insert(2, DocumentLine(title, f"Of {day(plan.on)}" if plan else "Not written yet", to))
    return found


def _closing(page: EpisodePage) -> list[DocumentLine]:
    """The two faces of the closing summary: for the client and for whoever referred."""
    finished = latest(page, SUMMARY) is not None
    return [
        DocumentLine(title, note, page.address(f"documents/{name}/") if finished else "")
        for name, title, note in CLOSING
    ]


def _always(page: EpisodePage, has_notes: bool) -> list[DocumentLine]:
    outline = DocumentLine(
        "Outline of the course", "Every meeting on one page", page.address("documents/outline/")
    )
    notes = DocumentLine("All signed notes", "In the order of the sessions", page.address("documents/notes/"))
    return [outline, notes] if has_notes else [outline]


def standing(page: EpisodePage, record: str, *, maintenance: bool = False) -> Entry | None:
    """The version that counts: the last one finished, else the last draft. Of two contracts, the one asked for."""
    entries = page.entries(record)
    if record == CONTRACT and has_own_maintenance(page):
        entries = [entry for entry in entries if is_of_maintenance(entry) is maintenance]
    final = [entry for entry in entries if entry.state == EntryState.FINAL]
    return final[-1] if final else entries[-1] if entries else None


def latest(page: EpisodePage, record: str) -> Entry | None:
    """The last finished record of a type: a draft is nobody's document yet."""
    final = [entry for entry in page.entries(record) if entry.state == EntryState.FINAL]
    return final[-1] if final else None


def document_label(page: EpisodePage) -> str:
    """What a document calls the client: their name, their initials or nothing, as the service has set it."""
    name = page.episode.client.name
    if settings.ENVIRONMENT.document_label == "initials":
        return " ".join(f"{part[0]}." for part in name.split())
    return "" if settings.ENVIRONMENT.document_label == "none" else name


# -- notes and outline -----------------------------------------------------------------------------------


def signed_sessions(page: EpisodePage) -> list[Session]:
    """Sessions that were held and signed, in their order."""
    found = _SIGNED(page.episode.pk)
    for session in found:
        session.episode = page.episode
    return found


def _session_title(page: EpisodePage, session: Session) -> str:
    if session.kind:
        return kind_name(page.manual, session.kind, session.of_kind)
    return meeting_title(session.number, session.phase)


def outline(page: EpisodePage) -> tuple[OutlineRow, ...]:
    """Every meeting: when, in which phase, what became of it, the main score, what was worked on."""
    measure = main_measure(page.manual, page.course) or PHQ9
    met = sorted((*page.course.meetings, *page.course.beside), key=lambda meeting: meeting.on)
    return tuple(_outline_row(page, meeting, measure) for meeting in met)


def _outline_name(page: EpisodePage, number: int, phase: str) -> str:
    return title_in_course(page.manual, page.course, number, phase) if phase in PHASES_AFTER else str(number)


def _outline_row(page: EpisodePage, meeting: Meeting, measure: str) -> OutlineRow:
    held = meeting.attendance.is_held
    number = meeting.number if held and not meeting.kind else None
    total = score_at(page.manual, page.course, measure, number) if number else None
    phase = (
        session_phase(page.manual, page.course, meeting) if number else meeting.phase or "pre" if held else ""
    )
    strategies = [page.codes["strategies"].get(code, code) for code in meeting.strategies]
    return OutlineRow(
        session=kind_name(page.manual, meeting.kind, meeting.number)
        if meeting.kind
        else _outline_name(page, number, phase)
        if number
        else meeting_title(0, meeting.phase)
        if held
        else "",
        on=meeting.on,
        phase=phase_title(page, phase) if phase else "",
        attendance=ATTENDANCE[meeting.attendance],
        score="" if total is None else f"{total:g}",
        work="; ".join(strategies),
    )


def outline_measure(page: EpisodePage) -> str:
    return page.manual.measure_list[main_measure(page.manual, page.course) or PHQ9].title
