"""A supervisor, a service manager and an administrator at their own work, each page scanned on the way."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from tests import factories as make
from tests.journeys.conftest import check_accessibility, sign_in

from openipt.records.actions import checkins
from openipt.records.models import Alert, Entry, Episode, Role, Supervision, User
from openipt.web import clock

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

NOW = make.at_day(7, 1)
Opens = Callable[..., Any]


@pytest.fixture(autouse=True)
def at_a_set_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def episode() -> Episode:
    made, _ = make.active_episode(make.therapist("Maren Solberg"))
    return made


def alerted(episode: Episode) -> Alert:
    login, before = make.client_login(episode), NOW - timedelta(hours=30)
    sitting = checkins.open_checkin(episode=episode, measures=["ms_phq9"], by=login, at=before)
    found = checkins.record_answer(check_in=sitting, measure="ms_phq9", item=9, value=2, by=login, at=before)
    assert found is not None
    return found


def signed_in(open_page: Opens, user: User, **more: Any) -> Any:
    page = open_page(**more)
    sign_in(page, user.username, make.PASSWORD)
    check_accessibility(page)
    return page


def test_a_supervisor_sees_who_wants_a_look_reads_the_episode_and_writes_advice(
    open_page: Opens, episode: Episode
) -> None:
    supervisor = make.supervised(episode.therapist)
    alerted(episode)
    page = signed_in(open_page, supervisor)
    page.get_by_role("link", name="Follow the alert").first.click()
    check_accessibility(page)
    page.goto("/supervision/")
    page.get_by_role("link", name="Rui Tavares", exact=True).click()
    page.get_by_role("link", name="Session", exact=True).click()
    check_accessibility(page)
    page.goto("/supervision/")
    page.get_by_role("link", name="Write advice").last.click()
    check_accessibility(page)
    page.get_by_label("Question").fill("How to ask about what keeps them safe.")
    page.get_by_label("Advice").fill("Ask what has kept them safe until now.")
    page.get_by_role("button", name="Save", exact=False).first.click()
    page.wait_for_url(lambda address: "/new/" not in address)
    assert Entry.objects.filter(record_type="rec_supervision_item", by=supervisor).exists()


def test_a_manager_sees_an_overdue_alert_without_a_word_and_checks_the_audit(
    open_page: Opens, episode: Episode
) -> None:
    alerted(episode)
    page = signed_in(open_page, make.staff(Role.MANAGER))
    text = page.locator("main").inner_text()
    assert "Maren Solberg" in text and "Rui" not in text and "Tavares" not in text
    page.get_by_role("button", name="Check", exact=False).first.click()
    page.get_by_text("none changed, none missing").first.wait_for()
    check_accessibility(page)
    page.goto("/accounts/arrangements/")
    check_accessibility(page)


def test_an_administrator_adds_logins_and_says_who_supervises_whom(
    open_page: Opens, episode: Episode
) -> None:
    make.staff(Role.SUPERVISOR, "Ines Faro")
    page = signed_in(open_page, make.staff(Role.ADMINISTRATOR), expected=("422",))
    page.get_by_role("link", name="Add a login").click()
    page.get_by_label("Name", exact=True).fill("Noor Aziz")
    page.get_by_label("Username").fill("x")
    page.get_by_label("Therapist", exact=False).first.check()
    page.get_by_role("button", name="Add the login").click()
    check_accessibility(page)
    assert page.get_by_label("Name", exact=True).input_value() == "Noor Aziz"
    page.get_by_label("Username").fill("noor.aziz")
    page.get_by_role("button", name="Add the login").click()
    page.get_by_text("noor.aziz").first.wait_for()
    check_accessibility(page)
    page.goto("/accounts/arrangements/")
    begin = page.locator("form[action='/accounts/supervision/start/']")
    begin.get_by_label("Therapist").select_option(label="Noor Aziz")
    ines = begin.locator("select[name=supervisor] option", has_text="Ines Faro").get_attribute("value")
    begin.get_by_label("Supervisor").select_option(value=ines)
    begin.get_by_role("button", name="Begin").click()
    page.get_by_text("Noor Aziz").first.wait_for()
    check_accessibility(page)
    assert Supervision.objects.filter(therapist__username="noor.aziz").exists()
    assert "Rui" not in page.content()
