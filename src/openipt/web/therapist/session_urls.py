"""Addresses of the Session room's guide, below the session's own."""

from __future__ import annotations

from django.urls import path

from openipt.web.therapist import line
from openipt.web.therapist import session_guide as guide

urlpatterns = [
    path("", guide.session, name="session"),
    path("begin/", guide.begin, name="session-begin"),
    path("not-held/", guide.not_held, name="session-not-held"),
    path("details/", guide.details, name="session-details"),
    path("still-there/", guide.still_there, name="session-still-there"),
    path("guide/", guide.rows, name="session-guide"),
    path("tasks/<slug:task_id>/<int:index>/", guide.line, name="session-line"),
    path("strategies/<slug:code>/", guide.strategy, name="session-strategy"),
    path("techniques/<slug:code>/", guide.technique, name="session-technique"),
    path("last-step/", guide.review_step, name="session-last-step"),
    path("quotes/", guide.quote, name="session-quote"),
    path("quotes/<uuid:entry_id>/drop/", guide.drop_quote, name="session-quote-drop"),
    path("find/", guide.find_page, name="session-find"),
    path("open/<slug:kind>/<slug:code>/", guide.open_card, name="session-open"),
    path("together/", guide.together, name="session-together"),
    path("together/line/", line.show_together, name="session-together-line"),
]
