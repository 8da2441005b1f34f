"""The client's rooms by request: what each shows, what it keeps, and whom it lets in."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from tests import factories as make
from tests.web.rooms_world import browser_of, set_clock, strangers, text_of

from openipt.records.actions import checkins, journal, sessions
from openipt.records.models import (
    AnswerEvent,
    AuditEvent,
    CheckIn,
    Entry,
    Episode,
    JournalEntry,
    MeasureScore,
    User,
)
from openipt.web.client.common import HOURS_NOT_SET
from openipt.web.plain import PRACTICE, REHEARSALS, how_long, mine

pytestmark = pytest.mark.django_db

NOW = make.at_day(7, 1)
PAGES = (
    "/me/", "/me/check-in/", "/me/line/", "/me/journal/", "/me/journal/new/", "/me/practice/",
    "/me/practice/new/rec_emotion_log/", "/me/learn/", "/me/learn/p_1/", "/me/plan/", "/me/rights/", "/me/story/",
)  # fmt: skip


@pytest.fixture(autouse=True)
def at_a_set_time(monkeypatch: pytest.MonkeyPatch) -> None:
    set_clock(monkeypatch, NOW)


@pytest.fixture
def episode() -> Episode:
    made, _ = make.active_episode(make.therapist("Maren Solberg"))
    return made


@pytest.fixture
def login(episode: Episode) -> User:
    return make.client_login(episode)


@pytest.fixture
def browser(login: User) -> Client:
    return browser_of(login)


def asked(episode: Episode, login: User, *measures: str) -> CheckIn:
    return checkins.open_checkin(episode=episode, measures=list(measures or ("ms_phq9",)), by=login, at=NOW)


def tapped(browser: Client, check_in: CheckIn, number: int, value: object) -> Any:
    return browser.post(f"/me/check-in/{check_in.pk}/{number}/", {"value": value})


def other_client() -> tuple[Episode, User]:
    made, _ = make.active_episode()
    return made, make.client_login(made)


# Who comes in


@pytest.mark.parametrize("address", PAGES)
def test_every_page_opens_for_its_client_and_says_nothing_clinical_in_its_title(browser, address) -> None:
    response = browser.get(address)
    assert response.status_code == 200
    title = text_of(response).split("<title>")[1].split("</title>")[0].lower()
    assert not [word for word in ("therap", "mood", "depress", "ipt", "symptom") if word in title]


@pytest.mark.parametrize("address", PAGES)
def test_no_page_opens_before_sign_in_or_for_staff(episode, address) -> None:
    assert Client().get(address).status_code == 302
    for user in [episode.therapist, *strangers()]:
        assert browser_of(user).get(address).status_code == 302


def test_a_login_whose_client_has_nothing_here_is_told_so() -> None:
    client = User(username="u-empty", role="client", created_at=NOW)
    client.set_password("x")
    client.save()
    assert browser_of(client).get("/me/").status_code == 404


def test_each_page_writes_one_read(episode, browser) -> None:
    before = AuditEvent.objects.filter(chain=str(episode.pk)).count()
    browser.get("/me/line/")
    after = AuditEvent.objects.filter(chain=str(episode.pk)).order_by("seq")
    assert [event.act for event in after[before:]] == ["own-record-read"]


def test_nobody_reaches_what_is_anothers(episode, login, browser) -> None:
    other, other_login = other_client()
    check_in = asked(other, other_login)
    row = journal.write_journal(episode=other, words={"text": "mine"}, by=other_login, at=NOW)
    sheet = make.entry(other, "rec_emotion_log", {"first_word": "sad"}, by=other_login, at=NOW)
    addresses = (
        f"check-in/{check_in.pk}/", f"check-in/{check_in.pk}/1/", f"check-in/{check_in.pk}/sent/",
        f"journal/{row.pk}/", f"practice/{sheet.pk}/", f"practice/{sheet.pk}/change/",
    )  # fmt: skip
    for address in addresses:
        assert browser.get(f"/me/{address}").status_code == 404, address
    for address in (
        f"check-in/{check_in.pk}/answer/",
        f"journal/{row.pk}/share/",
        f"practice/{sheet.pk}/share/",
    ):
        assert browser.post(f"/me/{address}", {"share": "yes"}).status_code == 404, address
    assert tapped(browser, check_in, 1, 2).status_code == 404
    assert not AnswerEvent.objects.exists()


# Home


def test_home_says_when_we_meet_and_the_step(episode, browser, login) -> None:
    sessions.plan_session(
        episode=episode, planned_at=make.at_day(14, 2), place="Kirkegata 12", by=episode.therapist, at=NOW
    )
    make.entry(episode, "rec_action_plan", {"step": "Ring Nuno", "with_whom": "Nuno"}, final=True)
    page = text_of(browser.get("/me/"))
    assert "Monday 19 January, 11:00" in page
    assert "Kirkegata 12" in page
    assert "Ring Nuno" in page
    asked(episode, login)
    assert "Go on with your check-in" in text_of(browser.get("/me/"))


def test_where_somebody_may_look_on_home_names_no_place_and_no_step(episode, browser) -> None:
    sessions.plan_session(
        episode=episode, planned_at=make.at_day(14, 2), place="Kirkegata 12", by=episode.therapist, at=NOW
    )
    step = make.entry(episode, "rec_action_plan", {"step": "Tell Rolf to stop"}, final=True)
    make.entry(episode, "rec_ipv_screen", {"alone_confirmed": True, "positive": True})
    page = text_of(browser.get("/me/"))
    assert "Monday 19 January, 11:00" in page
    assert "Kirkegata 12" not in page
    assert "Rolf" not in page
    assert "Rolf" not in text_of(browser.get("/me/practice/"))
    assert browser.get(f"/me/practice/{step.pk}/").status_code == 404
    offered = text_of(browser.get("/me/practice/"))
    assert not [record for record in REHEARSALS if f"/new/{record}/" in offered]


# Check-in


def test_before_the_first_question_it_says_who_reads_and_when(browser) -> None:
    page = text_of(browser.get("/me/check-in/"))
    assert "Maren Solberg reads this" in page
    assert "It is not read at once." in page
    assert HOURS_NOT_SET in page
    assert "/me/help-now/" in page


def test_beginning_twice_is_one_check_in(episode, browser) -> None:
    first = browser.post("/me/check-in/", {"way": "one"})
    again = browser.post("/me/check-in/", {"way": "all"})
    assert CheckIn.objects.count() == 1
    assert first["Location"].endswith("/1/")
    assert browser.cookies["openipt_way"].value == "all"
    assert again["Location"] == f"/me/check-in/{CheckIn.objects.get().pk}/"


def test_questions_stand_in_their_exact_words(episode, login, browser) -> None:
    check_in = asked(episode, login)
    page = text_of(browser.get(f"/me/check-in/{check_in.pk}/6/"))
    assert (
        "Feeling bad about yourself-or that you are a failure or have let yourself or your family down"
        in page
    )
    assert (
        "Over the last two weeks, how often have you been bothered by any of the following problems?" in page
    )
    assert "the last 2 weeks" in page


def test_last_times_answers_are_not_shown(episode, login, browser) -> None:
    earlier = asked(episode, login)
    for item in range(1, 10):
        checkins.record_answer(check_in=earlier, measure="ms_phq9", item=item, value=0, by=login, at=NOW)
    checkins.finish_checkin(check_in=earlier, by=login, at=NOW)
    now = asked(episode, login)
    assert now.pk != earlier.pk
    assert "your choice" not in text_of(browser.get(f"/me/check-in/{now.pk}/1/"))
    assert "checked" not in text_of(browser.get(f"/me/check-in/{now.pk}/"))


def test_every_choice_is_kept_when_it_is_made_and_the_same_one_once(episode, login, browser) -> None:
    check_in = asked(episode, login)
    assert tapped(browser, check_in, 1, 2)["Location"].endswith("/2/")
    tapped(browser, check_in, 1, 2)
    tapped(browser, check_in, 1, 0)
    tapped(browser, check_in, 2, "declined")
    found = list(AnswerEvent.objects.order_by("id").values_list("item", "value"))
    assert found == [(1, 2), (1, 0), (2, None)]


@pytest.mark.parametrize("value", ["", "7", "-1", "two", "2.5", "9" * 5000, "\u0662", "\x00", "<b>"])
def test_what_is_no_answer_is_told_at_its_question(episode, login, browser, value) -> None:
    check_in = asked(episode, login)
    response = tapped(browser, check_in, 1, value)
    assert response.status_code == 422
    assert "Choose one of the answers" in text_of(response)
    assert not AnswerEvent.objects.exists()


@pytest.mark.parametrize("value", [1, 2, 3])
def test_item_9_raises_its_alert_at_once_and_shows_whom_to_call(episode, login, browser, value) -> None:
    check_in = asked(episode, login)
    answer = tapped(browser, check_in, 9, value)
    assert answer["Location"].endswith("/9/")
    page = text_of(browser.get(answer["Location"]))
    assert page.index("You can talk to somebody now") < page.index("better off dead")
    assert "tel:" in page
    alert = episode.alerts.get()
    assert (alert.rule, alert.shown_to_client_at) == ("DR-01", NOW)
    assert CheckIn.objects.get(pk=check_in.pk).finished_at is None


def test_item_9_by_script_gets_whom_to_call_in_the_same_answer(episode, login, browser) -> None:
    check_in = asked(episode, login)
    address = f"/me/check-in/{check_in.pk}/answer/"
    calm = browser.post(address, {"name": "ms_phq9.8", "value": "3"}).json()
    grave = browser.post(address, {"name": "ms_phq9.9", "value": "1"}).json()
    assert calm["help"] == ""
    assert "tel:" in grave["help"]
    assert browser.post(address, {"name": "ms_phq9.9", "value": "8"}).status_code == 422
    assert browser.post(address, {"name": "ms_hark.1", "value": "1"}).status_code == 422


def test_a_choice_that_arrives_while_its_check_in_is_sent_went_with_it(episode, login, browser) -> None:
    check_in = asked(episode, login)
    address = f"/me/check-in/{check_in.pk}/answer/"
    browser.post(address, {"name": "ms_phq9.1", "value": "2"})
    browser.post(f"/me/check-in/{check_in.pk}/send/", {"as_it_is": "1"})
    assert CheckIn.objects.get(pk=check_in.pk).is_finished
    assert browser.post(address, {"name": "ms_phq9.1", "value": "2"}).status_code == 200
    for late in ({"name": "ms_phq9.1", "value": "3"}, {"name": "ms_phq9.2", "value": "0"}, {"name": "x.1"}):
        assert browser.post(address, late).status_code == 409


def test_a_check_in_sent_between_two_looks_at_it_keeps_the_choice(
    episode, login, browser, monkeypatch
) -> None:
    check_in = asked(episode, login)
    address = f"/me/check-in/{check_in.pk}/answer/"
    browser.post(address, {"name": "ms_phq9.1", "value": "2"})
    record_answer = checkins.record_answer

    def sent_meanwhile(**choice):
        checkins.finish_checkin(check_in=check_in, by=login, at=NOW)
        return record_answer(**choice)

    monkeypatch.setattr(checkins, "record_answer", sent_meanwhile)
    assert browser.post(address, {"name": "ms_phq9.1", "value": "2"}).status_code == 200


def test_how_difficult_it_was_is_asked_only_where_a_problem_was_chosen(episode, login, browser) -> None:
    check_in = asked(episode, login)
    for item in range(1, 9):
        tapped(browser, check_in, item, 0)
    assert tapped(browser, check_in, 9, 0)["Location"].endswith("/11/")
    assert browser.get(f"/me/check-in/{check_in.pk}/10/")["Location"].endswith("/11/")
    assert "Question 10 of 10" in text_of(browser.get(f"/me/check-in/{check_in.pk}/11/"))
    assert tapped(browser, check_in, 3, 1)["Location"].endswith("/4/")
    assert tapped(browser, check_in, 9, 0)["Location"].endswith("/10/")
    page = text_of(browser.get(f"/me/check-in/{check_in.pk}/10/"))
    assert "How difficult have these problems made it for you to do your work" in page
    assert "This is about the last 9 questions." in page
    assert "Over the last two weeks" not in page
    assert "Question 10 of 11" in page
    assert tapped(browser, check_in, 10, "declined")["Location"].endswith("/11/")
    tapped(browser, check_in, 10, 2)
    tapped(browser, check_in, 11, 5)
    assert browser.post(f"/me/check-in/{check_in.pk}/send/")["Location"].endswith("/sent/")
    score = check_in.scores.get()
    assert (score.total, score.unscored) == (1, [2])


def test_nobody_is_asked_twice_how_difficult_it_was(episode, login, browser) -> None:
    check_in = asked(episode, login)
    for item in range(1, 10):
        tapped(browser, check_in, item, 1 if item < 9 else 0)
    sent = browser.post(f"/me/check-in/{check_in.pk}/send/")
    assert sent["Location"].endswith("/sent/")
    assert "You left" not in text_of(browser.get(sent["Location"]))


def test_on_the_page_with_all_questions_it_says_when_it_is_meant(episode, login, browser) -> None:
    check_in = asked(episode, login)
    page = text_of(browser.get(f"/me/check-in/{check_in.pk}/"))
    assert page.index("Only if something above has bothered you.") > page.index("How difficult have these")
    every = {f"ms_phq9.{item}": "1" for item in range(1, 9)} | {"ms_phq9.9": "0", "ms_phq9.10": "3"}
    assert browser.post(f"/me/check-in/{check_in.pk}/", every)["Location"].endswith("/sent/")
    assert check_in.scores.get().unscored == [3]


def test_declining_item_9_asks_the_therapist_and_shows_nothing_alarming(episode, login, browser) -> None:
    check_in = asked(episode, login)
    answer = tapped(browser, check_in, 9, "declined")
    assert answer["Location"].endswith("/10/")
    assert episode.alerts.get().rule == "DR-01-ASK"


def test_sending_with_the_whole_measure_passed_over_asks_the_therapist_too(episode, login, browser) -> None:
    check_in = asked(episode, login)
    address = f"/me/check-in/{check_in.pk}/send/"
    assert "You left 9 questions open" in text_of(browser.post(address))
    assert browser.post(address, {"as_it_is": "1"})["Location"].endswith("/sent/")
    assert episode.alerts.get().rule == "DR-01-ASK"
    assert not check_in.scores.exists()


def test_the_receipt_says_when_what_and_to_whom_but_no_score(episode, login, browser) -> None:
    check_in = asked(episode, login)
    for item in range(1, 9):
        tapped(browser, check_in, item, 2)
    tapped(browser, check_in, 9, "declined")
    tapped(browser, check_in, 11, 4)
    sent = browser.post(f"/me/check-in/{check_in.pk}/send/", {"event": "A row", "talk_about": "The row"})
    page = text_of(browser.get(sent["Location"]))
    assert "Monday 12 January at 10:00" in page
    assert "What was sent to Maren Solberg" in page
    assert "Low mood (PHQ-9): 8 answers" in page
    assert "You left 1 question out" in page
    assert "severe" not in page.lower()
    assert "16" not in re.sub(r"<[^>]+>", " ", page.split("<main")[1])  # the sum of what was answered
    assert "18" not in re.sub(r"<[^>]+>", " ", page.split("<main")[1])  # the total made of it
    again = browser.post(f"/me/check-in/{check_in.pk}/send/")
    assert again["Location"] == sent["Location"]
    assert tapped(browser, check_in, 1, 0)["Location"] == sent["Location"]
    check_in = CheckIn.objects.select_related("episode").get()
    assert (check_in.mood, check_in.event, check_in.talk_about) == (4, "A row", "The row")


def test_an_unfinished_check_in_is_taken_up_again_within_a_day(monkeypatch, episode, login, browser) -> None:
    check_in = asked(episode, login)
    tapped(browser, check_in, 1, 2)
    set_clock(monkeypatch, make.at_day(8))
    assert "Go on with your check-in" in text_of(browser.get("/me/check-in/"))
    assert browser.post("/me/check-in/", {"way": "one"})["Location"] == f"/me/check-in/{check_in.pk}/2/"
    set_clock(monkeypatch, make.at_day(9))
    assert "Go on with your check-in" not in text_of(browser.get("/me/check-in/"))


def test_words_of_two_tabs_are_both_kept(episode, login, browser) -> None:
    check_in = asked(episode, login)
    address = f"/me/check-in/{check_in.pk}/words/"
    first = browser.post(address, {"name": "talk_about", "value": "My brother", "version": ""}).json()
    longer = {"name": "talk_about", "value": "My brother rang", "version": first["version"]}
    browser.post(address, longer)
    other_tab = {"talk_about": "Sunday", "talk_about_mark": first["version"]}
    browser.post(f"/me/check-in/{check_in.pk}/send/", other_tab)
    found = CheckIn.objects.select_related("episode").get()
    assert found.talk_about == "My brother rang\n\nSunday"


def test_words_too_long_are_told_at_their_field_and_kept_as_typed(episode, login, browser) -> None:
    check_in = asked(episode, login)
    words = "\u05e9\u05dc\u05d5\u05dd 🙂 " * 2000
    response = browser.post(f"/me/check-in/{check_in.pk}/send/", {"event": words, "talk_about": ""})
    assert response.status_code == 422
    assert 'href="#f-event"' in text_of(response)
    assert words.strip() in text_of(response)


def test_a_violence_screen_never_stands_in_a_clients_check_in(episode, login, browser) -> None:
    browser.post("/me/check-in/", {"way": "all"})
    assert "ms_hark" not in dict(CheckIn.objects.get().measures)


# My line


def test_my_line_shows_numbers_without_a_verdict(episode, browser) -> None:
    for days, answers in ((0, [2] * 8 + [0]), (6, [1] * 8 + [0])):
        checkins.enter_answers(
            episode=episode, answers={"ms_phq9": answers}, by=episode.therapist, at=make.at_day(days, 1)
        )
    page = text_of(browser.get("/me/line/"))
    assert "16 on 5 January 2026, 8 on 11 January 2026: 8 points lower." in page
    assert "You brought this about." in page
    assert "expected" not in page
    words = page.lower()
    assert not [band for band in ("moderate", "mild", "severe", "minimal", "remission") if band in words]


def test_a_higher_number_is_never_laid_at_the_clients_door(episode, browser) -> None:
    for days, answers in ((0, [1] * 8 + [0]), (6, [3] * 8 + [0])):
        checkins.enter_answers(
            episode=episode, answers={"ms_phq9": answers}, by=episode.therapist, at=make.at_day(days, 1)
        )
    page = text_of(browser.get("/me/line/"))
    assert "16 points higher" in page
    assert "You brought this about" not in page
    assert "It is the treatment that has to do better, not you." in page


def test_a_violence_screen_never_stands_on_my_line(episode, browser) -> None:
    check_in = CheckIn.objects.create(
        episode=episode, mode="with_therapist", measures=[["ms_hark", "1"]], on=make.day(), opened_at=NOW
    )
    MeasureScore.objects.create(
        episode=episode, check_in=check_in, measure="ms_hark", version="1", total=2, on=make.day(), at=NOW
    )
    page = text_of(browser.get("/me/line/"))
    assert "HARK" not in page
    assert "Your line begins here" in page


# Journal


def test_the_journal_is_private_until_shared_and_can_be_taken_back(episode, browser) -> None:
    words = {"text": "We laughed.\nThen not.", "with_whom": "Nuno", "mood_before": "3", "mood_after": "6"}
    assert browser.post("/me/journal/new/", words).status_code == 302
    browser.post("/me/journal/new/", words)
    row = JournalEntry.objects.select_related("episode").get()  # the second press wrote nothing
    assert (row.shared, row.mood_before, row.mood_after) == (False, 3, 6)
    browser.post(f"/me/journal/{row.pk}/share/", {"share": "yes"})
    row.refresh_from_db()
    assert row.shared
    browser.post(f"/me/journal/{row.pk}/share/", {"share": "no"})
    row.refresh_from_db()
    assert not row.shared
    assert "We laughed." in text_of(browser.get("/me/journal/"))


@pytest.mark.parametrize(
    ("sent", "path"),
    [
        ({"text": " "}, "text"),
        ({"text": "x" * 50_001}, "text"),
        ({"text": "a", "mood_before": "11"}, "mood_before"),
    ],
)
def test_a_journal_entry_that_cannot_be_kept_says_where(browser, sent, path) -> None:
    response = browser.post("/me/journal/new/", sent)
    assert response.status_code == 422
    assert f'href="#f-{path}"' in text_of(response)
    assert sent["text"] in text_of(response)


def test_a_journal_entry_changed_on_two_devices_shows_both(login, episode, browser) -> None:
    row = journal.write_journal(episode=episode, words={"text": "first"}, by=login, at=NOW)
    browser.post(f"/me/journal/{row.pk}/", {"text": "on the phone", "version": "1"})
    response = browser.post(f"/me/journal/{row.pk}/", {"text": "on the tablet", "version": "1"})
    assert response.status_code == 409
    assert "on the phone" in text_of(response)
    assert "on the tablet" in text_of(response)
    browser.post(f"/me/journal/{row.pk}/", {"text": "both", "version": "2"})
    assert JournalEntry.objects.select_related("episode").get().words == {"text": "both"}


# Practice


@pytest.mark.parametrize("record", PRACTICE)
def test_every_worksheet_stands_as_a_form_in_the_clients_words(browser, record) -> None:
    page = text_of(browser.get(f"/me/practice/new/{record}/")).split("<main")[1]
    assert "the client" not in page.lower()
    assert "therapist does" not in page


def test_a_worksheet_is_written_changed_shared_and_taken_back(episode, browser) -> None:
    sent = {"situation": "The call", "first_word": "angry"}
    browser.post("/me/practice/new/rec_emotion_log/", sent)
    browser.post("/me/practice/new/rec_emotion_log/", sent)
    sheet = Entry.objects.select_related("episode").get()
    assert (sheet.shared, sheet.by_role) == (False, "client")
    assert "angry" in text_of(browser.get(f"/me/practice/{sheet.pk}/"))
    changed = {"situation": "The call", "first_word": "hurt", "version": sheet.version}
    browser.post(f"/me/practice/{sheet.pk}/change/", changed)
    browser.post(f"/me/practice/{sheet.pk}/share/", {"share": "yes"})
    sheet = Entry.objects.select_related("episode").get()
    assert (sheet.payload["first_word"], sheet.shared) == ("hurt", True)
    browser.post(f"/me/practice/{sheet.pk}/share/", {"share": "no"})
    assert not Entry.objects.get().shared


def test_a_worksheet_without_anything_in_it_is_told_so(browser) -> None:
    response = browser.post("/me/practice/new/rec_action_plan/", {"step": ""})
    assert response.status_code == 422
    assert not Entry.objects.exists()


def test_a_worksheet_changed_on_two_devices_shows_both(episode, login, browser) -> None:
    sheet = make.entry(episode, "rec_emotion_log", {"first_word": "sad"}, by=login, at=NOW)
    browser.post(f"/me/practice/{sheet.pk}/change/", {"first_word": "numb", "version": 1})
    response = browser.post(f"/me/practice/{sheet.pk}/change/", {"first_word": "cross", "version": 1})
    assert response.status_code == 409
    assert "numb" in text_of(response)
    assert 'value="cross"' in text_of(response)


def test_what_was_written_together_is_read_but_not_changed(episode, browser) -> None:
    sheet = make.entry(episode, "rec_action_plan", {"step": "Ring Nuno"}, final=True)
    draft = make.entry(episode, "rec_emotion_log", {"first_word": "sad"})
    assert "Ring Nuno" in text_of(browser.get(f"/me/practice/{sheet.pk}/"))
    assert browser.get(f"/me/practice/{sheet.pk}/change/").status_code == 404
    assert browser.get(f"/me/practice/{draft.pk}/").status_code == 404
    begun = text_of(browser.get(f"/me/practice/new/rec_action_plan/?from={sheet.pk}"))
    assert "Ring Nuno" in begun


def test_records_of_clinicians_are_never_a_clients_form(browser) -> None:
    for record in ("rec_ipv_screen", "rec_risk", "rec_contract", "rec_nothing"):
        assert browser.get(f"/me/practice/new/{record}/").status_code == 404


@pytest.mark.parametrize(
    ("clinician", "client"),
    [
        ("What the client felt", "What I felt"),
        ("The client's part", "My part"),
        ("The client played", "I played"),
        ("Best in the client's own words.", "Best in your own words."),
        ("Client", "Me"),
        ("Where it was in the body", "Where it was in the body"),
    ],
)
def test_labels_are_said_in_the_first_person(clinician, client) -> None:
    assert mine(clinician) == client


# Reading


def test_fourteen_pages_to_read(browser) -> None:
    for number in range(1, 15):
        assert browser.get(f"/me/learn/p_{number}/").status_code == 200
    assert browser.get("/me/learn/p_15/").status_code == 404


def test_the_safety_plan_stands_with_the_numbers_to_call(episode, browser) -> None:
    make.entry(episode, "rec_safety_plan", {"my_signs": ["I stop answering the phone"]})
    page = text_of(browser.get("/me/plan/"))
    assert "I stop answering the phone" in page
    assert "/me/help-now/" in page


def test_rights_name_who_reads_what(episode, browser) -> None:
    make.supervised(episode.therapist)
    cover = make.covered(episode.therapist, 0, 30)
    page = text_of(browser.get("/me/rights/"))
    assert "Maren Solberg" in page
    assert "Supervisor" in page
    assert cover.display_name in page


@pytest.mark.parametrize(
    ("questions", "said"),
    [
        (1, "about one minute"),
        (10, "about two minutes"),
        (23, "about four minutes"),
        (90, "about 15 minutes"),
    ],
)
def test_how_long_a_check_in_takes_is_said_by_its_questions(questions: int, said: str) -> None:
    assert how_long(questions) == said
