"""The examples of the page on content files load, and it names every key a content file may have."""

from __future__ import annotations

import dataclasses
import re
import tomllib
from datetime import date, timedelta
from pathlib import Path

import pytest

from openipt import library
from openipt.core.course.course import Answers, Attendance, Course, Meeting
from openipt.core.course.rules import RuleState, rule_result
from openipt.core.manual import model
from openipt.core.manual.load import faults_of_each, load
from openipt.core.portable.answers import total_fault

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "content-format.md"
TEXT = PAGE.read_text(encoding="utf-8")


def examples() -> dict[str, dict]:
    """Each TOML example by the file name in its first line."""
    blocks = re.findall(r"```toml\n# (\S+)\n(.*?)```", TEXT, re.DOTALL)
    return {name: tomllib.loads(body) for name, body in blocks}


def shipped() -> dict[str, dict]:
    tables, faults = library.read_folder(library.package_files("openipt") / "content")
    assert not faults
    return dict(tables)


def test_the_measure_of_the_page_loads_with_its_words():
    own = {f"measures/{name}": table for name, table in examples().items() if "ms_own" in name}
    assert len(own) == 2
    content, faults = load(shipped(), own)
    assert faults == ()
    measure = content.measures["ms_own_sleep"]
    assert not measure.shipped
    assert measure.text(2) == "I woke too early"
    assert measure.may_go_to_client


def test_the_scale_of_the_page_is_the_one_that_dr_24_reads():
    """A service adds `ms_hdrs` as the page says, and the rule reads its totals."""
    own = {"measures/ms_hdrs.toml": examples()["ms_hdrs.toml"]}
    content, faults = load(shipped(), own)
    assert faults == ()
    manual = content.manuals["ipt_acute"]
    assert manual.rule("DR-24").parameters["clinician_scale"] == "ms_hdrs"
    start = date(2025, 9, 2)
    days = [start + timedelta(weeks=week) for week in range(4)]
    made = Course(
        adaptation="ipt_acute",
        manual_version="1",
        planned_sessions=16,
        started_on=start,
        birth_year=2010,
        meetings=tuple(Meeting(on, n, Attendance.ATTENDED) for n, on in enumerate(days, start=1)),
        answers=(
            Answers("ms_hdrs", days[0], total=25, session=1, rater="clinician"),
            Answers("ms_hdrs", days[3], total=22, session=4, rater="clinician"),
        ),
    )
    result = rule_result("DR-24", manual, made, days[3])
    assert (result.state, result.inputs["percent"]) == (RuleState.FIRED, 12.0)
    assert list(total_fault(content.measures["ms_hdrs"], 53, "x"))


def test_the_adaptation_of_the_page_loads_and_inherits():
    tables = shipped() | {name: t for name, t in examples().items() if name.startswith("manual/")}
    content, faults = load(tables)
    assert faults == ()
    short, base = content.manuals["ipt_short"], content.manuals["ipt_acute"]
    assert short.has_task("SHORT-01") and not short.has_task("A06")
    assert len(short.tasks) == len(base.tasks)
    assert short.phase_split(8)["ending"] == (7, 8)


def test_what_goes_with_any_of_the_page_is_laid_over_each_also_two_at_once():
    tables = shipped() | {name: t for name, t in examples().items() if name.startswith("manual/")}
    content, faults = load(tables)
    assert faults == () and faults_of_each(content, tables) == ()
    both = content.manual("ipt_short+ipt_tele+ipt_walk")
    assert both.has_task("SHORT-01") and both.has_task("TE-01") and both.has_task("WALK-01")
    assert both.version == "1+1+1" and both.title.endswith(", by phone or video, while walking")


def test_another_model_says_what_it_keeps_or_is_refused():
    """A task that the base has or gets later is never taken over unseen."""
    tables = shipped()
    card = {key: value for key, value in tables["manual/dit/manual.toml"].items() if key != "keeps_tasks"}
    _, faults = load(tables | {"manual/dit/manual.toml": card})
    assert any(fault.key == "keeps_tasks" and "inherits from" in fault.reason for fault in faults)
    _, faults = load(tables | {"manual/dit/manual.toml": card | {"keeps_tasks": ["A01", "A0l"]}})
    assert any(fault.key == "keeps_tasks" and "A0l" in fault.reason for fault in faults)


@pytest.mark.parametrize(
    "kind",
    [
        *("Area", "Strategy", "Stage", "Technique", "Style", "Rule", "Fact", "Page"),
        *("OffTrackReason", "NextStep"),
    ],
)
def test_every_key_is_on_the_page(kind):
    for field in dataclasses.fields(getattr(model, kind)):
        key = field.metadata.get("table", field.name)
        assert re.search(rf"[`.\[]{key}[`\]]", TEXT), f"{kind}.{key}"
