"""By phone or video: put on and taken off, where the client is, who can hear, and what stays locked until then."""

from __future__ import annotations

import pytest
from tests import factories as make
from tests.web.rooms_world import browser_of, set_clock, text_of
from tests.web.test_adaptation_choice import words

from openipt.core.course.course import Attendance
from openipt.records import convert
from openipt.records.actions import entries, sessions
from openipt.records.models import Entry, Episode, Session

pytestmark = pytest.mark.django_db

SCREEN = {"alone_confirmed": "yes", "positive": "no", "h": "0", "a": "0", "r": "0", "k": "0"}
HOME = {"location_now": "in the kitchen, 3 Shore Road", "callback_number": "555 0142"}


@pytest.fixture(autouse=True)
def today(monkeypatch: pytest.MonkeyPatch) -> None:
    set_clock(monkeypatch, make.at_day(7, 1))


def called(format: str = "phone", adaptation: str = "ipt_ppd+ipt_tele") -> Session:
    """Session 2 of a course, begun today by phone; session 1 was a week ago, from the kitchen at home."""
    episode, first = make.active_episode(adaptation=adaptation)
    make.entry(episode, "rec_emergency", HOME, session=first)
    return sessions.begin_session(episode=episode, format=format, by=episode.therapist, at=make.at_day(7))


def room(session: Session, tail: str = "") -> str:
    return f"/episodes/{session.episode_id}/sessions/{session.pk}/{tail}"


def send(browser, session: Session, task: str, **values: str):
    return browser.post(room(session, f"tasks/{task}/0/"), values, HTTP_HX_REQUEST="true")


def test_last_time_is_offered_and_counts_only_once_it_is_confirmed() -> None:
    session = called()
    browser = browser_of(session.episode.therapist)
    shown = words(browser.get(room(session)))
    assert "in the kitchen, 3 Shore Road last said on" in shown and "Ask where they are now" in shown
    assert "TE-01" not in marked(session)
    for _ in range(2):  # pressed twice
        assert browser.post(room(session, "still-there/")).status_code == 302
    assert session.entries.filter(record_type="rec_emergency").count() == 1
    shown = words(browser.get(room(session)))
    assert "in the kitchen, 3 Shore Road said today" in shown and "Still there" not in shown
    assert "TE-01" in marked(session)


def marked(session: Session) -> set[str]:
    return set(session.task_marks.filter(withdrawn_at=None).values_list("task_id", flat=True))


def test_questions_about_violence_open_only_once_nobody_can_hear() -> None:
    session = called()
    browser = browser_of(session.episode.therapist)
    safety = f"/episodes/{session.episode_id}/safety/private-questions/"
    record = f"/episodes/{session.episode_id}/records/rec_ipv_screen/new/?session={session.pk}"
    for address in (safety, record):
        locked = browser.get(address)
        assert locked.status_code == 409 and "Locked by TE-05" in words(locked)
        assert "Ask first whether anyone can hear" in words(locked) and "HARK" not in words(locked)
        assert f"records/rec_call_privacy/new/?session={session.pk}" in text_of(locked)
    refused = browser.post(safety, SCREEN)
    assert refused.status_code == 422 and "Locked by TE-05" in words(refused)
    assert not Entry.objects.filter(record_type="rec_ipv_screen").exists()
    assert send(browser, session, "TE-02", private="no", who_is_near="the mother-in-law").status_code == 200
    assert "somebody may hear" in words(browser.get(safety))
    assert "Somebody may hear" in words(browser.get(room(session)))
    again = send(browser, session, "TE-02", private="yes", who_is_near="")
    assert "Nobody can hear" in words(again)  # the card is drawn anew with the line
    assert browser.get(safety).status_code == browser.get(record).status_code == 200
    assert browser.post(safety, SCREEN).status_code == 302
    assert Entry.objects.get(record_type="rec_ipv_screen").session_id == session.pk
    assert {"TE-02", "TE-05"} <= marked(session)


def test_the_lock_holds_by_video_in_any_adaptation_and_for_a_total_typed_by_hand() -> None:
    session = called("video", "ipt_acute")
    browser = browser_of(session.episode.therapist)
    typed = {"measure_id": "ms_hark", "total": "0", "record_session": str(session.pk)}
    answer = browser.post(f"/episodes/{session.episode_id}/records/rec_measure/new/", typed)
    assert answer.status_code == 422 and "Locked by TE-05" in words(answer)


def test_in_person_nothing_of_it_is_asked() -> None:
    session = called("in_person")
    browser = browser_of(session.episode.therapist)
    assert "call-card" not in text_of(browser.get(room(session)))
    assert browser.get(f"/episodes/{session.episode_id}/safety/private-questions/").status_code == 200


def test_whom_to_call_keeps_every_field_and_never_a_place_of_another_day() -> None:
    session = called()
    contact = {"contact_person": "Callum, 555 0143", "relation": "partner"}
    make.entry(session.episode, "rec_emergency", contact)
    make.entry(session.episode, "rec_call_plan", {"who_calls": "therapist", "then": "Callum is called"})
    shown = words(browser_of(session.episode.therapist).get(f"/episodes/{session.episode_id}/safety/"))
    assert "Callum, 555 0143" in shown and "555 0142" in shown and "Callum is called" in shown
    assert "3 Shore Road last said on" in shown and shown.count("3 Shore Road last") == 1


def test_it_is_put_on_in_mid_course_with_its_reason_and_taken_off_again() -> None:
    episode, _ = make.active_episode(adaptation="ipt_ppd")
    before = convert.course(episode)
    browser, arrangements = browser_of(episode.therapist), f"/episodes/{episode.pk}/course/"
    without = browser.post(f"{arrangements}goes-with/", {"with_ipt_tele": "yes"})
    assert without.status_code == 422 and 'href="#f-with_reason"' in text_of(without)
    sent = {"with_ipt_tele": "yes", "with_reason": "the ferry has stopped"}
    for _ in range(2):  # pressed twice
        assert browser.post(f"{arrangements}goes-with/", sent).status_code == 302
    episode = Episode.objects.select_related("client").get(pk=episode.pk)
    assert (episode.adaptation, episode.manual_version) == ("ipt_ppd+ipt_tele", "1+1")
    assert episode.plan_events.count() == 1
    course = convert.course(episode)
    assert (course.meetings, course.entries) == (before.meetings, before.entries)
    assert course.adaptation_changes[0].brought == ("TE-01", "TE-02", "TE-03", "TE-04", "TE-05")
    assert "by phone or video" in words(browser.get(f"/episodes/{episode.pk}/"))
    told = words(browser.get(arrangements))
    assert "From here: IPT after birth, by phone or video" in told and "the ferry has stopped" in told
    assert browser.post(f"{arrangements}goes-with/", {"with_reason": "it runs again"}).status_code == 302
    assert Episode.objects.get(pk=episode.pk).adaptation == "ipt_ppd"


def test_another_adaptation_keeps_what_goes_with_it() -> None:
    episode, _ = make.active_episode(adaptation="ipt_acute+ipt_tele")
    sent = {"adaptation": "ipt_b", "reason": "two small children", "override_reason": "asked for"}
    answer = browser_of(episode.therapist).post(f"/episodes/{episode.pk}/course/adaptation/", sent)
    assert answer.status_code == 302
    assert Episode.objects.get(pk=episode.pk).adaptation == "ipt_b+ipt_tele"


def test_taking_on_by_phone_from_the_start() -> None:
    browser = browser_of(make.therapist())
    sent = {"name": "Ines Roth", "adaptation": "ipt_b", "language": "en", "with_ipt_tele": "yes"}
    assert browser.post("/clients/new/", sent).status_code == 302
    assert Episode.objects.get().adaptation == "ipt_b+ipt_tele"


def test_its_sessions_are_by_phone_unless_somebody_says_otherwise() -> None:
    episode, first = make.active_episode(adaptation="ipt_b+ipt_tele")
    assert first.format == "phone"
    page = text_of(browser_of(episode.therapist).get(f"/episodes/{episode.pk}/sessions/"))
    assert '<option value="phone" selected>' in page


def test_the_client_is_told_what_to_have_ready_before_a_call() -> None:
    session = called()
    episode = session.episode
    make.entry(episode, "rec_call_plan", {"who_calls": "therapist", "after_minutes": 2})
    coming = sessions.plan_session(
        episode=episode, planned_at=make.at_day(14), format="phone", by=episode.therapist, at=make.at_day(7)
    )
    browser = browser_of(make.client_login(episode))
    home = words(browser.get("/me/"))
    assert "A place where nobody can hear you" in home and "The therapist calls" in home
    assert "code word" not in home.lower()  # somebody at home may read this page
    make.entry(episode, "rec_dispute_map", {"other": "Callum", "danger": True})
    assert "A place where nobody can hear you" not in words(browser.get("/me/"))
    assert coming.attendance == Attendance.PLANNED


def test_the_code_word_and_who_may_hear_are_never_the_clients_to_read() -> None:
    session = called()
    entries.add_entry(
        episode=session.episode,
        record_type="rec_call_privacy",
        payload={"private": True, "code_word": "the supply boat"},
        session=session,
        by=session.episode.therapist,
        at=make.at_day(7),
    )
    browser = browser_of(make.client_login(session.episode))
    for address in ("/me/", "/me/story/", "/me/safety-plan/", "/me/practice/"):
        assert "supply boat" not in text_of(browser.get(address))
