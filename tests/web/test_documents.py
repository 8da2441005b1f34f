"""The Documents room: clean pages to print, the outline, the episode as a file; private notes in none."""

from __future__ import annotations

import json

import pytest
from tests import factories
from tests.web.rooms_world import browser_of, set_clock, strangers, text_of

from openipt.records.actions import sessions
from openipt.records.models import AuditEvent

pytestmark = pytest.mark.django_db

PRIVATE = "my own doubt about the hour"
FORMULATION = {"name": "Rui", "disorder": "depression", "event": "the branch closed", "person": "the team"}


@pytest.fixture(autouse=True)
def monday(monkeypatch: pytest.MonkeyPatch) -> None:
    set_clock(monkeypatch, factories.at_day(8))


@pytest.fixture
def episode():
    """One signed session with a private note, one that is still a draft."""
    made, first = factories.active_episode()
    sessions.write_private_note(
        session=first, text=PRIVATE, expected_version=0, by=made.therapist, at=factories.at_day()
    )
    factories.signed(first)
    factories.written(factories.session(made, 7), "Not signed yet words.", at=factories.at_day(7))
    return made


def get(of, tail: str = "", user=None):
    return browser_of(user or of.therapist).get(f"/episodes/{of.pk}/documents/{tail}")


def test_the_room_lists_what_can_be_printed_and_names_what_is_not_written(episode):
    factories.entry(episode, "rec_formulation", FORMULATION)
    page = text_of(get(episode))
    assert f"/episodes/{episode.pk}/documents/formulation/" in page
    assert "Not written yet" in page
    assert "1 note not signed yet: left out here." in page


def test_a_formulation_prints_as_a_paragraph_and_says_that_it_is_a_draft(episode):
    factories.entry(episode, "rec_formulation", {**FORMULATION, "client_words": "That is it."})
    page = text_of(get(episode, "formulation/"))
    assert "Around that time the branch closed with the team." in page
    assert "That is it." in page
    assert "Draft, not agreed yet." in page


def test_the_finished_version_is_printed_before_a_later_draft(episode):
    summary = {"reason": "end of contract", "outcome": "much better"}
    factories.entry(episode, "rec_discharge", summary, final=True)
    factories.entry(episode, "rec_discharge", {"reason": "half a thought"}, at=factories.at_day(7))
    page = text_of(get(episode, "summary/"))
    assert "much better" in page
    assert "half a thought" not in page


def test_the_reason_for_a_focus_stays_with_the_clinicians(episode):
    values = {"focus": ["grief"], "sessions_planned": 16, "reason_for_focus": "against the score"}
    factories.entry(episode, "rec_contract", values)
    assert "against the score" not in text_of(get(episode, "contract/"))


@pytest.mark.parametrize("name", ["formulation", "contract", "nothing", "rec_risk"])
def test_what_is_not_there_is_not_found(episode, name):
    assert get(episode, f"{name}/").status_code == 404


def test_signed_notes_are_printed_drafts_and_private_notes_are_not(episode):
    page = text_of(get(episode, "notes/"))
    assert "We talked about the week." in page
    assert "Not signed yet words." not in page
    assert PRIVATE not in page


def test_the_outline_tells_every_meeting(episode):
    page = text_of(get(episode, "outline/"))
    assert "5 January 2026" in page
    assert "12 January 2026" in page
    assert "Initial phase" in page


def test_the_episode_is_downloaded_as_a_file_and_that_is_recorded(episode):
    response = get(episode, "export/")
    assert response.status_code == 200
    assert response["Content-Disposition"] == f'attachment; filename="episode-{episode.pk}.json"'
    data = json.loads(response.content)
    assert data["client"]["name"] == "Rui Tavares"
    assert PRIVATE not in response.content.decode()
    assert AuditEvent.objects.filter(chain=str(episode.pk), act="episode-exported").count() == 1


def test_a_supervisor_prints_and_does_not_export(episode):
    supervisor = factories.supervised(episode.therapist)
    assert "Download the file" not in text_of(get(episode, user=supervisor))
    assert get(episode, "notes/", supervisor).status_code == 200
    assert get(episode, "export/", supervisor).status_code in (403, 404)


def test_nobody_else_finds_anything(episode):
    for user in (*strangers(), factories.covered(episode.therapist, 0, 30)):
        for tail in ("", "outline/", "notes/", "export/", "formulation/"):
            assert get(episode, tail, user).status_code in (403, 404)
