"""The second lock of the client's pages, agreed with the client alone (ipt.md 11.5 ipv_2, ipv_4)."""

from __future__ import annotations

from typing import Any
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
@require_http_methods(["GET", "POST"])
def second_lock(request: HttpRequest, episode_id: UUID) -> HttpResponse:
    """What it is and what stands behind it; taken back here."""
    page = _writing(request, episode_id)
    if request.method == "GET":
        return _page(request, page, "therapist/second_lock.html", lock=present_second_lock(page))
    try:
        actions.take_back(episode=page.episode, alone_confirmed=_alone(request), by=page.user, at=page.at)
    except EntryNotValid as error:
        lock = present_second_lock(page)
        return _page(request, page, "therapist/second_lock.html", error.faults, lock=lock)
    say(request, "Taken back. The ordinary password opens everything again.")
    return go(request, page.address("safety/second-lock/"))


@roles("therapist", "supervisor")
@sensitive_post_parameters("password", "again")
@require_http_methods(["GET", "POST"])
def choose(request: HttpRequest, episode_id: UUID) -> HttpResponse:
    """The screen turned to the client, who types: nothing else of the record stands on it."""
    page = _writing(request, episode_id)
    if request.method == "GET":
        return _page(request, page, "therapist/second_lock_choose.html")
    try:
        _agree(request, page)
    except EntryNotValid as error:
        return _page(request, page, "therapist/second_lock_choose.html", error.faults)
    say(request, "Agreed. Let the client try it once, here, before they go.")
    return go(request, page.address("safety/second-lock/"))


def _writing(request: HttpRequest, episode_id: UUID) -> EpisodePage:
    page = episode_page(request, episode_id, Act.SEE_SAFETY, room="safety")
    allowed = page.may(Act.WRITE_SAFETY)
    if not allowed:
        raise NotAllowedNow(allowed.reasons)
    return page


def _agree(request: HttpRequest, page: EpisodePage) -> None:
    password = request.POST.get("password", "")
    if password != request.POST.get("again", ""):
        raise EntryNotValid((FieldFault("again", "This is not the same as above. Type both once more."),))
    actions.agree(
        episode=page.episode,
        password=password,
        alone_confirmed=_alone(request),
        by=page.user,
        at=page.at,
    )


def _alone(request: HttpRequest) -> bool:
    return request.POST.get("alone_confirmed") == "yes"


def _page(
    request: HttpRequest,
    page: EpisodePage,
    template: str,
    faults: tuple[FieldFault, ...] = (),
    **context: Any,
) -> HttpResponse:
    status = 422 if faults else 200
    return show(request, template, page, status=status, faults=faults, alone=_alone(request), **context)
