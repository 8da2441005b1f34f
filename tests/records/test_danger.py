"""What safety asks of a record before it is kept: alone, a reason for a lower level, nothing locked."""

from __future__ import annotations

from typing import Any

import pytest

from openipt.errors import EntryNotValid, NotAllowedNow
from openipt.records.actions import entries, people, sessions
from openipt.records.models import Entry, Episode
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def episode() -> Episode:
    """Session 1 has begun; a husband, a mother and a manager are in the inventory."""
    made, _ = make.active_episode()
    for code, label, relation in (
        ("p_husband", "Tom", "husband"),
        ("p_mother", "Mum", "mother"),
        ("p_boss", "Ines", "manager at work"),
    ):
        people.add_person(
            episode=made, label=label, relation=relation, code=code, by=made.therapist, at=make.at_day()
        )
    return made


def keep(episode: Episode, record: str, **payload: Any) -> Entry:
    return make.entry(episode, record, payload)


def refused_at(episode: Episode, record: str, **payload: Any) -> tuple[str, ...]:
    with pytest.raises(EntryNotValid) as refused:
        keep(episode, record, **payload)
    assert all("DR-06" in fault.message for fault in refused.value.faults)
    assert "Tom" not in str(refused.value)
    return tuple(fault.path for fault in refused.value.faults)


def positive_screen(episode: Episode) -> None:
    keep(episode, "rec_ipv_screen", alone_confirmed=True, tool="ms_hark", answers=[0, 1, 0, 0], positive=True)


def husband_is_a_danger(episode: Episode) -> None:
    keep(episode, "rec_inventory_person", person_id="p_husband", safety_concern=True)


# -- asked alone --------------------------------------------------------------------------------------


@pytest.mark.parametrize("said", [{}, {"alone_confirmed": False}, {"alone_confirmed": None}])
def test_no_answer_about_violence_is_kept_unless_the_client_was_alone(episode: Episode, said: dict) -> None:
    """ipv_1."""
    with pytest.raises(EntryNotValid):
        keep(episode, "rec_ipv_screen", tool="ms_hark", answers=[1, 0, 0, 0], **said)
    assert not episode.entries.filter(record_type="rec_ipv_screen").exists()


def test_the_confirmation_cannot_be_taken_away_afterwards(episode: Episode) -> None:
    entry = keep(episode, "rec_ipv_screen", alone_confirmed=True, positive=False)
    with pytest.raises(EntryNotValid):
        entries.save_entry(
            entry=entry, payload={"alone_confirmed": False, "positive": True}, expected_version=1,
            by=episode.therapist, at=make.at_day(),
        )  # fmt: skip


# -- the level ------------------------------------------------------------------------------------------


def test_a_level_goes_up_freely_and_down_with_a_written_reason(episode: Episode) -> None:
    """ipt.md 11.2."""
    for level in ("yellow", "orange", "red"):
        keep(episode, "rec_risk", level=level)
    for reason in ({}, {"reason": "  "}):
        with pytest.raises(EntryNotValid, match="The level was red"):
            keep(episode, "rec_risk", level="orange", **reason)
    keep(episode, "rec_risk", level="orange", reason="handed over, seen again, no intent")


def test_a_level_is_not_lowered_by_changing_its_record(episode: Episode) -> None:
    entry = keep(episode, "rec_risk", thoughts=True, level="orange")
    save = {"entry": entry, "expected_version": 1, "by": episode.therapist, "at": make.at_day()}
    for payload in ({"thoughts": True, "level": "green"}, {"thoughts": True}):
        with pytest.raises(EntryNotValid, match="The level was orange"):
            entries.save_entry(**save, payload=payload)
    with pytest.raises(NotAllowedNow, match="no longer orange"):
        entries.withdraw_entry(entry=entry, by=episode.therapist, at=make.at_day())
    payload = {"thoughts": False, "level": "green", "reason": "typed at the wrong client"}
    assert entries.save_entry(**save, payload=payload).version == 2


# -- danger from another person ---------------------------------------------------------------------------


def test_without_danger_nothing_is_locked(episode: Episode) -> None:
    keep(episode, "rec_conjoint_session", who=["p_husband"])
    keep(episode, "rec_role_play", situation="supper", therapist_role="Tom")
    keep(episode, "rec_communication_analysis", context="x", rehearsed=True)


def test_a_positive_screen_locks_until_a_person_is_named(episode: Episode) -> None:
    """ipt.md 22.1: all conjoint work, and rehearsal with partner, ex-partner and household."""
    positive_screen(episode)
    assert refused_at(episode, "rec_conjoint_session", who=["p_husband"]) == ("who",)
    assert refused_at(episode, "rec_conjoint_session", who=["p_mother"]) == ("who",)
    assert refused_at(episode, "rec_role_play", situation="supper", therapist_role="Tom") == (
        "therapist_role",
    )
    assert refused_at(
        episode, "rec_communication_analysis", context="x", other_person_id="p_husband",
        alternatives=[{"line": "a"}], rehearsed=True,
    ) == ("alternatives", "rehearsed")  # fmt: skip
    keep(episode, "rec_role_play", situation="asking for Friday off", therapist_role="Ines, my manager")
    keep(episode, "rec_expression_plan", feeling="hurt", about_whom="p_boss", message="When ... I feel ...")


def test_a_named_person_is_locked_and_the_others_are_open(episode: Episode) -> None:
    husband_is_a_danger(episode)
    assert refused_at(episode, "rec_conjoint_session", who=["p_mother", "p_husband"]) == ("who",)
    assert refused_at(
        episode, "rec_expression_plan", feeling="hurt", about_whom="Tom", message="When ..."
    ) == ("message",)
    keep(episode, "rec_conjoint_session", who=["p_mother"])
    keep(episode, "rec_role_play", situation="the visit", therapist_role="Mum")
    keep(episode, "rec_communication_analysis", context="x", other_person_id="p_mother", rehearsed=True)


def test_who_is_not_told_is_locked(episode: Episode) -> None:
    husband_is_a_danger(episode)
    refused_at(episode, "rec_role_play", situation="saying it at supper")
    refused_at(episode, "rec_role_play", situation="what Tom will say", therapist_role="Mum")
    refused_at(episode, "rec_conjoint_session", who=["somebody new"])
    refused_at(episode, "rec_communication_analysis", context="x", rehearsed=True)


def test_the_talk_itself_feelings_and_wishes_stay_open(episode: Episode) -> None:
    husband_is_a_danger(episode)
    turns = [{"order": 1, "speaker": "other", "said": "you again"}]
    keep(episode, "rec_communication_analysis", turns=turns, other_person_id="p_husband", wish_unsaid="peace")
    keep(episode, "rec_expression_plan", feeling="fear", about_whom="p_husband", wish="to be left alone")
    keep(episode, "rec_emotion_log", first_word="afraid")


def test_a_safety_flag_locks_its_own_record_at_once(episode: Episode) -> None:
    """ipt.md 8.4: safety_flag blocks rehearsal."""
    flagged = {"context": "x", "other_person_id": "p_husband", "safety_flag": True}
    assert refused_at(episode, "rec_communication_analysis", **flagged, rehearsed=True) == ("rehearsed",)
    keep(episode, "rec_communication_analysis", **flagged)


def test_what_was_written_before_stays_and_nothing_is_added_to_it(episode: Episode) -> None:
    given = {"context": "x", "other_person_id": "p_husband", "alternatives": [{"line": "please stop"}]}
    entry = keep(episode, "rec_communication_analysis", **given)
    husband_is_a_danger(episode)
    save = {"entry": entry, "by": episode.therapist, "at": make.at_day()}
    saved = entries.save_entry(**save, payload={**given, "outcome": "he left"}, expected_version=1)
    assert saved.payload["alternatives"] == [{"line": "please stop"}]
    with pytest.raises(EntryNotValid, match="DR-06"):
        more = [{"line": "please stop"}, {"line": "and go"}]
        entries.save_entry(**save, payload={**given, "alternatives": more}, expected_version=2)


def test_a_later_negative_screen_unlocks_nothing(episode: Episode) -> None:
    """ipv_6."""
    positive_screen(episode)
    keep(episode, "rec_ipv_screen", alone_confirmed=True, answers=[0, 0, 0, 0], positive=False)
    refused_at(episode, "rec_conjoint_session", who=["p_husband"])


def test_signing_does_not_ask_for_what_is_locked() -> None:
    """A communication analysis asks for other words before signing; not with somebody dangerous."""
    made, session = make.active_episode()
    people.add_person(episode=made, label="Tom", code="p_t", by=made.therapist, at=make.at_day())
    turns = [
        {"order": 1, "speaker": "client", "said": "a", "client_felt": "fear"},
        {"order": 2, "speaker": "other", "said": "b", "client_felt": "fear"},
    ]
    payload = {"other_person_id": "p_t", "turns": turns, "safety_flag": True}
    make.entry(made, "rec_communication_analysis", payload, session=session, final=True)
    assert sessions.reasons_not_to_sign(make.written(session)) == []


def test_a_client_is_told_nothing_of_the_danger(episode: Episode) -> None:
    positive_screen(episode)
    user = make.client_login(episode)
    with pytest.raises(NotAllowedNow) as refused:
        make.entry(episode, "rec_role_play", {"situation": "supper", "goal": "be heard"}, by=user)
    said = str(refused.value).lower()
    assert not any(word in said for word in ("danger", "dr-06", "violence", "lock"))
