"""Interpersonal and social rhythm therapy, held to its card in the clinical reference, 4.13."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from tests.content.reference_tables import bare, cited, rows, section

from openipt import library
from openipt.core.course.diary import asks_for_diary
from openipt.core.measures.rhythm import ACTIVITIES

TITLE = "4.13 `ipsrt`"
MANUAL = library.manual("ipsrt")
CARD = {cells[0]: cells[1] for cells in rows(TITLE) if len(cells) == 2}
TASKS = {cells[0]: cells for cells in rows(TITLE) if re.fullmatch(r"IPSRT-\d\d", cells[0])}
PHASES = {"initial": "initial", "intermediate": "middle", "preventive": "preventive", "ending": "ending"}


@pytest.mark.parametrize("task_id", sorted(TASKS))
def test_each_task_stands_in_its_phase_with_its_record(task_id):
    _, phase, _, record, requirement = TASKS[task_id]
    task = MANUAL.task(task_id)
    assert task.record == re.search(r"rec_\w+", record)[0] and task.requirement.value == requirement
    assert set(PHASES.values()) <= set(task.phases) if phase == "all" else task.phase == PHASES[phase]
    assert "GKU" in task.marks


def test_nothing_of_the_card_is_left_out():
    own = {task.id for task in MANUAL.tasks if task.id.startswith("IPSRT")}
    assert own == set(TASKS) and len(own) == 12
    assert set(MANUAL.problem_areas) == {*library.manual("ipt_acute").problem_areas, "loss_of_healthy_self"}
    assert len(MANUAL.contraindications) == CARD["contraindications"].count(",") + 1 - 1  # "(defer, ..."
    kept = {*MANUAL.sources, *MANUAL.evidence.sources}
    assert cited(section(TITLE)) <= kept
    figures = re.findall(r"\d+\.\d+", re.sub(r"\[S\d+\]", "", CARD["figures"]))
    assert figures and all(figure in MANUAL.evidence.text for figure in figures)
    assert MANUAL.evidence.grade == CARD["evidence"][0]


def test_its_four_phases_follow_each_other_in_every_length():
    for planned in MANUAL.allowed_lengths:
        split = MANUAL.phase_split(planned)
        assert list(split) == list(PHASES.values())
        assert all(before[1] + 1 == after[0] for before, after in pairwise(split.values()))
        assert 3 <= split["initial"][1] <= 5 and 3 <= planned - split["ending"][0] + 1 <= 5
    titles = [MANUAL.phase(phase).title.split()[0].lower() for phase in PHASES.values()]
    assert titles == list(PHASES)
    assert MANUAL.next_phase("middle") == "preventive" and MANUAL.next_phase("preventive") == "ending"


def test_no_other_adaptation_asks_for_the_diary_or_has_the_phase():
    for one in library.manuals().values():
        assert asks_for_diary(one) == (one.id == "ipsrt")
        assert ("preventive" in one.phase_split(one.sessions.typical)) == (one.id == "ipsrt")


def test_a_target_is_of_one_of_the_five_activities_of_the_diary():
    kinds = MANUAL.record_types
    told = [option.value for option in kinds["rec_rhythm_target"].field("activity").options]
    diary = kinds["rec_rhythm_day"]
    assert told == list(ACTIVITIES) == [field.key for field in diary.fields if field.fields]
    named = {bare(cells[0]) for cells in rows("4.0 Index")}
    assert MANUAL.id in named
