"""Metacognitive interpersonal therapy, held to its card in the clinical reference, 4.21."""

from __future__ import annotations

import re

import pytest
from tests.content.reference_tables import bare, cited, rows, section

from openipt import library
from openipt.core.course.narrative import collects_episodes

TITLE = "4.21 `mit`"
MANUAL = library.manual("mit")
CARD = {cells[0]: cells[1] for cells in rows(TITLE) if len(cells) == 2}
TASKS = {cells[0]: cells for cells in rows(TITLE) if re.fullmatch(r"MIT-\d\d", cells[0])}
PARTS = {"formulation": "initial", "change": "middle"}


@pytest.mark.parametrize("task_id", sorted(TASKS))
def test_each_task_stands_in_its_part_with_its_record(task_id):
    _, part, _, record, requirement = TASKS[task_id]
    task, named = MANUAL.task(task_id), bare(record).split("{")[0]
    assert ".".join(filter(None, (task.record, task.field))).startswith(named)
    assert task.phase == PARTS[part] and task.requirement.value == requirement
    assert task.marks and cited(TASKS[task_id][2]) <= set(task.sources)


def test_the_schema_has_the_fields_of_the_card_and_nothing_of_ipt_is_in_it():
    told = re.search(r"rec_schema\{(.*?)\}", section(TITLE))[1].split(", ")
    assert set(told) | {"links"} <= {field.key for field in MANUAL.record_types["rec_schema"].fields}
    own = [task.id for task in MANUAL.tasks if task.phase != "pre"]
    assert own == list(TASKS) and len(own) == 10
    assert not MANUAL.areas and not MANUAL.techniques and MANUAL.model == "mit"
    assert {"p_1", "p_3"} <= set(library.manual("ipt_acute").pages) - set(MANUAL.pages)


def test_figures_grade_and_population_are_those_of_the_card():
    figures = re.findall(r"N=\d+|\d+ of \d+|series of \d", re.sub(r"\[S\d+\]", "", CARD["figures"]))
    assert len(figures) == 3
    assert all(figure.replace("=", " = ") in MANUAL.evidence.text for figure in figures)
    assert MANUAL.evidence.grade == CARD["evidence"] and MANUAL.population == CARD["population"]
    assert cited(section(TITLE)) <= set(MANUAL.sources)


def test_its_two_parts_hold_every_session_and_the_last_ends_the_treatment():
    for planned in MANUAL.allowed_lengths:
        assert MANUAL.phase_split(planned) == {"initial": (1, 16), "middle": (17, planned)}
        assert MANUAL.window(MANUAL.task("MIT-10"), planned) == (planned - 3, planned)
    assert [MANUAL.phase(phase).title for phase in PARTS.values()] == [
        "Shared formulation",
        "Promoting change",
    ]
    assert MANUAL.ends_treatment and MANUAL.ways_from("middle") == ("end",)


def test_the_group_has_one_task_for_each_of_its_sixteen_meetings():
    row = next(cells for cells in rows(TITLE) if cells[0] == "MITG-01..16")
    group = library.manual("mit_g")
    own = [task for task in group.tasks if task.phase != "pre"]
    assert [task.id for task in own] == [f"MITG-{n:02}" for n in range(1, 17)]
    assert {task.record for task in own} == {bare(row[3])} and {task.requirement.value for task in own} == {
        row[4]
    }
    assert [group.window(task, 16) for task in own] == [(n, n) for n in range(1, 17)]
    assert all(set(task.sources) == cited(row[2]) for task in own)
    assert group.is_group and group.phase_split(16) == {"middle": (1, 16)} and group.evidence.grade == "C"
    assert group.phase_split(18) == {"middle": (1, 18)} and not collects_episodes(group)


def test_no_other_adaptation_works_with_episodes_and_a_schema():
    assert {one.id for one in library.manuals().values() if collects_episodes(one)} == {"mit"}
