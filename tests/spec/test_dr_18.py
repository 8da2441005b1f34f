"""DR-18: Second focus before the first is done."""

from __future__ import annotations

from openipt.core.course.course import Answers
from tests.spec.world import CANNOT_TELL, FIRED, NOT_FIRED, contract, course, day, state

rule = "DR-18"
title = "Second focus before the first is done"


FIRST = contract("role_dispute")
BOTH = contract("role_dispute", "grief", session=6)


def rated(value):
    return [Answers("ms_prr", day(6), (value,), session=6)]


def test_a_second_focus_beside_an_unresolved_first():
    """The first is rated 3, “the same”: adding a second asks for a reason."""
    assert state("DR-18", course(6, records=[FIRST, BOTH], answers=rated(3))) is FIRED


def test_resolved_or_dropped_first_is_in_order():
    """Rated 4 it is resolved; left out of the new focus it is dropped."""
    assert state("DR-18", course(6, records=[FIRST, BOTH], answers=rated(4))) is NOT_FIRED
    instead = contract("grief", session=6)
    assert state("DR-18", course(6, records=[FIRST, instead], answers=rated(2))) is NOT_FIRED


def test_two_from_the_beginning_are_no_second():
    """Two areas agreed together were never one and then another."""
    together = contract("role_dispute", "grief")
    assert state("DR-18", course(6, records=[together], answers=rated(2))) is NOT_FIRED


def test_without_a_rating_it_cannot_tell():
    """Nobody has said how far the first is resolved."""
    assert state("DR-18", course(6, records=[FIRST, BOTH])) is CANNOT_TELL


def test_the_client_says_how_far_it_is_resolved():
    """The therapist's own rating (ms_prr is rated by both) neither opens the way nor bars it."""
    own = [Answers("ms_prr", day(6), (5,), session=6, rater="therapist")]
    assert state("DR-18", course(6, records=[FIRST, BOTH], answers=own)) is CANNOT_TELL
    assert state("DR-18", course(6, records=[FIRST, BOTH], answers=[*rated(3), *own])) is FIRED
    low = [Answers("ms_prr", day(6), (1,), session=6, rater="therapist")]
    assert state("DR-18", course(6, records=[FIRST, BOTH], answers=[*rated(4), *low])) is NOT_FIRED


def marked(state_of, session, area="role_dispute"):
    values = {"id": "i1", "text": "quarrels", "area": area, "state": state_of}
    return ("rec_issue", session, values)


def test_an_issue_marked_resolved_or_dropped_opens_the_way():
    """A second focus comes after the first is marked resolved or dropped; the last mark counts."""
    for mark in ("resolved", "dropped"):
        records = [FIRST, marked(mark, 5), BOTH]
        assert state("DR-18", course(6, records=records, answers=rated(2))) is NOT_FIRED
        assert state("DR-18", course(6, records=records)) is NOT_FIRED
    again = [FIRST, marked("resolved", 4), marked("open", 5), BOTH]
    assert state("DR-18", course(6, records=again, answers=rated(2))) is FIRED


def test_another_area_marked_resolved_changes_nothing():
    """It is the first focus that has to be resolved or dropped."""
    records = [FIRST, marked("resolved", 5, area="grief"), BOTH]
    assert state("DR-18", course(6, records=records, answers=rated(2))) is FIRED
