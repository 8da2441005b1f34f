"""DR-46: Recording without consent."""

from __future__ import annotations

from openipt import library
from openipt.core.course.beyond import Beyond, Recording
from openipt.core.course.rules import rule_result
from tests.spec.world import FIRED, NOT_FIRED, course, day, state

rule = "DR-46"
title = "Recording without consent"


def consent(session, **more):
    return (
        "rec_consent",
        session,
        {"kind": "recording", "given": True, "date": day(session).isoformat(), **more},
    )


def recorded(session, *records, sessions=4):
    given = Beyond(recordings=(Recording(day(session), session),))
    made = course(sessions, records=records)
    return rule_result("DR-46", library.manual("ipt_acute"), made, day(sessions), given).state


def test_consent_comes_first():
    """A recording without consent, or from before it, blocks the upload."""
    assert recorded(2) is FIRED
    assert recorded(2, consent(3)) is FIRED
    assert recorded(3, consent(2)) is NOT_FIRED


def test_consent_taken_back_ends_it():
    """Withdrawn since: nothing more is kept."""
    assert recorded(2, consent(1, withdrawn_on=day(4).isoformat())) is FIRED


def test_consent_to_treatment_is_not_consent_to_recording():
    """Each consent stands for itself."""
    treatment = ("rec_consent", 1, {"kind": "treatment", "given": True, "date": day(1).isoformat()})
    assert recorded(2, treatment) is FIRED


def test_nothing_recorded_is_nothing_to_ask():
    """Without a recording it does not fire."""
    assert state("DR-46", course()) is NOT_FIRED
