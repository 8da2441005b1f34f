"""My story, the life line: read, written by a line and by a form, shared by choice; and the second lock, attacked."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from tests import factories as make
from tests.web.rooms_world import browser_of, set_clock, text_of
from tests.web.test_client_circle import MARKER, person, seen, through
from tests.web.test_second_lock import SECOND, agreed

from openipt.records.models import Entry, EntryVersion, Episode, User

pytestmark = pytest.mark.django_db

NOW = make.at_day(7, 1)
HOME = "/me/story/"
TIMELINE = "rec_timeline"


@pytest.fixture(autouse=True)
def at_a_set_time(monkeypatch: pytest.MonkeyPatch) -> None:
    set_clock(monkeypatch, NOW)


@pytest.fixture
def episode() -> Episode:
    return make.active_episode()[0]


@pytest.fixture
def login(episode: Episode) -> User:
    return make.client_login(episode)


def event(of: Episode, text: str, date: str = "2024-05", **more: Any) -> Entry:
    values = {"text": text, "date": date, "type": "event", **more}
    return make.entry(of, TIMELINE, values, final=True)


def tie(of: Episode, event: str, symptom: str) -> Entry:
    return make.entry(
        of, TIMELINE, {"links": [{"event": event, "symptom": symptom, "strength_0_3": 3}]}, final=True
    )


def own(of: Episode) -> list[Entry]:
    return list(Entry.objects.filter(episode=of, record_type=TIMELINE, by_role="client").order_by("order"))


def add(browser: Client, line: str, **more: str) -> Any:
    return browser.post(f"{HOME}add/", {"line": line, **more})


# -- reading and writing -----------------------------------------------------------------------------------


def test_an_empty_line_says_how_to_begin(episode, login) -> None:
    page = seen(browser_of(login), HOME)
    assert "Your line begins with one thing" in page and "<title>My story · My notes</title>" in page


def test_the_line_shows_what_the_client_may_see_and_no_judgement(episode, login) -> None:
    event(episode, "Lost the job")
    event(episode, "Low", "2024-06", type="symptom")
    tie(episode, "Lost the job", "Low")
    make.entry(episode, TIMELINE, {"text": "A draft of the therapist", "date": "2020"})
    browser = browser_of(login)
    page = seen(browser, HOME)
    assert "Lost the job" in page and "Goes with Low" in page and 'class="time-arc' in page
    for hidden in ("A draft", "expected", "/episodes/", "band"):
        assert hidden not in page
    part = text_of(browser.get(f"{HOME}?span=year", headers={"hx-request": "true", "hx-target": "time-view"}))
    assert "<html" not in part and 'id="time-view"' in part
    assert browser.get(f"{HOME}?span=own&from=32.13.2024").status_code == 422


def test_one_typed_line_is_read_kept_taken_back_and_put_back(episode, login) -> None:
    rosa = person(episode, "Rosa")
    browser = browser_of(login)
    read = browser.post(
        f"{HOME}read/", {"line": "moved in with Rosa, May 2020"}, headers={"hx-request": "true"}
    )
    assert "May 2020" in text_of(read) and f'value="{rosa}"' in text_of(read) and not own(episode)
    answer = add(browser, "moved in with Rosa, May 2020", people=rosa)
    (kept,) = own(episode)
    assert not kept.shared and kept.payload["date"] == "2020-05" and kept.payload["people"] == [rosa]
    assert "Rosa" not in answer["Location"] and "Kept" in seen(browser, answer["Location"].split("#")[0])
    add(browser, "moved in with Rosa, May 2020", people=rosa)
    assert len(own(episode)) == 1
    desk = browser_of(episode.therapist)
    assert "moved in" not in text_of(desk.get(f"/episodes/{episode.pk}/timeline/"))
    browser.post(f"{HOME}take-back/", {"entry": kept.pk})
    assert "moved in" not in seen(browser, HOME)
    browser.post(f"{HOME}put-back/", {"entry": kept.pk})
    assert "moved in" in seen(browser, HOME)
    wrong = add(browser, "May 2020")
    assert wrong.status_code == 422 and 'value="May 2020"' in text_of(wrong)


def test_the_whole_form_writes_changes_shares_and_loses_nothing(episode, login) -> None:
    browser = browser_of(login)
    assert "What happened" in seen(browser, f"{HOME}event/")
    assert browser.post(f"{HOME}event/", {"date": "2019"}).status_code == 422
    sent = {"text": "My daughter was born", "date": "2019", "type": "event", "event_kind": "family"}
    browser.post(f"{HOME}event/", {**sent, "shared": "yes"})
    (kept,) = own(episode)
    assert kept.shared and kept.payload["event_kind"] == "family"
    desk = browser_of(episode.therapist)
    assert "daughter was born" in text_of(desk.get(f"/episodes/{episode.pk}/timeline/"))
    address = f"{HOME}event/{kept.pk}/"
    assert address in seen(browser, HOME)
    browser.post(address, {**sent, "date": "2018", "version": "1"})
    kept.refresh_from_db()
    assert not kept.shared and kept.payload["date"] == "2018" and EntryVersion.objects.count() == 1
    late = browser.post(address, {**sent, "date": "2017", "version": "1"})
    assert late.status_code == 409 and "2018" in text_of(late) and 'value="2017"' in text_of(late)


def test_only_ones_own_events_are_changed(episode, login) -> None:
    theirs = event(episode, "Lost the job")
    browser = browser_of(login)
    assert browser.get(f"{HOME}event/{theirs.pk}/").status_code == 404
    for tail in ("take-back/", "put-back/"):
        assert browser.post(f"{HOME}{tail}", {"entry": theirs.pk}).status_code == 404
    assert browser.post(f"{HOME}take-back/", {"entry": "nothing"}).status_code == 404


# -- the second lock ---------------------------------------------------------------------------------------


@pytest.fixture
def zeb(episode: Episode, login: User) -> str:
    code = person(episode, MARKER, "husband", "p_zeb", safety_concern=True)
    agreed(episode)
    return code


def test_no_byte_of_the_ordinary_line_tells_of_them(episode, login, zeb) -> None:
    rosa = person(episode, "Rosa", "sister")
    event(episode, "Lost the job")
    event(episode, "Low", "2024-06", type="symptom")
    before = seen(through(episode), HOME)
    event(episode, f"{MARKER} broke the door")
    event(episode, "Slept at the station", people=[zeb])
    event(episode, "Row at the wedding", event_kind="quarrel", people=[rosa])
    tie(episode, "Slept at the station", "Low")
    tie(episode, f"{MARKER} broke the door", "Low")
    behind = through(episode, SECOND)
    add(behind, "met the shelter, June 2024")
    add(through(episode), "wedding with Rosa, 1999", people=zeb)  # nobody offers this code here
    forged = own(episode)[-1]
    assert "people" not in forged.payload
    forged.delete()
    assert seen(through(episode), HOME) == before
    whole = seen(behind, HOME)
    for words in (f"{MARKER} broke", "Slept at the station", "Row at", "met the shelter", f"with {MARKER}"):
        assert words in whole
    assert 'class="time-arc' in whole and 'class="time-arc' not in before


def test_a_line_about_them_goes_behind_the_lock_and_is_kept(episode, login, zeb) -> None:
    browser, behind = through(episode), through(episode, SECOND)
    answer = add(browser, f"{MARKER} moved in, May 2020")
    page = seen(browser, answer["Location"].split("#")[0])
    assert MARKER not in page and MARKER in seen(behind, HOME) and "Kept." in page
    (kept,) = own(episode)
    assert browser.get(f"{HOME}event/{kept.pk}/").status_code == 404
    assert browser.post(f"{HOME}take-back/", {"entry": kept.pk}).status_code == 404
    read = browser.post(f"{HOME}read/", {"line": "wedding, 2001"}, headers={"hx-request": "true"})
    assert MARKER not in text_of(read) and zeb not in text_of(read)
    behind.post(f"{HOME}event/{kept.pk}/move/", {"behind": "no"})
    assert f"{MARKER} moved in" in seen(browser, HOME)
    assert browser.post(f"{HOME}event/{kept.pk}/move/", {"behind": "yes"}).status_code == 404


def test_whom_the_client_put_behind_leaves_every_event_of_theirs(episode, login, zeb) -> None:
    rosa = person(episode, "Rosa", "sister")
    event(episode, "A week by the sea", people=[rosa])
    behind = through(episode, SECOND)
    assert "with Rosa" in seen(through(episode), HOME)
    behind.post("/me/people/move/", {"person": rosa, "behind": "yes"})
    page = seen(through(episode), HOME)
    assert "by the sea" not in page and rosa not in page and "Rosa" not in page
    forms = seen(through(episode), f"{HOME}event/")
    assert "Rosa" not in forms and MARKER not in forms and rosa in seen(behind, f"{HOME}event/")


def test_a_change_of_ones_own_event_keeps_whom_the_form_does_not_offer(episode, login) -> None:
    """Without a lock an event of one's own still names somebody a clinician marked: saving it drops nobody."""
    tom = person(episode, "Tom", "husband", "p_tom")
    browser = browser_of(login)
    add(browser, "wedding, 2001", people=tom)
    make.entry(episode, "rec_inventory_person", {"person_id": tom, "safety_concern": True}, final=True)
    (kept,) = own(episode)
    address = f"{HOME}event/{kept.pk}/"
    assert re.search(rf'value="{tom}"[^>]*checked', seen(browser, address))
    sent = {"text": "our wedding", "date": "2001", "type": "event", "people": tom, "version": "1"}
    assert browser.post(address, sent).status_code == 302
    kept.refresh_from_db()
    assert kept.payload["people"] == [tom] and "our wedding" in seen(browser, HOME)
