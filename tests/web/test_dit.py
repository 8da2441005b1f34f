"""A focus drafted, shared, changed with the client; the moments in which it showed; a goodbye letter given at the end."""

from __future__ import annotations

import io

import pytest
from pypdf import PdfReader
from tests import factories as make
from tests.web.rooms_world import browser_of, set_clock
from tests.web.test_agreeing import words_of
from tests.web.test_formulation import CONTRACT, get, kept, post

from openipt import library
from openipt.core.course.conditions import EXIT_CONDITIONS
from openipt.core.course.status import course_status
from openipt.records import convert
from openipt.records.models import Episode

pytestmark = pytest.mark.django_db

DIT = library.manual("dit")
FOCUS = {
    "self": "a bother who has to earn his place",
    "other": "busy, and soon tired of me",
    "affect": "shame, then cold",
    "defence": "the fear of being sent away",
    "example_now": "he cleared the table and said nothing",
}
AGREED = {**FOCUS, "agreed": "yes", "finish": "1"}


@pytest.fixture(autouse=True)
def tuesday(monkeypatch: pytest.MonkeyPatch) -> None:
    set_clock(monkeypatch, make.at_day(1))


@pytest.fixture
def episode() -> Episode:
    return make.active_episode(adaptation="dit")[0]


@pytest.fixture
def client(episode: Episode):
    return browser_of(make.client_login(episode))


def test_the_room_holds_the_focus_and_nothing_of_another_model(episode) -> None:
    page = words_of(get(episode))
    assert "The focus" in page and "Where it showed" in page and "The contract" in page
    for other in ("Problem areas", "Issues in order", "The formulation"):
        assert other not in page
    assert "The focus" not in words_of(get(make.active_episode()[0]))


def test_a_draft_stays_with_the_therapist_until_the_client_agrees(episode, client) -> None:
    assert post(episode, "focus/", FOCUS | {"save": "1"}).status_code == 302
    assert "Not agreed yet" in words_of(get(episode))
    assert "tired of me" not in words_of(client.get("/me/story/"))
    refused = post(episode, "focus/", AGREED | {"agreed": "no", "version": "1"})
    assert refused.status_code == 422 and "change it together until it fits" in words_of(refused)
    assert post(episode, "focus/", AGREED | {"version": "1"}).status_code == 302
    page = words_of(client.get("/me/story/"))
    assert "How I see myself a bother who has to earn his place" in page
    assert "Often you feel like this about yourself: a bother who has to earn his place." in page
    assert "DIT-03" in course_status(DIT, convert.course(episode), make.day(1)).done


def test_what_the_client_changes_is_a_version_beside_the_first(episode, client, monkeypatch) -> None:
    post(episode, "focus/", AGREED)
    make.session(episode, 8)
    set_clock(monkeypatch, make.at_day(8))
    again = words_of(get(episode, "focus/"))
    assert "becomes a new version" in again and "As the client reads it" in again
    changed = {"self": "no trouble to anybody", "client_words": "I am no trouble", "version": "1"}
    assert post(episode, "focus/", AGREED | changed).status_code == 302
    assert [one["self"] for one in kept(episode, "rec_ipaf")] == [FOCUS["self"], "no trouble to anybody"]
    page = words_of(get(episode))
    assert "Earlier versions (1)" in page and "“I am no trouble”" in page and FOCUS["self"] in page
    assert "no trouble to anybody" in words_of(client.get("/me/story/"))


def test_moments_stand_beside_the_focus_and_on_its_paper(episode) -> None:
    post(episode, "focus/", AGREED)
    make.entry(episode, "rec_ipaf_episode", {"situation": "the hour began late", "affect": "hurt"})
    assert "the hour began late" in words_of(get(episode)) and "Feeling hurt" in words_of(get(episode))
    paper = browser_of(episode.therapist).get(f"/episodes/{episode.pk}/documents/focus/pdf/")
    text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(paper.content)).pages)
    assert "the hour began late" in text and "soon tired of me" in text


def test_a_contract_without_areas_asks_for_none(episode) -> None:
    assert 'name="focus"' not in get(episode, "contract/").content.decode()
    sent = {k: v for k, v in CONTRACT.items() if k != "focus"} | {"sessions_planned": "16", "finish": "1"}
    assert post(episode, "contract/", sent).status_code == 302
    assert "DIT-04" in course_status(DIT, convert.course(episode), make.day(1)).done


def test_the_goodbye_letter_is_the_clients_once_it_is_given(episode, client) -> None:
    letter = "Dear Rui, we found a boy who made himself small."
    browser, at = browser_of(episode.therapist), f"/episodes/{episode.pk}"
    new = f"{at}/records/rec_goodbye/new/"
    assert browser.post(new, {"text": letter, "task": "DIT-08", "save": "1"}).status_code == 302
    assert "made himself small" not in words_of(client.get("/me/story/"))
    assert "Draft, not given yet" in words_of(browser.get(f"{at}/documents/goodbye/"))
    assert letter in browser.get(new).content.decode()  # the next version begins with the draft, which stays
    dated = {"text": letter, "given_on": make.day(1).isoformat(), "save": "1"}
    assert browser.post(new, dated).status_code == 302  # a draft with a day on it
    given = EXIT_CONDITIONS["goodbye-given"]
    assert given(DIT, convert.course(episode), make.day(1)).holds is False
    final = {"text": f"{letter}\n\nGoodbye.", "given_on": make.day(1).isoformat(), "finish": "1"}
    assert browser.post(new, final).status_code == 302
    assert given(DIT, convert.course(episode), make.day(1)).holds is True
    assert [one["text"] for one in kept(episode, "rec_goodbye")] == [letter, letter, final["text"]]
    page = words_of(client.get("/me/story/"))
    assert "Our goodbye" in page and letter in page and "Goodbye." in page
    paper = browser.get(f"{at}/documents/goodbye/pdf/")
    text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(paper.content)).pages)
    assert "made himself small" in text and "Draft" not in text


def test_a_page_that_somebody_else_may_read_shows_neither(episode, client) -> None:
    post(episode, "focus/", AGREED)
    make.entry(episode, "rec_ipv_screen", {"alone_confirmed": True, "tool": "ms_hark", "positive": True})
    assert "tired of me" not in words_of(client.get("/me/story/"))
