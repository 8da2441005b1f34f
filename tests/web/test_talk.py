"""A communication analysis worked on line by line (ipt.md 8): where it parted, styles, other words, afterwards."""

from __future__ import annotations

import pytest
from tests import factories as make
from tests.web.rooms_world import browser_of, set_clock
from tests.web.test_agreeing import words_of

from openipt.records.actions import people
from openipt.records.models import Entry, Episode

pytestmark = pytest.mark.django_db

TURNS = [
    {"order": 1, "speaker": "client", "said": "Someone should look at it.", "client_felt": "afraid"},
    {"order": 2, "speaker": "other", "said": "So that is my job too.", "client_felt": "attacked"},
]


@pytest.fixture(autouse=True)
def tuesday(monkeypatch: pytest.MonkeyPatch) -> None:
    set_clock(monkeypatch, make.at_day(1))


@pytest.fixture
def episode() -> Episode:
    made, session = make.active_episode()
    people.add_person(
        episode=made, label="Dana", relation="wife", code="p_dana", by=made.therapist, at=make.at_day()
    )
    return made


@pytest.fixture
def talk(episode: Episode) -> Entry:
    return make.entry(
        episode,
        "rec_communication_analysis",
        {"other_person_id": "p_dana", "turns": TURNS, "place": "kitchen"},
    )


def address(talk: Entry) -> str:
    return f"/episodes/{talk.episode_id}/worksheets/talk/{talk.pk}/work/"


def sent(**more: str) -> dict[str, str]:
    fields = {"version": "1"}
    for number, turn in enumerate(TURNS, start=1):
        fields |= {f"turns-{number}-{key}": str(value) for key, value in turn.items() if key != "order"}
    return fields | more


def work(talk: Entry, **more: str):
    return browser_of(talk.episode.therapist).post(address(talk), sent(**more))


def kept(talk: Entry) -> dict:
    found = Entry.objects.get(pk=talk.pk)
    found.episode = talk.episode
    return found.payload


def test_the_whole_procedure_is_one_page_and_keeps_what_it_does_not_show(talk) -> None:
    page = words_of(browser_of(talk.episode.therapist).get(address(talk)))
    for heading in (
        "1. As it was said",
        "2. Where the two parted",
        "3. Ways of speaking",
        "6. What happened after",
    ):
        assert heading in page
    assert "sulking" in page.lower(), "each style stands with its markers"
    answer = work(
        talk,
        **{
            "turns-1-client_intended": "help me with this", "turns-1-other_heard": "you should do it",
            "break_point": "1", "style-client-cs_indirect_verbal": "2", "style-other-cs_hostile": "1",
            "wish_unsaid": "half an hour together", "alternatives-1-line": "I am afraid. Sit with me?",
            "follow_up-tried": "yes", "follow_up-what_happened": "she sat down",
        },
    )  # fmt: skip
    assert answer.status_code == 302
    values = kept(talk)
    assert values["place"] == "kitchen"
    assert values["break_point"] == 1
    assert values["turns"][0]["client_intended"] == "help me with this"
    assert values["styles_client"] == [{"id": "cs_indirect_verbal", "rating": 2}]
    assert values["styles_other"] == [{"id": "cs_hostile", "rating": 1}]
    assert values["alternatives"] == [{"line": "I am afraid. Sit with me?"}]
    assert values["follow_up"] == {"tried": True, "what_happened": "she sat down"}
    read = words_of(
        browser_of(talk.episode.therapist).get(f"/episodes/{talk.episode_id}/worksheets/talk/{talk.pk}/")
    )
    assert "Here the two parted" in read


def test_what_is_wrong_is_said_and_nothing_typed_is_lost(talk) -> None:
    answer = work(talk, break_point="9", wish_unsaid="half an hour together")
    assert answer.status_code == 422
    assert "There is no such line." in words_of(answer)
    assert "half an hour together" in answer.content.decode()
    assert "wish_unsaid" not in kept(talk)


def test_two_who_write_at_once_both_see_both(talk) -> None:
    assert work(talk, wish_unsaid="the first").status_code == 302
    answer = work(talk, wish_unsaid="the second")
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "the first" in page
    assert "the second" in page
    assert kept(talk)["wish_unsaid"] == "the first"


def test_pressed_twice_it_is_kept_once(talk) -> None:
    for _ in range(2):
        assert work(talk, wish_unsaid="half an hour").status_code == 302
    assert Entry.objects.get(pk=talk.pk).version == 2


def test_danger_closes_other_words_and_says_the_way_on(episode, talk) -> None:
    """DR-06: no rehearsal with somebody dangerous; what stood there before stays."""
    assert work(talk, **{"alternatives-1-line": "Sit with me?"}).status_code == 302
    make.entry(episode, "rec_inventory_person", {"person_id": "p_dana", "safety_concern": True})
    page = words_of(browser_of(episode.therapist).get(address(talk)))
    assert "Other words and rehearsal wait" in page
    assert "rule DR-06" in page
    assert "Rehearse it as a role play" not in page
    assert work(talk, version="2", wish_unsaid="to be safe").status_code == 302
    values = kept(talk)
    assert values["wish_unsaid"] == "to be safe"
    assert values["alternatives"] == [{"line": "Sit with me?"}]


def test_a_signed_one_is_gone_on_with_as_its_record(episode) -> None:
    session = episode.sessions.get(number=1)
    entry = make.entry(
        episode,
        "rec_communication_analysis",
        {"other_person_id": "p_dana", "turns": TURNS, "alternatives": [{"line": "Sit with me?"}]},
        session=session,
    )
    session.episode = episode
    make.signed(session, at=make.at_day(1))
    entry.refresh_from_db()
    browser = browser_of(episode.therapist)
    assert browser.get(address(entry)).status_code == 404
    page = browser.get(f"/episodes/{episode.pk}/worksheets/talk/{entry.pk}/").content.decode()
    assert "/work/" not in page
