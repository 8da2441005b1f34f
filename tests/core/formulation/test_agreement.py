"""Agreement of two raters on problem areas."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from openipt.core.formulation.agreement import FEWEST, Agreement, agreement, rated_pairs


def test_a_table_worked_by_hand() -> None:
    """20 yes-yes, 5 yes-no, 10 no-yes, 15 no-no: 35 of 50 alike, 0.5 by chance, kappa 0.4."""
    pairs = [(True, True)] * 20 + [(True, False)] * 5 + [(False, True)] * 10 + [(False, False)] * 15
    assert agreement(pairs) == Agreement(35, 50, 0.4)


def test_too_few_pairs_have_no_kappa() -> None:
    assert agreement([(True, True)] * (FEWEST - 1)).kappa is None
    assert agreement([]) == Agreement(0, 0, None)


def test_saying_yes_to_everything_is_no_agreement_beyond_chance() -> None:
    assert agreement([(True, True)] * 20) == Agreement(20, 20, None)


PAIRS = st.lists(st.tuples(st.booleans(), st.booleans()), min_size=FEWEST, max_size=80)


@given(PAIRS)
def test_it_does_not_matter_who_is_named_first(pairs: list[tuple[bool, bool]]) -> None:
    assert agreement(pairs) == agreement([(other, one) for one, other in pairs])


@given(PAIRS)
def test_kappa_lies_between_minus_one_and_one_and_is_one_where_all_are_alike(
    pairs: list[tuple[bool, bool]],
) -> None:
    found = agreement(pairs)
    if found.kappa is not None:
        assert -1 <= found.kappa <= 1
        assert (found.kappa == 1) >= (found.alike == found.pairs)


def test_the_last_rating_of_each_rater_counts_and_only_areas_both_rated() -> None:
    def rating(rater: str, area: str, present: object) -> dict:
        return {"rater": rater, "area": area, "present": present}

    ratings = [
        ("e1", rating("therapist", "grief", True)),
        ("e1", rating("supervisor", "grief", True)),
        ("e1", rating("supervisor", "grief", False)),
        ("e1", rating("therapist", "role_dispute", True)),
        ("e2", rating("supervisor", "role_dispute", True)),
        ("e2", rating("therapist", "role_dispute", None)),
        ("e2", rating("client", "grief", True)),
    ]
    assert rated_pairs(ratings) == [(True, False)]
