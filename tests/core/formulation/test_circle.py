"""The closeness circle: places read from its record, moves since the one before, empty rings by name."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from openipt.core.formulation.circle import (
    Marks,
    Move,
    angles,
    circle_values,
    empty_rings,
    marks,
    moves,
    places,
    without_people,
)

CODES = st.sampled_from(["p_a", "p_b", "p_c", "p_d"])
CIRCLES = st.dictionaries(CODES, st.sampled_from([1, 2, 3]))


def test_of_two_places_of_one_person_the_inner_one_counts():
    assert places({"rings": {"1": ["p_a"], "2": ["p_a", "p_b"], "3": []}}) == {"p_a": 1, "p_b": 2}
    assert places({}) == {}


def test_a_move_says_whether_it_is_closer():
    found = moves({"p_a": 2, "p_b": 1, "p_c": 3}, {"p_a": 1, "p_b": 3, "p_d": 2})
    assert found == (Move("p_a", 2, 1), Move("p_b", 1, 3), Move("p_d", None, 2), Move("p_c", 3, None))
    assert [move.is_closer for move in found] == [True, False, None, None]


def test_the_record_names_moves_between_rings_and_the_empty_ones():
    values = circle_values({"p_a": 1, "p_d": 1}, {"p_a": 2, "p_b": 1}, "2026-01-05")
    assert values["rings"] == {"1": ["p_a", "p_d"], "2": [], "3": []}
    assert values["moves_since_last"] == [{"person_id": "p_a", "from": 2, "to": 1}]
    assert values["empty_rings"] == [2, 3]
    assert circle_values({"p_a": 1}, None, "2026-01-05")["moves_since_last"] == []


@given(CIRCLES, CIRCLES)
def test_moves_lead_from_one_circle_to_the_other(before, after):
    found = dict(before)
    for move in moves(before, after):
        assert found.get(move.person) == move.before
        if move.after is None:
            del found[move.person]
        else:
            found[move.person] = move.after
    assert found == after
    assert moves(after, after) == ()
    assert set(empty_rings(after)) | set(after.values()) == {1, 2, 3}


def test_where_somebody_was_dragged_to_is_kept_for_those_who_stand_on_it():
    values = circle_values({"p_a": 1, "p_b": 2}, None, "2026-01-05", {"p_a": 370, "p_gone": 20})
    assert values["angles"] == [{"person_id": "p_a", "angle": 10}]
    assert angles(values) == {"p_a": 10}
    assert "angles" not in circle_values({"p_a": 1}, None, "2026-01-05")
    assert angles({"angles": [{"person_id": "p_a"}, "words", {"angle": 3}]}) == {}


def test_marks_are_read_from_what_was_said_and_nothing_is_guessed():
    assert marks({}) == Marks()
    assert marks({"support_type": ["none"], "conflict_0_10": 4, "alive": True}) == Marks()
    said = {
        "contact_frequency": "daily",
        "support_type": ["emotional", "practical", "information", "company"],
        "conflict_0_10": 5,
        "change_near_onset": {"changed": True},
        "alive": False,
        "safety_concern": True,
    }
    assert marks(said) == Marks(2, 4, conflict=True, changed=True, has_died=True, safety=True)
    assert marks(said).is_absent
    assert marks({"past_or_present": "past"}).is_absent


@given(CIRCLES, CIRCLES, st.sets(CODES), st.dictionaries(CODES, st.integers(0, 359)))
def test_without_somebody_a_circle_is_that_of_a_life_in_which_they_never_were(before, after, gone, dragged):
    """Place, move, angle, empty ring: nothing of them is left, and nothing of the others differs."""

    def rest(found):
        return {code: value for code, value in found.items() if code not in gone}

    whole = circle_values(after, before, "2026-03-01", dragged)
    without = circle_values(rest(after), rest(before), "2026-03-01", rest(dragged))
    left = without_people(whole, gone)
    assert {**left, "angles": left.get("angles", [])} == {**without, "angles": without.get("angles", [])}
