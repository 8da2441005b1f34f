"""DR-04: Psychosis, mania or mixed signs."""

from __future__ import annotations

from tests.spec.world import CANNOT_TELL, FIRED, NOT_FIRED, course, state

rule = "DR-04"
title = "Psychosis, mania or mixed signs"


def test_signs_in_the_assessment_or_the_checklist_fire():
    """Psychosis or mania told in the risk assessment, or s_03 or s_04 answered yes."""
    assert state("DR-04", course(records=[("rec_risk", 1, {"level": "green", "psychosis": True})])) is FIRED
    assert state("DR-04", course(records=[("rec_suitability", 1, {"s_04": {"answer": "yes"}})])) is FIRED


def test_silent_where_asked_and_denied():
    """Asked and denied is a no; never asked is not."""
    assert state("DR-04", course(records=[("rec_suitability", 1, {"s_03": {"answer": "no"}})])) is NOT_FIRED
    assert state("DR-04", course()) is CANNOT_TELL
