"""A room as the list of its records: what has been written for it, and what can be written next."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse

from openipt.errors import NoAccess
from openipt.records.access import Act
from openipt.web.doors import roles
from openipt.web.therapist.common import episode_page, show
from openipt.web.therapist.presenters_header import alert_title
from openipt.web.therapist.presenters_records import record_list

RECORDS_OF_ROOM = {
    "people": ("rec_inventory_person", "rec_closeness_circle", "rec_relationship_review"),
    "timeline": ("rec_timeline", "rec_event_mood_link"),
    "formulation": (
        "rec_problem_area_rating",
        "rec_issue",
        "rec_issue_ranking",
        "rec_formulation",
        "rec_contract",
    ),
    "worksheets": (
        "rec_communication_analysis",
        "rec_emotion_log",
        "rec_expression_plan",
        "rec_decision_analysis",
        "rec_role_play",
        "rec_past_present",
        "rec_role_balance",
        "rec_action_plan",
    ),
    "safety": ("rec_risk", "rec_safety_plan", "rec_emergency"),
    "ending": (
        "rec_skills_gained",
        "rec_relapse_plan",
        "rec_next_step",
        "rec_goodbye",
        "rec_outcome",
        "rec_discharge",
    ),
    "documents": ("rec_formulation", "rec_contract", "rec_safety_plan", "rec_relapse_plan", "rec_discharge"),
}
TITLES = {
    "people": "People",
    "timeline": "Timeline",
    "formulation": "Formulation",
    "worksheets": "Worksheets",
    "safety": "Safety",
    "ending": "Ending",
    "documents": "Documents",
}


@roles("therapist", "supervisor")
def room(request: HttpRequest, episode_id: UUID, room: str) -> HttpResponse:
    act = Act.SEE_SAFETY if room == "safety" else Act.SEE_EPISODE
    page = episode_page(request, episode_id, act, room=room)
    lists = tuple(record_list(page, record) for record in RECORDS_OF_ROOM[room])
    return show(request, "therapist/room_records.html", page, title=TITLES[room], lists=lists)


@roles("therapist", "supervisor")
def alert(request: HttpRequest, episode_id: UUID, alert_id: UUID) -> HttpResponse:
    page = episode_page(request, episode_id, Act.SEE_ALERT, room="safety")
    found = next((one for one in page.alerts if one.pk == alert_id), None)
    if found is None:
        raise NoAccess
    lists = tuple(record_list(page, record) for record in RECORDS_OF_ROOM["safety"])
    return show(request, "therapist/room_records.html", page, title=alert_title(page, found), lists=lists)
