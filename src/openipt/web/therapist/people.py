"""The People room: the closeness circle as it stands, and the interpersonal inventory by ring."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse

from openipt.records.access import Act
from openipt.web.circle_standing import PERSON
from openipt.web.doors import roles
from openipt.web.record_forms import RecordForm
from openipt.web.therapist.common import episode_page, role_of, show
from openipt.web.therapist.presenters_circle import present_standing
from openipt.web.therapist.presenters_people import present_people

ROOM = "people"
ADDED_WITH = ("label", "relation", "closeness_ring_1_3")


@roles("therapist", "supervisor")
def people(request: HttpRequest, episode_id: UUID) -> HttpResponse:
    page = episode_page(request, episode_id, Act.SEE_EPISODE, room=ROOM)
    form = RecordForm.from_values(page.manual.record_types[PERSON], only=ADDED_WITH, role=role_of(page))
    people = present_people(page)
    return show(
        request,
        "therapist/people.html",
        page,
        people=people,
        form=form,
        session=page.session_at_hand,
        standing=present_standing(page),
    )
