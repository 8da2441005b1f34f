"""Which tasks a record shows to be done: its own, those of its fields, those that are the same act."""

from __future__ import annotations

import pytest

from openipt import library
from openipt.records.actions import checkins, sessions
from openipt.records.manuals import tasks_done_by
from tests import factories as make


@pytest.mark.parametrize(
    ("adaptation", "phase", "record", "values", "for_task", "tasks"),
    [
        ("ipt_acute", "initial", "rec_inventory_person", {"label": "Kari"}, "", {"I07"}),
        ("ipc", "initial", "rec_inventory_person", {"label": "Kari"}, "", {"I07", "IPC-03"}),
        ("ipc", "initial", "rec_problem_area_rating", {"area": "grief"}, "IPC-04", {"I10", "IPC-04"}),
        ("ipc", "middle", "rec_communication_analysis", {"context": "tea"}, "", {"M05", "IPC-05"}),
        ("ipc", "middle", "rec_role_play", {"situation": "a call"}, "IPC-05", {"M07", "IPC-05"}),
        ("ipc", "ending", "rec_outcome", {"measure": "ms_phq9"}, "", {"E03", "IPC-06"}),
        ("ipt_acute", "ending", "rec_next_step", {"decision": "end"}, "", {"E07"}),
        ("ipt_acute", "initial", "rec_psychoeducation", {"topic": "Depression"}, "", set()),
        ("ipt_acute", "initial", "rec_psychoeducation", {"topic": "Depression"}, "I14", {"I14"}),
        ("ipt_acute", "middle", "rec_session", {"ending": "Three remain."}, "", {"E01"}),
        ("ipt_acute", "ending", "rec_session", {"opening": "Nine."}, "", {"M01"}),
        ("ipt_acute", "initial", "rec_session", {"opening": "Nine."}, "", set()),
        ("ipt_acute", "maintenance", "rec_session", {"opening": "Nine."}, "", {"X02"}),
    ],
)
def test_a_record_shows_its_tasks(adaptation, phase, record, values, for_task, tasks) -> None:
    found = tasks_done_by(library.manual(adaptation), phase, record, values, for_task)
    assert set(found) == tasks


def test_where_each_task_belongs_to_one_meeting_a_record_shows_that_of_its_meeting() -> None:
    group, values = library.manual("mit_g"), {"group": "Tuesday", "number": 4}
    for number, tasks in ((4, {"MITG-04"}), (16, {"MITG-16"}), (17, set()), (None, set())):
        assert set(tasks_done_by(group, "middle", "rec_group_meeting", values, number=number)) == tasks


@pytest.mark.django_db
@pytest.mark.parametrize(("planned", "done"), [(3, {"E09"}), (4, set())])
def test_answers_of_the_last_session_are_the_final_measures(planned: int, done: set[str]) -> None:
    by = make.therapist()
    episode = make.episode(by, adaptation="ipc", planned_sessions=planned)
    for number in (1, 2, 3):
        at = make.at_day(7 * (number - 1))
        if number == 3:
            checkins.enter_answers(episode=episode, answers={"ms_phq9": [1] * 9}, by=by, at=at)
        held = sessions.begin_session(episode=episode, intake=False, by=by, at=at)
    marks = held.task_marks.filter(withdrawn_at=None, task_id__startswith="E")
    assert set(marks.values_list("task_id", flat=True)) == done
