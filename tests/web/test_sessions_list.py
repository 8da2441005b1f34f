"""Planning a course's meetings, moving one, what was not held, and the way to the one at hand."""

from __future__ import annotations

from datetime import date

import pytest
from tests import factories
from tests.web.rooms_world import browser_of, set_clock, strangers, text_of

from openipt.records.actions import sessions as actions
from openipt.records.models import Session

pytestmark = pytest.mark.django_db

SERIES = {
    "first_on": "2026-01-12",
    "first_time": "10:00",
    "count": "3",
    "every_days": "7",
    "minutes": "50",
    "format": "in_person",
    "place": "Room 2",
}


@pytest.fixture(autouse=True)
def monday(monkeypatch: pytest.MonkeyPatch) -> None:
    set_clock(monkeypatch, factories.at_day(1))


def planned(episode) -> list[Session]:
    return list(Session.objects.filter(episode=episode, attendance="planned").order_by("planned_at"))


def post(episode, tail: str, data: dict):
    return browser_of(episode.therapist).post(f"/episodes/{episode.pk}/sessions/{tail}", data)


def test_a_series_leaves_out_the_days_named_and_goes_on_after_them():
    episode = factories.episode()
    response = post(episode, "plan/", SERIES | {"skip": "2026-01-19"})
    assert response.status_code == 302
    days = [session.on for session in planned(episode)]
    assert days == [date(2026, 1, 12), date(2026, 1, 26), date(2026, 2, 2)]
    assert planned(episode)[0].place == "Room 2"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"first_on": "31 February 2026"}, "no day of the calendar"),
        ({"first_time": "half past"}, "hours and minutes"),
        ({"count": "0"}, "whole number from 1"),
        ({"count": "many"}, "whole number from 1"),
        ({"skip": "2026-01-19, tomorrow"}, "Day 2 of those to leave out"),
        ({"first_on": ""}, "Write the day"),
    ],
)
def test_what_cannot_be_planned_is_said_at_its_field_and_stays_as_typed(wrong, said):
    episode = factories.episode()
    response = post(episode, "plan/", SERIES | wrong)
    assert response.status_code == 422
    assert said in text_of(response)
    assert "Room 2" in text_of(response)
    assert not planned(episode)


def test_moving_keeps_where_it_was():
    episode = factories.episode()
    session = actions.plan_session(
        episode=episode, planned_at=factories.at_day(7), by=episode.therapist, at=factories.at_day()
    )
    wrong = post(episode, f"{session.pk}/move/", {"planned_on": "2026-02-30", "planned_time": "10:00"})
    assert wrong.status_code == 422
    assert "no day of the calendar" in text_of(wrong)
    right = post(episode, f"{session.pk}/move/", {"planned_on": "2026-01-13", "planned_time": "11:30"})
    assert right.status_code == 302
    session.refresh_from_db()
    assert session.on == date(2026, 1, 13)
    assert session.moves.count() == 1


def test_cancelled_and_missed_take_no_number():
    episode = factories.episode()
    for attendance in ("cancelled", "missed"):
        session = actions.plan_session(
            episode=episode, planned_at=factories.at_day(1), by=episode.therapist, at=factories.at_day()
        )
        assert post(episode, f"{session.pk}/absence/", {"attendance": attendance}).status_code == 302
        session.refresh_from_db()
        assert (session.attendance, session.number) == (attendance, None)
    assert "cancelled" in text_of(browser_of(episode.therapist).get(f"/episodes/{episode.pk}/sessions/"))


def test_begun_twice_it_begins_once():
    episode = factories.episode()
    session = actions.plan_session(
        episode=episode, planned_at=factories.at_day(1), by=episode.therapist, at=factories.at_day()
    )
    for _ in range(2):
        response = post(episode, f"{session.pk}/begin-now/", {})
        assert response["Location"] == f"/episodes/{episode.pk}/sessions/{session.pk}/"
    assert Session.objects.filter(episode=episode, number__isnull=False).count() == 1


def test_a_meeting_written_up_later_keeps_both_days():
    episode = factories.episode()
    assert post(episode, "begin/", {"held_on": "2026-01-05", "intake": "yes"}).status_code == 302
    session = Session.objects.get(episode=episode)
    assert (session.number, session.held_on, session.written_at) == (0, factories.day(), factories.at_day(1))
    tomorrow = post(episode, "begin/", {"held_on": "2026-01-07"})
    assert tomorrow.status_code == 422
    assert "has not come yet" in text_of(tomorrow)


def test_the_session_at_hand_is_the_open_draft_then_today_then_the_next_then_the_list():
    episode = factories.episode()
    browser = browser_of(episode.therapist)
    where = f"/episodes/{episode.pk}/session/"
    assert browser.get(where)["Location"] == f"/episodes/{episode.pk}/sessions/"
    later = actions.plan_session(
        episode=episode, planned_at=factories.at_day(7), by=episode.therapist, at=factories.at_day()
    )
    assert str(later.pk) in browser.get(where)["Location"]
    today = actions.plan_session(
        episode=episode, planned_at=factories.at_day(1), by=episode.therapist, at=factories.at_day()
    )
    assert str(today.pk) in browser.get(where)["Location"]
    draft = factories.session(episode)
    assert str(draft.pk) in browser.get(where)["Location"]


def test_nobody_else_plans_or_sees():
    episode = factories.episode()
    for user in strangers():
        browser = browser_of(user)
        assert browser.get(f"/episodes/{episode.pk}/sessions/").status_code == 404
        assert browser.post(f"/episodes/{episode.pk}/sessions/plan/", SERIES).status_code == 404
    supervisor = factories.supervised(episode.therapist)
    browser = browser_of(supervisor)
    assert browser.get(f"/episodes/{episode.pk}/sessions/").status_code == 200
    assert browser.post(f"/episodes/{episode.pk}/sessions/plan/", SERIES).status_code == 404
    assert not planned(episode)
