"""DR-30: Response without remission."""

from __future__ import annotations

from tests.spec.world import CANNOT_TELL, FIRED, NOT_FIRED, course, state

rule = "DR-30"
title = "Response without remission"


def test_fallen_by_half_and_still_at_five_or_more():
    """16 to 6 at the last session: offer up to four more sessions."""
    assert state("DR-30", course(12, planned=12, phq9=[16] * 11 + [6])) is FIRED
    assert state("DR-30", course(12, planned=12, phq9=[16] * 11 + [4])) is NOT_FIRED
    assert state("DR-30", course(12, planned=12, phq9=[16] * 11 + [9])) is NOT_FIRED


def test_read_at_the_end_only():
    """One session earlier nothing is said."""
    assert state("DR-30", course(11, planned=12, phq9=[16] * 10 + [6])) is NOT_FIRED
    assert state("DR-30", course(12, planned=12)) is CANNOT_TELL
