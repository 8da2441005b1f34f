"""Loading content: values in, values out, and an adaptation as a delta."""

from __future__ import annotations

import tomllib

from tests.core.manual.small import files

from openipt.core.manual.load import load

DELTA = """
    id = "short"
    name = "Short"
    version = "2"
    inherits = "base"
    population = "a few"
    minutes = 20
    remove_tasks = ["M01"]
    remove_schedule = ["session"]
    session_plan = []
    sessions = { min = 2, typical = 3, max = 4 }
    other_lengths = { initial_last = 1, ending_sessions = 1 }
    [[phase]]
    id = "pre"
    title = "Before"
    [[length]]
    planned = 3
    initial = [1, 1]
    middle = [2, 2]
    ending = [3, 3]
    [[agenda]]
    block = "all"
    initial = 20
    middle = 20
    ending = 20
    tasks = {}
    [[task]]
    id = "I01"
    title = "Listen"
    [[task]]
    id = "SH-01"
    name = "extra"
    title = "Extra"
    phase = "middle"
    action = "adds"
    record = "rec_talk"
    requirement = "O"
    quick = ["said"]
"""


def with_delta(text: str = DELTA):
    found = files()
    found["manual/short/manual.toml"] = tomllib.loads(text)
    return load(found)


def test_the_small_world_loads_whole():
    content, faults = load(files())
    assert faults == ()
    manual = content.manuals["base"]
    assert [task.id for task in manual.tasks] == ["I01", "M01"]
    assert [strategy.id for strategy in manual.strategies_of("change")] == ["ch_1"]
    assert manual.area_of_strategy("ch_1").id == "change"
    assert [technique.id for technique in manual.techniques_for("change")] == ["tq_talk"]
    assert manual.rule("DR-01").severity.value == "info"
    assert manual.due_at("session")[0].private == ("ms_home",)
    assert set(manual.record_types) == {"rec_talk", "rec_private"}
    assert manual.codes("strategies") == ("ch_1",)


def test_a_delta_changes_what_it_names_and_keeps_the_rest():
    content, faults = with_delta()
    assert faults == ()
    short = content.manuals["short"]
    assert short.task("I01").title == "Listen"
    assert short.task("I01").action == "hears"
    assert [task.id for task in short.tasks] == ["I01", "SH-01"]
    assert short.problem_areas == ("change",)
    assert short.agenda[0].title == "All of it"
    assert short.agenda[0].minutes("middle") == 20
    assert short.schedule == ()
    assert [length.planned for length in short.lengths] == [3]
    assert short.session_plans == ()


def test_phases_of_a_delta_stand_in_the_order_of_a_course():
    content, _ = with_delta()
    assert [phase.id for phase in content.manuals["short"].phases] == ["pre", "initial", "middle", "ending"]


def test_what_an_adaptation_is_must_be_said_by_itself():
    """Name, population, sources and marks of the parent say nothing of the child."""
    content, _ = with_delta()
    assert content.manuals["short"].sources == ()
    assert content.manuals["short"].marks == ()
    assert content.manuals["short"].citations == ()
    _, faults = with_delta(DELTA.replace('population = "a few"', ""))
    assert [(fault.file, fault.key) for fault in faults] == [("manual/short/manual.toml", "population")]


def test_the_parent_is_untouched_by_its_child():
    content, _ = with_delta()
    alone, _ = load(files())
    assert content.manuals["base"] == alone.manuals["base"]


def test_removing_what_is_not_inherited_is_a_fault():
    _, faults = with_delta(DELTA.replace('["M01"]', '["M10"]'))
    assert [(fault.key, fault.remedy) for fault in faults] == [("remove_tasks", 'Did you mean "M01"?')]


def test_inheriting_from_nothing_or_from_oneself_is_a_fault():
    _, faults = with_delta(DELTA.replace('inherits = "base"', 'inherits = "bass"'))
    assert [(fault.key, fault.remedy) for fault in faults] == [("inherits", 'Did you mean "base"?')]
    found = files()
    found["manual/base/manual.toml"]["inherits"] = "short"
    found["manual/short/manual.toml"] = tomllib.loads(DELTA)
    _, faults = load(found)
    assert any("leads back to itself" in fault.reason for fault in faults)


def test_a_sites_own_measure_stands_beside_the_shipped():
    own = {**files()["measures/ms_mood.toml"], "id": "ms_own"}
    content, faults = load(files(), {"measures/ms_own.toml": own})
    assert faults == ()
    assert set(content.measures) == {"ms_mood", "ms_home", "ms_own"}
    assert not content.measures["ms_own"].shipped
    assert "ms_own" in content.manuals["base"].measure_list


def test_a_fault_of_a_sites_measure_says_that_it_is_the_sites():
    _, faults = load(files(), {"measures/ms_own.toml": {"id": "ms_own"}})
    assert {fault.file for fault in faults} == {"site/measures/ms_own.toml"}
