"""The first room of an episode: where the course stands, and the decisions it asks for."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from openipt.core.manual.names import PHASES_BEFORE
from openipt.errors import FieldFault
from openipt.records.access import Act
from openipt.records.actions import episodes as actions
from openipt.records.models import PhaseEvent
from openipt.web.doors import roles
from openipt.web.sent import Sent
from openipt.web.therapist.common import EpisodePage, episode_page, go, say, show
from openipt.web.therapist.off_track_card import off_track_card
from openipt.web.therapist.presenters_overview import decided_phases, present_overview

WHY = "Write the reason in a few words. It is kept with the decision."


@roles("therapist", "supervisor")
def overview(request: HttpRequest, episode_id: UUID) -> HttpResponse:
    page = episode_page(request, episode_id, Act.SEE_EPISODE, room="overview")
    return _show(request, page)


def _show(
    request: HttpRequest,
    page: EpisodePage,
    values: dict[str, str] | None = None,
    faults: tuple[FieldFault, ...] = (),
) -> HttpResponse:
    return show(
        request,
        "therapist/overview.html",
        page,
        status=422 if faults else 200,
        overview=present_overview(page, request.GET.get("measure", "")),
        off_track=off_track_card(page),
        values=values or {},
        faults=faults,
    )


@roles("therapist")
@require_POST
def decide_phase(request: HttpRequest, episode_id: UUID) -> HttpResponse:
    """The clinician takes a transition that is offered, takes it all the same, or declines it: with why."""
    page = episode_page(request, episode_id, Act.CHANGE_EPISODE, room="overview")
    sent = Sent(request.POST)
    declined = sent.choice("decision", ("accept", "decline"), required="Decide.") == "decline"
    reason = sent.words("reason", required=WHY)
    phase = page.status.phase if declined else sent.values.get("to", "")
    if not sent.faults and _decided_already(page, phase, reason):
        return go(request, page.address())
    offered = {transition.to for transition in page.status.transitions} & decided_phases(page)
    if page.status.phase == "pre" or page.status.phase in PHASES_BEFORE:  # the next meeting begins it
        offered = set()
    sent.choice("to", tuple(offered), required="Choose the phase.")
    if sent.faults:
        return _show(request, page, sent.values, tuple(sent.faults))
    actions.change_phase(
        episode=page.episode,
        phase=phase,
        reason=reason,
        session_number=page.status.session_number or None,
        by=page.user,
        at=page.at,
    )
    say(request, "Your decision is kept with its reason.")
    return go(request, page.address())


def _decided_already(page: EpisodePage, phase: str, reason: str) -> bool:
    """The same decision once more today: a double press."""
    last = PhaseEvent.objects.filter(episode=page.episode, on=page.on).order_by("-at").first()
    if last is None or last.phase_to != phase:
        return False
    last.episode = page.episode
    return last.reason == reason
