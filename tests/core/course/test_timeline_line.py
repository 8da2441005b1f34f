"""One typed line: who may be named in it and what it may be are offers; the date follows its own rules."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from openipt import library
from openipt.core.course.event_kinds import read_kinds
from openipt.core.course.timeline_line import NO_WORDS, NOTHING, TOO_LONG, Named, named_in, understood

PEOPLE = (
    Named("p_anna", "Anna Berg", "friend"),
    Named("p_lucia", "Lucia", "mother"),
    Named("p_luca", "Luca", "son, 8"),
    Named("p_ward", "the ward", ""),
    Named("p_bo", "Bo", "brother"),
    Named("p_ib", "Ib", "brother"),
)


def read(line, **more):
    return understood(
        line, people=PEOPLE, kinds=library.event_kinds(), today=date(2026, 1, 5), birth_year=1984, **more
    )


def test_people_are_found_by_name_first_name_and_a_relation_only_one_has():
    assert named_in("quarrel with anna", PEOPLE) == ("p_anna",)
    assert named_in("my mother died", PEOPLE) == ("p_lucia",)
    assert named_in("Mum ill, Luca's birthday", PEOPLE) == ("p_lucia", "p_luca")
    assert named_in("promoted on the ward", PEOPLE) == ("p_ward",)
    assert named_in("my brother moved, Annabel came, boat", PEOPLE) == ()


def test_type_and_kind_are_proposed_by_the_words_of_the_content():
    for line, type_, kind in (
        ("lost job, March 2025", "event", "work"),
        ("my mother died, 2024", "event", "death"),
        ("divorce, about 2014", "event", "parting"),
        ("moved to Leeds, summer 2019", "event", "home"),
        ("quarrel about the rooms, 2025", "event", "quarrel"),
        ("nights awake since May 2025", "symptom", ""),
        ("sertraline begun, May 2025", "treatment", ""),
        ("something else, 2012", "event", ""),
    ):
        proposal = read(line).proposal
        assert (proposal.type, proposal.kind) == (type_, kind), line


def test_what_is_missing_is_said():
    assert read("").fault == NOTHING
    assert read("  ,;").fault == NOTHING
    assert read("March 2025").fault == NO_WORDS
    assert "31 February does not" in read("fell, 31 February 2025").fault
    assert read("x" * 1_000_000).fault == TOO_LONG
    assert read("x" * 501).fault == TOO_LONG
    assert read("lost \x00 the job\x1b, 2025").text == "lost the job"


@given(st.text(max_size=600))
def test_no_line_raises(line):
    found = read(line)
    assert found.fault or found.text


def test_every_fault_of_the_word_file_is_named():
    types = library.record_types()
    wrong = {"kind": [{"id": "nope", "words": ["x"]}, {"id": "work", "words": []}, "no"], "odd": []}
    kinds, faults = read_kinds(wrong, types)
    assert len(faults) == 4
    assert kinds.proposed("x").kind == ""
