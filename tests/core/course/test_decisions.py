"""What was decided where a course is not on track: how long it holds, and what asks anew."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.spec.world import course, day

from openipt import library
from openipt.core.course.course import Course
from openipt.core.course.decisions import decisions, is_due, next_id, review
from openipt.core.course.status import course_status

MANUAL = library.manual("ipt_acute")
FLAT = [16, 16, 16, 15, 15, 15, 15, 15, 15, 15]


def decided(session: int, name: str = "d1", rules=("DR-20",), **more):
    values = {"id": name, "rules": list(rules), "steps": ["supervise"], **more}
    return ("rec_off_track_decision", session, values)


def came(session: int, name: str = "d1", change: str = "same", **more):
    return ("rec_off_track_outcome", session, {"decision": name, "change": change, **more})


def made(sessions: int, *records) -> Course:
    return course(sessions, phq9=FLAT[:sessions], records=records)


def task(one: Course, session: int) -> str:
    status = course_status(MANUAL, one, day(session))
    return next(found.state.value for found in status.tasks if found.task.id == "M17")


def test_a_signal_without_a_decision_asks_for_a_look():
    assert review(MANUAL, made(4), day(4)).is_open
    assert task(made(4), 4) == "due"
    assert not review(MANUAL, course(4, phq9=[16, 14, 12, 10]), day(4)).is_open


def test_a_decision_covers_its_signal_until_the_session_agreed():
    """Decided at 4, to be looked at again at 6."""
    records = [decided(4, review_session=6)]
    covered = review(MANUAL, made(5, *records), day(5))
    assert not covered.is_open
    assert covered.covered.id == "d1"
    assert task(made(5, *records), 5) == "not_applicable"
    waiting = review(MANUAL, made(6, *records), day(6))
    assert waiting.is_open and waiting.due.id == "d1"
    assert task(made(6, *records), 6) == "due"


@pytest.mark.parametrize(("days", "due"), [(0, True), (-1, False)])
def test_a_decision_is_due_on_its_day(days, due):
    records = [decided(4, review_on=(day(5) + timedelta(days=3)).isoformat())]
    one = made(5, *records)
    on = day(5) + timedelta(days=3 + days)
    assert is_due(decisions(one)[0], one, on) is due
    assert review(MANUAL, one, on).is_open is due


def test_a_decision_is_looked_at_again_even_where_the_course_is_back_on_track():
    one = course(6, phq9=[16, 16, 16, 15, 10, 8], records=[decided(4, review_session=6)])
    found = review(MANUAL, one, day(6))
    assert found.is_open and found.due.id == "d1"
    assert not review(MANUAL, one, day(5)).is_open


def test_a_signal_the_decision_did_not_know_asks_anew():
    """At session 8 it is DR-21 and no longer DR-20; at session 5 a rise of 6 is DR-22."""
    records = [decided(4, review_session=12)]
    assert not review(MANUAL, made(7, *records), day(7)).is_open
    assert review(MANUAL, made(8, *records), day(8)).is_open
    risen = course(5, phq9=[16, 16, 16, 15, 22], records=records)
    assert "risen" in review(MANUAL, risen, day(5)).why


def test_what_came_of_it_closes_the_decision_and_asks_for_the_next_one_while_it_is_off():
    records = [decided(4, review_session=6), came(6)]
    assert review(MANUAL, made(6, *records), day(6)).is_open
    again = [*records, decided(6, "d2", review_session=9)]
    assert not review(MANUAL, made(6, *again), day(6)).is_open
    better = course(6, phq9=[16, 16, 16, 15, 10, 8], records=[*records[:1], came(6, change="better")])
    assert not review(MANUAL, better, day(6)).is_open


def test_the_record_made_in_the_session_does_the_task():
    records = [decided(4, review_session=6)]
    one = course(4, phq9=FLAT[:4], records=records, tasks={4: ("M17",)})
    assert task(one, 4) == "done"


def test_going_on_as_planned_is_a_decision_like_any_other():
    values = {
        "id": "d1",
        "rules": ["DR-20"],
        "go_on": "The score fell in the last week.",
        "review_session": 5,
    }
    one = made(4, ("rec_off_track_decision", 4, values))
    assert decisions(one)[0].codes == ("go_on",)
    assert not review(MANUAL, one, day(4)).is_open


def test_names_and_outcomes_find_each_other():
    one = made(8, decided(4, "d1"), decided(6, "d2"), came(8, "d1", "better", words="talks again"))
    first, second = decisions(one)
    assert (first.outcome.change, first.outcome.words, second.outcome) == ("better", "talks again", None)
    assert next_id(one) == "d3"
    assert next_id(made(4)) == "d1"
    assert next_id(made(5, decided(4, "d2"))) == "d1"


def test_nothing_dated_later_is_known():
    one = made(8, decided(6, review_session=8))
    assert review(MANUAL, one, day(4)).is_open
