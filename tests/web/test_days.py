"""My days: a day in seconds, the days before it, after midnight, sharing by choice, the picture of the week."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from django.test import Client
from tests import factories as make
from tests.web.rooms_world import browser_of, set_clock, text_of

from openipt.core.course.status import course_status
from openipt.records import convert
from openipt.records.manuals import manual_of
from openipt.records.models import Entry, EntryVersion, Episode, User

pytestmark = pytest.mark.django_db

PAGE = "/me/days/"
TODAY = make.day(20)  # a Sunday
REGULAR = {"out_of_bed": "07:00", "first_contact": "07:30", "dinner": "18:30", "to_bed": "23:00"}


@pytest.fixture(autouse=True)
def in_the_evening(monkeypatch: pytest.MonkeyPatch) -> None:
    set_clock(monkeypatch, make.at_day(20, 12))


@pytest.fixture
def episode() -> Episode:
    return make.active_episode(make.therapist("Maren Solberg"), adaptation="ipsrt")[0]


@pytest.fixture
def login(episode: Episode) -> User:
    return make.client_login(episode)


@pytest.fixture
def browser(login: User) -> Client:
    return browser_of(login)


def kept(of: Episode) -> list[Entry]:
    return list(Entry.objects.filter(episode=of, record_type="rec_rhythm_day").order_by("on", "order"))


def write(browser: Client, on: date, times: dict[str, str], **more: Any) -> Any:
    return browser.post(PAGE, {"day": on.isoformat(), "version": "0", **times, **more})


def version_on(page: str) -> str:
    return re.search(r'name="version" value="(\d+)"', page)[1]


def test_it_is_offered_only_where_the_treatment_asks_for_it(browser, login) -> None:
    assert f'href="{PAGE}"' in text_of(browser.get("/me/"))
    page = text_of(browser.get(PAGE))
    assert "<title>My days · My notes</title>" in page and "Today, Sunday 25 January" in page
    assert "Too few to say" in page and page.count("rhythm-kept") == 0
    other = make.active_episode()[0]
    plain = browser_of(make.client_login(other))
    assert plain.get(PAGE).status_code == 404 and PAGE not in text_of(plain.get("/me/"))


def test_a_day_is_written_down_and_said_otherwise(browser, episode) -> None:
    answer = write(browser, TODAY, {**REGULAR, "dinner_company": "with", "mood_-5_5": "-2"})
    (entry,) = kept(episode)
    assert (answer.status_code, entry.on, entry.shared) == (302, TODAY, False)
    assert entry.payload["dinner"] == {"time": "18:30", "alone_or_with": "with"}
    assert entry.payload["mood_-5_5"] == -2 and "start_of_work" not in entry.payload
    page = text_of(browser.get(answer["Location"]))
    assert "Kept." in page and 'value="18:30"' in page and page.count("rhythm-kept") == 1
    write(browser, TODAY, REGULAR, version=version_on(page))
    (entry,) = kept(episode)
    assert (
        "alone_or_with" not in entry.payload["dinner"] and EntryVersion.objects.filter(entry=entry).exists()
    )


def test_yesterday_can_be_caught_up_and_no_day_to_come(browser, episode) -> None:
    write(browser, make.day(19), REGULAR)
    assert kept(episode)[0].on == make.day(19)
    assert "Yesterday, Saturday 24 January" in text_of(browser.get(f"{PAGE}?day={make.day(19)}"))
    for wrong in (make.day(21).isoformat(), "2019-01-01", "nonsense"):
        assert "Today, Sunday" in text_of(browser.get(f"{PAGE}?day={wrong}"))


def test_in_the_small_hours_it_is_still_the_day_before(browser, episode, monkeypatch) -> None:
    set_clock(monkeypatch, make.at_day(21, -8))  # a quarter to nothing: Monday, after midnight
    page = text_of(browser.get(PAGE))
    assert "Until four in the morning this is still Sunday" in page
    assert f'name="day" value="{TODAY}"' in page
    write(browser, TODAY, {"to_bed": "00:40"})
    assert kept(episode)[0].payload == {"date": TODAY.isoformat(), "to_bed": {"time": "00:40"}}
    assert f'name="day" value="{make.day(21)}"' in text_of(browser.get(f"{PAGE}?day={make.day(21)}"))


def test_what_is_wrong_stands_at_its_field_and_all_of_it_is_still_there(browser, episode) -> None:
    answer = write(browser, TODAY, {"out_of_bed": "25:10", "dinner": "18:30", "dinner_company": "alone"})
    page = text_of(answer)
    assert answer.status_code == 422 and 'href="#f-out_of_bed"' in page and not kept(episode)
    assert 'value="25:10"' in page and 'value="18:30"' in page and page.count(" checked") == 3
    empty = write(browser, TODAY, {})
    assert empty.status_code == 422 and "One time is enough" in text_of(empty)


def test_another_device_is_never_written_over_silently(browser, episode) -> None:
    write(browser, TODAY, {"dinner": "18:30"})
    refused = write(browser, TODAY, {"dinner": "20:00"})  # the form of an empty day, still open elsewhere
    page = text_of(refused)
    assert refused.status_code == 409 and "Nothing is lost" in page and 'value="20:00"' in page
    assert kept(episode)[0].payload["dinner"]["time"] == "18:30"
    write(browser, TODAY, {"dinner": "20:00"}, version=version_on(page))
    assert [entry.payload["dinner"]["time"] for entry in kept(episode)] == ["20:00"]


def test_sharing_is_a_choice_and_can_be_taken_back(browser, episode) -> None:
    for n in range(3):
        write(browser, make.day(17 + n), REGULAR)
    desk = browser_of(episode.therapist)
    room = f"/episodes/{episode.pk}/rhythm/"
    assert "18:30" not in text_of(desk.get(room))
    assert not convert.course(episode).entries_of("rec_rhythm_day")
    browser.post(f"{PAGE}share/", {"share": "yes"})
    assert all(entry.shared for entry in kept(episode))
    assert "18:30" in text_of(desk.get(room))
    assert re.search(
        r'name="shared"[^>]* checked', text_of(browser.get(PAGE))
    )  # the next day as the last one
    browser.post(f"{PAGE}share/", {"share": "no"})
    assert "18:30" not in text_of(desk.get(room))


def test_a_bedtime_after_midnight_lies_below_and_the_week_says_what_it_rests_on(browser, episode) -> None:
    for n, bed in enumerate(("23:40", "00:10", "23:50", "00:20", "23:45", "00:00")):
        write(browser, make.day(15 + n), {**REGULAR, "to_bed": bed})
    page = text_of(browser.get(PAGE))
    assert "6.0 of 7" in page and "It rests on 6 days, so 6 is the most it can be" in page
    assert "To bed: 6 days, from 23:40 to 00:20" in page
    strip = page.split(">To bed</text>")[1]
    heights = [float(y) for y in re.findall(r'class="rhythm-mark[^"]*" cx="[^"]+" cy="([^"]+)"', strip)][:6]
    assert heights[1] > heights[0] and heights[3] > heights[2]
    assert "5 nights known" in page and "6 h 40 min" in page


def test_a_target_set_with_the_therapist_stands_on_the_form_and_in_the_picture(browser, episode) -> None:
    values = {"activity": "dinner", "from": "18:00", "to": "19:00", "week": 1}
    make.entry(episode, "rec_rhythm_target", values)
    make.entry(episode, "rec_rhythm_trigger", {"event": "Late train", "plan": "a sandwich at six"})
    write(browser, TODAY, {"dinner": "19:20"})
    page = text_of(browser.get(PAGE))
    assert "Your target: 18:00 to 19:00." in page and page.count('<rect class="rhythm-target" x=') == 7
    assert "Late train" in page and "a sandwich at six" in page
    assert "19:20 (20 min after)" in page and "0 of 1 within the target" in page


def test_fourteen_days_of_the_client_show_that_the_diary_was_begun(browser, episode) -> None:
    for n in range(14):
        write(browser, make.day(7 + n), REGULAR, shared="yes")
        due = course_status(manual_of(episode), convert.course(episode), TODAY).due
        assert ("IPSRT-04" in due) == (n < 13)


def test_the_clock_of_the_service_says_which_nights_were_shorter_or_longer(settings) -> None:
    settings.TIME_ZONE = "Europe/Oslo"
    evenings = [date(2026, 3, 27), date(2026, 3, 28), date(2026, 10, 24)]
    assert convert.clock_changes(evenings) == {date(2026, 3, 28): 60, date(2026, 10, 24): -60}
