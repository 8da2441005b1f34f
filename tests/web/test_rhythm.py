"""The rhythm of the days at the desk: the week, targets, triggers, what the rule says and who prescribes."""

from __future__ import annotations

import pytest
from django.test import Client
from tests import factories as make
from tests.web.rooms_world import browser_of, set_clock, strangers, text_of

from openipt.records.actions import firings
from openipt.records.models import Entry, Episode, RuleFiring

pytestmark = pytest.mark.django_db

REGULAR = {"out_of_bed": "07:00", "first_contact": "07:30", "dinner": "18:30", "to_bed": "23:00"}


@pytest.fixture(autouse=True)
def in_the_evening(monkeypatch: pytest.MonkeyPatch) -> None:
    set_clock(monkeypatch, make.at_day(20, 9))


@pytest.fixture
def episode() -> Episode:
    return make.active_episode(adaptation="ipsrt")[0]


@pytest.fixture
def desk(episode: Episode) -> Client:
    return browser_of(episode.therapist)


def room(of: Episode, tail: str = "") -> str:
    return f"/episodes/{of.pk}/rhythm/{tail}"


def days(of: Episode, **last_nights: str) -> None:
    """Two full weeks shared by the client; `last_nights`: n days before the last, to bed at."""
    login = make.client_login(of)
    for ago in range(14):
        on, bed = make.day(20 - ago), last_nights.get(f"ago_{ago}", REGULAR["to_bed"])
        times = {key: {"time": time} for key, time in {**REGULAR, "to_bed": bed}.items()}
        values = {"date": on.isoformat(), **times}
        make.entry(of, "rec_rhythm_day", values, by=login, on=on, shared=True, at=make.at_day(20))


def test_the_room_is_there_where_the_treatment_keeps_the_diary_and_for_its_team_alone(episode, desk) -> None:
    supervisor = make.supervised(episode.therapist)
    assert "No day is shared yet" in text_of(desk.get(room(episode)))
    assert "Keep the target" not in text_of(browser_of(supervisor).get(room(episode)))
    assert {browser_of(one).get(room(episode)).status_code for one in strangers()} == {404}
    begun = make.session(episode, 20, intake=False)
    for page in (f"/episodes/{episode.pk}/", f"/episodes/{episode.pk}/sessions/{begun.pk}/"):
        assert f'href="{room(episode)}"' in text_of(desk.get(page))
    other = make.active_episode(episode.therapist)[0]
    assert desk.get(room(other)).status_code == 404
    assert "/rhythm/" not in text_of(desk.get(f"/episodes/{other.pk}/"))


def test_two_short_nights_are_told_with_what_next_and_kept_like_any_rule(episode, desk) -> None:
    make.entry(episode, "rec_risk", {"thoughts": False, "mania": False, "level": "green"})
    values = {"drug": "lithium", "prescriber": "Dr Okafor", "taken_as_agreed": "mostly"}
    make.entry(episode, "rec_medication", values)
    days(episode, ago_1="03:10", ago_4="02:30")
    page = text_of(desk.get(room(episode)))
    assert "2 of the last seven nights were shorter than 5 hours" in page and "rhythm rescue" in page
    assert "Prescribes: " in page and "Dr Okafor" in page and "mostly" in page
    firings.note(episode=episode, on=make.day(20), at=make.at_day(20))
    assert RuleFiring.objects.get(episode=episode, rule="DR-38").severity == "warning"
    assert "Rhythm, sleep or mania signs" in text_of(desk.get("/today/"))


def test_mania_is_critical_and_what_is_missing_is_named(episode, desk) -> None:
    page = text_of(desk.get(room(episode)))
    assert "cannot be told" in page and "mania" in page and "Nobody who prescribes is on record" in page
    make.entry(episode, "rec_risk", {"thoughts": False, "mania": "sleeps three hours", "level": "green"})
    page = text_of(desk.get(room(episode)))
    assert "Signs of mania are on record" in page and "on the same day" in page and "Critical" in page


def test_a_target_is_set_in_the_session_and_a_long_shift_is_told(episode, desk) -> None:
    begun = make.session(episode, 20, intake=False)
    sent = {"activity": "to_bed", "from": "23:30", "to": "00:15", "week": "3"}
    assert desk.post(room(episode, "target/"), sent).status_code == 302
    desk.post(room(episode, "target/"), sent)
    (entry,) = Entry.objects.filter(episode=episode, record_type="rec_rhythm_target")
    assert entry.session_id == begun.pk and entry.payload["week"] == 3
    desk.post(room(episode, "target/"), {**sent, "from": "22:00", "to": "22:30", "week": "4"})
    page = text_of(desk.get(room(episode)))
    assert "23:30 to 00:15" in page and "since 19 Jan" in page and "from 26 Jan" in page
    assert "minutes from the one before; a small shift is 15 to 30" in page
    wrong = desk.post(room(episode, "target/"), {"from": "28:00", "activity": "to_bed", "week": "3"})
    assert wrong.status_code == 422 and 'value="28:00"' in text_of(wrong)


def test_what_disturbs_is_written_down_with_its_plan(episode, desk) -> None:
    sent = {"event": "Night shift of the sister", "plan": "earplugs, and dinner at seven all the same"}
    assert desk.post(room(episode, "trigger/"), sent).status_code == 302
    assert "earplugs, and dinner" in text_of(desk.get(room(episode)))
    wrong = desk.post(room(episode, "trigger/"), {"event": "", "plan": "something typed"})
    assert wrong.status_code == 422 and "something typed" in text_of(wrong)
