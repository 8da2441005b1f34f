"""DR-06: Danger from another person."""

from __future__ import annotations

from openipt.core.course.course import Answers
from tests.spec.world import CANNOT_TELL, FIRED, NOT_FIRED, course, day, read, state

rule = "DR-06"
title = "Danger from another person"


SCREEN = ("rec_ipv_screen", 1, {"alone_confirmed": True, "positive": False})


def test_every_ground_fires():
    """A positive screen, a safety flag, a danger in the dispute, a concern in the inventory, f_safety of 2."""
    grounds = [
        ("rec_ipv_screen", 1, {"alone_confirmed": True, "positive": True}),
        ("rec_communication_analysis", 1, {"other_person_id": "p_a", "safety_flag": True}),
        ("rec_dispute_map", 1, {"other": "p_a", "danger": True}),
        ("rec_inventory_person", 1, {"person_id": "p_a", "safety_concern": True}),
        ("rec_issue_ranking", 1, {"issue": "i1", "factors": {"f_safety": 2}}),
    ]
    for ground in grounds:
        assert state("DR-06", course(records=[SCREEN, ground])) is FIRED
    hark = Answers("ms_hark", day(1), (0, 1, 0, 0), session=0)
    assert state("DR-06", course(answers=[hark])) is FIRED


def test_names_the_person_or_locks_for_all():
    """Until a person is named, rehearsal is locked with every partner, ex-partner and household member."""
    named = course(records=[("rec_inventory_person", 1, {"person_id": "p_a", "safety_concern": True})])
    assert read("DR-06", named).inputs["persons"] == ["p_a"]
    unnamed = course(records=[("rec_ipv_screen", 1, {"positive": True})])
    assert "every partner" in read("DR-06", unnamed).why


def test_a_later_negative_screen_unlocks_nothing():
    """Conjoint work is reconsidered only after a specialist's assessment, never by a later answer."""
    first = ("rec_ipv_screen", 1, {"positive": True})
    assert state("DR-06", course(2, records=[first, ("rec_ipv_screen", 2, {"positive": False})])) is FIRED


def test_screened_and_negative_is_silent_and_never_asked_is_not():
    """Where nobody asked, the rule cannot tell."""
    assert state("DR-06", course(records=[SCREEN])) is NOT_FIRED
    assert state("DR-06", course()) is CANNOT_TELL


def test_a_screen_half_answered_or_not_alone_clears_nothing():
    """A question left open, or somebody else in the room: the rule cannot tell."""
    half = Answers("ms_hark", day(1), (0, 0, None, 0), session=0)
    assert state("DR-06", course(answers=[half])) is CANNOT_TELL
    heard = ("rec_ipv_screen", 1, {"alone_confirmed": False, "positive": False})
    assert state("DR-06", course(records=[heard])) is CANNOT_TELL


def test_each_screen_is_read_by_its_own_line():
    """HARK: one yes. HITS, where 1 means never: a total of 11, and not 10."""
    hits = {"alone_confirmed": True, "tool": "ms_hits"}
    for answers, expected in (([1, 1, 1, 1], NOT_FIRED), ([3, 3, 2, 2], NOT_FIRED), ([3, 3, 3, 2], FIRED)):
        made = course(records=[("rec_ipv_screen", 1, {**hits, "answers": answers})])
        assert state("DR-06", made) is expected
