"""The shipped manuals: they load without a fault, and say what the clinical reference says."""

from __future__ import annotations

import json
import re
import shutil
from functools import cache

import pytest
from tests.content.reference_tables import CONTENT, bare, cited, marked, rows

from openipt import library
from openipt.cli.main import main
from openipt.core.manual.model import Manual, Requirement, midpoint
from openipt.core.manual.names import (
    EXIT_CONDITIONS,
    LEAVING_REASONS,
    MEASURE_CONDITIONS,
    TASK_CONDITIONS,
)

BASE, IPC = "ipt_acute", "ipc"


@cache
def shipped() -> dict[str, Manual]:
    content, faults = library.check()
    assert not faults, "\n".join(map(str, faults))
    return dict(content.manuals)


def lengths_of(name: str) -> range:
    return shipped()[name].allowed_lengths


EVERY_LENGTH = [(name, planned) for name in (BASE, IPC) for planned in lengths_of(name)]

# -- the content holds together ------------------------------------------------------------------


def test_all_shipped_content_loads_without_a_fault():
    assert set(shipped()) >= {BASE, IPC}
    assert library.content() is library.content()


@pytest.mark.parametrize(("name", "planned"), EVERY_LENGTH)
def test_phases_cover_every_session_of_every_allowed_length_once(name, planned):
    manual = shipped()[name]
    spans = sorted(manual.phase_split(planned).values())
    covered = [session for first, last in spans for session in range(first, last + 1)]
    assert covered == list(range(1, planned + 1))
    assert list(manual.phase_split(planned)) == ["initial", "middle", "ending"]


@pytest.mark.parametrize(("name", "planned"), EVERY_LENGTH)
def test_every_task_of_the_contract_has_sessions_in_which_it_can_be_done(name, planned):
    manual = shipped()[name]
    for task in manual.tasks:
        if task.phase != "maintenance":
            first, last = manual.window(task, planned)
            assert 0 <= first <= last <= planned, task.id
    assert manual.window(manual.task("M12"), planned) == (midpoint(planned),) * 2


def test_each_condition_that_data_may_name_is_named_by_some_data():
    """Only `risk-positive` is kept for adaptations to come."""
    manuals = shipped().values()
    tasks = {task.condition for manual in manuals for task in manual.tasks}
    phases = [phase for manual in manuals for phase in manual.phases]
    measures = {c for m in manuals for item in m.schedule for c in item.conditions.values()}
    assert set(TASK_CONDITIONS) - tasks == {"risk-positive"}
    assert {name for phase in phases for name in phase.exit_conditions} == set(EXIT_CONDITIONS)
    assert {name for phase in phases for name in phase.leaves_when} == set(LEAVING_REASONS)
    assert measures == set(MEASURE_CONDITIONS)


# -- the tasks against the reference -------------------------------------------------------------

TASK_TABLES = {
    "3.4 Task library": "pre",
    "3.5 Task library": "initial",
    "3.6 Task library": "middle",
    "3.7 Task library": "ending",
    "3.8 Task library": "maintenance",
}


@cache
def reference_tasks() -> dict[str, dict[str, str]]:
    found = {}
    for title, phase in TASK_TABLES.items():
        header, *body = list(rows(title))
        for row in body:
            found[row[0]] = {"phase": phase, "row": " | ".join(row), **dict(zip(header, row, strict=True))}
    return found


def test_every_task_of_the_reference_is_there_and_no_other():
    ids = [task.id for task in shipped()[BASE].tasks]
    assert ids == list(reference_tasks())
    assert len(ids) == 7 + 18 + 17 + 12 + 5


def test_name_phase_record_and_requirement_are_those_of_the_reference():
    for task in shipped()[BASE].tasks:
        told = reference_tasks()[task.id]
        assert (task.name, task.phase) == (told["task"], told["phase"])
        records = [bare(record) for record in re.findall(r"`(rec_[a-z_.]+)`", told["record"])]
        stated = f"{task.record}.{task.field}" if "." in records[0] else task.record
        assert [stated, *task.also_records] == records, task.id
        # I08 is R only in other manuals, "else O"; every other cell begins with its letter.
        assert task.requirement.value == ("O" if task.id == "I08" else told["req"][0]), task.id


def test_sources_and_marks_of_tasks_are_kept():
    for task in shipped()[BASE].tasks:
        told = reference_tasks()[task.id]["row"]
        assert set(task.sources) == cited(told), task.id
        assert set(task.marks) == marked(told), task.id


def test_the_sessions_of_initial_tasks_are_those_of_the_reference():
    for task in shipped()[BASE].tasks_of("initial"):
        first, _, last = reference_tasks()[task.id]["sessions"].partition("-")
        assert (task.first_session, task.last_session) == (int(first), int(last or first)), task.id


def test_middle_tasks_come_every_session_unless_stated():
    """Stated otherwise: M09 every second session, M12 at the midpoint, M14 optional, once."""
    manual = shipped()[BASE]
    otherwise = {task.id for task in manual.tasks_of("middle") if not task.each_session}
    assert otherwise == {"M09", "M12", "M14"}
    assert manual.task("M09").each_second_session
    assert manual.task("M12").at == "midpoint"


def test_the_end_may_be_spoken_of_before_its_phase():
    assert shipped()[BASE].task("E01").may_be_early


def test_conditional_tasks_say_their_condition():
    told = {name for name, row in reference_tasks().items() if row["req"].startswith("C")}
    found = {t.id for t in shipped()[BASE].tasks if t.requirement is Requirement.CONDITIONAL}
    assert found == told == {"A07", "M05", "M06", "M07", "M13", "M17", "E08"}
    assert all(shipped()[BASE].task(name).condition_text for name in found)


def test_the_conditional_cells_say_the_same_as_our_words():
    for name in ("M05", "M06", "M07", "E08"):
        told = reference_tasks()[name]["req"].removeprefix("C: ").replace("choice is", "a choice is")
        assert shipped()[BASE].task(name).condition_text == told


# -- phases, lengths, agenda, schedule, card -----------------------------------------------------


def _span(cell: str) -> tuple[int, int]:
    first, _, last = cell.partition("-")
    return int(first), int(last or first)


def test_lengths_are_those_of_the_reference():
    _, *body = list(rows("3.2 Phase boundaries"))
    listed = {(length.planned, length.format): length for length in shipped()[BASE].lengths}
    assert len(listed) == len(body)
    for count, *spans, note in body:
        planned, _, kind = count.partition(" ")
        length = listed[int(planned), kind]
        told = [_span(cell) for cell in spans]
        assert [length.initial, length.middle, length.ending] == told
        assert set(length.sources) == cited(note)
        assert set(length.marks) == marked(note)


def test_exit_tasks_are_those_of_the_reference():
    _, *body = list(rows("3.3 Phase goals"))
    for phase, goals, criteria in body:
        found = shipped()[BASE].phase(bare(phase))
        assert list(found.exit_tasks) == re.findall(r"\b[IE]\d\d\b", criteria)
        assert len(found.goals) == len(goals.split(":")[0].split(";" if ";" in goals else ","))


def test_the_agenda_is_that_of_the_reference():
    _, *body = list(rows("3.9 Agenda"))
    told = [(title, *(int(re.match(r"\d+", cell)[0]) for cell in cells)) for title, *cells in body]
    found = [(b.title.lower(), b.initial, b.middle, b.ending) for b in shipped()[BASE].agenda]
    assert found == told


@pytest.mark.parametrize("name", [BASE, IPC])
def test_the_agenda_fills_the_session(name):
    manual = shipped()[name]
    for phase in ("initial", "middle", "ending"):
        assert sum(minutes for _, minutes in manual.agenda_of(phase)) == manual.minutes


def test_session_plans_are_those_of_the_reference():
    _, *body = list(rows("3.10 Session-by-session"))
    plans = {(plan.first, plan.last): plan for plan in shipped()[BASE].session_plans}
    assert len(plans) == len(body)
    for sessions, tasks, _ in body:
        first, _, last = sessions.partition("-")
        named = re.findall(r"\b[AIME]\d\d\b", tasks)
        plan = plans[int(first), int(last or first)]
        if "-set" not in tasks and "-" not in tasks:
            assert list(plan.tasks) == named
        else:
            assert set(named) <= set(plan.tasks)


def test_the_schedule_is_that_of_the_reference():
    manual = shipped()[BASE]
    (baseline,) = manual.due_at("baseline")
    assert set(baseline.measures) == {
        *("ms_phq9", "ms_gad7", "ms_wsas", "ms_auditc", "ms_ucla3", "ms_osss3", "ms_pg13r", "ms_pcl5")
    }
    assert baseline.private == ("ms_hark",)
    assert dict(baseline.conditions) == {"ms_wsas": "licensed", "ms_pg13r": "loss", "ms_pcl5": "trauma"}
    (session,) = manual.due_at("session")
    assert session.measures == ("ms_phq9", "ms_gad7", "ms_focus_stress", "ms_prr")
    assert dict(session.conditions) == {"ms_focus_stress": "focus-agreed", "ms_prr": "middle-phase-reached"}
    (some,) = manual.due_at("sessions_3_8_12")
    assert (some.sessions, some.measures) == ((3, 8, 12), ("ms_alliance3", "ms_osss3"))
    (after,) = manual.due_at("follow_up")
    assert after.months == (3, 6)
    for whole in (*manual.due_at("end"), after):
        assert (set(whole.measures), whole.private) == (set(baseline.measures), baseline.private)
        assert set(whole.conditions.values()) == {"in-baseline"}


def test_the_card_is_that_of_the_reference():
    told = {row[0]: row[1] for row in rows("3.1 Adaptation card")}
    manual = shipped()[BASE]
    assert told["population"] == manual.population
    sessions = manual.sessions
    assert told["sessions min / typical / max"].startswith(
        f"{sessions.min} / {sessions.typical} / {sessions.max}"
    )
    assert cited(told["sources"]) == set(manual.sources)
    assert manual.evidence.grade == told["evidence"][0]
    figures = re.findall(r"-?\d+[.,]\d+", told["evidence"])
    assert all(figure in manual.evidence.text for figure in figures)
    assert "{goals}" in manual.formulation


def test_every_source_of_the_reference_is_there():
    told = set()
    for row in rows("23. Sources"):
        if re.match(r"S[0-9_]", row[0]):
            told |= set(re.sub(r"\(.*\)", "", row[0]).replace(" ", "").split(","))
    assert set(library.sources()) == told
    assert all(source.citation and source.read for source in library.sources().values())


# -- the second adaptation, and any other --------------------------------------------------------


def test_counselling_is_one_visit_a_middle_and_one_visit():
    manual = shipped()[IPC]
    assert list(manual.allowed_lengths) == [3, 4, 5, 6, 7, 8]
    for planned in (*manual.allowed_lengths, 9, 12):
        split = manual.phase_split(planned)
        assert split == {"initial": (1, 1), "middle": (2, planned - 1), "ending": (planned, planned)}


def test_counselling_adds_its_scripted_tasks_and_keeps_all_others():
    manual = shipped()[IPC]
    added = [task for task in manual.tasks if task.id.startswith("IPC-")]
    assert [(task.id, task.phase) for task in added] == [
        *((f"IPC-0{n}", "initial") for n in range(1, 5)),
        ("IPC-05", "middle"),
        ("IPC-06", "ending"),
        ("IPC-07", "ending"),
    ]
    assert {task.id for task in manual.tasks} - {task.id for task in added} == set(reference_tasks())
    assert manual.task("IPC-05").each_session
    assert {task.requirement for task in added} == {Requirement.REQUIRED}


def test_counselling_does_every_initial_task_in_its_one_visit():
    manual = shipped()[IPC]
    assert {manual.window(task, 6) for task in manual.tasks_of("initial")} == {(1, 1)}


NEW_CARD = """
id = "ipt_brief"
name = "A brief form"
version = "1"
inherits = "ipt_acute"
population = "people who can come eight times"
remove_tasks = ["A06"]

[sessions]
min = 8
typical = 8
max = 8

[[phase]]
id = "engagement"
title = "Engagement"
meetings = [1, 1]

[[task]]
id = "IB-01"
name = "engagement"
title = "What stands in the way"
phase = "engagement"
action = "asks what stands in the way of coming"
record = "rec_engagement"
requirement = "R"
quick = ["story"]
"""


@pytest.fixture
def copied(tmp_path):
    """The shipped content folder, yours to change."""
    return shutil.copytree(CONTENT, tmp_path / "content")


def test_a_new_adaptation_is_a_folder_and_no_code(copied):
    folder = copied / "manual" / "ipt_brief"
    folder.mkdir()
    (folder / "manual.toml").write_text(NEW_CARD, encoding="utf-8")
    content, faults = library.check(copied)
    assert faults == ()
    brief = content.manuals["ipt_brief"]
    assert brief.phase_split(8) == {"initial": (1, 2), "middle": (3, 6), "ending": (7, 8)}
    assert [phase.id for phase in brief.phases][:3] == ["pre", "engagement", "initial"]
    assert brief.task("IB-01").record == "rec_engagement"
    assert not brief.has_task("A06")
    assert brief.task("M02") == shipped()[BASE].task("M02")
    assert brief.minutes == 50


def test_an_older_version_is_kept_for_the_episodes_that_began_with_it(copied, monkeypatch):
    shutil.copytree(copied / "manual" / BASE, copied / "manual" / f"{BASE}@1")
    card = copied / "manual" / BASE / "manual.toml"
    newer = card.read_text(encoding="utf-8").replace('version = "1"', 'version = "2"')
    card.write_text(newer.replace('title = "Middle phase"', 'title = "The middle"'), encoding="utf-8")
    content, faults = library.check(copied)
    assert faults == ()
    monkeypatch.setattr(library, "content", lambda: content)
    assert library.manual(BASE).phase("middle").title == "The middle"
    assert library.manual(BASE, "2") is library.manual(BASE)
    assert library.manual(BASE, "1").phase("middle").title == "Middle phase"
    assert set(library.manuals()) == set(shipped())
    with pytest.raises(KeyError):
        library.manual(BASE, "3")


def test_a_broken_file_with_five_faults_names_all_five(copied):
    path = copied / "manual" / "ipc" / "tasks.toml"
    text = path.read_text(encoding="utf-8")
    for sound, broken in (
        ('record = "rec_timeline"', 'record = "rec_timelime"'),
        ('requirement = "R"\nsame_as = ["E07"', 'requirement = "X"\nsame_as = ["E07"'),
        ('phase = "middle"\nfirst_session', 'phase = "midle"\nfirst_session'),
        ('name = "review"\n', ""),
        ('quick = ["label", "relation"]', 'quick = "label"'),
    ):
        assert sound in text
        text = text.replace(sound, broken, 1)
    path.write_text(text, encoding="utf-8")
    _, faults = library.check(copied)
    assert {(fault.file, fault.key) for fault in faults} == {
        ("manual/ipc/tasks.toml", "task[IPC-02].record"),
        ("manual/ipc/tasks.toml", "task[IPC-07].requirement"),
        ("manual/ipc/tasks.toml", "task[I18].phase"),
        ("manual/ipc/tasks.toml", "task[IPC-06].name"),
        ("manual/ipc/tasks.toml", "task[IPC-03].quick"),
    }
    assert all(fault.reason and fault.remedy for fault in faults)


def test_a_file_that_cannot_be_read_is_a_fault_of_that_file(copied):
    (copied / "areas" / "grief.toml").write_text('id = "grief', encoding="utf-8")
    (copied / "areas" / "role_dispute.toml").write_bytes(b'id = "\xff"')
    _, faults = library.check(copied)
    unread = {fault.file: fault for fault in faults if fault.key == "the file"}
    assert set(unread) == {"areas/grief.toml", "areas/role_dispute.toml"}
    assert "no TOML" in unread["areas/grief.toml"].reason


# -- the library and the command -----------------------------------------------------------------


def test_a_service_adds_its_own_measure_as_a_file(tmp_path):
    own = (CONTENT / "measures" / "ms_wsas.toml").read_text(encoding="utf-8")
    (tmp_path / "ms_own_total.toml").write_text(own.replace('"ms_wsas"', '"ms_own_total"'), encoding="utf-8")
    library.configure(extra=tmp_path)
    try:
        assert library.measure("ms_own_total").shipped is False
        assert library.measure("ms_phq9").shipped is True
    finally:
        library.configure(extra=None)
    assert "ms_own_total" not in library.measures()


def test_the_library_answers_by_id_and_cannot_be_changed():
    assert library.manual(BASE).id == BASE
    assert library.record_type("rec_session").id == "rec_session"
    assert set(library.areas()) > set(library.manual(BASE).problem_areas)
    for everything in (library.techniques(), library.styles(), library.facts(), library.rules()):
        assert all(item.id == name for name, item in everything.items())
    with pytest.raises(TypeError):
        library.manuals()["x"] = None
    assert library.table("ranking")["least_rated"] == 4
    with pytest.raises(KeyError):
        library.manual("ipt_nothing")


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("OPENIPT_HOME", str(tmp_path))
    yield tmp_path
    library.configure(extra=None)


def test_check_prints_counts_when_all_is_well(home, capsys):
    assert main(["manual", "check", "ipt_acute"]) == 0
    out = capsys.readouterr().out
    assert "The content is good." in out
    assert "ipt_acute: 5 phases, 59 tasks" in out


def test_check_names_an_adaptation_that_is_not_there(home, capsys):
    assert main(["manual", "check", "ipt_acut"]) == 3
    assert "No adaptation has the id 'ipt_acut'. Did you mean" in capsys.readouterr().err


def test_check_ends_with_4_and_names_every_fault(home, capsys):
    measures = home / "content" / "measures"
    measures.mkdir(parents=True)
    (measures / "ms_own.toml").write_text('id = "ms_own"\nlicense = "L0"\n', encoding="utf-8")
    assert main(["manual", "check"]) == 4
    err = capsys.readouterr().err
    assert "site/measures/ms_own.toml: license: is not a known key." in err
    assert 'Did you mean "licence"?' in err
    assert "site/measures/ms_own.toml: title: is missing." in err
    assert re.search(r"\d+ faults in 1 file\.", err)


@pytest.mark.parametrize(
    ("ident", "says"),
    [
        ("ipt_acute", "M12 R  Midpoint review"),
        ("ipc", "IPC-05 R"),
        ("I07", "rec_inventory_person"),
        ("ipc:I18", "phase: middle"),
        ("grief", "gr_1_link"),
        ("rt_2_old", "order: 2"),
        ("tq_role_play", "rec_role_play"),
        ("rec_emotion_log", "first_word"),
        ("ms_phq9", "PHQ-9"),
        ("DR-20", "improvement_below_percent: 20"),
        ("S07", "Markowitz"),
        ("cs_silence", "silence"),
        ("core_1", "illness"),
    ],
)
def test_show_prints_anything_that_has_an_id(home, capsys, ident, says):
    assert main(["manual", "show", ident]) == 0
    assert says in capsys.readouterr().out
    assert main(["manual", "show", ident, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["id"] == ident.split(":")[-1]


def test_show_keeps_sources_and_marks_in_view(home, capsys):
    assert main(["manual", "show", "ipt_acute"]) == 0
    out = capsys.readouterr().out
    assert "[S07][S74]" in out
    assert "(project default)" in out
    assert "(unverified)" in out


def test_show_offers_the_nearest_id(home, capsys):
    assert main(["manual", "show", "ipt_acut"]) == 3
    assert 'Did you mean "ipt_acute"?' in capsys.readouterr().err
