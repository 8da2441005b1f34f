"""Formulation pages in a browser: two who rate apart, a talk looked at line by line, a contract put down."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect
from tests import factories as make
from tests.browser import started
from tests.journeys.conftest import check_accessibility, sign_in

from openipt.records.models import Entry, Episode, Session, User
from openipt.web import clock

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

TURNS = [
    {"order": 1, "speaker": "client", "said": "Someone should look at it.", "client_felt": "afraid"},
    {"order": 2, "speaker": "other", "said": "So that is my job too.", "client_felt": "attacked"},
]


@pytest.fixture(autouse=True)
def at_a_set_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: make.at_day(1))


@pytest.fixture
def episode() -> Episode:
    return make.active_episode(make.therapist("Maren Solberg"))[0]


def opened(open_page: Any, who: User, address: str, **more: Any) -> Any:
    page = open_page(**more)
    sign_in(page, who.username, make.PASSWORD)
    page.goto(address)
    started(page)
    return page


def rate(page: Any, area: str, link: str) -> None:
    card = page.locator(".card", has=page.get_by_role("heading", name=area, exact=True))
    card.get_by_label("Yes").check()
    card.get_by_label("Link in time to the onset").select_option(label=link)
    card.get_by_label("What speaks for it").fill("The quarrels began in spring.")
    page.get_by_role("button", name="Keep the ratings").click()


def test_therapist_and_supervisor_rate_apart_and_see_how_far_they_agree(open_page, episode) -> None:
    supervisor = make.supervised(episode.therapist)
    address = f"/episodes/{episode.pk}/formulation/"
    desk = opened(open_page, episode.therapist, f"{address}areas/")
    rate(desk, "Role dispute", "Within a year before onset")
    desk.get_by_role("heading", name="Problem areas").wait_for()
    other = opened(open_page, supervisor, f"{address}areas/", width=390, color_scheme="dark")
    assert "The quarrels began" not in other.content()  # each rates apart
    rate(other, "Role dispute", "Within three months before onset")
    expect(other.locator("#areas")).to_contain_text("Therapist")
    other.goto("/supervision/?agreement=1#agreement")
    expect(other.locator("#agreement")).to_contain_text("rated alike by supervisor and therapist")
    check_accessibility(other)


def test_ways_of_speaking_are_marked_in_a_talk(open_page, episode) -> None:
    values = {"turns": TURNS, "place": "kitchen"}
    talk = make.entry(episode, "rec_communication_analysis", values)
    page = opened(open_page, episode.therapist, f"/episodes/{episode.pk}/worksheets/talk/{talk.pk}/work/")
    page.get_by_role("radio", name="Someone should look at it").check()
    page.get_by_label("Unnecessarily indirect words: the client").select_option("dominant")
    page.get_by_role("button", name="Keep the talk").press("Enter")
    page.wait_for_url(f"**/talk/{talk.pk}/")
    expect(page.locator("main")).to_contain_text("Unnecessarily indirect words")
    check_accessibility(page)
    kept = Entry.objects.select_related("episode").get(pk=talk.pk).payload
    assert kept["break_point"] == 1
    assert kept["styles_client"] == [{"id": "cs_indirect_verbal", "rating": 2}]


def test_a_contract_is_worked_out_agreed_and_put_down(open_page, episode) -> None:
    page = opened(open_page, episode.therapist, f"/episodes/{episode.pk}/formulation/contract/", width=390)
    page.get_by_label("Role transition").check()
    for name, typed in (("goals-1-text", "a day with a shape"), ("sessions_planned", "14")):
        page.locator(f"[name='{name}']").fill(typed)
    page.locator("[name='first_date']").fill("2026-01-05")
    page.get_by_role("button", name="Work out and look again").click()
    expect(page.locator("main")).to_contain_text("6 April 2026")
    check_accessibility(page)
    page.get_by_label("Plan a session on each of these days").check()
    page.get_by_label("Time", exact=True).fill("14:30")
    page.get_by_role("button", name="It is agreed").click()
    expect(page.locator("main")).to_contain_text("a day with a shape")
    assert Session.objects.filter(episode=episode, planned_at__isnull=False).count() >= 13
