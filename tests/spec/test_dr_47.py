"""DR-47: Close call in the ranking."""

from __future__ import annotations

from tests.spec.world import CANNOT_TELL, FIRED, NOT_FIRED, course, issue, read, state

rule = "DR-47"
title = "Close call in the ranking"


def test_less_than_eight_points_apart():
    """72.2 against 69.4 is a close call; 80.6 against 66.7 is not."""
    close = [issue("i1", 3, 2, 2, 2, 3, 2), issue("i2", 3, 3, 2, 2, 1, 2)]
    firm = [issue("i1", 3, 3, 2, 3, 2, 2), issue("i2", 3, 1, 3, 2, 3, 1)]
    assert read("DR-47", course(3, records=close)).inputs["gap"] == 2.8
    assert state("DR-47", course(3, records=firm)) is NOT_FIRED


def test_another_first_with_equal_weights():
    """The weights put one issue first, equal weights another."""
    unstable = [issue("i1", 3, 3, 3, 1, 1, 0), issue("i2", 3, 0, 2, 3, 3, 2)]
    assert state("DR-47", course(3, records=unstable)) is FIRED


def test_the_latest_ranking_is_read():
    """Ranked again at the midpoint, the earlier close call is over."""
    close = [issue("i1", 3, 2, 2, 2, 3, 2), issue("i2", 3, 3, 2, 2, 1, 2)]
    again = [issue("i1", 7, 3, 3, 3, 3, 2), issue("i2", 7, 2, 1, 1, 1, 2)]
    assert state("DR-47", course(7, records=[*close, *again])) is NOT_FIRED
    assert state("DR-47", course(2)) is CANNOT_TELL
