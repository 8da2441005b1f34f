"""Ranking issues (ipt.md 7): the worked check, the gates, and what must not depend on typing."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openipt.core.formulation.ranking import Issue, Weights, rank_issues

WEIGHTS = Weights({"f_link": 3, "f_priority": 3, "f_severity": 2, "f_affect": 2, "f_change": 2})
FACTORS = tuple(WEIGHTS.factors)


def issue(id: str, *ratings: int | None, area: str = "role_dispute", safety: int = 0) -> Issue:
    return Issue(id, f"issue {id}", area, {**dict(zip(FACTORS, ratings, strict=True)), "f_safety": safety})


def test_the_worked_check_of_the_reference():
    ranking = rank_issues([issue("B", 1, 3, 2, 3, 1), issue("A", 3, 2, 3, 2, 2)], WEIGHTS)
    assert ranking.scores == {"A": 80.6, "B": 66.7}
    assert ranking.equal_weight_scores == {"A": 80.0, "B": 66.7}
    assert (ranking.order, ranking.gap, ranking.close_call) == (("A", "B"), 13.9, False)
    assert ranking.proposed == "A"


def test_four_of_five_factors_are_enough_and_only_rated_ones_count():
    ranking = rank_issues([issue("A", 3, 3, 3, 3, None)], WEIGHTS)
    assert ranking.scores == {"A": 100.0}


def test_three_rated_factors_give_no_score_but_say_why():
    ranking = rank_issues([issue("A", 3, 3, 3, None, None), issue("B", 1, 1, 1, 1, 1)], WEIGHTS)
    assert ranking.order == ("B",)
    assert ranking.ranked[1].score is None
    assert "at least 4" in ranking.ranked[1].why_not_scored


def test_less_than_eight_points_apart_is_a_close_call():
    ranking = rank_issues([issue("i1", 2, 2, 2, 3, 2), issue("i2", 3, 2, 2, 1, 2)], WEIGHTS)
    assert ranking.close_call
    assert ranking.gap == 2.8


def test_another_first_with_equal_weights_is_a_close_call():
    ranking = rank_issues([issue("A", 3, 3, 1, 1, 0), issue("B", 0, 2, 3, 3, 2)], WEIGHTS)
    assert ranking.order[0] == "A"
    assert ranking.equal_weight_scores["B"] > ranking.equal_weight_scores["A"]
    assert ranking.close_call


def test_present_concern_about_safety_is_not_proposed_by_score_alone():
    ranking = rank_issues([issue("A", 3, 3, 3, 3, 3, safety=2), issue("B", 1, 1, 1, 1, 1)], WEIGHTS)
    assert ranking.order == ("A", "B")
    assert ranking.proposed == "B"
    assert ranking.safety_first == ("A",)
    assert any("safety comes first" in reason for reason in ranking.reasons)


@pytest.mark.parametrize(
    ("other", "score", "proposed"), [((1, 2, 1, 1, 2), 47.2, "S"), ((2, 2, 2, 1, 1), 55.6, "D")]
)
def test_sensitivity_is_proposed_only_when_nothing_else_reaches_fifty(other, score, proposed):
    sensitivity = issue("S", 3, 3, 3, 3, 3, area="interpersonal_sensitivity")
    ranking = rank_issues([sensitivity, issue("D", *other)], WEIGHTS)
    assert (ranking.scores["D"], ranking.proposed) == (score, proposed)


def test_exactly_fifty_counts_as_reached():
    exactly = issue("D", 2, 2, 1, 1, 1)
    sensitivity = issue("S", 3, 3, 3, 3, 3, area="interpersonal_sensitivity")
    assert rank_issues([sensitivity, exactly], WEIGHTS).scores["D"] == 50.0
    assert rank_issues([sensitivity, exactly], WEIGHTS).proposed == "D"


def test_only_an_issue_of_another_area_speaks_against_sensitivity():
    """Two issues of sensitivity above fifty and nothing else: the higher one is proposed (ipt.md 2, 7.3)."""
    higher = issue("S", 3, 3, 3, 3, 3, area="interpersonal_sensitivity")
    lower = issue("T", 2, 2, 2, 2, 2, area="interpersonal_sensitivity")
    assert rank_issues([higher, lower], WEIGHTS).proposed == "S"


def test_a_tie_goes_to_the_clients_priority_then_to_the_link():
    by_priority = rank_issues([issue("A", 3, 2, 1, 1, 1), issue("B", 2, 3, 1, 1, 1)], WEIGHTS)
    assert by_priority.scores["A"] == by_priority.scores["B"]
    assert by_priority.order == ("B", "A")
    by_change = rank_issues([issue("A", 2, 2, 2, 1, 1), issue("B", 2, 2, 1, 1, 2)], WEIGHTS)
    assert by_change.order == ("B", "A")


def test_at_most_six_issues_and_each_with_its_own_id():
    with pytest.raises(ValueError, match="at most 6"):
        rank_issues([issue(str(n), 1, 1, 1, 1, 1) for n in range(7)], WEIGHTS)
    with pytest.raises(ValueError, match="id of its own"):
        rank_issues([issue("A", 1, 1, 1, 1, 1)] * 2, WEIGHTS)
    with pytest.raises(ValueError, match="0, 1, 2 or 3"):
        issue("A", 4, 1, 1, 1, 1)


ratings = st.one_of(st.none(), st.integers(0, 3))
issues = st.lists(
    st.tuples(ratings, ratings, ratings, ratings, ratings, st.integers(0, 3), st.booleans()), max_size=6
).map(
    lambda rows: [
        issue(
            f"i{n}",
            *row[:5],
            safety=row[5],
            area="interpersonal_sensitivity" if row[6] else "role_transition",
        )
        for n, row in enumerate(rows)
    ]
)


@given(issues, st.randoms(use_true_random=False))
def test_the_order_of_typing_does_not_matter(listed, chance):
    shuffled = list(listed)
    chance.shuffle(shuffled)
    assert rank_issues(shuffled, WEIGHTS) == rank_issues(listed, WEIGHTS)


@given(issues)
def test_a_plain_second_computation_agrees(listed):
    for entry in rank_issues(listed, WEIGHTS).ranked:
        rated = {f: r for f in FACTORS if (r := entry.issue.factors[f]) is not None}
        if len(rated) < 4:
            assert entry.score is None
            continue
        top = sum(WEIGHTS.factors[f] * r for f, r in rated.items())
        bottom = 3 * sum(WEIGHTS.factors[f] for f in rated)
        assert abs(Fraction(100 * top, bottom) - Fraction(str(entry.score))) <= Fraction(5, 100)
        assert 0 <= entry.score <= 100


@given(issues)
def test_multiplying_every_weight_changes_nothing(listed):
    tenfold = Weights({factor: 10 * weight for factor, weight in WEIGHTS.factors.items()})
    assert rank_issues(listed, tenfold) == rank_issues(listed, WEIGHTS)


@given(issues)
def test_a_gated_issue_is_never_proposed(listed):
    ranking = rank_issues(listed, WEIGHTS)
    assert ranking.proposed not in ranking.safety_first
