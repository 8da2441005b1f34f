"""Writing the formulation and the contract: drafted from the record, owned by therapist and client."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import time
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse

from openipt.core.course.known import day
from openipt.core.course.narrative import SCHEMA, collects_episodes
from openipt.core.course.phases import MAINTENANCE, planned_sessions, sessions_before
from openipt.core.course.taper import taper_of
from openipt.core.formulation.paragraph import paragraph
from openipt.errors import EntryNotValid, FieldFault, NoAccess, NotAllowedNow
from openipt.records import convert
from openipt.records.access import Act
from openipt.records.actions import episodes, sessions
from openipt.records.actions.conflicts import Refused
from openipt.records.models import Entry
from openipt.records.queries.sessions import planned_after
from openipt.web.doors import roles
from openipt.web.record_forms import RecordForm
from openipt.web.sent import Sent
from openipt.web.therapist.common import EpisodePage, episode_page, go, role_of, say, show
from openipt.web.therapist.formulation import ROOM
from openipt.web.therapist.presenters_adaptation import present_now
from openipt.web.therapist.presenters_agreeing import (
    BREAK_TOO_LONG,
    BREAK_TURNED,
    CONTRACT,
    FORMULATION,
    LONGEST_BREAK,
    NO_ROOM,
    UNKNOWN_COUNTRY,
    answer_to_take,
    contract_dates,
    contract_days,
    days_left_out,
    has_own_maintenance,
    latest_contract,
    maintenance_task,
    plain_view,
)
from openipt.web.therapist.presenters_formulation import contract_stops
from openipt.web.therapist.presenters_formulation_draft import (
    Draft,
    draft_contract,
    draft_formulation,
    draft_maintenance,
    latest,
    spaced_by_manual,
)
from openipt.web.therapist.presenters_ipaf import FOCUS, focus_task, pattern_of
from openipt.web.therapist.presenters_narrative import schema_of, schema_task
from openipt.web.therapist.presenters_patterns import for_formulation
from openipt.web.therapist.presenters_records import present_conflict
from openipt.web.therapist.room_parts import keep_version, still_open, version_read

FORMULATION_TASK, CONTRACT_TASK = "I12", "I13"
TEMPLATES = {
    FORMULATION: "therapist/formulation_write.html",
    CONTRACT: "therapist/formulation_contract.html",
    FOCUS: "therapist/formulation_focus.html",
    SCHEMA: "therapist/schema_write.html",
}
BACK = {CONTRACT: "formulation/#contract", SCHEMA: "schema/#schema"}  # where it is kept to be read
OWN_WORDS = "Write what the client would change, in their own words."
NOT_YET = "Keep it as a draft and change it together until it fits."
PUT_DOWN = "put_down"
FOR = "for"  # what a contract is for, in the address
TAPER_TURNED = "This day is not after the meeting before. Leave it empty, or write a later one."
PATTERN_OF = {FOCUS: pattern_of, SCHEMA: schema_of}
ASKED_AGAIN = frozenset({"agreement", "client_words", "reason_for_focus", "agreed"})

Check = Callable[[EpisodePage, RecordForm, HttpRequest], tuple[FieldFault, ...]]


@roles("therapist")
def write(request: HttpRequest, episode_id: UUID) -> HttpResponse:
    """The formulation: as it stands, or a draft from the record; kept as a draft or agreed (I12)."""
    page = episode_page(request, episode_id, Act.WRITE_RECORD, room=ROOM)
    return _document(
        request, page, FORMULATION, draft_formulation(page), _check_formulation, FORMULATION_TASK
    )


@roles("therapist")
def focus(request: HttpRequest, episode_id: UUID) -> HttpResponse:
    """The interpersonal-affective focus: drafted, shared, changed with the client, each time as a new version."""
    page = episode_page(request, episode_id, Act.WRITE_RECORD, room=ROOM)
    return _document(request, page, FOCUS, Draft(), _check_focus, focus_task(page))


@roles("therapist")
def schema(request: HttpRequest, episode_id: UUID) -> HttpResponse:
    """The schema: built from the episodes, linked to them, its agreement checked, each time as a new version."""
    page = episode_page(request, episode_id, Act.WRITE_RECORD, room=ROOM)
    if not collects_episodes(page.manual):
        raise NoAccess
    return _document(request, page, SCHEMA, Draft(), _check_focus, schema_task(page))


@roles("therapist")
def contract(request: HttpRequest, episode_id: UUID) -> HttpResponse:
    """The contract (I13). Once it is finished, its number of meetings is the plan."""
    page = episode_page(request, episode_id, Act.WRITE_RECORD, room=ROOM)
    stops = contract_stops(page)
    if stops:
        reasons = "; ".join(stops)
        raise NotAllowedNow(
            (f"Answered yes in the checklist: {reasons}. Write there why you go on (DR-08).",)
        )
    if is_for_maintenance(request, page):
        task = maintenance_task(page)
        return _document(request, page, CONTRACT, draft_maintenance(page), _check_contract, task)
    task = CONTRACT_TASK if page.manual.has_task(CONTRACT_TASK) else _own_contract_task(page)
    if not has_own_maintenance(page) and page.status.phase == MAINTENANCE:
        task = maintenance_task(page)
    return _document(request, page, CONTRACT, draft_contract(page), _check_contract, task)


def _own_contract_task(page: EpisodePage) -> str:
    """That of maintenance, else the one task this adaptation has a contract for."""
    shown = page.manual.tasks_shown_by(CONTRACT)
    return maintenance_task(page) or next((task.id for task in shown), "")


def is_for_maintenance(request: HttpRequest, page: EpisodePage) -> bool:
    """Is it the contract of maintenance, where the adaptation keeps one beside that of its acute part?"""
    sent = request.POST if request.method == "POST" else request.GET
    return has_own_maintenance(page) and sent.get(FOR, "") == MAINTENANCE


def _document(
    request: HttpRequest, page: EpisodePage, record: str, draft: Draft, check: Check, task: str
) -> HttpResponse:
    maintenance = record == CONTRACT and is_for_maintenance(request, page)
    entry = latest_contract(page, maintenance=maintenance) if record == CONTRACT else latest(page, record)
    if request.method != "POST":
        values = dict(entry.visible) if entry else draft.values
        if entry and not still_open(page, entry):
            values = _begun_anew(values, draft)
        if record == FORMULATION:
            values |= _answered(request, page)
        if record == CONTRACT and request.GET.get("focus", "") in page.manual.areas:
            values["focus"] = [request.GET["focus"]]  # the next in order, offered in the room
        return _page(request, page, record, _form(page, record, values), entry, draft)
    form = _sent_form(request, page, record, entry)
    if "space" in request.POST:
        spaced = {**form.values, "taper": spaced_by_manual(page, form.values)}
        return _page(request, page, record, _form(page, record, _ends(spaced)), entry, draft)
    if "plain" in request.POST:
        written_out = {**form.values, "plain_words": plain_view(page, form.values).text}
        return _page(request, page, record, _form(page, record, written_out), entry, draft)
    if form.is_row_action or "look" in request.POST:
        return _page(request, page, record, form, entry, draft)
    faults = (*form.faults, *check(page, form, request))
    if faults:
        return _page(request, page, record, form, entry, draft, faults=faults)
    try:
        _keep(request, page, record, entry, form.values, task)
    except EntryNotValid as error:
        return _page(request, page, record, form, entry, draft, faults=error.faults)
    except Refused as refused:
        return _conflict_page(request, page, record, form, entry, draft, refused)
    agreed = "finish" in request.POST
    say(
        request, "Kept. The client sees it now." if agreed else "Kept as a draft. The client does not see it."
    )
    return go(request, page.address(BACK.get(record, "formulation/#formulation")))


def _begun_anew(values: dict[str, Any], draft: Draft) -> dict[str, Any]:
    """A new version begins with the words of the one before; whether they fit is asked again."""
    kept = {key: value for key, value in values.items() if key not in ASKED_AGAIN}
    return kept | {key: draft.values[key] for key in ("date", "agreed_on_session") if key in draft.values}


def _answered(request: HttpRequest, page: EpisodePage) -> dict[str, Any]:
    """What the client answered on their own page, taken over into the form: the therapist still keeps it."""
    answer = answer_to_take(page)
    if answer is None or request.GET.get("answer") != str(answer.pk):
        return {}
    said = {key: answer.visible[key] for key in ("agreement", "client_words") if answer.visible.get(key)}
    return said | {"date": answer.on.isoformat()}


def _ends(values: dict[str, Any]) -> dict[str, Any]:
    """The day of the last meeting as the days work out now."""
    days = contract_days(values)
    return {**values, "end_date": days[-1].isoformat()} if days else values


def _form(page: EpisodePage, record: str, values: dict[str, Any]) -> RecordForm:
    kind = page.manual.record_types[record]
    return RecordForm.from_values(
        kind,
        values,
        people=page.people_to_pick,
        codes=page.codes,
        without=_left_out(page, record, values),
        role=role_of(page),
    )


def _left_out(page: EpisodePage, record: str, values: Mapping[str, Any]) -> Collection[str]:
    """What a contract is for is said by where it is begun."""
    if record != CONTRACT:
        return ()
    of_maintenance = values.get("covers") == MAINTENANCE
    tapered = {"taper"} if of_maintenance and not values.get("taper") else set()
    own = set() if of_maintenance or not page.manual.is_acute else {"review_date", "signals"}
    return {"covers", *tapered, *own}


def _sent_form(request: HttpRequest, page: EpisodePage, record: str, entry: Entry | None) -> RecordForm:
    before = dict(entry.visible) if entry else {}
    if record == CONTRACT and is_for_maintenance(request, page):
        before["covers"] = MAINTENANCE
    post = request.POST
    if record == CONTRACT and not post.get("end_date", "").strip():
        post = post.copy()
        post["end_date"] = _worked_out(page, request)
    return RecordForm.from_post(
        page.manual.record_types[record],
        post,
        people=page.people_to_pick,
        codes=page.codes,
        before=before,
        without=_left_out(page, record, before),
        role=role_of(page),
        final="finish" in request.POST,
    )


def _worked_out(page: EpisodePage, request: HttpRequest) -> str:
    """The last meeting's day where it was left empty: from the first day, the number and the frequency."""
    first, number = day(request.POST.get("first_date", "")), request.POST.get("sessions_planned", "")
    if first is None or not number.isdecimal() or not 1 <= int(number[:4]) <= 200:
        return ""
    read = RecordForm.from_post(
        page.manual.record_types[CONTRACT], request.POST, people=page.people_to_pick, codes=page.codes
    )
    days = contract_days(read.values)
    return days[-1].isoformat() if days else ""


@transaction.atomic
def _keep(
    request: HttpRequest,
    page: EpisodePage,
    record: str,
    entry: Entry | None,
    values: dict[str, Any],
    task: str,
) -> None:
    final = "finish" in request.POST
    known_task = task if page.manual.has_task(task) else ""
    version = version_read(request.POST, entry)
    keep_version(page, record, entry, values, version, task=known_task, final=final)
    planned = values.get("sessions_planned")
    maintenance = task == maintenance_task(page) and page.manual.is_acute
    if record == CONTRACT and final and planned and not maintenance:
        _set_plan(page, planned + sessions_before(page.course))
    clock_time, _ = _time_of_day(request)
    if record == CONTRACT and clock_time is not None:
        place = request.POST.get(f"{PUT_DOWN}_place", "")
        _put_down(page, values, clock_time, place, moved=f"{PUT_DOWN}_moved" in request.POST)


def _set_plan(page: EpisodePage, planned: int) -> None:
    """The plan follows the contract, also where a later change of plan would outweigh it."""
    page.episode.refresh_from_db(fields=["planned_sessions"])
    engine = planned_sessions(convert.course(page.episode))
    if planned == page.episode.planned_sessions == engine:
        return
    episodes.change_plan(
        episode=page.episode,
        planned_sessions=planned,
        reason="As the contract says.",
        by=page.user,
        at=page.at,
    )


def _put_down(
    page: EpisodePage, values: dict[str, Any], clock_time: time, place: str, *, moved: bool
) -> None:
    """The meetings that are still to come, as planned sessions at one time of day."""
    sessions.plan_sessions_on(
        episode=page.episode,
        days=contract_days(values),
        clock_time=clock_time,
        minutes=values.get("minutes") or page.manual.minutes,
        place=place,
        move_others=moved,
        by=page.user,
        at=page.at,
    )


# -- checks ------------------------------------------------------------------------------------------


def _check_formulation(page: EpisodePage, form: RecordForm, request: HttpRequest) -> tuple[FieldFault, ...]:
    """Showing it to the client asks for agreement, or agreement in part with the client's words (3.11)."""
    if "finish" not in request.POST:
        return ()
    found: list[FieldFault] = []
    agreement = form.values.get("agreement")
    if agreement == "no":
        found.append(FieldFault("agreement", NOT_YET))
    if agreement == "partly" and not form.values.get("client_words"):
        found.append(FieldFault("client_words", OWN_WORDS))
    return tuple(found)


def _check_focus(page: EpisodePage, form: RecordForm, request: HttpRequest) -> tuple[FieldFault, ...]:
    """The client sees it once they agreed with it."""
    if "finish" in request.POST and form.values.get("agreed") is False:
        return (FieldFault("agreed", NOT_YET),)
    return ()


def _check_contract(page: EpisodePage, form: RecordForm, request: HttpRequest) -> tuple[FieldFault, ...]:
    """The number lies in the manual's range, or the supervisor agrees; the days follow one another."""
    found: list[FieldFault] = []
    values = form.values
    number, span = values.get("sessions_planned"), page.manual.sessions
    outside = isinstance(number, int) and not span.min <= number <= span.max
    maintenance = page.manual.is_acute and (
        page.status.phase == MAINTENANCE or is_for_maintenance(request, page)
    )
    if outside and not maintenance and "approved" not in request.POST:
        found.append(
            FieldFault(
                "sessions_planned",
                f"This treatment has {span.min} to {span.max} meetings. "
                "For another number, confirm below that your supervisor agrees.",
            )
        )
    first, last = day(values.get("first_date")), day(values.get("end_date"))
    if first and last and last < first:
        found.append(FieldFault("end_date", "The last meeting lies before the first."))
    reviews = [one for one in values.get("review_sessions") or () if isinstance(number, int) and one > number]
    if reviews:
        found.append(FieldFault("review_sessions", f"There is no session {reviews[0]} in {number} meetings."))
    return (*found, *_check_taper(values), *_check_days(values), *_time_of_day(request)[1])


def _check_taper(values: dict[str, Any]) -> list[FieldFault]:
    """The spaced meetings are some of those agreed, and each step begins after the one before."""
    number, spaced = values.get("sessions_planned"), sum(step.meetings for step in taper_of(values))
    if isinstance(number, int) and spaced > number:
        return [FieldFault("taper", f"These are {spaced} meetings; {number} are agreed in all.")]
    days, place = contract_days(values), number - spaced if isinstance(number, int) else 0
    for step, row in enumerate(values.get("taper") or ()):
        begins = day(row.get("from"))
        if begins and 0 < place <= len(days) and begins <= days[place - 1]:
            return [FieldFault(f"taper.{step}.from", TAPER_TURNED)]
        place += row.get("meetings") or 0
    return []


def _check_days(values: dict[str, Any]) -> list[FieldFault]:
    """Breaks end after they begin, and the country is one whose holidays are known."""
    found = []
    for place, row in enumerate(values.get("breaks") or ()):
        start, end = day(row.get("from")), day(row.get("to"))
        if start and end and end < start:
            found.append(FieldFault(f"breaks.{place}.to", BREAK_TURNED))
        if start and end and (end - start).days >= LONGEST_BREAK:
            found.append(FieldFault(f"breaks.{place}.to", BREAK_TOO_LONG))
    try:
        days_left_out(values)
    except ValueError:
        found.append(FieldFault("holidays_of", UNKNOWN_COUNTRY))
    if (
        not found
        and values.get("first_date")
        and values.get("sessions_planned")
        and not contract_days(values)
        and not _check_taper(values)
    ):
        found.append(FieldFault("breaks", NO_ROOM))
    return found


def _time_of_day(request: HttpRequest) -> tuple[time | None, tuple[FieldFault, ...]]:
    """When the meetings are put down, where that was asked for; it then has to be said."""
    if "finish" not in request.POST or PUT_DOWN not in request.POST:
        return None, ()
    sent = Sent(request.POST)
    found = sent.time(f"{PUT_DOWN}_at", required="Write the time you meet, such as 14:30.")
    return found, tuple(sent.faults)


# -- pages -------------------------------------------------------------------------------------------


def _page(
    request: HttpRequest,
    page: EpisodePage,
    record: str,
    form: RecordForm,
    entry: Entry | None,
    draft: Draft,
    *,
    faults: tuple[FieldFault, ...] = (),
    conflict: Any = None,
    status: int = 0,
) -> HttpResponse:
    if faults:
        form = form.with_faults(faults)
    return show(
        request,
        TEMPLATES[record],
        page,
        form=form,
        entry=entry,
        version=entry.version if entry and not request.POST else version_read(request.POST, entry),
        reads=paragraph(page.manual.formulation, form.values, page.codes["areas"]),
        plain=None if record == CONTRACT else plain_view(page, form.values),
        pattern=PATTERN_OF[record](page, form.values) if record in PATTERN_OF else None,
        now=present_now(page) if record == CONTRACT else None,
        chosen=for_formulation(page) if record == FORMULATION else (),
        dates=contract_dates(form.values) if record == CONTRACT else (),
        maintenance=record == CONTRACT and is_for_maintenance(request, page),
        may_space="taper" in form.record_type and "taper" not in _left_out(page, record, form.values),
        is_planned=record == CONTRACT and bool(planned_after(page.episode, page.at)),
        put_down={key: request.POST.get(key, "") for key in request.POST if key.startswith(PUT_DOWN)},
        faults=tuple(fault for fault in faults if fault.path.startswith(PUT_DOWN)),
        sources=tuple(draft.sources),
        is_draft=entry is None,
        is_new_version=entry is not None and not still_open(page, entry),
        span=page.manual.sessions,
        approved="approved" in request.POST,
        conflict=conflict,
        status=status or (422 if faults else 200),
    )


def _conflict_page(
    request: HttpRequest,
    page: EpisodePage,
    record: str,
    form: RecordForm,
    entry: Entry,
    draft: Draft,
    refused: Refused,
) -> HttpResponse:
    entry.refresh_from_db(fields=["version", "updated_at"])
    kind = page.manual.record_types[record]
    conflict = present_conflict(page, entry, kind, theirs=refused.theirs, yours=form.values)
    return _page(request, page, record, form, entry, draft, conflict=conflict, status=409)
