"""Going to a client by name, and the keys of the room, by keyboard alone."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from tests import factories as make
from tests.browser import started
from tests.journeys.conftest import check_accessibility, sign_in

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize(("width", "scheme"), [(390, "dark"), (1280, "light")])
def test_a_client_is_reached_by_name_and_nothing_typed_leaves_the_page(open_page, width, scheme) -> None:
    episode = make.episode(name="Rui Tavares")
    make.episode(episode.therapist, name="Ana Bartók")
    page = open_page(width=width, color_scheme=scheme)
    sign_in(page, episode.therapist.username, make.PASSWORD)
    started(page)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.keyboard.press("Control+k")
    field = page.get_by_role("combobox", name="Go to")
    expect(field).to_be_focused()
    expect(page.get_by_role("option").first).to_be_visible()
    check_accessibility(page)
    field.fill("bartok")
    expect(page.get_by_role("option")).to_have_count(1)
    field.fill("tava")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/episodes/{episode.pk}/")
    assert not [url for url in asked if "tava" in url or "bartok" in url]
    started(page)
    page.keyboard.press("Control+k")
    expect(page.get_by_role("option").first).to_have_text("Overview Rui Tavares")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_contain_text("Turn the screen to the client")
    check_accessibility(page)
