"""DR-09: Bipolar history."""

from __future__ import annotations

from openipt import library
from openipt.core.course.rules import rule_result
from tests.spec.world import CANNOT_TELL, FIRED, NOT_FIRED, START, course, read, state

rule = "DR-09"
title = "Bipolar history"


def checked(answer):
    return course(records=[("rec_suitability", 1, {"s_04": {"answer": answer}})])


def test_mania_now_or_earlier_warns():
    """Yes, and not now but earlier, both warn."""
    assert state("DR-09", checked("yes")) is FIRED
    assert state("DR-09", checked("history")) is FIRED
    assert state("DR-09", checked("no")) is NOT_FIRED


def test_signs_in_any_risk_assessment_count():
    """Signs of mania found in the course are a history from then on."""
    found = course(2, records=[("rec_risk", 1, {"mania": True}), ("rec_risk", 2, {"mania": False})])
    assert state("DR-09", found) is FIRED


def test_not_sure_is_no_answer():
    """Before the checklist, or where it was not sure, the rule cannot tell."""
    assert state("DR-09", course()) is CANNOT_TELL
    assert state("DR-09", checked("unsure")) is CANNOT_TELL


def test_in_rhythm_therapy_it_does_not_speak():
    """Interpersonal and social rhythm therapy is the treatment that the rule proposes."""
    rhythm = library.manual("ipsrt")
    result = rule_result("DR-09", rhythm, checked("history"), START)
    assert (result.state, result.applies) == (NOT_FIRED, False)
    assert read("DR-09", checked("history")).applies
    assert library.manual("ipt_acute").rule("DR-09").parameters["adaptation"] == rhythm.id
