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
