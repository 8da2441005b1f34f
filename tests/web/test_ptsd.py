"""A course for PTSD: who is safe, trust in small steps, and what is forbidden said where it could tempt."""

from __future__ import annotations

import html

import pytest
from tests import factories as make
from tests.web.rooms_world import browser_of, set_clock, text_of

from openipt import library
from openipt.core.course.status import course_status
from openipt.records import convert
from openipt.records.actions import people
from openipt.records.models import Entry

pytestmark = pytest.mark.django_db

NO_REMINDER = "No step goes to a reminder of the trauma"
PLAIN = "It never has to go near what happened"


@pytest.fixture(autouse=True)
def first_day(monkeypatch: pytest.MonkeyPatch) -> None:
    set_clock(monkeypatch, make.at_day())


@pytest.fixture
def episode():
    return make.active_episode(adaptation="ipt_ptsd")[0]


def named(of, label: str, relation: str = "") -> str:
    return people.add_person(
        episode=of, label=label, relation=relation, by=of.therapist, at=make.at_day()
    ).code


def status(of):
    return course_status(library.manual(of.adaptation), convert.course(of), make.day())


def test_the_inventory_is_sorted_by_trust_and_kept_at_once(episode) -> None:
    """PT-03: one press keeps everybody's trust, and the one who is safest stands first."""
    browser, address = browser_of(episode.therapist), f"/episodes/{episode.pk}/people/"
    far, near, silent = (
        named(episode, "Otto", "father"),
        named(episode, "Lena", "sister"),
        named(episode, "Kim"),
    )
    assert "By trust" in text_of(browser.get(address)) and "PT-03" in status(episode).due
    sent = {
        "by": "trust_0_10",
        f"value-{far}": "2",
        f"value-{near}": "9",
        f"was-{far}": "",
        f"was-{near}": "",
    }
    assert browser.post(f"{address}sorted/", sent).status_code == 302
    room = text_of(browser.get(f"{address}?by=trust_0_10"))
    assert room.index("Lena") < room.index("Otto", room.index("By trust")) < room.index("Not said yet")
    assert "PT-03" in status(episode).done
    assert Entry.objects.filter(episode=episode).count() == 2 and silent
    again = {**sent, f"was-{far}": "2", f"was-{near}": "9", f"value-{far}": "4"}
    browser.post(f"{address}sorted/", again)
    assert Entry.objects.filter(episode=episode).count() == 2  # it joins the record of today
    assert "Trust: 4 of 10" in text_of(browser.get(address))


def test_two_who_sort_at_once_overwrite_nothing(episode) -> None:
    browser, address = browser_of(episode.therapist), f"/episodes/{episode.pk}/people/"
    code = named(episode, "Lena", "sister")
    first = {"by": "trust_0_10", f"value-{code}": "9", f"was-{code}": ""}
    browser.post(f"{address}sorted/", first)
    late = browser.post(f"{address}sorted/", {**first, f"value-{code}": "3"})
    assert late.status_code == 422 and "Meanwhile somebody else said 9" in text_of(late)
    assert [entry.payload["trust_0_10"] for entry in Entry.objects.filter(episode=episode)] == [9]


def test_no_other_adaptation_asks_for_trust() -> None:
    other = make.active_episode()[0]
    browser, address = browser_of(other.therapist), f"/episodes/{other.pk}/people/"
    named(other, "Lena")
    assert "By trust" not in text_of(browser.get(address))
    assert "Trust" not in text_of(browser.get(f"/episodes/{other.pk}/records/rec_inventory_person/new/"))
    assert browser.post(f"{address}sorted/", {"by": "trust_0_10"}).status_code == 404


def test_the_steps_stand_as_a_ladder_the_easiest_first(episode) -> None:
    hard = {"contact_step": "tell Lena why I left", "difficulty_0_10": 8, "fear_before_0_10": 9}
    easy = {
        "contact_step": "ring Lena on Sunday",
        "difficulty_0_10": 3,
        "with_whom": named(episode, "Lena"),
        "fear_before_0_10": 7,
        "fear_after_0_10": 4,
        "trust_before_0_10": 2,
        "trust_after_0_10": 5,
        "result": "she laughed, kindly",
        "next_step": "again, and ten minutes longer",
    }
    for values in (hard, easy):
        make.entry(episode, "rec_approach_ladder", values)
    room = html.unescape(text_of(browser_of(episode.therapist).get(f"/episodes/{episode.pk}/worksheets/")))
    assert room.index("ring Lena on Sunday") < room.index("tell Lena why I left")
    assert (
        "7 → 4" in room and "2 → 5" in room and "she laughed, kindly" in room and "ten minutes longer" in room
    )
    assert NO_REMINDER in room


def test_what_is_forbidden_stands_at_the_form_of_either(episode) -> None:
    form = f"/episodes/{episode.pk}/records/rec_approach_ladder/new/"
    assert NO_REMINDER in text_of(browser_of(episode.therapist).get(form))
    client = browser_of(make.client_login(episode))
    assert PLAIN in text_of(client.get("/me/practice/new/rec_approach_ladder/"))
    other = browser_of(make.client_login(make.active_episode()[0]))
    assert PLAIN not in text_of(other.get("/me/practice/new/rec_approach_ladder/"))
