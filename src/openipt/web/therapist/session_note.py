"""The note side of the Session room: write, sign, amend, one's private note, and what was half-typed.

The Session room shows it by

    context |= note_context(request, session, page)          {% include "therapist/session/_note.html" %}
    html = note_blocks_fragment(request, session, page)      out-of-band, after something was recorded

`page` is the `EpisodePage` at hand; without one a fresh one is read. Every form works without script;
script saves as one types (JSON answers to `fetch`), and htmx swaps the whole note for its small buttons.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.template.loader import render_to_string
from django.utils.dateparse import parse_datetime
from django.utils.timezone import is_aware
from django.views.decorators.http import require_GET, require_POST

from openipt.core.course import note as notes
from openipt.core.course.note import OWN_WORDS, Block, as_values
from openipt.errors import ChangedMeanwhile, EntryNotValid, FieldFault, NotAllowedNow
from openipt.records import note
from openipt.records.access import Act
from openipt.records.actions import drafts, sessions
from openipt.records.actions.conflicts import Refused
from openipt.records.models import DraftText, Session
from openipt.web import clock
from openipt.web.doors import roles
from openipt.web.jinja import clock_time
from openipt.web.paper.answers import pdf_answer
from openipt.web.paper.blocks import Paper
from openipt.web.therapist.common import EpisodePage, episode_page, go, say, session_of, show
from openipt.web.therapist.papers import show_paper
from openipt.web.therapist.presenters_papers import note_paper
from openipt.web.therapist.presenters_session_note import (
    address,
    digest,
    present_conflict,
    present_note,
    present_private_conflict,
    read_kept,
    shown_digest,
)

NOTE_PAGE = "therapist/session/note.html"
NOTE = "therapist/session/_note.html"
TAB = re.compile(r"[a-z0-9]{1,20}")
LONGEST_ID = 100
NOT_SIGNED = "This note is not signed yet, so it is not put on paper. Sign it first."
CHANGED = "The record changed since this page was shown. Read the note once more, then sign."
AFTER_SIGNING = (
    "This session is signed already. What you typed afterwards is kept: you can add it as an amendment."
)

Change = Callable[[Sequence[Block], str], tuple[Block, ...]]
CHANGES: dict[str, Change] = {
    "out": notes.taken_out,
    "back": notes.put_back,
    "take": notes.accepted_record,
    "keep": notes.kept_words,
}


# -- showing ----------------------------------------------------------------------------------------


def note_context(
    request: HttpRequest,
    session: Session,
    page: EpisodePage | None = None,
    *,
    typed: Mapping[str, str] | None = None,
    **more: Any,
) -> dict[str, Any]:
    """What `therapist/session/_note.html` needs."""
    page = page or _page_of(request, session)
    context = {"note": present_note(page, session, typed), "here": _here(request, session)}
    return {
        "conflict": None,
        "note_faults": (),
        "sign_reasons": (),
        "reason_typed": "",
        "typed_again": "",
        **context,
        **more,
    }


def note_blocks_fragment(request: HttpRequest, session: Session, page: EpisodePage | None = None) -> str:
    """The drafted sentences and what signing needs, as they are now, to be swapped out of band."""
    context = note_context(request, session, page)
    if context["note"].state != "open":
        return ""
    return render_to_string("therapist/session/_note_now.html", context, request=request)


def _page_of(request: HttpRequest, session: Session) -> EpisodePage:
    return EpisodePage(session.episode, request.user, "session", clock.today(), clock.now())


def _here(request: HttpRequest, session: Session) -> str:
    """The page the note stands on: the Session room, or the note's own page."""
    own = address(session, "note/")
    wanted = request.POST.get("next", "") if request.method == "POST" else request.path
    return own if wanted == own else address(session)


@roles("therapist", "supervisor")
def note_page(request: HttpRequest, episode_id: UUID, session_id: UUID) -> HttpResponse:
    """The note alone on a page: to write up later, or on a small screen. Saving comes here too."""
    if request.method == "POST":
        return save(request, episode_id, session_id)
    page = episode_page(request, episode_id, Act.SEE_EPISODE, room="session")
    session = session_of(page, session_id)
    return show(request, NOTE_PAGE, page, **note_context(request, session, page))


@roles("therapist", "supervisor")
@require_GET
def print_page(request: HttpRequest, episode_id: UUID, session_id: UUID) -> HttpResponse:
    """The signed note on paper; never a private note, never a draft."""
    page, paper, base = _on_paper(request, episode_id, session_id)
    return show_paper(request, page, paper, f"{base}note/pdf/", (base, "Back to the session"))


@roles("therapist", "supervisor")
@require_GET
def as_pdf(request: HttpRequest, episode_id: UUID, session_id: UUID) -> HttpResponse:
    page, paper, _ = _on_paper(request, episode_id, session_id)
    return pdf_answer(paper, "note", page.at)


def _on_paper(request: HttpRequest, episode_id: UUID, session_id: UUID) -> tuple[EpisodePage, Paper, str]:
    page = episode_page(request, episode_id, Act.SEE_EPISODE, room="session", read="note-printed")
    session = session_of(page, session_id)
    paper = note_paper(page, session)
    if paper is None:
        raise NotAllowedNow((NOT_SIGNED,))
    return page, paper, f"sessions/{session.pk}/"


# -- saving -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Typed:
    """What a page sent: the version it had read, and every paragraph that is not as it was shown."""

    version: int
    tab: str
    texts: dict[str, str]

    @property
    def field(self) -> str:
        """The place of this page's half-typed text."""
        return f"note:{self.tab}" if self.tab else "note"

    def onto(self, blocks: Sequence[Block]) -> tuple[Block, ...]:
        """The note with these words in it. A paragraph whose source is gone becomes one's own words."""
        result = tuple(blocks)
        for block_id, text in self.texts.items():
            known = any(block.id == block_id for block in result)
            if known or text.strip():
                result = notes.edited(result, block_id if known else _own_id(block_id), text)
        return result


def _own_id(block_id: str) -> str:
    return block_id if block_id == OWN_WORDS else f"own-{digest(block_id)}"


def read_typed(request: HttpRequest) -> Typed:
    post = request.POST
    texts = {}
    for name in post:
        block_id = name.removeprefix("block.")
        if block_id == name or len(block_id) > LONGEST_ID:
            continue
        text = post[name].replace("\r\n", "\n")
        if digest(text) != post.get(f"seen.{block_id}"):
            texts[block_id] = text
    tab = post.get("tab", "")
    return Typed(_number(post.get("version")), tab if TAB.fullmatch(tab) else "", texts)


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 10 else 0


@roles("therapist")
@require_POST
def save(request: HttpRequest, episode_id: UUID, session_id: UUID) -> HttpResponse:
    """Save what was typed, and take a sentence out, put it back, or settle a difference (`do`)."""
    page = episode_page(request, episode_id, Act.WRITE_RECORD, room="session")
    session = session_of(page, session_id)
    typed = read_typed(request)
    try:
        session = _save(page, session, typed, request.POST.get("do", ""))
    except _Signed:
        return _signed_meanwhile(request, session)
    except Refused as refused:
        return _two_versions(request, page, session, typed, str(refused.kept.pk) if refused.kept else "")
    except EntryNotValid as wrong:
        return _not_valid(request, page, session, typed, wrong.faults)
    _let_go_of_refused(request, page)
    return _saved(request, page, session)


class _Signed(Exception):
    """The session was signed before this text came."""


def _save(page: EpisodePage, session: Session, typed: Typed, do: str = "") -> Session:
    """Save the note with these words; refuses a version that is not the last, and keeps what it refuses."""
    if session.is_signed:
        _keep_after_signing(page, session, typed)
        raise _Signed
    blocks = typed.onto(note.current(session, page.course))
    change, _, block_id = do.partition(".")
    if change in CHANGES:
        blocks = CHANGES[change](blocks, block_id)
    saved = sessions.save_note(
        session=session,
        blocks=as_values(blocks),
        expected_version=typed.version,
        by=page.user,
        at=clock.now(),
        typed_in=typed.field,
    )
    saved.episode = page.episode
    return saved


def _keep_after_signing(page: EpisodePage, session: Session, typed: Typed) -> None:
    standing = {block.id: block.text for block in note.current(session, None)}
    fresh = {k: v for k, v in typed.texts.items() if v.strip() and digest(v) != digest(standing.get(k, ""))}
    if fresh:
        _keep_typing(page, session, Typed(typed.version, typed.tab, fresh), clock.now())


def _signed_meanwhile(request: HttpRequest, session: Session) -> HttpResponse:
    if _wants_json(request):
        return JsonResponse({"message": AFTER_SIGNING, "signed": address(session)}, status=409)
    say(request, AFTER_SIGNING, "attention")
    return _away(request, address(session))


def _away(request: HttpRequest, to: str) -> HttpResponse:
    if request.headers.get("HX-Request"):
        response = HttpResponse(status=204)
        response["HX-Redirect"] = to
        return response
    return HttpResponseRedirect(to, status=303)


def _saved(request: HttpRequest, page: EpisodePage, session: Session) -> HttpResponse:
    if _wants_json(request):
        html = note_blocks_fragment(request, session, page)
        return JsonResponse({"version": session.note_version, "at": clock_time(clock.now()), "html": html})
    if request.headers.get("HX-Request"):
        return HttpResponse(render_to_string(NOTE, note_context(request, session, page), request=request))
    return go(request, address(session))


def _two_versions(
    request: HttpRequest, page: EpisodePage, session: Session, typed: Typed, refused: str
) -> HttpResponse:
    """Both versions side by side. Nothing is saved, and nothing is lost: the refused one is kept."""
    session = session_of(page, session.pk)
    conflict = present_conflict(page, session, typed.texts, refused)
    if _wants_json(request):
        html = render_to_string(
            "therapist/session/_conflict.html",
            {"conflict": conflict, "here": _here(request, session)},
            request=request,
        )
        return JsonResponse({"html": html, "message": "Somebody else saved first."}, status=409)
    context = note_context(request, session, page, conflict=conflict)
    if request.headers.get("HX-Request"):
        return HttpResponse(render_to_string(NOTE, context, request=request))
    return show(request, NOTE_PAGE, page, status=409, **context)


def _not_valid(
    request: HttpRequest, page: EpisodePage, session: Session, typed: Typed, faults: Sequence[FieldFault]
) -> HttpResponse:
    if _wants_json(request):
        return JsonResponse({"message": " ".join(fault.message for fault in faults)}, status=422)
    context = note_context(request, session, page, typed=typed.texts, note_faults=tuple(faults))
    if request.headers.get("HX-Request"):
        return HttpResponse(render_to_string(NOTE, context, request=request))
    return show(request, NOTE_PAGE, page, status=422, **context)


def _wants_json(request: HttpRequest) -> bool:
    return request.headers.get("X-Requested-With") == "fetch"


# -- half-typed -------------------------------------------------------------------------------------


@roles("therapist")
@require_POST
def typed(request: HttpRequest, episode_id: UUID, session_id: UUID) -> HttpResponse:
    """Keep what is being typed, before it is saved. Answers with everything that is kept beside the note."""
    page = episode_page(request, episode_id, Act.WRITE_RECORD, room="session")
    session = session_of(page, session_id)
    sent = read_typed(request)
    try:
        if sent.texts:
            _keep_typing(page, session, sent, _typed_at(request))
    except EntryNotValid as wrong:
        return JsonResponse({"message": " ".join(f.message for f in wrong.faults)}, status=422)
    answer: dict[str, Any] = {"at": clock_time(clock.now())}
    if request.POST.get("show"):
        context = note_context(request, session, page)
        answer["html"] = render_to_string("therapist/session/_kept.html", context, request=request)
    return JsonResponse(answer)


def _keep_typing(page: EpisodePage, session: Session, sent: Typed, at: datetime) -> None:
    drafts.keep_draft_text(
        episode=page.episode,
        key=f"session:{session.pk}",
        field=sent.field,
        text=json.dumps({"at": at.isoformat(), "texts": sent.texts}, ensure_ascii=False),
        base_version=sent.version,
        by=page.user,
        at=clock.now(),
    )


def _typed_at(request: HttpRequest) -> datetime:
    """When it was typed, as the device says where it was kept there for a while; never in the future."""
    now = clock.now()
    try:
        at = parse_datetime(request.POST.get("typed_at", ""))
    except ValueError:
        return now
    return at if at is not None and is_aware(at) and at < now else now


@roles("therapist")
@require_POST
def kept(request: HttpRequest, episode_id: UUID, session_id: UUID) -> HttpResponse:
    """Put kept text back, compare it with what was saved since, or let it go."""
    page = episode_page(request, episode_id, Act.WRITE_RECORD, room="session")
    session = session_of(page, session_id)
    draft = _own_draft(page, session, request.POST.get("draft_id", ""))
    if draft is None:
        say(request, "That text is no longer kept apart.", "info")
        return go(request, address(session))
    if request.POST.get("do") == "let-go":
        drafts.let_go(draft=draft, by=page.user, at=clock.now())
        return go(request, address(session))
    return _put_back(request, page, session, draft)


def _put_back(request: HttpRequest, page: EpisodePage, session: Session, draft: DraftText) -> HttpResponse:
    texts = read_kept(draft)[1]
    if session.is_signed:
        say(request, AFTER_SIGNING, "attention")
        return go(request, address(session))
    known = {block.id for block in note.current(session, page.course)}
    back = Typed(draft.base_version, draft.field.removeprefix("note").lstrip(":"), texts)
    unchanged = draft.base_version == session.note_version and draft.kind == "typing"
    if not unchanged or not known:
        return _two_versions(request, page, session, back, str(draft.pk))
    try:
        _save(page, session, back)
    except Refused as refused:
        return _two_versions(request, page, session, back, str(refused.kept.pk) if refused.kept else "")
    drafts.let_go(draft=draft, by=page.user, at=clock.now())
    say(request, "It stands in the note again.")
    return go(request, address(session))


def _own_draft(page: EpisodePage, session: Session, draft_id: str) -> DraftText | None:
    try:
        wanted = UUID(draft_id)
    except ValueError:
        return None
    keys = (f"session:{session.pk}", f"private:{session.pk}")
    row = DraftText.objects.filter(pk=wanted, user=page.user, episode=page.episode, key__in=keys).first()
    if row is not None:
        row.episode = page.episode
    return row


def _let_go_of_refused(request: HttpRequest, page: EpisodePage) -> None:
    """Both versions were compared and the merged one is saved: the refused one has done its work."""
    wanted = request.POST.get("refused", "")
    try:
        row = DraftText.objects.filter(pk=UUID(wanted), user=page.user, episode=page.episode).first()
    except ValueError:
        return
    if row is not None:
        row.episode = page.episode
        drafts.let_go(draft=row, by=page.user, at=clock.now())


# -- signing ----------------------------------------------------------------------------------------


@roles("therapist")
def sign(request: HttpRequest, episode_id: UUID, session_id: UUID) -> HttpResponse:
    """Save what was typed and sign. Twice is once; nobody signs words they have not been shown."""
    page = episode_page(request, episode_id, Act.SIGN, room="session")
    session = session_of(page, session_id)
    if request.method != "POST":
        return HttpResponseRedirect(address(session))
    typed = read_typed(request)
    reason = request.POST.get("reason_without_plan", "")
    try:
        as_shown = request.POST.get("shown", "") == shown_digest(note.current(session, page.course))
        session = _save(page, session, typed)
        if not as_shown:
            return _not_signed(request, page, session, 409, (CHANGED,), reason)
        session = sessions.sign_session(
            session=session,
            by=page.user,
            at=clock.now(),
            reason_without_plan=reason,
            expected_version=session.note_version,
        )
    except _Signed:
        return _signed_before(request, session, typed)
    except Refused as refused:
        return _two_versions(request, page, session, typed, str(refused.kept.pk) if refused.kept else "")
    except ChangedMeanwhile:
        return _not_signed(request, page, session_of(page, session.pk), 409, (CHANGED,), reason)
    except EntryNotValid as wrong:
        return _not_valid(request, page, session, typed, wrong.faults)
    except NotAllowedNow as refusal:
        return _not_signed(request, page, session, 409, refusal.reasons, reason)
    say(request, "Signed. From now on this note stays as it is; you can add amendments.")
    return go(request, address(session))


def _not_signed(
    request: HttpRequest,
    page: EpisodePage,
    session: Session,
    status: int,
    reasons: Sequence[str],
    reason: str,
) -> HttpResponse:
    """What was typed is saved; the page says what stands in the way of signing."""
    session.episode = page.episode
    context = note_context(request, session, page, sign_reasons=tuple(reasons), reason_typed=reason)
    return show(request, NOTE_PAGE, page, status=status, **context)


def _signed_before(request: HttpRequest, session: Session, typed: Typed) -> HttpResponse:
    """A second press, or the back button: the signed version is shown."""
    standing = {block.id: block.text for block in note.current(session, None)}
    fresh = any(v.strip() and digest(v) != digest(standing.get(k, "")) for k, v in typed.texts.items())
    words = AFTER_SIGNING if fresh else "This session is signed. Here is the note as it was signed."
    say(request, words, "attention" if fresh else "info")
    return HttpResponseRedirect(address(session), status=303)


@roles("therapist")
def amend(request: HttpRequest, episode_id: UUID, session_id: UUID) -> HttpResponse:
    """A later word beside the signed note."""
    page = episode_page(request, episode_id, Act.SIGN, room="session")
    session = session_of(page, session_id)
    if request.method != "POST":
        return HttpResponseRedirect(address(session))
    text = request.POST.get("amendment", "")
    try:
        sessions.amend_session(session=session, text=text, by=page.user, at=clock.now())
    except EntryNotValid as wrong:
        faults = tuple(FieldFault("amendment", fault.message) for fault in wrong.faults)
        context = note_context(request, session, page, note_faults=faults, typed_again=text)
        return show(request, NOTE_PAGE, page, status=422, **context)
    draft = _own_draft(page, session, request.POST.get("draft_id", ""))
    if draft is not None:
        drafts.let_go(draft=draft, by=page.user, at=clock.now())
    say(request, "The amendment stands beside the note.")
    return go(request, address(session))


# -- one's private note -----------------------------------------------------------------------------


@roles("therapist")
@require_POST
def private(request: HttpRequest, episode_id: UUID, session_id: UUID) -> HttpResponse:
    """The writer's own note, which nobody else ever reads."""
    page = episode_page(request, episode_id, Act.PRIVATE_NOTE, room="session")
    session = session_of(page, session_id)
    text = request.POST.get("value", request.POST.get("private", "")).replace("\r\n", "\n")
    version = _number(request.POST.get("version"))
    try:
        saved = sessions.write_private_note(
            session=session, text=text, by=page.user, at=clock.now(), expected_version=version
        )
    except Refused as refused:
        return _two_private(request, page, session, refused)
    except EntryNotValid as wrong:
        message = " ".join(fault.message for fault in wrong.faults)
        if _wants_json(request):
            return JsonResponse({"message": message}, status=422)
        faults = (FieldFault("private", message),)
        context = note_context(request, session, page, note_faults=faults, typed_again=text)
        return show(request, NOTE_PAGE, page, status=422, **context)
    _let_go_of_refused(request, page)
    if _wants_json(request):
        return JsonResponse({"version": saved.version, "at": clock_time(clock.now())})
    return go(request, address(session))


def _two_private(request: HttpRequest, page: EpisodePage, session: Session, refused: Refused) -> HttpResponse:
    kept_id = str(refused.kept.pk) if refused.kept else ""
    conflict = present_private_conflict(session, refused, kept_id)
    context = {"conflict": conflict, "here": _here(request, session)}
    if _wants_json(request):
        html = render_to_string("therapist/session/_conflict.html", context, request=request)
        return JsonResponse(
            {"html": html, "message": "Changed in another window: see both below."}, status=409
        )
    return show(
        request, NOTE_PAGE, page, status=409, **note_context(request, session, page, conflict=conflict)
    )
