"""DR-44: Too few supervised cases."""

from __future__ import annotations

from openipt import library
from openipt.core.course.beyond import Beyond, Practice
from openipt.core.course.rules import rule_result
from tests.spec.world import CANNOT_TELL, FIRED, NOT_FIRED, START, course, state

rule = "DR-44"
title = "Too few supervised cases"


def therapist(cases, supervised):
    given = Beyond(practice=Practice(cases, supervised))
    return rule_result("DR-44", library.manual("ipt_acute"), course(), START, given).state


def test_fewer_than_three_cases_and_nobody_supervises():
    """Two completed supervised cases are too few to work unsupervised; three are enough."""
    assert therapist(2, supervised=False) is FIRED
    assert therapist(3, supervised=False) is NOT_FIRED
    assert therapist(0, supervised=True) is NOT_FIRED


def test_it_is_about_the_therapist():
    """One course does not tell how many cases a therapist completed: it cannot tell until the training record does."""
    assert state("DR-44", course()) is CANNOT_TELL
