"""What is worked out once of a course is worked out anew for another manual, and goes into no copy."""

from __future__ import annotations

import copy
import pickle
from dataclasses import replace

from tests.spec.world import START, course

from openipt import library
from openipt.core.course import known
from openipt.core.course.course import once
from openipt.core.course.phases import phase_spans
from openipt.core.course.scores import answers_of, total_of
from openipt.core.course.status import course_status


def test_once_for_each_course_and_manual():
    asked = []

    @once
    def count(manual, made):
        asked.append(manual)
        return len(asked)

    made, acute, ipc = course(), library.manual("ipt_acute"), library.manual("ipc")
    assert [count(acute, made), count(acute, made), count(ipc, made), count(ipc, made)] == [1, 1, 2, 2]
    assert count(ipc, course()) == 3


def test_another_manual_divides_the_same_course_otherwise():
    made = course(planned=8)
    assert phase_spans(library.manual("ipt_acute"), made)["initial"] == (1, 2)
    assert phase_spans(library.manual("ipc"), made)["initial"] == (1, 1)


def test_a_changed_course_is_asked_anew():
    made = course(records=[("rec_risk", 1, {"level": "green"})])
    assert known.risk_level(made).level.word == "green"
    red = replace(made, entries=(replace(made.entries[0], values={"level": "red"}),))
    assert known.risk_level(red).level.word == "red"


def test_another_definition_of_a_measure_scores_the_same_answers_anew():
    manual = library.manual("ipt_acute")
    made = course(phq9=[10])
    [given] = answers_of(made, "ms_phq9")
    assert total_of(manual, given) == 10
    double = replace(manual.measure_list["ms_phq9"], multiplier=2)
    other = replace(manual, measure_list={**manual.measure_list, "ms_phq9": double})
    assert total_of(other, given) == 20
    assert total_of(manual, given) == 10


def test_copies_hold_the_fields_and_nothing_else():
    made = course(3, phq9=[10, 9, 8], records=[("rec_risk", 1, {"level": "green"})])
    before = course_status(library.manual("ipt_acute"), made, START).as_json()
    for copied in (copy.deepcopy(made), pickle.loads(pickle.dumps(made))):  # noqa: S301  (our own)
        assert copied == made
        assert set(vars(copied)) == set(made.__dataclass_fields__)
        assert course_status(library.manual("ipt_acute"), copied, START).as_json() == before
