"""A browser for journeys: it fails on whatever a browser complains of, and scans pages for accessibility.

def test_something(open_page):
    page = open_page(width=390)
    sign_in(page, user, password)
    check_accessibility(page)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import expect
from tests.browser import PATIENCE, violations

expect.set_options(timeout=PATIENCE)

HEIGHTS = {320: 640, 390: 844}


@pytest.fixture
def open_page(chromium: Any, live_server: Any) -> Iterator[Callable[..., Any]]:
    """Opens a page of its own browser window. The test fails on console errors and refused policies.

    `expected`: parts of complaints this journey brings about on purpose, such as a lost connection.
    """
    contexts: list[Any] = []
    complaints: list[str] = []

    def open_one(width: int = 1280, expected: tuple[str, ...] = (), **more: Any) -> Any:
        address = live_server.url.replace("127.0.0.1", "localhost")
        viewport = {"width": width, "height": HEIGHTS.get(width, 900)}
        context = chromium.new_context(base_url=address, viewport=viewport, **more)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)

        def complain(words: str) -> None:
            if not any(part in words for part in expected):
                complaints.append(f"{page.url}: {words}")

        page.on("pageerror", lambda error: complain(str(error)))
        page.on("console", lambda line: complain(line.text) if line.type == "error" else None)
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert complaints == []


def sign_in(page: Any, username: str, password: str, *, client: bool = False) -> None:
    """Through the door, as a person does."""
    page.goto("/me/login/" if client else "/login/")
    page.get_by_label("Login name").fill(username)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda address: "login" not in address)


def check_accessibility(page: Any) -> None:
    """No violation that an automated scan finds, and nothing wider than the window."""
    assert violations(page) == [], page.url
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, page.url
