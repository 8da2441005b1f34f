"""One engine answers: file, database and page say the same of the same record on the same day."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time, timedelta
from html import unescape

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests import factories as make
from tests.shared_data import shared
from tests.web.rooms_world import browser_of, set_clock, text_of

from openipt import library
from openipt.cli.course import read_episode
from openipt.core.course.status import course_status
from openipt.core.portable.episode_file import from_file, to_file
from openipt.records import convert, standing
from openipt.records.actions.transfer import import_episode
from openipt.records.models import Episode

pytestmark = pytest.mark.django_db

CASES = ("rt-closed-branch", "rd-silent-house", "gr-missed-call", "ipc-new-town")


def answer(course, on: date) -> dict:
    return course_status(library.manual(course.adaptation), course, on).as_json()


@pytest.mark.parametrize("case", CASES)
def test_file_database_and_page_give_the_same_answer(case, monkeypatch):
    """The case as given, our own file made of it, the rows made of that, and what Overview shows."""
    portable = read_episode(str(shared(f"cases/{case}.json")))
    written = from_file(json.loads(json.dumps(to_file(portable, with_unshared=True))))
    therapist = make.therapist()
    taken = import_episode(portable=portable, therapist=therapist, by=make.OPERATOR, at=datetime.now(UTC))
    episode = Episode.objects.select_related("client", "therapist").get(pk=taken.pk)
    browser = browser_of(therapist)
    held = [meeting.on for meeting in portable.course().held]
    days = st.dates(held[0] - timedelta(days=5), held[-1] + timedelta(days=5)) | st.sampled_from(held)

    @settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
    @given(days)
    def agrees(on: date) -> None:
        from_the_file = answer(portable.course(), on)
        assert answer(written.course(), on) == from_the_file
        assert answer(convert.course(episode), on) == from_the_file
        assert standing.status(episode, on).as_json() == from_the_file
        set_clock(monkeypatch, datetime.combine(on, time(21), UTC))
        page = unescape(text_of(browser.get(f"/episodes/{episode.pk}/")))
        number, planned = from_the_file["session_number"], from_the_file["planned_sessions"]
        place = f"session {number} of {planned}" if number else f"{planned} sessions planned"
        assert place in page
        fired = {rule["id"] for rule in from_the_file["rules"] if rule["state"] == "fired"}
        shown = page.partition('id="rules"')[2]
        assert {rule for rule in fired if rule not in shown} == set()
        quiet = {rule["id"] for rule in from_the_file["rules"] if rule["state"] == "not_fired"}
        asking = shown.partition('id="where"')[0].partition("<details")[0]
        assert {rule for rule in quiet if f"rule {rule}" in asking} == set()

    agrees()
