"""Walks the tutorial in a browser, word by word, and takes its pictures on the way: make docs-pictures.

Lays a demo in a home of its own, on a Monday morning whose clock stands, so that the same demo gives the same pictures.
What the tutorial tells to press is found by the words it is called by; a word that is not there ends the walk.
"""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.browser import launched, ready_to_keep, started
from tests.journeys.conftest import sign_in
from tests.journeys.served import Served

IMAGES = Path(__file__).resolve().parents[2] / "docs" / "images"
MORNING = datetime(2026, 3, 16, 9, 20, tzinfo=UTC)
PASSWORD = "paper-lantern"
DESK = {"viewport": {"width": 1280, "height": 800}, "device_scale_factor": 0.75}
READING = 350  # milliseconds; a second tap sooner than this is the other half of a double tap
PHONE = {"viewport": {"width": 390, "height": 780}, "has_touch": True, "is_mobile": True}


class Walk:
    """A person with the tutorial in hand."""

    def __init__(self, browser: Any, address: str) -> None:
        self._browser, self._address = browser, address

    def sit_down(self, username: str, *, client: bool = False, window: dict[str, Any]) -> Any:
        context = self._browser.new_context(base_url=self._address, reduced_motion="reduce", **window)
        page = context.new_page()
        sign_in(page, username, PASSWORD, client=client)
        started(page)
        return page


def keep(page: Any, name: str) -> None:
    """The picture, without the caret and without what the pointer or the focus happens to light up."""
    page.mouse.move(0, 0)
    page.screenshot(path=IMAGES / f"{name}.png", caret="hide", animations="disabled")


def go(page: Any, role: str, name: str) -> None:
    """Press a link or a button of exactly that name, and wait for the page it opens."""
    page.get_by_role(role, name=name, exact=True).first.click()
    page.wait_for_load_state("networkidle")
    started(page)


def today(desk: Any) -> None:
    desk.get_by_role("heading", name="My sessions").wait_for()
    keep(desk, "today")


def take_somebody_on(desk: Any) -> None:
    go(desk, "link", "Clients")
    go(desk, "link", "Take on a client")
    desk.get_by_label("Name", exact=True).fill("Ada Example")
    go(desk, "button", "Take on")
    desk.get_by_text("The client is taken on.").wait_for()
    go(desk, "link", "People")
    desk.get_by_label("What the client calls them").fill("Mara")
    desk.get_by_role("textbox", name="Relation").fill("sister")
    desk.get_by_text("Inner ring", exact=True).first.click()
    go(desk, "button", "Add")
    go(desk, "link", "Draw the circle")
    desk.locator(".circle-drawing:visible .circle-person").first.focus()
    desk.keyboard.press("2")
    desk.get_by_text("Mara moved further out, to the middle ring.").first.wait_for(state="attached")


def look_at_a_course(desk: Any) -> None:
    go(desk, "link", "Today")
    go(desk, "link", "Pavel Orsen")
    for room in ("Overview", "People", "Timeline", "Formulation"):
        go(desk, "link", room)
        if room == "People":
            desk.get_by_role("link", name="Draw the circle").scroll_into_view_if_needed()
            desk.evaluate("scrollBy(0, 222)")
            keep(desk, "circle")


def hold_a_session(desk: Any) -> None:
    go(desk, "link", "Today")
    with ready_to_keep(desk):
        desk.get_by_role("button", name="Begin").first.click()
    desk.get_by_role("button", name="Done", exact=True).click()
    desk.locator("fieldset", has_text="Thoughts of being dead").get_by_text("No", exact=True).first.click()
    desk.get_by_text("Green: no sign of risk").click()
    desk.get_by_label("How things have been since the last meeting").fill(
        "A good week, and afraid of Monday."
    )
    desk.get_by_label("How the two belong together").fill("Lighter after the call with Emil.")
    desk.get_by_role("button", name="Work on it today : Find and practise new skills").click()
    desk.get_by_label("The step").fill("Say yes to the two mornings")
    desk.keyboard.press("Tab")
    desk.get_by_role("button", name="Said:").click()
    desk.get_by_text("Said aloud: 8 after today.").wait_for()
    desk.evaluate("scrollTo(0, 0)")
    keep(desk, "session-room")
    desk.get_by_label("In your own words").fill("He came in smiling. The fear is of being the new one.")
    desk.get_by_role("button", name="Sign session 8").click()
    desk.get_by_text("Signed by").first.wait_for()


def answer_a_check_in(walk: Walk) -> None:
    phone = walk.sit_down("u-alder", client=True, window=PHONE)
    phone.locator("[data-next]").tap()
    phone.get_by_role("button", name="one question at a time").tap()
    count = phone.locator(".check-in-count")
    count.wait_for()
    total = int(count.inner_text().rsplit(" ", 1)[1])
    for number in range(1, total + 1):
        phone.get_by_text(f"Question {number} of {total}").wait_for()
        if number == 2:
            keep(phone, "check-in")
        phone.wait_for_timeout(READING)
        phone.locator("button[name=value]").nth(0 if number == 9 else 1).tap()
    phone.get_by_role("button", name="Send").tap()
    phone.get_by_role("heading", name="Sent", exact=True).wait_for()

    other = walk.sit_down("u-maple", client=True, window=PHONE)
    other.get_by_text("Say yes to the two mornings").wait_for()
    other.get_by_text("How did it go?").first.wait_for()


def see_why_a_course_is_not_on_track(desk: Any) -> None:
    go(desk, "link", "Today")
    desk.get_by_role("link", name="See why, and decide").first.click()
    desk.get_by_role("heading", name="Not on track", exact=True).wait_for()
    desk.get_by_role("heading", name="Not on track at week 4").evaluate(
        "heading => scrollBy(0, heading.getBoundingClientRect().top - 150)"
    )
    keep(desk, "not-on-track")


def take_on_the_alert(desk: Any) -> None:
    go(desk, "link", "Today")
    desk.get_by_role("link", name="Work it through").first.click()
    desk.get_by_role("button", name="I take this on").click()
    desk.get_by_text("Spoken with the client", exact=True).first.wait_for()
    keep(desk, "alert")


def look_from_beside(walk: Walk) -> None:
    beside = walk.sit_down("ruth.okafor", window=DESK)
    beside.get_by_role("heading", name="Who wants a look, and why").wait_for()
    lead = walk.sit_down("lena.marsh", window=DESK)
    lead.get_by_role("heading").first.wait_for()


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, launched() as browser:
        served = Served(Path(folder) / "home", MORNING)
        served.command("demo", "load")
        served.start()
        try:
            walk = Walk(browser, served.address)
            desk = walk.sit_down("mira.hale", window=DESK)
            today(desk)
            take_somebody_on(desk)
            look_at_a_course(desk)
            hold_a_session(desk)
            answer_a_check_in(walk)
            see_why_a_course_is_not_on_track(desk)
            take_on_the_alert(desk)
            look_from_beside(walk)
        finally:
            served.stop()


if __name__ == "__main__":
    main()
