"""What a page asks of the database, and what a browser loads for it. No clock: benchmarks/pages.py has one."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from typing import Any

import pytest
from benchmarks.pages import BAR_BYTES, files_of
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests import factories as make
from tests.web.rooms_world import browser_of, set_clock

from openipt.records.actions import checkins
from openipt.records.models import AuditEvent, Episode, Role, Session

pytestmark = pytest.mark.django_db(transaction=True)

# The most queries a page may ask once the course is known; three of each are the audited read.
OF_EPISODE = {
    "": 20,
    "line/": 22,
    "progress/": 22,
    "people/": 20,
    "people/circle/": 20,
    "people/circles/": 20,
    "people/circles/compare/": 20,
    "timeline/": 20,
    "timeline/together/": 16,
    "formulation/": 20,
    "measures/": 18,
    "safety/": 22,
    "sessions/": 16,
    "rules/": 20,
}
SESSION_ROOM = 28
OF_STAFF = {"/today/": 24, "/clients/": 18, "/intake/": 12}
OF_CLIENT = {
    "/me/asking/": 3,
    "/me/": 18,
    "/me/practice/": 18,
    "/me/check-in/": 16,
    "/me/line/": 16,
    "/me/people/": 20,
    "/me/story/": 20,
}
OF_OTHERS = {Role.SUPERVISOR: ("/supervision/", 28), Role.MANAGER: ("/service/", 34)}


@pytest.fixture
def room(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Episode, Session]]:
    set_clock(monkeypatch, make.at_day())
    yield make.active_episode()


def asked(browser: Client, address: str) -> tuple[list[str], str]:
    """What the page asks of the database the second time, and its HTML."""
    assert browser.get(address).status_code == 200
    with CaptureQueriesContext(connection) as seen:
        answer = browser.get(address)
    return [query["sql"] for query in seen], answer.content.decode()


def test_the_page_of_an_alert_asks_little(room: tuple[Episode, Session]) -> None:
    episode, _ = room
    by_at = {"by": episode.therapist, "at": make.at_day()}
    check_in = checkins.open_checkin(episode=episode, measures=["ms_phq9"], **by_at)
    given = {"check_in": check_in, "measure": "ms_phq9", "item": 9, "value": 2}
    alert = checkins.record_answer(**given, **by_at)
    assert alert is not None
    seen, html = asked(browser_of(episode.therapist), f"/episodes/{episode.pk}/alerts/{alert.pk}/")
    assert len(seen) <= 28, (len(seen), seen)
    assert first_load(html) <= BAR_BYTES


def test_rooms_of_an_episode_ask_little_and_load_little(room: tuple[Episode, Session]) -> None:
    episode, session = room
    browser = browser_of(episode.therapist)
    limits = {f"/episodes/{episode.pk}/{tail}": most for tail, most in OF_EPISODE.items()} | OF_STAFF
    limits[f"/episodes/{episode.pk}/sessions/{session.pk}/"] = SESSION_ROOM
    for address, most in limits.items():
        seen, html = asked(browser, address)
        assert len(seen) <= most, (address, len(seen), seen)
        assert first_load(html) <= BAR_BYTES, address


def test_the_clients_pages_ask_little_and_load_little(room: tuple[Episode, Session]) -> None:
    browser = browser_of(make.client_login(room[0]))
    for address, most in OF_CLIENT.items():
        seen, html = asked(browser, address)
        assert len(seen) <= most, (address, len(seen), seen)
        assert first_load(html) <= BAR_BYTES, address


@pytest.mark.parametrize("role", OF_OTHERS)
def test_pages_over_many_episodes_ask_little(room: tuple[Episode, Session], role: Role) -> None:
    address, most = OF_OTHERS[role]
    user = make.supervised(room[0].therapist) if role == Role.SUPERVISOR else make.staff(role)
    seen, html = asked(browser_of(user), address)
    assert len(seen) <= most, (address, len(seen), seen)
    assert first_load(html) <= BAR_BYTES


def test_every_page_still_leaves_its_audited_read(room: tuple[Episode, Session]) -> None:
    """However little a page asks: that it was read is written before it is sent."""
    episode, _ = room
    browser = browser_of(episode.therapist)
    for tail in OF_EPISODE:
        before = AuditEvent.objects.filter(chain=str(episode.pk), act="episode-read").count()
        assert browser.get(f"/episodes/{episode.pk}/{tail}").status_code == 200
        after = AuditEvent.objects.filter(chain=str(episode.pk), act="episode-read").count()
        assert after == before + 1, tail


def test_a_page_is_never_older_than_the_last_write(room: tuple[Episode, Session]) -> None:
    """What is kept of a course between two requests goes with the next write."""
    episode, _ = room
    browser = browser_of(episode.therapist)
    address = f"/episodes/{episode.pk}/"
    assert "Orange, set" not in browser.get(address).content.decode()
    make.assessed(episode, "orange")
    assert "Orange, set" in browser.get(address).content.decode()


def test_a_list_is_never_older_than_the_last_write(room: tuple[Episode, Session]) -> None:
    browser = browser_of(room[0].therapist)
    assert "session 1 of" in browser.get("/clients/").content.decode()
    make.signed(make.written(room[1]))
    make.session(room[0])
    assert "session 2 of" in browser.get("/clients/").content.decode()


def test_all_forms_of_a_page_carry_one_token(room: tuple[Episode, Session]) -> None:
    episode, session = room
    html = (
        browser_of(episode.therapist).get(f"/episodes/{episode.pk}/sessions/{session.pk}/").content.decode()
    )
    fields = [part.split(">")[0] for part in html.split('name="csrfmiddlewaretoken"')[1:]]
    assert len(fields) > 10
    assert len(set(fields)) == 1


def test_techniques_that_do_not_stand_to_hand_come_when_asked_for(room: tuple[Episode, Session]) -> None:
    """By a script into their place; without one by the link that stands there."""
    episode, session = room
    browser = browser_of(episode.therapist)
    address = f"/episodes/{episode.pk}/sessions/{session.pk}/"
    closed, shown = browser.get(address), browser.get(f"{address}?techniques=all")
    fragment: Any = browser.get(f"{address}guide/?techniques=all", headers={"HX-Request": "true"})
    assert f"{address}?techniques=all" in closed.content.decode()
    for code in techniques():
        mark = f'id="technique-{code}"'
        assert mark in shown.content.decode()
        assert (mark in closed.content.decode()) != (mark in fragment.content.decode())


def techniques() -> list[str]:
    from openipt import library

    return list(library.manual("ipt_acute").techniques)


def first_load(html: str) -> int:
    """Bytes over the wire for somebody who comes the first time, compressed."""
    return sum(len(gzip.compress(part)) for part in (html.encode(), *files_of(html)))
