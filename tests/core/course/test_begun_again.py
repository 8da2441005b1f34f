"""Acute treatment begun again after maintenance: it is counted, asked and read from its own first session."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from openipt import library
from openipt.core.course.course import (
    AdaptationChange,
    Answers,
    Attendance,
    Course,
    Entry,
    EpisodeStatus,
    Meeting,
    PlanChange,
    StatusChange,
)
from openipt.core.course.moves import may_go_back
from openipt.core.course.phases import phase_spans
from openipt.core.course.progress import deteriorated, reading_at
from openipt.core.course.scores import PHQ9, start_score
from openipt.core.course.status import course_status

ACUTE, MAINTENANCE = library.manual("ipt_acute"), library.manual("ipt_m")
START = date(2025, 1, 6)
DAYS = [START + timedelta(weeks=n) for n in range(16)]
DAYS += [DAYS[-1] + timedelta(weeks=4 * n) for n in range(1, 5)]  # maintenance, once a month
AGAIN = DAYS[-1] + timedelta(days=3)
DAYS += [AGAIN + timedelta(weeks=n, days=4) for n in range(16)]
GONE_ON = AdaptationChange("ipt_acute", "ipt_m", "1", DAYS[15], session=16, version_from="1")
GONE_BACK = AdaptationChange("ipt_m", "ipt_acute", "1", AGAIN, session=20, version_from="1")


def again(held: int, *scores: tuple[int, int], **more) -> Course:
    """A course with so many sessions in all: sixteen, four of maintenance, and what came then."""
    done = [
        Entry("rec_risk", DAYS[0], {"level": "green"}, session=1, for_task=task) for task in ("A01", "I06")
    ]
    entries = (*done, *more.pop("entries", ()))
    return Course(
        "ipt_acute",
        "1",
        16,
        START,
        meetings=tuple(Meeting(DAYS[n - 1], n, Attendance.ATTENDED) for n in range(1, held + 1)),
        answers=tuple(
            Answers(PHQ9, DAYS[n - 1], total=total, session=n) for n, total in ((1, 18), (16, 4), *scores)
        ),
        entries=entries,
        status_changes=(StatusChange(EpisodeStatus.ACTIVE, START),),
        plan_changes=(PlanChange(48, DAYS[15]), PlanChange(36, AGAIN)),
        adaptation_changes=(GONE_ON, GONE_BACK),
        **more,
    )


def status(course: Course):
    return course_status(ACUTE, course, course.held[-1].on)


def test_its_phases_and_count_begin_there_and_earlier_sessions_keep_theirs() -> None:
    found = status(again(21))
    assert (found.phase, found.session_number, found.planned_sessions, found.remaining) == (
        "initial",
        21,
        36,
        15,
    )
    assert phase_spans(ACUTE, again(21)) == {"initial": (21, 23), "middle": (24, 33), "ending": (34, 36)}


def test_what_the_first_phase_asks_is_asked_anew_and_what_came_before_treatment_is_not() -> None:
    """The level of risk of a year ago is no assessment of now; consent was given."""
    found = status(again(21))
    assert "I06" in found.due and "I01" in found.due
    assert "A01" in found.done and not {task for task in found.overdue if task[0] in "IME"}
    asked = Entry("rec_risk", DAYS[20], {"level": "green"}, session=21, for_task="I06", order=9)
    assert "I06" in status(again(21, entries=(asked,))).done


def test_the_midpoint_lies_halfway_through_its_own_sessions() -> None:
    assert "M12" not in (*status(again(27)).due, *status(again(27)).overdue)
    assert "M12" in status(again(28)).due
    assert status(again(28)).rule("DR-19").fired and not status(again(27)).rule("DR-19").fired


def test_scores_are_held_against_its_own_first_session() -> None:
    course = again(24, (21, 16), (24, 15))
    assert start_score(ACUTE, course, PHQ9) == 16
    reading = reading_at(ACUTE, course, 4)
    assert reading is not None and (reading.session, reading.score) == (24, 15)
    assert status(course).rule("DR-20").fired
    assert start_score(ACUTE, again(21), PHQ9) == 4  # until it is answered: the last one before


def test_a_rise_before_it_began_again_is_no_deterioration_of_it() -> None:
    assert deteriorated(ACUTE, again(21, (20, 17), (21, 16))) == ()
    assert deteriorated(ACUTE, again(22, (21, 10), (22, 17))) == (PHQ9,)


def test_a_contract_of_it_counts_its_own_sessions() -> None:
    contract = Entry("rec_contract", DAYS[22], {"sessions_planned": 12}, session=23, for_task="I13", order=9)
    assert status(again(23, entries=(contract,))).planned_sessions == 32


@pytest.mark.parametrize(("held", "may"), [(20, True), (0, False)])
def test_only_from_a_course_that_follows_acute_treatment_and_is_going_on(held: int, may: bool) -> None:
    course = replace(again(held), adaptation="ipt_m", adaptation_changes=(GONE_ON,))
    assert bool(may_go_back(MAINTENANCE, course, ACUTE)) is may
    assert not may_go_back(ACUTE, again(20), ACUTE)
    ended = replace(course, status_changes=(StatusChange(EpisodeStatus.ENDED, START, "other"),))
    assert not may_go_back(MAINTENANCE, ended, ACUTE)
