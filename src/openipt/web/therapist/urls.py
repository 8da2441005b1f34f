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
    progress,
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

SESSION = "sessions/<uuid:session_id>/"

of_episode = [
    # Overview
    path("", overview.overview, name="episode"),
    path("phase/", overview.decide_phase, name="decide-phase"),
    path("progress/", progress.progress, name="progress"),
    path("line/", line.line, name="line"),
    path("line/print/", line.line_print, name="line-print"),
    path("line/pdf/", line.line_as_pdf, name="line-pdf"),
    path("line/own-page/", line.own_page, name="line-own-page"),
    path("rules/", rules.rules, name="rules"),
    path("rules/<slug:rule>/decide/", rules.decide, name="rule-decide"),
    path("course/", course.course, name="course"),
    path("course/status/", course.change_status, name="course-status"),
    path("course/plan/", course.change_plan, name="course-plan"),
    path("course/hand-over/", course.hand_over, name="hand-over"),
    path("course/supervisor/", course.name_supervisor, name="course-supervisor"),
    path("course/profile/", course.change_profile, name="course-profile"),
    path("course/login/", course.give_login, name="client-login"),
    # People, Timeline, Formulation
    path("people/", people.people, name="people"),
    path("people/circle/", people.circle, name="people-circle"),
    path("timeline/", timeline.timeline, name="timeline"),
    path("timeline/link/", timeline.link, name="timeline-link"),
    path("formulation/", formulation.formulation, name="formulation"),
    path("formulation/areas/", formulation.areas, name="formulation-areas"),
    path("formulation/issue/", formulation_issues.issue, name="formulation-issue-new"),
    path("formulation/issue/<uuid:entry_id>/", formulation_issues.issue, name="formulation-issue"),
    path("formulation/order/", formulation_issues.order, name="formulation-order"),
    path("formulation/write/", formulation_write.write, name="formulation-write"),
    path("formulation/contract/", formulation_write.contract, name="formulation-contract"),
    # Session
    path("session/", sessions_list.session_to_work_on, name="session-now"),
    path("sessions/", sessions_list.sessions, name="sessions"),
    path("sessions/plan/", sessions_list.plan, name="sessions-plan"),
    path("sessions/begin/", sessions_list.begin_unplanned, name="session-unplanned"),
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
    path("worksheets/", worksheets.worksheets, name="worksheets"),
    path("worksheets/talk/", worksheets.talk_new, name="worksheets-talk-new"),
    path("worksheets/talk/<uuid:entry_id>/", worksheets.talk, name="worksheets-talk"),
    path("measures/", measures.measures, name="measures"),
    path("measures/enter/", measures.enter, name="measures-enter"),
    path("measures/<slug:measure_id>/", measures.measure, name="measure"),
    # Safety
    path("safety/", safety.safety, name="safety"),
    path("safety/assess/", safety.assess, name="assess"),
    path("safety/plan/", safety.plan, name="safety-plan"),
    path("safety/plan/reviewed/", safety.plan_reviewed, name="safety-plan-reviewed"),
    path("safety/plan/print/", safety.plan_print, name="safety-plan-print"),
    path("safety/private-questions/", safety.private_questions, name="private-questions"),
    path("safety/second-lock/", second_lock.second_lock, name="second-lock"),
    path("safety/second-lock/choose/", second_lock.choose, name="second-lock-choose"),
    path("alerts/<uuid:alert_id>/", alerts.alert, name="alert"),
    # Ending, Documents
    path("ending/", ending.ending, name="ending"),
    path("ending/outcome/", ending.outcome, name="ending-outcome"),
    path("ending/follow-up/", ending.follow_ups, name="ending-follow-up"),
    path("documents/", documents.documents, name="documents"),
    path("documents/outline/", documents.course_outline, name="documents-outline"),
    path("documents/notes/", documents.notes, name="documents-notes"),
    path("documents/export/", documents.export, name="documents-export"),
    path("documents/<slug:name>/", documents.document, name="document"),
    # Records of every kind
    path("records/", records.chooser, name="records"),
    path("records/<uuid:entry_id>/", records.record, name="record"),
    path("records/<uuid:entry_id>/edit/", records.edit, name="record-edit"),
    path("records/<uuid:entry_id>/history/", records.history, name="record-history"),
    path("records/<uuid:entry_id>/withdraw/", records.withdraw, name="record-withdraw"),
    path("records/<slug:record_type>/new/", records.new, name="record-new"),
]
urlpatterns = [
    path("today/", today.today, name="today"),
    path("today/alerts/", today.all_alerts, name="all-alerts"),
    path("clients/", clients.clients, name="clients"),
    path("clients/new/", clients.take_on, name="client-new"),
    path("episodes/<uuid:episode_id>/", include(of_episode)),
]
