"""By which words something is about somebody dangerous (ipt.md 11.5 ipv_2, 22.1)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openipt.core.course.known import Danger
from openipt.core.course.locks import InLife
from openipt.core.course.second_lock import Signs

PEOPLE = {
    "p_husband": InLife("Tom", "husband of twelve years"),
    "p_mother": InLife("Mum", "mother"),
    "p_boss": InLife("Ines", "manager at work"),
}
TOM = Signs(Danger(("rec_inventory_person.safety_concern",), ("p_husband",)), PEOPLE)
NOBODY_NAMED = Signs(Danger(("ms_hark",), ()), PEOPLE)


@pytest.mark.parametrize(
    "text", ["Tom shouted.", "tom's keys", "My HUSBAND came home", "I am afraid of Tom", "TOM, again"]
)
def test_name_and_relation_are_found_however_they_are_written(text: str) -> None:
    assert TOM.in_text(text)


@pytest.mark.parametrize("text", ["Tomorrow I rest.", "twelve years ago", "Mum called", "", "tomato soup"])
def test_other_words_and_other_people_are_not(text: str) -> None:
    assert not TOM.in_text(text)


@pytest.mark.parametrize(
    ("label", "text"),
    [
        ("Bo", "bo came home"),
        ("Bo", "Afraid of Bo's friends"),
        ("An", "I saw An again"),
        ("Zoë", "Zoe rang"),
        ("Maria", "With MARÍA again"),
        ("王伟", "昨天王伟又喝酒了"),
        ("राहुल", "राहुल ने फोन किया"),
        ("علي", "جاء وعلي غاضب"),
        ("민수", "민수가 왔다"),
    ],
)
def test_a_name_is_found_short_with_or_without_accents_and_in_every_script(label: str, text: str) -> None:
    people = {"p_other": InLife(label, "neighbour")}
    assert Signs(Danger(("rec_inventory_person.safety_concern",), ("p_other",)), people).in_text(text)


def test_small_words_beside_a_name_hide_nothing() -> None:
    people = {"p_other": InLife("My Mr Di Costa", "neighbour")}
    signs = Signs(Danger(("rec_inventory_person.safety_concern",), ("p_other",)), people)
    assert signs.in_text("Costa") and not signs.in_text("My day: an hour of rest, di domenica. Mr Li")
    alone = Signs(Danger(("rec_inventory_person.safety_concern",), ("p_an",)), {"p_an": InLife("An", "")})
    assert not alone.in_text("an event at noon")


def test_a_reference_in_a_record_counts_as_a_name_does() -> None:
    assert TOM.in_values({"people": ["p_husband"], "event": "quarrel"})
    assert TOM.in_values({"turns": [{"who": "other", "said": "Tom: where were you?"}]})
    assert not TOM.in_values({"people": ["p_mother"], "event": "call", "mood": 4})


def test_until_somebody_is_named_everybody_at_home_or_of_the_family_is_meant() -> None:
    """22.1: the same people with whom rehearsal is locked."""
    assert NOBODY_NAMED.in_text("Tom was calm") and NOBODY_NAMED.in_text("Mum called")
    assert not NOBODY_NAMED.in_text("Ines gave me the day off")


def test_without_a_danger_nothing_is_about_anybody() -> None:
    assert not Signs(Danger((), ()), PEOPLE).in_text("Tom and Mum and Ines")


def test_somebody_named_outside_the_inventory_is_found_by_that_name() -> None:
    assert Signs(Danger(("rec_dispute_map.danger",), ("Karl Brandt",)), PEOPLE).in_text("Karl rang twice")


def test_of_a_plan_only_the_lines_about_them_are_left_out() -> None:
    plan = {
        "my_signs": ["I stop sleeping", "Tom comes home drunk"],
        "ask_help": [{"name": "Mum", "phone": "1"}, {"name": "Tom", "phone": "2"}],
        "what_matters": "my daughter",
        "distraction": ["a walk"],
    }
    assert TOM.without(plan) == {
        "my_signs": ["I stop sleeping"],
        "ask_help": [{"name": "Mum", "phone": "1"}],
        "what_matters": "my daughter",
        "distraction": ["a walk"],
    }


VALUES = st.recursive(
    st.text(max_size=12) | st.integers() | st.sampled_from(["Tom", "p_husband", "my husband"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(st.text(max_size=4), VALUES, max_size=5))
def test_what_is_left_never_names_them(values: dict) -> None:
    assert not TOM.in_values(TOM.without(values))


@given(
    st.dictionaries(st.text(max_size=4), st.lists(st.integers() | st.just("a walk"), max_size=3), max_size=5)
)
def test_what_is_not_about_them_stays(values: dict) -> None:
    assert TOM.without(values) == {key: value for key, value in values.items() if value}


LABELS = {"p_husband": "Tom", "p_mother": "Mum", "p_boss": "Ines", "p_his": "Tom's sister"}


@pytest.mark.parametrize(
    ("signs", "own", "moved", "left_out"),
    [
        (TOM, (), {}, {"p_husband", "p_his"}),
        (TOM, ("p_husband",), {}, {"p_husband", "p_his"}),
        (TOM, (), {"p_husband": False, "p_boss": True}, {"p_boss", "p_his"}),
        (TOM, (), dict.fromkeys(LABELS, False), set()),
        (NOBODY_NAMED, (), {}, {"p_husband", "p_mother"}),
        (NOBODY_NAMED, ("p_mother",), {}, {"p_husband"}),
        (NOBODY_NAMED, ("p_mother",), {"p_mother": True}, {"p_husband", "p_mother"}),
        (Signs(Danger((), ()), PEOPLE), (), {"p_boss": True}, {"p_boss"}),
        (
            Signs(Danger(("ms_hark",), ("Ines",)), PEOPLE),
            ("p_boss",),
            {},
            {"p_husband", "p_mother", "p_boss"},
        ),
    ],
)
def test_who_is_left_out_of_an_ordinary_page(signs, own, moved, left_out) -> None:
    """As the client moved them; else whoever is meant or called by that name; a guess spares whom they named."""
    assert signs.people_behind(LABELS, own=own, moved=moved) == left_out


def test_whom_the_client_put_behind_is_found_in_words_as_well() -> None:
    more = TOM.also({"p_boss", "p_his"}, ["Ines"])
    assert more.in_text("Ines called") and more.in_values({"people": ["p_his"]})
    assert not TOM.in_text("Ines called") and not more.in_text("a sister of mine")
