"""Each reason why a course may not be on track, on both sides of its threshold."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.spec.world import AGREED, START, contract, course, day, issue

from openipt import library
from openipt.core.course.course import Answers, Attendance, Course, Meeting
from openipt.core.course.not_on_track import Reason, off_track
from openipt.core.course.off_track_reasons import REASONS, Told, days_of
from openipt.core.manual.names import OFF_TRACK_REASONS

MANUAL = library.manual("ipt_acute")


def reason(name: str, made: Course, on=None, told=()) -> Reason:
    """The reason as it stands at the end of the day of the last held session, or of `on`."""
    return off_track(MANUAL, made, on or made.held[-1].on, told).reason(name)


def rated(measure: str, **by_session) -> list[Answers]:
    """Totals by session: `rated("ms_osss3", s3=8)`."""
    return [
        Answers(measure, day(int(at[1:])), total=total, session=int(at[1:]))
        for at, total in by_session.items()
    ]


def meetings(made: Course, **attendance) -> Course:
    """The same course with the sessions named held late, or dates missed: `s3="late"`."""
    kinds = {int(at[1:]): Attendance(kind) for at, kind in attendance.items()}
    changed = [replace(m, attendance=kinds[m.number]) if m.number in kinds else m for m in made.meetings]
    return replace(made, meetings=tuple(changed))


def test_every_reason_of_the_content_has_its_function_and_the_other_way_round():
    assert set(MANUAL.off_track_reasons) == set(REASONS) == set(OFF_TRACK_REASONS)


# -- the working relation ----------------------------------------------------------------------------


@pytest.mark.parametrize(("parts", "holds"), [((6, 6, 8), True), ((7, 7, 7), False)])
def test_alliance_stands_below_a_mean_of_seven(parts, holds):
    answered = Answers("ms_alliance3", day(3), parts, session=3)
    found = reason("alliance", course(4, answers=[answered]))
    assert found.holds is holds
    assert [(one.source, one.on) for one in found.evidence] == [("ms_alliance3", day(3))]


@pytest.mark.parametrize(("last", "holds"), [((7, 7, 8), True), ((7, 8, 8), False)])
def test_alliance_stands_where_it_fell_by_two(last, holds):
    """From 9.3 to 7.3, and from 9.3 to 7.7."""
    ratings = [Answers("ms_alliance3", day(n), parts, session=n) for n, parts in ((3, (9, 9, 10)), (8, last))]
    assert reason("alliance", course(8, answers=ratings)).holds is holds


def test_alliance_cannot_be_told_before_it_was_rated():
    half = ("rec_alliance", 3, {"goals_0_10": 4, "comment": "too fast"})
    found = reason("alliance", course(4, records=[half]))
    assert found.holds is None
    assert found.missing == ("a rating of how client and therapist work together",)


# -- attendance --------------------------------------------------------------------------------------


def missed(*sessions) -> list[Meeting]:
    return [Meeting(day(n) + timedelta(days=1), None, Attendance.MISSED) for n in sessions]


@pytest.mark.parametrize(("away", "holds"), [(missed(2, 4, 5), True), (missed(2, 4), False)])
def test_attendance_stands_from_three_missed_in_all(away, holds):
    found = reason("attendance", course(6, meetings=away))
    assert found.holds is holds
    assert [one.on for one in found.evidence if one.source == "meeting"][: len(away)] == [m.on for m in away]


@pytest.mark.parametrize(("late", "holds"), [({"s2": "late", "s4": "late"}, True), ({"s2": "late"}, False)])
def test_attendance_stands_from_two_late_beginnings(late, holds):
    assert reason("attendance", meetings(course(5), **late)).holds is holds


@pytest.mark.parametrize(("days", "holds"), [(21, True), (20, False)])
def test_attendance_stands_from_twenty_one_days_without_a_session(days, holds):
    found = reason("attendance", course(5), on=day(5) + timedelta(days=days))
    assert found.holds is holds
    assert not holds or (found.evidence[-1].on, found.evidence[-1].session) == (day(5), 5)


# -- focus -------------------------------------------------------------------------------------------


def worked(*sessions, planned=16, **more) -> Course:
    """Weekly sessions up to 6 with a focus on a change of role, its strategies used in these sessions."""
    made = course(6, records=[AGREED], answers=rated("ms_prr", s6=4), planned=planned, **more)
    used = [
        replace(m, strategies=("rt_2_old",), signed=True) if m.number in sessions else replace(m, signed=True)
        for m in made.meetings
    ]
    return replace(made, meetings=tuple(used))


def test_focus_stands_where_none_is_agreed_from_session_four_on():
    assert reason("focus", course(4)).holds is True
    assert reason("focus", course(3)).holds is False
    assert reason("focus", course(4, records=[AGREED], answers=rated("ms_prr", s4=4))).holds is False


def test_focus_stands_where_the_last_two_sessions_did_nothing_for_it():
    idle = reason("focus", worked(4))
    assert idle.holds is True
    assert [one.session for one in idle.evidence] == [5, 6]
    assert reason("focus", worked(4, 6)).holds is False
    assert reason("focus", worked(4, 5)).holds is False


def test_a_strategy_of_another_area_is_no_work_on_the_focus():
    made = worked(4)
    used = tuple(replace(m, strategies=("rd_1_link",)) if m.number in (5, 6) else m for m in made.meetings)
    assert reason("focus", replace(made, meetings=used)).holds is True


def test_a_step_for_the_focus_is_work_on_it_and_one_for_another_issue_is_not():
    """The step says for which issue it is: the focus is a change of role, the other issue a dispute."""
    ranked = [issue("i1", 3, 3, 3, 2, 2, 2), issue("i2", 3, 1, 1, 1, 1, 1, area="role_dispute")]
    for name, holds in (("i1", False), ("i2", True)):
        step = ("rec_action_plan", 6, {"step": "call", "issue": name})
        made = worked(4)
        entries = course(6, records=[AGREED, *ranked, step]).entries
        assert reason("focus", replace(made, entries=entries)).holds is holds, name


@pytest.mark.parametrize(("rating", "holds"), [(3, True), (4, False)])
def test_focus_stands_while_its_problem_is_rated_below_four(rating, holds):
    made = course(4, records=[AGREED], answers=rated("ms_prr", s4=rating))
    assert reason("focus", made).holds is holds


def test_the_therapists_own_rating_does_not_count_for_the_clients():
    answers = [replace(one, rater="therapist") for one in rated("ms_prr", s4=2)]
    found = reason("focus", course(4, records=[AGREED], answers=answers))
    assert found.holds is None
    assert found.missing == ("the client's rating of the focus problem",)


def test_a_close_ranking_is_told_beside_a_focus_that_does_not_move_and_never_alone():
    ranked = [issue("i1", 3, 3, 2, 2, 2, 2), issue("i2", 3, 3, 2, 2, 2, 1)]
    still = course(4, records=[AGREED, *ranked], answers=rated("ms_prr", s4=3))
    moved = course(4, records=[AGREED, *ranked], answers=rated("ms_prr", s4=4))
    assert "The ranking of the issues was a close call." in reason("focus", still).says
    assert reason("focus", moved).holds is False


# -- steps -------------------------------------------------------------------------------------------


def step(session: int, words: str, done: str = "", **more):
    return ("rec_action_plan", session, {"step": words, **({"done": done} if done else {}), **more})


def test_steps_stand_where_two_of_the_last_three_were_not_done():
    told = [step(3, "ask", "no"), step(4, "write", "yes"), step(5, "call", "no"), step(6, "go")]
    found = reason("steps", course(6, records=told))
    assert found.holds is True
    assert [one.quote for one in found.evidence] == ["ask", "call"]
    once = [step(3, "ask", "yes"), *told[1:]]
    assert reason("steps", course(6, records=once)).holds is False


def test_steps_cannot_be_told_while_nobody_asked_what_came_of_them():
    found = reason("steps", course(6, records=[step(4, "ask"), step(5, "call")]))
    assert found.holds is None
    assert found.missing == ("what came of the last steps",)


def test_steps_stand_where_the_last_two_sessions_agreed_none():
    signed = tuple(replace(m, signed=True) for m in course(6).meetings)
    earlier = [step(4, "ask", "yes")]
    assert reason("steps", replace(course(6, records=earlier), meetings=signed)).holds is True
    made = replace(course(6, records=[*earlier, step(6, "call")]), meetings=signed)
    assert reason("steps", made).holds is False


# -- support -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("total", "holds"), [(8, True), (9, False)])
def test_support_stands_up_to_a_score_of_eight(total, holds):
    assert reason("support", course(4, answers=rated("ms_osss3", s3=total))).holds is holds


def test_support_stands_where_nobody_was_named_in_two_sessions():
    signed = tuple(replace(m, signed=True) for m in course(6).meetings)
    strong = rated("ms_osss3", s3=12)
    alone = [step(5, "ask"), step(6, "call")]
    named = [step(5, "ask"), step(6, "call", supporter="Dana")]
    for records, holds in ((alone, True), (named, False)):
        made = replace(course(6, records=records, answers=strong), meetings=signed)
        assert reason("support", made).holds is holds


def test_support_cannot_be_told_without_its_score():
    found = reason("support", course(4))
    assert (found.holds, found.missing) == (None, ("the support score, ms_osss3",))


# -- events ------------------------------------------------------------------------------------------


def event(date: str, kind: str = "event"):
    return ("rec_timeline", 2, {"date": date, "type": kind, "text": "moved"})


def test_events_stand_from_the_day_of_session_one_on():
    assert reason("events", course(4, records=[event(START.isoformat())])).holds is True
    before = (START - timedelta(days=1)).isoformat()
    assert reason("events", course(4, records=[event(before)])).holds is False
    assert reason("events", course(4, records=[event("2025-09-10", "symptom")])).holds is False


def test_an_event_dated_by_the_month_of_the_start_cannot_be_told():
    """Treatment began on 2 September 2025; "2025-09" may be before or after it."""
    found = reason("events", course(4, records=[event("2025-09")]))
    assert found.holds is None and found.missing
    assert reason("events", course(8, records=[event("2025-10")])).holds is True


def test_an_event_that_has_not_come_yet_is_no_reason():
    assert reason("events", course(4, records=[event(day(9).isoformat())])).holds is False


@pytest.mark.parametrize(
    ("mood", "stress", "holds"), [(3, None, True), (4, 6, False), (None, 7, True), (None, None, False)]
)
def test_events_stand_by_a_check_in_on_a_hard_day(mood, stress, holds):
    told = [Told(day(3), "a quarrel", mood, stress)]
    found = reason("events", course(4), told=told)
    assert found.holds is holds
    assert not holds or found.evidence[0].quote == "a quarrel"


def test_what_was_told_more_than_four_weeks_ago_or_before_the_start_is_no_reason():
    old = [Told(day(4), "a quarrel", 1), Told(START - timedelta(days=1), "before", 1)]
    assert reason("events", course(8), on=day(8), told=old).holds is True
    assert reason("events", course(8), on=day(8) + timedelta(days=1), told=old).holds is False


def test_events_cannot_be_told_without_a_time_line():
    assert reason("events", course(4)).holds is None


def test_the_days_a_date_may_mean():
    assert days_of("2024-02") == (days_of("2024-02-01")[0], days_of("2024-02-29")[0])
    assert days_of("2025-12")[1] == days_of("2025-12-31")[0]
    assert days_of("2025")[1] == days_of("2025-12-31")[0]
    assert days_of("soon") is None


# -- medication --------------------------------------------------------------------------------------


def drug(session: int = 1, **more):
    return ("rec_medication", session, {"drug": "sertraline", "taken_as_agreed": True, **more})


def test_medication_stands_where_it_is_not_taken_as_agreed():
    assert reason("medication", course(4, records=[drug(taken_as_agreed=False)])).holds is True
    assert reason("medication", course(4, records=[drug()])).holds is False


def test_medication_stands_where_nobody_looked_at_it_in_four_sessions():
    assert reason("medication", course(5, records=[drug()])).holds is True
    assert reason("medication", course(4, records=[drug()])).holds is False
    looked = course(5, records=[drug()], tasks={3: ("M13",)})
    assert reason("medication", looked).holds is False


def test_medication_stands_where_it_is_severe_and_there_is_no_prescriber():
    none = ("rec_medication", 1, {"wish": "none"})
    doctor = ("rec_medication", 1, {"wish": "none", "prescriber": "family doctor"})
    assert reason("medication", course(2, phq9=[20, 19], records=[none])).holds is True
    assert reason("medication", course(2, phq9=[19, 19], records=[none])).holds is False
    assert reason("medication", course(2, phq9=[20, 19], records=[doctor])).holds is False


def test_medication_cannot_be_told_before_it_was_asked_about():
    found = reason("medication", course(4))
    assert (found.holds, found.missing) == (None, ("whether the client takes medication",))
    silent = ("rec_medication", 1, {"drug": "sertraline"})
    assert reason("medication", course(2, records=[silent])).missing == ("whether it is taken as agreed",)


# -- severity ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("phq9", "gad7", "holds"), [(20, 8, True), (19, 8, False), (16, 15, True), (16, 14, False)]
)
def test_severity_stands_from_twenty_on_phq9_and_fifteen_on_gad7(phq9, gad7, holds):
    assert reason("severity", course(4, phq9=[phq9], gad7=[gad7])).holds is holds


def test_severity_is_read_at_the_start_and_stands_when_it_has_fallen():
    assert reason("severity", course(4, phq9=[21, 12, 8, 6], gad7=[6])).holds is True
    assert reason("severity", course(4, phq9=[16, 21, 22, 23], gad7=[6])).holds is False


def test_severity_cannot_be_told_without_a_start():
    assert reason("severity", course(2, phq9=[None, 22], gad7=[6])).missing == ("the PHQ-9 at the start",)


def test_the_course_of_the_contract_is_read_too():
    """A contract states the focus as a formulation does."""
    made = course(4, records=[contract("grief")], answers=rated("ms_prr", s4=4))
    assert reason("focus", made).holds is False
