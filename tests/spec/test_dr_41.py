"""DR-41: Perinatal emergency."""

from __future__ import annotations

from datetime import timedelta

from tests.spec.world import CANNOT_TELL, FIRED, NOT_FIRED, START, course, read, state

rule = "DR-41"
title = "Perinatal emergency"

FEEDING = ("rec_medication", 1, {"drug": None, "wish": "none", "pregnancy_or_feeding": "feeding"})


def birth(days_ago):
    on = (START - timedelta(days=days_ago)).isoformat()
    return ("rec_timeline", 1, {"date": on, "type": "event", "text": "her daughter was born"})


def asked(**answers):
    return ("rec_risk", 1, {"level": "green", **answers})


def test_psychosis_mania_or_a_child_in_danger_around_a_birth():
    """Any of the three in the last assessment: red."""
    for sign in ("psychosis", "mania", "child_safety"):
        assert read("DR-41", course(records=[FEEDING, asked(**{sign: True})])).inputs["signs"] == [sign]
    assert state("DR-41", course(records=[FEEDING, asked(psychosis=False)])) is NOT_FIRED


def test_harm_needs_intent():
    """Thoughts of harm with intent fire; unwanted thoughts without intent do not by this rule."""
    intended = course(records=[FEEDING, asked(harm_to_others=True, intent=True)])
    assert state("DR-41", intended) is FIRED
    assert state("DR-41", course(records=[FEEDING, asked(harm_to_others=True)])) is NOT_FIRED


def test_a_birth_of_the_last_twelve_months_counts():
    """By the time line; a birth longer ago does not."""
    assert state("DR-41", course(records=[birth(200), asked(mania=True)])) is FIRED
    assert not read("DR-41", course(records=[birth(400), asked(mania=True)])).applies


def test_not_asked_is_no_answer():
    """Around a birth and no risk assessment: the rule cannot tell."""
    assert state("DR-41", course(records=[FEEDING])) is CANNOT_TELL


def test_apart_from_births_it_does_not_speak():
    """Elsewhere psychosis and mania speak through DR-04."""
    assert not read("DR-41", course(records=[asked(mania=True)])).applies
