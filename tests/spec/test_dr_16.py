"""DR-16: No formulation agreed."""

from __future__ import annotations

from tests.spec.world import AGREED, FIRED, NOT_FIRED, course, state

rule = "DR-16"
title = "No formulation agreed"


def test_fires_from_session_4_on():
    """At session 3 there is still time; at session 4 without an agreed formulation it warns."""
    assert state("DR-16", course(3)) is NOT_FIRED
    assert state("DR-16", course(4)) is FIRED
    assert state("DR-16", course(6)) is FIRED


def test_silent_once_agreed():
    """An agreed formulation ends it, on whatever day it comes."""
    assert state("DR-16", course(4, records=[AGREED])) is NOT_FIRED
    refused = ("rec_formulation", 3, {"agreement": "no"})
    assert state("DR-16", course(4, records=[refused])) is FIRED
