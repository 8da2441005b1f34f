"""DR-12: Severe depression."""

from __future__ import annotations

from tests.spec.world import CANNOT_TELL, FIRED, NOT_FIRED, course, state

rule = "DR-12"
title = "Severe depression"


def test_twenty_or_more():
    """PHQ-9 at 20 advises a talk about medication; 19 does not."""
    assert state("DR-12", course(phq9=[20])) is FIRED
    assert state("DR-12", course(phq9=[19])) is NOT_FIRED
    assert state("DR-12", course()) is CANNOT_TELL
