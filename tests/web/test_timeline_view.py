"""What of a life is drawn: days as an address, lanes, links, medication; the fragment; the turned screen."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from tests import factories
from tests.web.rooms_world import browser_of, set_clock, strangers, text_of

from openipt.records.actions import checkins, entries, journal, people

pytestmark = pytest.mark.django_db
HX = {"HX-Request": "true", "HX-Target": "time-view"}
NOW = factories.at_day(70)
MARKER = "zyzzyva"


@pytest.fixture(autouse=True)
def monday(monkeypatch: pytest.MonkeyPatch) -> None:
    set_clock(monkeypatch, NOW)


@pytest.fixture
def episode():
    made = factories.active_episode(birth_year=1960)[0]
    item(made, "first low spell", "symptom", date="2008", precision="about")
    item(made, "moved to Hull", date="2008-09", precision="season", event_kind="home")
    item(made, "lost the job", date="2025-11-03", precision="day", event_kind="work")
    item(made, "", links=[{"event": "lost the job", "symptom": "first low spell", "strength_0_3": 3}])
    by = {"by": made.therapist, "at": NOW}
    factories.entry(made, "rec_medication", {"drug": "sertraline", "dose": "50 mg", "since": "2025-12"}, **by)
    return made


def item(of, text: str, kind: str = "event", **more):
    values = {"text": text, "type": kind, **more} if text else more
    return factories.entry(of, "rec_timeline", values, at=NOW)


def room(episode, tail: str = "", user=None, headers=None):
    address = f"/episodes/{episode.pk}/timeline/{tail}"
    return browser_of(user or episode.therapist).get(address, headers=headers or {})


def drawing(page: str, name: str = "lying") -> str:
    return re.search(rf'<svg class="time-drawing time-{name}".*?</svg>', page, re.DOTALL).group()


def test_everything_stands_in_its_lane_with_its_words(episode):
    svg = drawing(text_of(room(episode)))
    for lane in ("Symptoms", "Life events", "Treatment", "Medication"):
        assert f">{lane}" in svg
    for words in ("first low spell", "moved to Hull", "lost the job", "sertraline 50 mg", "This course"):
        assert words in svg
    assert "autumn 2008: moved to Hull" in svg
    assert 'class="time-arc time-arc-3"' in svg
    assert "lost the job goes with first low spell: strong link" in svg


def test_the_list_says_the_same_in_words(episode):
    page = text_of(room(episode))
    for words in (
        "About 2008",
        "Autumn 2008",
        "3 November 2025",
        "Since December 2025",
        "Goes with first low spell: strong link",
    ):
        assert words in page


def test_days_are_an_address(episode):
    page = text_of(room(episode, "?span=own&from=2025-10-01&to=2026-01-31"))
    assert "1 October 2025 to 31 January 2026" in page
    svg = drawing(page)
    assert "lost the job" in svg
    assert "moved to Hull" not in svg
    assert "moved to Hull" in page
    assert 'name="from" value="2025-10-01"' in page.replace('id="f-from" ', "")


def test_every_choice_of_days_and_every_move_leads_somewhere(episode):
    page = text_of(room(episode))
    found = set(re.findall(r'hx-get="([^"]+span[^"]*)"', page))
    assert len(found) >= 9
    browser = browser_of(episode.therapist)
    for address in found:
        answer = browser.get(address.replace("&amp;", "&"), headers=HX)
        assert answer.status_code == 200
        assert answer.content.decode().lstrip().startswith("<section")


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("?span=own&from=2025-02-31", "This is no day of the calendar"),
        ("?span=own&from=31 February 2025&to=x", "This is no day of the calendar"),
        ("?span=own&from=3000-01-01", "This is no day of the calendar"),
    ],
)
def test_days_that_are_none_are_refused_at_their_field(episode, query, reason):
    response = room(episode, query)
    assert response.status_code == 422
    assert reason in text_of(response)


@pytest.mark.parametrize(
    "query", ["?span=nonsense", "?span=own", "?span=own&from=2026-01-01&to=2025-01-01", "?kept=x&taken=y"]
)
def test_what_an_address_does_not_say_is_as_usual(episode, query):
    assert room(episode, query).status_code == 200


def test_closer_ends_at_a_week(episode):
    page = text_of(room(episode, "?span=own&from=2025-11-01&to=2025-11-03"))
    assert "1 November 2025 to 8 November 2025" in page
    assert 'id="time-closer"' in page
    assert 'class="button button-secondary button-icon time-nowhere" id="time-closer"' in page


def test_a_page_asked_for_again_by_the_browser_is_whole(episode):
    whole = room(episode, headers={**HX, "HX-History-Restore-Request": "true"})
    assert "<!doctype html>" in text_of(whole)


def test_four_hundred_things_stay_a_page_a_browser_carries(episode):
    for number in range(396):
        on = (NOW.date() - timedelta(days=number * 53)).isoformat()
        item(episode, f"something of day {number}", ("event", "symptom", "treatment")[number % 3], date=on)
    page = text_of(room(episode))
    assert page.count("<") / 2 < 3000
    for name in ("lying", "standing"):
        svg = drawing(page, name)
        assert svg.count("<a ") <= 140
        assert sum(map(int, re.findall(r">(\d+) (?:events|symptoms|treatments|entries)</text>", svg))) > 200
    assert "Say all of them in words" in page
    everything = text_of(room(episode, "?span=all&amp;words=all".replace("&amp;", "&")))
    assert all(f"something of day {number}" in everything for number in range(0, 396, 17))


def test_a_fragment_is_for_other_days_alone(episode):
    other = room(episode, headers={"HX-Request": "true", "HX-Target": "else"})
    assert "<!doctype html>" in text_of(other)


# -- the turned screen -----------------------------------------------------------------------------------


def test_the_turned_screen_shows_the_line_and_nothing_a_clinician_judged(episode):
    factories.assessed(episode, "orange", at=NOW)
    page = text_of(room(episode, "together/"))
    for words in ("Your time line", "lost the job", "Turn back", "What happened, and when"):
        assert words in page
    for words in (
        "Orange",
        "Risk",
        "Mood before and after",
        "Kind not said",
        "/records/",
        "Rui Tavares",
        "reliable",
    ):
        assert words not in page


def test_what_the_client_keeps_private_shows_nowhere(episode):
    client = factories.client_login(episode)
    entries.add_entry(
        episode=episode, record_type="rec_timeline", payload={"text": MARKER, "date": "2025", "type": "event"},
        by=client, at=NOW,
    )  # fmt: skip
    made = journal.write_journal(
        episode=episode, words={"text": MARKER}, mood_before=9, mood_after=9, by=client, at=NOW
    )
    for tail in ("", "together/", "?span=year"):
        page = text_of(room(episode, tail))
        assert MARKER not in page
        assert "shared journal" not in page
    journal.share(journal=made, by=client, at=NOW)
    assert "shared journal" in text_of(room(episode))


def test_who_may_look(episode):
    supervisor = factories.supervised(episode.therapist)
    for tail in ("", "together/"):
        page = text_of(room(episode, tail, supervisor))
        assert "lost the job" in page
        assert "What happened, and when" not in page
        for user in (factories.covered(episode.therapist), *strangers()):
            assert room(episode, tail, user).status_code in (403, 404)


def test_no_words_lie_in_the_database_in_clear(episode):
    item(episode, f"{MARKER} happened", date="2025", people=[people_code(episode)])
    with connection.cursor() as cursor:
        cursor.execute("SELECT payload_sealed FROM records_entry")
        assert all(MARKER.encode() not in bytes(row[0]) for row in cursor.fetchall())


def people_code(episode) -> str:
    return people.add_person(episode=episode, label=f"{MARKER} person", by=episode.therapist, at=NOW).code


# -- mood before and after -------------------------------------------------------------------------------


def moods(episode, *told: tuple[int, int]) -> None:
    for on, mood in told:
        at = factories.at_day(on)
        by = {"by": episode.therapist, "at": at}
        sitting = checkins.open_checkin(episode=episode, measures=["ms_gad7"], mode="with_therapist", **by)
        checkins.set_extras(check_in=sitting, mood=mood, **by)


def test_enough_events_are_spoken_of_and_too_few_are_called_that(episode):
    anna = people.add_person(episode=episode, label="Anna", by=episode.therapist, at=NOW).code
    told = [(day, mood) for n in range(5) for day, mood in ((12 * n + 2, 6), (12 * n + 6, 4 + n % 2))]
    moods(episode, *told)
    for n in range(5):
        on = (factories.day(12 * n + 4)).isoformat()
        item(episode, f"quarrel {n}", date=on, precision="day", event_kind="quarrel", people=[anna])
    page = text_of(room(episode))
    assert page.count("Mood was 1.6 lower when first told after such an event") == 2
    assert "With Anna" in page and "Quarrel or strain" in page
    assert "Work, school or study" in page.split("Too few to say")[1]
    assert "5 events on the line, 5 compared" in page
    assert "project default" in page


def test_too_few_says_how_many_and_why(episode):
    page = text_of(room(episode))
    assert "1 event on the line, 0 compared; 1 without mood on both sides." in page
    assert "1 event on the line, 0 compared; 1 without a known day." in page
    assert "Mood was" not in page
