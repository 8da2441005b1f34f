"""Alerts: at the moment of choice, kept through every change of mind, closed by a clinician alone."""

from __future__ import annotations

from datetime import timedelta

import pytest

from openipt.errors import EntryNotValid, NoAccess, NotAllowedNow
from openipt.records import convert
from openipt.records.actions import alerts, checkins, entries, people
from openipt.records.models import Alert, AlertState, AnswerEvent, CheckIn, DraftText, Episode, StepKind, User
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def sitting() -> tuple[Episode, User, CheckIn]:
    """A client in the middle of PHQ-9."""
    episode, _ = make.active_episode()
    user = make.client_login(episode)
    check_in = checkins.open_checkin(episode=episode, measures=["ms_phq9"], by=user, at=make.at_day())
    return episode, user, check_in


def choose(sitting: tuple, value: int | None, hours: int = 0) -> Alert | None:
    _, user, check_in = sitting
    given = {"check_in": check_in, "measure": "ms_phq9", "item": 9, "by": user, "at": make.at_day(0, hours)}
    return checkins.decline_item(**given) if value is None else checkins.record_answer(**given, value=value)


@pytest.mark.parametrize(
    ("value", "severity", "within"),
    [
        (1, "warning", timedelta(days=7)),
        (2, "warning", timedelta(hours=24)),
        (3, "critical", timedelta(minutes=30)),
    ],
)
def test_item_9_raises_at_once_and_stands_though_the_check_in_is_never_finished(
    sitting, value: int, severity: str, within: timedelta
) -> None:
    alert = choose(sitting, value)
    assert alert is not None
    assert (alert.rule, alert.severity, alert.state) == ("DR-01", severity, AlertState.OPEN)
    assert alert.due_at == make.at_day() + within
    assert not CheckIn.objects.get().is_finished
    told = [step.told for step in alert.steps.filter(kind=StepKind.TOLD)]
    assert told == [sitting[0].therapist]


def test_cover_is_told_too(sitting) -> None:
    cover = make.covered(sitting[0].therapist)
    alert = choose(sitting, 1)
    assert cover in [step.told for step in alert.steps.all()]


def test_a_zero_raises_nothing(sitting) -> None:
    assert choose(sitting, 0) is None
    assert not Alert.objects.exists()


def test_a_change_from_2_to_0_keeps_both(sitting) -> None:
    episode = sitting[0]
    choose(sitting, 2)
    assert choose(sitting, 0, hours=1) is None
    alert = Alert.objects.get()
    assert [choice["value"] for choice in alert.inputs["choices"]] == [2, 0]
    assert (alert.severity, alert.state) == ("warning", AlertState.OPEN)
    assert list(AnswerEvent.objects.values_list("value", flat=True)) == [2, 0]
    known = [a.items[8] for a in convert.course(episode).answers if len(a.items) == 9]
    assert sorted(known) == [0, 2]


def test_a_change_from_1_to_3_makes_the_same_alert_graver_and_nearer(sitting) -> None:
    first, second = choose(sitting, 1), choose(sitting, 3, hours=1)
    assert first.pk == second.pk
    assert second.severity == "critical"
    assert second.due_at == make.at_day(0, 1) + timedelta(minutes=30)
    back = choose(sitting, 1, hours=2)
    assert back.severity == "critical"
    assert [choice["value"] for choice in back.inputs["choices"]] == [1, 3, 1]


def test_the_same_tap_twice_is_one_choice(sitting) -> None:
    choose(sitting, 2)
    assert choose(sitting, 2).rule == "DR-01"
    assert len(Alert.objects.get().inputs["choices"]) == 1


def test_a_declined_item_9_asks_the_therapist_to_ask(sitting) -> None:
    alert = choose(sitting, None)
    assert (alert.rule, alert.severity) == ("DR-01-ASK", "notice")


def test_a_declined_item_answered_later_has_both_alerts(sitting) -> None:
    choose(sitting, None)
    choose(sitting, 2, hours=1)
    assert set(Alert.objects.values_list("rule", flat=True)) == {"DR-01-ASK", "DR-01"}


def test_an_item_9_that_was_never_reached_is_asked_about(sitting) -> None:
    _, user, check_in = sitting
    for item in range(1, 9):
        checkins.record_answer(
            check_in=check_in, measure="ms_phq9", item=item, value=0, by=user, at=make.at_day()
        )
    checkins.finish_checkin(check_in=check_in, by=user, at=make.at_day())
    assert Alert.objects.get().rule == "DR-01-ASK"


def test_answers_from_paper_take_the_same_path() -> None:
    episode, session = make.active_episode()
    checkins.enter_answers(
        episode=episode,
        session=session,
        answers={"ms_phq9": [1, 1, 1, 1, 1, 1, 1, 1, 3]},
        by=episode.therapist,
        at=make.at_day(),
    )
    assert Alert.objects.get().severity == "critical"


def test_a_total_alone_leaves_item_9_unknown() -> None:
    episode, _ = make.active_episode()
    checkins.enter_answers(episode=episode, totals={"ms_phq9": 12}, by=episode.therapist, at=make.at_day())
    assert Alert.objects.get().rule == "DR-01-ASK"


def test_positive_risk_answers_of_a_clinician_raise_too() -> None:
    episode, session = make.active_episode()
    make.entry(episode, "rec_risk", {"intent": True, "level": "red"}, session=session)
    alert = Alert.objects.get()
    assert (alert.rule, alert.severity) == ("DR-01", "critical")
    assert alert.inputs["answers"] == ["intent"]


def test_a_level_that_is_only_kept_raises_nothing_new() -> None:
    episode, _ = make.active_episode()
    make.entry(episode, "rec_risk", {"thoughts": True, "level": "yellow"})
    make.entry(episode, "rec_safety_plan", {"my_signs": ["x"]})
    alert = Alert.objects.get()
    alerts.resolve(alert=alert, words="plan made", by=episode.therapist, at=make.at_day())
    make.entry(episode, "rec_risk", {"thoughts": False, "level": "yellow"}, at=make.at_day(7))
    assert not Alert.objects.exclude(state=AlertState.RESOLVED).exists()


@pytest.mark.parametrize("said", [{"positive": True}, {"answers": [0, 0, 1, 0]}])
def test_a_positive_violence_screen_raises(said: dict) -> None:
    """DR-06."""
    episode, session = make.active_episode()
    payload = {"alone_confirmed": True, "tool": "ms_hark", **said}
    make.entry(episode, "rec_ipv_screen", payload, session=session)
    alert = Alert.objects.get()
    assert (alert.rule, alert.severity) == ("DR-06", "critical")


def test_assessment_and_plan_are_steps_of_the_open_alert(sitting) -> None:
    episode = sitting[0]
    alert = choose(sitting, 2)
    make.entry(episode, "rec_risk", {"thoughts": True, "level": "orange", "reason": "method"})
    make.entry(episode, "rec_safety_plan", {"my_signs": ["x"]})
    kinds = list(alert.steps.values_list("kind", flat=True))
    assert {StepKind.ASSESSED, StepKind.LEVEL_SET, StepKind.PLAN_SAVED} <= set(kinds)
    assert alert.steps.get(kind=StepKind.LEVEL_SET).level == "orange"


def test_help_shown_to_the_client_is_noted_once(sitting) -> None:
    _, user, _ = sitting
    alert = choose(sitting, 1)
    for hours in (0, 1):
        alert = alerts.mark_shown_to_client(alert=alert, by=user, at=make.at_day(0, hours))
    assert alert.shown_to_client_at == make.at_day()
    assert alert.steps.filter(kind=StepKind.SHOWN_TO_CLIENT).count() == 1


def test_an_alert_is_acknowledged_worked_and_resolved_in_words(sitting) -> None:
    therapist = sitting[0].therapist
    alert = choose(sitting, 1)
    by = {"by": therapist, "at": make.at_day(0, 1)}
    alert = alerts.acknowledge(alert=alert, **by)
    assert (alert.state, alert.acknowledged_by) == (AlertState.ACKNOWLEDGED, therapist)
    alerts.add_step(alert=alert, kind="contacted", words="spoke by phone", **by)
    make.assessed(sitting[0], at=make.at_day(0, 1))
    with pytest.raises(EntryNotValid):
        alerts.resolve(alert=alert, words="  ", **by)
    alert = alerts.resolve(alert=alert, words="passing thought, no plan", **by)
    assert alert.state == AlertState.RESOLVED
    with pytest.raises(NotAllowedNow, match="resolved"):
        alerts.add_step(alert=alert, kind="note", words="more", **by)
    assert [step.words for step in alert.steps.filter(kind="contacted")] == ["spoke by phone"]


def test_a_raised_level_is_resolved_only_with_plan_or_reason(sitting) -> None:
    episode = sitting[0]
    choose(sitting, 2)
    make.entry(episode, "rec_risk", {"thoughts": True, "level": "orange", "reason": "method"})
    alert = Alert.objects.get()
    by = {"alert": alert, "words": "seen today", "by": episode.therapist, "at": make.at_day()}
    with pytest.raises(NotAllowedNow, match="safety plan"):
        alerts.resolve(**by)
    resolved = alerts.resolve(**by, reason_without_plan="admitted to hospital")
    assert "admitted" in resolved.steps.get(kind="resolved").words


def test_only_a_clinician_of_the_episode_resolves(sitting) -> None:
    episode, user, _ = sitting
    alert = choose(sitting, 1)
    refused = [user, make.therapist(), make.supervised(episode.therapist), make.OPERATOR]
    for person in refused:
        with pytest.raises((NoAccess, NotAllowedNow)):
            alerts.resolve(alert=alert, words="done", by=person, at=make.at_day())
    cover = make.covered(episode.therapist)
    make.assessed(episode)
    assert alerts.resolve(alert=alert, words="seen", by=cover, at=make.at_day()).resolved_by == cover


def test_nothing_else_closes_an_alert(sitting) -> None:
    episode, user, check_in = sitting
    choose(sitting, 2)
    choose(sitting, 0, hours=1)
    checkins.finish_checkin(check_in=check_in, by=user, at=make.at_day(0, 2))
    make.entry(episode, "rec_risk", {"thoughts": False, "level": "green", "reason": "clear today"})
    make.session(episode, 7)
    make.signed(make.session(episode, 14), at=make.at_day(14))
    assert Alert.objects.get().state == AlertState.OPEN


def test_a_new_choice_after_resolving_is_a_new_alert(sitting) -> None:
    alert = choose(sitting, 1)
    make.assessed(sitting[0])
    alerts.resolve(alert=alert, words="asked", by=sitting[0].therapist, at=make.at_day(0, 1))
    again = choose(sitting, 3, hours=2)
    assert again.pk != alert.pk
    assert again.is_open


def test_an_alert_closes_only_after_somebody_asked(sitting) -> None:
    """The assessment is a record written since the alert was raised, and one that still counts."""
    episode = sitting[0]
    make.assessed(episode, at=make.at_day(-1))
    alert = choose(sitting, 1, hours=1)
    given = {"alert": alert, "words": "seen", "by": episode.therapist, "at": make.at_day(0, 2)}
    with pytest.raises(NotAllowedNow, match="Nobody has asked"):
        alerts.resolve(**given)
    asked = make.assessed(episode, at=make.at_day(0, 2))
    entries.withdraw_entry(entry=asked, by=episode.therapist, at=make.at_day(0, 2))
    with pytest.raises(NotAllowedNow, match="Nobody has asked"):
        alerts.resolve(**given)
    make.assessed(episode, at=make.at_day(0, 2))
    assert not alerts.resolve(**given).is_open


def test_two_clinicians_resolve_at_once_and_neither_loses_a_word(sitting) -> None:
    episode = sitting[0]
    cover = make.covered(episode.therapist)
    alert = choose(sitting, 1)
    make.assessed(episode)
    given = {"alert": alert, "at": make.at_day()}
    alerts.resolve(**given, words="asked by phone", by=episode.therapist)
    assert not alerts.resolve(**given, words="asked by phone", by=episode.therapist).is_open
    with pytest.raises(alerts.ResolvedMeanwhile, match="resolved this alert first"):
        alerts.resolve(**given, words="asked at the door", by=cover)
    assert alert.steps.filter(kind="resolved").count() == 1
    kept = DraftText.objects.get(user=cover, key=f"alert:{alert.pk}")
    assert kept.text == "asked at the door"


def test_steps_keep_when_they_happened_and_take_no_impossible_time(sitting) -> None:
    alert = choose(sitting, 2)
    by = {"alert": alert, "by": sitting[0].therapist, "at": make.at_day(0, 3)}
    step = alerts.add_step(**by, kind="contacted", words="by phone", happened_at=make.at_day(0, 1))
    assert (step.happened_at, step.at) == (make.at_day(0, 1), make.at_day(0, 3))
    planned = alerts.add_step(**by, kind="follow_up", on=make.day(3))
    assert planned.on == make.day(3)
    for wrong in (
        {"kind": "contacted", "happened_at": make.at_day(-1)},
        {"kind": "contacted", "happened_at": make.at_day(0, 4)},
        {"kind": "follow_up", "on": make.day(-1)},
        {"kind": "follow_up"},
        {"kind": "note", "words": " "},
        {"kind": "resolved"},
    ):
        with pytest.raises(EntryNotValid):
            alerts.add_step(**by, **wrong)


def test_the_same_step_sent_twice_is_one_step(sitting) -> None:
    alert = choose(sitting, 2)
    by = {"alert": alert, "by": sitting[0].therapist, "kind": "told_supervisor", "words": "Dr Ames, by phone"}
    first = alerts.add_step(**by, at=make.at_day(0, 1))
    assert alerts.add_step(**by, at=make.at_day(0, 1)) == first
    assert alerts.add_step(**by, at=make.at_day(0, 2)) != first


def test_a_violence_alert_is_answered_by_the_screen_that_raised_it() -> None:
    episode, session = make.active_episode()
    payload = {"alone_confirmed": True, "tool": "ms_hark", "answers": [0, 1, 0, 0]}
    make.entry(episode, "rec_ipv_screen", payload, session=session)
    alert = Alert.objects.get()
    assert alert.steps.filter(kind="assessed").exists()
    done = alerts.resolve(alert=alert, words="safety plan at work", by=episode.therapist, at=make.at_day())
    assert done.state == AlertState.RESOLVED


@pytest.mark.parametrize(
    ("record", "payload"),
    [
        ("rec_communication_analysis", {"context": "x", "other_person_id": "p_a", "safety_flag": True}),
        ("rec_inventory_person", {"person_id": "p_a", "safety_concern": True}),
        ("rec_issue_ranking", {"issue": "i1", "factors": {"f_safety": 2}}),
    ],
)
def test_every_ground_for_danger_raises_once(record: str, payload: dict) -> None:
    """DR-06; the same ground written again is no new alert."""
    episode, _ = make.active_episode()
    people.add_person(episode=episode, label="A", code="p_a", by=episode.therapist, at=make.at_day())
    make.entry(episode, record, payload)
    alert = Alert.objects.get()
    assert (alert.rule, alert.inputs["record"]) == ("DR-06", record)
    screen = {"alone_confirmed": True, "positive": True}
    make.entry(episode, "rec_ipv_screen", screen)
    alerts.resolve(alert=alert, words="spoken alone", by=episode.therapist, at=make.at_day())
    make.entry(episode, record, payload)
    assert not Alert.objects.exclude(state=AlertState.RESOLVED).exists()
