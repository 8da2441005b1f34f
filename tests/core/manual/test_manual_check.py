"""What no single file can show: each cross-check, made to speak once."""

from __future__ import annotations

import pytest
from tests.core.manual.small import files

from openipt.core.manual.load import load

CARD, TASKS = "manual/base/manual.toml", "manual/base/tasks.toml"


def faults_after(change):
    found = files()
    change(found)
    return load(found)[1]


def at(file, *path, value):
    """A change of one value of one file, as a function of all files."""

    def change(found):
        table = found[file]
        for step in path[:-1]:
            table = table[step]
        table[path[-1]] = value

    return change


CASES = {
    "an unknown area": (at(CARD, "problem_areas", value=["chance"]), CARD, "problem_areas", "change"),
    "an unknown measure": (at(CARD, "measures", value=["ms_moood"]), CARD, "measures", "ms_mood"),
    "an unknown source": (at(CARD, "sources", value=["S02"]), CARD, "sources", "S01"),
    "an unknown source deep inside": (
        at("records/rec_talk.toml", "field", 0, "sources", value=["S99"]),
        "records/rec_talk.toml",
        "field[said].sources",
        "S01",
    ),
    "an unknown mark": (
        at("records/rec_talk.toml", "record", "marks", value=["GUESS"]),
        "records/rec_talk.toml",
        "record.marks",
        "GKU",
    ),
    "an unknown record": (
        at("areas/change.toml", "records", value=["rec_tulk"]),
        "areas/change.toml",
        "records",
        "rec_talk",
    ),
    "an unknown technique": (
        at("areas/change.toml", "techniques", value=["tq_walk"]),
        "areas/change.toml",
        "techniques",
        "tq_talk",
    ),
    "an unknown field of a worksheet": (
        at("techniques/tq_talk.toml", "worksheet_fields", value=["sayd"]),
        "techniques/tq_talk.toml",
        "worksheet_fields",
        "said",
    ),
    "an unknown fact on a page": (
        at("psychoeducation.toml", "page", 0, "facts", value=["core_2"]),
        "psychoeducation.toml",
        "page[p_1].facts",
        "core_1",
    ),
    "strategies out of order": (
        at("areas/change.toml", "strategy", 0, "order", value=2),
        "areas/change.toml",
        "strategy",
        "1, 2, 3",
    ),
    "a question nobody asks": (
        at("areas/change.toml", "strategy", 0, "questions", value=["What else?"]),
        "areas/change.toml",
        "strategy[ch_1].questions",
        "same",
    ),
    "an unknown record of a task": (
        at(TASKS, "task", 0, "record", value="rec_tulk"),
        TASKS,
        "task[I01].record",
        "rec_talk",
    ),
    "an unknown field of a task": (
        at(TASKS, "task", 1, "field", value="anser"),
        TASKS,
        "task[M01].field",
        "answer",
    ),
    "an unknown condition of a task": (
        at(TASKS, "task", 1, "condition", value="choice-opened"),
        TASKS,
        "task[M01].condition",
        "choice-open",
    ),
    "a conditional task without condition": (
        at(TASKS, "task", 1, "condition", value=""),
        TASKS,
        "task[M01].condition",
        "Name one",
    ),
    "a task in no phase": (
        at(TASKS, "task", 0, "phase", value="acute"),
        TASKS,
        "task[I01].phase",
        "initial",
    ),
    "two ways of being due": (
        at(TASKS, "task", 0, "each_session", value=True),
        TASKS,
        "task[I01]",
        "Keep one of",
    ),
    "a window that ends before it begins": (
        at(TASKS, "task", 0, "first_session", value=4),
        TASKS,
        "task[I01].first_session",
        "begin before",
    ),
    "a quick line that makes no record": (
        at(TASKS, "task", 0, "quick", value=["answer"]),
        TASKS,
        "task[I01].quick",
        "Add said",
    ),
    "a quick line without the task's field": (
        at(TASKS, "task", 1, "quick", value=["said"]),
        TASKS,
        "task[M01].quick",
        "Add answer",
    ),
    "a phase before session 1 without its meetings": (
        lambda found: found[CARD]["phase"].append({"id": "pre_group", "title": "Before the group"}),
        CARD,
        "phase[pre_group].meetings",
        "the fewest and the most",
    ),
    "meetings before session 1 in a phase of sessions": (
        at(CARD, "phase", 0, "meetings", value=[1, 2]),
        CARD,
        "phase[initial].meetings",
        "Take it out",
    ),
    "boosters that no phase leads to": (
        lambda found: found[CARD]["phase"].insert(
            0, {"id": "booster", "title": "Booster", "meetings": [0, 2]}
        ),
        CARD,
        "phase[booster]",
        "leads_to",
    ),
    "meetings beside the sessions with nothing to do in them": (
        lambda found: found[CARD].update(
            beside=[{"id": "ward", "name": "ward group", "format": "group", "meetings": [1, 2]}]
        ),
        CARD,
        "beside[ward]",
        "Add one with beside",
    ),
    "an unknown exit task": (
        at(CARD, "phase", 0, "exit_tasks", value=["I02"]),
        CARD,
        "phase[initial].exit_tasks",
        "I01",
    ),
    "an exit task of another phase": (
        at(CARD, "phase", 0, "exit_tasks", value=["M01"]),
        CARD,
        "phase[initial].exit_tasks",
        "this phase",
    ),
    "an unknown exit condition": (
        at(CARD, "phase", 0, "exit_conditions", value=["client-agree"]),
        CARD,
        "phase[initial].exit_conditions",
        "client-agreed",
    ),
    "an unknown way to leave": (
        at(CARD, "phase", 1, "leaves_when", value=["clinicians-decision"]),
        CARD,
        "phase[middle].leaves_when",
        "clinician-decision",
    ),
    "a gap between phases": (
        at(CARD, "length", 0, "middle", value=[5, 9]),
        CARD,
        "length[12]",
        "exactly one phase",
    ),
    "phases that overlap": (
        at(CARD, "length", 0, "middle", value=[3, 9]),
        CARD,
        "length[12]",
        "exactly one phase",
    ),
    "a phase after the last session": (
        at(CARD, "length", 0, "ending", value=[10, 13]),
        CARD,
        "length[12]",
        "last session",
    ),
    "minutes that do not add up": (
        at(CARD, "agenda", 0, "ending", value=25),
        CARD,
        "agenda",
        "add up",
    ),
    "an unknown task on the agenda": (
        at(CARD, "agenda", 0, "tasks", value={"middle": ["M02"]}),
        CARD,
        "agenda[all].tasks.middle",
        "M01",
    ),
    "an unknown measure in the schedule": (
        at(CARD, "schedule", 0, "private", value=["ms_hom"]),
        CARD,
        "schedule[session].measures",
        "ms_home",
    ),
    "a condition nobody knows": (
        at(CARD, "schedule", 0, "conditions", value={"ms_mood": "licenced"}),
        CARD,
        "schedule[session].conditions.ms_mood",
        "licensed",
    ),
    "a condition for a measure that is not due": (
        at(CARD, "schedule", 0, "conditions", value={"ms_other": "licensed"}),
        CARD,
        "schedule[session].conditions.ms_other",
        "Remove",
    ),
    "an unknown moment": (
        at(CARD, "schedule", 0, "when", value="sessions"),
        CARD,
        "schedule[sessions].when",
        "session",
    ),
    "an unknown task in a session plan": (
        at(CARD, "session_plan", 0, "tasks", value=["I02"]),
        CARD,
        "session_plan[1, 1].tasks",
        "I01",
    ),
    "a folder that is named otherwise": (at(CARD, "id", value="basis"), CARD, "id", "basis"),
    "lengths that do not rise": (
        at(CARD, "sessions", value={"min": 8, "typical": 30, "max": 20}),
        CARD,
        "sessions",
        "rise",
    ),
    "a file that is named otherwise": (
        at("techniques/tq_talk.toml", "id", value="tq_talked"),
        "techniques/tq_talk.toml",
        "id",
        "tq_talked.toml",
    ),
    "a known key misspelt": (at(CARD, "agendas", value=[]), CARD, "agendas", "agenda"),
}


@pytest.mark.parametrize("name", CASES)
def test_each_fault_is_named_once_with_file_key_and_remedy(name):
    change, file, key, remedy = CASES[name]
    (fault,) = faults_after(change)
    assert (fault.file, fault.key) == (file, key)
    assert remedy in fault.remedy


def test_a_private_measure_never_goes_into_a_set_for_the_client():
    """Questions about violence at home are asked alone with the client, never on a device."""
    change = at(CARD, "schedule", 0, "measures", value=["ms_mood", "ms_home"])
    (fault,) = faults_after(change)
    assert "alone with the client" in fault.reason
    assert fault.remedy == "Move it to private."


def test_a_task_is_not_shown_to_the_client_when_its_record_is_not():
    def change(found):
        found[TASKS]["task"][0] |= {"record": "rec_private", "client_visible": True}

    (fault,) = faults_after(change)
    assert fault.key == "task[I01].client_visible"


def test_the_same_id_twice_is_a_fault():
    def change(found):
        found[TASKS]["task"].append(dict(found[TASKS]["task"][0]))

    (fault,) = faults_after(change)
    assert (fault.file, fault.key, "twice" in fault.reason) == (TASKS, "task[I01]", True)


def test_a_strategy_belongs_to_one_area():
    def change(found):
        found["areas/other.toml"] = {**found["areas/change.toml"], "id": "other"}

    (fault,) = faults_after(change)
    assert fault.key == "strategy[ch_1]"


def test_a_broken_item_is_not_blamed_a_second_time_where_it_is_named():
    """The exit task I01 has a fault of its own; the phase that names it has none."""
    (fault,) = faults_after(at(TASKS, "task", 0, "requirement", value="X"))
    assert fault.key == "task[I01].requirement"


def test_faults_of_five_files_are_named_together():
    def change(found):
        for name in ("an unknown area", "an unknown mark", "a task in no phase", "a condition nobody knows"):
            CASES[name][0](found)
        found["techniques/tq_talk.toml"]["speed"] = 3

    faults = faults_after(change)
    assert {(fault.file, fault.key) for fault in faults} >= {
        (CARD, "problem_areas"),
        ("records/rec_talk.toml", "record.marks"),
        (TASKS, "task[I01].phase"),
        (CARD, "schedule[session].conditions.ms_mood"),
        ("techniques/tq_talk.toml", "speed"),
    }
