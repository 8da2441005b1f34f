"""DR-14: Transition to the middle phase overdue."""

from __future__ import annotations

from tests.spec.world import (
    AGREED,
    EXIT_TASKS,
    FIRED,
    NOT_FIRED,
    course,
    read,
    ready_for_the_middle,
    state,
)

rule = "DR-14"
title = "Transition to the middle phase overdue"


def test_fires_at_the_last_initial_session_with_a_criterion_open():
    """At session 3 of 16 everything but the contract is done: it names I13."""
    open_contract = ready_for_the_middle(tasks={0: ["A02"], 3: EXIT_TASKS[:-1]})
    assert read("DR-14", open_contract).inputs["missing"] == ["I13"]
    assert state("DR-14", open_contract, 2) is NOT_FIRED


def test_silent_when_every_criterion_is_met():
    """All six tasks done, client agreed, risk not red, baseline there."""
    assert state("DR-14", ready_for_the_middle()) is NOT_FIRED


def test_a_red_level_keeps_the_phase():
    """Risk red is an open criterion, and so is a missing baseline."""
    risk = ("rec_risk", 3, {"level": "red"})
    assert read("DR-14", ready_for_the_middle(records=[AGREED, risk])).inputs["missing"] == ["risk-not-red"]
    bare = ready_for_the_middle(tasks={3: EXIT_TASKS[1:]})
    assert read("DR-14", bare).inputs["missing"] == ["baseline-present"]


def test_partly_agreed_counts_with_the_clients_edit():
    """“Partly” with the client's own words is agreement; “partly” alone or “no” is not."""
    for agreement, words, missing in (("partly", "leave it out", []), ("partly", "", 1), ("no", "no", 1)):
        said = ("rec_formulation", 3, {"agreement": agreement, "client_words": words})
        found = read("DR-14", ready_for_the_middle(records=[("rec_risk", 1, {"level": "green"}), said]))
        assert found.inputs["missing"] == (["client-agreed"] if missing else [])


def test_one_visit_is_read_at_its_end():
    """Where the initial phase is one visit, everything is asked of that visit."""
    visit = course(1, planned=6, adaptation="ipc", phq9=[13], gad7=[8], tasks={0: ["A02"]})
    assert state("DR-14", visit) is FIRED
