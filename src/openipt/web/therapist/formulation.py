"""The Formulation room: areas rated by two people apart, issues ranked, the formulation, the contract."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from openipt.errors import NotAllowedNow
from openipt.records.access import Act
from openipt.web.doors import roles
from openipt.web.sent import Sent
from openipt.web.therapist.common import EpisodePage, episode_page, go, say, show
from openipt.web.therapist.presenters_formulation import (
    RATERS,
    RATING,
    area_views,
    latest_ratings,
    present_formulation,
)
from openipt.web.therapist.presenters_patterns import present_patterns
from openipt.web.therapist.room_parts import add_once, may_write

ROOM = "formulation"
YES_NO = {"yes": True, "no": False}
LINK_VALUES = ("0", "1", "2", "3")


@roles("therapist", "supervisor")
def formulation(request: HttpRequest, episode_id: UUID) -> HttpResponse:
    page = episode_page(request, episode_id, Act.SEE_EPISODE, room=ROOM)
    return show_room(request, page)


def show_room(request: HttpRequest, page: EpisodePage, sent: Sent | None = None) -> HttpResponse:
    """The room, with what was typed into the order of issues where something is wrong with it."""
    return show(
        request,
        "therapist/formulation.html",
        page,
        room=present_formulation(page),
        values=sent.values if sent else {},
        faults=tuple(sent.faults) if sent else (),
        status=422 if sent else 200,
    )


@roles("therapist", "supervisor")
@require_GET
def patterns(request: HttpRequest, episode_id: UUID) -> HttpResponse:
    """What comes again between people, and what else feeds the formulation."""
    page = episode_page(request, episode_id, Act.SEE_EPISODE, room=ROOM)
    return show(request, "therapist/formulation_patterns.html", page, patterns=present_patterns(page))


@roles("therapist", "supervisor")
def areas(request: HttpRequest, episode_id: UUID) -> HttpResponse:
    """Rate every area on one page (I10). A supervisor rates apart; an earlier rating stays beside the new."""
    page = episode_page(request, episode_id, Act.SEE_EPISODE, room=ROOM)
    if not may_write(page, RATING):
        raise NotAllowedNow(("You are not the one who may rate the areas here.",))
    rater = page.user.role if page.user.role in RATERS else "therapist"
    if request.method != "POST":
        return _areas_page(request, page, rater, _values_before(page, rater))
    sent = Sent(request.POST)
    rated = [_sent_rating(sent, area, rater) for area in page.manual.areas]
    if sent.faults:
        return _areas_page(request, page, rater, sent.values, sent)
    before = latest_ratings(page)
    for values in rated:
        earlier = before.get((values["area"], rater))
        if len(values) > 2 and (earlier is None or earlier.visible != values):
            add_once(page, RATING, values, task=_task(page))
    say(request, "The ratings are kept.")
    return go(request, page.address("formulation/"))


def _sent_rating(sent: Sent, area: str, rater: str) -> dict[str, object]:
    """One area as rated. Whoever says it is present says what speaks for it."""
    present = sent.choice(f"present-{area}", tuple(YES_NO))
    link = sent.choice(f"link-{area}", LINK_VALUES)
    evidence = sent.words(f"evidence-{area}", longest=20000)
    if present == "yes" and not evidence:
        sent.fault(f"evidence-{area}", "Write what speaks for it.")
    if not present and (link or evidence or f"focus-{area}" in sent.values):
        sent.fault(f"present-{area}", "Say whether this area is present.")
    found: dict[str, object] = {"rater": rater, "area": area}
    if present:
        found |= {"present": YES_NO[present], "recommended_focus": f"focus-{area}" in sent.values}
    if evidence:
        found["evidence_text"] = evidence
    if link:
        found["link_to_onset_0_3"] = int(link)
    return found


def _values_before(page: EpisodePage, rater: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for (area, of), entry in latest_ratings(page).items():
        values = entry.visible
        if of != rater:
            continue
        found[f"present-{area}"] = {True: "yes", False: "no"}.get(values.get("present"), "")
        found[f"evidence-{area}"] = str(values.get("evidence_text") or "")
        found[f"link-{area}"] = str(values.get("link_to_onset_0_3", ""))
        if values.get("recommended_focus") is True:
            found[f"focus-{area}"] = "yes"
    return found


def _areas_page(
    request: HttpRequest, page: EpisodePage, rater: str, values: dict[str, str], sent: Sent | None = None
) -> HttpResponse:
    return show(
        request,
        "therapist/formulation_areas.html",
        page,
        areas=tuple((page.manual.areas[view.id], view) for view in area_views(page)),
        rater=RATERS[rater],
        values=values,
        faults=tuple(sent.faults) if sent else (),
        status=422 if sent else 200,
    )


def _task(page: EpisodePage) -> str:
    shown = page.manual.tasks_shown_by(RATING)
    return next((task.id for task in shown if task.is_in(page.status.phase)), "")
