"""Reliable change of one measure."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from tests.core.measures.conftest import shipped

from openipt.core.measures.change import ReliableChange, improvement, reliable_change


def test_six_points_of_phq9_and_four_of_gad7_are_reliable() -> None:
    phq9, gad7 = shipped()["ms_phq9"], shipped()["ms_gad7"]
    assert reliable_change(phq9, 16, 10) is ReliableChange.IMPROVED
    assert reliable_change(phq9, 16, 11) is ReliableChange.NONE
    assert reliable_change(phq9, 10, 16) is ReliableChange.DETERIORATED
    assert reliable_change(gad7, 10, 6) is ReliableChange.IMPROVED
    assert reliable_change(gad7, 10, 7) is ReliableChange.NONE


def test_a_measure_without_an_index_says_nothing() -> None:
    assert reliable_change(shipped()["ms_osss3"], 3, 14) is None


def test_better_is_up_where_higher_is_better() -> None:
    assert improvement(shipped()["ms_osss3"], 6, 9) == 3
    assert improvement(shipped()["ms_phq9"], 6, 9) == -3


@given(st.integers(0, 27), st.integers(0, 27))
def test_there_and_back_are_mirror_images(before: int, after: int) -> None:
    mirror = {
        ReliableChange.IMPROVED: ReliableChange.DETERIORATED,
        ReliableChange.DETERIORATED: ReliableChange.IMPROVED,
        ReliableChange.NONE: ReliableChange.NONE,
    }
    there = reliable_change(shipped()["ms_phq9"], before, after)
    assert there is not None
    assert reliable_change(shipped()["ms_phq9"], after, before) is mirror[there]
