"""The check-in on a phone: counted taps, by keyboard alone, without script, through every mishap."""

from __future__ import annotations

import re
from typing import Any

import pytest
from tests import factories as make
from tests.browser import started
from tests.journeys.conftest import check_accessibility, sign_in

from openipt.records.actions import checkins
from openipt.records.models import AnswerEvent, CheckIn, Episode, User
from openipt.web import clock

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

NOW = make.at_day(7, 1)
LOST = ("Failed to load resource", "net::ERR", "htmx:", "Response Status Error")


@pytest.fixture(autouse=True)
def at_a_set_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def episode() -> Episode:
    made, _ = make.active_episode(make.therapist("Maren Solberg"))
    return made


@pytest.fixture
def login(episode: Episode) -> User:
    return make.client_login(episode)


def only_phq9(episode: Episode, login: User) -> CheckIn:
    """A sitting of the PHQ-9 alone, as where nothing else is due."""
    return checkins.open_checkin(episode=episode, measures=["ms_phq9"], by=login, at=NOW)


def enter(page: Any, login: User) -> None:
    sign_in(page, login.username, make.PASSWORD, client=True)


def at_question(page: Any, number: int) -> None:
    page.get_by_text(re.compile(rf"^Question {number} of")).wait_for()


READING = 350  # milliseconds; a second tap sooner than this is the other half of a double tap


class Taps:
    """A thumb that counts, of somebody who reads before the next tap."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, target: Any) -> None:
        self.count += 1
        target.page.wait_for_timeout(READING)
        target.tap()


def test_phq9_alone_takes_14_taps_or_fewer_on_a_phone(open_page, episode, login) -> None:
    check_in = only_phq9(episode, login)
    page, tap = open_page(width=390, has_touch=True, is_mobile=True), Taps()
    enter(page, login)
    tap(page.locator("[data-next]"))
    tap(page.get_by_role("button", name="one question at a time"))
    for number in range(1, 9):
        at_question(page, number)
        tap(page.get_by_role("button", name="Several days"))
    at_question(page, 9)
    tap(page.get_by_role("button", name="Not at all"))
    at_question(page, 10)
    page.get_by_role("heading", name="How difficult have these problems made it for you").wait_for()
    tap(page.get_by_role("button", name="Very difficult"))
    at_question(page, 11)
    tap(page.get_by_role("button", name="6", exact=True))
    tap(page.get_by_role("button", name="Send"))
    page.get_by_role("heading", name="Sent", exact=True).wait_for()
    assert tap.count <= 14
    check_in.refresh_from_db()
    assert check_in.is_finished
    assert check_in.mood == 6
    score = check_in.scores.get()
    assert (score.total, score.items[8], score.unscored) == (8, 0, [2])


def test_how_difficult_it_was_is_not_asked_where_nothing_was_chosen(open_page, episode, login) -> None:
    check_in = only_phq9(episode, login)
    page, tap = open_page(width=390, has_touch=True, is_mobile=True), Taps()
    enter(page, login)
    tap(page.locator("[data-next]"))
    tap(page.get_by_role("button", name="one question at a time"))
    for number in range(1, 10):
        at_question(page, number)
        tap(page.get_by_role("button", name="Not at all"))
    page.get_by_role("heading", name="How is your mood today?").wait_for()
    assert page.locator(".check-in-count").inner_text() == "Question 10 of 10"
    tap(page.get_by_role("button", name="6", exact=True))
    page.get_by_role("button", name="Back").tap()
    page.get_by_role("heading", name="How is your mood today?").wait_for()
    page.get_by_role("link", name="Back").tap()
    at_question(page, 9)
    page.get_by_role("button", name="Several days").tap()
    page.get_by_role("heading", name="Whom you can call").or_(
        page.locator("[data-call-now]")
    ).first.wait_for()
    page.get_by_role("link", name="Go on").tap()
    page.get_by_role("heading", name="How difficult have these problems made it for you").wait_for()
    assert page.locator(".check-in-count").inner_text() == "Question 10 of 11"
    page.get_by_role("button", name="I would rather not answer").tap()
    page.get_by_role("heading", name="How is your mood today?").wait_for()
    check_in.refresh_from_db()
    assert [event.value for event in check_in.answer_events.filter(item=10)] == [None]


def test_whatever_is_due_takes_its_questions_and_five_taps(open_page, episode, login) -> None:
    page, tap = open_page(width=390, has_touch=True, is_mobile=True), Taps()
    enter(page, login)
    tap(page.locator("[data-next]"))
    tap(page.get_by_role("button", name="one question at a time"))
    page.get_by_text(re.compile("^Question 1 of")).wait_for()
    total = int(re.search(r"of (\d+)", page.locator(".check-in-count").inner_text())[1])
    for number in range(1, total + 1):
        at_question(page, number)
        at_item_9 = page.locator("#question", has_text="hurting yourself").count()
        tap(page.locator("button[name=value]").nth(0 if at_item_9 else 1))
    tap(page.get_by_role("button", name="Send"))
    page.get_by_role("heading", name="Sent", exact=True).wait_for()
    scored = sum(len(row.items) for row in CheckIn.objects.get().scores.all())
    assert scored == total - 2  # mood, and how difficult the problems made things
    assert tap.count <= scored + 5


def test_all_on_one_page_keeps_each_choice_as_it_is_made(open_page, episode, login) -> None:
    check_in = only_phq9(episode, login)
    page, tap = open_page(width=390, has_touch=True, is_mobile=True), Taps()
    enter(page, login)
    tap(page.locator("[data-next]"))
    tap(page.get_by_role("button", name="All on one page"))
    first = page.locator("fieldset").first
    tap(first.get_by_label("Several days"))
    first.get_by_text("Kept").wait_for()
    assert AnswerEvent.objects.filter(check_in=check_in).count() == 1
    page.reload()
    assert page.locator("fieldset").first.get_by_label("Several days").is_checked()
    for number in range(1, 9):
        tap(page.locator("fieldset").nth(number).get_by_label("Not at all"))
    tap(page.locator("fieldset").nth(9).get_by_label("Somewhat difficult"))
    tap(page.locator("fieldset").nth(10).get_by_label("7", exact=True))
    check_accessibility(page)
    tap(page.get_by_role("button", name="Send"))
    page.get_by_role("heading", name="Sent", exact=True).wait_for()
    assert tap.count <= 14
    page.goto("/me/check-in/")
    assert page.get_by_role("button").filter(has_text="all on one page").is_visible()  # the way is kept


def test_by_keyboard_alone(open_page, episode, login) -> None:
    check_in = only_phq9(episode, login)
    page = open_page()
    enter(page, login)

    def press_to(name: str) -> None:
        """Tab until the focus is on the thing of this name, then Enter."""
        for _ in range(40):
            page.keyboard.press("Tab")
            focused = page.evaluate("document.activeElement.textContent.replace(/\\s+/g, ' ').trim()")
            if focused.lower().startswith(name.lower()):
                page.keyboard.press("Enter")
                return
        raise AssertionError(f"no way to {name} by keyboard")

    press_to("Check-in") if page.locator("[data-next]").inner_text() != "Go on" else press_to("Go on")
    page.wait_for_url("**/check-in/")
    press_to("Go on: one question")
    for number in range(1, 10):
        at_question(page, number)
        press_to("Not at all")
    at_question(page, 10)
    press_to("5")
    page.get_by_label("What would you like to talk about?").wait_for()
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name") == "talk_about":
            break
    page.keyboard.type("The call with my brother")
    press_to("Send")
    page.get_by_role("heading", name="Sent", exact=True).wait_for()
    check_in = CheckIn.objects.select_related("episode").get(pk=check_in.pk)
    assert (check_in.is_finished, check_in.talk_about) == (True, "The call with my brother")


@pytest.mark.parametrize("script", [True, False])
def test_whom_to_call_stands_first_the_moment_item_9_is_chosen(open_page, episode, login, script) -> None:
    check_in = only_phq9(episode, login)
    page = open_page(width=390, java_script_enabled=script)
    enter(page, login)
    page.goto(f"/me/check-in/{check_in.pk}/9/")
    page.get_by_role("button", name="More than half the days").click()
    panel = page.locator("[data-call-now]")
    panel.wait_for()
    assert panel.get_by_role("link").count() >= 1
    assert panel.bounding_box()["y"] < 300  # in view, before the question
    if script:
        assert panel.evaluate("panel => panel === document.activeElement")
        check_accessibility(page)
    alert = episode.alerts.get()
    assert (alert.state, alert.shown_to_client_at) == ("open", NOW)
    page.get_by_role("button", name="Not at all").click()
    at_question(page, 10)
    values = [choice["value"] for choice in episode.alerts.get().inputs["choices"]]
    assert values == [2, 0]  # the check-in was never sent, and both choices stay


def test_on_the_page_with_all_questions_whom_to_call_takes_the_focus(open_page, episode, login) -> None:
    check_in = only_phq9(episode, login)
    page = open_page(width=390)
    enter(page, login)
    page.goto(f"/me/check-in/{check_in.pk}/")
    page.locator("fieldset").nth(8).get_by_label("Nearly every day").check()
    panel = page.locator("[data-call-now]")
    panel.wait_for()
    assert panel.evaluate("panel => panel === document.activeElement")
    check_accessibility(page)
    assert episode.alerts.get().severity == "critical"


def test_without_script_one_press_answers_and_nothing_is_lost_on_the_way_back(
    open_page, episode, login
) -> None:
    check_in = only_phq9(episode, login)
    page = open_page(width=320, java_script_enabled=False)
    enter(page, login)
    page.goto("/me/check-in/")
    page.get_by_role("button", name="one question at a time").click()
    page.get_by_role("button", name="Several days").click()
    at_question(page, 2)
    page.get_by_role("link", name="Back").click()
    assert page.locator(".answer-button[aria-pressed=true]").inner_text() == "Several days"
    page.get_by_role("link", name="Go on").click()
    page.get_by_role("button", name="I would rather not answer").click()
    at_question(page, 3)
    page.goto(f"/me/check-in/{check_in.pk}/12/")
    page.get_by_label("What would you like to talk about?").fill("Sunday")
    page.get_by_role("button", name="Back").click()
    page.goto(f"/me/check-in/{check_in.pk}/12/")
    assert page.get_by_label("What would you like to talk about?").input_value() == "Sunday"
    page.get_by_role("button", name="Send").click()
    page.get_by_role("heading", name="You left 7 questions open").wait_for()
    page.get_by_role("button", name="Send it as it is").click()
    page.get_by_role("heading", name="Sent", exact=True).wait_for()
    assert [alert.rule for alert in episode.alerts.all()] == ["DR-01-ASK"]  # item 9 was passed over


def test_a_lost_connection_is_told_and_the_answer_sent_again(open_page, episode, login) -> None:
    check_in = only_phq9(episode, login)
    page = open_page(width=390, expected=LOST)
    enter(page, login)
    page.goto(f"/me/check-in/{check_in.pk}/1/")
    page.wait_for_load_state("networkidle")
    page.context.set_offline(True)
    page.get_by_role("button", name="Several days").click()
    page.get_by_text("This answer is not kept yet").wait_for()
    assert not AnswerEvent.objects.filter(check_in=check_in).exists()
    page.context.set_offline(False)
    page.get_by_role("button", name="Try again").click()
    at_question(page, 2)
    assert AnswerEvent.objects.get(check_in=check_in).value == 1
    assert page.locator(".not-kept").count() == 0


def test_an_answer_outlives_a_sign_in_that_ran_out(open_page, episode, login) -> None:
    check_in = only_phq9(episode, login)
    page = open_page(width=390, expected=LOST)
    enter(page, login)
    page.goto(f"/me/check-in/{check_in.pk}/4/")
    started(page)
    page.wait_for_load_state("networkidle")
    page.context.clear_cookies(name="openipt_me")
    page.get_by_role("button", name="Nearly every day").click()
    page.get_by_label("Login name").fill(login.username)
    page.get_by_label("Password").fill(make.PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name="Continue").click()
    at_question(page, 5)
    assert AnswerEvent.objects.get(check_in=check_in).value == 3


def test_a_double_tap_answers_one_question(open_page, episode, login) -> None:
    check_in = only_phq9(episode, login)
    page = open_page(width=390)
    enter(page, login)
    page.goto(f"/me/check-in/{check_in.pk}/1/")
    page.get_by_role("button", name="Several days").dblclick(delay=20)
    at_question(page, 2)
    page.wait_for_load_state("networkidle")
    assert AnswerEvent.objects.filter(check_in=check_in).count() == 1


def test_a_second_tab_takes_nothing_away(open_page, episode, login) -> None:
    check_in = only_phq9(episode, login)
    page = open_page(width=390)
    enter(page, login)
    page.goto(f"/me/check-in/{check_in.pk}/12/")
    second = page.context.new_page()
    second.goto(f"/me/check-in/{check_in.pk}/12/")
    page.get_by_label("What would you like to talk about?").fill("My brother")
    page.get_by_text(re.compile("^Saved")).wait_for()
    second.get_by_role("button", name="Send").click()
    second.get_by_role("button", name="Send it as it is").click()
    second.get_by_role("heading", name="Sent", exact=True).wait_for()
    check_in = CheckIn.objects.select_related("episode").get(pk=check_in.pk)
    assert check_in.talk_about == "My brother"
    page.get_by_role("button", name="Send").click()
    page.get_by_role("heading", name="Sent", exact=True).wait_for()  # sent once, told twice


def test_words_that_came_too_late_are_offered_for_another_check_in(open_page, episode, login) -> None:
    check_in = only_phq9(episode, login)
    page = open_page(width=390, java_script_enabled=False)
    enter(page, login)
    page.goto(f"/me/check-in/{check_in.pk}/12/")
    page.get_by_label("What would you like to talk about?").fill("My brother")
    checkins.finish_checkin(check_in=check_in, by=login, at=NOW)
    page.get_by_role("button", name="Send").click()
    page.get_by_role("heading", name="Your check-in was sent before").wait_for()
    page.get_by_role("button", name="Go on with these words").click()
    page.wait_for_url("**/check-in/*/*/")
    another = CheckIn.objects.select_related("episode").exclude(pk=check_in.pk).get()
    assert another.talk_about == "My brother"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_every_page_of_a_client_passes_the_scan(open_page, episode, login, width, scheme) -> None:
    make.entry(episode, "rec_safety_plan", {"my_signs": ["I stop answering"]})
    checkins.enter_answers(
        episode=episode, answers={"ms_phq9": [1] * 8 + [0]}, by=episode.therapist, at=make.at_day(1)
    )
    page = open_page(width=width, color_scheme=scheme)
    enter(page, login)
    pages = (
        "/me/", "/me/check-in/", "/me/line/", "/me/journal/", "/me/journal/new/", "/me/practice/",
        "/me/practice/new/rec_emotion_log/", "/me/learn/", "/me/learn/p_12/", "/me/plan/", "/me/rights/",
    )  # fmt: skip
    for address in pages:
        page.goto(address)
        assert page.get_by_role("link", name="Help now").first.is_visible()
        assert page.get_by_role("button", name="Leave quickly").is_visible()
        check_accessibility(page)
        small = page.evaluate(SMALL_TARGETS)
        assert small == [], address


# Everything to tap is 44 px high or more; links within a sentence are let be (WCAG 2.5.8).
SMALL_TARGETS = """() => [...document.querySelectorAll('main a, main button, main summary, main select, main label:has(input[type=radio]), header a, header button, nav a')]
  .filter((one) => one.checkVisibility() && getComputedStyle(one).display !== 'inline' && !one.closest('.record-form__default, .visually-hidden') && !one.classList.contains('record-form__default'))
  .filter((one) => one.getBoundingClientRect().height < 43.5)
  .map((one) => one.outerHTML.slice(0, 120))"""
