"""DR-45: A minor without consent on record."""

from __future__ import annotations

from tests.spec.world import CANNOT_TELL, FIRED, NOT_FIRED, START, course, read, state

rule = "DR-45"
title = "A minor without consent on record"


def given(kind, **more):
    return ("rec_consent", 1, {"kind": kind, "given": True, "date": START.isoformat(), **more})


def aged(years, *records):
    return course(records=records, birth_year=START.year - years)


def test_both_must_be_on_record():
    """The parent's consent and the note on confidentiality, each by itself."""
    assert read("DR-45", aged(15)).inputs["missing"] == ["parent", "confidentiality"]
    assert read("DR-45", aged(15, given("parent"))).inputs["missing"] == ["confidentiality"]
    assert state("DR-45", aged(15, given("parent"), given("confidentiality"))) is NOT_FIRED


def test_a_consent_taken_back_is_none():
    """Withdrawn, or not given."""
    withdrawn = given("parent", withdrawn_on=START.isoformat())
    assert state("DR-45", aged(15, withdrawn, given("confidentiality"))) is FIRED
    refused = ("rec_consent", 1, {"kind": "parent", "given": False, "date": START.isoformat()})
    assert state("DR-45", aged(15, refused, given("confidentiality"))) is FIRED


def test_the_year_of_the_eighteenth_birthday_still_counts():
    """Only the year of birth is known: 18 this year may be 17 today; 19 is not."""
    assert state("DR-45", aged(18)) is FIRED
    assert state("DR-45", aged(19)) is NOT_FIRED


def test_without_the_year_of_birth_it_cannot_tell():
    """Nobody is taken for an adult."""
    assert state("DR-45", course()) is CANNOT_TELL
