"""The rules of a course: what each says, what a clinician decides, and what is shown elsewhere of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import Client
from tests import factories as make
from tests.web.rooms_world import browser_of, set_clock, strangers, text_of

from openipt.records.actions import checkins, firings
from openipt.records.models import Episode, RuleFiring

pytestmark = pytest.mark.django_db

IDS = [f"DR-{n:02}" for n in range(1, 49)]
DECIDED = {"decision": "disagree", "reason": "A fever, long over."}


@pytest.fixture
def episode(monkeypatch: pytest.MonkeyPatch) -> Iterator[Episode]:
    """Psychosis answered yes in the checklist: DR-04 and DR-08 fire, both critical."""
    set_clock(monkeypatch, make.at_day())
    made, _ = make.active_episode()
    make.entry(made, "rec_suitability", {"s_03": {"answer": "yes"}})
    yield made


@pytest.fixture
def browser(episode: Episode) -> Client:
    return browser_of(episode.therapist)


def page(browser: Client, episode: Episode, tail: str = "rules/") -> str:
    answer = browser.get(f"/episodes/{episode.pk}/{tail}")
    assert answer.status_code == 200
    return text_of(answer)


def decide(browser: Client, episode: Episode, rule: str = "DR-08", **given: str):
    return browser.post(f"/episodes/{episode.pk}/rules/{rule}/decide/", {**DECIDED, **given})


def card(html: str, rule: str) -> str:
    """The card of one rule that speaks."""
    return html.split(f'id="{rule}"')[1].split("</section>")[0]


# -- the page ---------------------------------------------------------------------------------------


def test_every_rule_stands_on_the_page_with_its_ground(browser: Client, episode: Episode) -> None:
    html = page(browser, episode)
    assert [rule for rule in IDS if f"rule {rule}" not in html] == []
    assert "What cannot be told" in html and "a rating of a session" in html
    assert "Not for this treatment" in html and "This is not treatment in a group." in html
    assert "project default" in html and "unverified" in html


def test_a_rule_that_speaks_says_why_what_next_and_since_when(browser: Client, episode: Episode) -> None:
    firings.note(episode=episode, on=make.day(), at=make.at_day())
    told = card(page(browser, episode), "DR-08")
    for words in ("answered yes", "Block the contract", "section 12.1", "Critical, since 5 January 2026"):
        assert words in told


def test_what_cannot_be_told_is_a_sentence(browser: Client, episode: Episode) -> None:
    assert "Missing" in page(browser, episode)


# -- deciding ---------------------------------------------------------------------------------------


def test_a_decision_is_kept_and_shown_with_who_and_why(browser: Client, episode: Episode) -> None:
    answer = decide(browser, episode)
    assert answer.status_code == 302 and answer.headers["Location"].endswith("/rules/#DR-08")
    html = page(browser, episode)
    assert "Your decision is kept with its reason." in html
    told = card(html, "DR-08")
    assert "I see it differently, decided on 5 January 2026" in told
    assert episode.therapist.display_name in told and "A fever, long over." in told
    assert "Asked again on 12 January 2026" in told and "Decide again" in told


def test_a_decision_needs_its_reason_and_nothing_typed_is_lost(browser: Client, episode: Episode) -> None:
    answer = decide(browser, episode, decision="not_now", reason=" ", again_on="31 February")
    assert answer.status_code == 422
    told = card(text_of(answer), "DR-08")
    assert "Write the reason" in told and "no day of the calendar" in told and "31 February" in told
    assert text_of(answer).count('id="f-reason"') == 1
    assert not RuleFiring.objects.exclude(decision="").exists()
    assert decide(browser, episode, decision="", reason="x").status_code == 422
    assert decide(browser, episode, decision="burn it", reason="x").status_code == 422


def test_done_needs_no_reason(browser: Client, episode: Episode) -> None:
    assert decide(browser, episode, decision="done", reason="").status_code == 302
    assert "Done, decided on" in card(page(browser, episode), "DR-08")


def test_sent_twice_it_stands_once(browser: Client, episode: Episode) -> None:
    decide(browser, episode)
    decide(browser, episode)
    assert card(page(browser, episode), "DR-08").count("I see it differently, decided") == 1


def test_nothing_about_safety_is_decided_here(browser: Client, episode: Episode) -> None:
    told = card(page(browser, episode), "DR-04")
    assert "/safety/" in told and "<form" not in told
    answer = decide(browser, episode, "DR-04")
    assert answer.status_code == 409
    assert "Safety room" in text_of(answer)
    assert not RuleFiring.objects.exclude(decision="").exists()


def test_a_risk_answer_leads_to_its_alert(browser: Client, episode: Episode) -> None:
    checkins.enter_answers(
        episode=episode, answers={"ms_phq9": [1] * 9}, by=episode.therapist, at=make.at_day()
    )
    alert = episode.alerts.get()
    assert f"/alerts/{alert.pk}/" in card(page(browser, episode), "DR-01")


def test_what_no_longer_holds_is_refused_in_words(browser: Client, episode: Episode) -> None:
    make.entry(episode, "rec_suitability", {"s_03": {"answer": "no"}})
    answer = decide(browser, episode)
    assert answer.status_code == 409 and "no longer holds" in text_of(answer)


def test_what_spoke_before_stays_with_its_decision(browser: Client, episode: Episode) -> None:
    decide(browser, episode)
    make.entry(episode, "rec_suitability", {"s_03": {"answer": "no"}})
    firings.note(episode=episode, on=make.day(), at=make.at_day())
    past = page(browser, episode).split("What spoke before")[1]
    for words in ("Suitability stop", "What it looks for no longer held", "A fever, long over."):
        assert words in past


# -- elsewhere --------------------------------------------------------------------------------------


def test_overview_shows_what_waits_first_and_what_is_decided_as_such(
    browser: Client, episode: Episode
) -> None:
    before = page(browser, episode, "")
    assert f"/episodes/{episode.pk}/rules/#DR-08" in before and "Decide: Suitability stop" in before
    decide(browser, episode)
    after = page(browser, episode, "")
    assert "What was decided: Suitability stop" in after
    assert after.index("Psychosis, mania or mixed signs") < after.index("Suitability stop")


def test_today_no_longer_asks_what_is_decided_until_it_comes_back(
    browser: Client, episode: Episode, monkeypatch: pytest.MonkeyPatch
) -> None:
    make.entry(episode, "rec_suitability", {"s_03": {"answer": "no"}, "s_07": {"answer": "yes"}})
    assert "suitability stop" in text_of(browser.get("/today/")).lower()
    decide(browser, episode)
    assert "suitability stop" not in text_of(browser.get("/today/")).lower()
    set_clock(monkeypatch, make.at_day(7))
    assert "suitability stop" in text_of(browser_of(episode.therapist).get("/today/")).lower()


# -- who --------------------------------------------------------------------------------------------


def test_the_supervisor_decides_too_and_is_named(episode: Episode, browser: Client) -> None:
    supervisor = make.supervised(episode.therapist)
    assert decide(browser_of(supervisor), episode).status_code == 302
    assert supervisor.display_name in card(page(browser, episode), "DR-08")


def test_nobody_else_learns_that_there_is_anything(episode: Episode) -> None:
    for user in (*strangers(), make.covered(episode.therapist)):
        assert browser_of(user).get(f"/episodes/{episode.pk}/rules/").status_code == 404
        assert decide(browser_of(user), episode).status_code == 404
    assert not RuleFiring.objects.exists()


def test_a_rule_that_is_none_is_not_there(browser: Client, episode: Episode) -> None:
    assert decide(browser, episode, "DR-99").status_code == 404
