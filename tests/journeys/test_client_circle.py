"""My people and My story in a browser: by finger on a phone, by keyboard; what stands behind the lock in neither."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect
from tests import factories as make
from tests.browser import started
from tests.journeys.conftest import check_accessibility, sign_in
from tests.journeys.test_circle import centre, circles, named, person, place, said, saved, stands_in

from openipt.records.actions import second_lock
from openipt.records.models import Entry, Episode
from openipt.web import clock

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

SECOND = "marmalade-window-eleven"


@pytest.fixture(autouse=True)
def at_a_set_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: make.at_day(14, 1))


@pytest.fixture
def episode() -> Episode:
    """Rosa and Iris stand on it, and Tom, whom nobody may find."""
    made, _ = make.active_episode(make.therapist("Maren Solberg"))
    make.client_login(made)
    rosa, tom, iris = named(made, "Rosa"), named(made, "Tom", safety_concern=True), named(made, "Iris")
    rings = {"1": [rosa], "2": [tom], "3": [iris]}
    make.entry(made, "rec_closeness_circle", {"rings": rings}, at=make.at_day(1))
    second_lock.agree(
        episode=made, password=SECOND, alone_confirmed=True, by=made.therapist, at=make.at_day(7)
    )
    return made


def code(of: Episode, label: str) -> str:
    return next(row.code for row in of.people.all() if row.label == label)


def opened(open_page: Any, of: Episode, address: str, password: str = make.PASSWORD, **more: Any) -> Any:
    page = open_page(**more)
    sign_in(page, of.client.user.username, password, client=True)
    page.goto(address)
    started(page)
    return page


def test_my_people_by_finger(open_page, episode) -> None:
    """Tap somebody and a ring; tap a ring and write a name; say what they are; keep it. Tom keeps his place."""
    rosa, tom = code(episode, "Rosa"), code(episode, "Tom")
    page = opened(open_page, episode, "/me/people/", width=390, has_touch=True, is_mobile=True)
    assert "Tom" not in page.content()
    page.get_by_role("link", name="Rosa").first.wait_for()
    person(page, rosa).locator(".circle-disc").tap()
    said(page, "Rosa is chosen.")
    page.get_by_label("What they are to me").fill("my anchor")
    page.get_by_role("button", name="Keep these words").tap()
    page.locator("#circle-person").get_by_text("Kept.").wait_for()
    check_accessibility(page)
    page.locator(".circle-bar").scroll_into_view_if_needed()
    page.touchscreen.tap(*place(page, 3, 100))
    stands_in(page, rosa, 3)
    page.touchscreen.tap(*place(page, 1, 60))
    page.keyboard.type("Mila")
    page.keyboard.press("Enter")
    said(page, "Mila came into the inner ring.")
    saved(page)
    page.get_by_role("button", name="Keep this circle").tap()
    page.get_by_text("Kept. Maren Solberg sees it, too.").wait_for()
    assert "Tom" not in page.content()
    kept = circles(episode)[-1]
    assert kept["rings"]["2"] == [tom] and rosa in kept["rings"]["3"]
    assert kept["rings"]["1"] == [code(episode, "Mila")]


def test_my_people_by_keyboard(open_page, episode) -> None:
    rosa = code(episode, "Rosa")
    page = opened(open_page, episode, "/me/people/", SECOND, color_scheme="dark")
    page.get_by_role("button", name="Keep this circle").focus()
    page.keyboard.press("Tab")
    for key in ("Home", "2"):
        page.keyboard.press(key)
    stands_in(page, rosa, 2)
    page.keyboard.press("u")
    stands_in(page, rosa, 1)
    page.keyboard.press("r")
    stands_in(page, rosa, 2)
    page.keyboard.press("Enter")
    expect(page.locator("[data-person-title]")).to_be_focused()
    page.get_by_role("button", name="Put behind the second lock").press("Enter")
    page.get_by_text("It stands behind your second lock.").wait_for()
    check_accessibility(page)
    page.get_by_role("button", name="Keep this circle").press("Enter")
    page.get_by_text("Kept. Maren Solberg sees it, too.").wait_for()
    ordinary = opened(open_page, episode, "/me/people/")
    assert ordinary.locator(".circle-drawing:visible .circle-person").count() == 1
    assert centre(ordinary, code(episode, "Iris"))


def test_one_line_of_my_story_on_a_phone(open_page, episode) -> None:
    page = opened(open_page, episode, "/me/story/", width=390)
    line = page.get_by_label("What happened, and when")
    line.fill("summer 2019 moved to Leeds with Iris")
    page.get_by_label("Iris").check()
    expect(page.locator(".time-heard")).to_contain_text("with Iris")
    page.get_by_label("Share it with Maren Solberg").check()
    line.press("Enter")
    page.get_by_text("Kept:").wait_for()
    check_accessibility(page)
    kept = Entry.objects.get(record_type="rec_timeline")
    assert kept.shared and kept.by_role == "client" and kept.payload["people"] == [code(episode, "Iris")]
    page.get_by_role("button", name="Take it back").click()
    page.get_by_text("Taken back:").wait_for()
