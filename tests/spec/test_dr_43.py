"""DR-43: Low session quality."""

from __future__ import annotations

from openipt import library
from openipt.core.course.beyond import Beyond, Rating
from openipt.core.course.rules import rule_result
from tests.spec.world import CANNOT_TELL, FIRED, NOT_FIRED, course, day, state

rule = "DR-43"
title = "Low session quality"


def rated(*ratings):
    return rule_result("DR-43", library.manual("ipt_acute"), course(4), day(4), Beyond(ratings=ratings))


def test_below_three_asks_for_supervision():
    """Quality 2.9 asks for supervision before the next session; 3.0 is adequate."""
    assert rated(Rating(3, day(3), 2.9)).state is FIRED
    assert rated(Rating(3, day(3), 3.0)).state is NOT_FIRED


def test_a_serious_item_counts_whatever_the_quality():
    """Such as rehearsal in spite of danger (P-06), or a sign of risk ignored (P-07)."""
    assert rated(Rating(3, day(3), 4.5, ("P-07",))).inputs["serious"] == ["P-07"]


def test_the_session_rated_last_counts():
    """A better session after it ends it; of two ratings of one session the lower counts."""
    assert rated(Rating(2, day(2), 2.0), Rating(3, day(3), 4.0)).state is NOT_FIRED
    assert rated(Rating(3, day(3), 4.0), Rating(3, day(4), 2.5)).inputs["quality"] == 2.5


def test_no_rating_is_no_good_mark():
    """Without ratings the rule cannot tell."""
    assert state("DR-43", course()) is CANNOT_TELL
