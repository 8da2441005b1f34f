"""DR-13: CBT was better or faster here."""

from __future__ import annotations

from dataclasses import replace

from openipt import library
from openipt.core.course.rules import rule_result
from tests.spec.world import CANNOT_TELL, FIRED, NOT_FIRED, START, contract, course, read, state

rule = "DR-13"
title = "CBT was better or faster here"


def checked(answer, *more):
    return course(records=[("rec_suitability", 1, {"s_13": {"answer": answer}}), *more])


def test_it_is_told_before_the_contract():
    """Bulimia or social anxiety as the main complaint, by the checklist."""
    assert state("DR-13", checked("yes")) is FIRED
    assert state("DR-13", checked("no")) is NOT_FIRED


def test_a_contract_does_not_end_it():
    """Where the contract is agreed already, the client has not been told: it stands, and says so."""
    late = read("DR-13", checked("yes", contract("grief", session=1)))
    assert late.state is FIRED and late.inputs["contract"] is True


def test_the_treatment_itself_may_say_it():
    """A treatment made for bulimia or for social anxiety."""
    for treatment in ("ipt_bn", "ipt_sad"):
        made = replace(library.manual("ipt_acute"), id=treatment)
        assert rule_result("DR-13", made, course(), START).fired


def test_no_checklist_is_no_answer():
    """Before the checklist, or where it was not sure, the rule cannot tell."""
    assert state("DR-13", course()) is CANNOT_TELL
    assert state("DR-13", checked("unsure")) is CANNOT_TELL
