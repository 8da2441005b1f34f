"""DR-03: Safety plan needed."""

from __future__ import annotations

from tests.spec.world import CANNOT_TELL, FIRED, NOT_FIRED, course, read, state

rule = "DR-03"
title = "Safety plan needed"


ORANGE = ("rec_risk", 5, {"level": "orange", "thoughts": True})


def plan(session):
    return ("rec_safety_plan", session, {"my_signs": ["awake at three"]})


def test_fires_when_a_level_is_recorded_without_a_plan():
    """Yellow or above and no plan: the session is not closed without a plan or a reason."""
    assert read("DR-03", course(5, records=[ORANGE])).inputs["open"] is True
    assert state("DR-03", course(6, records=[ORANGE])) is FIRED


def test_ends_when_the_plan_is_saved():
    """On that day it has fired and is no longer open; from the next day on it is over."""
    saved = course(6, records=[ORANGE, plan(5)])
    assert (read("DR-03", saved, 5).state, read("DR-03", saved, 5).inputs["open"]) == (FIRED, False)
    assert state("DR-03", saved, 6) is NOT_FIRED


def test_an_older_plan_counts_until_the_level_rises_again():
    """A level kept or lowered asks for nothing new; a level that rises asks for a plan saved or reviewed."""
    lower = ("rec_risk", 6, {"level": "yellow"})
    higher = ("rec_risk", 7, {"level": "orange"})
    assert state("DR-03", course(6, records=[ORANGE, plan(5), lower])) is NOT_FIRED
    assert read("DR-03", course(7, records=[ORANGE, plan(5), lower, higher])).inputs["open"] is True
    assert state("DR-03", course(8, records=[ORANGE, plan(5), lower, higher, plan(7)])) is NOT_FIRED


def test_a_risk_review_that_looked_at_the_plan_counts_as_reviewed():
    """Noted in the risk review of a session; a review cannot stand for a plan that was never made."""
    higher = ("rec_risk", 7, {"level": "orange"})
    looked = ("rec_risk", 8, {"level": "orange", "thoughts": True, "plan_reviewed": True})
    before = [ORANGE, plan(5), ("rec_risk", 6, {"level": "yellow"}), higher]
    assert read("DR-03", course(8, records=before)).inputs["open"] is True
    assert state("DR-03", course(8, records=[*before, looked])) is NOT_FIRED
    for not_looked in ({"plan_reviewed": False}, {"plan_reviewed": None}, {"actions": ["plan read"]}):
        record = ("rec_risk", 8, {"level": "orange", **not_looked})
        assert read("DR-03", course(8, records=[*before, record])).inputs["open"] is True
    assert read("DR-03", course(8, records=[ORANGE, looked])).inputs["open"] is True


def test_green_needs_no_plan():
    """At green there is nothing to plan for; without any level it cannot tell."""
    assert state("DR-03", course(records=[("rec_risk", 1, {"level": "green"})])) is NOT_FIRED
    assert state("DR-03", course()) is CANNOT_TELL
