"""Changed over to another manual in mid-course: past phases stay, what came new is caught up, each day its manual."""

from __future__ import annotations

from dataclasses import replace

from tests.spec.world import EXIT_TASKS, course, day

from openipt import library
from openipt.core.course.course import AdaptationChange, PlanChange
from openipt.core.course.phases import ORDER, session_phase
from openipt.core.course.status import course_status

ACUTE, BULIMIA = library.manual("ipt_acute"), library.manual("ipt_bn")
BROUGHT = tuple(task.id for task in BULIMIA.tasks if not ACUTE.has_task(task.id))
CHANGE = AdaptationChange(
    "ipt_acute", "ipt_bn", "1", day(5), 5, "1", ("initial",) * 3 + ("middle",) * 2, BROUGHT
)
BEFORE = course(5, tasks={0: ["A02"], 3: EXIT_TASKS}, phq9=[17, 16, 15, 14, 14])
AFTER = replace(
    BEFORE,
    adaptation="ipt_bn",
    adaptation_changes=(CHANGE,),
    plan_changes=(PlanChange(20, day(5)),),
)


def held_after(sessions: int):
    """The same course with more sessions held since."""
    return replace(AFTER, meetings=course(sessions, tasks={0: ["A02"], 3: EXIT_TASKS}).meetings)


def test_the_days_before_are_read_by_the_manual_of_those_days():
    earlier = AFTER.as_of(day(4))
    assert (earlier.adaptation, earlier.adaptation_changes) == ("ipt_acute", ())
    was = course_status(ACUTE, BEFORE, day(4))
    assert course_status(ACUTE, earlier, day(4)).as_json() == was.as_json()


def test_past_sessions_keep_their_phase_though_the_new_manual_lays_them_otherwise():
    assert BULIMIA.phase_of(4, 20) == "initial" != ACUTE.phase_of(4, 16)
    after = held_after(6)
    assert course_status(BULIMIA, AFTER, day(5)).phase == "middle"
    found = course_status(BULIMIA, after, day(6))
    assert (found.phase, found.session_number, found.planned_sessions, found.remaining) == (
        "middle",
        6,
        20,
        14,
    )


def test_what_came_new_and_whose_time_was_over_is_caught_up_until_the_phase_ends():
    assert "ED-01" in BROUGHT
    due = course_status(BULIMIA, held_after(6), day(6))
    assert "ED-01" in due.due and "ED-01" not in due.overdue
    ending = course_status(BULIMIA, held_after(18), day(18))
    assert ending.phase == "ending" and "ED-01" in ending.overdue


def test_what_was_overdue_before_stays_overdue():
    late = replace(AFTER, meetings=course(5, tasks={0: ["A02"]}).meetings)
    found = course_status(BULIMIA, late, day(5))
    assert {"I07", "I12"} <= set(found.overdue)


def test_what_was_done_stays_done_and_no_answer_is_lost():
    before, after = course_status(ACUTE, BEFORE, day(5)), course_status(BULIMIA, AFTER, day(5))
    assert set(before.done) <= set(after.done) | {t.id for t in ACUTE.tasks if not BULIMIA.has_task(t.id)}
    assert (BEFORE.answers, BEFORE.meetings) == (AFTER.answers, AFTER.meetings)


def test_an_extension_moves_the_end_and_no_past_phase():
    plain = course(13, planned=16)
    longer = replace(plain, plan_changes=(PlanChange(20, day(13), "middle"),))
    assert course_status(ACUTE, plain, day(12)).as_json() == course_status(ACUTE, longer, day(12)).as_json()
    found = course_status(ACUTE, replace(longer, meetings=course(15).meetings), day(15))
    assert (found.phase, found.remaining) == ("middle", 5)


def test_from_any_adaptation_to_any_other_the_engine_answers_and_no_phase_goes_back():
    """Every pair of those that treat in an initial, a middle and an ending phase."""
    whole = [
        m for m in library.manuals().values() if {"initial", "middle", "ending"} <= {p.id for p in m.phases}
    ]
    assert len(whole) >= 11
    for before in whole:
        held = min(4, before.sessions.min - 1)
        made = course(held, planned=before.sessions.typical, adaptation=before.id)
        phases = tuple(session_phase(before, made, meeting) for meeting in made.held)
        for after in (manual for manual in whole if manual is not before):
            brought = tuple(task.id for task in after.tasks if not before.has_task(task.id))
            planned = max(after.sessions.typical, held + 1)
            change = AdaptationChange(
                before.id, after.id, after.version, day(held), held, "1", phases, brought
            )
            over = replace(
                course(planned, planned=made.planned_sessions, adaptation=after.id),
                adaptation_changes=(change,),
                plan_changes=(PlanChange(planned, day(held)),),
            )
            seen = [session_phase(after, over, meeting) for meeting in over.held]
            assert tuple(seen[:held]) == phases, (before.id, after.id)
            assert seen == sorted(seen, key=ORDER.index), (before.id, after.id)
            for session in (held, held + 1, planned):
                found = course_status(after, over, day(session))
                assert found.remaining == planned - session
                assert not (session <= held + 1 and set(brought) & set(found.overdue)), (before.id, after.id)
