"""A schema that rests on episodes: when it lets the formulation be left, and how rules read a model of two parts."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from openipt import library
from openipt.cli.course import read_episode
from openipt.core.course.course import Course
from openipt.core.course.narrative import episodes_told, linked_episodes, named, turns
from openipt.core.course.rules import rule_result
from openipt.core.course.transitions import exit_criteria

MIT = library.manual("mit")


@pytest.fixture(scope="module")
def course() -> Course:
    return read_episode(str(Path(__file__).parents[3] / "docs/examples/mit.json"), to_keep=True).course()


def on(course: Course, session: int):
    return next(meeting.on for meeting in course.held if meeting.number == session)


def with_schemas(course: Course, change) -> Course:
    """The course with every version of the schema changed."""
    kept = (
        replace(entry, values=change(entry.values)) if entry.record == "rec_schema" else entry
        for entry in course.entries
    )
    return replace(course, entries=tuple(kept))


def missing(course: Course, session: int, phase: str) -> list[str]:
    day = on(course, session)
    return [one.id for one in exit_criteria(MIT, course.as_of(day), day, phase).missing]


def test_the_formulation_is_left_once_the_schema_is_agreed_and_linked(course):
    assert missing(course, 13, "initial") == ["schema-agreed", "schema-linked"]
    assert missing(course, 14, "initial") == []
    unlinked = with_schemas(course, lambda values: {**values, "links": []})
    assert missing(unlinked, 16, "initial") == ["schema-linked"]


def test_a_later_draft_does_not_take_an_agreement_back(course):
    later = max(
        entry.order for entry in course.entries if entry.record == "rec_schema" and entry.session == 34
    )
    draft = replace(
        course,
        entries=tuple(
            replace(e, values={k: v for k, v in e.values.items() if k != "agreed"}) if e.order == later else e
            for e in course.entries
        ),
    )
    assert not rule_result("DR-16", MIT, draft.as_of(on(course, 35)), on(course, 35)).fired


def test_a_formulation_of_four_months_is_not_missed_at_session_four(course):
    never = with_schemas(course, lambda values: {**values, "agreed": None})
    for session, fires in ((4, False), (15, False), (16, True), (20, True)):
        day = on(course, session)
        assert rule_result("DR-16", MIT, never.as_of(day), day).fired is fires


def test_the_end_of_a_model_without_an_ending_phase_is_raised_by_its_last_task(course):
    day = on(course, 46)
    assert not rule_result("DR-26", MIT, course.as_of(day), day).fired
    silent = replace(course, entries=tuple(e for e in course.entries if e.record != "rec_relapse_plan"))
    assert rule_result("DR-26", MIT, silent.as_of(day), day).fired
    assert not rule_result("DR-26", MIT, silent.as_of(on(course, 44)), on(course, 44)).fired


def test_an_episode_is_known_by_its_place_and_named_by_where_and_when(course):
    told = episodes_told(course)
    agreed = [entry for entry in course.entries if entry.record == "rec_schema"][-1]
    assert set(linked_episodes(agreed.values)) <= set(told)
    assert "The kitchen at home, I was about nine, a weekday" in told.values()
    assert named({"dialogue": "we said nothing"}) == "we said nothing"  # as one text, in an older file
    assert turns({"dialogue": [{"speaker": "me", "said": "Fine."}, {"speaker": "me"}]}) == (("me", "Fine."),)
    assert named({}) == "An episode"
