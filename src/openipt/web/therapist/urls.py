"""Addresses of the therapist's rooms. Everything of an episode lies under its id."""

from __future__ import annotations

from django.urls import include, path

from openipt.web.therapist import (
    alerts,
    clients,
    course,
    documents,
    ending,
    formulation,
    formulation_issues,
    formulation_write,
    line,
    measures,
    overview,
    people,
    records,
    rules,
    safety,
    second_lock,
    session_note,
    sessions_list,
    timeline,
    today,
    worksheets,
)

app_name = "therapist"

EPISODE = "episodes/<uuid:episode_id>/"
SESSION = f"{EPISODE}sessions/<uuid:session_id>/"

urlpatterns = [
    path("today/", today.today, name="today"),
    path("clients/", clients.clients, name="clients"),
    path("today/alerts/", today.all_alerts, name="all-alerts"),
    path("clients/new/", clients.take_on, name="client-new"),
    # Overview
    path(EPISODE, overview.overview, name="episode"),
    path(f"{EPISODE}phase/", overview.decide_phase, name="decide-phase"),
    path(f"{EPISODE}line/", line.line, name="line"),
    path(f"{EPISODE}line/print/", line.line_print, name="line-print"),
    path(f"{EPISODE}line/pdf/", line.line_as_pdf, name="line-pdf"),
    path(f"{EPISODE}line/own-page/", line.own_page, name="line-own-page"),
    path(f"{EPISODE}rules/", rules.rules, name="rules"),
    path(f"{EPISODE}rules/<slug:rule>/decide/", rules.decide, name="rule-decide"),
    path(f"{EPISODE}course/", course.course, name="course"),
    path(f"{EPISODE}course/status/", course.change_status, name="course-status"),
    path(f"{EPISODE}course/plan/", course.change_plan, name="course-plan"),
    path(f"{EPISODE}course/hand-over/", course.hand_over, name="hand-over"),
    path(f"{EPISODE}course/supervisor/", course.name_supervisor, name="course-supervisor"),
    path(f"{EPISODE}course/profile/", course.change_profile, name="course-profile"),
    path(f"{EPISODE}course/login/", course.give_login, name="client-login"),
    # People, Timeline, Formulation
    path(f"{EPISODE}people/", people.people, name="people"),
    path(f"{EPISODE}people/circle/", people.circle, name="people-circle"),
    path(f"{EPISODE}timeline/", timeline.timeline, name="timeline"),
    path(f"{EPISODE}timeline/link/", timeline.link, name="timeline-link"),
    path(f"{EPISODE}formulation/", formulation.formulation, name="formulation"),
    path(f"{EPISODE}formulation/areas/", formulation.areas, name="formulation-areas"),
    path(f"{EPISODE}formulation/issue/", formulation_issues.issue, name="formulation-issue-new"),
    path(f"{EPISODE}formulation/issue/<uuid:entry_id>/", formulation_issues.issue, name="formulation-issue"),
    path(f"{EPISODE}formulation/order/", formulation_issues.order, name="formulation-order"),
    path(f"{EPISODE}formulation/write/", formulation_write.write, name="formulation-write"),
    path(f"{EPISODE}formulation/contract/", formulation_write.contract, name="formulation-contract"),
    # Session
    path(f"{EPISODE}session/", sessions_list.session_to_work_on, name="session-now"),
    path(f"{EPISODE}sessions/", sessions_list.sessions, name="sessions"),
    path(f"{EPISODE}sessions/plan/", sessions_list.plan, name="sessions-plan"),
    path(f"{EPISODE}sessions/begin/", sessions_list.begin_unplanned, name="session-unplanned"),
    path(f"{SESSION}move/", sessions_list.move, name="session-move"),
    path(f"{SESSION}absence/", sessions_list.absence, name="session-absence"),
    path(f"{SESSION}begin-now/", sessions_list.begin, name="session-begin-now"),
    path(SESSION, include("openipt.web.therapist.session_urls")),
    path(f"{SESSION}note/", session_note.note_page, name="note"),
    path(f"{SESSION}note/typed/", session_note.typed, name="note-typed"),
    path(f"{SESSION}note/kept/", session_note.kept, name="note-kept"),
    path(f"{SESSION}note/print/", session_note.print_page, name="note-print"),
    path(f"{SESSION}sign/", session_note.sign, name="sign"),
    path(f"{SESSION}amend/", session_note.amend, name="amend"),
    path(f"{SESSION}private/", session_note.private, name="private-note"),
    # Worksheets, Measures
    path(f"{EPISODE}worksheets/", worksheets.worksheets, name="worksheets"),
    path(f"{EPISODE}worksheets/talk/", worksheets.talk_new, name="worksheets-talk-new"),
    path(f"{EPISODE}worksheets/talk/<uuid:entry_id>/", worksheets.talk, name="worksheets-talk"),
    path(f"{EPISODE}measures/", measures.measures, name="measures"),
    path(f"{EPISODE}measures/enter/", measures.enter, name="measures-enter"),
    path(f"{EPISODE}measures/<slug:measure_id>/", measures.measure, name="measure"),
    # Safety
    path(f"{EPISODE}safety/", safety.safety, name="safety"),
    path(f"{EPISODE}safety/assess/", safety.assess, name="assess"),
    path(f"{EPISODE}safety/plan/", safety.plan, name="safety-plan"),
    path(f"{EPISODE}safety/plan/reviewed/", safety.plan_reviewed, name="safety-plan-reviewed"),
    path(f"{EPISODE}safety/plan/print/", safety.plan_print, name="safety-plan-print"),
    path(f"{EPISODE}safety/private-questions/", safety.private_questions, name="private-questions"),
    path(f"{EPISODE}safety/second-lock/", second_lock.second_lock, name="second-lock"),
    path(f"{EPISODE}safety/second-lock/choose/", second_lock.choose, name="second-lock-choose"),
    path(f"{EPISODE}alerts/<uuid:alert_id>/", alerts.alert, name="alert"),
    # Ending, Documents
    path(f"{EPISODE}ending/", ending.ending, name="ending"),
    path(f"{EPISODE}ending/outcome/", ending.outcome, name="ending-outcome"),
    path(f"{EPISODE}ending/follow-up/", ending.follow_ups, name="ending-follow-up"),
    path(f"{EPISODE}documents/", documents.documents, name="documents"),
    path(f"{EPISODE}documents/outline/", documents.course_outline, name="documents-outline"),
    path(f"{EPISODE}documents/notes/", documents.notes, name="documents-notes"),
    path(f"{EPISODE}documents/export/", documents.export, name="documents-export"),
    path(f"{EPISODE}documents/<slug:name>/", documents.document, name="document"),
    # Records of every kind
    path(f"{EPISODE}records/", records.chooser, name="records"),
    path(f"{EPISODE}records/<uuid:entry_id>/", records.record, name="record"),
    path(f"{EPISODE}records/<uuid:entry_id>/edit/", records.edit, name="record-edit"),
    path(f"{EPISODE}records/<uuid:entry_id>/history/", records.history, name="record-history"),
    path(f"{EPISODE}records/<uuid:entry_id>/withdraw/", records.withdraw, name="record-withdraw"),
    path(f"{EPISODE}records/<slug:record_type>/new/", records.new, name="record-new"),
]
