"""Scoring against a plain second implementation, and the properties a score must have."""

from __future__ import annotations

import csv
import re
from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.core.measures.conftest import shipped
from tests.shared_data import shared

from openipt import library
from openipt.core.measures.definitions import (
    AlertRule,
    Direction,
    EntryWay,
    Item,
    Measure,
    Method,
    MissingRule,
)
from openipt.core.measures.scoring import (
    ASK_ABOUT_SAFETY,
    ScoreAlert,
    answer_alert,
    score,
    score_total,
    total,
)
from openipt.errors import AnswersNotScorable


def band_by_hand(measure_id: str, total: int) -> str:
    """Written out again from the published tables, not read from the content."""
    if measure_id == "ms_gad7":
        return ["minimal", "mild", "moderate", "severe"][min(total // 5, 3)]
    if total >= 20:
        return "severe"
    return ["minimal", "mild", "moderate", "moderately severe"][total // 5]


def all_answer_sets_agree(measure: Measure, expected_count: int) -> None:
    count = 0
    for answers in product((0, 1, 2, 3), repeat=len(measure.items)):
        found = score(measure, answers)
        total = 0
        for answer in answers:
            total = total + answer
        assert found.total == total and found.band == band_by_hand(measure.id, total), answers
        assert not found.prorated and not found.missing
        danger = answers[8] if measure.id == "ms_phq9" else 0
        expected = {0: [], 1: ["warning"], 2: ["warning"], 3: ["critical"]}[danger]
        assert [alert.severity for alert in found.alerts] == expected, answers
        count += 1
    assert count == expected_count


def test_every_complete_phq9_agrees_with_a_plain_sum(phq9: Measure) -> None:
    all_answer_sets_agree(phq9, 262_144)


def test_every_complete_gad7_agrees_with_a_plain_sum(gad7: Measure) -> None:
    all_answer_sets_agree(gad7, 16_384)


def prorated_by_hand(answers: list[int | None]) -> int | None:
    """Person mean times nine, rounded half up, by counting whole points rather than dividing."""
    given_answers = [answer for answer in answers if answer is not None]
    if len(given_answers) < 7:
        return None
    points, whole = sum(given_answers) * 9, 0
    while points >= len(given_answers):
        points, whole = points - len(given_answers), whole + 1
    return whole + 1 if points * 2 >= len(given_answers) else whole


def test_real_answers_agree_with_totals_worked_out_apart(phq9: Measure) -> None:
    """NHANES 2005 to March 2020: codes 7 (refused), 9 (does not know) and blanks are missing answers."""
    complete, agreed, item_9_missing = 0, 0, 0
    with shared("data/nhanes_phq9/phq9_items.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            cells = [row[f"phq{number}"] for number in range(1, 10)]
            answers = [int(cell) if cell in ("0", "1", "2", "3") else None for cell in cells]
            found = score(phq9, answers)
            assert found.total == prorated_by_hand(answers), row["seqn"]
            assert list(found.missing) == [n for n, answer in enumerate(answers, 1) if answer is None]
            complete += None not in answers
            agreed += 1
            if answers[8] is None:
                item_9_missing += 1
                assert [alert.rule for alert in found.alerts] == [ASK_ABOUT_SAFETY]
    assert agreed == 39_685
    assert complete > 30_000 and item_9_missing > 0


def test_two_missing_answers_are_allowed_and_a_third_is_not(phq9: Measure) -> None:
    two = score(phq9, [None, None, 1, 1, 1, 1, 1, 1, 1])
    assert (two.total, two.prorated, two.missing) == (9, True, (1, 2))
    three = score(phq9, [None, None, None, 1, 1, 1, 1, 1, 1])
    assert (three.total, three.band, three.prorated) == (None, None, False)
    assert three.why_no_total == "3 of 9 answers are missing; a total allows 2."


def test_gad7_allows_one_missing_answer(gad7: Measure) -> None:
    assert score(gad7, [2, 2, 2, None, 2, 2, 2]).total == 14
    assert score(gad7, [2, 2, None, None, 2, 2, 2]).total is None


def test_a_prorated_total_rounds_half_up(phq9: Measure, gad7: Measure) -> None:
    # 4 points on 8 items: 4.5 on nine. 3 points on 6 items: 3.5 on seven.
    assert score(phq9, [1, 1, 1, 1, 0, 0, 0, None, 0]).total == 5
    assert score(gad7, [1, 1, 1, 0, 0, 0, None]).total == 4


def test_a_missing_item_9_is_not_known_and_asks_about_safety(phq9: Measure) -> None:
    found = score(phq9, [2, 2, 2, 2, 2, 2, 2, 2, None])
    assert found.total == 18
    assert found.alerts == (ScoreAlert(ASK_ABOUT_SAFETY, "warning", 9),)


def test_item_9_raises_its_alert_even_without_a_total(phq9: Measure) -> None:
    found = score(phq9, [None] * 8 + [3])
    assert found.total is None
    assert found.alerts == (ScoreAlert("DR-01", "critical", 9, 3),)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (0, None),
        (1, ScoreAlert("DR-01", "warning", 9, 1)),
        (2, ScoreAlert("DR-01", "warning", 9, 2)),
        (3, ScoreAlert("DR-01", "critical", 9, 3)),
        (None, ScoreAlert(ASK_ABOUT_SAFETY, "warning", 9)),
    ],
)
def test_one_answer_is_judged_the_moment_it_is_chosen(
    phq9: Measure, answer: int | None, expected: ScoreAlert | None
) -> None:
    assert answer_alert(phq9, 9, answer) == expected
    assert answer_alert(phq9, 1, answer) is None


def test_answers_out_of_range_are_named_by_item(phq9: Measure) -> None:
    with pytest.raises(AnswersNotScorable, match="item 2 takes 0 to 3, item 9 takes 0 to 3"):
        score(phq9, [0, 4, 0, 0, 0, 0, 0, 0, -1])
    with pytest.raises(AnswersNotScorable, match="has 9 items; 8 answers"):
        score(phq9, [0] * 8)
    with pytest.raises(AnswersNotScorable, match="item 1"):
        score(phq9, [True, 0, 0, 0, 0, 0, 0, 0, 0])


def test_no_answer_at_all_has_no_total(phq9: Measure) -> None:
    assert score(phq9, [None] * 9).total is None


@given(st.sampled_from(["ms_phq9", "ms_gad7", "ms_pcl5", "ms_hark", "ms_alliance3"]), st.data())
def test_the_total_alone_is_that_of_the_whole_score(measure_id: str, data: st.DataObject) -> None:
    measure = library.measure(measure_id)
    answer = st.none() | st.integers(-1, 11)
    answers = data.draw(st.lists(answer, min_size=len(measure.items), max_size=len(measure.items) + 1))
    try:
        whole = score(measure, answers).total
    except AnswersNotScorable as refused:
        with pytest.raises(AnswersNotScorable, match=re.escape(str(refused))):
            total(measure, answers)
    else:
        assert total(measure, answers) == whole


@given(st.sampled_from(["ms_phq9", "ms_gad7", "ms_pcl5", "ms_auditc", "ms_phq2"]), st.data())
def test_a_worse_answer_never_lowers_a_score_or_its_band(measure_id: str, data: st.DataObject) -> None:
    measure = shipped()[measure_id]
    options = st.one_of(st.none(), st.integers(measure.items[0].lowest, measure.items[0].highest))
    answers = data.draw(st.lists(options, min_size=len(measure.items), max_size=len(measure.items)))
    raisable = [
        n for n, answer in enumerate(answers) if answer is not None and answer < measure.items[n].highest
    ]
    if not raisable:
        return
    which = data.draw(st.sampled_from(raisable))
    worse = [answer + 1 if n == which and answer is not None else answer for n, answer in enumerate(answers)]
    before, after = score(measure, answers), score(measure, worse)
    assert (before.total is None) == (after.total is None)
    if before.total is not None and after.total is not None:
        assert after.total >= before.total
        order = [band.key for band in measure.bands]
        if order:
            assert order.index(str(after.band)) >= order.index(str(before.band))


def made(**changes: object) -> Measure:
    """An invented measure of three items, 0 to 3."""
    plain = Measure(
        id="ms_invented",
        version="1",
        title="Invented",
        full_title="Invented",
        purpose="Tests",
        licence=shipped()["ms_prr"].licence,
        licence_note="",
        citation="",
        entry=EntryWay.ITEMS,
        method=Method.SUM,
        direction=Direction.HIGHER_IS_WORSE,
        lowest=0,
        highest=9,
        items=tuple(Item(number, 0, 3) for number in (1, 2, 3)),
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def test_a_reversed_item_counts_from_the_other_end_and_alerts_on_what_it_counts() -> None:
    items = (Item(1, 0, 3), Item(2, 0, 3, reversed=True, alert=AlertRule("DR-01", 1, 3)), Item(3, 0, 3))
    measure = made(items=items)
    assert score(measure, [1, 0, 1]).total == 5
    assert score(measure, [1, 0, 1]).alerts == (ScoreAlert("DR-01", "critical", 2, 3),)
    assert score(measure, [1, 3, 1]).alerts == ()


def test_a_range_that_starts_at_one_stays_as_it_is() -> None:
    assert score(shipped()["ms_ucla3"], [2, 2, 2]).total == 6
    assert score(shipped()["ms_osss3"], [2, 3, 3]).as_json()["band"] == "poor"
    with pytest.raises(AnswersNotScorable, match="item 1 takes 1 to 4"):
        score(shipped()["ms_osss3"], [5, 5, 5])


def test_a_multiplied_total() -> None:
    measure = made(multiplier=4, highest=36, missing=MissingRule(1))
    assert score(measure, [1, 2, 3]).total == 24
    assert score(measure, [1, 2, None]).total == 20  # 4.5 rounds up to 5 before it is multiplied


def test_a_mean_keeps_two_decimals() -> None:
    assert score(shipped()["ms_alliance3"], [6, 6, 8]).total == 6.67
    assert score(shipped()["ms_alliance3"], [6, None, 8]).total is None
    assert score(shipped()["ms_prr"], [4]).total == 4


def test_one_yes_on_hark_raises_its_rule_whatever_is_missing() -> None:
    hark = shipped()["ms_hark"]
    assert score(hark, [0, 0, 0, 0]).alerts == ()
    assert score(hark, [0, 1, 0, 0]).alerts == (ScoreAlert("DR-06", "critical", None, 1),)
    unsure = score(hark, [None, 1, 0, None])
    assert unsure.total is None and [alert.rule for alert in unsure.alerts] == ["DR-06"]
    assert [alert.rule for alert in score(hark, [0, 0, None, 0]).alerts] == [ASK_ABOUT_SAFETY]


def test_the_highest_yes_counts() -> None:
    measure = made(items=tuple(Item(n, 0, 1) for n in (1, 2, 3)), method=Method.HIGHEST, highest=3)
    assert score(measure, [0, 1, 0]).total == 2
    assert score(measure, [0, 0, 0]).total == 0


def test_a_total_of_an_outside_form(phq9: Measure) -> None:
    found = score_total(phq9, 12)
    assert (found.total, found.band) == (12, "moderate")
    assert [(alert.rule, alert.item) for alert in found.alerts] == [(ASK_ABOUT_SAFETY, 9)]
    assert [(a.rule, a.severity) for a in score_total(shipped()["ms_cssrs"], 4).alerts] == [
        ("DR-01", "critical")
    ]
    assert [(a.rule, a.severity) for a in score_total(shipped()["ms_cssrs"], 3).alerts] == [
        ("DR-01", "warning")
    ]
    assert score_total(shipped()["ms_epds"], 8).alerts[0].rule == ASK_ABOUT_SAFETY
    for impossible in (28, -1, float("nan"), float("inf")):
        with pytest.raises(AnswersNotScorable, match="not a possible total"):
            score_total(phq9, impossible)
    assert score_total(shipped()["ms_iip32"], 40).total == 40
    with pytest.raises(AnswersNotScorable, match="not a possible total"):
        score_total(shipped()["ms_iip32"], float("nan"))


def test_each_way_in_is_kept_to() -> None:
    with pytest.raises(AnswersNotScorable, match="as a total only"):
        score(shipped()["ms_wsas"], [0, 0, 0, 0, 0])
    with pytest.raises(AnswersNotScorable, match="item by item"):
        score_total(shipped()["ms_prr"], 3)


def test_an_item_that_never_counts_follows_the_scored_ones_and_raises_nothing(phq9: Measure) -> None:
    assert list(phq9.extra_numbers) == [10]
    assert [phq9.extra_item(number) is None for number in (0, 1, 9, 10, 11)] == [
        True,
        True,
        True,
        False,
        True,
    ]
    assert [list(phq9.takes(number)) for number in (0, 9, 10, 11)] == [[], [0, 1, 2, 3], [0, 1, 2, 3], []]
    assert [answer_alert(phq9, 10, answer) for answer in (None, 0, 3)] == [None, None, None]
    assert [option.label for option in phq9.options(10)][3] == "Extremely difficult"
    with pytest.raises(AnswersNotScorable):
        score(phq9, [1] * 10)


def test_it_is_wanted_only_where_something_was_chosen(phq9: Measure) -> None:
    (difficulty,) = phq9.extra_items
    assert not difficulty.is_wanted([0] * 9)
    assert not difficulty.is_wanted([None] * 9)
    assert difficulty.is_wanted([None, 0, 1])
