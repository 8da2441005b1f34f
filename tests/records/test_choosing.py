"""Choosing an adaptation: kept with its reason, and changed over with every record as it was."""

from __future__ import annotations

import json

import pytest

from openipt import library
from openipt.core.course.status import course_status
from openipt.core.portable.episode_file import from_file, to_file
from openipt.errors import EntryNotValid, NoAccess, NotAllowedNow
from openipt.records import convert
from openipt.records.actions import entries
from openipt.records.actions.choosing import choose_adaptation
from openipt.records.actions.transfer import import_episode
from openipt.records.models import AuditEvent, Episode, PlanEvent
from tests import factories as make

pytestmark = pytest.mark.django_db

CLEAR = {f"s_{n:02}": {"answer": "no"} for n in range(3, 14)} | {
    "s_01": {"answer": "yes", "disorder": "bulimia"},
    "s_15": {"answer": "yes"},
}


def choose(episode: Episode, adaptation: str, days: int = 14, **more):
    given = {"reason": "the eating came to the fore", "by": episode.therapist, "at": make.at_day(days)}
    return choose_adaptation(episode=episode, adaptation=adaptation, **given | more)


def changed_over() -> Episode:
    """Two sessions of the base protocol with records, then bulimia."""
    episode, first = make.active_episode()
    make.entry(episode, "rec_suitability", CLEAR)
    make.entry(episode, "rec_formulation", {"problem_area": ["grief"], "agreement": "agree"}, session=first)
    make.session(episode, 7)
    choose(episode, "ipt_bn")
    return Episode.objects.select_related("client", "therapist").get(pk=episode.pk)


def test_nothing_of_the_record_is_lost_and_the_course_goes_on_by_the_new_manual() -> None:
    episode, first = make.active_episode()
    make.entry(episode, "rec_suitability", CLEAR)
    make.entry(episode, "rec_emotion_log", {"situation": "the kitchen", "first_word": "empty"}, session=first)
    make.session(episode, 7)
    before = convert.course(episode)
    was = course_status(library.manual("ipt_acute"), before, make.day(7))
    choose(episode, "ipt_bn")
    episode.refresh_from_db()
    course, manual = convert.course(episode), library.manual("ipt_bn")
    assert (episode.adaptation, episode.manual_version) == ("ipt_bn", manual.version)
    assert all(entry in course.entries for entry in before.entries)
    assert (course.meetings, course.answers) == (before.meetings, before.answers)
    assert course_status(library.manual("ipt_acute"), course, make.day(7)).as_json() == was.as_json()
    found = course_status(manual, course, make.day(14))
    assert (found.phase, found.session_number, found.planned_sessions) == ("initial", 2, 20)
    assert "ED-01" in found.due
    event = PlanEvent.objects.select_related("episode").get()
    assert event.reason == "the eating came to the fore" and event.after_session == 2
    assert b"eating" not in bytes(event.reason_sealed)
    kept = course.entries_of("rec_adaptation")[-1].values
    assert kept["fit"] == "condition" and kept["adaptation"] == "ipt_bn"
    assert any("CBT" in ground for ground in kept["grounds"])
    assert AuditEvent.objects.filter(act="adaptation-changed").exists()


def test_what_the_earlier_manual_coded_may_still_be_kept() -> None:
    """Brief IPT has no interpersonal sensitivity; a record that names it can be changed all the same."""
    episode, first = make.active_episode()
    make.entry(
        episode, "rec_suitability", CLEAR | {"s_01": {"answer": "yes"}, "circumstances": ["few_sessions"]}
    )
    rating = {"area": "interpersonal_sensitivity", "present": True, "evidence_text": "few people"}
    entry = make.entry(episode, "rec_problem_area_rating", rating, session=first)
    choose(episode, "ipt_b", planned=8)
    entry = type(entry).objects.get(pk=entry.pk)
    saved = entries.save_entry(
        entry=entry,
        payload=rating | {"evidence_text": "very few people"},
        expected_version=entry.version,
        by=episode.therapist,
        at=make.at_day(15),
    )
    assert saved.payload["area"] == "interpersonal_sensitivity"


def test_the_same_adaptation_is_a_choice_kept_and_changes_nothing() -> None:
    episode, _ = make.active_episode()
    make.entry(episode, "rec_suitability", CLEAR | {"s_01": {"answer": "yes", "disorder": "depression"}})
    entry = choose(episode, "ipt_acute", told=True)
    assert (entry.payload["fit"], entry.payload["told"]) == ("fits", True)
    assert not PlanEvent.objects.exists()


@pytest.mark.parametrize("adaptation", ["ipt_ppd", "ipt_bdd"])
def test_against_the_record_and_for_research_a_reason_is_asked(adaptation: str) -> None:
    episode, _ = make.active_episode()
    make.entry(episode, "rec_suitability", CLEAR | {"circumstances": ["none"]})
    with pytest.raises(EntryNotValid) as caught:
        choose(episode, adaptation)
    assert [fault.path for fault in caught.value.faults] == ["override_reason"]
    entry = choose(episode, adaptation, override_reason="within a study")
    assert entry.payload["override_reason"] == "within a study"


@pytest.mark.parametrize("adaptation", ["ipt_insomnia", "ipt_tele", "ipt_of_nobody"])
def test_what_is_not_offered_or_is_none_by_itself_is_refused(adaptation: str) -> None:
    episode, _ = make.active_episode()
    with pytest.raises(NotAllowedNow):
        choose(episode, adaptation, override_reason="so")


def test_only_the_therapist_chooses() -> None:
    episode, _ = make.active_episode()
    with pytest.raises(NoAccess):
        choose(episode, "ipt_bn", by=make.therapist())


def test_a_course_changed_over_comes_back_equal_from_its_file() -> None:
    episode = changed_over()
    portable = convert.portable(episode, episode.therapist, make.day(14))
    read = from_file(json.loads(json.dumps(to_file(portable))), clear=library.known_codes())
    assert read.adaptation_changes and read.course().as_of(make.day(7)).adaptation == "ipt_acute"
    made = import_episode(portable=read, therapist=make.therapist(), by=make.OPERATOR, at=make.at_day(20))
    made = Episode.objects.select_related("client", "therapist").get(pk=made.pk)
    course, before = convert.course(made), convert.course(episode)
    assert course.adaptation_changes == before.adaptation_changes
    manual, on = library.manual("ipt_bn"), make.day(14)
    assert course_status(manual, course, on).due == course_status(manual, before, on).due


def test_the_number_of_sessions_never_falls_below_those_held_nor_beyond_the_new_manual() -> None:
    episode, _ = make.active_episode()
    make.entry(episode, "rec_suitability", CLEAR | {"circumstances": ["few_sessions"]})
    for week in range(1, 10):
        make.session(episode, 7 * week)
    with pytest.raises(EntryNotValid) as caught:
        choose(episode, "ipt_b", 70, planned=19)
    assert [fault.path for fault in caught.value.faults] == ["planned_sessions"]
    choose(episode, "ipt_b", 70)
    episode.refresh_from_db()
    assert (episode.adaptation, episode.planned_sessions) == ("ipt_b", 11)


def test_against_the_record_no_form_keeps_a_choice_without_its_reason() -> None:
    episode, _ = make.active_episode()
    chosen = {"adaptation": "ipt_ppd", "fit": "not", "reason": "she asked for it"}
    with pytest.raises(EntryNotValid):
        make.entry(episode, "rec_adaptation", chosen)
    assert make.entry(episode, "rec_adaptation", chosen | {"override_reason": "agreed with the midwife"})


def test_what_follows_acute_treatment_waits_for_its_ending_and_counts_its_own_sessions() -> None:
    episode, _ = make.active_episode()
    make.entry(
        episode, "rec_suitability", CLEAR | {"s_01": {"answer": "yes", "disorder": "recurrent_remitted"}}
    )
    with pytest.raises(NotAllowedNow) as caught:
        choose(episode, "ipt_m")
    assert "has not begun" in caught.value.reasons[0]
    for week in range(1, 14):
        make.session(episode, 7 * week)
    choose(episode, "ipt_m", 92)
    episode.refresh_from_db()
    course = convert.course(Episode.objects.select_related("client").get(pk=episode.pk))
    assert course.begun_anew is not None and course.begun_anew.session == 14
    assert course.as_of(make.day(91)).adaptation == "ipt_acute"
    found = course_status(library.manual("ipt_m"), course, make.day(93))
    assert (found.phase, found.remaining) == ("continuation", episode.planned_sessions - 14)
