"""Somebody asks on a phone without script; who takes enquiries hands them over; the therapist sees them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from tests import factories as make
from tests.journeys.conftest import check_accessibility, sign_in

from openipt.records.models import Enquiry, Episode
from openipt.web import clock

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

Opens = Callable[..., Any]


@pytest.fixture
def passes(monkeypatch: pytest.MonkeyPatch) -> Callable[[timedelta], None]:
    """The service's clock goes on when the journey says so."""
    moment = [make.at_day(0, 1)]
    monkeypatch.setattr(clock, "now", lambda: moment[0])

    def go(time: timedelta) -> None:
        moment[0] += time

    return go


def test_asked_on_a_phone_without_script_handed_over_and_seen(
    open_page: Opens, passes: Callable[[timedelta], None]
) -> None:
    taker, therapist = make.therapist("Ada Taker"), make.therapist("Olu Other")
    page = open_page(width=320, java_script_enabled=False)
    page.goto("/me/login/")
    page.get_by_role("link", name="How to ask for it").click()
    passes(timedelta(minutes=2))
    danger = page.get_by_label("Somebody may be hurt soon", exact=False)
    assert not page.locator(".asking-call").is_visible()
    danger.check()
    page.locator(".asking-call").get_by_text("01632 960999").wait_for()
    danger.uncheck()
    page.get_by_label("For me").check()
    page.get_by_label("What may we call you?").fill("Ana")
    page.get_by_label("Phone").fill("01632 960100")
    page.get_by_label("What brings you?", exact=False).fill("I am alone since we moved.")
    page.get_by_label("You may get in touch", exact=False).check()
    page.get_by_role("button", name="Send").click()
    page.get_by_role("heading", name="It has arrived").wait_for()
    assert page.title() == "Sent · My notes" and "alone" not in page.content()
    page.get_by_role("button", name="Leave quickly").click()
    page.get_by_role("heading", name="Kitchen measures").wait_for()

    passes(timedelta(days=5))
    page = open_page()
    sign_in(page, taker.username, make.PASSWORD)
    page.get_by_role("link", name="Go to the enquiries", exact=False).click()
    check_accessibility(page)
    page.get_by_role("link", name="Ana", exact=True).click()
    check_accessibility(page)
    page.get_by_label("By phone", exact=True).check()
    page.get_by_label("Reached", exact=True).check()
    page.get_by_role("button", name="Keep the try").click()
    page.get_by_text("The try is kept.").wait_for()
    page.get_by_label("Therapist", exact=True).select_option(label="Olu Other")
    page.get_by_role("button", name="Hand over").click()
    page.get_by_text("Nobody waits").wait_for()
    assert Enquiry.objects.get().episode == Episode.objects.get()

    page = open_page(width=390)
    sign_in(page, therapist.username, make.PASSWORD)
    page.get_by_role("link", name="Read the enquiry", exact=False).click()
    page.get_by_text("I am alone since we moved.").wait_for()
    check_accessibility(page)
    page.get_by_role("link", name="Go to the episode").click()
    page.wait_for_url("**/episodes/**")
    page.get_by_text("Ana", exact=True).first.wait_for()
