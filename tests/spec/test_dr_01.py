"""DR-01: A risk answer is positive."""

from __future__ import annotations

from openipt import library
from openipt.core.course.course import Answers
from openipt.core.measures.scoring import answer_alert
from tests.spec.world import CANNOT_TELL, FIRED, NOT_FIRED, course, day, phq9_items, read, state

rule = "DR-01"
title = "A risk answer is positive"


def test_an_answer_above_zero_fires():
    """PHQ-9 item 9 at 1 or more starts the risk protocol: a warning at 1 and 2, critical at 3."""
    for answer, severity in ((1, "warning"), (2, "warning"), (3, "critical")):
        result = read("DR-01", course(phq9=[10], item_9={1: answer}))
        assert (result.state, result.severity) == (FIRED, severity)


def test_a_zero_does_not_fire():
    """Item 9 at 0 raises nothing by this rule."""
    assert state("DR-01", course(phq9=[10])) is NOT_FIRED


def test_any_risk_answer_of_the_assessment_fires():
    """Thoughts told to the therapist count even where item 9 is 0; intent or a plan are critical."""
    thoughts = course(phq9=[10], records=[("rec_risk", 1, {"level": "yellow", "thoughts": True})])
    assert read("DR-01", thoughts).severity == "warning"
    intent = course(phq9=[10], records=[("rec_risk", 1, {"thoughts": True, "intent": True})])
    assert read("DR-01", intent).severity == "critical"


def test_a_method_told_in_words_is_a_yes():
    """“tablets at home” is a positive answer; “no” and “none” are not."""
    assert (
        state("DR-01", course(phq9=[10], records=[("rec_risk", 1, {"method": "tablets at home"})])) is FIRED
    )
    assert state("DR-01", course(phq9=[10], records=[("rec_risk", 1, {"method": "none"})])) is NOT_FIRED


def test_a_declined_item_is_not_a_no():
    """A missing item 9 is not known: it asks about safety, until an assessment of that day or later."""
    declined = course(phq9=[10], item_9={1: None})
    assert state("DR-01", declined) is CANNOT_TELL
    assert "ask about safety" in read("DR-01", declined).why
    asked = course(phq9=[10], item_9={1: None}, records=[("rec_risk", 1, {"thoughts": False})])
    assert state("DR-01", asked) is NOT_FIRED


def test_changing_the_answer_keeps_the_first():
    """A 2 that was changed to 0 on the same day stays a 2, also in a check-in that was never finished."""
    before = Answers("ms_phq9", day(1), phq9_items(10, 2), session=1, finished=False)
    assert read("DR-01", course(phq9=[10], answers=[before])).inputs["phq9_item_9"] == 2


def test_a_total_alone_says_nothing_of_item_9():
    """An outside form brought a total only: item 9 is not known, whatever it was before."""
    outside = Answers("ms_phq9", day(2), total=14, session=2)
    assert state("DR-01", course(2, phq9=[14], answers=[outside])) is CANNOT_TELL
    asked = ("rec_risk", 2, {"level": "green", "thoughts": False})
    assert state("DR-01", course(2, phq9=[14], answers=[outside], records=[asked])) is NOT_FIRED


def test_the_item_of_the_epds_counts_too():
    """EPDS item 10 at 1 point or more starts the same protocol, with the severity of its points.

    The item is reversed (ipt.md 10.2): the first choice on the form is 3 points, the last one 0.
    """
    for answer, points, severity in ((0, 3, "critical"), (1, 2, "warning"), (2, 1, "warning")):
        result = read("DR-01", with_epds(answer))
        assert (result.state, result.inputs["epds_item_10"], result.severity) == (FIRED, points, severity)
    assert state("DR-01", with_epds(3)) is NOT_FIRED
    assert state("DR-01", with_epds(None)) is CANNOT_TELL
    assert read("DR-01", with_epds(7)).severity == "critical"


def test_the_rule_and_the_alert_of_an_answer_agree():
    """What is raised the moment an answer is chosen is what the rule reads of it later."""
    measure = library.measure("ms_epds")
    for answer in range(4):
        raised = answer_alert(measure, 10, answer)
        assert (raised is not None) == (state("DR-01", with_epds(answer)) is FIRED)
        assert raised is None or raised.severity == read("DR-01", with_epds(answer)).severity
    for answer in range(4):
        raised = answer_alert(library.measure("ms_phq9"), 9, answer)
        assert (raised is not None) == (state("DR-01", course(phq9=[10], item_9={1: answer})) is FIRED)


def with_epds(item_10):
    return course(phq9=[10], answers=[Answers("ms_epds", day(1), (0,) * 9 + (item_10,), session=1)])


def test_a_question_left_out_takes_no_danger_back():
    """Each question counts as last answered: a later assessment that leaves it out lowers nothing."""
    first = ("rec_risk", 1, {"level": "red", "plan": True, "child_safety": True})
    later = ("rec_risk", 2, {"level": "red", "thoughts": False, "plan": None})
    made = course(2, phq9=[10], records=[first, later])
    assert read("DR-01", made).inputs["risk_answers"] == ["plan", "child_safety"]
    assert read("DR-01", made).severity == "critical"
    cleared = ("rec_risk", 2, {"level": "green", "plan": False, "child_safety": False})
    assert state("DR-01", course(2, phq9=[10], records=[first, cleared])) is NOT_FIRED


def test_clinical_green_ends_what_was_said_before_it():
    """ipt.md 11.3, step 9: the protocol goes on until clinical green. An answer of that assessment itself stands."""
    first = ("rec_risk", 1, {"level": "orange", "thoughts": True, "self_neglect": True})
    for later, fires in (
        ({"level": "green", "reason": "two clear answers"}, False),
        ({"level": "yellow", "reason": "better"}, True),
        ({"level": "green", "self_neglect": True}, True),
    ):
        made = course(2, phq9=[10], records=[first, ("rec_risk", 2, later)])
        assert (state("DR-01", made) is FIRED) is fires, later


def test_item_9_speaks_for_its_own_questions_only():
    """A later 0 stands for thoughts and plans as before; it says nothing of a child, of others, of mania."""
    told = {"plan": True, "self_harm": True, "child_safety": True, "harm_to_others": True, "mania": True}
    made = course(2, phq9=[10, 8], records=[("rec_risk", 1, told)])
    assert read("DR-01", made).inputs["risk_answers"] == ["harm_to_others", "child_safety", "mania"]


def test_a_record_without_level_or_answer_is_no_assessment():
    """After a declined item 9 somebody still has to ask: a date for the next contact alone does not."""
    only_a_day = ("rec_risk", 1, {"followup": "2025-09-09", "thoughts": ""})
    assert state("DR-01", course(phq9=[10], item_9={1: None}, records=[only_a_day])) is CANNOT_TELL
