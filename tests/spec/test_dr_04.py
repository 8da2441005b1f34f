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
    """Asked about both and denied is a no; one of them never asked, or not sure, is not."""
    denied = {"s_03": {"answer": "no"}, "s_04": {"answer": "no"}}
    assert state("DR-04", course(records=[("rec_suitability", 1, denied)])) is NOT_FIRED
    for open_item in ({"s_03": {"answer": "no"}}, {**denied, "s_04": {"answer": "unsure"}}):
        assert state("DR-04", course(records=[("rec_suitability", 1, open_item)])) is CANNOT_TELL
    assert state("DR-04", course()) is CANNOT_TELL


def test_an_assessment_that_does_not_ask_takes_nothing_back():
    """Psychosis told at session 2 stands until it is asked about again and denied."""
    told = ("rec_risk", 2, {"level": "orange", "psychosis": True})
    later = ("rec_risk", 3, {"level": "yellow", "thoughts": False})
    denied = ("rec_risk", 4, {"level": "yellow", "psychosis": False, "mania": False})
    assert state("DR-04", course(3, records=[told, later])) is FIRED
    assert state("DR-04", course(4, records=[told, later, denied])) is NOT_FIRED
