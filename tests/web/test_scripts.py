"""The small scripts in a real browser: kept text, saving as one types, quick exit, dialog, theme.

The server side of saving belongs to the rooms; here its answers are given by the test.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page, Route, expect
from tests.browser import started, until, violations
from tests.web.signing_in import PASSWORD, a_user

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

PUT_A_FORM = """(html) => {
  const main = document.querySelector("main");
  main.insertAdjacentHTML("afterbegin", html);
  document.dispatchEvent(new CustomEvent("htmx:load", { detail: { elt: main.firstElementChild } }));
}"""
DRAFT = (
    '<form data-draft="note" method="post" action="/theme/"><textarea name="words" id="w"></textarea></form>'
)
AUTOSAVE = (
    '<form><textarea name="words" id="w" data-autosave="/save/" data-version="3"></textarea>'
    '<p data-save-status id="s"></p></form>'
)
KEPT = "Object.entries(localStorage).filter(([name]) => name.startsWith('openipt:draft:'))"


@contextmanager
def page_of(chromium: Browser, live_server, **more: object) -> Iterator[Page]:
    """A page that fails the test on anything the browser complains about."""
    context = chromium.new_context(base_url=live_server.url.replace("127.0.0.1", "localhost"), **more)  # type: ignore[arg-type]
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda line: complaints.append(line.text) if "Security Policy" in line.text else None)
    yield page
    context.close()
    assert complaints == []


def sign_in(page: Page, role: str = "therapist") -> None:
    user = a_user(role)
    page.goto("/me/login/" if role == "client" else "/login/")
    page.get_by_label("Login name").fill(user.username)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda address: "login" not in address)


def kept_becomes(page: Page, count: int) -> None:
    """Wait until so many drafts lie on the device."""
    until(page, f"{KEPT}.length === {count}")


def answer(route: Route, status: int, **body: object) -> None:
    route.fulfill(status=status, content_type="application/json", body=json.dumps(body))


def test_half_typed_text_comes_back_and_lies_on_the_device_as_ciphertext(chromium, live_server) -> None:
    with page_of(chromium, live_server) as page:
        sign_in(page)
        page.goto("/style/")
        page.evaluate(PUT_A_FORM, DRAFT)
        page.locator("#w").fill("She said: wait.")
        kept_becomes(page, 1)
        assert "wait" not in json.dumps(page.evaluate(KEPT))
        page.goto("/style/")
        page.evaluate(PUT_A_FORM, DRAFT)
        expect(page.locator("#w")).to_have_value("She said: wait.")
        expect(page.get_by_text("We brought back what you had typed.")).to_be_visible()
        page.get_by_role("button", name="Clear it").click()
        kept_becomes(page, 0)


def test_what_the_server_has_taken_is_let_go(chromium, live_server) -> None:
    with page_of(chromium, live_server) as page:
        sign_in(page)
        page.goto("/style/")
        page.evaluate(PUT_A_FORM, DRAFT)
        page.locator("#w").fill("sent")
        kept_becomes(page, 1)
        page.context.add_cookies(
            [
                {
                    "name": "openipt_received",
                    "value": "%2Fstyle%2F%23note",
                    "url": live_server.url.replace("127.0.0.1", "localhost"),
                }
            ]
        )
        page.goto("/help-now/")
        kept_becomes(page, 0)
        assert all(cookie["name"] != "openipt_received" for cookie in page.context.cookies())


TWO_FIELDS = (
    '<form data-draft="note" method="post" action="/theme/">'
    '<textarea name="words" id="w"></textarea><textarea name="more" id="m"></textarea></form>'
)


def received(page: Page, live_server, names: str) -> None:
    """What the server sets when it has taken forms."""
    address = live_server.url.replace("127.0.0.1", "localhost")
    page.context.add_cookies([{"name": "openipt_received", "value": names, "url": address}])


def test_a_form_opened_again_right_after_it_was_taken_comes_up_empty(chromium, live_server) -> None:
    with page_of(chromium, live_server) as page:
        sign_in(page)
        page.goto("/style/")
        page.evaluate(PUT_A_FORM, DRAFT)
        page.locator("#w").fill("sent")
        kept_becomes(page, 1)
        received(page, live_server, "%2Fother%2F%23line/%2Fme%2F%23theirs/%2Fstyle%2F%23note")
        page.goto("/style/")
        page.evaluate(PUT_A_FORM, DRAFT)
        kept_becomes(page, 0)
        expect(page.locator("#w")).to_have_value("")
        left = [one["value"] for one in page.context.cookies() if one["name"] == "openipt_received"]
        assert left == ["%2Fme%2F%23theirs"]  # the client's own page lets go of it


def test_what_is_typed_before_the_key_has_come_stands_beside_what_comes_back(chromium, live_server) -> None:
    with page_of(chromium, live_server) as page:
        sign_in(page)
        page.goto("/style/")
        page.evaluate(PUT_A_FORM, TWO_FIELDS)
        page.locator("#w").fill("before the crash")
        kept_becomes(page, 1)
        waiting: list[Route] = []
        page.route("**/drafts/key/", lambda route: waiting.append(route))
        with page.expect_request("**/drafts/key/"):
            page.goto("/style/")
            page.evaluate(PUT_A_FORM, TWO_FIELDS)
        page.locator("#m").fill("after it")
        with page.expect_response("**/drafts/key/"):
            for route in waiting:
                route.continue_()
        expect(page.locator("#w")).to_have_value("before the crash")
        expect(page.locator("#m")).to_have_value("after it")


def test_another_person_cannot_open_what_is_kept(chromium, live_server) -> None:
    with page_of(chromium, live_server) as page:
        sign_in(page)
        page.goto("/style/")
        page.evaluate(PUT_A_FORM, DRAFT)
        page.locator("#w").fill("of the therapist")
        kept_becomes(page, 1)
        page.context.clear_cookies()
        sign_in(page, "supervisor")
        page.goto("/style/")
        with page.expect_response("**/drafts/key/"):
            page.evaluate(PUT_A_FORM, DRAFT)
        page.evaluate("() => new Promise((seen) => requestAnimationFrame(() => setTimeout(seen)))")
        expect(page.locator("#w")).to_have_value("")


def test_a_field_saves_itself_and_says_so(chromium, live_server) -> None:
    with page_of(chromium, live_server) as page:
        sign_in(page)
        page.goto("/style/")
        sent: list[str] = []

        def save(route: Route) -> None:
            sent.append(route.request.post_data or "")
            answer(route, 200, version=4, at="14:03")

        page.route("**/save/", save)
        page.evaluate(PUT_A_FORM, AUTOSAVE)
        page.locator("#w").fill("a first sentence")
        expect(page.locator("#s")).to_have_text("Saved 14:03")
        assert "value=a+first+sentence" in sent[0]
        assert "version=3" in sent[0]
        assert page.locator("#w").get_attribute("data-version") == "4"
        kept_becomes(page, 0)


def test_out_of_reach_of_the_server_nothing_typed_is_lost(chromium, live_server) -> None:
    with page_of(chromium, live_server) as page:
        sign_in(page)
        page.goto("/style/")
        page.route("**/save/", lambda route: route.abort())
        page.evaluate(PUT_A_FORM, AUTOSAVE)
        page.locator("#w").fill("typed on the train")
        expect(page.locator("#s")).to_have_text("Not saved yet. We keep trying.")
        page.goto("/style/")
        page.unroute("**/save/")
        page.route("**/save/", lambda route: answer(route, 200, version=4, at="14:09"))
        page.evaluate(PUT_A_FORM, AUTOSAVE)
        expect(page.locator("#w")).to_have_value("typed on the train")
        expect(page.locator("#s")).to_have_text("Saved 14:09")


def test_somebody_else_saved_first_and_the_text_stays(chromium, live_server) -> None:
    with page_of(chromium, live_server) as page:
        sign_in(page)
        page.goto("/style/")
        words = "Your supervisor saved at 14:01. Your text is kept here."
        page.route("**/save/", lambda route: answer(route, 409, version=5, value="theirs", message=words))
        page.evaluate(PUT_A_FORM, AUTOSAVE)
        page.locator("#w").fill("mine")
        expect(page.locator("#s")).to_have_text(words)
        expect(page.locator("#w")).to_have_value("mine")


def test_leaving_quickly_leaves_no_way_back(chromium, live_server) -> None:
    with page_of(chromium, live_server) as page:
        sign_in(page, "client")
        page.goto("/me/help-now/")
        page.get_by_role("button", name="Leave quickly").click()
        expect(page).to_have_title("Kitchen measures")
        until(page, lambda: "openipt_me" not in [cookie["name"] for cookie in page.context.cookies()])
        page.goto("/me/help-now/")
        started(page)
        for _ in range(3):
            page.keyboard.press("Shift")
        expect(page).to_have_title("Kitchen measures")


def test_a_dialog_takes_the_focus_and_gives_it_back(chromium, live_server) -> None:
    with page_of(chromium, live_server) as page:
        page.goto("/style/")
        started(page)
        opener = page.get_by_role("button", name="Open a dialog")
        opener.focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("dialog", name="Sign this note?")).to_be_visible()
        page.keyboard.press("Escape")
        expect(opener).to_be_focused()


def test_the_theme_changes_at_once_and_stays(chromium, live_server) -> None:
    with page_of(chromium, live_server) as page:
        sign_in(page)
        page.goto("/style/")
        page.locator(".menu-button").click()
        with page.expect_response("**/theme/"):
            page.get_by_role("button", name="Dark", exact=True).click()
        expect(page.locator("html")).to_have_attribute("data-theme", "dark")
        page.reload()
        expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_the_error_summary_leads_to_the_field(chromium, live_server) -> None:
    with page_of(chromium, live_server) as page:
        page.goto("/login/")
        page.get_by_role("button", name="Sign in").click()
        expect(page.locator("[data-error-summary]")).to_be_focused()
        page.get_by_role("link", name="Write your password.").click()
        expect(page.get_by_label("Password")).to_be_focused()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 390, 1280])
def test_no_page_is_wider_than_the_screen(chromium, live_server, width, scheme) -> None:
    with page_of(
        chromium, live_server, viewport={"width": width, "height": 900}, color_scheme=scheme
    ) as page:
        for address in ("/style/", "/login/", "/me/login/", "/help-now/", "/me/help-now/", "/kitchen/"):
            page.goto(address)
            page.wait_for_load_state("networkidle")
            wider = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            assert wider <= 0, address
        sign_in(page, "client")
        page.goto("/me/help-now/")
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def test_automated_scans_find_nothing(chromium, live_server) -> None:
    for scheme in ("light", "dark"):
        context = chromium.new_context(
            base_url=live_server.url, viewport={"width": 390, "height": 900}, color_scheme=scheme
        )
        page = context.new_page()
        for address in ("/style/", "/login/", "/me/login/", "/help-now/", "/me/help-now/", "/kitchen/"):
            page.goto(address)
            assert violations(page) == [], address
        context.close()


def test_a_day_that_is_none_stays_in_its_form_and_is_told_there(chromium, live_server):
    with page_of(chromium, live_server, locale="en-US") as page:
        sign_in(page)
        page.evaluate(
            PUT_A_FORM,
            '<form id="days" method="post" action="/nowhere/" novalidate><div class="field">'
            '<label for="on">Day</label><input type="date" id="on" name="on" aria-describedby="on-help">'
            '<p id="on-help">A day.</p></div><button>Save</button></form>',
        )
        day, save = page.get_by_label("Day"), page.get_by_role("button", name="Save")
        sent = []
        page.route("**/nowhere/", lambda route: (sent.append(route.request.post_data), answer(route, 200)))
        day.focus()
        page.keyboard.type("02312026")
        save.click()
        expect(page.get_by_role("alert")).to_have_text(re.compile("no day of the calendar"))
        expect(day).to_be_focused()
        assert day.get_attribute("aria-describedby") == "on-help on-whole"
        assert sent == []
        save.click()
        assert page.get_by_role("alert").count() == 1
        page.keyboard.press("ArrowLeft")
        day.fill("2026-02-28")
        assert page.get_by_role("alert").count() == 0
        assert day.get_attribute("aria-invalid") is None
        save.click()
        page.wait_for_url("**/nowhere/")
        assert "on=2026-02-28" in sent[0]
