"""Alerts worked through, and the Safety room: what each person sees, does, and is refused."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from tests import factories
from tests.web.rooms_world import browser_of, set_clock, strangers, text_of

from openipt.records.actions import alerts, checkins, people, sessions
from openipt.records.models import Alert, AlertState, AuditEvent, DraftText, Episode, Session
from openipt.records.queries.alerts import overdue_envelopes

pytestmark = pytest.mark.django_db

NOW = factories.at_day(1, 3)


@pytest.fixture(autouse=True)
def tuesday(monkeypatch: pytest.MonkeyPatch) -> None:
    set_clock(monkeypatch, NOW)


@pytest.fixture
def episode() -> Episode:
    made, _ = factories.active_episode(region="gb", profile={"phone": "01632 960333"})
    return made


def answered(episode: Episode, *values: int | None, finish: bool = False) -> Alert:
    """The client chose these answers to item 9, one after the other."""
    user = episode.client.user or factories.client_login(episode)
    at = factories.at_day(0, 10)
    check_in = checkins.open_checkin(episode=episode, measures=["ms_phq9"], by=user, at=at)
    for place, value in enumerate(values):
        given = {"check_in": check_in, "measure": "ms_phq9", "item": 9, "by": user}
        given["at"] = at + timedelta(minutes=place)
        if value is None:
            checkins.decline_item(**given)
        else:
            checkins.record_answer(**given, value=value)
    if finish:
        checkins.finish_checkin(check_in=check_in, by=user, at=at)
    return Alert.objects.order_by("raised_at").first()


def path_of(alert: Alert) -> str:
    return f"/episodes/{alert.episode_id}/alerts/{alert.pk}/"


def room_of(episode: Episode, tail: str = "") -> str:
    return f"/episodes/{episode.pk}/safety/{tail}"


def act(browser: Any, alert: Alert, name: str, **fields: str) -> Any:
    return browser.post(path_of(alert), {"act": name, **fields})


# -- the banner --------------------------------------------------------------------------------------


def test_the_banner_says_what_when_why_by_when_and_what_next(episode: Episode) -> None:
    answered(episode, 2, 0)
    page = text_of(browser_of(episode.therapist).get(f"/episodes/{episode.pk}/people/"))
    assert "PHQ-9 item 9: more than half the days (2)" in page
    assert "changed from 2 to 0: both stay" in page
    assert "the check-in is unfinished" in page
    assert "Nobody has taken it on yet." in page
    assert "S69" in page
    assert "project default" in page
    assert "Take it on, and speak with the client" in page


@pytest.mark.parametrize("room", ["", "people/", "timeline/", "formulation/", "sessions/", "worksheets/",
                                  "measures/", "safety/", "ending/", "documents/", "records/"])  # fmt: skip
def test_the_banner_stands_on_every_page_until_the_alert_is_closed(episode: Episode, room: str) -> None:
    alert = answered(episode, 1)
    browser = browser_of(episode.therapist)
    for _ in range(2):  # looking at it takes nothing away
        assert path_of(alert) in text_of(browser.get(f"/episodes/{episode.pk}/{room}"))
    alerts.acknowledge(alert=alert, by=episode.therapist, at=NOW)
    assert "Open alerts" in text_of(browser.get(f"/episodes/{episode.pk}/{room}"))
    factories.assessed(episode, at=NOW)
    alerts.resolve(alert=alert, words="asked, clear", by=episode.therapist, at=NOW)
    assert 'aria-label="Open alerts"' not in text_of(browser.get(f"/episodes/{episode.pk}/{room}"))


def test_today_shows_the_alert(episode: Episode) -> None:
    alert = answered(episode, 2)
    assert path_of(alert) in text_of(browser_of(episode.therapist).get("/today/"))


def test_a_late_step_is_said_to_be_late(episode: Episode, monkeypatch: pytest.MonkeyPatch) -> None:
    alert = answered(episode, 3)
    page = text_of(browser_of(episode.therapist).get(path_of(alert)))
    assert "Late." in page
    assert "Within 30 minutes, in service hours" in page


# -- the page of an alert ------------------------------------------------------------------------------


def test_the_whole_path_in_the_browser(episode: Episode) -> None:
    alert = answered(episode, 2)
    browser = browser_of(episode.therapist)
    assert browser.get(path_of(alert)).status_code == 200
    for name, fields in (
        ("shown", {}),
        ("acknowledge", {}),
        (
            "contacted",
            {"contacted_words": "by phone", "contacted_day": "2026-01-05", "contacted_time": "20:25"},
        ),
    ):
        assert act(browser, alert, name, **fields).status_code == 302, name
    answers = {
        "thoughts": "yes",
        "method": "yes",
        "intent": "no",
        "level": "orange",
        "reason": "method, no intent",
    }
    saved = browser.post(room_of(episode, "assess/"), {**answers, "next": path_of(alert)})
    assert saved.headers["Location"] == path_of(alert)
    refused = act(browser, alert, "resolve", resolve_words="seen")
    assert refused.status_code == 409
    assert "safety plan" in text_of(refused)
    assert ">\nseen</textarea>" in text_of(refused)
    plan = {
        "my_signs-1": "awake at three",
        "alone-1": "walk",
        "ask_help-1": "Beatriz",
        "professionals-1": "line",
    }
    assert browser.post(room_of(episode, "plan/"), plan).status_code == 302
    for name, fields in (
        ("told", {"told_words": "supervisor, family doctor"}),
        ("follow_up", {"follow_up_on": "2026-01-08", "follow_up_words": "by phone"}),
        ("resolve", {"resolve_words": "asked, plan made"}),
    ):
        assert act(browser, alert, name, **fields).status_code == 302, name
    alert.refresh_from_db()
    assert alert.state == AlertState.RESOLVED
    kinds = list(alert.steps.values_list("kind", flat=True))
    assert kinds == [
        "told", "seen", "shown_to_client", "acknowledged", "contacted", "assessed", "level_set", "plan_saved",
        "told_supervisor", "follow_up", "resolved",
    ]  # fmt: skip
    page = text_of(browser.get(path_of(alert)))
    assert "Closed today" in page
    assert "on 5 Jan at 20:25" in page
    assert 'name="act"' not in page
    assert "asked, plan made" in page
    assert "Alerts, open and past" in text_of(browser.get(room_of(episode)))


@pytest.mark.parametrize(
    ("name", "fields", "message"),
    [
        ("follow_up", {"follow_up_on": "2025-12-30"}, "before the alert"),
        ("follow_up", {"follow_up_on": "31 February 2026"}, "no day of the calendar"),
        ("follow_up", {}, "on which day"),
        ("contacted", {"contacted_day": "2026-01-05", "contacted_time": "08:00"}, "before the alert"),
        ("contacted", {"contacted_day": "2026-02-05", "contacted_time": "08:00"}, "not come yet"),
        ("contacted", {"contacted_day": "2026-01-05", "contacted_time": "25:61"}, "hours and minutes"),
        ("told", {"told_words": "  "}, "few words"),
        ("resolve", {"resolve_words": ""}, "few words"),
        ("note", {"note_words": "x" * 30_000}, "Shorten"),
    ],
)
def test_bad_input_is_told_at_its_field_and_stays(
    episode: Episode, name: str, fields: dict, message: str
) -> None:
    alert = answered(episode, 1)
    factories.assessed(episode, at=NOW)
    before = alert.steps.count()
    response = act(browser_of(episode.therapist), alert, name, **fields)
    assert response.status_code == 422
    page = text_of(response)
    assert message in page
    assert "data-error-summary" in page
    assert 'aria-invalid="true"' in page
    for value in fields.values():
        assert value in page
    assert alert.steps.count() == before


def test_words_in_any_script_are_taken_whole_and_never_as_markup(episode: Episode) -> None:
    alert = answered(episode, 1)
    browser = browser_of(episode.therapist)
    said = "<b>אני</b> 😔 مرحبا"
    assert act(browser, alert, "note", note_words=said).status_code == 302
    page = text_of(browser.get(path_of(alert)))
    assert "&lt;b&gt;אני&lt;/b&gt; 😔" in page


def test_the_same_press_twice_is_one_step(episode: Episode) -> None:
    alert = answered(episode, 1)
    browser = browser_of(episode.therapist)
    for _ in range(2):
        assert act(browser, alert, "told", told_words="Dr Ames").status_code == 302
        assert act(browser, alert, "acknowledge").status_code == 302
    assert alert.steps.filter(kind="told_supervisor").count() == 1
    assert alert.steps.filter(kind="acknowledged").count() == 1


def test_the_second_to_close_sees_what_the_first_did_and_keeps_their_words(episode: Episode) -> None:
    cover = factories.covered(episode.therapist)
    alert = answered(episode, 1)
    factories.assessed(episode, at=NOW)
    assert (
        act(browser_of(episode.therapist), alert, "resolve", resolve_words="asked by phone").status_code
        == 302
    )
    second = act(browser_of(cover), alert, "resolve", resolve_words="asked at the door")
    assert second.status_code == 409
    page = text_of(second)
    assert "resolved this alert first" in page
    assert "asked by phone" in page
    assert "asked at the door" in page
    late = act(browser_of(cover), alert, "told", told_words="Dr Ames too")
    assert late.status_code == 409
    assert {text.field for text in DraftText.objects.filter(user=cover)} == {"words", "told"}
    text = DraftText.objects.get(field="told")
    assert act(browser_of(cover), alert, "let_go", text=str(text.pk)).status_code == 302
    assert not DraftText.objects.filter(pk=text.pk).exists()


def test_a_declined_item_asks_to_ask(episode: Episode) -> None:
    alert = answered(episode, None)
    page = text_of(browser_of(episode.therapist).get(path_of(alert)))
    assert "Ask about safety" in page
    assert "not answered" in page


# -- who ---------------------------------------------------------------------------------------------


def test_nobody_else_finds_the_alert_or_the_room(episode: Episode) -> None:
    alert = answered(episode, 2)
    addresses = [path_of(alert), *(room_of(episode, tail) for tail in ("", "assess/", "plan/", "plan/print/",
                                                                        "private-questions/"))]  # fmt: skip
    for user in strangers():
        for address in addresses:
            assert browser_of(user).get(address).status_code == 404, (user.role, address)
            posted = browser_of(user).post(address, {"act": "resolve"}).status_code
            assert posted == 404 or (posted == 405 and address.endswith("/print/")), (user.role, address)
    assert Alert.objects.get().state == AlertState.OPEN


def test_a_supervisor_reads_and_changes_nothing(episode: Episode) -> None:
    alert = answered(episode, 2)
    browser = browser_of(factories.supervised(episode.therapist))
    page = browser.get(path_of(alert))
    assert page.status_code == 200
    assert 'name="act"' not in text_of(page)
    assert act(browser, alert, "acknowledge").status_code == 409
    assert browser.get(room_of(episode)).status_code == 200
    assert browser.get(room_of(episode, "assess/")).status_code == 409
    assert not alert.steps.filter(kind__in=("acknowledged", "seen")).exists()


def test_cover_sees_and_works_alert_risk_plan_and_contacts_alone(episode: Episode) -> None:
    alert = answered(episode, 2)
    factories.entry(episode, "rec_formulation", {"problem_area": ["grief"], "event": "since the call"})
    browser = browser_of(factories.covered(episode.therapist))
    page = text_of(browser.get(room_of(episode)))
    assert "01632 960333" in page
    assert "since the call" not in page
    assert act(browser, alert, "acknowledge").status_code == 302
    answers = {"thoughts": "no", "level": "green", "reason": "asked by phone, passing thought"}
    assert browser.post(room_of(episode, "assess/"), answers).status_code == 302
    assert act(browser, alert, "resolve", resolve_words="asked by phone").status_code == 302
    assert browser.get(f"/episodes/{episode.pk}/people/").status_code == 404


def test_each_page_is_one_audited_read(episode: Episode) -> None:
    alert = answered(episode, 2)
    browser = browser_of(episode.therapist)
    browser.get(path_of(alert))
    browser.get(room_of(episode))
    reads = AuditEvent.objects.filter(chain=str(episode.pk), act__in=("alert-read", "episode-read"))
    assert sorted(reads.values_list("act", flat=True)) == ["alert-read", "episode-read"]


def test_an_alert_of_another_episode_is_not_here(episode: Episode) -> None:
    alert = answered(episode, 2)
    other, _ = factories.active_episode(episode.therapist, name="Ana Reis")
    browser = browser_of(episode.therapist)
    assert browser.get(f"/episodes/{other.pk}/alerts/{alert.pk}/").status_code == 404
    assert browser.post(f"/episodes/{other.pk}/alerts/{alert.pk}/", {"act": "acknowledge"}).status_code == 404


# -- assessing -----------------------------------------------------------------------------------------


def test_a_level_goes_down_only_with_a_reason(episode: Episode) -> None:
    factories.assessed(episode, "orange")
    browser = browser_of(episode.therapist)
    response = browser.post(
        room_of(episode, "assess/"), {"thoughts": "no", "level": "green", "protective": "the dog"}
    )
    page = text_of(response)
    assert response.status_code == 422
    assert "The level was orange" in page
    assert 'id="reason-error"' in page
    assert "the dog" in page
    more = {"thoughts": "no", "level": "green", "reason": "two clear answers"}
    assert browser.post(room_of(episode, "assess/"), more).status_code == 302
    shown = text_of(browser.get(room_of(episode)))
    assert "two clear answers" in shown
    assert "How the level came about" in shown


def test_a_follow_up_before_the_assessment_is_refused(episode: Episode) -> None:
    given = {"thoughts": "yes", "level": "orange", "followup": "2026-01-02"}
    response = browser_of(episode.therapist).post(room_of(episode, "assess/"), given)
    assert response.status_code == 422
    assert "before the assessment" in text_of(response)


def test_an_assessment_joins_the_session_of_the_day(episode: Episode) -> None:
    session: Session = sessions.begin_session(episode=episode, by=episode.therapist, at=NOW)
    browser_of(episode.therapist).post(room_of(episode, "assess/"), {"thoughts": "no", "level": "green"})
    assert session.entries.filter(record_type="rec_risk").count() == 1


def test_three_on_item_9_is_red_until_assessed(episode: Episode) -> None:
    answered(episode, 3)
    page = text_of(browser_of(episode.therapist).get(room_of(episode)))
    assert "Provisional, by item 9" in page


# -- the plan ------------------------------------------------------------------------------------------


PLAN = {"my_signs-1": "awake at three", "alone-1": "walk", "ask_help-1": "Beatriz", "professionals-1": "line"}


def test_each_save_of_the_plan_is_a_version_and_a_review_is_one_press(episode: Episode) -> None:
    browser = browser_of(episode.therapist)
    assert "No safety plan yet" in text_of(browser.get(room_of(episode)))
    browser.post(room_of(episode, "plan/"), PLAN)
    first = episode.entries.get(record_type="rec_safety_plan")
    browser.post(room_of(episode, "plan/"), {**PLAN, "alone-1": "film", "base": str(first.pk)})
    assert episode.entries.filter(record_type="rec_safety_plan").count() == 2
    page = text_of(browser.get(room_of(episode)))
    assert "film" in page
    assert "Versions (2)" in page
    factories.assessed(episode, "orange", at=NOW)
    for _ in range(2):
        assert browser.post(room_of(episode, "plan/reviewed/")).status_code == 302
    printed = text_of(browser.get(room_of(episode, "plan/print/")))
    assert "awake at three" in printed
    assert "The client has a copy" not in printed


def test_a_review_counts_for_a_level_that_rose_since(
    episode: Episode, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = browser_of(episode.therapist)
    browser.post(room_of(episode, "plan/"), PLAN)
    set_clock(monkeypatch, factories.at_day(8))
    factories.assessed(episode, "orange", at=factories.at_day(8))
    assert "no plan was saved or reviewed since it rose" in text_of(browser.get(room_of(episode)))
    browser.post(room_of(episode, "plan/reviewed/"))
    assert "no plan was saved or reviewed since it rose" not in text_of(browser.get(room_of(episode)))


def test_two_tabs_on_one_plan_show_both_versions(episode: Episode) -> None:
    browser = browser_of(episode.therapist)
    browser.post(room_of(episode, "plan/"), PLAN)
    first = episode.entries.get(record_type="rec_safety_plan")
    browser.post(room_of(episode, "plan/"), {**PLAN, "alone-1": "film", "base": str(first.pk)})
    response = browser.post(room_of(episode, "plan/"), {**PLAN, "alone-1": "swim", "base": str(first.pk)})
    page = text_of(response)
    assert response.status_code == 409
    assert "Both versions are kept" in page
    assert "film" in page
    assert "swim" in page
    last = episode.entries.filter(record_type="rec_safety_plan").order_by("order").last()
    assert f'name="base" value="{last.pk}"' in page


def test_an_empty_plan_is_refused_and_none_is_printed(episode: Episode) -> None:
    browser = browser_of(episode.therapist)
    assert browser.post(room_of(episode, "plan/"), {}).status_code == 422
    assert browser.get(room_of(episode, "plan/print/")).status_code == 409
    assert browser.post(room_of(episode, "plan/reviewed/")).status_code == 409
    assert browser.get(room_of(episode, "plan/reviewed/")).status_code == 405


# -- violence ------------------------------------------------------------------------------------------


HARK = {"h": "0", "a": "1", "r": "0", "k": "0", "positive": "yes"}


def test_nothing_is_kept_unless_the_client_is_alone(episode: Episode) -> None:
    response = browser_of(episode.therapist).post(room_of(episode, "private-questions/"), HARK)
    assert response.status_code == 422
    assert "alone with you" in text_of(response)
    assert not episode.entries.filter(record_type="rec_ipv_screen").exists()
    assert not Alert.objects.exists()


def test_one_yes_raises_locks_and_says_what_is_locked(episode: Episode) -> None:
    browser = browser_of(episode.therapist)
    given = {
        **HARK,
        "alone_confirmed": "yes",
        "danger_signs": ["weapon", "stalking"],
        "other_sign": "the dog hurt",
    }
    assert browser.post(room_of(episode, "private-questions/"), given).status_code == 302
    entry = episode.entries.get(record_type="rec_ipv_screen")
    assert entry.payload["answers"] == [0, 1, 0, 0]
    assert entry.payload["danger_signs"] == ["weapon", "stalking", "the dog hurt"]
    assert Alert.objects.get().rule == "DR-06"
    page = text_of(browser.get(room_of(episode)))
    assert "every partner, ex-partner and household member" in page
    assert "DR-06" in page
    conjoint = browser.post(f"/episodes/{episode.pk}/records/rec_conjoint_session/new/", {"who-new": "Tom"})
    assert conjoint.status_code == 422
    assert "Locked by DR-06" in text_of(conjoint)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"h": "1", "positive": "yes"}, "each of the four"),
        ({**HARK, "positive": "no"}, "One yes"),
        ({"h": "0", "a": "0", "r": "0", "k": "0"}, "any sign of violence"),
        ({**HARK, "h": "2"}, "Choose one of those shown"),
    ],
)
def test_half_answered_or_contradicting_answers_are_told(
    episode: Episode, fields: dict, message: str
) -> None:
    given = {"alone_confirmed": "yes", **fields}
    response = browser_of(episode.therapist).post(room_of(episode, "private-questions/"), given)
    assert response.status_code == 422
    assert message in text_of(response)


def test_a_named_person_is_shown_by_name_in_the_room(episode: Episode) -> None:
    people.add_person(episode=episode, label="Tom", code="p_t", by=episode.therapist, at=NOW)
    factories.entry(episode, "rec_inventory_person", {"person_id": "p_t", "safety_concern": True}, at=NOW)
    page = text_of(browser_of(episode.therapist).get(room_of(episode)))
    assert "with that person" in page
    assert "Tom" in page


# -- the manager's envelope ------------------------------------------------------------------------------


def test_the_manager_learns_who_is_due_since_when_and_no_word(episode: Episode) -> None:
    alert = answered(episode, 2)
    manager = factories.staff("manager")
    raised = alert.raised_at
    assert overdue_envelopes(manager, raised + timedelta(hours=23)) == ()
    alerts.acknowledge(alert=alert, by=episode.therapist, at=raised + timedelta(hours=1))
    (envelope,) = overdue_envelopes(manager, raised + timedelta(hours=25))
    assert (envelope.rule, envelope.due_at) == ("DR-01", raised + timedelta(hours=24))
    assert envelope.who == episode.therapist.display_name
    assert envelope.step == "Spoken with the client"
    cover = factories.covered(episode.therapist)
    (envelope,) = overdue_envelopes(manager, raised + timedelta(hours=25))
    assert cover.display_name in envelope.who
    assert "Rui" not in repr(envelope)
    assert overdue_envelopes(episode.therapist, raised + timedelta(days=9)) == ()
    alerts.add_step(alert=alert, kind="contacted", words="x", by=episode.therapist, at=NOW)
    assert overdue_envelopes(manager, NOW + timedelta(hours=30)) == ()
