"""The change categories, against the worked cases and the rules of the table."""

from __future__ import annotations

import json

import pytest
from tests.core.measures.conftest import shipped
from tests.shared_data import shared

from openipt.core.outcomes.change import ChangeCategories, Totals, change_categories, fall_percent

CASES = ("rt-closed-branch", "rd-silent-house", "gr-missed-call", "ipc-new-town")


def between(start: tuple[int | None, int | None], end: tuple[int | None, int | None]) -> ChangeCategories:
    measures = shipped()
    return change_categories(Totals(*start), Totals(*end), phq9=measures["ms_phq9"], gad7=measures["ms_gad7"])


@pytest.mark.parametrize("name", CASES)
def test_the_worked_cases_come_out_as_expected(name: str) -> None:
    """Totals are scored from the item answers of the first and last held session, not taken as given."""
    from openipt.core.measures.scoring import score

    case = json.loads(shared(f"cases/{name}.json").read_text("utf-8"))
    held = [s for s in case["sessions"] if (s["number"] or 0) >= 1]
    pairs = [
        tuple(int(score(shipped()[m], s["measures"][m]).total or 0) for m in ("ms_phq9", "ms_gad7"))
        for s in (held[0], held[-1])
    ]
    assert between(pairs[0], pairs[1]).as_json() == case["expected"]["change_categories"]


def test_a_reliable_rise_on_the_other_measure_cancels_an_improvement() -> None:
    found = between((18, 6), (12, 10))
    assert found.reliable_improvement.value is False
    assert found.reliable_deterioration.value is False
    assert found.no_reliable_change.value is True


def test_one_measure_is_enough_where_the_other_stays() -> None:
    assert between((18, 8), (12, 8)).reliable_improvement.value is True
    assert between((12, 8), (18, 8)).reliable_deterioration.value is True
    assert between((12, 8), (7, 5)).no_reliable_change.value is True


def test_recovery_needs_both_below_their_cut_offs() -> None:
    assert between((15, 9), (9, 7)).recovery.value is True
    assert between((15, 9), (9, 8)).recovery.value is False
    assert between((9, 7), (2, 2)).recovery.value is False
    assert between((9, 8), (9, 7)).recovery.value is True
    assert between((10, 7), (9, 7)).reliable_recovery.value is False


def test_response_remission_and_the_original_rule() -> None:
    found = between((18, 5), (9, 5))
    assert (found.response.value, found.remission.value, found.clinically_significant.value) == (
        True,
        False,
        True,
    )
    found = between((21, 5), (10, 5))
    assert (found.response.value, found.clinically_significant.value) == (True, False)
    assert between((17, 5), (9, 5)).response.value is False  # 47 %
    assert between((10, 5), (4, 5)).remission.value is True


def test_what_is_not_known_is_not_called_no() -> None:
    found = between((18, None), (4, None))
    assert found.case_at_start.value is True
    assert found.case_at_end.value is None
    assert found.recovery.value is None
    assert found.reliable_improvement.value is None
    assert found.reliable_deterioration.value is False
    assert found.response.value is True
    nothing = between((None, None), (None, None))
    assert {answer.value for answer in nothing.answers().values()} == {None}


def test_each_answer_carries_its_rule_in_words() -> None:
    answers = between((18, 9), (4, 3)).answers()
    assert len(answers) == 10
    assert "PHQ-9 10 or more, or GAD-7 8 or more" in answers["case_at_start"].rule
    assert "(PHQ-9 6, GAD-7 4)" in answers["reliable_improvement"].rule


def test_fall_in_percent() -> None:
    assert fall_percent(16, 6) == 62.5
    assert fall_percent(10, 12) == -20.0
    assert fall_percent(0, 0) is None
    assert fall_percent(None, 3) is None
