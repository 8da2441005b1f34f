"""Episodes told and the schema that rests on them: at the desk, turned to the client, on paper, on the client's page."""

from __future__ import annotations

import io

import pytest
from pypdf import PdfReader
from tests import factories as make
from tests.web.rooms_world import browser_of, set_clock
from tests.web.test_agreeing import words_of
from tests.web.test_formulation import kept

from openipt import library
from openipt.core.course.status import course_status
from openipt.records import convert
from openipt.records.models import Episode

pytestmark = pytest.mark.django_db

MIT = library.manual("mit")
TALK = [{"speaker": "Nora", "said": "Why that blue?"}, {"speaker": "me", "said": "It was on the shelf."}]
TOLD = {
    "where": "the copy room",
    "when": "Friday",
    "who": ["Nora"],
    "dialogue": TALK,
    "feeling": "a door closing",
}
SCHEMA = {
    "wish": "to be looked at",
    "self_image": "dull",
    "other_response": "looks away",
    "self_response": "I leave early",
    "healthy_part": "the one who tells of the coast",
}
AGREED = {**SCHEMA, "agreed": "yes", "finish": "1"}


@pytest.fixture(autouse=True)
def tuesday(monkeypatch: pytest.MonkeyPatch) -> None:
    set_clock(monkeypatch, make.at_day(1))


@pytest.fixture
def episode() -> Episode:
    return make.active_episode(adaptation="mit")[0]


@pytest.fixture
def desk(episode: Episode):
    return browser_of(episode.therapist)


@pytest.fixture
def client(episode: Episode):
    return browser_of(make.client_login(episode))


def at(episode: Episode, tail: str = "") -> str:
    return f"/episodes/{episode.pk}/schema/{tail}"


def told(episode: Episode, **values) -> str:
    return f"e{make.entry(episode, 'rec_episode', TOLD | values).order}"


def pdf(response) -> str:
    return " ".join(page.extract_text() for page in PdfReader(io.BytesIO(response.content)).pages)


def test_the_page_stands_where_the_manual_works_with_it_and_nowhere_else(episode, desk) -> None:
    assert at(episode) in desk.get(f"/episodes/{episode.pk}/formulation/").content.decode()
    empty = words_of(desk.get(at(episode)))
    assert "No episode yet" in empty and "No schema yet" in empty
    assert "Episode from life" in words_of(desk.get(f"/episodes/{episode.pk}/records/"))
    other = make.active_episode()[0]
    theirs = browser_of(other.therapist)
    assert "Episode from life" not in words_of(theirs.get(f"/episodes/{other.pk}/records/"))
    assert "/schema/" not in theirs.get(f"/episodes/{other.pk}/formulation/").content.decode()
    for tail in ("", "together/", "write/"):
        assert theirs.get(at(other, tail)).status_code == 404


def test_an_episode_is_written_turn_by_turn_and_read_turn_by_turn(episode, desk) -> None:
    sent = {"where": "the stairs", "dialogue-1-speaker": "Nora", "dialogue-1-said": "Come.", "task": "MIT-02"}
    sent |= {"dialogue-2-speaker": "me", "dialogue-2-said": "I'd be in the way.", "save": "1"}
    sent["record_session"] = str(episode.sessions.get(number=1).pk)
    new = f"/episodes/{episode.pk}/records/rec_episode/new/"
    more = desk.post(new, sent | {"_rows": "dialogue:up:2"})
    first = more.content.decode().index("be in the way")
    assert first < more.content.decode().index('value="Come."')
    assert desk.post(new, sent).status_code == 302
    page = words_of(desk.get(at(episode)))
    assert "Nora Come. me I'd be in the way." in page.replace("&#39;", "'")
    assert "MIT-02" in course_status(MIT, convert.course(episode), make.day(1)).done


def test_inner_states_stand_with_their_episode_in_plain_words(episode, desk) -> None:
    code = told(episode)
    form = desk.get(f"/episodes/{episode.pk}/records/rec_emotion_log/new/?told={code}").content.decode()
    assert f'value="{code}" selected' in form and "What went through the mind" in form
    felt = {
        "first_word": "angry",
        "intensity_0_10": 6,
        "thought": "I kept it",
        "body": "fists",
        "episode": code,
    }
    make.entry(episode, "rec_emotion_log", felt)
    make.entry(episode, "rec_emotion_log", {"situation": "on the bus", "first_word": "flat"})
    page = words_of(desk.get(at(episode)))
    assert "Emotion angry 6/10 Thought I kept it Body fists" in page
    assert "Inner states of other moments (1)" in page and "Moment on the bus" in page


def test_an_episode_is_linked_from_its_card_and_whether_it_fits_is_asked_again(
    episode, desk, monkeypatch
) -> None:
    code = told(episode)
    assert desk.post(at(episode, "write/"), AGREED).status_code == 302
    make.session(episode, 8)
    set_clock(monkeypatch, make.at_day(8))
    assert desk.post(at(episode, "link/"), {"told": code}).status_code == 302
    assert desk.post(at(episode, "link/"), {"told": code}).status_code == 302  # pressed twice: linked once
    before, after = kept(episode, "rec_schema")
    assert "links" not in before and after["links"] == [{"episode": code}] and "agreed" not in after
    page = words_of(desk.get(at(episode)))
    assert "Supports the schema" in page and "Not agreed yet" in page and "Earlier versions (1)" in page
    assert "Not checked with the client yet" in page


def test_the_client_sees_the_agreed_version_in_plain_words_until_the_next_is_agreed(
    episode, desk, client, monkeypatch
) -> None:
    assert desk.post(at(episode, "write/"), SCHEMA | {"save": "1"}).status_code == 302
    assert "looks away" not in words_of(client.get("/me/story/"))
    refused = desk.post(at(episode, "write/"), AGREED | {"agreed": "no", "version": "1"})
    assert refused.status_code == 422 and "change it together until it fits" in words_of(refused)
    assert desk.post(at(episode, "write/"), AGREED | {"version": "1"}).status_code == 302
    set_clock(monkeypatch, make.at_day(8))
    changed = SCHEMA | {"self_response": "I stay three breaths", "save": "1", "version": "2"}
    assert desk.post(at(episode, "write/"), changed).status_code == 302
    page = words_of(client.get("/me/story/"))
    assert "What I do then I leave early" in page and "You wish for this: to be looked at." in page
    assert "three breaths" not in page


def test_a_page_that_somebody_else_may_read_shows_nothing_of_it(episode, desk, client) -> None:
    desk.post(at(episode, "write/"), AGREED)
    make.entry(episode, "rec_ipv_screen", {"alone_confirmed": True, "tool": "ms_hark", "positive": True})
    assert "looks away" not in words_of(client.get("/me/story/"))


def test_turned_to_the_client_and_on_paper_it_is_the_schema_with_its_episodes(episode, desk) -> None:
    code = told(episode)
    told(episode, where="the hall", feeling="nothing to do with it")
    link = {
        "links-1-episode": code,
        "links-1-past_origin": "my father did not look up",
        "links-1-agreed": "yes",
    }
    assert desk.post(at(episode, "write/"), AGREED | link).status_code == 302
    turned = desk.get(at(episode, "together/")).content.decode()
    assert (
        "What I expect from others" in turned
        and "Why that blue?" in turned
        and "episode-header" not in turned
    )
    text = pdf(desk.get(f"/episodes/{episode.pk}/documents/schema/pdf/"))
    for words in ("looks away", "the copy room, Friday", "Why that blue?", "my father did not look up"):
        assert words in text
    assert "nothing to do with it" not in text
    blank = desk.get(f"/episodes/{episode.pk}/documents/blank/rec_episode/")
    assert blank.status_code == 200 and "turn by turn" in blank.content.decode()


def test_the_client_writes_an_episode_of_their_own_and_it_stands_there_once_shared(
    episode, desk, client
) -> None:
    make.entry(episode, "rec_episode", {"where": "the ferry"}, by=episode.client.user, shared=False)
    make.entry(episode, "rec_episode", {"where": "the pier"}, by=episode.client.user, shared=True)
    page = words_of(desk.get(at(episode)))
    assert "the pier" in page and "written by the client" in page and "the ferry" not in page
    assert "A moment I remember" in words_of(client.get("/me/practice/"))
    other = browser_of(make.client_login(make.active_episode()[0]))
    assert "A moment I remember" not in words_of(other.get("/me/practice/"))


def test_the_session_holds_the_work_of_the_second_part_and_the_note_tells_it(episode, desk) -> None:
    session = episode.sessions.get(number=1)
    values = {"lens": "he laughed at the sentence", "other_minds": "she may be shy"}
    make.entry(episode, "rec_session", values, session=session)
    note = words_of(desk.get(f"/episodes/{episode.pk}/sessions/{session.pk}/"))
    assert "The schema as a lens: he laughed at the sentence." in note and "she may be shy" in note
