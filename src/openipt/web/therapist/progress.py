"""Not on track: why, what next, what was decided and what came of it; and what we tried."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse

from openipt.errors import EntryNotValid, FieldFault
from openipt.records.access import Act
from openipt.records.actions import off_track as actions
from openipt.web.doors import roles
from openipt.web.sent import Sent
from openipt.web.therapist.common import EpisodePage, episode_page, go, say, show
from openipt.web.therapist.presenters_progress import CARRIED_OUT_WORDS, CHANGE_WORDS, present_progress

ROOM = "overview"
HOW_IS_IT = "Say how it is since then: better, the same or worse."


@roles("therapist", "supervisor")
def progress(request: HttpRequest, episode_id: UUID) -> HttpResponse:
    """The page; its two forms come back to its own address, so that what was typed finds its way home."""
    if request.method != "POST":
        return _show(request, episode_page(request, episode_id, Act.SEE_EPISODE, room=ROOM))
    page = episode_page(request, episode_id, Act.WRITE_RECORD, room=ROOM)
    return _look_again(request, page) if request.POST.get("do") == "outcome" else _decide(request, page)


def _show(
    request: HttpRequest,
    page: EpisodePage,
    sent: Sent | None = None,
    *,
    faults: tuple[FieldFault, ...] = (),
    chosen: tuple[str, ...] = (),
) -> HttpResponse:
    return show(
        request,
        "therapist/progress.html",
        page,
        status=422 if faults else 200,
        progress=present_progress(page),
        values=sent.values if sent else {},
        chosen=chosen,
        faults=faults,
        changes=tuple(CHANGE_WORDS.items()),
        carried_out=tuple((value, words.capitalize()) for value, words in CARRIED_OUT_WORDS.items()),
    )


def _decide(request: HttpRequest, page: EpisodePage) -> HttpResponse:
    """Keep what the therapist chose: one step or several, or going on as planned with the reason."""
    sent, steps = Sent(request.POST), tuple(request.POST.getlist("steps"))
    review_on = sent.day("review_on")
    review_session = sent.number("review_session", lowest=1, highest=999)
    if sent.faults:
        return _show(request, page, sent, faults=tuple(sent.faults), chosen=steps)
    try:
        actions.decide(
            episode=page.episode,
            steps=steps,
            go_on=sent.values.get("go_on", ""),
            words=sent.values.get("words", ""),
            review_on=review_on,
            review_session=review_session,
            session=page.session_at_hand,
            by=page.user,
            at=page.at,
        )
    except EntryNotValid as error:
        return _show(request, page, sent, faults=error.faults, chosen=steps)
    say(request, "Your decision is kept. It comes back when it is to be looked at again.")
    return go(request, page.address("progress/#decisions"))


def _look_again(request: HttpRequest, page: EpisodePage) -> HttpResponse:
    """Keep what came of a decision."""
    sent = Sent(request.POST)
    change = sent.choice("change", tuple(CHANGE_WORDS), required=HOW_IS_IT)
    done = sent.choice("carried_out", tuple(CARRIED_OUT_WORDS))
    if sent.faults:
        return _show(request, page, sent, faults=tuple(sent.faults))
    try:
        actions.look_again(
            episode=page.episode,
            decision=sent.values.get("decision", ""),
            change=change,
            carried_out=done,
            words=sent.values.get("came_of_it", ""),
            session=page.session_at_hand,
            by=page.user,
            at=page.at,
        )
    except EntryNotValid as error:
        return _show(request, page, sent, faults=_at_its_field(error.faults))
    say(request, "What came of it is kept.")
    return go(request, page.address("progress/"))


def _at_its_field(faults: tuple[FieldFault, ...]) -> tuple[FieldFault, ...]:
    """The page holds two fields for words: this one is called otherwise."""
    return tuple(
        FieldFault("came_of_it" if fault.path == "words" else fault.path, fault.message) for fault in faults
    )
