"""What must hold of every course, whatever was recorded."""

from __future__ import annotations

import copy
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.spec.world import START, day

from openipt import library
from openipt.core.course import known
from openipt.core.course.course import Answers, Attendance, Course, Entry, Meeting, PhaseChange, PlanChange
from openipt.core.course.phases import ORDER, phase_by_plan, phase_spans, session_phase
from openipt.core.course.scores import score_at, total_of
from openipt.core.course.status import course_status
from openipt.core.safety.levels import Level

ADAPTATIONS = {"ipt_acute": (12, 20), "ipc": (3, 8)}
TASKS = [task.id for task in library.manual("ipt_acute").tasks]
HELD = (Attendance.ATTENDED, Attendance.LATE)

records = st.sampled_from(
    [
        ("rec_risk", {"level": "yellow", "thoughts": True}),
        ("rec_risk", {"level": "green", "thoughts": False}),
        ("rec_risk", {"level": "red"}),
        ("rec_safety_plan", {"my_signs": ["awake"]}),
        ("rec_medication", {"drug": "sertraline", "wish": "keep"}),
        ("rec_medication", {"drug": None, "wish": "none"}),
        ("rec_formulation", {"agreement": "agree", "problem_area": ["grief"]}),
        ("rec_loss_narrative", {"who": "p", "date": "2024-09-20"}),
        ("rec_decision_analysis", {"question": "move?", "choice": ""}),
        ("rec_event_mood_link", {"event": "call", "people": ["p"]}),
        ("rec_alliance", {"goals_0_10": 5, "tasks_0_10": 6, "bond_0_10": 7}),
    ]
)


@st.composite
def courses(draw):
    """A course of either adaptation: sessions with gaps and absences, tasks, scores, records."""
    adaptation = draw(st.sampled_from(sorted(ADAPTATIONS)))
    planned = draw(st.integers(*ADAPTATIONS[adaptation]))
    meetings, answers, number, week = [], [], 0, 0
    for attendance in draw(st.lists(st.sampled_from(Attendance), max_size=planned + 2)):
        week += draw(st.integers(1, 2))
        held = attendance in HELD
        number += held
        tasks = draw(st.lists(st.sampled_from(TASKS), max_size=8, unique=True)) if held else []
        meetings.append(
            Meeting(day(week), number if held else None, attendance, tasks_done=tuple(sorted(tasks)))
        )
        if held and draw(st.booleans()):
            items = tuple(draw(st.lists(st.none() | st.integers(0, 3), min_size=9, max_size=9)))
            answers.append(Answers("ms_phq9", day(week), items, session=number))
    entries = tuple(
        Entry(record, day(draw(st.integers(0, 20))), values, order=order)
        for order, (record, values) in enumerate(draw(st.lists(records, max_size=8)), start=1)
    )
    plans = draw(st.lists(st.tuples(st.integers(1, 20), st.integers(3, 24)), max_size=2))
    return Course(
        adaptation=adaptation,
        manual_version="1",
        planned_sessions=planned,
        started_on=START,
        meetings=tuple(meetings),
        answers=tuple(answers),
        entries=entries,
        plan_changes=tuple(PlanChange(n, day(w), draw(st.sampled_from(["", "middle"]))) for w, n in plans),
    )


days = st.integers(-10, 220).map(lambda n: START + timedelta(days=n))


def status(course, today):
    return course_status(library.manual(course.adaptation), course, today)


@given(courses(), days)
def test_the_status_depends_on_nothing_but_its_arguments(course, today):
    before = copy.deepcopy(course)
    first = status(course, today).as_json()
    assert status(course, today).as_json() == first
    assert status(before, today).as_json() == first
    assert course == before


@given(courses(), days, st.randoms(use_true_random=False))
def test_the_order_in_which_rows_come_does_not_matter(course, today, chance):
    meetings, answers, entries = list(course.meetings), list(course.answers), list(course.entries)
    for rows in (meetings, answers, entries):
        chance.shuffle(rows)
    shuffled = replace(course, meetings=tuple(meetings), answers=tuple(answers), entries=tuple(entries))
    assert status(shuffled, today).as_json() == status(course, today).as_json()


@given(courses(), days)
def test_what_is_dated_later_changes_nothing(course, today):
    """Planned meetings apart: they are booked now for later."""
    cut = course.as_of(today)
    assert status(cut, today).as_json() == status(course, today).as_json()
    later = Meeting(today + timedelta(days=1), 99, Attendance.ATTENDED, phase="ending", tasks_done=("E01",))
    grown = replace(
        course,
        meetings=(*course.meetings, later),
        answers=(*course.answers, Answers("ms_phq9", today + timedelta(days=1), (3,) * 9, session=99)),
        entries=(*course.entries, Entry("rec_risk", today + timedelta(days=1), {"level": "red"})),
        phase_changes=(PhaseChange("maintenance", today + timedelta(days=1)),),
    )
    assert status(grown, today).as_json() == status(course, today).as_json()


@given(courses(), days, st.sampled_from(TASKS), st.integers(0, 30), records)
def test_doing_more_never_makes_more_overdue(course, today, task, where, record):
    before = set(status(course, today).overdue)
    done = [m for m in course.meetings if m.attendance.is_held]
    if done:
        chosen = done[where % len(done)]
        more = replace(chosen, tasks_done=(*chosen.tasks_done, task))
        meetings = tuple(more if m is chosen else m for m in course.meetings)
        assert set(status(replace(course, meetings=meetings), today).overdue) <= before
    entry = Entry(record[0], day(where % 20), record[1], for_task=task, order=99)
    assert set(status(replace(course, entries=(*course.entries, entry)), today).overdue) <= before


@given(courses())
def test_once_done_stays_done(course):
    """Of tasks done once; tasks of every session begin anew with each."""
    manual = library.manual(course.adaptation)
    once = {t.id for t in manual.tasks if not (t.each_session or t.each_second_session)}
    done: set[str] = set()
    for meeting in sorted(course.meetings, key=lambda m: m.on):
        now = set(status(course, meeting.on).done) & once
        assert done <= now
        done = now


@given(courses())
def test_phases_never_go_backwards(course):
    held = course.held
    phases = [ORDER.index(status(course, meeting.on).phase) for meeting in held]
    assert phases == sorted(phases)


@given(courses(), days)
def test_what_stood_on_a_day_is_what_a_course_cut_to_it_says(course, today):
    """Worked out without cutting: the level before a day, and the phase a session had by the plan of its day."""
    before = known.risk_level(course.as_of(today - timedelta(days=1)))
    assert known.level_before(course, today) == (before.level if before else Level.GREEN)
    manual = library.manual(course.adaptation)
    for meeting in course.held:
        then = course.as_of(meeting.on)
        by_plan = ORDER.index(phase_by_plan(manual, then, meeting.number))
        assert ORDER.index(session_phase(manual, course, meeting)) >= by_plan
        assert session_phase(manual, course, meeting) == session_phase(manual, then, meeting)


@given(courses())
def test_the_score_of_a_session_is_its_last_finished_total(course):
    manual = library.manual(course.adaptation)
    for session in range(25):
        told = [
            total_of(manual, a)
            for a in course.answers_to("ms_phq9")
            if a.session == session and a.finished and total_of(manual, a) is not None
        ]
        assert score_at(manual, course, "ms_phq9", session) == (told[-1] if told else None)


@given(courses(), days)
def test_remaining_is_never_negative_and_lists_do_not_overlap(course, today):
    found = status(course, today)
    assert found.remaining >= 0
    assert found.session_number >= 0
    groups = [found.due, found.done, found.overdue, [s.task.id for s in found.not_applicable]]
    listed = [task for group in groups for task in group]
    assert len(listed) == len(set(listed))
    assert all(reason.strip() for way in found.transitions for reason in way.reasons)
    assert all(result.why.strip() for result in found.rules)


@given(courses(), days, st.integers(1, 6), st.sampled_from(["initial", "middle", "ending", ""]))
def test_an_extension_never_moves_a_past_sessions_phase(course, today, more, phase):
    """Sessions held before the extension keep the phase they had."""
    held = [m for m in course.held if m.on <= today]
    if not held:
        return
    before = {m.number: status(course, m.on).phase for m in held}
    planned = status(course, today).planned_sessions + more
    longer = replace(course, plan_changes=(*course.plan_changes, PlanChange(planned, today, phase)))
    after = {m.number: status(longer, m.on).phase for m in held if m.on < today}
    assert all(before[number] == found for number, found in after.items())


@pytest.mark.parametrize("adaptation", sorted(ADAPTATIONS))
def test_the_spans_cover_every_planned_session_once(adaptation):
    manual = library.manual(adaptation)
    for planned in range(1, 31):
        course = Course(adaptation, "1", planned, START)
        spans = phase_spans(manual, course)
        covered = [n for first, last in spans.values() for n in range(first, last + 1)]
        assert covered == list(range(1, planned + 1)), (planned, spans)
        assert phase_by_plan(manual, course, planned + 1) == list(spans)[-1]


def test_an_extension_adds_to_the_phase_that_is_named():
    """From 12 to 16 in the ending phase: initial 1-3, middle 4-9, ending 10-16."""
    manual = library.manual("ipt_acute")
    course = Course("ipt_acute", "1", 12, START, plan_changes=(PlanChange(16, START, "ending"),))
    assert dict(phase_spans(manual, course)) == {"initial": (1, 3), "middle": (4, 9), "ending": (10, 16)}
