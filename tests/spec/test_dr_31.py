"""DR-31: No response at the end."""

from __future__ import annotations

from tests.spec.world import FIRED, NOT_FIRED, course, state

rule = "DR-31"
title = "No response at the end"


def test_fallen_by_less_than_half():
    """16 to 9 is no response; exactly half is."""
    assert state("DR-31", course(12, planned=12, phq9=[16] * 11 + [9])) is FIRED
    assert state("DR-31", course(12, planned=12, phq9=[16] * 11 + [8])) is NOT_FIRED


def test_remission_is_never_a_failure():
    """A start of 6 that ends at 4 is in remission, though it fell by a third."""
    assert state("DR-31", course(12, planned=12, phq9=[6] * 11 + [4])) is NOT_FIRED
