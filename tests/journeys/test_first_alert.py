"""The first alert: a client answers 2 on item 9 on a phone and closes the page; a therapist works it through."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests import factories as make
from tests.journeys.conftest import check_accessibility, sign_in

from openipt.records.actions import checkins
from openipt.records.models import Alert, AlertState, CheckIn, Episode
from openipt.web import clock

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

EVENING = make.at_day(7, 10)
ROOMS = ("", "people/", "timeline/", "formulation/", "sessions/", "worksheets/", "measures/", "safety/", "ending/",
         "documents/")  # fmt: skip
# Where to put pictures of the pages to look at; nowhere unless asked.
PICTURES = os.environ.get("OPENIPT_PICTURES", "")


class Clock:
    """A clock that the journey moves."""

    def __init__(self) -> None:
        self.at = EVENING

    def __call__(self) -> Any:
        return self.at


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Clock:
    standing = Clock()
    monkeypatch.setattr(clock, "now", standing)
    return standing


@pytest.fixture
def episode() -> Episode:
    made, _ = make.active_episode(make.therapist("Maren Solberg"))
    make.assessed(made)
    return made


def picture(page: Any, name: str) -> None:
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"{name}.png", full_page=True)


def given_a_client_answers_2_on_item_9_and_closes_the_page(open_page: Any, episode: Episode) -> None:
    login = make.client_login(episode)
    checkins.open_checkin(episode=episode, measures=["ms_phq9"], by=login, at=EVENING)
    page = open_page(width=390, has_touch=True, is_mobile=True)
    sign_in(page, login.username, make.PASSWORD, client=True)
    page.goto(f"/me/check-in/{CheckIn.objects.get().pk}/9/")
    page.get_by_role("button", name="More than half the days").click()
    page.get_by_text("01632 960999").first.wait_for()
    page.context.close()


def as_therapist(open_page: Any, episode: Episode, width: int = 1280, **more: Any) -> Any:
    page = open_page(width=width, expected=("status of 422",), **more)
    sign_in(page, episode.therapist.username, make.PASSWORD)
    return page


def keep(page: Any, step: str, name: str = "Keep it") -> None:
    page.locator(f"#step-{step}").get_by_role("button", name=name).first.click()
    page.get_by_role("status").first.wait_for()


def test_an_alert_from_a_phone_is_worked_through_and_stays_in_the_history(open_page, episode, time) -> None:
    given_a_client_answers_2_on_item_9_and_closes_the_page(open_page, episode)
    alert = Alert.objects.get()
    assert not CheckIn.objects.get().is_finished
    time.at = EVENING + timedelta(hours=1)

    page = as_therapist(open_page, episode)
    page.goto("/today/")
    assert page.get_by_role("link", name="Work it through").first.is_visible()
    picture(page, "today-1280")
    for room in ROOMS:
        page.goto(f"/episodes/{episode.pk}/{room}")
        banner = page.get_by_role("region", name="Open alerts")
        assert "more than half the days (2)" in banner.inner_text(), room
        assert "unfinished" in banner.inner_text(), room
        assert banner.get_by_role("button").count() == 0  # nothing on it closes it

    page.get_by_role("link", name="Work it through").first.click()
    page.get_by_role("heading", name="The path").wait_for()
    check_accessibility(page)
    picture(page, "alert-open-1280")
    page.get_by_role("button", name="I take this on").click()
    page.get_by_text("You have taken this alert on").wait_for()
    spoken = page.locator("#step-contacted")
    spoken.get_by_label("How it was").fill("By phone, ten minutes")
    keep(page, "contacted")
    page.get_by_role("link", name="Assess risk, question by question").click()
    when_the_level_is_orange_with_its_reason(page)
    page.get_by_role("link", name="Safety plan, together").click()
    check_accessibility(page)
    for label, words in (
        ("My warning signs", "Awake at three"),
        ("What I can do alone", "Walk the dog"),
        ("People I can ask for help", "Beatriz"),
        ("Professionals and services", "Crisis line"),
    ):
        page.get_by_role("group", name=label).get_by_role("textbox").first.fill(words)
    page.get_by_role("button", name="Save as a new version").click()
    page.get_by_text("The earlier versions are kept").wait_for()
    picture(page, "alert-plan-1280")
    page.locator("#step-told").get_by_label("Who, and how").fill("Supervisor and family doctor, by phone")
    keep(page, "told")
    page.locator("#step-follow_up").get_by_label("Next contact on").fill("2026-01-11")
    page.locator("#step-follow_up").get_by_role("button", name="Keep it").first.click()
    page.get_by_text("before the alert").first.wait_for()
    check_accessibility(page)
    page.locator("#step-follow_up").get_by_label("Next contact on").fill("2026-01-14")
    keep(page, "follow_up")
    page.get_by_label("In words: what was found and agreed").fill(
        "Asked directly: a method, no intent. Plan made."
    )
    page.get_by_role("button", name="Close the alert").click()
    page.get_by_text("The alert is closed").wait_for()
    check_accessibility(page)
    picture(page, "alert-closed-1280")
    then_it_is_gone_from_the_top_and_stands_in_the_history(page, episode, alert)


def when_the_level_is_orange_with_its_reason(page: Any) -> None:
    check_accessibility(page)
    picture(page, "assess-1280")
    for question, said in (
        ("Thoughts of being dead", "Yes"),
        ("A method in mind", "Yes"),
        ("Intent to act", "No"),
    ):
        page.get_by_role("radiogroup", name=question).get_by_label(said, exact=True).check()
    page.get_by_label("Orange").check()
    page.get_by_label("Reason for the level").fill("Thoughts with a method, no intent")
    page.get_by_role("button", name="Save the assessment").click()
    page.get_by_text("Next: the safety plan").wait_for()


def then_it_is_gone_from_the_top_and_stands_in_the_history(page: Any, episode: Episode, alert: Alert) -> None:
    alert.refresh_from_db()
    assert alert.state == AlertState.RESOLVED
    page.goto(f"/episodes/{episode.pk}/safety/")
    assert page.get_by_role("region", name="Open alerts").count() == 0
    assert page.get_by_text("Orange", exact=True).first.is_visible()
    check_accessibility(page)
    picture(page, "safety-1280")
    page.get_by_role("region", name="Alerts, open and past").get_by_role("link").first.click()
    for words in ("By phone, ten minutes", "Supervisor and family doctor", "Next contact agreed for 14 Jan",
                  "Asked directly"):  # fmt: skip
        assert page.get_by_text(words).first.is_visible(), words


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_safety_on_a_phone_and_in_the_dark(open_page, episode, time, scheme: str) -> None:
    screen = {"alone_confirmed": True, "answers": [0, 1, 0, 0], "positive": True}
    make.entry(episode, "rec_ipv_screen", screen, at=EVENING)
    for level in ("yellow", "orange"):
        make.assessed(episode, level, at=EVENING)
    page = as_therapist(open_page, episode, 390, color_scheme=scheme)
    alert = Alert.objects.first()
    for name, tail in (("safety", "safety/"), ("assess", "safety/assess/"), ("plan", "safety/plan/"),
                       ("private", "safety/private-questions/"), ("alert", f"alerts/{alert.pk}/")):  # fmt: skip
        page.goto(f"/episodes/{episode.pk}/{tail}")
        check_accessibility(page)
        picture(page, f"{name}-390-{scheme}")


def test_the_private_questions_by_keyboard_alone(open_page, episode, time) -> None:
    page = as_therapist(open_page, episode)
    page.goto(f"/episodes/{episode.pk}/safety/private-questions/")
    page.get_by_label("I am alone with the client").focus()
    page.keyboard.press("Space")
    for _ in range(4):
        page.keyboard.press("Tab")
        page.keyboard.press("ArrowUp")
    page.get_by_role("button", name="Keep the answers").focus()
    page.keyboard.press("Enter")
    page.get_by_text("Say whether there is any sign of violence").first.wait_for()
    assert not episode.entries.filter(record_type="rec_ipv_screen").exists()
    check_accessibility(page)
    picture(page, "private-error-1280")
