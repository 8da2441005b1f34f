"""A course for borderline personality: the rule of contact, the chain of self-harm, the part of the treatment."""

from __future__ import annotations

import html

import pytest
from tests import factories as make
from tests.web.rooms_world import browser_of, set_clock, text_of

from openipt import library
from openipt.core.course.status import course_status
from openipt.records import convert
from openipt.records.models import Entry

pytestmark = pytest.mark.django_db

RULE = "One call of ten minutes, on weekdays"


@pytest.fixture(autouse=True)
def first_day(monkeypatch: pytest.MonkeyPatch) -> None:
    set_clock(monkeypatch, make.at_day())


@pytest.fixture
def begun():
    return make.active_episode(adaptation="ipt_bpd")


def status(of, days: int = 0):
    return course_status(library.manual(of.adaptation), convert.course(of), make.day(days))


def test_the_rule_of_contact_is_part_of_the_plan_and_the_client_has_it(begun) -> None:
    """BP-01: a plan without the rule leaves it due."""
    episode, session = begun
    browser, address = browser_of(episode.therapist), f"/episodes/{episode.pk}/safety/plan/"
    assert "Between our meetings" in text_of(browser.get(address))
    make.entry(episode, "rec_safety_plan", {"my_signs": ["I pack a bag"]}, session=session)
    assert "BP-01" in status(episode).due
    make.entry(
        episode, "rec_safety_plan", {"my_signs": ["I pack a bag"], "contact_rule": RULE}, session=session
    )
    assert "BP-01" in status(episode).done
    assert RULE in html.unescape(text_of(browser_of(make.client_login(episode)).get("/me/plan/")))
    other = make.active_episode(episode.therapist)[0]
    assert "Between our meetings" not in text_of(browser.get(f"/episodes/{other.pk}/safety/plan/"))


def test_a_chain_with_an_act_is_an_answer_about_risk_until_it_is_assessed(begun) -> None:
    episode, session = begun
    make.entry(episode, "rec_risk", {"thoughts": False, "level": "green", "reason": "asked"}, session=session)
    chain = {"what_happened": "she closed the door", "act": False}
    make.entry(episode, "rec_self_harm_chain", chain, session=session)
    assert not status(episode).rule("DR-01").fired
    make.entry(episode, "rec_self_harm_chain", {**chain, "act": True}, session=session)
    found = status(episode).rule("DR-01")
    assert found.fired and found.inputs["risk_answers"] == ["self_harm"]
    make.entry(
        episode, "rec_risk", {"self_harm": False, "level": "green", "reason": "asked"}, session=session
    )
    assert not status(episode).rule("DR-01").fired


def test_the_chain_is_no_sheet_of_the_client_and_says_what_it_asks_for(begun) -> None:
    episode, _ = begun
    make.entry(episode, "rec_self_harm_chain", {"what_happened": "she closed the door", "act": True})
    client = browser_of(make.client_login(episode))
    assert "she closed the door" not in text_of(client.get("/me/practice/"))
    assert client.get("/me/practice/new/rec_self_harm_chain/").status_code == 404
    form = f"/episodes/{episode.pk}/records/rec_self_harm_chain/new/"
    assert "is an answer about risk" in text_of(browser_of(episode.therapist).get(form))
    assert Entry.objects.get(episode=episode).payload["act"] is True


def test_the_header_and_the_overview_say_which_part_it_is(begun) -> None:
    episode, _ = begun
    browser = browser_of(episode.therapist)
    overview = text_of(browser.get(f"/episodes/{episode.pk}/"))
    assert "Initial phase, acute part" in overview and "Acute part: fewer crises" in overview
