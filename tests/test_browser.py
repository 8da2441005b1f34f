"""The journeys' browser starts, and opens a page, with nothing fetched from elsewhere."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.mark.journey
def test_the_browser_opens_a_page(chromium: Any) -> None:
    page = chromium.new_page()
    page.set_content("<title>Today</title><h1>Today</h1>")
    assert page.title() == "Today"
    page.close()
