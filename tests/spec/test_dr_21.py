"""DR-21: Not on track at week 8."""

from __future__ import annotations

from tests.spec.world import FIRED, NOT_FIRED, course, state

rule = "DR-21"
title = "Not on track at week 8"


def test_less_than_forty_percent_at_session_8():
    """From 16 to 13 is 18.8 %; from 15 to 9 is exactly 40 % and on track."""
    assert state("DR-21", course(8, phq9=[16] * 7 + [13])) is FIRED
    assert state("DR-21", course(8, phq9=[15] * 7 + [9])) is NOT_FIRED


def test_a_course_without_an_eighth_session_is_never_read():
    """Six visits end before week 8."""
    assert state("DR-21", course(6, planned=6, adaptation="ipc", phq9=[13] * 6)) is NOT_FIRED
