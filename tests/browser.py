"""The browser that journeys drive: the machine's own, never one fetched for the purpose."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

QUIET = ("--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync")
# A frame of its own for every page opened costs a seventh of each page. This list replaces playwright's, so what
# keeps the browser from asking outside is named again.
WITHOUT = (
    "RenderDocument", "PaintHolding", "MediaRouter", "OptimizationHints", "NetworkTimeServiceQuerying",
    "HttpsUpgrades", "DestroyProfileOnBrowserClose", "PreconnectToSearch", "AvoidUnnecessaryBeforeUnloadCheckSync",
)  # fmt: skip
# The shell is the same engine without windows and extensions: a third less work for each page.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")


def browser_path() -> str:
    """The program to start: OPENIPT_BROWSER, else the first found. Skips where there is none."""
    for name in (os.environ.get("OPENIPT_BROWSER") or NAMES[0], *NAMES):
        found = shutil.which(name)
        if found:
            return found
    pytest.skip("no browser is installed (Debian: apt-get install chromium-headless-shell)")


def browser_arguments() -> list[str]:
    """What the browser needs to run as root and in a small shared memory, and not to busy itself with more."""
    without = f"--disable-features={','.join(WITHOUT)}"
    return ["--disable-dev-shm-usage", without, *QUIET, *(["--no-sandbox"] if os.geteuid() == 0 else [])]


@contextmanager
def launched() -> Iterator[Any]:
    """The browser, started; closed again at the end. Tests take it from the fixture `chromium`."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path(), args=browser_arguments())
        yield browser
        browser.close()


PATIENCE = 30_000  # milliseconds until a page that does not come is a fault; nothing waits for it otherwise
BUSY = ".htmx-request, .htmx-swapping, .htmx-settling, .htmx-added"


def started(page: Any) -> None:
    """Waits until the page's own script has started, on what came in later too: a key would go to nobody."""
    page.locator(f"html[data-started]:not(:has({BUSY}))").wait_for(state="attached")


def until(page: Any, holds: str | Callable[[], object]) -> None:
    """Waits until the page says yes, or something beside it. (Its policy forbids what wait_for_function does.)"""
    for _ in range(PATIENCE // 50):
        if page.evaluate(holds) if isinstance(holds, str) else holds():
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"never came true: {holds}")


@contextmanager
def ready_to_keep(page: Any) -> Iterator[None]:
    """What is done inside opens a page; afterwards it has the key with which it keeps half-typed words."""
    with page.expect_response("**/drafts/key/"):
        yield
    started(page)


def violations(page: Any) -> list[tuple[str, list[str]]]:
    """What the scan finds: each rule with the beginnings of what offends it."""
    # Without `preload` the scan brings no style of its own into the page, which our policy would refuse.
    from axe_playwright_python import sync_playwright as axe

    page.wait_for_load_state()  # a link just followed may have brought the new page without a line of it yet
    found = (
        axe.Axe().run(page, options={"preload": False, "resultTypes": ["violations"]}).response["violations"]
    )
    return [(fault["id"], [node["html"][:120] for node in fault["nodes"]]) for fault in found]
