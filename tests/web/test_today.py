"""Today: the sessions of the day, who needs the therapist and why, nothing else."""

from __future__ import annotations

import pytest
from tests import factories
from tests.web.rooms_world import browser_of, set_clock, text_of

from openipt.core.course import status
from openipt.records.actions import alerts, checkins, sessions
from openipt.records.models import Alert, AuditEvent

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def monday(monkeypatch: pytest.MonkeyPatch) -> None:
    set_clock(monkeypatch, factories.at_day(1))


def plan(episode, days: int, hours: int = 1, **more):
    return sessions.plan_session(
        episode=episode,
        planned_at=factories.at_day(days, hours),
        by=episode.therapist,
        at=factories.at_day(),
        **more,
    )


def answer(episode, values: list[int], days: int = 0, **more):
    return checkins.enter_answers(
        episode=episode,
        answers={"ms_phq9": values},
        by=episode.therapist,
        at=factories.at_day(days),
        **more,
    )


def today_of(user) -> str:
    response = browser_of(user).get("/today/")
    assert response.status_code == 200
    return text_of(response)


def test_a_day_with_nothing_says_so_calmly():
    page = today_of(factories.therapist())
    assert "No sessions today" in page
    assert "Nobody waits for you" in page


def test_sessions_stand_in_the_order_of_the_clock_with_their_number_and_place():
    therapist = factories.therapist()
    late = factories.episode(therapist, name="Maya Reis")
    early, _ = factories.active_episode(therapist, name="Tom Berg")
    plan(late, 1, hours=6, place="Room 2")
    plan(early, 1, hours=1, format="video")
    plan(early, 8)
    page = today_of(therapist)
    assert page.index("Tom Berg") < page.index("Maya Reis")
    assert "session 2 of 16" in page
    assert "by video" in page
    assert "Room 2" in page
    assert "15:00" in page


def test_a_day_without_sessions_says_who_comes_next():
    therapist = factories.therapist()
    plan(factories.episode(therapist, name="Maya Reis"), 3)
    page = today_of(therapist)
    assert "Next: Maya Reis, Thursday 8 January at 10:00." in page


def test_an_alert_stands_on_top_until_it_is_worked_through():
    episode, session = factories.active_episode()
    answer(episode, [1, 1, 1, 1, 1, 1, 1, 1, 2], session=session)
    page = today_of(episode.therapist)
    alert = Alert.objects.get(episode=episode)
    assert "Open alerts" in page
    assert f"/episodes/{episode.pk}/alerts/{alert.pk}/" in page
    assert "PHQ-9 item 9: more than half the days (2)" in page
    assert page.index("Open alerts") < page.index("Rui Tavares: a risk answer is positive")
    alerts.acknowledge(alert=alert, by=episode.therapist, at=factories.at_day(1))
    assert "Taken on by" in today_of(episode.therapist)


def test_a_missing_check_in_and_an_unsigned_note_are_named_with_their_reason():
    episode, _ = factories.active_episode()
    plan(episode, 1)
    page = today_of(episode.therapist)
    assert "check-in missing" in page
    assert "The session is today at 10:00" in page
    assert "note of session 1 not signed" in page
    assert "Held on Monday 5 January, 1 day ago." in page


def test_what_only_staff_can_enter_is_no_missing_check_in(monkeypatch):
    episode, _ = factories.active_episode()
    plan(episode, 1)
    monkeypatch.setattr(status, "measures_due", lambda *_: ("ms_osss3",))
    page = today_of(episode.therapist)
    assert "check-in missing" not in page
    assert "OSSS-3 to answer together" in page
    monkeypatch.setattr(status, "measures_due", lambda *_: ("ms_osss3", "ms_phq9"))
    page = today_of(episode.therapist)
    assert "10:00; PHQ-9 not answered yet." in page
    assert "To answer together, from the form itself: OSSS-3." in page


def test_a_course_that_is_not_on_track_says_which_rule_and_where_it_stands(monkeypatch):
    episode, first = factories.active_episode()
    answer(episode, [2, 2, 2, 1, 1, 1, 1, 0, 0], session=first)
    second = factories.session(episode, 7)
    answer(episode, [3, 3, 3, 2, 2, 2, 2, 1, 0], 7, session=second)
    set_clock(monkeypatch, factories.at_day(8))
    page = today_of(episode.therapist)
    assert "Not on track" in page
    assert "Deterioration: The score has risen by a reliable change from the start." in page
    assert "PHQ-9 10 at the start, 18 now." in page
    assert "DR-22" in page
    assert "[S81]" in page


def test_the_planned_end_of_this_week_is_named(monkeypatch):
    episode, _ = factories.active_episode(adaptation="ipc", planned_sessions=3)
    factories.session(episode, 7)
    plan(episode, 14)
    set_clock(monkeypatch, factories.at_day(10))
    assert "the planned end is this week" in today_of(episode.therapist)
    set_clock(monkeypatch, factories.at_day(7))
    assert "the planned end is this week" not in today_of(episode.therapist)


def test_what_was_saved_a_moment_ago_counts_on_the_next_look():
    episode, session = factories.active_episode()
    assert "note of session 1 not signed" in today_of(episode.therapist)
    factories.signed(session)
    assert "note of session 1 not signed" not in today_of(episode.therapist)


def test_it_is_one_audited_read_and_shows_nobody_elses_clients():
    mine, other = factories.episode(name="Maya Reis"), factories.episode(name="Tom Berg")
    plan(mine, 1)
    plan(other, 1)
    assert "Tom Berg" not in today_of(mine.therapist)
    assert AuditEvent.objects.get(act="today-read").ids == [str(mine.pk)]


def test_whoever_covers_sees_the_alert_and_only_that():
    episode, session = factories.active_episode()
    answer(episode, [0, 0, 0, 0, 0, 0, 0, 0, 3], session=session)
    plan(episode, 1)
    page = today_of(factories.covered(episode.therapist))
    assert "a risk answer is positive" in page
    assert "No sessions today" in page
    assert "note of session 1" not in page


def test_managers_and_administrators_have_no_today():
    for role in ("manager", "administrator"):
        assert browser_of(factories.staff(role)).get("/today/").status_code == 404
