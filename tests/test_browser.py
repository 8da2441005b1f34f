"""The journeys' browser starts, and opens a page, with nothing fetched from elsewhere."""

from __future__ import annotations

import pytest
from playwright.sync_api import sync_playwright

from tests.browser import browser_arguments, browser_path


@pytest.mark.journey
def test_the_browser_opens_a_page() -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path(), args=browser_arguments())
        page = browser.new_page()
        page.set_content("<title>Today</title><h1>Today</h1>")
        assert page.title() == "Today"
        browser.close()
