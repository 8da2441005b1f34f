"""What a rule blocks is refused where it would be written, with the rule's own reason and the way on."""

from __future__ import annotations

from datetime import timedelta

import pytest

from openipt.errors import EntryNotValid, NotAllowedNow
from openipt.records.actions import sessions
from openipt.records.models import Episode, Session
from tests import factories as make

pytestmark = pytest.mark.django_db

CONTRACT = {"focus": ["grief"], "sessions_planned": 12}


def plan(episode: Episode) -> Session:
    when = make.at_day(7)
    return sessions.plan_session(episode=episode, planned_at=when, by=episode.therapist, at=make.at_day())


# -- DR-07: each adult is screened apart before anything is planned together -----------------------------


def test_nothing_is_planned_with_others_until_each_adult_was_screened() -> None:
    episode, _ = make.active_episode()
    plan(episode)
    make.entry(episode, "rec_contract", {**CONTRACT, "format": "conjoint"})
    with pytest.raises(NotAllowedNow, match="DR-07") as refused:
        plan(episode)
    assert "the client" in str(refused.value) and "each other adult" in str(refused.value)
    make.entry(
        episode, "rec_ipv_screen", {"alone_confirmed": True, "answers": [0, 0, 0, 0], "positive": False}
    )
    with pytest.raises(NotAllowedNow, match="each other adult"):
        plan(episode)
    named = {"who": ["Dana"], "safety_screen_ref": "screened apart on 5 January"}
    make.entry(episode, "rec_conjoint_session", named)
    assert plan(episode).planned_at == make.at_day(7)


def test_the_first_contact_may_be_planned_since_the_screens_are_done_there() -> None:
    episode = make.episode()
    make.entry(episode, "rec_contract", {**CONTRACT, "format": "conjoint"})
    assert plan(episode).is_held is False


def test_one_meeting_with_somebody_stops_no_session_of_the_clients_own() -> None:
    episode, _ = make.active_episode()
    make.entry(episode, "rec_conjoint_session", {"who": ["Dana"]})
    assert plan(episode).planned_at - make.at_day() == timedelta(days=7)


# -- DR-45: a minor's contract waits for the consents ---------------------------------------------------


def test_a_minors_contract_waits_for_both_consents() -> None:
    episode = make.episode(birth_year=make.day().year - 15)
    with pytest.raises(EntryNotValid) as refused:
        make.entry(episode, "rec_contract", CONTRACT)
    [fault] = refused.value.faults
    assert fault.path == "focus" and "parent" in fault.message and "DR-45" in fault.message
    for kind in ("parent", "confidentiality"):
        with pytest.raises(EntryNotValid):
            make.entry(episode, "rec_contract", CONTRACT)
        make.entry(episode, "rec_consent", {"kind": kind, "given": True, "date": make.day().isoformat()})
    assert make.entry(episode, "rec_contract", CONTRACT).payload["sessions_planned"] == 12


# -- DR-10: never the only treatment of a dependence --------------------------------------------------


def test_the_contract_waits_for_addiction_care_or_a_written_reason() -> None:
    episode = make.episode()
    dependent = {"s_06": {"answer": "no", "main_problem": "yes", "addiction_care": "no"}}
    make.entry(episode, "rec_suitability", dependent)
    with pytest.raises(EntryNotValid, match="DR-10"):
        make.entry(episode, "rec_contract", CONTRACT)
    make.entry(episode, "rec_suitability", {**dependent, "override_reason": "a place is promised for Monday"})
    assert make.entry(episode, "rec_contract", CONTRACT)


def test_with_addiction_care_the_contract_is_kept() -> None:
    episode = make.episode()
    cared_for = {"s_06": {"answer": "no", "main_problem": "yes", "addiction_care": "yes"}}
    make.entry(episode, "rec_suitability", cared_for)
    assert make.entry(episode, "rec_contract", CONTRACT)


def test_without_the_year_of_birth_nothing_is_blocked() -> None:
    """The rule says that it cannot tell; who is not known to be a minor is not refused a contract."""
    assert make.entry(make.episode(), "rec_contract", CONTRACT)
