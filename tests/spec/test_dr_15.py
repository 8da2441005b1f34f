"""DR-15: Ready for the middle phase."""

from __future__ import annotations

from datetime import timedelta

from tests.spec.world import EXIT_TASKS, FIRED, NOT_FIRED, day, ready_for_the_middle, state

rule = "DR-15"
title = "Ready for the middle phase"


def test_offers_the_transition_once_every_criterion_is_met():
    """At session 3, and until session 4 has begun."""
    assert state("DR-15", ready_for_the_middle()) is FIRED
    assert state("DR-15", ready_for_the_middle(), day(3) + timedelta(days=5)) is FIRED
    assert state("DR-15", ready_for_the_middle(sessions=4)) is NOT_FIRED


def test_offers_it_early_too():
    """Met at session 2, it is offered at session 2."""
    early = ready_for_the_middle(
        sessions=2,
        tasks={0: ["A02"], 2: EXIT_TASKS},
        records=[("rec_risk", 1, {"level": "green"}), ("rec_formulation", 2, {"agreement": "agree"})],
    )
    assert state("DR-15", early) is FIRED


def test_silent_while_something_is_missing():
    """One task short is not ready."""
    assert state("DR-15", ready_for_the_middle(tasks={0: ["A02"], 3: EXIT_TASKS[2:]})) is NOT_FIRED
