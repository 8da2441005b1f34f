"""Every shipped adaptation can be walked from end to end, whatever happens on the way; a broken one cannot."""

from __future__ import annotations

import random
import shutil
from dataclasses import replace

import pytest
from tests.content.reference_tables import CONTENT

from openipt import library
from openipt.cli.main import main
from openipt.core.course import walks
from openipt.core.course.walks import diligent_walk, random_walk, walk_faults
from openipt.core.manual.model import Requirement

MANUALS = library.manuals()
WALKS = 200 // len(MANUALS)


def said(faults):
    return "\n".join(map(str, faults))


@pytest.mark.parametrize("name", sorted(MANUALS))
def test_a_course_of_every_length_is_walked_with_every_requirement_on_its_day(name):
    manual = MANUALS[name]
    for planned in manual.allowed_lengths:
        walked = diligent_walk(manual, planned)
        assert not walked.faults, said(walked.faults)
        required = {task.id for task in manual.tasks if task.requirement is Requirement.REQUIRED}
        assert required <= walked.due


@pytest.mark.parametrize("name", sorted(MANUALS))
def test_whatever_happens_no_way_is_shut_and_nothing_stays_overdue(name):
    manual = MANUALS[name]
    walked = [random_walk(manual, random.Random(f"{name} {seed}")) for seed in range(WALKS)]
    faults = [fault for each in walked for fault in each.faults]
    assert not faults, said(faults)
    assert sum(each.sessions for each in walked) > WALKS * manual.sessions.min / 2


def test_the_same_chance_walks_the_same_way():
    manual = MANUALS["ipc"]
    assert random_walk(manual, random.Random(3)) == random_walk(manual, random.Random(3))


BROKEN = {
    "a required task in a phase no course enters": (
        '[[phase]]\nid = "continuation"\ntitle = "Continuation"\n' + "TASK" + 'phase = "continuation"\n',
        "BR-01 is required and never due",
    ),
    "a required task at a moment outside its phase": (
        "TASK" + 'phase = "initial"\nat = "last_session"\n',
        "BR-01",
    ),
    "a way out that waits for a task of the last session": (
        '[[phase]]\nid = "initial"\nexit_tasks = ["I03", "BR-01"]\n'
        + "TASK"
        + 'phase = "initial"\nat = "midpoint"\n',
        "the way to middle stays closed",
    ),
    "no middle phase to leave": (
        '[[phase]]\nid = "middle"\nleaves_when = []\n',
        "the way to ending stays closed",
    ),
}
TASK = """
[[task]]
id = "BR-01"
name = "broken"
title = "Broken"
action = "does"
record = "rec_strengths"
requirement = "R"
quick = ["strength"]
"""
CARD = """
id = "broken"
name = "Broken"
version = "1"
inherits = "ipt_acute"
population = "nobody"
session_plan = []
"""


@pytest.mark.parametrize("what", sorted(BROKEN))
def test_a_broken_adaptation_is_found(what, tmp_path):
    """Each passes the check of its files: only a walk shows that it leads nowhere."""
    table, expected = BROKEN[what]
    content = shutil.copytree(CONTENT, tmp_path / "content", ignore=shutil.ignore_patterns("demo"))
    (content / "manual/broken").mkdir()
    card = CARD + table.replace("TASK", TASK)
    (content / "manual/broken/manual.toml").write_text(card, encoding="utf-8")
    found, faults = library.check(content)
    assert not faults, said(faults)
    walked = walk_faults(found.manuals["broken"], [random.Random(1)])
    assert any(expected in fault.what for fault in walked), said(walked)


def test_something_overdue_that_nothing_clears_is_found(monkeypatch):
    """An engine that forgets what was done is caught by any walk."""
    monkeypatch.setattr(walks._Walk, "do", lambda self, task, firmly=True: None)
    found = said(diligent_walk(MANUALS["ipc"], 3).faults)
    assert "I03 stays due after it was done" in found


def test_a_rule_that_raises_is_found(monkeypatch):
    manual = MANUALS["ipc"]
    rules = {
        key: replace(rule, parameters={}) if key == "DR-26" else rule for key, rule in manual.rules.items()
    }
    found = said(random_walk(replace(manual, rules=rules), random.Random(1)).faults)
    assert "the engine raises" in found


def test_the_command_walks_and_names_what_it_finds(capsys, monkeypatch):
    monkeypatch.setattr(walks, "MONTHS_OF_MAINTENANCE", 2)
    assert main(["manual", "check", "ipc", "--walks", "1"]) == 4
    assert "ipc, 3 sessions, after session 5: X05 is required and never due." in capsys.readouterr().err
