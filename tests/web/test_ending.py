"""The Ending room: the start against now, change categories with their rules, what comes after."""

from __future__ import annotations

from datetime import date

import pytest
from tests import factories
from tests.web.rooms_world import browser_of, set_clock, strangers, text_of

from openipt.records.actions import checkins
from openipt.records.models import Entry
from openipt.web.therapist.presenters_ending import in_months

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def monday(monkeypatch: pytest.MonkeyPatch) -> None:
    set_clock(monkeypatch, factories.at_day(8))


def scored(of, session, days: int, phq9: int, gad7: int, **more) -> None:
    checkins.enter_answers(
        episode=of,
        totals={"ms_phq9": phq9, "ms_gad7": gad7, **more},
        session=session,
        mode="paper",
        by=of.therapist,
        at=factories.at_day(days),
    )


@pytest.fixture
def episode():
    """Session 1 with 16 and 9, session 2 with 6 and 3."""
    made, first = factories.active_episode()
    scored(made, first, 0, 16, 9)
    second = factories.session(made, 7)
    scored(made, second, 7, 6, 3)
    return made


def room(of, user=None):
    return browser_of(user or of.therapist).get(f"/episodes/{of.pk}/ending/")


def press(of, tail: str, user=None):
    return browser_of(user or of.therapist).post(f"/episodes/{of.pk}/ending/{tail}/")


def test_without_two_scores_nothing_is_said_of_change():
    made, _ = factories.active_episode()
    page = text_of(room(made))
    assert "no score at the start and a later one" in page
    assert "Cannot be told: a score is missing" in page
    assert "Keep this as the outcome" not in page


def test_scores_categories_and_their_rules_stand_together(episode):
    page = text_of(room(episode))
    for words in (
        "−10",
        "a reliable improvement",
        "62.5 %",
        "A case: PHQ-9 10 or more, or GAD-7 8 or more.",
        "Reliable recovery",
        "PHQ-9 below 5 at end.",
    ):
        assert words in page


def test_the_outcome_is_kept_once_for_each_of_the_pair(episode):
    assert press(episode, "outcome").status_code == 302
    press(episode, "outcome")
    rows = Entry.objects.filter(episode=episode, record_type="rec_outcome").order_by("order")
    values = [entry.payload for entry in rows]
    assert [(v["measure"], v["start"], v["end"], v["change"], v["category"]) for v in values] == [
        ("ms_phq9", 16, 6, -10, "reliable recovery"),
        ("ms_gad7", 9, 3, -6, "reliable recovery"),
    ]
    assert {entry.for_task for entry in rows} == {"E03"}


def test_follow_up_dates_lie_one_three_and_six_months_after_the_last_session(episode):
    assert "12 February 2026" in text_of(room(episode))
    assert press(episode, "follow-up").status_code == 302
    press(episode, "follow-up")
    rows = Entry.objects.filter(episode=episode, record_type="rec_followup").order_by("order")
    assert [entry.payload["due"] for entry in rows] == ["2026-02-12", "2026-04-12", "2026-07-12"]
    assert "Keep these dates" not in text_of(room(episode))


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2023, 11, 30), 3, date(2024, 2, 29)),
        (date(2025, 12, 15), 1, date(2026, 1, 15)),
        (date(2025, 8, 31), 6, date(2026, 2, 28)),
    ],
)
def test_a_month_that_is_shorter_ends_earlier(day, months, then):
    assert in_months(day, months) == then


def test_plans_stand_with_their_latest_version_and_where_they_are_printed(episode):
    plan = {"early_signs": ["late nights"], "steps": ["call Inês"]}
    factories.entry(episode, "rec_relapse_plan", plan)
    factories.entry(episode, "rec_relapse_plan", {"early_signs": ["no appetite"]}, at=factories.at_day(7))
    page = text_of(room(episode))
    assert "no appetite" in page
    assert "Earlier (1)" in page
    assert f"/episodes/{episode.pk}/documents/relapse-plan/" in page


def test_tasks_show_where_they_stand(episode):
    factories.entry(episode, "rec_goodbye", {"text": "Thank you."}, for_task="E12")
    page = text_of(room(episode))
    assert "Goodbye" in page
    assert 'class="task-line task-done"' in page


def test_a_supervisor_reads_and_keeps_nothing(episode):
    supervisor = factories.supervised(episode.therapist)
    page = text_of(room(episode, supervisor))
    assert "Keep this as the outcome" not in page
    assert press(episode, "outcome", supervisor).status_code in (403, 404)
    assert press(episode, "follow-up", supervisor).status_code in (403, 404)


def test_nobody_else_finds_anything(episode):
    for user in strangers():
        assert room(episode, user).status_code in (403, 404)
        assert press(episode, "outcome", user).status_code in (403, 404)
