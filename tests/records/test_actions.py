"""What each action does, and what it refuses."""

from __future__ import annotations

from datetime import UTC, timedelta

import pytest

from openipt.core.course.course import Attendance, EpisodeStatus
from openipt.errors import ChangedMeanwhile, EntryNotValid, NoAccess, NotAllowedNow
from openipt.records import convert
from openipt.records.actions import (
    accounts,
    checkins,
    clients,
    drafts,
    entries,
    episodes,
    journal,
    people,
    sessions,
    transfer,
)
from openipt.records.models import (
    AuditEvent,
    DraftKind,
    DraftText,
    Entry,
    EntryState,
    Role,
    Session,
    TaskMark,
    User,
)
from openipt.records.queries import clients as client_queries
from openipt.records.queries import sessions as session_queries
from tests import factories as make

pytestmark = pytest.mark.django_db


# -- accounts ---------------------------------------------------------------------------------------


def test_a_username_is_taken_once() -> None:
    first = make.therapist()
    with pytest.raises(EntryNotValid, match="taken"):
        accounts.create_user(
            username=first.username.upper(), role="therapist", by=make.OPERATOR, at=make.START
        )


def test_a_therapist_makes_no_accounts() -> None:
    with pytest.raises(NotAllowedNow):
        accounts.create_user(username="new", role="therapist", by=make.therapist(), at=make.START)


def test_a_short_password_is_refused() -> None:
    user = make.therapist()
    with pytest.raises(EntryNotValid) as refused:
        accounts.set_password(user=user, password="short", by=user, at=make.START)
    assert refused.value.faults[0].path == "password"


def test_nobody_sets_another_ones_password() -> None:
    with pytest.raises(NotAllowedNow):
        accounts.set_password(
            user=make.therapist(), password=make.PASSWORD, by=make.therapist(), at=make.START
        )


def test_the_draft_key_is_the_same_every_time_and_its_users_own() -> None:
    user, other = make.therapist(), make.therapist()
    key = accounts.draft_key(user=user, by=user, at=make.START)
    assert len(key) == 32
    assert accounts.draft_key(user=user, by=user, at=make.START) == key
    assert accounts.draft_key(user=other, by=other, at=make.START) != key
    with pytest.raises(NotAllowedNow):
        accounts.draft_key(user=user, by=other, at=make.START)


# -- clients ----------------------------------------------------------------------------------------


def test_taking_on_a_client_opens_an_enquiry() -> None:
    episode = make.episode(name="Ingeborg Lund", profile={"phone": "01632 960111"}, birth_year=1958)
    assert episode.status == EpisodeStatus.ENQUIRY
    assert episode.planned_sessions == 16
    client = make.client_of(episode)
    assert (client.name, client.about("phone"), client.birth_year) == ("Ingeborg Lund", "01632 960111", 1958)


def test_a_second_open_episode_is_refused_until_the_first_has_ended() -> None:
    first = make.episode()
    again = {"client": first.client, "adaptation": "ipc", "therapist": first.therapist}
    with pytest.raises(NotAllowedNow, match="open episode"):
        clients.open_episode(**again, by=first.therapist, at=make.START)
    make.ended(first)
    assert clients.open_episode(**again, by=first.therapist, at=make.START).planned_sessions == 6


def _imported_again(into: User) -> None:
    """The file of an episode, read in as another client's."""
    portable = convert.portable(make.episode(region="gb"), make.OPERATOR, make.day())
    transfer.import_episode(portable=portable, therapist=into, by=make.OPERATOR, at=make.START)


def test_a_live_service_without_crisis_contacts_takes_on_nobody(settings, tmp_path) -> None:
    from dataclasses import replace

    live = replace(settings.ENVIRONMENT, mode="live")
    settings.ENVIRONMENT = live
    with pytest.raises(NotAllowedNow, match="crisis contacts"):
        make.episode(region="gb")
    (live.home / "crisis.toml").write_text('[[contact]]\nregion = "gb"\nname = "Line"\nphone = "1"\n')
    try:
        assert make.episode(region="gb").client.region == "gb"
        with pytest.raises(NotAllowedNow, match="crisis contacts"):
            make.episode(region="pt")
        with pytest.raises(NotAllowedNow, match="crisis contacts"):
            _imported_again(into=make.therapist())
    finally:
        (live.home / "crisis.toml").unlink()


def test_a_client_is_found_by_any_beginning_of_a_name_without_accents() -> None:
    episode = make.episode(name="Zoë Brontë-Ångström")
    make.episode(episode.therapist, name="Zoltan Other")
    found = client_queries.find_clients(episode.therapist, "ang zoe", make.day())
    assert [client.pk for client in found] == [episode.client_id]
    assert not client_queries.find_clients(make.therapist(), "zoe", make.day())
    assert not client_queries.find_clients(episode.therapist, "  ", make.day())


def test_a_changed_name_is_found_and_the_old_one_no_more() -> None:
    episode = make.episode(name="Before Name")
    clients.change_profile(
        client=episode.client, profile={"name": "After Name"}, by=episode.therapist, at=make.START
    )
    found = client_queries.find_clients
    assert found(episode.therapist, "after", make.day()).exists()
    assert not found(episode.therapist, "before", make.day()).exists()


def test_a_client_login_says_nothing_about_its_client() -> None:
    user = make.client_login(make.episode(name="Rui Tavares"))
    assert user.role == Role.CLIENT
    assert user.display_name == ""
    assert "rui" not in user.username
    assert user.check_password(make.PASSWORD)


# -- episodes ---------------------------------------------------------------------------------------


def test_an_ended_episode_stays_ended() -> None:
    episode = make.ended(make.episode())
    with pytest.raises(NotAllowedNow, match="does not go from"):
        episodes.change_status(episode=episode, status="active", by=episode.therapist, at=make.START)


def test_an_end_needs_its_reason() -> None:
    episode = make.episode()
    with pytest.raises(NotAllowedNow, match="why the episode ends"):
        episodes.change_status(episode=episode, status="ended", by=episode.therapist, at=make.START)


def test_an_open_alert_asks_for_a_named_clinician_before_the_episode_pauses() -> None:
    episode, _ = make.active_episode()
    make.entry(episode, "rec_risk", {"thoughts": True, "level": "yellow", "reason": "passing wish"})
    pause = {"episode": episode, "status": "paused", "by": episode.therapist, "at": make.at_day()}
    with pytest.raises(NotAllowedNow, match="Name the clinician"):
        episodes.change_status(**pause, reason="holiday")
    named = episodes.change_status(**pause, reason="holiday", responsible=episode.therapist)
    assert named.status == EpisodeStatus.PAUSED


def test_a_plan_cannot_shrink_below_what_was_held() -> None:
    episode, _ = make.active_episode()
    make.session(episode, 7)
    with pytest.raises(EntryNotValid):
        episodes.change_plan(
            episode=episode, planned_sessions=1, reason="shorter", by=episode.therapist, at=make.at_day(8)
        )


def test_an_extension_is_kept_with_its_phase() -> None:
    episode, _ = make.active_episode()
    episodes.change_plan(
        episode=episode,
        planned_sessions=18,
        phase="middle",
        reason="two more",
        by=episode.therapist,
        at=make.at_day(),
    )
    course = convert.course(make.Episode.objects.get(pk=episode.pk))
    assert course.planned_sessions == 16
    assert [(c.planned_sessions, c.phase) for c in course.plan_changes] == [(18, "middle")]


def test_a_handed_over_episode_is_the_other_therapists() -> None:
    episode = make.episode()
    before, after = episode.therapist, make.therapist()
    episodes.hand_over(episode=episode, therapist=after, reason="moves away", by=before, at=make.at_day())
    with pytest.raises(NoAccess):
        people.add_person(episode=episode, label="Ana", by=before, at=make.at_day())
    assert people.add_person(episode=episode, label="Ana", by=after, at=make.at_day()).label == "Ana"


# -- sessions ---------------------------------------------------------------------------------------


def test_the_first_meeting_is_the_intake_and_the_next_is_session_1() -> None:
    episode = make.episode()
    intake, first = make.session(episode), make.session(episode, 7)
    assert (intake.number, intake.phase) == (0, "pre")
    assert (first.number, first.phase) == (1, "initial")
    episode.refresh_from_db()
    assert (episode.status, episode.started_on) == (EpisodeStatus.ACTIVE, make.day(7))


def test_missed_and_cancelled_sessions_take_no_number() -> None:
    episode, _ = make.active_episode()
    planned = sessions.plan_sessions(
        episode=episode, first_at=make.at_day(7), count=3, by=episode.therapist, at=make.at_day()
    )
    missed = sessions.record_absence(session=planned[0], by=episode.therapist, at=make.at_day(7))
    late = sessions.begin_session(session=planned[1], late=True, by=episode.therapist, at=make.at_day(14))
    assert (missed.attendance, missed.number) == (Attendance.MISSED, None)
    assert (late.attendance, late.number) == (Attendance.LATE, 2)


def test_a_session_that_began_cannot_be_missed() -> None:
    episode, session = make.active_episode()
    with pytest.raises(NotAllowedNow):
        sessions.record_absence(session=session, by=episode.therapist, at=make.at_day())


def test_beginning_twice_is_beginning_once() -> None:
    episode = make.episode()
    planned = sessions.plan_session(
        episode=episode, planned_at=make.at_day(), by=episode.therapist, at=make.START
    )
    for _ in range(2):
        begun = sessions.begin_session(session=planned, by=episode.therapist, at=make.at_day())
    assert begun.number == 0
    assert Session.objects.filter(episode=episode).count() == 1


@pytest.mark.parametrize(("days", "words"), [(3, "not come yet"), (-9, "before the episode")])
def test_a_session_is_held_between_the_opening_and_today(days: int, words: str) -> None:
    with pytest.raises(EntryNotValid, match=words):
        make.session(make.episode(), held_on=make.day(days))


def test_a_session_written_up_later_keeps_both_dates() -> None:
    session = make.session(make.episode(), 5, held_on=make.day(2))
    assert (session.held_on, session.written_at) == (make.day(2), make.at_day(5))
    assert session.began_at is None


def test_an_earlier_session_cannot_come_after_a_later_one() -> None:
    episode, _ = make.active_episode()
    make.session(episode, 14)
    with pytest.raises(EntryNotValid, match="in order"):
        make.session(episode, 15, held_on=make.day(7))


def test_a_series_keeps_the_hour_of_the_clock_over_a_change_of_time(settings) -> None:
    settings.TIME_ZONE = "Europe/Lisbon"
    from django.utils import timezone

    with timezone.override("Europe/Lisbon"):
        episode = make.episode()
        first = make.at_day(77)  # a week before summer time begins
        planned = sessions.plan_sessions(
            episode=episode, first_at=first, count=3, by=episode.therapist, at=make.START
        )
        hours = [timezone.localtime(session.planned_at).hour for session in planned]
    assert hours == [9, 9, 9]
    assert planned[2].planned_at.astimezone(UTC).hour == 8


def test_a_moved_session_remembers_where_it_was() -> None:
    episode = make.episode()
    planned = sessions.plan_session(
        episode=episode, planned_at=make.at_day(3), place="Room 2", by=episode.therapist, at=make.START
    )
    moved = sessions.move_session(
        session=planned, planned_at=make.at_day(4), place="Room 5", by=episode.therapist, at=make.START
    )
    assert (moved.place, moved.moves.get().planned_from) == ("Room 5", make.at_day(3))


def test_a_signed_session_never_changes() -> None:
    episode, session = make.active_episode()
    written = make.entry(episode, "rec_session", {"opening": "better"}, session=session)
    session = make.signed(session)
    by = {"by": episode.therapist, "at": make.at_day()}
    refusals = [
        lambda: sessions.save_note(session=session, blocks=make.note("other"), expected_version=1, **by),
        lambda: entries.save_entry(entry=written, payload={"opening": "x"}, expected_version=1, **by),
        lambda: entries.withdraw_entry(entry=written, **by),
        lambda: make.entry(episode, "rec_risk", {"thoughts": False}, session=session),
        lambda: sessions.use_technique(session=session, code="tq_role_play", **by),
        lambda: sessions.set_details(session=session, minutes=40, **by),
        lambda: sessions.record_absence(session=session, **by),
    ]
    for refusal in refusals:
        with pytest.raises(NotAllowedNow):
            refusal()
    amendment = sessions.amend_session(session=session, text="Also: sleep.", **by)
    assert amendment.text == "Also: sleep."
    assert Entry.objects.get(pk=written.pk).state == EntryState.FINAL


def test_an_empty_note_is_not_signed() -> None:
    episode, session = make.active_episode()
    with pytest.raises(NotAllowedNow, match="note is empty"):
        sessions.sign_session(session=session, by=episode.therapist, at=make.at_day())


def test_a_record_that_lacks_what_signing_asks_for_is_named() -> None:
    episode, session = make.active_episode()
    make.entry(
        episode,
        "rec_communication_analysis",
        {"turns": [{"speaker": "client", "said": "Fine."}]},
        session=session,
    )
    make.written(session)
    with pytest.raises(NotAllowedNow, match="Communication analysis"):
        sessions.sign_session(session=session, by=episode.therapist, at=make.at_day())


def test_a_raised_level_is_not_signed_without_plan_or_reason() -> None:
    """DR-03."""
    episode, session = make.active_episode()
    make.entry(
        episode, "rec_risk", {"thoughts": True, "level": "yellow", "reason": "passing"}, session=session
    )
    session = make.written(session)
    by = {"session": session, "by": episode.therapist, "at": make.at_day()}
    with pytest.raises(NotAllowedNow, match="safety plan"):
        sessions.sign_session(**by)
    assert sessions.sign_session(**by, reason_without_plan="plan made at the clinic").is_signed


def test_a_safety_plan_opens_the_way_to_sign() -> None:
    episode, session = make.active_episode()
    make.entry(
        episode, "rec_risk", {"thoughts": True, "level": "yellow", "reason": "passing"}, session=session
    )
    make.entry(episode, "rec_safety_plan", {"my_signs": ["awake at four"]})
    assert make.signed(session).is_signed


def test_a_private_note_is_its_authors_alone() -> None:
    episode, session = make.active_episode()
    make.supervised(episode.therapist)
    sessions.write_private_note(session=session, text="mine", by=episode.therapist, at=make.at_day())
    found = session_queries.private_note(episode.therapist, session, make.day())
    assert found is not None
    assert found.text == "mine"
    assert session_queries.private_note(make.therapist(), session, make.day()) is None


# -- two people on one draft ------------------------------------------------------------------------


def test_the_second_to_save_a_note_sees_both_and_loses_nothing() -> None:
    episode, session = make.active_episode()
    by = {"by": episode.therapist, "at": make.at_day()}
    sessions.save_note(session=session, blocks=make.note("first"), expected_version=0, **by)
    with pytest.raises(ChangedMeanwhile) as refused:
        sessions.save_note(session=session, blocks=make.note("second"), expected_version=0, **by)
    assert refused.value.current_version == 1
    assert refused.value.theirs[0]["text"] == "first"
    assert refused.value.yours[0]["text"] == "second"
    assert "second" not in str(refused.value)
    kept = DraftText.objects.get(kind=DraftKind.REFUSED)
    assert "second" in kept.text
    assert session_queries.drafts(episode.therapist, episode) == [kept]
    session = sessions.save_note(session=session, blocks=make.note("both"), expected_version=1, **by)
    assert session.note[0]["text"] == "both"


def test_the_same_note_sent_twice_is_saved_once() -> None:
    episode, session = make.active_episode()
    for _ in range(2):
        saved = sessions.save_note(
            session=session,
            blocks=make.note("once"),
            expected_version=0,
            by=episode.therapist,
            at=make.at_day(),
        )
    assert saved.note_version == 1


def test_an_entry_saved_meanwhile_is_not_overwritten() -> None:
    episode, session = make.active_episode()
    entry = make.entry(episode, "rec_emotion_log", {"first_word": "angry"}, session=session)
    by = {"entry": entry, "by": episode.therapist, "at": make.at_day()}
    saved = entries.save_entry(**by, payload={"first_word": "sad"}, expected_version=1)
    with pytest.raises(ChangedMeanwhile):
        entries.save_entry(**by, payload={"first_word": "numb"}, expected_version=1)
    assert Entry.objects.get(pk=entry.pk).payload["first_word"] == "sad"
    assert [version.payload["first_word"] for version in saved.versions.all()] == ["angry"]
    assert "numb" in DraftText.objects.get(kind=DraftKind.REFUSED).text


def test_half_typed_text_comes_back_to_its_writer_and_goes_when_saved() -> None:
    episode, session = make.active_episode()
    key = f"session:{session.pk}"
    for text in ("She sa", "She said"):
        drafts.keep_draft_text(
            episode=episode, key=key, field="note", text=text, by=episode.therapist, at=make.at_day()
        )
    assert [d.text for d in session_queries.drafts(episode.therapist, episode, key)] == ["She said"]
    make.written(session)
    assert session_queries.drafts(episode.therapist, episode, key) == []


# -- entries and tasks ------------------------------------------------------------------------------


def test_every_fault_of_a_record_is_named() -> None:
    episode, session = make.active_episode()
    with pytest.raises(EntryNotValid) as refused:
        make.entry(episode, "rec_emotion_log", {"first_word": "sad", "intensity_0_10": 11}, session=session)
    assert [fault.path for fault in refused.value.faults] == ["intensity_0_10"]


def test_a_task_is_done_by_its_record_and_undone_when_that_is_withdrawn() -> None:
    episode, session = make.active_episode()
    entry = make.entry(episode, "rec_risk", {"thoughts": False, "level": "green"}, session=session)
    marks = TaskMark.objects.filter(session=session, withdrawn_at=None)
    assert [mark.task_id for mark in marks] == ["I06"]
    entries.withdraw_entry(entry=entry, by=episode.therapist, at=make.at_day())
    assert not marks.all()
    assert "I06" not in convert.course(episode).meetings[0].tasks_done


def test_one_field_does_one_task_and_lines_of_one_session_join() -> None:
    episode, first = make.active_episode()
    for week in range(1, 4):
        session = make.session(episode, 7 * week)
    assert session.phase == "middle"
    make.entry(episode, "rec_session", {"opening": "a bad week"}, session=session, at=make.at_day(21))
    make.entry(episode, "rec_session", {"summary": "we saw the link"}, session=session, at=make.at_day(21))
    assert Entry.objects.filter(session=session, record_type="rec_session").count() == 1
    assert set(session.task_marks.values_list("task_id", flat=True)) == {"M01", "M15"}


def test_a_record_that_serves_two_tasks_does_only_the_one_it_was_written_for() -> None:
    episode, session = make.active_episode()
    payload = {"topic": "core_1", "client_words": "not my fault"}
    make.entry(episode, "rec_psychoeducation", payload, session=session)
    assert not session.task_marks.exists()
    make.entry(episode, "rec_psychoeducation", payload, session=session, for_task="I03")
    assert [mark.task_id for mark in session.task_marks.all()] == ["I03"]


def test_a_task_with_a_record_is_not_ticked() -> None:
    episode, session = make.active_episode()
    with pytest.raises(NotAllowedNow, match="Write the record"):
        sessions.mark_task(session=session, task_id="I06", by=episode.therapist, at=make.at_day())


def test_strategies_and_techniques_toggle() -> None:
    episode, session = make.active_episode()
    by = {"session": session, "by": episode.therapist, "at": make.at_day()}
    sessions.use_technique(**by, code="tq_role_play")
    sessions.use_technique(**by, code="tq_role_play", used=False)
    sessions.use_technique(**by, code="tq_clarification")
    assert convert.course(episode).meetings[0].techniques == ("tq_clarification",)
    with pytest.raises(EntryNotValid):
        sessions.use_strategy(**by, code="no_such")


def test_violence_is_asked_about_alone() -> None:
    episode, session = make.active_episode()
    with pytest.raises(EntryNotValid, match="alone"):
        make.entry(episode, "rec_ipv_screen", {"tool": "ms_hark", "positive": False}, session=session)
    user = make.client_login(episode)
    with pytest.raises(NotAllowedNow, match="with your therapist"):
        make.entry(episode, "rec_ipv_screen", {"alone_confirmed": True}, by=user)


def test_a_lowered_level_needs_its_reason() -> None:
    """ipt.md 11.2: downward only with a written reason."""
    episode, _ = make.active_episode()
    make.entry(episode, "rec_risk", {"thoughts": True, "level": "orange", "reason": "method"})
    with pytest.raises(EntryNotValid, match="reason"):
        make.entry(episode, "rec_risk", {"thoughts": False, "level": "green"}, at=make.at_day(7))
    make.entry(
        episode,
        "rec_risk",
        {"thoughts": False, "level": "green", "reason": "two clear weeks"},
        at=make.at_day(7),
    )


# -- check-ins --------------------------------------------------------------------------------------


def test_a_check_in_before_a_session_belongs_to_it_once_it_begins() -> None:
    episode, _ = make.active_episode()
    user = make.client_login(episode)
    check_in = checkins.open_checkin(
        episode=episode, measures=["ms_gad7"], purpose="session", by=user, at=make.at_day(6)
    )
    for item in range(1, 8):
        checkins.record_answer(
            check_in=check_in, measure="ms_gad7", item=item, value=1, by=user, at=make.at_day(6)
        )
    checkins.finish_checkin(check_in=check_in, by=user, at=make.at_day(6))
    session = make.session(episode, 7)
    answers = convert.course(episode).answers
    assert [(a.measure, a.total, a.session) for a in answers] == [("ms_gad7", 7.0, session.number)]


def test_how_difficult_it_was_is_kept_beside_the_score_and_never_counts() -> None:
    episode, _ = make.active_episode()
    user = make.client_login(episode)
    check_in = checkins.open_checkin(episode=episode, measures=["ms_phq9"], by=user, at=make.at_day())
    for item in range(1, 9):
        checkins.record_answer(
            check_in=check_in, measure="ms_phq9", item=item, value=1, by=user, at=make.at_day()
        )
    checkins.decline_item(check_in=check_in, measure="ms_phq9", item=10, by=user, at=make.at_day())
    checkins.record_answer(check_in=check_in, measure="ms_phq9", item=10, value=3, by=user, at=make.at_day())
    (unfinished,) = convert.course(episode).answers
    assert (unfinished.items, unfinished.unscored, unfinished.finished) == ((1,) * 8, (3,), False)
    checkins.finish_checkin(check_in=check_in, by=user, at=make.at_day())
    (answers,) = convert.course(episode).answers
    assert (answers.total, answers.items, answers.unscored) == (9, (1,) * 8 + (None,), (3,))
    assert [alert.rule for alert in episode.alerts.all()] == ["DR-01-ASK"]  # item 9 was passed over


def test_how_difficult_it_was_from_paper_counts_as_little() -> None:
    episode, _ = make.active_episode()
    for unscored, kept in (((2,), [2]), ((None,), []), ((), [])):
        check_in = checkins.enter_answers(
            episode=episode,
            answers={"ms_phq9": [1] * 8 + [0]},
            unscored={"ms_phq9": unscored},
            by=episode.therapist,
            at=make.at_day(),
        )
        score = check_in.scores.get()
        assert (score.total, score.unscored) == (8, kept)


def test_an_answer_out_of_range_is_refused_at_its_item() -> None:
    episode, _ = make.active_episode()
    check_in = checkins.open_checkin(
        episode=episode, measures=["ms_phq9"], by=episode.therapist, at=make.at_day()
    )
    for item, value in ((1, 4), (11, 0), (10, 4), (0, 1), (1, True)):
        with pytest.raises(EntryNotValid):
            checkins.record_answer(
                check_in=check_in,
                measure="ms_phq9",
                item=item,
                value=value,
                by=episode.therapist,
                at=make.at_day(),
            )


def test_hark_never_goes_into_a_check_in() -> None:
    episode, _ = make.active_episode()
    with pytest.raises(NotAllowedNow, match="alone"):
        checkins.open_checkin(
            episode=episode, measures=["ms_hark"], by=make.client_login(episode), at=make.at_day()
        )


def test_finishing_twice_scores_once_and_closes_the_answers() -> None:
    episode, _ = make.active_episode()
    user = make.client_login(episode)
    check_in = checkins.open_checkin(episode=episode, measures=["ms_gad7"], by=user, at=make.at_day())
    checkins.record_answer(check_in=check_in, measure="ms_gad7", item=1, value=2, by=user, at=make.at_day())
    for _ in range(2):
        checkins.finish_checkin(check_in=check_in, by=user, at=make.at_day())
    score = check_in.scores.get()
    assert (score.total, score.missing) == (None, [2, 3, 4, 5, 6, 7])
    with pytest.raises(NotAllowedNow, match="finished"):
        checkins.record_answer(
            check_in=check_in, measure="ms_gad7", item=2, value=2, by=user, at=make.at_day()
        )


def test_a_client_takes_up_an_unfinished_check_in_of_the_same_day() -> None:
    episode, _ = make.active_episode()
    user = make.client_login(episode)
    first = checkins.open_checkin(episode=episode, measures=["ms_gad7"], by=user, at=make.at_day())
    assert checkins.open_checkin(episode=episode, by=user, at=make.at_day(0, 2)).pk == first.pk
    assert checkins.open_checkin(episode=episode, by=user, at=make.at_day(1)).pk != first.pk


def test_totals_of_outside_forms_are_entered_as_totals() -> None:
    episode, _ = make.active_episode()
    checkins.enter_answers(
        episode=episode,
        totals={"ms_pg13r": 33},
        purpose="baseline",
        mode="external",
        by=episode.therapist,
        at=make.at_day(),
    )
    found = convert.course(episode).answers
    assert [(a.measure, a.total, a.items, a.session) for a in found] == [("ms_pg13r", 33.0, (), 0)]


def test_another_client_cannot_answer() -> None:
    episode, _ = make.active_episode()
    stranger = make.client_login(make.episode(name="Somebody Else"))
    with pytest.raises(NoAccess):
        checkins.open_checkin(episode=episode, by=stranger, at=make.at_day())


# -- the journal ------------------------------------------------------------------------------------


def test_what_a_client_writes_is_seen_only_while_it_is_shared() -> None:
    from openipt.records.queries.journal import journal_of

    episode, _ = make.active_episode()
    user = make.client_login(episode)
    row = journal.write_journal(episode=episode, words={"text": "a hard day"}, by=user, at=make.at_day())
    team = (episode.therapist, make.supervised(episode.therapist))

    def seen() -> list[bool]:
        return [bool(journal_of(reader, episode, make.day())) for reader in team]

    assert seen() == [False, False]
    journal.share(journal=row, by=user, at=make.at_day())
    assert seen() == [True, True]
    journal.unshare(journal=row, by=user, at=make.at_day())
    assert seen() == [False, False]
    assert [j.words["text"] for j in journal_of(user, episode, make.day())] == ["a hard day"]


def test_staff_write_no_journal() -> None:
    episode, _ = make.active_episode()
    with pytest.raises(NotAllowedNow):
        journal.write_journal(episode=episode, words={"text": "x"}, by=episode.therapist, at=make.at_day())


# -- audit of actions -------------------------------------------------------------------------------


def test_every_write_leaves_an_event_in_its_own_transaction() -> None:
    episode, session = make.active_episode()
    before = AuditEvent.objects.count()
    make.written(session)
    last = AuditEvent.objects.order_by("-id")[0]
    assert AuditEvent.objects.count() == before + 1
    assert (last.act, last.chain, last.object_id) == ("note-saved", str(episode.pk), str(session.pk))
    assert last.actor == f"user:{episode.therapist_id}"


def test_a_refused_write_leaves_no_event() -> None:
    episode, session = make.active_episode()
    before = AuditEvent.objects.count()
    with pytest.raises(NotAllowedNow):
        sessions.sign_session(session=session, by=episode.therapist, at=make.at_day() + timedelta(hours=1))
    assert AuditEvent.objects.count() == before
