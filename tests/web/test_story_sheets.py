"""What was written on several sheets, drawn as one: in the room, beside the form, and turned to the client."""

from __future__ import annotations

import html

import pytest
from tests import factories as make
from tests.web.rooms_world import browser_of, set_clock, text_of

from openipt.records.actions import people

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def first_day(monkeypatch: pytest.MonkeyPatch) -> None:
    set_clock(monkeypatch, make.at_day(20))


@pytest.fixture
def episode():
    return make.active_episode()[0]


def room(of, record: str) -> str:
    """The Worksheets room from this sheet on."""
    page = html.unescape(text_of(browser_of(of.therapist).get(f"/episodes/{of.pk}/worksheets/")))
    return page.split(f'aria-label="{record}"')[1].split("Every sheet of")[0]


def test_a_loss_told_over_two_sessions_is_one_story(episode) -> None:
    first = {"who": "Mother", "relation": "mother", "date": "2025-03", "before": "she was ill for a year"}
    later = {"who": "Mother", "during": "I was abroad", "positive_memories": ["the harbour", "her songs"]}
    make.entry(episode, "rec_loss_narrative", {**first, "feelings": ["guilt"]})
    assert "Not there yet" in room(episode, "Story of a loss")
    make.entry(episode, "rec_loss_narrative", {**later, "feelings": ["relief"]}, at=make.at_day(7))
    told = room(episode, "Story of a loss")
    assert told.count('aria-label="The story of Mother"') == 1
    for words in ("she was ill for a year", "I was abroad", "her songs", "guilt, relief", "died March 2025"):
        assert words in told
    assert told.count("Not told yet") == 1  # the time after
    there = [part for part in told.split("<li>") if "There: " in part]
    assert len(there) == 1 and "two distinct feelings" in there[0]


def test_a_dispute_shows_its_stage_both_sides_and_where_it_went(episode) -> None:
    code = people.add_person(episode=episode, label="Dana", by=episode.therapist, at=make.at_day()).code
    silent = {"other": code, "stage": "impasse", "issues": [{"issue": "Sundays", "client_expects": "a walk"}]}
    make.entry(episode, "rec_dispute_map", silent)
    issue = {"issue": "Sundays", "client_expects": "a walk", "other_expects": "quiet", "said_aloud": True}
    talking = {
        "other": code,
        "stage": "renegotiation",
        "issues": [issue],
        "maintaining_loop": "I sulk, she leaves",
    }
    make.entry(episode, "rec_dispute_map", talking, at=make.at_day(9))
    told = room(episode, "Dispute map")
    assert told.count(">Sundays<") == 1
    assert told.split('aria-current="step"')[1].startswith("><strong>Renegotiation")
    assert "Impasse (5 Jan), then Renegotiation (14 Jan)" in told
    assert "quiet" in told and "Said aloud: yes." in told and "I sulk, she leaves" in told
    assert "Not there yet" not in told.split('class="asked')[1]


def test_danger_with_somebody_stands_on_no_map(episode) -> None:
    make.entry(episode, "rec_dispute_map", {"other": "Dana", "danger": True})
    assert "Danger" not in room(episode, "Dispute map").split("</article>")[0]


def turned(of, record: str) -> str:
    return html.unescape(
        text_of(browser_of(of.therapist).get(f"/episodes/{of.pk}/worksheets/{record}/together/"))
    )


def test_what_is_turned_to_the_client_leaves_out_what_is_not_theirs(episode) -> None:
    values = {"other": "Dana", "stage": "impasse", "danger": True, "issues": [{"issue": "Sundays"}]}
    entry = make.entry(episode, "rec_dispute_map", values)
    shown = turned(episode, "rec_dispute_map")
    assert "What we disagree about" in shown and "Sundays" in shown and "Dana" in shown
    for words in ("Danger", "Impasse", "strategies", str(entry.pk), "risk", "Overview"):
        assert words not in shown.split("<main")[1], words


def test_the_balance_has_both_roles_and_says_what_is_still_asked_for(episode) -> None:
    make.entry(episode, "rec_role_balance", {"role": "old", "gains": ["team"], "losses": ["nights"]})
    make.entry(episode, "rec_role_balance", {"role": "new", "gains": ["time"]}, at=make.at_day(7))
    make.entry(episode, "rec_role_balance", {"role": "old", "gains": ["title"]}, at=make.at_day(9))
    told = room(episode, "Balance of a role")
    old, new = told.split('class="balance-side"')[1:]
    assert "team" in old and "title" in old and "nights" in old and "time" not in old
    assert "time" in new and "None yet." in new
    assert told.count("There: ") == 1 and told.count("Not there yet: ") == 2


def test_what_is_saved_stands_beside_the_form(episode) -> None:
    browser, address = browser_of(episode.therapist), f"/episodes/{episode.pk}/records/rec_loss_narrative/"
    assert "As it stands" not in text_of(browser.get(f"{address}new/"))
    make.entry(episode, "rec_loss_narrative", {"who": "Mother", "unsaid": "that I was sorry"})
    assert "that I was sorry" in text_of(browser.get(f"{address}new/")).split("As it stands")[1]


def test_what_was_amended_counts_as_it_was_amended(episode) -> None:
    first = make.entry(episode, "rec_approach_ladder", {"contact_step": "wave", "difficulty_0_10": 2})
    make.entry(episode, "rec_approach_ladder", {"contact_step": "ring the bell", "difficulty_0_10": 8})
    said = {"contact_step": "wave", "difficulty_0_10": 2, "result": "she waved back"}
    make.entry(episode, "rec_approach_ladder", said, amends=first, at=make.at_day(7))
    told = room(episode, "Step towards people")
    assert told.count('dir="auto">wave<') == 1 and "she waved back" in told
    assert "ring the bell" in told.split('aria-current="step"')[1]
