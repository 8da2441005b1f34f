"""What agreeing on a focus asks for, and the last day of a contract."""

from __future__ import annotations

from datetime import date

from openipt import library
from openipt.core.course.agreeing import last_day, reasons_asked
from openipt.core.course.course import Course, Entry

TODAY = date(2026, 3, 2)
MANUAL = library.manual("ipt_acute")


def course(*entries: Entry) -> Course:
    return Course("ipt_acute", "1", 16, started_on=date(2026, 1, 5), entries=entries)


def test_more_than_two_areas_ask_for_a_reason():
    values = {"focus": ["grief", "role_dispute", "role_transition"]}
    assert reasons_asked(MANUAL, course(), TODAY, "rec_contract", values) == (
        "3 areas are chosen; 2 at most.",
    )
    two = {"focus": ["grief", "role_dispute"]}
    assert reasons_asked(MANUAL, course(), TODAY, "rec_contract", two) == ()


def test_sensitivity_beside_an_issue_that_scores_fifty_asks_for_a_reason():
    factors = {"f_link": 3, "f_priority": 3, "f_severity": 2, "f_affect": 2, "f_change": 2}
    ranked = Entry("rec_issue_ranking", TODAY, {"issue": "i1", "area": "grief", "factors": factors})
    values = {"problem_area": ["interpersonal_sensitivity"], "agreement": "agree"}
    (why,) = reasons_asked(MANUAL, course(ranked), TODAY, "rec_formulation", values)
    assert why == "Sensitivity is chosen while another issue scores 83.3."


def test_the_last_day_follows_from_number_and_frequency():
    first = date(2026, 1, 5)
    assert last_day(first, 16) == date(2026, 4, 20)
    assert last_day(first, 1) == first
    assert last_day(first, 3, "fortnightly") == date(2026, 2, 2)
    assert last_day(first, 3, "twice_weekly") == date(2026, 1, 12)
