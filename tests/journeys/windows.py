"""The two windows a case is typed in: the therapist's at a desk, the client's on a phone."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from tests.browser import PATIENCE, started
from tests.journeys.form_typist import CannotBeTyped
from tests.journeys.served import Served

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}
MAY_ASK_FOR_REASON = ("/formulation/contract/", "/formulation/write/")


class Windows:
    """Opens pages, sends forms, and hears what the browsers complain of."""

    def __init__(self, served: Served, browser: Any) -> None:
        self.served = served
        self.complaints: list[str] = []
        self.desk = self._window(browser, DESK)
        self.phone = self._window(browser, PHONE, has_touch=True, is_mobile=True)
        self.episode = ""  # address of the episode, "/episodes/<id>/"
        self.at = ""  # address of the page the therapist looks at, as long as it was not left

    def _window(self, browser: Any, viewport: dict[str, int], **more: Any) -> Any:
        context = browser.new_context(
            base_url=self.served.address, viewport=viewport, reduced_motion="reduce", **more
        )
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        page.on("pageerror", lambda error: self.complaints.append(f"{page.url}: {error}"))
        page.on("console", lambda line: self._heard(page.url, line))
        return page

    def _heard(self, address: str, line: Any) -> None:
        """What the browser complains of, but for a form that asked for a reason first."""
        if line.type == "error" and not ("422" in line.text and address.endswith(MAY_ASK_FOR_REASON)):
            self.complaints.append(f"{address}: {line.text}")

    def close(self) -> None:
        for page in (self.desk, self.phone):
            page.context.close()

    def picture(self, folder: Path) -> None:
        """What both saw when something could not be typed."""
        for name, page in (("desk", self.desk), ("phone", self.phone)):
            page.screenshot(path=folder / f"{name}.png", full_page=True)
            print(f"{name} at {page.url}: {folder / name}.png")

    def open(self, page: Any, address: str) -> None:
        """Open a page and wait until its script listens: nobody types within the first hundredth of a second."""
        page.goto(address, wait_until="domcontentloaded")
        started(page)
        self.at = address if page is self.desk else self.at

    def arrive(self, page: Any, address: str | re.Pattern[str]) -> None:
        """A link was followed: its page is there and listens."""
        page.wait_for_url(address, wait_until="domcontentloaded")
        started(page)

    def send(self, page: Any, button: Any) -> None:
        """Press a button that sends its form. It was taken when the answer leads on; else the page says why not."""
        before = page.url
        self.at = "" if page is self.desk else self.at
        with page.expect_navigation(wait_until="commit") as arrived:
            button.click(no_wait_after=True)
        if arrived.value.request.redirected_from is None:
            wrong = page.locator("[data-error-summary], [role=alert].message, .note-stop").first
            wrong.wait_for()
            raise CannotBeTyped(f"{before} refused: {wrong.inner_text()}")

    def open_around(self, target: Any) -> None:
        """Unfold what hides it."""
        for _ in range(4):
            if target.is_visible():
                return
            closed = target.locator("xpath=ancestor::details[not(@open)]").first
            closed.locator("xpath=./summary").click()
        raise CannotBeTyped("it stays hidden")
