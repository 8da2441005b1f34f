"""DR-28: Beyond the adaptation's maximum."""

from __future__ import annotations

from tests.spec.world import FIRED, NOT_FIRED, course, state

rule = "DR-28"
title = "Beyond the adaptation's maximum"


def test_above_the_maximum():
    """Twenty is the most in `ipt_acute`, eight in `ipc`; agreeing on more is enough to ask."""
    assert state("DR-28", course(1, planned=20)) is NOT_FIRED
    assert state("DR-28", course(1, planned=21)) is FIRED
    assert state("DR-28", course(8, planned=8, adaptation="ipc")) is NOT_FIRED
    assert state("DR-28", course(9, planned=8, adaptation="ipc")) is FIRED
