"""DR-35: No session for a long time."""

from __future__ import annotations

from datetime import timedelta

from openipt.core.course.course import EpisodeStatus, StatusChange
from tests.spec.world import NOT_FIRED, contract, course, day, read, state

rule = "DR-35"
title = "No session for a long time"


def test_three_weeks_without_a_session():
    """On day 21 it marks the risk of dropout; on day 42 closing is proposed, a clinician decides."""
    made = course(4)
    assert state("DR-35", made, day(4) + timedelta(days=20)) is NOT_FIRED
    assert read("DR-35", made, day(4) + timedelta(days=21)).inputs == {"days": 21, "propose_closing": False}
    assert read("DR-35", made, day(4) + timedelta(days=42)).inputs["propose_closing"] is True


def test_a_reason_is_a_reason():
    """A paused or ended episode, meetings agreed monthly, or every agreed meeting held."""
    for status in (EpisodeStatus.PAUSED, EpisodeStatus.ENDED):
        made = course(4, status_changes=(StatusChange(status, day(4), "other"),))
        assert state("DR-35", made, day(9)) is NOT_FIRED
    for said in ("monthly", "once a month", "every four weeks"):
        monthly = course(4, records=[contract("grief", frequency=said)])
        assert state("DR-35", monthly, day(8)) is NOT_FIRED
    assert state("DR-35", course(12, planned=12), day(60)) is NOT_FIRED
