"""Formulation and contract between two people: asked on the client's page, dated, on paper, in a calendar."""

from __future__ import annotations

import html
import io
import re
from datetime import timedelta

import pytest
from django.test import Client
from icalendar import Calendar
from pypdf import PdfReader
from tests import factories as make
from tests.web.rooms_world import browser_of, set_clock
from tests.web.test_formulation import CONTRACT, WHOLE, get, kept, post

from openipt.records.actions import people, second_lock, sessions
from openipt.records.models import AuditEvent, Entry, Episode, Session, User

pytestmark = pytest.mark.django_db

NOW = make.at_day(1)


@pytest.fixture(autouse=True)
def tuesday(monkeypatch: pytest.MonkeyPatch) -> None:
    set_clock(monkeypatch, NOW)


@pytest.fixture
def episode() -> Episode:
    return make.active_episode()[0]


@pytest.fixture
def login(episode: Episode) -> User:
    return make.client_login(episode)


@pytest.fixture
def client(login: User) -> Client:
    return browser_of(login)


def words_of(answer) -> str:
    """What a person reads: without tags, one space between words."""
    body = re.sub(r"<(style|script|svg)\b.*?</\1>", "", answer.content.decode(), flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())


def drafted(episode: Episode, **more: str) -> None:
    """The formulation as a draft that nobody has agreed to."""
    open_words = {key: value for key, value in WHOLE.items() if key != "agreement"}
    assert post(episode, "write/", open_words | more | {"save": "1"}).status_code == 302


def asked(episode: Episode) -> None:
    drafted(episode)
    assert post(episode, "offer/", {}).status_code == 302


# -- asked on the client's own page -------------------------------------------------------------------


def test_a_draft_is_not_seen_by_the_client_until_asked(episode, client) -> None:
    drafted(episode)
    assert "the branch closed" not in words_of(client.get("/me/story/"))
    assert post(episode, "offer/", {}).status_code == 302
    page = words_of(client.get("/me/story/"))
    assert "Around that time: the branch closed, with the team." in page
    assert "What we work on: a change in life" in page or "What we work on:" in page
    assert "Does this fit?" in page


def test_the_client_says_partly_in_own_words_and_the_therapist_takes_it_over(
    episode, client, monkeypatch
) -> None:
    asked(episode)
    nothing = client.post("/me/story/", {"agreement": "partly"})
    assert nothing.status_code == 422
    assert "Write what you would say otherwise" in words_of(nothing)
    assert not kept(episode, "rec_formulation_answer")
    said = {"agreement": "partly", "client_words": "It was the move, more than the branch"}
    assert client.post("/me/story/", said).status_code == 302
    assert kept(episode, "rec_formulation_answer") == [said]
    assert "You said on" in words_of(client.get("/me/story/"))
    room = get(episode)
    assert "The client has answered: Fits partly" in words_of(room)
    (answer,) = Entry.objects.filter(record_type="rec_formulation_answer")
    form = get(episode, f"write/?answer={answer.pk}").content.decode()
    assert "It was the move, more than the branch" in form
    set_clock(monkeypatch, make.at_day(1, 2))
    agreed = WHOLE | said | {"version": "1", "finish": "1"}
    assert post(episode, "write/", agreed).status_code == 302
    assert "The client has answered" not in words_of(get(episode))
    page = words_of(client.get("/me/story/"))
    assert "What we found out together" in page
    assert "It was the move, more than the branch" in page


def test_an_answer_is_given_once_and_other_words_are_not_lost(episode, client) -> None:
    asked(episode)
    for _ in range(2):
        assert client.post("/me/story/", {"agreement": "agree"}).status_code == 302
    second = client.post("/me/story/", {"agreement": "partly", "client_words": "from the other window"})
    assert second.status_code == 409
    assert "This was not sent" in words_of(second)
    assert "from the other window" in second.content.decode()
    assert kept(episode, "rec_formulation_answer") == [{"agreement": "agree"}]


def test_words_sent_after_the_question_was_closed_stay_on_the_screen_and_tell_nothing(
    episode, client
) -> None:
    asked(episode)
    make.entry(episode, "rec_ipv_screen", {"alone_confirmed": True, "tool": "ms_hark", "positive": True})
    late = client.post("/me/story/", {"agreement": "partly", "client_words": "typed before"})
    assert late.status_code == 409
    assert "typed before" in late.content.decode()
    assert "the branch closed" not in words_of(late)
    assert not kept(episode, "rec_formulation_answer")


def test_an_answer_without_a_choice_keeps_its_words(episode, client) -> None:
    asked(episode)
    answer = client.post("/me/story/", {"client_words": "words of mine"})
    assert answer.status_code == 422
    assert "words of mine" in answer.content.decode()


def test_asked_again_after_a_change_shows_the_new_words(episode, client) -> None:
    asked(episode)
    client.post("/me/story/", {"agreement": "no", "client_words": "not so"})
    drafted(episode, plain_words="You moved. It was hard.", version="1")
    assert post(episode, "offer/", {}).status_code == 302
    page = words_of(client.get("/me/story/"))
    assert "You moved. It was hard." in page
    assert "You said on" not in page
    room = words_of(get(episode))
    assert "Asked on the client’s page (2)" in room
    assert "not so" in room


def test_nothing_is_asked_on_a_device_that_somebody_dangerous_may_read(episode, client) -> None:
    people.add_person(
        episode=episode, label="Tom", relation="husband", code="p_tom", by=episode.therapist, at=NOW
    )
    drafted(episode)
    make.entry(episode, "rec_inventory_person", {"person_id": "p_tom", "safety_concern": True})
    room = words_of(get(episode))
    assert "Ask whether it fits face to face." in room
    assert post(episode, "offer/", {}).status_code == 409
    assert not kept(episode, "rec_formulation_offer")


def test_the_ordinary_page_shows_nothing_of_it_while_there_is_a_danger_or_a_lock(episode, login) -> None:
    browser = browser_of(login)
    empty = words_of(browser.get("/me/story/"))
    asked(episode)
    post(episode, "contract/", CONTRACT | {"finish": "1"})
    assert "the branch closed" in words_of(browser.get("/me/story/"))
    second_lock.agree(
        episode=episode, password="another-word-of-mine", alone_confirmed=True, by=episode.therapist, at=NOW
    )
    assert words_of(browser.get("/me/story/")) == empty
    assert browser.get("/me/calendar/").status_code in (403, 404)


def test_only_whose_it_is_comes_in(episode, client) -> None:
    asked(episode)
    other = make.active_episode()[0]
    stranger = browser_of(make.client_login(other))
    assert "the branch closed" not in words_of(stranger.get("/me/story/"))
    foreign = browser_of(other.therapist)
    for tail in ("offer/",):
        assert foreign.post(f"/episodes/{episode.pk}/formulation/{tail}").status_code in (403, 404)
    assert client.get(f"/episodes/{episode.pk}/formulation/").status_code in (302, 403, 404)


# -- how it reads -----------------------------------------------------------------------------------------


def test_plain_words_are_written_out_to_be_changed_and_their_reading_is_told(episode) -> None:
    page = post(episode, "write/", WHOLE | {"plain": "1"})
    assert page.status_code == 200
    assert not kept(episode, "rec_formulation")
    assert "You have depression. It began about November 2025." in page.content.decode()
    assert "Reads easily: LIX" in words_of(page)
    hard = "Interpersonal circumstances precipitated considerable psychological deterioration " * 4
    page = words_of(post(episode, "write/", WHOLE | {"plain_words": hard, "look": "1"}))
    assert "Hard to read: LIX" in page
    assert "Long words: interpersonal" in page


# -- two versions -------------------------------------------------------------------------------------------


def test_two_versions_stand_side_by_side(episode, monkeypatch) -> None:
    post(episode, "write/", WHOLE | {"finish": "1"})
    set_clock(monkeypatch, make.at_day(40))
    changed = WHOLE | {"event": "the flat was sold", "date": "2026-02-14", "finish": "1"}
    assert post(episode, "write/", changed).status_code == 302
    first, second = Entry.objects.filter(record_type="rec_formulation").order_by("order")
    room = get(episode).content.decode()
    address = f"compare/{first.pk}/{second.pk}/"
    assert f"/formulation/{address}" in room
    page = get(episode, address).content.decode()
    assert "<del>branch closed</del>" in page or "<del>branch" in page
    assert "<ins>flat" in page
    assert get(episode, f"compare/{second.pk}/{first.pk}/").content.decode().count("<ins>") == page.count(
        "<ins>"
    )
    other = make.active_episode()[0]
    assert get(other, address).status_code == 404


# -- dates of the contract ----------------------------------------------------------------------------------


def test_holidays_and_breaks_are_left_out_of_the_dates_and_named(episode) -> None:
    sent = CONTRACT | {
        "first_date": "2026-03-23", "sessions_planned": "12", "holidays_of": "GB-ENG",
        "breaks-1-from": "2026-05-11", "breaks-1-to": "2026-05-17", "look": "1",
    }  # fmt: skip
    page = words_of(post(episode, "contract/", sent))
    assert "Monday 6 April 2026 no meeting: Easter Monday" in page
    assert "Monday 11 May 2026 no meeting: break" in page
    sent.pop("look")
    assert post(episode, "contract/", sent | {"finish": "1"}).status_code == 302
    (values,) = kept(episode, "rec_contract")
    assert values["end_date"] == "2026-07-06"  # four of the Mondays are left out: two in May are holidays


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"holidays_of": "XX"}, "Nothing is known of public holidays there."),
        ({"holidays_of": "public"}, "Nothing is known of public holidays there."),
        ({"holidays_of": "GB-" + "x" * 300}, "Nothing is known of public holidays there."),
        ({"breaks-1-from": "2026-05-11", "breaks-1-to": "2029-05-12"}, "A break lasts a year at most."),
        ({"first_date": "9999-11-01"}, "With these breaks the meetings do not fit."),
        ({"breaks-1-from": "2026-05-11", "breaks-1-to": "2026-05-01"}, "This break ends before it begins."),
        ({"put_down": "on"}, "Write the time you meet, such as 14:30."),
        ({"put_down": "on", "put_down_at": "25:00"}, "Write the time as hours and minutes"),
    ],
)
def test_dates_that_cannot_be_are_said_at_their_field_and_nothing_is_lost(episode, wrong, said) -> None:
    answer = post(episode, "contract/", CONTRACT | wrong | {"finish": "1"})
    assert answer.status_code == 422
    assert said in words_of(answer)
    assert "a day with a shape" in answer.content.decode()
    assert not kept(episode, "rec_contract")
    assert not Session.objects.filter(episode=episode, attendance="planned", planned_at__gt=NOW).exists()


def test_the_meetings_still_to_come_are_put_down_once(episode) -> None:
    before = set(Session.objects.filter(episode=episode).values_list("pk", flat=True))
    sent = CONTRACT | {"put_down": "on", "put_down_at": "14:30", "put_down_place": "Room 2", "finish": "1"}
    assert post(episode, "contract/", sent).status_code == 302
    made = Session.objects.filter(episode=episode).exclude(pk__in=before).order_by("planned_at")
    days = [session.on for session in made]
    assert len(days) == 13  # of 14, the first lies behind
    assert {(b - a).days for a, b in zip(days, days[1:], strict=False)} == {7}
    assert made[0].place == "Room 2"
    assert made[0].planned_at.minute == 30
    assert post(episode, "contract/", sent | {"version": "1"}).status_code == 302
    assert Session.objects.filter(episode=episode).exclude(pk__in=before).count() == 13


# -- calendar and paper ---------------------------------------------------------------------------------------


def test_a_calendar_file_holds_times_and_nothing_else(episode, client) -> None:
    planned = sessions.plan_session(
        episode=episode, planned_at=make.at_day(8), place="Harbour Street 4", by=episode.therapist, at=NOW
    )
    for answer in (
        browser_of(episode.therapist).get(f"/episodes/{episode.pk}/sessions/calendar/"),
        client.get("/me/calendar/"),
    ):
        assert answer["Content-Type"].startswith("text/calendar")
        assert answer["Content-Disposition"] == 'attachment; filename="appointments.ics"'
        text = answer.content.decode()
        for word in ("Harbour", episode.client.name, episode.therapist.display_name, "therapy", "IPT "):
            assert word not in text.replace("OpenIPT", "")
        events = [one for one in Calendar.from_ical(text).walk("VEVENT") if str(planned.pk) in one["uid"]]
        assert [str(one["summary"]) for one in events] == ["Appointment"]
        assert events[0]["dtstart"].dt == planned.planned_at
        assert events[0]["dtend"].dt - events[0]["dtstart"].dt == timedelta(minutes=planned.minutes)
        assert events[0]["sequence"] == 0
    assert AuditEvent.objects.filter(act="calendar-exported").exists()


def test_a_moved_meeting_keeps_its_id_and_counts_up(episode, client) -> None:
    planned = sessions.plan_session(episode=episode, planned_at=make.at_day(8), by=episode.therapist, at=NOW)
    sessions.move_session(session=planned, planned_at=make.at_day(9), by=episode.therapist, at=NOW)
    events = Calendar.from_ical(client.get("/me/calendar/").content).walk("VEVENT")
    found = {str(one["uid"]): one["sequence"] for one in events}
    assert found[f"{planned.pk}@openipt"] == 1


def read(answer) -> str:
    assert answer["Content-Type"] == "application/pdf"
    text = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages)
    return " ".join(text.split())


def test_both_are_made_as_pdf_that_can_be_read_aloud(episode) -> None:
    post(episode, "write/", WHOLE | {"finish": "1"})
    post(episode, "contract/", CONTRACT | {"holidays_of": "GB-ENG", "finish": "1"})
    browser = browser_of(episode.therapist)
    answer = browser.get(f"/episodes/{episode.pk}/documents/formulation/pdf/")
    text = read(answer)
    assert "You have depression." in text
    assert "Rui has depression; the symptoms began about November 2025." in text
    assert answer["Content-Disposition"] == 'attachment; filename="formulation-2026-01-06.pdf"'
    assert b"pdfuaid" in answer.content or "/MarkInfo" in str(
        PdfReader(io.BytesIO(answer.content)).trailer["/Root"]
    )
    contract = read(browser.get(f"/episodes/{episode.pk}/documents/contract/pdf/"))
    for words in (
        "a day with a shape",
        "Monday 6 April 2026",
        "Easter Monday",
        "Client, day",
        "Therapist, day",
    ):
        assert words in contract
    assert browser.get(f"/episodes/{episode.pk}/documents/summary/pdf/").status_code == 404
