"""The second lock: agreed alone, opened at the ordinary door, and nothing on the ordinary pages gives it away."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session as SignIn
from django.test import Client
from tests import factories as make
from tests.web.rooms_world import browser_of, set_clock, strangers, text_of

from openipt.errors import EntryNotValid
from openipt.records.actions import accounts, checkins, clients, journal, people, second_lock
from openipt.records.models import AuditEvent, CheckIn, Entry, Episode, JournalEntry, SecondLock, User
from openipt.web.behind import CLOSES_AFTER

pytestmark = pytest.mark.django_db

NOW = make.at_day(7, 1)
SECOND = "marmalade-window-eleven"
HIDDEN = "Tom stood in the doorway until midnight."
HARMLESS = "A long walk by the river."
ADDRESSES = (
    "/me/", "/me/check-in/", "/me/line/", "/me/journal/", "/me/journal/new/", "/me/practice/",
    "/me/practice/new/rec_emotion_log/", "/me/learn/", "/me/plan/", "/me/rights/", "/me/help-now/", "/me/story/",
    "/me/story/event/", "/me/people/",
)  # fmt: skip
CHANGING = re.compile(r'name="csrfmiddlewaretoken" value="[^"]*"|data-token="[^"]*"|X-CSRFToken[^}]*')


@pytest.fixture(autouse=True)
def at_a_set_time(monkeypatch: pytest.MonkeyPatch) -> None:
    set_clock(monkeypatch, NOW)


@pytest.fixture
def episode() -> Episode:
    """Tom is a danger; Mum is not."""
    made, _ = make.active_episode()
    for code, label, relation in (("p_tom", "Tom", "husband"), ("p_mum", "Mum", "mother")):
        people.add_person(
            episode=made, label=label, relation=relation, code=code, by=made.therapist, at=make.at_day()
        )
    make.entry(made, "rec_inventory_person", {"person_id": "p_tom", "safety_concern": True})
    return made


@pytest.fixture
def login(episode: Episode) -> User:
    return make.client_login(episode)


@pytest.fixture
def lock(episode: Episode, login: User) -> SecondLock:
    return agreed(episode)


def agreed(episode: Episode, password: str = SECOND) -> SecondLock:
    return second_lock.agree(
        episode=episode, password=password, alone_confirmed=True, by=episode.therapist, at=NOW
    )


def wrote(episode: Episode, login: User, text: str, **more: Any) -> JournalEntry:
    return journal.write_journal(episode=episode, words={"text": text}, by=login, at=NOW, **more)


def sheet(episode: Episode, login: User, event: str, **more: Any) -> Entry:
    payload = {"event": event, "feeling_before": "afraid"}
    return make.entry(episode, "rec_event_mood_link", payload, by=login, **more)


def through_the_door(login: User, password: str) -> Client:
    browser = Client()
    browser.post("/me/login/", {"username": login.username, "password": password})
    return browser


def ordinary(login: User) -> Client:
    return through_the_door(login, make.PASSWORD)


def behind(login: User) -> Client:
    return through_the_door(login, SECOND)


def pages(browser: Client) -> dict[str, str]:
    return {at: CHANGING.sub("", text_of(browser.get(at))) for at in ADDRESSES}


# -- what the ordinary pages show ----------------------------------------------------------------------


def test_words_about_the_dangerous_person_stand_behind_the_lock_only(episode, login, lock) -> None:
    row, other = wrote(episode, login, HIDDEN), wrote(episode, login, HARMLESS)
    work = sheet(episode, login, "Tom threw a teacup")
    seen, all_seen = pages(ordinary(login)), pages(behind(login))
    assert HARMLESS in seen["/me/journal/"] and HIDDEN not in "".join(seen.values())
    assert "teacup" not in "".join(seen.values())
    assert HIDDEN in all_seen["/me/journal/"] and "teacup" in all_seen["/me/practice/"]
    for address in (f"/me/journal/{row.pk}/", f"/me/practice/{work.pk}/", f"/me/practice/{work.pk}/change/"):
        assert ordinary(login).get(address).status_code == 404
        assert behind(login).get(address).status_code == 200
    assert ordinary(login).get(f"/me/journal/{other.pk}/").status_code == 200


def test_no_gap_gives_it_away(episode, login, lock) -> None:
    """Every ordinary page is the same, letter by letter, whether or not something stands behind the lock."""
    wrote(episode, login, HARMLESS)
    before = pages(ordinary(login))
    wrote(episode, login, HIDDEN, shared=True)
    sheet(episode, login, "Tom threw a teacup")
    browser = behind(login)
    browser.post("/me/journal/new/", {"text": "He was calm today."})
    assert pages(ordinary(login)) == before


def test_the_lock_itself_leaves_no_trace_on_ordinary_pages(episode, login) -> None:
    wrote(episode, login, HARMLESS)
    before = pages(ordinary(login))
    agreed(episode)
    after = pages(ordinary(login))
    assert after == before
    assert not [at for at, text in after.items() if "second lock" in text.lower()]


def test_nothing_is_deleted_and_what_is_shared_stays_with_the_therapist(episode, login, lock) -> None:
    wrote(episode, login, HIDDEN, shared=True)
    work = sheet(episode, login, "Tom threw a teacup", shared=True)
    assert JournalEntry.objects.filter(episode=episode).count() == 1
    desk = browser_of(episode.therapist)
    assert "teacup" in text_of(desk.get(f"/episodes/{episode.pk}/records/{work.pk}/"))


def test_of_the_safety_plan_only_the_lines_about_them_are_left_out(episode, login, lock) -> None:
    plan = {"my_signs": ["I stop eating", "Tom drinks"], "alone": ["Breathe out slowly"]}
    make.entry(episode, "rec_safety_plan", plan, by=episode.therapist)
    seen, all_seen = (text_of(one.get("/me/plan/")) for one in (ordinary(login), behind(login)))
    assert "I stop eating" in seen and "Breathe out" in seen and "Tom" not in seen
    assert "Tom drinks" in all_seen


def test_without_a_second_lock_ones_own_words_stay_where_they_are(episode, login) -> None:
    wrote(episode, login, HIDDEN)
    assert HIDDEN in text_of(ordinary(login).get("/me/journal/"))


# -- moving by hand --------------------------------------------------------------------------------------


def test_what_is_written_behind_the_lock_stands_there_and_can_be_moved_out_and_in(
    episode, login, lock
) -> None:
    browser = behind(login)
    browser.post("/me/journal/new/", {"text": "He said sorry."})
    row = JournalEntry.objects.get()
    assert "sorry" not in text_of(ordinary(login).get("/me/journal/"))
    browser.post(f"/me/journal/{row.pk}/move/", {"behind": "no"})
    assert "sorry" in text_of(ordinary(login).get("/me/journal/"))
    browser.post(f"/me/journal/{row.pk}/move/", {"behind": "yes"})
    assert "sorry" not in text_of(ordinary(login).get("/me/journal/"))
    work = sheet(episode, login, "Tom threw a teacup")
    browser.post(f"/me/practice/{work.pk}/move/", {"behind": "no"})
    assert "teacup" in text_of(ordinary(login).get("/me/practice/"))


def test_from_the_ordinary_pages_nothing_can_be_moved(episode, login, lock) -> None:
    row, hidden = wrote(episode, login, HARMLESS), wrote(episode, login, HIDDEN)
    for one in (row, hidden):
        assert ordinary(login).post(f"/me/journal/{one.pk}/move/", {"behind": "no"}).status_code == 404
    assert set(JournalEntry.objects.values_list("behind_lock", flat=True)) == {None}


# -- the two lines of a check-in -------------------------------------------------------------------------


def line_of(browser: Client, check_in: CheckIn) -> str:
    page = text_of(browser.get(f"/me/check-in/{check_in.pk}/"))
    return re.search(r'name="talk_about"[^>]*>([^<]*)<', page)[1].strip()


def saved(browser: Client, check_in: CheckIn, mark: str, typed: str) -> str:
    answer = browser.post(
        f"/me/check-in/{check_in.pk}/words/", {"name": "talk_about", "value": typed, "version": mark}
    )
    return answer.json()["version"]


def mark_on(browser: Client, check_in: CheckIn) -> str:
    page = text_of(browser.get(f"/me/check-in/{check_in.pk}/"))
    return re.search(r'name="talk_about"[^>]*data-version="([^"]*)"', page)[1]


def test_a_line_about_them_is_not_shown_again_and_not_lost(episode, login, lock) -> None:
    check_in = checkins.open_checkin(episode=episode, measures=["ms_gad7"], by=login, at=NOW)
    checkins.set_extras(check_in=check_in, talk_about="What Tom did on Sunday", by=login, at=NOW)
    browser = ordinary(login)
    assert line_of(browser, check_in) == ""
    mark = mark_on(browser, check_in)
    for typed in ("My sl", "My sleep", "My sleep, and work"):
        mark = saved(browser, check_in, mark, typed)
    check_in.refresh_from_db()
    assert check_in.talk_about == "What Tom did on Sunday\n\nMy sleep, and work"
    assert line_of(browser, check_in) == "My sleep, and work"
    mark = saved(browser, check_in, mark_on(browser, check_in), "")
    check_in.refresh_from_db()
    assert check_in.talk_about == "What Tom did on Sunday"
    assert "What Tom did on Sunday" in line_of(behind(login), check_in)


# -- the door --------------------------------------------------------------------------------------------


def test_the_view_closes_by_itself_and_by_hand(episode, login, lock, monkeypatch) -> None:
    wrote(episode, login, HIDDEN)
    browser = behind(login)
    set_clock(monkeypatch, NOW + CLOSES_AFTER - timedelta(seconds=1))
    assert HIDDEN in text_of(browser.get("/me/journal/"))
    set_clock(monkeypatch, NOW + 2 * CLOSES_AFTER)
    assert HIDDEN not in text_of(browser.get("/me/journal/"))
    again = behind(login)
    again.post("/me/close/")
    assert HIDDEN not in text_of(again.get("/me/journal/"))
    assert again.get("/me/").status_code == 200


def test_a_clock_that_goes_back_closes_it(episode, login, lock, monkeypatch) -> None:
    wrote(episode, login, HIDDEN)
    browser = behind(login)
    set_clock(monkeypatch, NOW - timedelta(hours=1))
    assert HIDDEN not in text_of(browser.get("/me/journal/"))


def test_another_lock_closes_what_the_first_had_opened(episode, login, lock) -> None:
    wrote(episode, login, HIDDEN)
    browser = behind(login)
    agreed(episode, "lantern-harbour-seven")
    assert HIDDEN not in text_of(browser.get("/me/journal/"))
    assert through_the_door(login, SECOND).get("/me/").status_code == 302
    assert HIDDEN in text_of(through_the_door(login, "lantern-harbour-seven").get("/me/journal/"))


def test_a_wrong_password_opens_neither(episode, login, lock) -> None:
    assert through_the_door(login, "something-else-entirely").get("/me/").status_code == 302


def test_the_second_password_opens_no_door_of_the_staff_and_no_other_clients_pages(
    episode, login, lock
) -> None:
    browser = Client()
    answer = browser.post("/login/", {"username": login.username, "password": SECOND})
    assert answer.status_code == 422 and browser.get("/today/").status_code == 302
    other, _ = make.active_episode()
    assert through_the_door(make.client_login(other), SECOND).get("/me/").status_code == 302


def test_half_typed_text_is_kept_under_another_key_behind_the_lock(login, lock) -> None:
    one, two = (browser.get("/me/drafts/key/").json() for browser in (ordinary(login), behind(login)))
    assert one["key"] != two["key"] and one["who"] != two["who"]
    assert two["who"] == behind(login).get("/me/drafts/key/").json()["who"]


def test_no_session_and_no_audit_event_holds_a_word_of_it(episode, login, lock) -> None:
    behind(login).post("/me/journal/new/", {"text": HIDDEN})
    kept = str([one.get_decoded() for one in SignIn.objects.all()])
    kept += str(list(AuditEvent.objects.values_list("act", "actor", "object_type", "object_id")))
    assert "Tom" not in kept and SECOND not in kept
    assert {"second-lock-agreed", "moved-by-client"} <= set(AuditEvent.objects.values_list("act", flat=True))


# -- agreeing on it --------------------------------------------------------------------------------------


def address(episode: Episode) -> str:
    return f"/episodes/{episode.pk}/safety/second-lock/"


def typed(password: str = SECOND, **more: str) -> dict[str, str]:
    return {"alone_confirmed": "yes", "password": password, "again": password} | more


def choosing(episode: Episode) -> str:
    return f"{address(episode)}choose/"


def test_it_is_agreed_and_taken_back_in_the_safety_room(episode, login) -> None:
    desk = browser_of(episode.therapist)
    assert address(episode) in text_of(desk.get(f"/episodes/{episode.pk}/safety/"))
    assert "Tom" in text_of(desk.get(address(episode)))
    assert desk.post(choosing(episode), typed()).status_code == 302
    assert SECOND not in SecondLock.objects.get().secret
    assert "Agreed on" in text_of(desk.get(address(episode)))
    assert desk.post(address(episode)).status_code == 422
    desk.post(address(episode), {"alone_confirmed": "yes"})
    assert SecondLock.objects.get().taken_back_at == NOW
    wrote(episode, login, HIDDEN)
    assert HIDDEN in text_of(ordinary(login).get("/me/journal/"))


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        (typed(alone_confirmed=""), "alone with you"),
        (typed(again="marmalade-window-twelve"), "not the same"),
        (typed("brief"), "12 characters"),
        (typed(make.PASSWORD), "ordinary pages"),
        (typed(""), "12 characters"),
    ],
)
def test_what_is_not_agreed_is_told_at_its_field(episode, login, sent, said) -> None:
    answer = browser_of(episode.therapist).post(choosing(episode), sent)
    assert answer.status_code == 422 and said in text_of(answer)
    assert sent.get("password", "-") not in text_of(answer) or not sent.get("password")
    assert not SecondLock.objects.exists()


def test_without_a_login_there_is_nothing_to_lock(episode) -> None:
    desk = browser_of(episode.therapist)
    assert "no login yet" in text_of(desk.get(address(episode)))
    assert desk.post(choosing(episode), typed()).status_code == 409


def test_only_those_who_write_safety_come_here(episode, login) -> None:
    cover = make.covered(episode.therapist, 0, 20)
    assert browser_of(cover).get(address(episode)).status_code == 200
    assert browser_of(make.supervised(episode.therapist)).get(address(episode)).status_code == 409
    for stranger in strangers():
        for page in (address(episode), choosing(episode)):
            assert browser_of(stranger).get(page).status_code == 404


def test_on_the_screen_turned_to_the_client_stands_nothing_of_the_record(episode, login) -> None:
    page = text_of(browser_of(episode.therapist).get(choosing(episode)))
    assert "Your second password" in page
    for word in ("Rui", "Tom", "Risk", "Danger", "alert"):
        assert word not in page


def test_the_list_of_what_is_covered_names_nothing_that_is_not_shared(episode, login, lock) -> None:
    wrote(episode, login, HIDDEN)
    sheet(episode, login, "Tom threw a teacup", shared=True)
    page = text_of(browser_of(episode.therapist).get(address(episode)))
    assert "Journal entry" not in page and "/records/" in page.split('id="covered"')[1]


def test_the_ordinary_password_never_becomes_the_second_one(episode, login, lock) -> None:
    with pytest.raises(EntryNotValid):
        accounts.set_password(user=login, password=SECOND, by=login, at=NOW)
    with pytest.raises(EntryNotValid):
        clients.give_client_login(client=episode.client, password=SECOND, by=episode.therapist, at=NOW)


def test_an_erased_client_has_no_lock(episode, login, lock) -> None:
    clients.erase_client(client=episode.client, by=make.staff("manager"), at=NOW)
    lock.refresh_from_db()
    assert lock.secret == "" and lock.taken_back_at == NOW
