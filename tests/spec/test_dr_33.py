"""DR-33: Aged 70 or older, remitted with medication."""

from __future__ import annotations

from tests.spec.world import CANNOT_TELL, FIRED, NOT_FIRED, START, course, read, state

rule = "DR-33"
title = "Aged 70 or older, remitted with medication"


def late_life(score=3, age=72, drug="sertraline", asked=True, **more):
    taken = [("rec_medication", 1, {"drug": drug, "wish": "keep", **more})] if asked else []
    return course(4, phq9=[18, 12, 8, score], records=taken, birth_year=START.year - age)


def test_seventy_in_remission_with_a_drug():
    """All three: 70 or older, PHQ-9 below 5, a drug on record."""
    assert state("DR-33", late_life()) is FIRED
    assert state("DR-33", late_life(age=70)) is FIRED
    assert state("DR-33", late_life(age=69)) is NOT_FIRED
    assert state("DR-33", late_life(score=5)) is NOT_FIRED
    assert state("DR-33", late_life(drug=None)) is NOT_FIRED


def test_only_a_drug_against_depression_counts():
    """As noted with the drug, else by its name; of another name it cannot tell, and says what to ask."""
    assert state("DR-33", late_life(drug="amlodipine", for_depression=False)) is NOT_FIRED
    assert state("DR-33", late_life(drug="lithium", for_depression=True)) is FIRED
    unknown = read("DR-33", late_life(drug="amlodipine"))
    assert unknown.state is CANNOT_TELL and "against depression" in unknown.why
    assert state("DR-33", late_life(drug="amlodipine", score=9)) is NOT_FIRED


def test_what_is_not_known_is_named():
    """Whether a drug is taken, and how old the client is."""
    not_asked = read("DR-33", late_life(asked=False))
    assert not_asked.state is CANNOT_TELL and "medication" in not_asked.why
    no_year = course(1, phq9=[3], records=[("rec_medication", 1, {"drug": "sertraline"})])
    assert "year of birth" in read("DR-33", no_year).why


def test_one_no_is_enough():
    """Where one of the three is not so, nothing else has to be known."""
    assert state("DR-33", course(1, phq9=[12])) is NOT_FIRED
