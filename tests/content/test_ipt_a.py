"""IPT for adolescents, held to its card in the clinical reference, section 4.8."""

from __future__ import annotations

import re

import pytest
from tests.content.reference_tables import bare, cited, rows, section

from openipt import library
from openipt.core.manual.model import Requirement

TITLE = "4.8 `ipt_a`"
MANUAL = library.manual("ipt_a")
TASKS = [cells for cells in rows(TITLE) if re.fullmatch(r"A-\d\d", bare(cells[0]))]


@pytest.mark.parametrize("cells", TASKS, ids=[bare(cells[0]) for cells in TASKS])
def test_each_task_has_the_record_and_the_requirement_of_the_card(cells):
    task = MANUAL.task(bare(cells[0]))
    record, _, field = bare(cells[2]).partition(".")
    assert (task.record, task.requirement) == (record, Requirement(cells[3][0]))
    assert not field or task.field == field
    assert task.sources or task.marks


def test_lengths_figures_and_sources_are_those_of_the_card():
    assert len(TASKS) == 9
    assert (MANUAL.sessions.min, MANUAL.sessions.typical, MANUAL.sessions.max) == (12, 12, 15)
    assert MANUAL.phase_split(12) == {"initial": (1, 4), "middle": (5, 9), "ending": (10, 12)}
    assert 35 <= MANUAL.minutes <= 50 and MANUAL.evidence.grade == "A"
    assert cited(section(TITLE)) <= {*MANUAL.sources, *MANUAL.evidence.sources}
    figures = next(cells[1] for cells in rows(TITLE) if cells[0] == "figures")
    for figure in re.findall(r"\d+\.\d+ %|\d+ %|\.\d\d", re.sub(r"\[S\d+\]", "", figures)):
        assert figure in MANUAL.evidence.text, figure


def test_the_agenda_fills_the_hour_and_the_limited_sick_role_keeps_school():
    for phase in ("initial", "middle", "ending"):
        assert sum(minutes for _, minutes in MANUAL.agenda_of(phase)) == MANUAL.minutes
    assert MANUAL.task("I04").requirement is Requirement.CONDITIONAL and "school" in MANUAL.task("I04").action
    assert MANUAL.task("I08").requirement is Requirement.REQUIRED


def test_risk_is_asked_in_every_session():
    task = MANUAL.task("M10")
    assert task.each_session and task.phases == ("initial", "middle", "ending")


def test_parents_are_invited_at_three_points_and_whoever_takes_medicine_is_watched():
    assert [(point.id, point.task) for point in MANUAL.carer_points] == [
        ("start", "A-02"),
        ("middle", "A-07"),
        ("end", "A-09"),
    ]
    (caution,) = MANUAL.record_types["rec_medication"].cautions
    assert "boxed warning" in caution.text


def test_the_early_marker_reads_the_scale_for_adolescents_before_the_one_for_adults():
    rule = MANUAL.rule("DR-24").parameters
    assert rule["self_report"][0] == "ms_phqa" and "ipt_a" in rule["adaptations"]
    assert all("ms_phqa" in item.measures for when in ("baseline", "session") for item in MANUAL.due_at(when))


@pytest.mark.parametrize("name", ["fb_ipt", "ipt_ast"])
def test_the_note_on_confidentiality_is_asked_of_every_young_member(name):
    manual = library.manual(name)
    assert (
        manual.task("A01B").record == "rec_consent" and name in manual.rule("DR-45").parameters["adaptations"]
    )
    assert manual.carer_points


def test_children_are_given_no_measure_that_the_reference_does_not_name():
    assert library.manual("fb_ipt").schedule == () == library.manual("fb_ipt").measures


def test_the_hour_of_a_family_goes_from_the_child_to_the_parent_to_the_two_together():
    manual = library.manual("fb_ipt")
    order = [block.block for block in manual.agenda]
    assert order[2:5] == ["child_part", "parent_part", "together"] and order[-1] == "summary"
    for phase in ("initial", "middle", "ending"):
        assert sum(minutes for _, minutes in manual.agenda_of(phase)) == manual.minutes
