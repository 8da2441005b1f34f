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


NO = dict.fromkeys(("child_safety", "harm_to_others", "psychosis", "mania"), False)


def test_psychosis_mania_or_a_child_in_danger_around_a_birth():
    """Any of the three, as last answered: red."""
    for sign in ("psychosis", "mania", "child_safety"):
        assert read("DR-41", course(records=[FEEDING, asked(**{sign: True})])).inputs["signs"] == [sign]
    assert state("DR-41", course(records=[FEEDING, asked(**NO)])) is NOT_FIRED


def test_harm_needs_intent():
    """Thoughts of harm with intent fire; unwanted thoughts without intent do not by this rule."""
    intended = course(records=[FEEDING, asked(harm_to_others=True, intent=True)])
    assert state("DR-41", intended) is FIRED
    unwanted = NO | {"harm_to_others": True, "intent": False}
    assert state("DR-41", course(records=[FEEDING, asked(**unwanted)])) is NOT_FIRED


def test_a_question_left_out_takes_no_danger_back():
    """A later assessment that does not ask changes nothing; a plain no, asked again, does."""
    for sign in ("psychosis", "mania", "child_safety"):
        danger = asked(**{sign: True})
        for later in ({"level": "green"}, {sign: None}, {sign: ""}, {"thoughts": False}):
            made = course(2, records=[FEEDING, danger, ("rec_risk", 2, later)])
            assert read("DR-41", made, 2).inputs["signs"] == [sign], later
        cleared = course(2, records=[FEEDING, danger, ("rec_risk", 2, NO)])
        assert state("DR-41", cleared, 2) is NOT_FIRED
    parts = [FEEDING, asked(harm_to_others=True), ("rec_risk", 2, {"intent": True})]
    assert read("DR-41", course(2, records=parts), 2).inputs["signs"] == ["harm_to_others"]


def test_each_question_never_asked_is_named():
    """Nothing is taken for a no: the rule says which questions are open, also whether there is intent."""
    some = read("DR-41", course(records=[FEEDING, asked(psychosis=False, child_safety=False)]))
    assert some.state is CANNOT_TELL and "mania" in some.why and "thoughts of harm" in some.why
    assert "psychosis" not in some.why
    open_intent = read("DR-41", course(records=[FEEDING, asked(**NO | {"harm_to_others": True})]))
    assert open_intent.state is CANNOT_TELL and "intent" in open_intent.why


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
