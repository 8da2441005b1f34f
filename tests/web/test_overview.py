"""Overview: the line, where the course stands, what is due, what the rules say, what is decided."""

from __future__ import annotations

import pytest
from tests import factories
from tests.web.rooms_world import browser_of, set_clock, strangers, text_of

from openipt.records.actions import checkins, episodes, sessions
from openipt.records.models import PhaseEvent

pytestmark = pytest.mark.django_db

PHQ9 = [2, 2, 2, 2, 2, 2, 2, 1, 0]


@pytest.fixture(autouse=True)
def monday(monkeypatch: pytest.MonkeyPatch) -> None:
    set_clock(monkeypatch, factories.at_day(1))


def overview_of(episode) -> str:
    response = browser_of(episode.therapist).get(f"/episodes/{episode.pk}/")
    assert response.status_code == 200
    return text_of(response)


def decide(episode, **data):
    return browser_of(episode.therapist).post(f"/episodes/{episode.pk}/phase/", data)


def test_an_enquiry_says_what_comes_first():
    page = overview_of(factories.episode())
    assert "Before treatment" in page
    assert "No score yet. The line begins with the first answers." in page
    assert "Enter the baseline" in page


def test_the_line_is_drawn_with_its_table_and_numbers_have_unit_and_day():
    episode, session = factories.active_episode()
    checkins.enter_answers(
        episode=episode,
        answers={"ms_phq9": PHQ9},
        session=session,
        by=episode.therapist,
        at=factories.at_day(),
    )
    page = overview_of(episode)
    assert "PHQ-9 over the course" in page
    assert "The same as a table" in page
    assert "15 of 27 points" in page
    assert "5 January 2026" in page
    assert "expected course" in page
    assert "project default" in page


def test_what_is_missing_leads_to_where_it_is_done_and_what_is_met_to_its_record():
    episode, session = factories.active_episode()
    page = overview_of(episode)
    missing = f"records/rec_psychoeducation/new/?task=I03&amp;session={session.pk}"
    assert missing in page
    entry = factories.entry(
        episode, "rec_psychoeducation", {"topic": "Depression"}, session=session, for_task="I03"
    )
    page = overview_of(episode)
    assert f"/episodes/{episode.pk}/records/{entry.pk}/" in page
    assert missing not in page


def test_a_way_on_that_is_not_open_says_what_is_missing():
    episode, _ = factories.active_episode()
    page = overview_of(episode)
    assert "Enter the middle phase: not open yet" in page
    assert "A clinician may decide it all the same." in page


def test_a_decision_is_kept_with_its_reason_once():
    episode, _ = factories.active_episode()
    silent = decide(episode, to="middle", decision="accept", reason=" ")
    assert silent.status_code == 422
    assert "Write the reason" in text_of(silent)
    for _ in range(2):
        done = decide(episode, to="middle", decision="accept", reason="The focus is clear already")
        assert done.status_code == 302
    event = PhaseEvent.objects.get(episode=episode)
    assert (event.phase_to, event.reason) == ("middle", "The focus is clear already")
    page = overview_of(episode)
    assert "Entered on 6 January 2026" in page
    assert "The focus is clear already" in page


def test_decided_on_the_day_of_a_session_it_holds_from_the_next_one(monkeypatch):
    episode, _ = factories.active_episode()
    set_clock(monkeypatch, factories.at_day(0, 2))
    assert decide(episode, to="middle", decision="accept", reason="All is met").status_code == 302
    page = overview_of(episode)
    assert "Decided on 5 January 2026" in page
    assert "from the next session on: All is met" in page


def test_declining_is_kept_too_and_changes_no_phase():
    episode, _ = factories.active_episode()
    assert decide(episode, to="middle", decision="decline", reason="More time for the map").status_code == 302
    event = PhaseEvent.objects.get(episode=episode)
    assert event.phase_from == event.phase_to == "initial"
    page = overview_of(episode)
    assert "Not yet, decided on 6 January 2026" in page
    assert "More time for the map" in page


def test_only_a_way_that_is_there_can_be_decided():
    episode, _ = factories.active_episode()
    for to in ("ending", "end", "maintenance", "nowhere", ""):
        assert decide(episode, to=to, decision="accept", reason="Why not").status_code == 422, to
    assert not PhaseEvent.objects.filter(episode=episode).exists()


def test_a_fired_rule_stands_with_why_source_and_severity_in_words():
    episode, session = factories.active_episode()
    checkins.enter_answers(
        episode=episode, answers={"ms_phq9": [*PHQ9[:8], 1]}, session=session, by=episode.therapist,
        at=factories.at_day(),
    )  # fmt: skip
    page = overview_of(episode)
    assert "A risk answer is positive" in page
    assert "PHQ-9 item 9 is 1." in page
    assert "rule DR-01" in page
    assert "Warning" in page


def test_a_paused_episode_says_so_above_every_room():
    episode, _ = factories.active_episode()
    episodes.change_status(
        episode=episode, status="paused", reason="Away", by=episode.therapist, at=factories.at_day(1)
    )
    page = overview_of(episode)
    assert "<strong>Paused</strong>" in page
    assert "Paused, 15 sessions to come." in page


def test_in_maintenance_it_says_what_is_planned_beyond_the_number_agreed():
    episode, _ = factories.active_episode()
    episodes.change_status(
        episode=episode,
        status="maintenance",
        reason="Remission",
        by=episode.therapist,
        at=factories.at_day(1),
    )
    episode.sessions.filter(state="planned").delete()
    assert "No session is planned." in overview_of(episode)
    sessions.plan_session(
        episode=episode, planned_at=factories.at_day(30), by=episode.therapist, at=factories.at_day(1)
    )
    assert "1 session planned, the next on" in overview_of(episode)


def test_of_an_ended_episode_it_says_how_it_ended_and_asks_for_nothing():
    episode, _ = factories.active_episode()
    episodes.change_status(
        episode=episode, status="ended", reason="No answer", end_reason="dropped_out",
        by=episode.therapist, at=factories.at_day(1),
    )  # fmt: skip
    page = overview_of(episode)
    assert "Ended 6 January 2026: did not come back." in page
    assert "to come" not in page and "Before this phase is left" not in page
    assert "Overdue" not in page and "Does not apply" not in page


def test_a_supervisor_reads_and_does_not_decide():
    episode, _ = factories.active_episode()
    browser = browser_of(factories.supervised(episode.therapist))
    page = text_of(browser.get(f"/episodes/{episode.pk}/"))
    assert "Where we are" in page
    assert 'name="decision"' not in page
    assert browser.post(f"/episodes/{episode.pk}/phase/", {"to": "middle"}).status_code == 404


def test_nobody_else():
    episode, _ = factories.active_episode()
    for user in [*strangers(), factories.covered(episode.therapist)]:
        assert browser_of(user).get(f"/episodes/{episode.pk}/").status_code == 404
