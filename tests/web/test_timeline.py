"""The Timeline room: imprecise dates in order, scores beside them, events tied to symptoms."""

from __future__ import annotations

import pytest
from tests import factories
from tests.web.rooms_world import browser_of, set_clock, strangers, text_of

from openipt.records.actions import checkins
from openipt.records.models import Entry

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def monday(monkeypatch: pytest.MonkeyPatch) -> None:
    set_clock(monkeypatch, factories.at_day(1))


@pytest.fixture
def episode():
    return factories.active_episode()[0]


def item(of, text: str, kind: str = "event", on: str = "", **more) -> Entry:
    return factories.entry(of, "rec_timeline", {"text": text, "type": kind, "date": on, **more})


def room(episode, user=None):
    return browser_of(user or episode.therapist).get(f"/episodes/{episode.pk}/timeline/")


def test_it_begins_empty(episode):
    assert "Nothing stands on the line yet" in text_of(room(episode))


def test_items_stand_in_the_order_of_their_dates(episode):
    item(episode, "moved house", on="2025-03-04")
    item(episode, "father ill", on="2025-03")
    item(episode, "first low spell", "symptom", on="2008", precision="about")
    item(episode, "some time ago")
    page = text_of(room(episode))
    places = [
        page.index(words) for words in ("first low spell", "father ill", "moved house", "some time ago")
    ]
    assert places == sorted(places)
    assert "About 2008" in page
    assert "Without a date" in page


def test_scores_stand_beside_what_happened(episode):
    session = episode.sessions.get(number=1)
    checkins.enter_answers(
        episode=episode,
        totals={"ms_phq9": 14},
        session=session,
        mode="paper",
        by=episode.therapist,
        at=factories.at_day(),
    )
    assert "PHQ-9 14" in text_of(room(episode))


def test_one_line_adds_an_item(episode):
    response = browser_of(episode.therapist).post(
        f"/episodes/{episode.pk}/records/rec_timeline/new/",
        {"text": "lost the job", "date": "2025-11", "next": f"/episodes/{episode.pk}/timeline/"},
    )
    assert response.status_code == 302
    assert "lost the job" in text_of(room(episode))


def test_a_date_that_is_none_comes_back_with_what_was_typed(episode):
    response = browser_of(episode.therapist).post(
        f"/episodes/{episode.pk}/records/rec_timeline/new/", {"text": "lost the job", "date": "2025-02-31"}
    )
    assert response.status_code == 422
    assert "lost the job" in text_of(response)


def test_an_event_is_tied_to_a_symptom_and_the_last_word_counts(episode):
    item(episode, "lost the job", on="2025-11")
    item(episode, "no sleep", "symptom", on="2025-12")
    address = f"/episodes/{episode.pk}/timeline/link/"
    browser = browser_of(episode.therapist)
    tied = {"event": "lost the job", "symptom": "no sleep", "strength": "1"}
    assert browser.post(address, tied).status_code == 302
    assert browser.post(address, tied | {"strength": "3"}).status_code == 302
    page = text_of(room(episode))
    assert "Goes with no sleep: strong link" in page
    assert "weak link" not in page
    assert Entry.objects.filter(episode=episode, for_task="I09").count() == 2


def test_a_link_to_what_is_not_on_the_line_is_refused_at_its_field(episode):
    item(episode, "lost the job", on="2025-11")
    item(episode, "no sleep", "symptom", on="2025-12")
    response = browser_of(episode.therapist).post(
        f"/episodes/{episode.pk}/timeline/link/", {"event": "never happened", "symptom": "", "strength": ""}
    )
    assert response.status_code == 422
    for words in ("Choose one of those shown.", "Choose the symptom.", "Say how strong the link is."):
        assert words in text_of(response)


def test_a_supervisor_reads_others_find_nothing(episode):
    item(episode, "lost the job", on="2025-11")
    supervisor = factories.supervised(episode.therapist)
    assert "lost the job" in text_of(room(episode, supervisor))
    assert "Add a line" not in text_of(room(episode, supervisor))
    for user in strangers():
        assert room(episode, user).status_code in (403, 404)
