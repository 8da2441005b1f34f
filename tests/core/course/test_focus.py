"""Rules read a model without a formulation by its own focus, and its own ending."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from openipt import library
from openipt.cli.course import read_episode
from openipt.core.course.course import Course
from openipt.core.course.rules import rule_result
from openipt.core.course.transitions import exit_criteria

DIT = library.manual("dit")


@pytest.fixture(scope="module")
def course() -> Course:
    return read_episode(str(Path(__file__).parents[3] / "docs/examples/dit.json"), to_keep=True).course()


def without(course: Course, record: str) -> Course:
    return replace(course, entries=tuple(entry for entry in course.entries if entry.record != record))


@pytest.mark.parametrize(
    ("rule", "session", "record", "why"),
    [
        ("DR-16", 5, "rec_ipaf", "no focus is agreed"),
        ("DR-26", 14, "rec_goodbye", "the end has not been raised"),
    ],
)
def test_it_fires_only_while_the_models_own_record_is_missing(course, rule, session, record, why):
    on = next(meeting.on for meeting in course.held if meeting.number == session)
    told = course.as_of(on)
    if record == "rec_goodbye":  # what the ending means raises the end as well
        told = without(told, "rec_relapse_plan")
    assert not rule_result(rule, DIT, told, on).fired
    found = rule_result(rule, DIT, without(told, record), on)
    assert found.fired and why in found.why


def test_the_ending_is_left_once_the_letter_is_given(course):
    last = course.held[-1].on
    before = course.as_of(course.held[-2].on)
    missing = [one.id for one in exit_criteria(DIT, before, course.held[-2].on, "ending").missing]
    assert missing == ["goodbye-given"]
    assert not exit_criteria(DIT, course, last, "ending").missing


def test_a_draft_that_is_not_agreed_leaves_the_initial_phase_shut(course):
    third = next(meeting for meeting in course.held if meeting.number == 3)
    missing = {one.id for one in exit_criteria(DIT, course.as_of(third.on), third.on, "initial").missing}
    assert "focus-shared" in missing and "DIT-03" not in missing
