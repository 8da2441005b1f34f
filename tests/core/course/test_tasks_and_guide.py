"""Tasks, measures due, transitions and the guide on small courses."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.spec.world import AGREED, EXIT_TASKS, START, contract, course, day, ready_for_the_middle

from openipt import library
from openipt.core.course import conditions
from openipt.core.course.course import Answers, Attendance, EpisodeStatus, Meeting, PhaseChange, StatusChange
from openipt.core.course.guide import DEFAULT_PAIRS, session_guide
from openipt.core.course.status import course_status
from openipt.core.manual import names

MANUAL = library.manual("ipt_acute")
MIDDLE = ("M01", "M02", "M03", "M04", "M08", "M10", "M11", "M15", "M16")


def status(made, on):
    return course_status(library.manual(made.adaptation), made, on)


def test_every_condition_that_content_may_name_has_its_function():
    assert set(conditions.TASK_CONDITIONS) == set(names.TASK_CONDITIONS)
    assert set(conditions.EXIT_CONDITIONS) == set(names.EXIT_CONDITIONS)
    assert set(conditions.LEAVING_REASONS) == set(names.LEAVING_REASONS)
    assert {*conditions.MEASURE_CONDITIONS, "in-baseline"} == set(names.MEASURE_CONDITIONS)


def test_before_session_1_the_intake_waits():
    found = status(course(0), day(0))
    assert found.phase == "pre"
    assert found.due == ("A01", "A02", "A03", "A04", "A05")
    assert [(way.to, way.open) for way in found.transitions] == [("initial", False)]
    begun = status(course(1), day(1))
    assert set(begun.overdue) == {"A01", "A02", "A03", "A04", "A05"}


def test_the_intake_done_opens_the_way_unless_a_stop_stands():
    tasks = {0: ["A01", "A02", "A03", "A04", "A05"]}
    assert status(course(0, tasks=tasks), day(0)).transitions[0].open
    stop = [("rec_suitability", 0, {"s_03": {"answer": "yes"}})]
    way = status(course(0, tasks=tasks, records=stop), day(0)).transitions[0]
    assert not way.open
    assert "s_03" in way.reasons[0]


def test_a_task_of_the_first_session_is_due_in_it_and_overdue_after_it():
    assert "I01" in status(course(1), day(1)).due
    assert "I01" in status(course(1), day(2) - timedelta(days=1)).due
    assert "I01" in status(course(2), day(2)).overdue
    done = status(course(2, tasks={1: ["I01"]}), day(2))
    assert "I01" in done.done
    assert "I01" not in done.overdue


def test_one_visit_does_every_initial_task_in_it():
    """In `ipc` the windows are squeezed into visit 1 and are over at visit 2."""
    assert {"I07", "I12", "I13", "IPC-04"} <= set(status(course(1, 6, adaptation="ipc"), day(1)).due)
    assert {"I07", "I12", "I13", "IPC-04"} <= set(status(course(2, 6, adaptation="ipc"), day(2)).overdue)


def test_tasks_of_every_session_begin_anew():
    made = course(5, tasks={4: MIDDLE})
    assert set(MIDDLE) <= set(status(made, day(4)).done)
    assert set(MIDDLE) <= set(status(made, day(5)).due)


def test_support_is_due_at_least_every_second_session():
    made = course(6, tasks={4: ["M09"]})
    assert "M09" in status(made, day(4)).done
    assert "M09" in [found.task.id for found in status(made, day(5)).not_applicable]
    assert "M09" in status(made, day(6)).due


def test_the_midpoint_review():
    assert "M12" in [found.task.id for found in status(course(7), day(7)).not_applicable]
    assert "M12" in status(course(8), day(8)).due
    assert "M12" in status(course(9), day(9)).overdue


def test_medication_is_reviewed_where_it_is_taken():
    asked = course(4, records=[("rec_medication", 1, {"drug": "sertraline"})])
    assert "M13" in status(asked, day(4)).due
    none = course(4, records=[("rec_medication", 1, {"drug": None, "wish": "none"})])
    why = {found.task.id: found.why for found in status(none, day(4)).not_applicable}
    assert why["M13"] == "The client takes no medication."
    unknown = {found.task.id: found.why for found in status(course(4), day(4)).not_applicable}
    assert "not recorded" in unknown["M13"]


def test_the_end_is_raised_before_the_ending_phase():
    """E01 belongs to the ending, and is due from the session after which three remain."""
    assert "E01" not in status(course(12), day(12)).due
    assert "E01" in status(course(13), day(13)).due
    assert "E01" in status(course(14), day(14)).due


def test_a_not_on_track_course_asks_for_supervision():
    assert "M17" in status(course(5, phq9=[16] * 5), day(5)).due
    assert "M17" not in status(course(5, phq9=[16, 15, 14, 12, 11]), day(5)).due


def test_measures_of_a_session_are_due_on_its_day_and_then_for_the_next():
    made = course(4, phq9=[16] * 4, gad7=[9] * 4, records=[AGREED])
    assert status(made, day(4)).measures_due == ("ms_focus_stress", "ms_prr")
    after = status(made, day(4) + timedelta(days=3)).measures_due
    assert after == ("ms_phq9", "ms_gad7", "ms_focus_stress", "ms_prr")
    early = replace(made, answers=(*made.answers, Answers("ms_phq9", day(5) - timedelta(days=1), (1,) * 9)))
    assert "ms_phq9" not in status(early, day(5) - timedelta(days=1)).measures_due


def test_screens_asked_alone_are_never_sent():
    assert "ms_hark" not in status(course(0), day(0)).measures_due


def test_the_alliance_is_asked_at_three_eight_and_twelve():
    for session in range(1, 13):
        due = "ms_alliance3" in status(course(session), day(session)).measures_due
        assert due == (session in (3, 8, 12))


def test_after_the_end_the_follow_ups_are_due_at_three_and_six_months():
    ended = course(12, planned=12, status_changes=(StatusChange(EpisodeStatus.ENDED, day(12), "completed"),))
    assert status(ended, day(12) + timedelta(days=60)).measures_due == ()
    assert "ms_phq9" in status(ended, day(12) + timedelta(days=91)).measures_due


def test_a_recorded_phase_of_a_begun_session_wins():
    made = ready_for_the_middle(sessions=3)
    moved = replace(made, phase_changes=(PhaseChange("middle", day(3), 3),))
    assert status(moved, day(3)).phase == "initial"
    changed = replace(made, phase_changes=(PhaseChange("middle", day(3) + timedelta(days=1)),))
    assert status(changed, day(3) + timedelta(days=1)).phase == "middle"
    kept = replace(made, meetings=(*made.meetings, Meeting(day(4), 4, Attendance.ATTENDED, phase="initial")))
    assert status(kept, day(4)).phase == "initial"


def test_maintenance_follows_the_last_session():
    made = course(12, planned=12, status_changes=(StatusChange(EpisodeStatus.MAINTENANCE, day(13)),))
    assert status(made, day(12)).phase == "ending"
    found = status(made, day(13))
    assert found.phase == "maintenance"
    assert "X01" in found.due


def test_a_maintenance_contract_leaves_the_acute_plan_alone():
    ended = (StatusChange(EpisodeStatus.MAINTENANCE, day(13)),)
    made = course(12, planned=12, status_changes=ended, records=[contract("grief", session=13, planned=6)])
    assert status(made, day(14)).planned_sessions == 12


def test_leaving_the_ending_needs_its_five_tasks():
    tasks = {12: ["E03", "E05", "E07", "E09", "E10"]}
    ways = status(course(12, planned=12, tasks=tasks), day(12)).transitions
    assert [(way.to, way.open) for way in ways] == [("maintenance", True), ("end", True)]
    missing = status(course(12, planned=12), day(12)).exit_criteria.missing
    assert [criterion.id for criterion in missing] == ["E03", "E05", "E07", "E09", "E10"]


def test_the_middle_is_left_at_its_last_session_or_when_the_focus_is_resolved():
    assert not status(course(8), day(8)).transitions[0].open
    assert status(course(13), day(13)).transitions[0].open
    well = course(8, phq9=[12, 10, 8, 4, 4, 4, 4, 4], answers=[Answers("ms_prr", day(8), (5,), session=8)])
    assert status(well, day(8)).transitions[0].open


# -- the guide -------------------------------------------------------------------------------------


def test_the_guide_of_the_next_session():
    made = course(
        4,
        phq9=[16] * 4,
        tasks={3: EXIT_TASKS, 4: MIDDLE},
        records=[
            AGREED,
            contract("role_transition", minutes=45),
            ("rec_strategy_progress", 4, {"strategy_id": "rt_1_link", "status": "done"}),
            ("rec_session", 3, {"next_step": "Call Iris"}),
            ("rec_action_plan", 4, {"step": "One sentence", "with_whom": "neighbour", "done": "no"}),
        ],
    )
    guide = session_guide(MANUAL, made, day(5), 5)
    assert (guide.phase, guide.session_number, guide.remaining_after) == ("middle", 5, 11)
    assert guide.remaining_words == "This is session 5 of 16. After today 11 remain."
    assert sum(block.minutes for block in guide.agenda) == guide.minutes == 45
    assert [task.id for task in guide.tasks if not task.overdue and task.id[0] == "M"][0] == "M01"
    assert [found.strategy.id for found in guide.strategies] == ["rt_2_old", "rt_3_loss", "rt_4_change"]
    assert all(found.strategy.done_when for found in guide.strategies)
    assert [technique.id for technique in guide.techniques] == list(DEFAULT_PAIRS["role_transition"])
    assert (guide.last_step.step, guide.last_step.done) == ("One sentence", "no")
    assert guide.recheck_risk == "No level of risk is recorded yet."


def test_the_guide_does_not_begin_the_session():
    """Asking for the guide of session 5 leaves the status at session 4."""
    made = course(4)
    assert session_guide(MANUAL, made, day(5), 5).session_number == 5
    assert status(made, day(5)).session_number == 4


def test_the_first_session_is_longer_and_its_agenda_too():
    guide = session_guide(MANUAL, course(0), START, 1)
    assert guide.minutes == 75
    assert sum(block.minutes for block in guide.agenda) == 75
    assert guide.strategies == ()
    assert guide.last_step is None


@pytest.mark.parametrize("level", ["yellow", "orange", "red"])
def test_an_open_level_is_named_in_the_guide(level):
    made = course(4, phq9=[16] * 4, records=[("rec_risk", 4, {"level": level})])
    assert level in session_guide(MANUAL, made, day(5), 5).recheck_risk


def test_an_unassessed_answer_is_named_in_the_guide():
    made = course(4, phq9=[16] * 4, item_9={4: 2})
    assert "orange" in session_guide(MANUAL, made, day(5), 5).recheck_risk
    declined = course(4, phq9=[16] * 4, item_9={4: None})
    assert "not answered" in session_guide(MANUAL, declined, day(5), 5).recheck_risk


def test_default_pairs_name_techniques_of_the_manual():
    for area, techniques in DEFAULT_PAIRS.items():
        assert area in MANUAL.areas
        assert set(techniques) <= set(MANUAL.techniques)


def test_of_an_ended_episode_nothing_is_asked_any_more():
    left = replace(course(9), status_changes=(StatusChange(EpisodeStatus.ENDED, day(10), "dropped_out"),))
    assert "M12" in status(left, day(9)).overdue
    found = status(left, day(10))
    assert found.has_ended and not found.due and not found.overdue
    assert {state.why for state in found.not_applicable} == {"The episode has ended."}


def test_a_session_after_going_on_to_maintenance_is_one_of_maintenance():
    """The status alone says so, and by the day after the last session of treatment, on which it mostly falls."""
    moved = replace(course(16), status_changes=(StatusChange(EpisodeStatus.MAINTENANCE, day(16)),))
    assert status(moved, day(16)).phase == "ending"
    assert status(moved, day(16) + timedelta(days=1)).phase == "maintenance"
    after = replace(moved, meetings=(*moved.meetings, Meeting(day(20), 17, Attendance.ATTENDED)))
    assert status(after, day(20)).phase == "maintenance"
    again = replace(
        after, status_changes=(*after.status_changes, StatusChange(EpisodeStatus.ACTIVE, day(18)))
    )
    assert status(again, day(20)).phase == "ending"
