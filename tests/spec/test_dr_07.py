"""DR-07: Private screen before conjoint work."""

from __future__ import annotations

from tests.spec.world import FIRED, NOT_FIRED, contract, course, read, state

rule = "DR-07"
title = "Private screen before conjoint work"

SCREENED = ("rec_ipv_screen", 1, {"alone_confirmed": True, "positive": False})
TOGETHER = contract("role_dispute", format="conjoint")


def meeting(session=2, **values):
    return ("rec_conjoint_session", session, {"who": ["p_dana"], **values})


def test_both_must_have_been_asked_apart():
    """A course agreed with a family member or partner: the client and each other adult are screened apart first."""
    assert read("DR-07", course(3, records=[TOGETHER])).inputs["client_screened"] is False
    only_client = course(3, records=[SCREENED, TOGETHER])
    assert state("DR-07", only_client) is FIRED
    both = [SCREENED, TOGETHER, meeting(3, safety_screen_ref="screened apart on 2 September")]
    assert state("DR-07", course(3, records=both)) is NOT_FIRED


def test_one_meeting_with_somebody_asks_for_the_same():
    """A single meeting with somebody else in individual treatment counts too, until their screen is named."""
    assert state("DR-07", course(2, records=[SCREENED, meeting()])) is FIRED
    assert state("DR-07", course(2, records=[meeting(safety_screen_ref="2 September")])) is FIRED
    assert (
        state("DR-07", course(2, records=[SCREENED, meeting(safety_screen_ref="2 September")])) is NOT_FIRED
    )


def test_a_screen_of_the_other_adult_says_of_whom_it_was_asked():
    """Two screens, each alone, clear both; a second one of the client is none of the other."""
    other = ("rec_ipv_screen", 1, {"alone_confirmed": True, "positive": False, "asked_of": "p_dana"})
    assert state("DR-07", course(3, records=[SCREENED, other, TOGETHER])) is NOT_FIRED
    assert state("DR-07", course(3, records=[SCREENED, other, TOGETHER, meeting(3)])) is NOT_FIRED
    assert state("DR-07", course(3, records=[SCREENED, SCREENED, TOGETHER])) is FIRED
    assert read("DR-07", course(3, records=[other, TOGETHER])).inputs["client_screened"] is False
    in_company = ("rec_ipv_screen", 1, {**other[2], "alone_confirmed": False})
    assert state("DR-07", course(3, records=[SCREENED, in_company, TOGETHER])) is FIRED


def test_a_screen_that_was_not_alone_is_none():
    """Asked in company is not asked."""
    in_company = ("rec_ipv_screen", 1, {"alone_confirmed": False, "positive": False})
    made = course(2, records=[in_company, meeting(safety_screen_ref="2 September")])
    assert read("DR-07", made).inputs["client_screened"] is False


def test_a_child_is_not_screened():
    """Each adult is asked; a child of the inventory is not."""
    child = ("rec_inventory_person", 1, {"person_id": "p_dana", "label": "Dana", "age_group": "child"})
    assert state("DR-07", course(2, records=[SCREENED, child, meeting()])) is NOT_FIRED


def test_alone_with_the_client_it_does_not_speak():
    """Where nobody else is seen the rule has nothing to ask."""
    result = read("DR-07", course())
    assert (result.state, result.applies) == (NOT_FIRED, False)
