"""Patterns: what comes again between people, with what it rests on, on its way into the formulation."""

from __future__ import annotations

import pytest
from tests import factories as make
from tests.web.rooms_world import browser_of, set_clock
from tests.web.test_agreeing import words_of
from tests.web.test_formulation import get

from openipt.records.actions import people
from openipt.records.models import Episode

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def tuesday(monkeypatch: pytest.MonkeyPatch) -> None:
    set_clock(monkeypatch, make.at_day(1))


@pytest.fixture
def episode() -> Episode:
    made = make.active_episode()[0]
    for code, label in (("p_dana", "Dana"), ("p_father", "Papa")):
        people.add_person(episode=made, label=label, code=code, by=made.therapist, at=make.at_day())
    return made


def theme(episode: Episode, *seen: tuple[str, str, str], **more: object) -> None:
    rows = [{"person_id": who, "when": when, "evidence": words} for who, when, words in seen]
    values = {"kind": "theme", "words": "I go silent before I am left", "seen_with": rows, **more}
    make.entry(episode, "rec_pattern", values)


def test_it_begins_empty_and_says_how_to_begin(episode) -> None:
    page = words_of(get(episode, "patterns/"))
    assert "No theme yet" in page
    assert "None was named." in page
    assert "No talk has been gone through line by line yet." in page


def test_a_theme_with_two_people_recurs_and_shows_what_it_rests_on(episode) -> None:
    theme(episode, ("p_dana", "present", "left the table on Sunday"))
    page = words_of(get(episode, "patterns/"))
    assert "Seen once so far" in page
    theme(
        episode,
        ("p_dana", "present", "left the table on Sunday"),
        ("p_father", "past", "did not speak for a week"),
        in_formulation=True,
    )
    page = words_of(get(episode, "patterns/"))
    assert "with 2 people, then and now" in page
    assert "Papa , then: did not speak for a week" in page
    assert "For the formulation" in page
    form = words_of(get(episode, "write/"))
    assert "Patterns chosen for it" in form
    assert "I go silent before I am left" in form


def test_a_past_hurt_stays_in_the_clients_measure(episode) -> None:
    make.entry(
        episode,
        "rec_pattern",
        {"kind": "past_hurt", "words": "the year at school", "said_as_much_as": "named"},
    )
    page = words_of(get(episode, "patterns/"))
    assert "the year at school" in page
    assert "Named, and no more: the client wants it so." in page
    assert "No details are asked for" in page


def test_what_else_was_seen_stands_with_it(episode) -> None:
    make.entry(episode, "rec_attachment", {"asks_for_help_how": "waits until asked"})
    turns = [{"speaker": "client", "said": "fine", "client_felt": "alone"}] * 2
    styles = [{"id": "cs_silence", "rating": 2}]
    make.entry(episode, "rec_communication_analysis", {"turns": turns, "styles_client": styles})
    page = words_of(get(episode, "patterns/"))
    assert "waits until asked" in page
    assert "2.0 of 2" in page


def test_it_is_added_from_the_page_and_comes_back_to_it(episode) -> None:
    address = (
        f"/episodes/{episode.pk}/records/rec_pattern/new/?next=/episodes/{episode.pk}/formulation/patterns/"
    )
    sent = {
        "kind": "theme", "words": "left out", "seen_with-1-person_id": "p_dana", "seen_with-1-when": "present",
        "seen_with-1-evidence": "the party", "next": f"/episodes/{episode.pk}/formulation/patterns/",
    }  # fmt: skip
    answer = browser_of(episode.therapist).post(address, sent)
    assert answer.status_code == 302
    assert answer["Location"] == f"/episodes/{episode.pk}/formulation/patterns/"
    assert "left out" in words_of(get(episode, "patterns/"))


def test_a_client_sees_none_of_it(episode) -> None:
    theme(episode, ("p_dana", "present", "left the table on Sunday"))
    client = browser_of(make.client_login(episode))
    for at in ("/me/", "/me/story/", "/me/practice/"):
        assert "silent before" not in client.get(at).content.decode()
