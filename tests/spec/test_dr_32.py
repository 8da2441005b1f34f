"""DR-32: Remission with medication, and a plan to stop it."""

from __future__ import annotations

from tests.spec.world import CANNOT_TELL, FIRED, NOT_FIRED, course, read, state

rule = "DR-32"
title = "Remission with medication, and a plan to stop it"


def remitted(wish, drug="sertraline", **more):
    taken = ("rec_medication", 11, {"drug": drug, "wish": wish, **more})
    return course(12, planned=12, phq9=[16] * 11 + [4], records=[taken])


def test_a_wish_to_stop_warns():
    """Words that name stopping; wanting to keep the drug does not."""
    assert state("DR-32", remitted("stop in spring")) is FIRED
    assert state("DR-32", remitted("taper off after the end")) is FIRED
    assert state("DR-32", remitted("keep after the end")) is NOT_FIRED
    assert state("DR-32", remitted("does not want to stop")) is NOT_FIRED
    assert state("DR-32", remitted("come off it in spring; no side effects")) is FIRED
    assert state("DR-32", remitted("keep until spring, then stop")) is FIRED
    assert state("DR-32", remitted("stays on it, without change")) is NOT_FIRED


def test_medication_is_what_is_taken_against_depression():
    """As noted with the drug, else by its name. A drug for the heart is no ground for a warning about recurrence."""
    stop = "stop in spring"
    assert state("DR-32", remitted(stop, drug="Sertraline 50 mg")) is FIRED
    assert state("DR-32", remitted(stop, drug="sertraline", for_depression=False)) is NOT_FIRED
    assert state("DR-32", remitted(stop, drug="lithium", for_depression=True)) is FIRED
    assert state("DR-32", remitted(stop, drug="amlodipine", for_depression=False)) is NOT_FIRED


def test_a_drug_nobody_said_the_purpose_of_cannot_be_told():
    """Where it is to be stopped it cannot tell, and says what to ask; where nothing stops, nothing is asked."""
    unknown = remitted("stop in spring", drug="amlodipine")
    assert state("DR-32", unknown) is CANNOT_TELL
    assert "against depression" in read("DR-32", unknown).why
    assert state("DR-32", remitted("no drug for mood", drug="amlodipine")) is NOT_FIRED


def test_a_wish_left_out_later_is_not_taken_back():
    """The last record of the drug tells only its dose: the wish to stop stands until another one is said."""
    first = ("rec_medication", 2, {"drug": "Sertraline", "dose": "50 mg", "wish": "stop in spring"})
    later = ("rec_medication", 11, {"drug": "sertraline", "dose": "100 mg", "wish": ""})
    made = course(12, planned=12, phq9=[16] * 11 + [4], records=[first, later])
    assert state("DR-32", made) is FIRED
    kept = ("rec_medication", 12, {"drug": "sertraline", "wish": "keep it"})
    made = course(12, planned=12, phq9=[16] * 11 + [4], records=[first, later, kept])
    assert state("DR-32", made) is NOT_FIRED


def test_only_where_medication_is_taken():
    """No drug, nothing to stop; never asked, no answer."""
    assert state("DR-32", remitted("none for now", drug=None)) is NOT_FIRED
    assert state("DR-32", course(12, planned=12, phq9=[16] * 11 + [4])) is CANNOT_TELL
