"""The expected-course line of 15.3."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openipt.core.outcomes.expected import above_expected, expected_course


@pytest.mark.parametrize(("session", "total"), [(1, 18.0), (4, 13.5), (8, 11.25), (16, 9.0)])
def test_the_worked_example(session: int, total: float) -> None:
    assert expected_course(18, 16, session) == pytest.approx(total)


def test_shorter_plans_expect_less_and_the_shortest_have_no_line() -> None:
    assert expected_course(20, 12, 12) == pytest.approx(10)
    assert expected_course(20, 11, 11) == pytest.approx(12)
    assert expected_course(20, 6, 6) == pytest.approx(12)
    assert expected_course(20, 5, 3) is None
    assert expected_course(20, 12, 0) is None


def test_two_totals_of_the_worked_dispute_stand_above_the_band() -> None:
    """From the worked case rd-silent-house: start 16, 14 planned."""
    assert above_expected(16, 14, 5, 18) is True
    assert above_expected(16, 14, 6, 17) is True
    assert above_expected(16, 14, 7, 16) is False


def test_strictly_above_and_only_from_a_case() -> None:
    assert above_expected(18, 16, 1, 24) is False
    assert above_expected(18, 16, 1, 25) is True
    assert above_expected(9, 16, 8, 27) is None
    assert above_expected(18, 5, 3, 27) is None


@given(st.integers(0, 27), st.integers(6, 40))
def test_the_line_only_falls(start: int, planned: int) -> None:
    line = [expected_course(start, planned, session) for session in range(1, planned + 3)]
    assert all(a is not None and b is not None and b <= a for a, b in zip(line, line[1:], strict=False))
    assert line[0] == start and line[-1] == line[planned - 1]
