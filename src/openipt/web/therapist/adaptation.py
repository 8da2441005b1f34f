"""Which adaptation: what the record leads to, the choice with its reason, and changing over in mid-course."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods, require_POST

from openipt.errors import EntryNotValid, FieldFault, NotAllowedNow
from openipt.records.access import Act
from openipt.records.actions import choosing as actions
from openipt.web.doors import roles
from openipt.web.goes_with import ticked
from openipt.web.sent import Sent
from openipt.web.therapist.common import EpisodePage, episode_page, go, say, show
from openipt.web.therapist.presenters_adaptation import present_adaptations


@roles("therapist", "supervisor")
@require_http_methods(["GET", "POST"])
def adaptation(request: HttpRequest, episode_id: UUID) -> HttpResponse:
    """What fits and what does not; sent, the choice is kept and the course goes on by it."""
    if request.method == "POST":
        return _choose(request, episode_page(request, episode_id, Act.CHANGE_EPISODE))
    page = episode_page(request, episode_id, Act.SEE_EPISODE)
    return _show(request, page, {"adaptation": request.GET.get("choose", "")})


def _show(
    request: HttpRequest,
    page: EpisodePage,
    values: Mapping[str, str],
    faults: tuple[FieldFault, ...] = (),
    refused: tuple[str, ...] = (),
) -> HttpResponse:
    return show(
        request,
        "therapist/adaptation_choose.html",
        page,
        status=409 if refused else 422 if faults else 200,
        choice=present_adaptations(page),
        values=values,
        faults=faults,
        refused=refused,
    )


def _choose(request: HttpRequest, page: EpisodePage) -> HttpResponse:
    sent = Sent(request.POST)
    chosen = sent.words("adaptation", required="Choose an adaptation.", longest=40)
    reason = sent.words("reason", required="Write the reason in a few words.", longest=20000)
    in_spite = sent.words("override_reason", longest=20000)
    planned = sent.number("planned_sessions", lowest=max(1, len(page.course.held)), highest=200)
    if sent.faults:
        return _show(request, page, sent.values, tuple(sent.faults))
    try:
        actions.choose_adaptation(
            episode=page.episode,
            adaptation=chosen,
            reason=reason,
            override_reason=in_spite,
            told="told" in sent.values or None,
            planned=planned,
            by=page.user,
            at=page.at,
        )
    except EntryNotValid as error:
        return _show(request, page, sent.values, error.faults)
    except NotAllowedNow as error:
        return _show(request, page, sent.values, refused=tuple(error.reasons))
    say(request, "The choice is kept with its reason.")
    return go(request, page.address("course/adaptation/"))


@roles("therapist")
@require_POST
def goes_with(request: HttpRequest, episode_id: UUID) -> HttpResponse:
    """What goes with the adaptation, such as delivery by phone or video, is put on or taken off, with the reason."""
    page = episode_page(request, episode_id, Act.CHANGE_EPISODE)
    sent = Sent(request.POST)
    reason = sent.words("with_reason", required="Write the reason in a few words.", longest=20000)
    if sent.faults:
        return _show(request, page, sent.values, tuple(sent.faults))
    wanted = ticked(sent, page.manual.base)
    try:
        changed = actions.change_what_goes_with_it(
            episode=page.episode, modifiers=wanted, reason=reason, by=page.user, at=page.at
        )
    except NotAllowedNow as error:
        return _show(request, page, sent.values, refused=tuple(error.reasons))
    say(request, "Kept with its reason. The course goes on where it is." if changed else "It is so already.")
    return go(request, page.address("course/adaptation/"))
