"""The People room: each person once, rings over time, the circle drawn again."""

from __future__ import annotations

import pytest
from tests import factories
from tests.web.rooms_world import browser_of, set_clock, strangers, text_of

from openipt.records.actions import people
from openipt.records.models import Entry, Person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def monday(monkeypatch: pytest.MonkeyPatch) -> None:
    set_clock(monkeypatch, factories.at_day(1))


@pytest.fixture
def episode():
    return factories.active_episode()[0]


def person(of, label: str, relation: str = "", **values) -> str:
    made = people.add_person(
        episode=of, label=label, relation=relation, by=of.therapist, at=factories.at_day()
    )
    if values:
        factories.entry(of, "rec_inventory_person", {"person_id": made.code, "label": label, **values})
    return made.code


def room(episode, tail: str = "", user=None):
    return browser_of(user or episode.therapist).get(f"/episodes/{episode.pk}/people/{tail}")


def test_an_empty_inventory_says_how_to_begin(episode):
    assert "Nobody has been named yet" in text_of(room(episode))


def test_two_fields_add_a_person_and_lead_back(episode):
    browser = browser_of(episode.therapist)
    response = browser.post(
        f"/episodes/{episode.pk}/records/rec_inventory_person/new/",
        {"label": "Inês", "relation": "sister", "next": f"/episodes/{episode.pk}/people/"},
    )
    assert response.status_code == 302
    assert response["Location"] == f"/episodes/{episode.pk}/people/"
    assert Person.objects.filter(episode=episode).count() == 1
    page = text_of(room(episode))
    assert "Inês" in page
    assert "Not placed yet" in page


def test_a_person_rated_twice_stands_once_with_the_latest_and_the_history(episode):
    code = person(episode, "Rosa", "mother", closeness_ring_1_3=3, conflict_0_10=7, change_wanted="a call")
    factories.entry(
        episode,
        "rec_inventory_person",
        {"person_id": code, "closeness_ring_1_3": 1, "conflict_0_10": 2},
        at=factories.at_day(1),
    )
    page = text_of(room(episode))
    assert page.count('<h3 class="person-name">') == 1
    assert "2 of 10" in page
    assert "7 of 10" not in page
    assert "a call" in page
    assert "Outer ring (5 Jan), then inner ring (6 Jan)" in page


def test_what_must_be_seen_at_once_is_a_chip(episode):
    person(
        episode,
        "Vasco",
        alive=False,
        safety_concern=True,
        conflict_0_10=9,
        change_near_onset={"changed": True, "text": "he left"},
    )
    page = text_of(room(episode))
    for words in ("Has died", "Safety concern", "Changed near onset", "he left"):
        assert words in page


def test_the_circle_keeps_moves_and_names_empty_rings(episode, monkeypatch):
    first, second = person(episode, "Rosa", closeness_ring_1_3=2), person(episode, "Bento")
    browser = browser_of(episode.therapist)
    address = f"/episodes/{episode.pk}/people/circle/"
    assert "Rosa" in text_of(browser.get(address))
    assert browser.post(address, {f"ring-{first}": "2", f"ring-{second}": "3"}).status_code == 302
    set_clock(monkeypatch, factories.at_day(8))
    assert browser.post(address, {f"ring-{first}": "1", f"ring-{second}": ""}).status_code == 302
    drawn = [entry.payload for entry in Entry.objects.filter(episode=episode).order_by("order")][-2:]
    assert drawn[0]["empty_rings"] == [1]
    assert drawn[1]["moves_since_last"] == [{"person_id": first, "from": 2, "to": 1}]
    page = text_of(room(episode))
    assert "Rosa moved closer, from the middle ring to the inner ring" in page
    assert "Bento no longer stands on it (was in the outer ring)" in page
    assert "Empty: middle ring, outer ring." in page


def test_a_circle_pressed_twice_is_one(episode):
    code = person(episode, "Rosa")
    browser = browser_of(episode.therapist)
    for _ in range(2):
        browser.post(f"/episodes/{episode.pk}/people/circle/", {f"ring-{code}": "1"})
    assert Entry.objects.filter(episode=episode, record_type="rec_closeness_circle").count() == 1


def test_nobody_placed_and_a_ring_that_is_none_are_said(episode):
    code = person(episode, "Rosa")
    browser = browser_of(episode.therapist)
    address = f"/episodes/{episode.pk}/people/circle/"
    nobody = browser.post(address, {f"ring-{code}": ""})
    assert nobody.status_code == 422
    assert "Place at least one person." in text_of(nobody)
    assert browser.post(address, {f"ring-{code}": "4"}).status_code == 422


def test_a_supervisor_reads_and_does_not_draw(episode):
    person(episode, "Rosa")
    supervisor = factories.supervised(episode.therapist)
    page = text_of(room(episode, user=supervisor))
    assert "Rosa" in page
    assert "Draw the circle" not in page
    assert room(episode, "circle/", user=supervisor).status_code in (403, 404)


def test_nobody_else_sees_it(episode):
    for user in (*strangers(), factories.covered(episode.therapist)):
        assert room(episode, user=user).status_code in (403, 404)
