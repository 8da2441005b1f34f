"""The People room: the interpersonal inventory by ring, and the closeness circle as it was drawn over time."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse

from openipt.core.formulation.circle import RINGS, circle_values, places
from openipt.records.access import Act
from openipt.web.doors import roles
from openipt.web.record_forms import RecordForm
from openipt.web.sent import Sent
from openipt.web.therapist.common import EpisodePage, episode_page, go, role_of, say, show
from openipt.web.therapist.presenters_people import CIRCLE, PERSON, people_views, present_people
from openipt.web.therapist.room_parts import add_once

ROOM = "people"
ADDED_WITH = ("label", "relation", "closeness_ring_1_3")
RING_VALUES = tuple(str(ring) for ring in RINGS)


@roles("therapist", "supervisor")
def people(request: HttpRequest, episode_id: UUID) -> HttpResponse:
    page = episode_page(request, episode_id, Act.SEE_EPISODE, room=ROOM)
    form = RecordForm.from_values(page.manual.record_types[PERSON], only=ADDED_WITH, role=role_of(page))
    people = present_people(page)
    return show(
        request, "therapist/people.html", page, people=people, form=form, session=page.session_at_hand
    )


@roles("therapist")
def circle(request: HttpRequest, episode_id: UUID) -> HttpResponse:
    """Draw the circle again: everybody where they stood last, each to be put elsewhere."""
    page = episode_page(request, episode_id, Act.WRITE_RECORD, room=ROOM)
    views = tuple(view for view in people_views(page) if view.code in page.people)
    if request.method != "POST":
        now = {view.code: str(view.ring or "") for view in views}
        return show(request, "therapist/people_circle.html", page, views=views, now=now, faults=())
    sent = Sent(request.POST)
    now = {view.code: sent.choice(f"ring-{view.code}", RING_VALUES) for view in views}
    stood = {code: int(ring) for code, ring in now.items() if ring}
    if not sent.faults and not stood:
        sent.fault(f"ring-{views[0].code}" if views else "", "Place at least one person.")
    if sent.faults:
        return show(
            request,
            "therapist/people_circle.html",
            page,
            views=views,
            now=now,
            faults=tuple(sent.faults),
            status=422,
        )
    _keep(page, stood)
    say(request, "The circle is kept. Earlier ones stay below it.")
    return go(request, page.address("people/"))


def _keep(page: EpisodePage, stood: dict[str, int]) -> None:
    """A circle of today; the same one pressed twice is one."""
    drawn = page.entries(CIRCLE)
    if drawn and drawn[-1].on == page.on and places(drawn[-1].visible) == stood:
        return
    before = places(drawn[-1].visible) if drawn else None
    add_once(page, CIRCLE, circle_values(stood, before, page.on.isoformat()), task=_task(page))


def _task(page: EpisodePage) -> str:
    """The task a circle does where the manual asks for one."""
    shown = page.manual.tasks_shown_by(CIRCLE)
    return next((task.id for task in shown if task.phase == page.status.phase), "")
