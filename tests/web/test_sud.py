"""A course beside addiction care: the care on record, use asked about in each session, who pulls which way."""

from __future__ import annotations

import pytest
from tests import factories as make
from tests.web.rooms_world import browser_of, set_clock, text_of

from openipt import library
from openipt.core.course.status import course_status
from openipt.errors import EntryNotValid
from openipt.records import convert
from openipt.records.actions import people

pytestmark = pytest.mark.django_db

CONTRACT = {"focus": ["role_transition"], "sessions_planned": 16}


@pytest.fixture(autouse=True)
def first_day(monkeypatch: pytest.MonkeyPatch) -> None:
    set_clock(monkeypatch, make.at_day())


@pytest.fixture
def begun():
    return make.active_episode(adaptation="ipt_sud_adj")


def status(of):
    return course_status(library.manual(of.adaptation), convert.course(of), make.day())


def test_no_contract_before_the_care_is_on_record(begun) -> None:
    episode, _ = begun
    with pytest.raises(EntryNotValid, match="DR-10"):
        make.entry(episode, "rec_contract", CONTRACT)
    make.entry(episode, "rec_suitability", {"s_06": {"answer": "no", "addiction_care": "yes"}})
    assert make.entry(episode, "rec_contract", CONTRACT) and not status(episode).rule("DR-10").fired


def test_use_is_asked_about_in_each_session_and_withdrawal_stands_at_red(begun) -> None:
    """SU-01: a level of risk alone leaves it due."""
    episode, session = begun
    green = {"thoughts": False, "level": "green", "reason": "asked"}
    make.entry(episode, "rec_risk", green, session=session)
    assert "SU-01" in status(episode).due and not status(episode).rule("DR-01").fired
    make.entry(episode, "rec_risk", {**green, "used_since": False, "overdose": False}, session=session)
    assert "SU-01" in status(episode).done and not status(episode).rule("DR-01").fired
    shaking = {"level": "yellow", "used_since": "twice", "withdrawal": True}
    make.entry(episode, "rec_risk", shaking, session=session)
    found = status(episode).rule("DR-01")
    assert (
        found.fired and found.severity.value == "critical" and found.inputs["risk_answers"] == ["withdrawal"]
    )


def test_who_pulls_which_way_is_sorted_and_stands_on_the_circle_of_the_desk(begun) -> None:
    episode, _ = begun
    browser, address = browser_of(episode.therapist), f"/episodes/{episode.pk}/people/"
    code = {
        name: people.add_person(episode=episode, label=name, by=episode.therapist, at=make.at_day()).code
        for name in ("Ole", "Pia")
    }
    for name, ring in (("Ole", 1), ("Pia", 2)):
        values = {"person_id": code[name], "label": name, "closeness_ring_1_3": ring}
        make.entry(episode, "rec_inventory_person", values)
    sent = {"by": "use_mark"}
    for name, way in (("Ole", "pulls"), ("Pia", "supports")):
        sent |= {f"value-{code[name]}": way, f"was-{code[name]}": ""}
    assert browser.post(f"{address}sorted/", sent).status_code == 302
    room = text_of(browser.get(f"{address}?by=use_mark")).split('id="sorted"')[1]
    assert room.index("Supports abstinence") < room.index("Pia") < room.index("Neutral") < room.index("Ole")
    assert "SU-03" in status(episode).done
    circle = text_of(browser.get(f"{address}circle/"))
    assert "pulls to use" in circle and "circle-pull circle-supports" in circle
    assert "use: supports abstinence" in circle
    turned = text_of(browser.get(f"{address}circle/together/"))
    assert (
        "circle-pull" not in turned and "abstinence" not in turned.split("<main")[1].split("circle-list")[0]
    )
    own = text_of(browser_of(make.client_login(episode)).get("/me/people/"))
    assert "circle-pull" not in own and "pulls to use" not in own.lower()


def test_use_stands_in_the_line_of_risk_and_not_in_a_second_one(begun) -> None:
    episode, session = begun
    room = text_of(browser_of(episode.therapist).get(f"/episodes/{episode.pk}/sessions/{session.pk}/"))
    assert "Signs of withdrawal" in room and room.count("Level, as you judge it") == 1
