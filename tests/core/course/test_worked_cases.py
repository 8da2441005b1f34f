"""The four worked cases, session by session: phases, rules and ranking as each case expects."""

from __future__ import annotations

import json
from datetime import date
from functools import cache

import pytest
from tests.shared_data import shared

from openipt import library
from openipt.core.course.known import latest_ranking
from openipt.core.course.rules import RULES, RuleState
from openipt.core.course.status import course_status
from openipt.core.formulation.ranking import Issue, Weights, rank_issues
from openipt.core.portable.cases import from_case

CASES = ("rt-closed-branch", "rd-silent-house", "gr-missed-call", "ipc-new-town")


@cache
def case(name):
    return json.loads((shared("cases") / f"{name}.json").read_text(encoding="utf-8"))


@cache
def course(name):
    return from_case(case(name), record_types=library.record_types()).course()


def held(name):
    return {s["number"]: date.fromisoformat(s["date"]) for s in case(name)["sessions"] if s["number"]}


@cache
def status(name, day):
    return course_status(library.manual(case(name)["adaptation"]), course(name), day)


def on_days(name, on_session):
    days = held(name)
    return list(days.values()) if on_session == "any" else [days[int(on_session)]]


@pytest.mark.parametrize("name", CASES)
def test_phases_are_those_expected(name):
    phases = {str(number): status(name, day).phase for number, day in held(name).items()}
    assert phases == case(name)["expected"]["phase_by_session"]


@pytest.mark.parametrize("name", CASES)
def test_phases_follow_from_the_plan_alone(name):
    """Without any recorded phase the boundaries by length give the same."""
    from dataclasses import replace

    bare = course(name)
    bare = replace(bare, phase_changes=(), meetings=tuple(replace(m, phase="") for m in bare.meetings))
    manual = library.manual(bare.adaptation)
    phases = {str(n): course_status(manual, bare, day).phase for n, day in held(name).items()}
    assert phases == case(name)["expected"]["phase_by_session"]


@pytest.mark.parametrize("name", CASES)
def test_rules_that_must_fire_do(name):
    for expected in case(name)["expected"]["decision_rules_that_must_fire"]:
        assert expected["rule"] in RULES, expected
        results = [status(name, day).rule(expected["rule"]) for day in on_days(name, expected["on_session"])]
        assert all(result.fired for result in results), (expected, results)


@pytest.mark.parametrize("name", CASES)
def test_rules_that_must_not_fire_do_not(name):
    """And they can tell: not knowing would be no answer here."""
    for expected in case(name)["expected"]["decision_rules_that_must_not_fire"]:
        for day in on_days(name, expected["on_session"]):
            result = status(name, day).rule(expected["rule"])
            assert not result.fired, (expected, day, result)


@pytest.mark.parametrize("name", CASES)
def test_no_named_rule_is_left_in_doubt_on_its_session(name):
    rules = case(name)["expected"]["decision_rules_that_must_not_fire"]
    for expected in (rule for rule in rules if rule["on_session"] != "any"):
        [day] = on_days(name, expected["on_session"])
        assert status(name, day).rule(expected["rule"]).state is RuleState.NOT_FIRED, expected


@pytest.mark.parametrize("name", CASES)
def test_every_ranking_equals_the_expected_to_the_decimal(name):
    ranked = {"issues": "expected_ranking", "issues_at_midpoint": "expected_ranking_at_midpoint"}
    for issues, expected in ranked.items():
        if issues in case(name) or issues == "issues":
            _assert_ranked(case(name)[issues], case(name)[expected])


def _assert_ranked(issues, wanted):
    weights = Weights.from_table(library.table("ranking"))
    listed = [Issue(i["id"], i["text"], i["area"], i["factors"], i["evidence"]) for i in issues]
    ranking = rank_issues(listed, weights)
    assert ranking.scores == wanted["scores"]
    assert ranking.equal_weight_scores == wanted["equal_weight_scores"]
    assert list(ranking.order) == wanted["order"]
    assert ranking.close_call == wanted["close_call"]


def test_the_engine_reads_the_ranking_of_its_day():
    rd = course("rd-silent-house")
    assert latest_ranking(rd.as_of(date(2025, 3, 19))).scores == {"i1": 72.2, "i2": 69.4}
    assert latest_ranking(rd.as_of(date(2025, 4, 16))).scores == {"i1": 94.4, "i2": 47.2}


@pytest.mark.parametrize("name", CASES)
def test_remaining_counts_the_present_session_as_held(name):
    for number, day in held(name).items():
        found = status(name, day)
        assert (found.session_number, found.remaining) == (number, case(name)["planned_sessions"] - number)


@pytest.mark.parametrize("name", CASES)
def test_by_the_end_nothing_of_the_cases_plan_was_forgotten(name):
    """Each case did what its manual requires in the initial and the ending phase."""
    last = max(held(name).values())
    overdue = set(status(name, last).overdue)
    assert not {task for task in overdue if task[0] in "AIE"}, overdue
