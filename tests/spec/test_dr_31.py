"""DR-31: No response at the end."""

from __future__ import annotations

from tests.spec.world import CANNOT_TELL, FIRED, NOT_FIRED, course, read, state

rule = "DR-31"
title = "No response at the end"


def test_fallen_by_less_than_half():
    """16 to 9 is no response; exactly half is."""
    assert state("DR-31", course(12, planned=12, phq9=[16] * 11 + [9])) is FIRED
    assert state("DR-31", course(12, planned=12, phq9=[16] * 11 + [8])) is NOT_FIRED


def test_remission_is_never_a_failure():
    """A start of 6 that ends at 4 is in remission, though it fell by a third."""
    assert state("DR-31", course(12, planned=12, phq9=[6] * 11 + [4])) is NOT_FIRED


def test_a_missing_final_score_is_not_the_one_before():
    """Nobody is told that the treatment failed by the score of an earlier session; nor that it did not."""
    for before in (16, 4):
        made = course(12, planned=12, phq9=[16] * 10 + [before, None])
        assert state("DR-31", made) is CANNOT_TELL
        assert "session 12" in read("DR-31", made).why
