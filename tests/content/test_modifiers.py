"""What goes with any adaptation: laid over each, it adds its tasks and changes nothing that was there."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import pytest

from openipt import library
from openipt.cli.course import read_episode
from openipt.core.course.course import AdaptationChange
from openipt.core.course.phases import phase_spans, session_number
from openipt.core.course.tasks import State, task_states
from openipt.core.course.walks import sample_faults
from openipt.core.manual.compare import compare
from openipt.core.manual.load import load
from openipt.core.manual.model import Requirement

PLAN = Path(__file__).parents[2] / "docs/examples/ipt_tele.json"
TELE = ("TE-01", "TE-02", "TE-03", "TE-04", "TE-05")


def test_laid_over_each_adaptation_it_holds():
    """Tasks, agenda and phases fit everywhere, and nothing else of the adaptation is another."""
    _, faults = library.check()
    assert faults == ()
    for manual in library.manuals().values():
        laid = library.manual(f"{manual.id}+ipt_tele")
        assert laid.version == f"{manual.version}+1" and laid.base == manual.id
        assert [task for task in laid.tasks if not manual.has_task(task.id)] == [laid.task(t) for t in TELE]
        assert [laid.task(task.id) for task in manual.tasks] == list(manual.tasks)
        assert laid.phases == manual.phases and laid.lengths == manual.lengths
        held_in = set(manual.phase_split(manual.sessions.typical))
        assert all(held_in <= set(laid.task(task).phases) for task in TELE)
        assert {task for block in laid.agenda for of in block.tasks.values() for task in of} >= set(
            TELE
        ) or not manual.agenda


@pytest.mark.parametrize("base", ["ipt_m", "ipt_est", "dit"])
def test_courses_walk_through_it(base):
    """One that goes on for years, one of three visits, one of another model: no dead end, nothing never due."""
    assert sample_faults(library.manual(f"{base}+ipt_tele"), [random.Random(3)]) == ()


def test_side_by_side_only_its_own_differs():
    plain, laid = library.manual("ipt_ppd"), library.manual("ipt_ppd+ipt_tele")
    subjects = {
        row.subject.split(" ")[0]
        for part in compare(plain, laid)
        if part.title == "Tasks"
        for row in part.differences
    }
    assert subjects == set(TELE)


def test_rules_that_name_the_adaptation_still_know_it():
    """DR-41 asks of harm to the baby after birth, by phone as in the room."""
    told = {
        part.title: part.differences
        for part in compare(library.manual("ipt_ppd"), library.manual("ipt_ppd+ipt_tele"))
    }
    assert told["Rules that name it"] == ()


@pytest.mark.parametrize(
    "name", ["ipt_ppd+ipt_m", "nobody+ipt_tele", "ipt_tele", "ipt_ppd+ipt_tele+ipt_tele"]
)
def test_what_does_not_go_together_is_no_manual(name):
    assert not library.has_manual(name)


def test_an_older_version_is_found_by_its_own_number():
    assert library.manual("ipt_ppd+ipt_tele", "1+1") is library.manual("ipt_ppd+ipt_tele", "1+1")
    with pytest.raises(KeyError):
        library.manual("ipt_ppd+ipt_tele", "1+9")


def test_it_only_adds_and_every_fault_is_named():
    """Whatever would take something away, or put itself in the place of a task, is refused by name."""
    tables, _ = library.read_folder(library._shipped())
    card = {**tables["manual/ipt_tele/manual.toml"], "remove_tasks": ["I01"], "inherits": "ipt_acute"}
    _, faults = load({**tables, "manual/ipt_tele/manual.toml": card})
    assert {fault.key for fault in faults} >= {"remove_tasks", "inherits"}


def test_its_tasks_belong_to_calls_alone():
    """In the example each call has all of them, and the meetings in person ask for none."""
    episode = read_episode(str(PLAN))
    manual, course = library.manual(episode.adaptation), episode.course()
    for meeting in course.held:
        found = {s.task.id: s.state for s in task_states(manual, course.as_of(meeting.on), meeting.on)}
        wanted = State.NOT_APPLICABLE if meeting.format == "in_person" else State.DONE
        kept_once = {"TE-04"}  # agreed once, it stays agreed
        assert {found[task] for task in TELE if task not in kept_once} == {wanted}, meeting.number
    assert all(manual.task(task).requirement is Requirement.REQUIRED for task in TELE)


def test_where_the_client_is_is_asked_anew_in_each_call():
    """Without the record of this very session it is due, whatever was said in the one before."""
    episode = read_episode(str(PLAN))
    manual, course = library.manual(episode.adaptation), episode.course()
    on = course.held[3].on
    kept = tuple(e for e in course.entries if e.record != "rec_emergency" or e.session != 4)
    bare = tuple(replace(m, tasks_done=()) if m.number == 4 else m for m in course.meetings)
    found = {
        s.task.id: s.state
        for s in task_states(manual, replace(course, entries=kept, meetings=bare).as_of(on), on)
    }
    assert found["TE-01"] is State.DUE


def test_put_on_in_mid_course_nothing_moves():
    """The phases, the count and the plan stay as they were, also where a course counts sessions of its own."""
    for base in ("ipt_ppd", "ipt_m"):
        episode = read_episode(str(PLAN.with_name(f"{base}.json")))
        course = episode.course()
        on = course.held[4].on
        change = AdaptationChange(
            base, f"{base}+ipt_tele", "1+1", on, session=5, version_from="1", brought=TELE
        )
        changed = replace(
            course,
            adaptation=f"{base}+ipt_tele",
            manual_version="1+1",
            adaptation_changes=(*course.adaptation_changes, change),
        )
        assert phase_spans(library.manual(changed.adaptation), changed) == phase_spans(
            library.manual(base), course
        )
        assert session_number(changed) == session_number(course)
        assert changed.as_of(course.held[3].on).adaptation == base
