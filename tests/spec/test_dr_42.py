"""DR-42: Medical danger in an eating disorder."""

from __future__ import annotations

import pytest

from openipt import library
from openipt.core.course.beyond import Beyond, MedicalCheck
from openipt.core.course.rules import rule_result
from tests.spec.world import CANNOT_TELL, FIRED, NOT_FIRED, START, course, read, state

rule = "DR-42"
title = "Medical danger in an eating disorder"

WELL = {"bmi": 21.0, "fainting": False, "electrolyte_danger": False, "rapid_loss": False}


def found(**check):
    given = Beyond(medical=MedicalCheck(START, **{**WELL, **check}))
    return rule_result("DR-42", library.manual("ipt_acute"), course(), START, given)


@pytest.mark.parametrize("sign", ["fainting", "electrolyte_danger", "rapid_loss"])
def test_one_sign_is_enough(sign):
    """Fainting, electrolyte danger or rapid loss of weight: refer now."""
    assert found(**{sign: True}).inputs["signs"] == [sign]
    assert found().state is NOT_FIRED


def test_the_line_is_17_5():
    """A BMI of 17.4 fires, 17.5 does not."""
    assert found(bmi=17.4).state is FIRED
    assert found(bmi=17.5).state is NOT_FIRED


def test_what_the_check_left_out_is_named():
    """A check without the BMI cannot tell."""
    result = found(bmi=None)
    assert result.state is CANNOT_TELL and "BMI" in result.why


def test_the_checklist_may_say_it():
    """Low weight or medical instability answered yes at s_09."""
    assert state("DR-42", course(records=[("rec_suitability", 1, {"s_09": {"answer": "yes"}})])) is FIRED


def test_an_eating_disorder_without_a_check_cannot_tell():
    """Where s_13 speaks of bulimia or social anxiety and nobody checked; without either it does not speak."""
    assert (
        state("DR-42", course(records=[("rec_suitability", 1, {"s_13": {"answer": "yes"}})])) is CANNOT_TELL
    )
    assert not read("DR-42", course()).applies


def checked(session, **parts):
    return ("rec_risk", session, {"level": "green", "medical_check": parts})


def test_the_check_stands_in_the_risk_assessment():
    """ED-01: each of its parts, typed in the record, is read; one that was left out is named."""
    assert state("DR-42", course(records=[checked(1, **WELL)])) is NOT_FIRED
    assert read("DR-42", course(records=[checked(1, **WELL | {"bmi": 17.4})])).inputs["signs"] == ["bmi"]
    for sign in ("fainting", "electrolyte_danger", "rapid_loss"):
        assert read("DR-42", course(records=[checked(1, **{sign: True})])).inputs["signs"] == [sign]
    some = read("DR-42", course(records=[checked(1, bmi=21.0, fainting=False)]))
    assert some.state is CANNOT_TELL and "electrolytes" in some.why and "fainting" not in some.why


def test_a_part_left_out_later_takes_no_danger_back():
    """A later check that looks at something else lowers nothing; the same part looked at again does."""
    low = checked(1, **WELL | {"bmi": 16.0})
    assert state("DR-42", course(2, records=[low, checked(2, fainting=False)])) is FIRED
    assert state("DR-42", course(2, records=[low, ("rec_risk", 2, {"level": "green"})])) is FIRED
    assert state("DR-42", course(2, records=[low, checked(2, bmi=18.5)])) is NOT_FIRED


def test_the_form_has_a_field_for_each_part():
    """What the rule reads is what the record type of ED-01 asks."""
    parts = {field.key for field in library.record_type("rec_risk").field("medical_check").fields}
    assert parts >= {"bmi", "fainting", "electrolyte_danger", "rapid_loss"}
