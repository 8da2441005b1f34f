"""The second lock of the client's pages, agreed with the client alone (ipt.md 11.5 ipv_2, ipv_4)."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from openipt.errors import EntryNotValid, FieldFault, NotAllowedNow
from openipt.records.access import Act
from openipt.records.actions import second_lock as actions
from openipt.web.doors import roles
from openipt.web.therapist.common import EpisodePage, episode_page, go, say, show
from openipt.web.therapist.presenters_second_lock import present_second_lock


@roles("therapist", "supervisor")
@sensitive_post_parameters("password", "again")
@require_http_methods(["GET", "POST"])
def second_lock(request: HttpRequest, episode_id: UUID) -> HttpResponse:
    """What it is, how to agree on it, and what stands behind it now."""
    page = episode_page(request, episode_id, Act.SEE_SAFETY, room="safety")
    allowed = page.may(Act.WRITE_SAFETY)
    if not allowed:
        raise NotAllowedNow(allowed.reasons)
    if request.method == "GET":
        return _page(request, page, ())
    try:
        _decide(request, page)
    except EntryNotValid as error:
        return _page(request, page, error.faults)
    return go(request, page.address("safety/second-lock/"))


def _decide(request: HttpRequest, page: EpisodePage) -> None:
    alone = request.POST.get("alone_confirmed") == "yes"
    if request.POST.get("act") == "take-back":
        actions.take_back(episode=page.episode, alone_confirmed=alone, by=page.user, at=page.at)
        say(request, "Taken back. The ordinary password opens everything again.")
        return
    password = request.POST.get("password", "")
    if password != request.POST.get("again", ""):
        raise EntryNotValid((FieldFault("again", "This is not the same as above. Type both once more."),))
    actions.agree(episode=page.episode, password=password, alone_confirmed=alone, by=page.user, at=page.at)
    say(request, "Agreed. Let the client try it once, here, before they go.")


def _page(request: HttpRequest, page: EpisodePage, faults: tuple[FieldFault, ...]) -> HttpResponse:
    return show(
        request,
        "therapist/second_lock.html",
        page,
        status=422 if faults else 200,
        lock=present_second_lock(page),
        faults=faults,
        act=request.POST.get("act", ""),
        alone=request.POST.get("alone_confirmed") == "yes",
    )
