"""DR-08: Suitability stop."""

from __future__ import annotations

from tests.spec.world import CANNOT_TELL, NOT_FIRED, course, read, state

rule = "DR-08"
title = "Suitability stop"

DENIED = {f"s_{n:02}": {"answer": "no"} for n in range(3, 10)}


def test_a_stopping_item_blocks_until_overridden_with_a_reason():
    """s_03 to s_09 answered yes block the contract; a written reason lifts the block."""
    for item in ("s_03", "s_06", "s_09"):
        blocked = course(records=[("rec_suitability", 1, {item: {"answer": "yes"}})])
        assert read("DR-08", blocked).inputs["items"] == [item]
    over = {"s_05": {"answer": "yes"}, "override_reason": "crisis team shares the care"}
    assert state("DR-08", course(records=[("rec_suitability", 1, over)])) is NOT_FIRED


def test_other_items_do_not_block():
    """s_01, s_02 and s_10 on lead elsewhere."""
    asked = {**DENIED, "s_01": {"answer": "yes"}, "s_02": {"answer": "yes"}, "s_10": {"answer": "yes"}}
    assert state("DR-08", course(records=[("rec_suitability", 1, asked)])) is NOT_FIRED


def test_no_checklist_is_no_answer():
    """Before the checklist is filled in, or with a stopping item left open or not sure, it cannot tell."""
    assert state("DR-08", course()) is CANNOT_TELL
    for s_05 in ({}, {"answer": "unsure"}):
        assert (
            state("DR-08", course(records=[("rec_suitability", 1, {**DENIED, "s_05": s_05})])) is CANNOT_TELL
        )
    past = {**DENIED, "s_04": {"answer": "history"}}
    for complete in (DENIED, past):
        assert state("DR-08", course(records=[("rec_suitability", 1, complete)])) is NOT_FIRED
