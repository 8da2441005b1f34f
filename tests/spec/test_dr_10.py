"""DR-10: Substance dependence as main problem."""

from __future__ import annotations

from dataclasses import replace

from openipt import library
from openipt.core.course.rules import rule_result
from tests.spec.world import CANNOT_TELL, FIRED, NOT_FIRED, course, read, state

rule = "DR-10"
title = "Substance dependence as main problem"


def checked(**answers):
    return course(records=[("rec_suitability", 1, {"s_06": answers})])


def test_the_main_problem_without_addiction_care_fires():
    """Dependence as the main problem and no addiction care: IPT is not the only treatment."""
    assert state("DR-10", checked(answer="yes", main_problem="yes", addiction_care="no")) is FIRED
    assert state("DR-10", checked(answer="no", main_problem="yes", addiction_care="no")) is FIRED


def test_addiction_care_or_another_main_problem_does_not():
    """With addiction care active, or where something else is the main problem."""
    assert state("DR-10", checked(answer="yes", main_problem="yes", addiction_care="yes")) is NOT_FIRED
    assert state("DR-10", checked(answer="yes", main_problem="no", addiction_care="no")) is NOT_FIRED
    assert state("DR-10", checked(answer="no")) is NOT_FIRED


def test_what_was_not_asked_is_named():
    """Without the two answers the rule says which of them is missing."""
    assert state("DR-10", course()) is CANNOT_TELL
    assert "addiction care" in read("DR-10", checked(answer="yes", main_problem="yes")).why
    only_yes = read("DR-10", checked(answer="yes"))
    assert only_yes.state is CANNOT_TELL and "main problem" in only_yes.why


def test_where_ipt_is_an_addition_the_care_must_be_on_record():
    """In the treatment beside addiction care (ipt.md 4.17), care that is not on record as active fires."""
    manual = library.manual("ipt_sud_adj")
    for made, fires in (
        (course(), True),
        (checked(answer="no"), True),
        (checked(addiction_care="yes"), False),
    ):
        beside = replace(made, adaptation="ipt_sud_adj")
        assert rule_result("DR-10", manual, beside, made.started_on).fired is fires
