"""A whole example course of each adaptation: the file is sound, and its status is looked at in every session."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from openipt import library
from openipt.cli.course import read_episode
from openipt.core.course.status import course_status
from openipt.core.manual.model import Requirement

EXAMPLES = {path.stem: path for path in (Path(__file__).parents[2] / "docs/examples").glob("*.json")}
DEMO = library._shipped() / "demo"


def test_every_adaptation_has_an_example_or_a_course_in_the_demo():
    files = (entry for entry in DEMO.iterdir() if entry.name.endswith(".json"))
    shown = {json.loads(entry.read_text(encoding="utf-8")).get("adaptation") for entry in files}
    named = set(library.manuals()) | set(library.modifiers())
    assert named - shown <= set(EXAMPLES) <= named


@pytest.mark.parametrize("name", sorted(EXAMPLES))
def test_where_the_course_stands_in_each_session_is_what_its_adaptation_says(name):
    episode = read_episode(str(EXAMPLES[name]), to_keep=True)
    manual, course = library.manual(episode.adaptation), episode.course()
    assert name in (manual.id, *manual.modifiers)
    for meeting in course.held:
        found = course_status(manual, course.as_of(meeting.on), meeting.on)
        beyond = meeting.number > course.planned_sessions
        planned = manual.phase_of(meeting.number, course.planned_sessions)
        after = manual.phase_after.id if manual.phase_after else "maintenance"
        assert found.phase == (after if beyond else planned)
        assert found.remaining == max(0, course.planned_sessions - meeting.number)
        assert found.overdue == ()
    assert [(way.to, way.open) for way in found.transitions] == [
        (to, True) for to in manual.ways_from(found.phase)
    ]


@pytest.mark.parametrize("name", sorted(EXAMPLES))
def test_every_task_the_adaptation_adds_is_told_in_words(name):
    episode = read_episode(str(EXAMPLES[name]))
    manual, base = library.manual(episode.adaptation), library.manual("ipt_acute")
    told = {entry.for_task: entry for entry in episode.entries if entry.for_task}
    added = [t for t in manual.tasks if not base.has_task(t.id) or base.task(t.id).phases != t.phases]
    written = {(entry.record, field) for entry in episode.entries for field in entry.values}
    told |= {
        task.id: next(e for e in episode.entries if e.record == task.record)
        for task in added
        if task.id not in told and (task.record, task.field) in written
    }
    needed = {task.id for task in added if task.requirement is Requirement.REQUIRED}
    assert needed and needed <= set(told)
    assert all(told[task.id].record in task.records for task in added if task.id in told)
