"""DR-32: Remission with medication, and a plan to stop it."""

from __future__ import annotations

from tests.spec.world import CANNOT_TELL, FIRED, NOT_FIRED, course, state

rule = "DR-32"
title = "Remission with medication, and a plan to stop it"


def remitted(wish, drug="sertraline"):
    taken = ("rec_medication", 11, {"drug": drug, "wish": wish})
    return course(12, planned=12, phq9=[16] * 11 + [4], records=[taken])


def test_a_wish_to_stop_warns():
    """Words that name stopping; wanting to keep the drug does not."""
    assert state("DR-32", remitted("stop in spring")) is FIRED
    assert state("DR-32", remitted("taper off after the end")) is FIRED
    assert state("DR-32", remitted("keep after the end")) is NOT_FIRED
    assert state("DR-32", remitted("does not want to stop")) is NOT_FIRED
    assert state("DR-32", remitted("come off it in spring; no side effects")) is FIRED
    assert state("DR-32", remitted("keep until spring, then stop")) is FIRED
    assert state("DR-32", remitted("stays on it, without change")) is NOT_FIRED


def test_only_where_medication_is_taken():
    """No drug, nothing to stop; never asked, no answer."""
    assert state("DR-32", remitted("none for now", drug=None)) is NOT_FIRED
    assert state("DR-32", course(12, planned=12, phq9=[16] * 11 + [4])) is CANNOT_TELL
