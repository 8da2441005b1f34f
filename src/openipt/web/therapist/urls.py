"""Addresses of the therapist's rooms. Everything of an episode lies under its id."""

from __future__ import annotations

from django.urls import path

from openipt.web.therapist import (
    clients,
    measures,
    overview,
    records,
    rooms,
    sessions_list,
    today,
)

app_name = "therapist"

EPISODE = "episodes/<uuid:episode_id>/"
SESSION = f"{EPISODE}sessions/<uuid:session_id>/"

urlpatterns = [
    path("today/", today.today, name="today"),
    path("clients/", clients.clients, name="clients"),
    path("clients/new/", clients.take_on, name="client-new"),
    # Overview
    path(EPISODE, overview.overview, name="episode"),
    # People, Timeline, Formulation
    path(f"{EPISODE}people/", rooms.room, {"room": "people"}, name="people"),
    path(f"{EPISODE}timeline/", rooms.room, {"room": "timeline"}, name="timeline"),
    path(f"{EPISODE}formulation/", rooms.room, {"room": "formulation"}, name="formulation"),
    # Session
    path(f"{EPISODE}session/", sessions_list.session_to_work_on, name="session-now"),
    path(f"{EPISODE}sessions/", sessions_list.sessions, name="sessions"),
    path(SESSION, sessions_list.session_records, name="session"),
    # Worksheets, Measures
    path(f"{EPISODE}worksheets/", rooms.room, {"room": "worksheets"}, name="worksheets"),
    path(f"{EPISODE}measures/", measures.measures, name="measures"),
    # Safety
    path(f"{EPISODE}safety/", rooms.room, {"room": "safety"}, name="safety"),
    path(f"{EPISODE}alerts/<uuid:alert_id>/", rooms.alert, name="alert"),
    # Ending, Documents
    path(f"{EPISODE}ending/", rooms.room, {"room": "ending"}, name="ending"),
    path(f"{EPISODE}documents/", rooms.room, {"room": "documents"}, name="documents"),
    # Records of every kind
    path(f"{EPISODE}records/", records.chooser, name="records"),
    path(f"{EPISODE}records/<uuid:entry_id>/", records.record, name="record"),
    path(f"{EPISODE}records/<uuid:entry_id>/edit/", records.edit, name="record-edit"),
    path(f"{EPISODE}records/<uuid:entry_id>/history/", records.history, name="record-history"),
    path(f"{EPISODE}records/<uuid:entry_id>/withdraw/", records.withdraw, name="record-withdraw"),
    path(f"{EPISODE}records/<slug:record_type>/new/", records.new, name="record-new"),
]
