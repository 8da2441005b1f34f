"""What became of each issue from one ranking to the next (ipt.md 7.3 step 9)."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from openipt.core.formulation.ranking import WEIGHTS, Issue, RankChange, rank_changes, rank_issues

FACTORS = ("f_link", "f_priority", "f_severity", "f_affect", "f_change")


def issue(name: str, *ratings: int, area: str = "role_dispute") -> Issue:
    return Issue(name, name, area, dict(zip(FACTORS, ratings, strict=False)))


def ranked(*issues: Issue):
    return rank_issues(issues, WEIGHTS)


def test_a_rating_that_fell_moves_the_issue_down_and_says_which() -> None:
    before = ranked(issue("a", 3, 2, 3, 2, 2), issue("b", 1, 3, 2, 3, 1))
    after = ranked(issue("a", 3, 2, 0, 0, 0), issue("b", 1, 3, 2, 3, 1))
    assert rank_changes(before, after) == (
        RankChange("b", 2, 1, 66.7, 66.7, ()),
        RankChange("a", 1, 2, 80.6, 41.7, (("f_severity", 3, 0), ("f_affect", 2, 0), ("f_change", 2, 0))),
    )


def test_one_that_came_and_one_that_left() -> None:
    before = ranked(issue("a", 3, 2, 3, 2, 2))
    after = ranked(issue("b", 1, 3, 2, 3, 1))
    came, left = rank_changes(before, after)
    assert (came.issue, came.rank_before, came.rank_after) == ("b", None, 1)
    assert (left.issue, left.rank_before, left.rank_after) == ("a", 1, None)


ISSUES = st.lists(st.tuples(*[st.integers(0, 3)] * 5), min_size=0, max_size=6).map(
    lambda rows: [issue(f"i{n}", *row) for n, row in enumerate(rows)]
)


@given(ISSUES)
def test_nothing_changed_is_nothing(issues: list[Issue]) -> None:
    assert rank_changes(ranked(*issues), ranked(*reversed(issues))) == ()


@given(ISSUES, ISSUES)
def test_every_issue_at_most_once_and_backwards_the_same(one: list[Issue], other: list[Issue]) -> None:
    there = rank_changes(ranked(*one), ranked(*other))
    back = {change.issue: change for change in rank_changes(ranked(*other), ranked(*one))}
    assert len({change.issue for change in there}) == len(there) == len(back)
    for change in there:
        mirror = back[change.issue]
        assert (change.rank_before, change.score_before) == (mirror.rank_after, mirror.score_after)
        assert {(name, new, old) for name, old, new in mirror.factors} == set(change.factors)
