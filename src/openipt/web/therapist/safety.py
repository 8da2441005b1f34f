"""The Safety room: the level, the plan, danger from another person, whom to call, every alert."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET, require_POST

from openipt.core.fields.check import check_entry
from openipt.core.fields.definitions import RecordType
from openipt.core.safety.levels import Level
from openipt.errors import EntryNotValid, FieldFault, NotAllowedNow
from openipt.records import safety as safety_record
from openipt.records.access import Act
from openipt.records.actions.base import locked
from openipt.records.models import Entry
from openipt.web.doors import roles
from openipt.web.paper.answers import pdf_answer
from openipt.web.paper.blocks import Paper
from openipt.web.record_forms import RecordForm
from openipt.web.sent import Sent
from openipt.web.therapist.common import EpisodePage, back_to, episode_page, go, role_of, say, show
from openipt.web.therapist.papers import show_paper
from openipt.web.therapist.presenters_call import present_not_private
from openipt.web.therapist.presenters_papers import safety_plan_paper
from openipt.web.therapist.presenters_records import Conflict, lines_of, may_write_type
from openipt.web.therapist.presenters_safety import (
    DANGER_SIGNS,
    plans,
    present_level,
    present_plan_print,
    present_safety,
)
from openipt.web.therapist.room_parts import add_once

RISK, PLAN, SCREEN = "rec_risk", "rec_safety_plan", "rec_ipv_screen"
WHERE_TO_KEEP = "Ask first where the paper can be kept safely."
HARK_LETTERS = ("h", "a", "r", "k")


@roles("therapist", "supervisor")
def safety(request: HttpRequest, episode_id: UUID) -> HttpResponse:
    page = _page(request, episode_id)
    return show(request, "therapist/safety.html", page, room=present_safety(page))


def _page(request: HttpRequest, episode_id: UUID) -> EpisodePage:
    return episode_page(request, episode_id, Act.SEE_SAFETY, room="safety")


def _writing(request: HttpRequest, episode_id: UUID, record: str) -> tuple[EpisodePage, RecordType]:
    """The room for somebody who may write this record here; a refusal in words for anybody else."""
    page = _page(request, episode_id)
    kind = page.manual.record_types[record]
    if not may_write_type(page, kind):
        raise NotAllowedNow(("You are not the one who may write this here.",))
    return page, kind


def _form(
    page: EpisodePage, kind: RecordType, values: Mapping[str, Any] | None = None, **more: Any
) -> RecordForm:
    return RecordForm.from_values(
        kind, values, people=page.people_to_pick, codes=page.codes, role=role_of(page), **more
    )


def _sent_form(request: HttpRequest, page: EpisodePage, kind: RecordType, **more: Any) -> RecordForm:
    return RecordForm.from_post(
        kind, request.POST, people=page.people_to_pick, codes=page.codes, role=role_of(page), **more
    )


# -- assessing ---------------------------------------------------------------------------------------


@roles("therapist", "supervisor")
def assess(request: HttpRequest, episode_id: UUID) -> HttpResponse:
    """The assessment, question by question, and the level as the clinician judges it."""
    page, kind = _writing(request, episode_id, RISK)
    if request.method != "POST":
        return _assess_page(request, page, _form(page, kind))
    form = _sent_form(request, page, kind, final=True)
    if not form.is_valid:
        return _assess_page(request, page, form)
    try:
        entry = add_once(page, RISK, form.values, final=True)
    except EntryNotValid as error:
        return _assess_page(request, page, _form(page, kind, form.values, faults=error.faults))
    say(request, _after_assessing(page, entry))
    return go(request, page.address("safety/"))


def _assess_page(request: HttpRequest, page: EpisodePage, form: RecordForm) -> HttpResponse:
    return show(
        request,
        "therapist/safety_assess.html",
        page,
        status=422 if form.error_lines else 200,
        form=form,
        level=present_level(page),
        next=back_to(request, ""),
    )


def _after_assessing(page: EpisodePage, entry: Entry) -> str:
    level = Level.named(entry.payload.get("level"))
    if level is Level.RED:
        return "Assessment saved. Level red: emergency path now, and the client is not left alone."
    if safety_record.plan_missing(page.episode, on=page.on):
        return "Assessment saved. Next: the safety plan, together with the client."
    return "Assessment saved."


# -- the safety plan -----------------------------------------------------------------------------------


@roles("therapist", "supervisor")
def plan(request: HttpRequest, episode_id: UUID) -> HttpResponse:
    """A new version of the plan, begun with the words of the one that stands."""
    page, kind = _writing(request, episode_id, PLAN)
    saved = plans(page)
    last = saved[-1] if saved else None
    if request.method != "POST":
        return _plan_page(request, page, _form(page, kind, last.payload if last else None), base=last)
    form = _sent_form(request, page, kind)
    if not form.is_valid:
        return _plan_page(request, page, form, base=_base(request, saved))
    return _save_plan(request, page, kind, form)


@transaction.atomic
def _save_plan(request: HttpRequest, page: EpisodePage, kind: RecordType, form: RecordForm) -> HttpResponse:
    locked(page.episode)  # somebody who saves at the same moment waits here, and then sees the other version
    saved = plans(page)
    last, base = (saved[-1] if saved else None), _base(request, saved)
    if last is not None and last != base and last.payload != form.values:
        return _plan_page(request, page, form, base=last, conflict=_conflict(page, kind, last, form.values))
    if last is None or last.payload != form.values or last.on != page.on:
        complete = not check_entry(kind, form.values, codes=page.codes, final=True)
        add_once(page, PLAN, form.values, final=complete)
    say(request, "Safety plan saved. The earlier versions are kept.")
    return go(request, page.address("safety/"))


def _base(request: HttpRequest, saved: list[Entry]) -> Entry | None:
    """The version with which this form was begun."""
    wanted = request.POST.get("base", "")
    return next((entry for entry in saved if str(entry.pk) == wanted), None)


def _conflict(page: EpisodePage, kind: RecordType, last: Entry, yours: Mapping[str, Any]) -> Conflict:
    theirs = kind.values_for(role_of(page), last.payload)
    fields = kind.fields_for(role_of(page))
    return Conflict(
        theirs=lines_of(page, kind, theirs),
        yours=lines_of(page, kind, yours),
        differing=tuple(field.label for field in fields if theirs.get(field.key) != yours.get(field.key)),
        saved_at=last.updated_at,
        keep_theirs=page.address("safety/"),
    )


def _plan_page(
    request: HttpRequest,
    page: EpisodePage,
    form: RecordForm,
    *,
    base: Entry | None,
    conflict: Conflict | None = None,
) -> HttpResponse:
    status = 409 if conflict else 422 if form.error_lines else 200
    return show(
        request,
        "therapist/safety_plan.html",
        page,
        status=status,
        form=form,
        base=str(base.pk) if base else "",
        conflict=conflict,
        next=back_to(request, ""),
    )


@roles("therapist", "supervisor")
@require_POST
def plan_reviewed(request: HttpRequest, episode_id: UUID) -> HttpResponse:
    """The plan that stands was looked at with the client today: one action, kept as a version of its own."""
    page, kind = _writing(request, episode_id, PLAN)
    saved = plans(page)
    if not saved:
        raise NotAllowedNow(("There is no safety plan yet. Make one together first.",))
    last = saved[-1]
    if last.on != page.on or safety_record.plan_missing(page.episode, on=page.on):
        add_once(
            page, PLAN, last.payload, final=not check_entry(kind, last.payload, codes=page.codes, final=True)
        )
    say(request, "Kept: the safety plan was looked at with the client today.")
    return go(request, page.address("safety/"))


@roles("therapist", "supervisor")
@require_GET
def plan_print(request: HttpRequest, episode_id: UUID) -> HttpResponse:
    """The client's copy on paper."""
    page = _page(request, episode_id)
    back = ("safety/", "Back to Safety")
    return show_paper(request, page, _plan(page), "safety/plan/pdf/", back, given=WHERE_TO_KEEP)


@roles("therapist", "supervisor")
@require_GET
def plan_pdf(request: HttpRequest, episode_id: UUID) -> HttpResponse:
    page = _page(request, episode_id)
    return pdf_answer(_plan(page), "plan", page.at)


def _plan(page: EpisodePage) -> Paper:
    found = present_plan_print(page)
    if found is None:
        raise NotAllowedNow(("There is no safety plan yet. Make one together first.",))
    return safety_plan_paper(found)


# -- violence, asked alone -------------------------------------------------------------------------------


@roles("therapist", "supervisor")
def private_questions(request: HttpRequest, episode_id: UUID) -> HttpResponse:
    """HARK by letter, asked by the clinician alone with the client (ipt.md 11.5). Nothing is kept otherwise."""
    page, _ = _writing(request, episode_id, SCREEN)
    locked_now = present_not_private(page, page.session_at_hand, page.address("safety/private-questions/"))
    if locked_now and request.method != "POST":
        back = back_to(request, "")
        return show(
            request, "therapist/call_not_private.html", page, status=409, locked=locked_now, next=back
        )
    if request.method != "POST":
        return _screen_page(request, page, Sent({}))
    sent = Sent(request.POST)
    signs = request.POST.getlist("danger_signs")
    values = _screen_values(sent, signs, _others(page))
    if sent.faults:
        return _screen_page(request, page, sent, signs)
    try:
        entry = add_once(page, SCREEN, values, final=True)
    except EntryNotValid as error:
        sent.faults += [FieldFault(fault.path, fault.message) for fault in error.faults]
        return _screen_page(request, page, sent, signs)
    say(request, _after_screen(entry))
    return go(request, page.address("safety/"))


ALONE = (
    "Confirm that the client is alone with you, in person or on a private line. Nothing is kept otherwise."
)
ALL_FOUR = "Answer each of the four, or none of them."


CLIENT = "client"


def _others(page: EpisodePage) -> dict[str, str]:
    """Who else may be asked, alone: the people of the inventory, where two are treated together."""
    if "asked_of" in page.manual.record_types[SCREEN].unasked:
        return {}
    return {CLIENT: "The client", **page.people_to_pick}


def _screen_values(sent: Sent, signs: list[str], others: dict[str, str]) -> dict[str, Any]:
    if sent.values.get("alone_confirmed") != "yes":
        sent.fault("alone_confirmed", ALONE)
    answers = [sent.choice(letter, ("0", "1")) for letter in HARK_LETTERS]
    missing = [letter for letter, answer in zip(HARK_LETTERS, answers, strict=True) if not answer]
    if missing and len(missing) < len(HARK_LETTERS):
        sent.fault(missing[0], ALL_FOUR)
    judged = sent.choice("positive", ("yes", "no"), required="Say whether there is any sign of violence.")
    numbers = [] if missing else [int(answer) for answer in answers]
    if judged == "no" and (any(numbers) or signs):
        sent.fault("positive", "One yes, or one sign of danger, is a sign of violence. Look at it again.")
    values = {
        "alone_confirmed": True,
        "positive": judged == "yes",
        "danger_signs": _signs(sent, signs),
        "action": sent.words("action", longest=200),
    }
    asked = sent.choice("asked_of", others, required="Say who is asked." if others else "")
    if asked and asked != CLIENT:
        values["asked_of"] = asked
    return {**values, **({"tool": "ms_hark", "answers": numbers} if numbers else {})}


def _signs(sent: Sent, chosen: list[str]) -> list[str]:
    other = sent.words("other_sign", longest=200)
    return [sign for sign in DANGER_SIGNS if sign in chosen] + ([other] if other else [])


def _screen_page(
    request: HttpRequest, page: EpisodePage, sent: Sent, signs: list[str] | None = None
) -> HttpResponse:
    return show(
        request,
        "therapist/safety_private.html",
        page,
        status=422 if sent.faults else 200,
        typed=sent.values,
        faults=tuple(sent.faults),
        signs=signs or [],
        danger_signs=tuple((sign, sign.capitalize()) for sign in DANGER_SIGNS),
        letters=HARK_LETTERS,
        others=list(_others(page).items()),
        next=back_to(request, ""),
    )


def _after_screen(entry: Entry) -> str:
    if entry.payload.get("positive"):
        return "Kept. An alert is open, and meetings together and rehearsal are locked (DR-06)."
    return "Kept. A negative answer today takes nothing back that is on record."
