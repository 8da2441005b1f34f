"""One set of pages writes, shows, changes and takes back every kind of record."""

from __future__ import annotations

import pytest
from tests import factories
from tests.web.rooms_world import browser_of, set_clock, strangers, text_of

pytestmark = pytest.mark.django_db

ROOMS = (
    "",
    "people/",
    "timeline/",
    "formulation/",
    "sessions/",
    "worksheets/",
    "measures/",
    "safety/",
    "ending/",
    "documents/",
    "records/",
)


@pytest.fixture(autouse=True)
def monday(monkeypatch: pytest.MonkeyPatch) -> None:
    set_clock(monkeypatch, factories.at_day(1))


def test_every_room_of_an_episode_is_a_page_for_its_therapist():
    episode, session = factories.active_episode()
    factories.entry(episode, "rec_formulation", {"problem_area": ["role_transition"]}, session=session)
    browser = browser_of(episode.therapist)
    for room in ROOMS:
        response = browser.get(f"/episodes/{episode.pk}/{room}")
        assert response.status_code == 200, room
        assert "Rui Tavares" in text_of(response), room


def test_nobody_else_learns_that_the_episode_exists():
    episode, _ = factories.active_episode()
    for user in strangers():
        browser = browser_of(user)
        for room in ROOMS:
            response = browser.get(f"/episodes/{episode.pk}/{room}")
            assert response.status_code == 404, (user.role, room)
            assert "Rui" not in text_of(response)
