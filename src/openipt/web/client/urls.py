"""Addresses of the client's pages, under /me/."""

from __future__ import annotations

from django.urls import path

from openipt.web.client import check_in, home, journal, learn, letter, line, practice, reminders, story

app_name = "client"
urlpatterns = [
    path("", home.home, name="home"),
    path("check-in/", check_in.begin, name="check-in"),
    path("check-in/<uuid:check_in_id>/", check_in.all_on_one_page, name="check-in-all"),
    path("check-in/<uuid:check_in_id>/<int:number>/", check_in.screen, name="check-in-screen"),
    path("check-in/<uuid:check_in_id>/answer/", check_in.answer, name="check-in-answer"),
    path("check-in/<uuid:check_in_id>/words/", check_in.keep_words, name="check-in-words"),
    path("check-in/<uuid:check_in_id>/send/", check_in.send, name="check-in-send"),
    path("check-in/<uuid:check_in_id>/sent/", check_in.receipt, name="check-in-receipt"),
    path("line/", line.line, name="line"),
    path("story/", story.story, name="story"),
    path("letter/", letter.letter, name="letter"),
    path("letter/pdf/", letter.letter_pdf, name="letter-pdf"),
    path("calendar/", story.calendar, name="calendar"),
    path("journal/", journal.journal, name="journal"),
    path("journal/new/", journal.new, name="journal-new"),
    path("journal/<uuid:journal_id>/", journal.entry, name="journal-entry"),
    path("journal/<uuid:journal_id>/share/", journal.share, name="journal-share"),
    path("journal/<uuid:journal_id>/move/", journal.move, name="journal-move"),
    path("practice/", practice.practice, name="practice"),
    path("practice/new/<slug:record_type>/", practice.new, name="worksheet-new"),
    path("practice/<uuid:entry_id>/", practice.worksheet, name="worksheet"),
    path("practice/<uuid:entry_id>/change/", practice.change, name="worksheet-change"),
    path("practice/<uuid:entry_id>/share/", practice.share, name="worksheet-share"),
    path("practice/<uuid:entry_id>/move/", practice.move, name="worksheet-move"),
    path("close/", home.close, name="close"),
    path("learn/", learn.contents, name="learn"),
    path("learn/<slug:page_id>/", learn.read, name="learn-page"),
    path("plan/", learn.safety_plan, name="safety-plan"),
    path("rights/", learn.rights, name="rights"),
    path("reminders/", reminders.reminders, name="reminders"),
]
