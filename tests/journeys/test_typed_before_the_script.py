"""On a slow line the page stands before its script does. What a person types or chooses meanwhile is kept as well."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from tests import factories as make
from tests.browser import started
from tests.journeys.conftest import sign_in

from openipt.records.actions import checkins
from openipt.records.models import Alert, Entry, Episode, Session
from openipt.web import clock

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

NOW = make.at_day(7, 1)


@pytest.fixture(autouse=True)
def at_a_set_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def at_work() -> tuple[Episode, Session]:
    return make.active_episode(make.therapist("Maren Solberg"))


def held_back(page: Any, script: str) -> Callable[[], None]:
    """The script is on its way until the function is called."""
    waiting: list[Any] = []
    has_come = False

    def hold(route: Any) -> None:
        if has_come:
            route.continue_()
        else:
            waiting.append(route)

    def arrives() -> None:
        nonlocal has_come
        has_come = True
        for route in waiting:
            route.continue_()

    page.route(f"**/js/{script}", hold)
    return arrives


def test_a_line_of_the_guide_typed_before_its_script_saves_itself(open_page, at_work) -> None:
    episode, session = at_work
    page = open_page()
    sign_in(page, episode.therapist.username, make.PASSWORD)
    arrives = held_back(page, "quick_line.js")
    page.goto(f"/episodes/{episode.pk}/sessions/{session.pk}/", wait_until="commit")
    line = page.locator("form[data-quick-line]:has(textarea, input[type=text])").first
    line.locator("textarea, input[type=text]").first.fill("Said before the script came")
    assert line.get_by_role("button", name="Save").is_visible()
    arrives()
    line.locator("[data-save-status]", has_text=re.compile("^Saved")).wait_for()
    saved = [entry.payload for entry in Entry.objects.filter(episode=episode)]
    assert any("Said before the script came" in payload.values() for payload in saved)


def test_a_note_typed_before_its_script_saves_itself(open_page, at_work) -> None:
    episode, session = at_work
    page = open_page()
    sign_in(page, episode.therapist.username, make.PASSWORD)
    arrives = held_back(page, "note.js")
    page.goto(f"/episodes/{episode.pk}/sessions/{session.pk}/", wait_until="commit")
    page.locator("#note-own").fill("The first words of the note")
    arrives()
    page.locator("#session-note [data-save-status]", has_text=re.compile("^Saved")).first.wait_for()
    session.refresh_from_db()
    assert "The first words of the note" in str(session.note)


def test_an_answer_chosen_before_the_script_is_kept_and_raises_its_alert(open_page, at_work) -> None:
    episode, _ = at_work
    login = make.client_login(episode)
    check_in = checkins.open_checkin(episode=episode, measures=["ms_phq9"], by=login, at=NOW)
    page = open_page(width=390, has_touch=True, is_mobile=True)
    sign_in(page, login.username, make.PASSWORD, client=True)
    page.goto("/me/check-in/")
    started(page)
    arrives = held_back(page, "check_in.js")
    page.get_by_role("button", name=re.compile("all on one page", re.IGNORECASE)).click(no_wait_after=True)
    page.wait_for_url(f"**/me/check-in/{check_in.pk}/", wait_until="commit")
    page.locator('label:has(> input[name="ms_phq9.9"][value="2"])').click()
    arrives()
    page.locator("[data-call-now]").first.wait_for()
    assert Alert.objects.get(episode=episode).rule == "DR-01"
