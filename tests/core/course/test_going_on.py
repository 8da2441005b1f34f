"""Beyond acute treatment: what comes again each year, meetings further apart, another adaptation in the same course."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from openipt import library
from openipt.core.course.agreeing import days_of
from openipt.core.course.course import (
    AdaptationChange,
    Attendance,
    Course,
    Entry,
    EpisodeStatus,
    Meeting,
    PlanChange,
    StatusChange,
)
from openipt.core.course.moves import may_go_on
from openipt.core.course.phases import phase_on, phase_spans, planned_sessions, session_phase
from openipt.core.course.status import course_status
from openipt.core.course.taper import Stretch, frequency_now, proposed, stretches
from openipt.core.course.tasks import State, task_states

ACUTE, KEEPING = library.manual("ipt_acute"), library.manual("ipt_m")
START = date(2024, 1, 1)


def weekly(sessions: int, manual=ACUTE, **also) -> Course:
    held = [Meeting(START + timedelta(days=7 * n), n + 1, Attendance.ATTENDED) for n in range(sessions)]
    return Course(manual.id, "1", also.pop("planned", 16), START, meetings=tuple(held), **also)


# -- again and again ----------------------------------------------------------------------------------


def review_on(course: Course, day: date) -> State:
    states = {found.task.id: found.state for found in task_states(KEEPING, course.as_of(day), day)}
    return states["X05"]


def test_the_review_of_the_year_is_due_in_every_year():
    course = weekly(1, KEEPING, planned=32)
    assert review_on(course, date(2024, 12, 31)) is State.LATER
    assert review_on(course, date(2025, 1, 1)) is State.DUE
    done = replace(course, entries=(Entry("rec_review", date(2025, 1, 20), {}, for_task="X05"),))
    assert review_on(done, date(2025, 1, 20)) is State.DONE
    assert review_on(done, date(2026, 1, 19)) is State.DONE
    assert review_on(done, date(2026, 1, 20)) is State.DUE
    again = (*done.entries, Entry("rec_review", date(2026, 2, 2), {}, for_task="X05"))
    assert review_on(replace(done, entries=again), date(2027, 2, 1)) is State.DONE
    assert review_on(replace(done, entries=again), date(2027, 2, 2)) is State.DUE


def test_of_an_ended_course_no_review_is_asked():
    ended = (StatusChange(EpisodeStatus.ENDED, date(2024, 6, 1), "completed"),)
    course = weekly(1, KEEPING, planned=32, status_changes=ended)
    assert review_on(course, date(2025, 6, 1)) is State.NOT_APPLICABLE


# -- further apart -------------------------------------------------------------------------------------

CONTRACT = {
    "sessions_planned": 6,
    "frequency": "weekly",
    "taper": [{"meetings": 2, "frequency": "fortnightly"}, {"meetings": 1, "frequency": "monthly"}],
}


def test_a_taper_spaces_the_last_meetings():
    days = days_of(START, stretches(CONTRACT))
    assert [(after - before).days for before, after in zip(days, days[1:], strict=False)] == [
        7,
        7,
        14,
        14,
        28,
    ]


def test_a_step_may_have_its_day_and_a_break_moves_what_follows():
    steps = [{"meetings": 2, "frequency": "fortnightly", "from": "2024-02-05"}, *CONTRACT["taper"][1:]]
    days = days_of(START, stretches({**CONTRACT, "taper": steps}), {date(2024, 2, 19)})
    met = [day for day in days if day != date(2024, 2, 19)]
    assert len(met) == 6 and met[3:] == [date(2024, 2, 5), date(2024, 3, 4), date(2024, 4, 1)]


def test_more_spaced_meetings_than_are_agreed_make_no_row():
    assert stretches({**CONTRACT, "sessions_planned": 2}) == ()
    assert stretches({**CONTRACT, "sessions_planned": 3})[0] == Stretch("fortnightly", 2)


def test_the_manual_proposes_how_a_course_is_spaced():
    manual = library.manual("ipt_sr")
    assert proposed(manual, 8) == (Stretch("fortnightly", 1), Stretch("monthly", 1))
    assert proposed(ACUTE, 16) == ()


def test_how_often_they_meet_is_said_of_the_next_meeting():
    manual = library.manual("ipt_sr")
    agreed = (Entry("rec_contract", START, CONTRACT),)
    said = [frequency_now(manual, weekly(n, manual, planned=6, entries=agreed)) for n in range(2, 7)]
    assert said == ["weekly", "fortnightly", "fortnightly", "monthly", "monthly"]


def test_a_month_between_two_meetings_that_was_agreed_is_no_risk_of_dropout():
    manual = library.manual("ipt_sr")
    agreed = (Entry("rec_contract", START, CONTRACT),)
    spaced = weekly(5, manual, planned=6, entries=agreed)
    later = spaced.held[-1].on + timedelta(days=27)
    assert not course_status(manual, spaced, later).rule("DR-35").fired
    assert course_status(manual, replace(spaced, entries=()), later).rule("DR-35").fired is False
    assert course_status(ACUTE, weekly(5), later).rule("DR-35").fired


# -- another adaptation in the same course -------------------------------------------------------------


@pytest.fixture
def gone_on() -> Course:
    """Sixteen acute sessions, then maintenance: 32 sessions of it, the first a week later."""
    course = weekly(16)
    last = course.held[-1].on
    phases = ["initial"] * 3 + ["middle"] * 10 + ["ending"] * 3
    held = tuple(replace(m, phase=phase) for m, phase in zip(course.meetings, phases, strict=True))
    first = Meeting(last + timedelta(days=7), 17, Attendance.ATTENDED)
    return replace(
        course,
        adaptation="ipt_m",
        meetings=(*held, first),
        plan_changes=(PlanChange(48, last),),
        adaptation_changes=(AdaptationChange("ipt_acute", "ipt_m", "1", last, 16),),
        status_changes=(StatusChange(EpisodeStatus.ACTIVE, START),),
    )


def test_the_sessions_of_the_other_are_counted_from_the_change(gone_on):
    assert phase_spans(KEEPING, gone_on) == {"continuation": (17, 24), "maintenance": (25, 48)}
    assert planned_sessions(gone_on) == 48
    told = [session_phase(KEEPING, gone_on, meeting) for meeting in gone_on.held]
    assert told[12:] == ["middle", "ending", "ending", "ending", "continuation"]
    before = replace(gone_on, meetings=gone_on.meetings[:-1])
    change = gone_on.adaptation_changes[0].on
    assert phase_on(KEEPING, before, change) == "ending"
    assert phase_on(KEEPING, before, change + timedelta(days=1)) == "continuation"


def test_what_it_asks_is_due_and_nothing_of_the_acute_part_is_overdue(gone_on):
    now = course_status(KEEPING, gone_on, gone_on.held[-1].on)
    assert {"X01", "X02", "X03"} <= set(now.due)
    assert now.remaining == 31 and [way.to for way in now.transitions] == ["maintenance"]
    assert not now.rule("DR-28").fired and not now.rule("DR-29").fired


def test_the_acute_contract_says_nothing_of_how_often_they_meet_from_there(gone_on):
    acute = Entry("rec_contract", START, {"frequency": "weekly", "sessions_planned": 16})
    course = replace(gone_on, entries=(acute,))
    assert frequency_now(KEEPING, course) == "weekly"
    more = [Meeting(date(2024, 5, n), 17 + n, Attendance.ATTENDED) for n in range(1, 7)]
    assert frequency_now(KEEPING, replace(course, meetings=(*course.meetings, *more))) == "monthly"


def test_a_contract_for_maintenance_to_come_changes_nothing_yet():
    manual = library.manual("ipt_sr")
    to_come = Entry(
        "rec_contract", date(2024, 2, 1), {"covers": "maintenance", "frequency": "monthly"}, order=2
    )
    course = weekly(3, manual, planned=6, entries=(Entry("rec_contract", START, CONTRACT), to_come))
    assert frequency_now(manual, course) == "fortnightly" and planned_sessions(course) == 6


def test_a_course_that_was_in_maintenance_begins_its_continuation(gone_on):
    last = gone_on.held[15].on
    was = (
        StatusChange(EpisodeStatus.ACTIVE, START),
        StatusChange(EpisodeStatus.MAINTENANCE, last),
        StatusChange(EpisodeStatus.ACTIVE, last),
    )
    assert (
        course_status(KEEPING, replace(gone_on, status_changes=was), gone_on.held[-1].on).phase
        == "continuation"
    )


def test_only_from_the_end_of_acute_treatment_one_goes_on():
    active = (StatusChange(EpisodeStatus.ACTIVE, START),)
    early, late = weekly(5, status_changes=active), weekly(14, status_changes=active)
    assert not may_go_on(ACUTE, early, KEEPING, early.held[-1].on)
    assert may_go_on(ACUTE, late, KEEPING, late.held[-1].on)
    assert not may_go_on(ACUTE, weekly(14), KEEPING, late.held[-1].on)
    assert not may_go_on(KEEPING, late, ACUTE, late.held[-1].on)
