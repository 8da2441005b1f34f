"""What agreeing on a focus or an order asks for, and the last day of a contract."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from openipt import library
from openipt.core.course.agreeing import last_day, order_differs, reasons_asked
from openipt.core.course.course import Answers, Course, Entry

TODAY = date(2026, 3, 2)
MANUAL = library.manual("ipt_acute")


def course(*entries: Entry) -> Course:
    return Course("ipt_acute", "1", 16, started_on=date(2026, 1, 5), entries=entries)


def asked(known: Course, record: str, values: dict, on: date = TODAY) -> tuple[str, ...]:
    return reasons_asked(MANUAL, known, Entry(record, on, values, order=99), TODAY)


def test_more_than_two_areas_ask_for_a_reason():
    three = ["grief", "role_dispute", "role_transition"]
    assert asked(course(), "rec_contract", {"focus": three}) == ("3 areas are chosen; 2 at most.",)
    assert asked(course(), "rec_contract", {"focus": three[:2]}) == ()


def test_sensitivity_beside_an_issue_that_scores_fifty_asks_for_a_reason():
    factors = {"f_link": 3, "f_priority": 3, "f_severity": 2, "f_affect": 2, "f_change": 2}
    ranked = Entry("rec_issue_ranking", TODAY, {"issue": "i1", "area": "grief", "factors": factors})
    values = {"problem_area": ["interpersonal_sensitivity"], "agreement": "agree"}
    (why,) = asked(course(ranked), "rec_formulation", values)
    assert why == "Sensitivity is chosen while another issue scores 83.3."


def test_a_second_focus_asks_for_a_reason_until_the_first_is_resolved():
    first = Entry("rec_contract", date(2026, 1, 19), {"focus": ["grief"]}, order=1)
    both = {"focus": ["grief", "role_dispute"]}
    rated = course(first)
    for rating, asks in ((3, True), (4, False)):
        answers = Answers("ms_prr", date(2026, 2, 23), items=(rating,), total=rating)
        found = asked(replace(rated, answers=(answers,)), "rec_contract", both)
        assert bool(found) is asks, rating
    assert asked(rated, "rec_contract", {"focus": ["role_dispute"]}) == ()  # the first was dropped


def test_what_chooses_nothing_or_is_no_longer_the_choice_asks_for_nothing():
    three = ["grief", "role_dispute", "role_transition"]
    assert asked(course(), "rec_formulation", {"problem_area": three, "agreement": "no"}) == ()
    stands = Entry("rec_contract", date(2026, 2, 23), {"focus": ["grief"]}, order=1)
    assert asked(course(stands), "rec_contract", {"focus": three}, on=date(2026, 2, 16)) == ()
    against = Entry("rec_contract", date(2026, 2, 23), {"focus": three}, order=1)
    assert asked(course(against), "rec_formulation", {"event": "the branch closed"}) == ()


def test_another_place_than_by_score_asks_for_a_reason():
    assert order_differs(1, 2)
    assert not order_differs(2, 2)
    assert not order_differs(None, 1)
    assert not order_differs(1, None)


def test_the_last_day_follows_from_number_and_frequency():
    first = date(2026, 1, 5)
    assert last_day(first, 16) == date(2026, 4, 20)
    assert last_day(first, 1) == first
    assert last_day(first, 3, "fortnightly") == date(2026, 2, 2)
    assert last_day(first, 3, "twice_weekly") == date(2026, 1, 12)
