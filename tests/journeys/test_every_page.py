"""Every page that a role may open, in a browser at 320 px and wide: accessible, nothing cut off, no complaint.

The house of `tests/web/house.py` holds a record of every type, so no page is empty.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from tests import factories as make
from tests.browser import violations
from tests.web import house as houses
from tests.web.routes import every_route, path_of

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

ROLES = ("therapist", "cover", "supervisor", "manager", "administrator", "client")
WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 320, "height": 640}
PUBLIC = ("/login/", "/me/login/", "/help-now/", "/kitchen/", "/style/", "/me/asking/", "/me/asking/sent/")


def pages_of(house: houses.House, person: str) -> list[str]:
    """The addresses at which this person is shown a whole page."""
    browser = house.browser(person, raise_request_exception=False)
    found = [path_of(route, house, house.own) for route in every_route()]
    return [path for path in dict.fromkeys(found) if _is_page(browser, path)]


def _is_page(browser: Client, path: str) -> bool:
    answer = browser.get(path)
    return (
        answer.status_code == 200
        and answer.headers.get("Content-Type", "").startswith("text/html")
        and b"<main" in answer.content
    )


def as_person(open_page: Callable[..., Any], house: houses.House, person: str, **more: Any) -> Any:
    page = open_page(**more)
    name = "openipt_me" if person == "client" else settings.SESSION_COOKIE_NAME
    where = {"domain": "localhost", "path": "/me/" if person == "client" else "/"}
    page.context.add_cookies([{"name": name, "value": house.sign_ins[person], **where}])
    return page


def test_every_page_of_every_role_passes_the_scan_and_fits(
    open_page: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    house = houses.built(monkeypatch)
    paths = {person: pages_of(house, person) for person in ROLES}
    faults = []
    for person, own in paths.items():
        assert len(own) >= {"therapist": 50, "client": 10}.get(person, 3)
        page = as_person(open_page, house, person, color_scheme="dark")
        # Cover and supervisor are shown the therapist's pages with less on them: scanned there, measured here.
        scanned = set(paths["therapist"]) if person in ("cover", "supervisor") else set()
        faults += [
            f"{person}: {fault}" for path in own for fault in faults_of(page, path, scan=path not in scanned)
        ]
        page.close()
    assert faults == []


def faults_of(page: Any, path: str, *, scan: bool = True) -> list[str]:
    """What the scan finds on this page, wide and in the dark; and whether anything is cut off at 320 px."""
    page.set_viewport_size(WIDE)
    page.goto(path)
    found = [f"{path}: {fault}" for fault in violations(page)] if scan else []
    page.set_viewport_size(NARROW)
    too_wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return [*found, *([f"{path}: {too_wide} px are cut off at 320"] if too_wide > 0 else [])]


def test_every_page_before_sign_in_passes_the_scan_in_the_dark_too(open_page: Callable[..., Any]) -> None:
    make.therapist()  # somebody who takes enquiries: else there is no form to scan
    for scheme in ("light", "dark"):
        page = open_page(color_scheme=scheme)
        assert [fault for path in PUBLIC for fault in faults_of(page, path)] == []
