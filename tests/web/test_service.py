"""The service lead's page: envelopes, figures that match a hand count, the audit. Not one word of a client."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from tests import factories as make
from tests.web.rooms_world import browser_of, set_clock, text_of

from openipt.errors import NoAccess
from openipt.records import audit
from openipt.records.actions import alerts, checkins, daily, sessions, tellings
from openipt.records.actions import worker as worker_actions
from openipt.records.models import Alert, AuditEvent, Episode, Role, User
from openipt.records.queries import service as queries
from openipt.records.queries.service import Share
from openipt.web.service.presenters import share_in_words, span

pytestmark = pytest.mark.django_db

NOW = make.at_day(30)
MARKER = "heronblue"


@pytest.fixture(autouse=True)
def clock_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    set_clock(monkeypatch, NOW)


@pytest.fixture
def manager() -> User:
    return make.staff(Role.MANAGER)


def alert(of: Episode, days: int, item_9: int = 2) -> Alert:
    items = [1, 1, 1, 1, 1, 1, 1, 1, item_9]
    checkins.enter_answers(episode=of, answers={"ms_phq9": items}, by=of.therapist, at=make.at_day(days))
    return of.alerts.latest("raised_at")


def page_of(user: User) -> str:
    response = browser_of(user).get("/service/")
    assert response.status_code == 200
    return text_of(response)


def test_an_overdue_alert_is_an_envelope_without_client_or_answer(manager: User) -> None:
    episode, _ = make.active_episode(name=f"{MARKER.title()} Vance")
    make.entry(episode, "rec_strengths", {"strength": f"{MARKER} words"})
    raised = alert(episode, 27)
    page = page_of(manager)
    assert episode.therapist.display_name in page
    assert 'Late by <span class="number">2 days' in page
    assert str(raised.pk)[:8] in page and "Nobody covers today." in page
    assert MARKER not in page.lower() and str(episode.pk) not in page
    assert "PHQ-9 item" not in page


def test_the_envelope_says_who_covers(manager: User) -> None:
    episode, _ = make.active_episode()
    alert(episode, 27)
    cover = make.covered(episode.therapist, 28, 33)
    assert f"{cover.display_name} covers today." in page_of(manager)


def test_an_acknowledged_alert_waits_for_its_next_step(manager: User) -> None:
    episode, _ = make.active_episode()
    raised = alert(episode, 30)
    alerts.acknowledge(alert=raised, by=episode.therapist, at=NOW)
    assert "No alert is overdue" in page_of(manager)
    found = queries.figures(manager, make.day(30), NOW).alerts
    assert (found.being_worked, found.answered_in_time) == (1, Share(1, 1))


def test_an_alert_within_its_limit_is_counted_and_not_shown(manager: User) -> None:
    episode, _ = make.active_episode()
    raised = alert(episode, 30)
    found = queries.figures(manager, make.day(30), NOW).alerts
    assert (found.unanswered_in_time, found.next_due) == (1, raised.due_at)
    assert found.answered_in_time == Share(0, 0)
    assert str(raised.pk)[:8] not in page_of(manager)


def test_figures_match_a_hand_count(manager: User) -> None:
    waiting = make.episode(name="Ada Lind")
    running, first = make.active_episode(name="Bo Lind")
    checkins.enter_answers(
        episode=running,
        answers={"ms_phq9": [1] * 8 + [0]},
        session=first,
        by=running.therapist,
        at=make.at_day(0),
    )
    make.signed(first)
    make.session(running, 7)
    sessions.record_absence(
        episode=running, planned_at=make.at_day(14), by=running.therapist, at=make.at_day(14)
    )
    found = queries.figures(manager, make.day(30), NOW)
    assert found.by_status == {"enquiry": 1, "active": 1}
    assert (found.waits.waiting, found.waits.longest) == (1, (make.day(30) - waiting.opened_on).days)
    assert (found.waits.began, found.waits.median_to_begin) == (1, 0.0)
    assert (found.completeness.scores, found.completeness.signed) == (Share(1, 2), Share(1, 2))
    assert found.completeness.check_ins == Share(1, 1)
    assert (found.sessions_held, found.sessions_missed) == (2, Share(1, 3))


def test_a_large_service_counts_its_window_once_a_minute_and_says_when(
    manager: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is urgent (alerts, who waits) is counted for every look, whatever the size."""
    running, _ = make.active_episode()
    assert queries.figures(manager, make.day(30), NOW).sessions_held == 1
    make.session(running, 7)
    assert queries.figures(manager, make.day(30), NOW).sessions_held == 2
    monkeypatch.setattr(queries, "LARGE", 1)
    monkeypatch.setattr(queries, "_kept", {})
    assert queries.figures(manager, make.day(30), NOW).sessions_held == 2
    make.session(running, 14)
    make.episode(name="Ada Lind")
    soon = queries.figures(manager, make.day(30), NOW + timedelta(seconds=59))
    assert (soon.sessions_held, soon.waits.waiting, soon.counted_at) == (2, 1, NOW)
    assert f"counted at {timezone.localtime(NOW):%H:%M}" in page_of(manager)
    later = queries.figures(manager, make.day(30), NOW + timedelta(seconds=60))
    assert (later.sessions_held, later.counted_at) == (3, NOW + timedelta(seconds=60))


def test_figures_are_refused_to_whoever_may_not_see_them() -> None:
    with pytest.raises(NoAccess):
        queries.figures(make.therapist(), make.day(30), NOW)


def test_the_empty_service_says_what_will_be_here(manager: User) -> None:
    page = page_of(manager)
    assert "No alert is overdue" in page and "No episode yet." in page and "Not checked yet." in page


def test_a_check_of_the_worker_stands_there_and_a_broken_audit_is_said_twice(manager: User) -> None:
    episode, _ = make.active_episode()
    hold = worker_actions.take(holder="one", at=NOW)
    assert hold is not None
    daily.keep_audit_check(hold=hold, found=audit.verify(), at=NOW)
    assert "Whole:" in page_of(manager) and "Checked today at 09:00" in page_of(manager)
    AuditEvent.objects.filter(chain=str(episode.pk), seq=2).update(act="other")
    daily.keep_audit_check(hold=hold, found=audit.verify(), at=NOW)
    page = page_of(manager)
    assert "Broken:" in page and f"chain {episode.pk}, event 2: was changed" in page
    assert "It runs, and the audit is broken" in page


def test_who_was_told_last_stands_there_by_person_and_channel(manager: User) -> None:
    episode, _ = make.active_episode(name=f"{MARKER.title()} Vance")
    raised = alert(episode, 29)
    alert(episode, 30)
    therapist = episode.therapist
    page = page_of(manager)
    assert page.count(f">{therapist.display_name}, therapist<") == 1, "the last one alone"
    assert ">in the app<" in page and ">not shown yet<" in page
    tellings.mark_shown(alerts=[one.pk for one in episode.alerts.all()], by=therapist, at=NOW)
    assert ">shown<" in page_of(manager)
    assert MARKER not in page.lower() and str(raised.episode_id) not in page


def test_the_audit_check_is_kept_with_its_moment(manager: User) -> None:
    make.active_episode()
    browser = browser_of(manager)
    response = browser.post("/service/audit/check/", follow=True)
    kept = AuditEvent.objects.filter(act__startswith="audit-found").get()
    assert kept.actor == f"user:{manager.pk}"
    words = {"audit-found-whole": "Whole:", "audit-found-broken": "Broken:"}[kept.act]
    assert words in text_of(response) and "Checked today at" in text_of(response)


def test_a_changed_event_is_found_and_named(manager: User) -> None:
    episode, _ = make.active_episode()
    event = AuditEvent.objects.filter(chain=str(episode.pk)).order_by("seq").first()
    AuditEvent.objects.filter(pk=event.pk).update(act="nothing-happened")
    page = text_of(browser_of(manager).post("/service/audit/check/", follow=True))
    assert "The audit is broken" in page
    assert f"chain {episode.pk}, event 1: was changed after it was written." in page


def test_a_get_checks_nothing(manager: User) -> None:
    assert browser_of(manager).get("/service/audit/check/").status_code == 405
    assert not AuditEvent.objects.filter(act__startswith="audit-found").exists()


def test_the_manager_opens_no_record(manager: User) -> None:
    episode, _ = make.active_episode()
    for tail in ("", "safety/", "measures/", "sessions/"):
        assert browser_of(manager).get(f"/episodes/{episode.pk}/{tail}").status_code == 404
    assert browser_of(manager).get("/today/").status_code == 404


@pytest.mark.parametrize("role", [Role.THERAPIST, Role.SUPERVISOR, Role.ADMINISTRATOR])
def test_no_other_role_opens_it_or_checks(role: str) -> None:
    browser = browser_of(make.staff(role))
    assert browser.get("/service/").status_code == 404
    assert browser.post("/service/audit/check/").status_code == 404


def test_whoever_is_not_signed_in_is_led_to_the_door() -> None:
    assert Client().get("/service/").status_code == 302


@pytest.mark.parametrize(
    ("time", "words"),
    [
        (timedelta(seconds=20), "1 minute"),
        (timedelta(minutes=61), "1 hour 1 minute"),
        (timedelta(hours=5), "5 hours"),
        (timedelta(days=2, hours=3, minutes=9), "2 days 3 hours"),
        (timedelta(days=1), "1 day"),
    ],
)
def test_a_clock_in_words(time: timedelta, words: str) -> None:
    assert span(time) == words


def test_a_share_of_nothing_is_a_dash() -> None:
    assert share_in_words(Share(0, 0)) == "–"
    assert share_in_words(Share(12, 14)) == "12 of 14 (86 %)"
