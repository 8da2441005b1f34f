"""DR-40: Group has become small."""

from __future__ import annotations

from openipt import library
from openipt.core.course.beyond import Beyond, Group
from openipt.core.course.rules import rule_result
from tests.spec.world import CANNOT_TELL, FIRED, NOT_FIRED, START, contract, course, read

rule = "DR-40"
title = "Group has become small"


def of_group(members):
    given = Beyond(group=Group(members)) if members is not None else Beyond()
    made = course(records=[contract("grief", session=1, format="group")])
    return rule_result("DR-40", library.manual("ipt_acute"), made, START, given)


def test_fewer_than_four_members():
    """Three members left: review whether the group can go on; four are enough."""
    assert of_group(3).state is FIRED
    assert of_group(4).state is NOT_FIRED


def test_the_group_says_how_many():
    """One member's record does not tell how many are left: until the group's room says it, it cannot tell."""
    assert of_group(None).state is CANNOT_TELL


def test_alone_with_a_therapist_it_does_not_speak():
    """It is about groups."""
    assert not read("DR-40", course()).applies
