"""DR-17: Focus outside the rules of choice."""

from __future__ import annotations

from tests.spec.world import CANNOT_TELL, FIRED, NOT_FIRED, contract, course, issue, state

rule = "DR-17"
title = "Focus outside the rules of choice"


def test_three_areas_are_too_many():
    """One focus, two at most."""
    assert state("DR-17", course(3, records=[contract("grief", "role_dispute")])) is NOT_FIRED
    three = contract("grief", "role_dispute", "role_transition")
    assert state("DR-17", course(3, records=[three])) is FIRED


def test_sensitivity_beside_a_stronger_issue():
    """Sensitivity is for when nothing else fits: another issue at 50 or more asks for a reason."""
    chosen = contract("interpersonal_sensitivity")
    strong = issue("i1", 3, 2, 2, 1, 1, 1, total=50.0)
    weak = issue("i1", 3, 1, 2, 1, 1, 2, total=47.2)
    assert state("DR-17", course(3, records=[strong, chosen])) is FIRED
    assert state("DR-17", course(3, records=[weak, chosen])) is NOT_FIRED
    assert state("DR-17", course(3, records=[chosen])) is CANNOT_TELL


def test_only_another_area_speaks_against_sensitivity():
    """Two issues of sensitivity and no other were ranked: nothing speaks against the choice."""
    area = "interpersonal_sensitivity"
    ranked = [issue(name, 3, 3, 3, 3, 3, 3, area=area) for name in ("i1", "i2")]
    assert state("DR-17", course(3, records=[*ranked, contract(area)])) is NOT_FIRED


def test_the_score_is_computed_where_it_was_not_kept():
    """The factors are enough."""
    rated = issue("i1", 3, 3, 3, 3, 3, 3)
    assert state("DR-17", course(3, records=[rated, contract("interpersonal_sensitivity")])) is FIRED
