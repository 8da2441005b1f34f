"""What leads to which adaptation, held to the index of the reference (4.0), its checklist (12.1) and its evidence."""

from __future__ import annotations

import re

import pytest
from tests.content.reference_tables import bare, content, rows

from openipt import library
from openipt.core.manual.choosing import read_choosing
from openipt.core.manual.names import EVIDENCE_GRADES

CHOOSING = library.choosing()
INDEX = {
    name.strip(): row
    for row in rows("4.0 Index")
    if row[0].startswith("`")
    for name in bare(row[0]).split(",")
}


def test_every_adaptation_of_the_index_is_there_with_its_grade():
    assert [candidate.id for candidate in CHOOSING.candidates] == list(INDEX)
    for candidate in CHOOSING.candidates:
        assert candidate.grade == re.match(r"[ABCDN]", INDEX[candidate.id][4])[0], candidate.id


def test_every_manual_that_is_here_is_among_them_with_its_own_grade_and_mark_of_research():
    known = {candidate.id: candidate for candidate in CHOOSING.candidates}
    for manual in library.manuals().values():
        assert known[manual.id].grade == manual.evidence.grade
        assert known[manual.id].research == manual.research
        assert known[manual.id].format == manual.format


def test_every_item_of_the_checklist_speaks():
    items = {item["id"] for item in content("suitability.toml")["item"]}
    assert items <= {sign.item for sign in CHOOSING.signs.values()}
    spoken = {line.sign for line in CHOOSING.general}
    spoken |= {line.sign for candidate in CHOOSING.candidates for line in candidate.lines}
    spoken |= {name for candidate in CHOOSING.candidates for name in candidate.only_if}
    assert spoken == set(CHOOSING.signs)


def test_every_line_stands_on_a_section_and_what_is_unverified_there_says_so():
    for candidate in CHOOSING.candidates:
        for line in CHOOSING.lines_of(candidate):
            assert line.section, (candidate.id, line.sign)
        assert candidate.sources or candidate.marks or not candidate.offered, candidate.id


def test_the_options_of_the_record_are_the_adaptations():
    options = library.record_type("rec_adaptation").field("adaptation").options
    assert {o.value: o.label for o in options} == {c.id: c.name for c in CHOOSING.candidates}


def test_grades_are_told_in_words():
    assert CHOOSING.statements["ev_sud"].grades == (EVIDENCE_GRADES["N"], EVIDENCE_GRADES["C"])
    assert CHOOSING.statements["ev_bias"].grades == ()


@pytest.mark.parametrize(
    ("table", "said"),
    [
        (
            {"sign": [{"id": "a", "title": "A.", "item": "s_99", "answers": ["yes"]}]},
            'item of the checklist "s_99"',
        ),
        ({"sign": [{"id": "a", "title": "A.", "item": "s_03", "answers": ["ja"]}]}, 'answer "ja"'),
        ({"sign": [{"id": "a", "title": "A.", "rule": "DR-99"}]}, 'rule "DR-99"'),
        ({"sign": [{"id": "a", "title": "A."}]}, "exactly one of item, rule and fact"),
        ({"general": [{"sign": "b", "says": "for", "text": "B."}]}, 'sign "b"'),
    ],
)
def test_what_the_file_names_and_is_not_there_is_a_fault(table, said):
    _, faults = read_choosing(table, {}, library.record_types(), library.rules())
    assert any(said in fault.reason for fault in faults)
