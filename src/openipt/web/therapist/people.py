"""The People room: the closeness circle as it stands, and the interpersonal inventory by ring or by a question."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse

from openipt.records.access import Act
from openipt.web.circle_standing import PERSON
from openipt.web.doors import roles
from openipt.web.record_forms import RecordForm
from openipt.web.sent import Sent
from openipt.web.therapist.common import EpisodePage, episode_page, role_of, show
from openipt.web.therapist.presenters_circle import present_standing
from openipt.web.therapist.presenters_people import present_people
from openipt.web.therapist.presenters_people_sorted import present_sorted, sortings

ROOM = "people"
ADDED_WITH = ("label", "relation", "closeness_ring_1_3")


@roles("therapist", "supervisor")
def people(request: HttpRequest, episode_id: UUID) -> HttpResponse:
    page = episode_page(request, episode_id, Act.SEE_EPISODE, room=ROOM)
    return show_people(request, page, by=request.GET.get("by", ""))


def show_people(
    request: HttpRequest, page: EpisodePage, *, by: str, sent: Sent | None = None, status: int = 200
) -> HttpResponse:
    """The room by ring, or by the question named; a form that came back stands as it was sent."""
    form = RecordForm.from_values(page.manual.record_types[PERSON], only=ADDED_WITH, role=role_of(page))
    return show(
        request,
        "therapist/people.html",
        page,
        people=present_people(page),
        form=form,
        session=page.session_at_hand,
        standing=present_standing(page),
        sortings=sortings(page, by),
        by=present_sorted(page, by, sent),
        status=status,
    )
