"""The service's own line: it finds the fall that made the data, by a second way of reckoning too."""

from __future__ import annotations

import random
from math import log

import pytest
from hypothesis import given
from hypothesis import strategies as some

from openipt.core.outcomes.expected import expected_course, expected_fall
from openipt.core.outcomes.fitted import CASES_NEEDED, Case, fitted_course, plan_class


def service(fall: float, cases: int, *, planned: int = 16, noise: float = 3.0, leaving: float = 0.0, seed=7):
    """A made-up service whose courses fall by `fall`, give or take, and some of which end early."""
    chance = random.Random(seed)
    found = []
    for _ in range(cases):
        start = chance.randint(10, 26)
        last = planned if chance.random() >= leaving else chance.randint(4, planned)
        own = chance.gauss(fall, 0.12)
        totals = {1: float(start)}
        for session in range(2, last + 1):
            line = start * (1 - own * log(session) / log(planned))
            totals[session] = min(27.0, max(0.0, line + chance.gauss(0, noise)))
        found.append(Case(planned, totals))
    return found


def by_search(cases: list[Case]) -> float:
    """The same fall found slowly: the one of a fine ladder from which the scores lie least far away."""

    def far(fall: float) -> float:
        return sum(
            (total - start * (1 - fall * log(session) / log(case.planned))) ** 2
            for case in cases
            if (start := case.totals.get(1, case.totals.get(0, 0.0))) >= 10
            and case.planned >= 6
            and any(4 <= session <= case.planned for session in case.totals)
            for session, total in case.totals.items()
            if 1 < session <= case.planned
        )

    low, high = -1.0, 2.0
    for _ in range(60):  # the sum of squares has one valley
        third = (high - low) / 3
        if far(low + third) < far(high - third):
            high -= third
        else:
            low += third
    return (low + high) / 2


@pytest.mark.parametrize("fall", [0.0, 0.25, 0.4, 0.5, 0.62])
@pytest.mark.parametrize("planned", [6, 8, 12, 16, 20])
def test_the_fall_that_made_the_data_is_found(fall: float, planned: int) -> None:
    found = fitted_course(service(fall, 300, planned=planned, noise=2.0), planned)
    assert found is not None
    # Scores are cut at 0 and 27, so a great fall is seen a little smaller than it was made.
    assert found.fall == pytest.approx(fall, abs=0.03)
    assert found.cases == 300
    assert found.scores == 300 * (planned - 1)


def test_leaving_early_does_not_move_the_line_by_itself() -> None:
    staying, leaving = service(0.45, 400), service(0.45, 400, leaving=0.4)
    one, other = fitted_course(staying, 16), fitted_course(leaving, 16)
    assert one is not None
    assert other is not None
    assert other.scores < one.scores
    assert other.fall == pytest.approx(one.fall, abs=0.03)


@given(
    some.lists(
        some.builds(
            Case,
            some.integers(6, 24),
            some.dictionaries(some.integers(0, 26), some.integers(0, 27), min_size=2, max_size=14),
        ),
        min_size=1,
        max_size=12,
    )
)
def test_a_plain_search_finds_the_same(cases: list[Case]) -> None:
    for planned in (8, 16):
        alike = [case for case in cases if case.counts and plan_class(case.planned) == plan_class(planned)]
        found = fitted_course(cases, planned, needed=1)
        assert (found is None) == (not alike)
        if found is not None and -0.9 < found.fall < 1.9:
            assert found.fall == pytest.approx(by_search(alike), abs=1e-6)


def test_there_is_no_line_before_the_two_hundredth_case() -> None:
    cases = service(0.5, CASES_NEEDED)
    assert fitted_course(cases[:-1], 16) is None
    assert fitted_course(cases, 16) is not None


def test_plans_of_another_length_do_not_count() -> None:
    """15.3 expects another fall of short plans: 11 sessions are short, 12 are long."""
    assert plan_class(5) is None
    assert plan_class(6) == plan_class(11) == (6, 11)
    assert plan_class(12) == plan_class(30) == (12, None)
    mixed = service(0.3, 200, planned=8) + service(0.6, 200, planned=16)
    short, long = fitted_course(mixed, 6), fitted_course(mixed, 20)
    assert short is not None
    assert long is not None
    assert short.fall == pytest.approx(0.3, abs=0.03)
    assert long.fall == pytest.approx(0.6, abs=0.04)
    assert fitted_course(mixed, 5) is None


@pytest.mark.parametrize(
    ("case", "counts"),
    [
        (Case(16, {1: 10.0, 4: 8.0}), True),
        (Case(16, {0: 10.0, 4: 8.0}), True),  # no score of session 1: the baseline is the start (22.1)
        (Case(16, {1: 9.0, 4: 8.0}), False),  # no case at the start
        (Case(16, {0: 20.0, 1: 9.0, 4: 8.0}), False),  # session 1 goes before the baseline
        (Case(16, {1: 10.0, 3: 8.0}), False),  # left before session 4
        (Case(5, {1: 10.0, 4: 8.0}), False),  # no line of so short a plan
        (Case(6, {1: 10.0, 7: 8.0}), False),  # beyond the plan there is no line to hold it to
        (Case(16, {4: 8.0}), False),  # the start is not known
    ],
)
def test_what_makes_a_case(case: Case, counts: bool) -> None:
    assert case.counts is counts


def test_how_sure_the_fall_is() -> None:
    """More cases, a smaller error; and it holds the truth in about 95 of 100 services."""
    few, many = fitted_course(service(0.5, 200), 16), fitted_course(service(0.5, 800), 16)
    assert few is not None
    assert many is not None
    assert many.error < few.error * 0.7
    hits = 0
    for seed in range(60):
        found = fitted_course(service(0.4, 200, planned=8, noise=1.5, seed=seed), 8)
        assert found is not None
        low, high = found.between
        hits += low <= 0.4 <= high
    assert hits >= 52


def test_the_share_above_the_band_is_told() -> None:
    calm = fitted_course(service(0.5, 200, noise=1.0), 16)
    wild = fitted_course(service(0.5, 200, noise=7.0), 16)
    assert calm is not None
    assert wild is not None
    assert calm.above < 0.02
    assert 0.05 < wild.above < 0.4


def test_the_fitted_fall_goes_into_the_line_of_15_3() -> None:
    assert expected_fall(16) == 0.5
    assert expected_fall(6) == 0.4
    assert expected_fall(5) is None
    assert expected_course(18, 16, 4, 0.3) == pytest.approx(18 * (1 - 0.3 * 0.5))
    assert expected_course(18, 16, 4) == pytest.approx(13.5)
    assert expected_course(18, 5, 4, 0.3) is None
