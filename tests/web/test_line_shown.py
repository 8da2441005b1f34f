"""What a client is shown of the line: their numbers alone, until more is looked at together, until it is closed."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from tests import factories as make
from tests.web.rooms_world import browser_of, set_clock, text_of

from openipt.records.actions import checkins
from openipt.records.models import AuditEvent, Entry, Episode

pytestmark = pytest.mark.django_db

ITEM_1, ITEM_9 = "Little interest or pleasure", "better off dead"
EXPECTED, QUESTIONS = "rough expectation", "question by question"


@pytest.fixture(autouse=True)
def a_set_day(monkeypatch: pytest.MonkeyPatch) -> None:
    set_clock(monkeypatch, make.at_day(14, 1))


@pytest.fixture
def episode() -> Episode:
    """Three weekly sessions, the third being held; the score has fallen."""
    made, session = make.active_episode()
    for week, answers in enumerate(([2] * 8 + [1], [2] * 8 + [0], [1] * 8 + [0])):
        if week:
            make.signed(session, at=make.at_day(7 * week - 6))
            session = make.session(made, 7 * week)
        checkins.enter_answers(
            episode=made,
            answers={"ms_phq9": answers},
            session=session,
            by=made.therapist,
            at=make.at_day(7 * week),
        )
    return made


@pytest.fixture
def desk(episode: Episode) -> Client:
    return browser_of(episode.therapist)


@pytest.fixture
def phone(episode: Episode) -> Client:
    return browser_of(make.client_login(episode))


def now(episode: Episode):
    return episode.sessions.get(number=3)


def turned(desk: Client, episode: Episode, session=None) -> str:
    session = session or now(episode)
    return text_of(desk.get(f"/episodes/{episode.pk}/sessions/{session.pk}/together/"))


def look_at(desk: Client, episode: Episode, part: str, session=None):
    session = session or now(episode)
    return desk.post(f"/episodes/{episode.pk}/sessions/{session.pk}/together/line/", {"part": part})


def own_page(desk: Client, episode: Episode, do: str):
    entry = Entry.objects.get(episode=episode, record_type="rec_line_shown")
    return desk.post(f"/episodes/{episode.pk}/line/own-page/", {"shown": str(entry.pk), "do": do})


def mine(phone: Client) -> str:
    return text_of(phone.get("/me/line/"))


def has_more(page: str) -> dict[str, bool]:
    """Which of the two parts stand on a page, by the drawing and by the words."""
    body = page.split("<main")[1]
    assert ("line-curve" in body) == (EXPECTED in body)
    assert (ITEM_1 in body) == ("Your answers, question by question" in body)
    return {"expected": EXPECTED in body, "items": ITEM_1 in body}


NEITHER = {"expected": False, "items": False}


def test_at_first_there_are_numbers_alone(episode, desk, phone) -> None:
    assert has_more(turned(desk, episode)) == NEITHER
    assert has_more(mine(phone)) == NEITHER


def test_looked_at_together_it_stands_on_the_turned_screen_and_nowhere_else(episode, desk, phone) -> None:
    assert look_at(desk, episode, "expected").status_code == 302
    assert has_more(turned(desk, episode)) == {"expected": True, "items": False}
    look_at(desk, episode, "items")
    assert has_more(turned(desk, episode)) == {"expected": True, "items": True}
    assert "0 not at all, 1 several days, 2 more than half the days, 3 nearly every day." in turned(
        desk, episode
    )
    assert has_more(mine(phone)) == NEITHER
    first = episode.sessions.get(number=1)
    assert has_more(turned(desk, episode, first)) == NEITHER, "an earlier session is as it was"


def test_it_is_kept_once_for_a_day_with_who_and_when(episode, desk) -> None:
    for part in ("expected", "items", "expected"):
        look_at(desk, episode, part)
    entry = Entry.objects.get(episode=episode, record_type="rec_line_shown")
    assert entry.payload == {"parts": ["expected", "items"], "own_page": False}
    assert (entry.on, entry.state, entry.by) == (make.day(14), "final", episode.therapist)
    assert AuditEvent.objects.filter(act="entry-added", object_id=str(entry.pk)).exists()
    page = text_of(desk.get(f"/episodes/{episode.pk}/line/"))
    assert "19 January 2026</span>: the expected course and the answers, question by question." in page


def test_it_opens_on_the_clients_own_page_until_it_is_closed(episode, desk, phone, monkeypatch) -> None:
    look_at(desk, episode, "expected")
    look_at(desk, episode, "items")
    make.signed(now(episode), at=make.at_day(14))
    assert own_page(desk, episode, "open").status_code == 302
    page = mine(phone)
    assert has_more(page) == {"expected": True, "items": True}
    assert "We looked at this together on 19 January 2026." in page
    set_clock(monkeypatch, make.at_day(21))
    assert has_more(mine(phone)) == {"expected": True, "items": True}, "it stays"
    own_page(desk, episode, "close")
    assert has_more(mine(phone)) == NEITHER


def test_taken_back_as_a_record_it_is_closed_too(episode, desk, phone) -> None:
    look_at(desk, episode, "items")
    own_page(desk, episode, "open")
    entry = Entry.objects.get(episode=episode, record_type="rec_line_shown")
    desk.post(f"/episodes/{episode.pk}/records/{entry.pk}/withdraw/", {"record_version": entry.version})
    entry.refresh_from_db()
    assert entry.state == "withdrawn"
    assert has_more(mine(phone)) == NEITHER


@pytest.mark.parametrize("place", ["turned", "own"])
def test_questions_about_safety_and_bands_are_never_drawn(episode, desk, phone, place) -> None:
    look_at(desk, episode, "items")
    look_at(desk, episode, "expected")
    own_page(desk, episode, "open")
    body = (turned(desk, episode) if place == "turned" else mine(phone)).split("<main")[1].lower()
    words = re.sub(r"<[^>]+>", " ", body)
    assert ITEM_1.lower() in words
    for never in (
        ITEM_9,
        "moderate",
        "severe",
        "minimal",
        "on track",
        "alert",
        "deteriorat",
        "line-band",
        "project default",
    ):
        assert never not in body, never


def test_with_danger_on_record_nothing_more_stands_on_the_clients_device(episode, desk, phone) -> None:
    look_at(desk, episode, "items")
    own_page(desk, episode, "open")
    make.entry(
        episode,
        "rec_ipv_screen",
        {"alone_confirmed": True, "positive": True},
        session=now(episode),
        at=make.at_day(14),
    )
    assert has_more(mine(phone)) == NEITHER
    own_page(desk, episode, "close")
    assert own_page(desk, episode, "open").status_code == 409
    assert "nothing more is opened on the client" in text_of(desk.get(f"/episodes/{episode.pk}/line/"))


def test_only_in_a_session_that_is_being_written(episode, desk) -> None:
    first = episode.sessions.get(number=1)
    assert look_at(desk, episode, "items", first).status_code == 409
    assert look_at(desk, episode, "everything").status_code == 404
    assert "together/line/" not in turned(desk, episode, first)
    assert not Entry.objects.filter(record_type="rec_line_shown").exists()


def test_another_record_is_no_record_of_having_looked(episode, desk) -> None:
    other = make.entry(episode, "rec_quote", {"words": "mine"}, at=make.at_day(14))
    address = f"/episodes/{episode.pk}/line/own-page/"
    assert desk.post(address, {"shown": str(other.pk), "do": "open"}).status_code == 404
    assert desk.post(address, {"shown": "nonsense", "do": "open"}).status_code == 404


def test_a_supervisor_shows_nothing(episode) -> None:
    browser = browser_of(make.supervised(episode.therapist))
    assert look_at(browser, episode, "items").status_code == 404


# -- gains are the client's ------------------------------------------------------------------------------


def test_a_gain_names_what_the_client_did_where_it_stands_in_their_record(episode, phone) -> None:
    session = now(episode)
    at = {"session": session, "at": make.at_day(14), "final": True}
    make.entry(episode, "rec_action_plan", {"step": "Asked Dana for half an hour", "done": "yes"}, **at)
    make.entry(episode, "rec_action_plan", {"step": "Wrote to Emil", "done": "no"}, **at)
    make.entry(episode, "rec_skills_gained", {"skill": "one sentence", "client_part": "said it early"}, **at)
    make.entry(episode, "rec_session", {"credit": "he did it himself, says my note"}, **at)
    page = mine(phone)
    assert "You brought this about." in page
    assert "Asked Dana for half an hour" in page
    assert "said it early" in page
    assert "Wrote to Emil" not in page
    assert "says my note" not in page


def test_what_is_not_finished_or_not_theirs_is_not_told(episode, phone) -> None:
    make.entry(
        episode,
        "rec_action_plan",
        {"step": "Half written", "done": "yes"},
        session=now(episode),
        at=make.at_day(14),
    )
    page = mine(phone)
    assert "Half written" not in page
    assert "You brought this about. What did you do that helped?" in page


def test_without_a_gain_nothing_is_credited_and_nothing_blamed(episode, phone) -> None:
    at = {"session": now(episode), "at": make.at_day(14), "final": True}
    make.entry(episode, "rec_action_plan", {"step": "Asked Dana", "done": "yes"}, **at)
    checkins.enter_answers(
        episode=episode, answers={"ms_phq9": [3] * 8 + [0]}, by=episode.therapist, at=make.at_day(14)
    )
    page = mine(phone)
    assert "You brought this about" not in page
    assert "Asked Dana" not in page


def test_words_stay_away_where_somebody_may_look_on(episode, phone) -> None:
    at = {"session": now(episode), "at": make.at_day(14), "final": True}
    make.entry(episode, "rec_action_plan", {"step": "Asked Dana", "done": "yes"}, **at)
    make.entry(episode, "rec_ipv_screen", {"alone_confirmed": True, "positive": True}, **at)
    page = mine(phone)
    assert "You brought this about." in page
    assert "Asked Dana" not in page


def test_the_look_back_is_told_in_plain_words(phone, episode) -> None:
    assert "two numbers close together look back on some of the same days" in mine(phone)
