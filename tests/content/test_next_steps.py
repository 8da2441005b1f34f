"""The reasons and next steps of a course that is not on track: whole, cited, and refused where they are wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from openipt import library
from openipt.core.manual.load import load
from openipt.core.manual.names import NEXT_STEP_KINDS

CONTENT = library.content()
PAGE = (Path(__file__).resolve().parents[2] / "docs/reference/not-on-track.md").read_text(encoding="utf-8")
# What the rules name as next steps (ipt.md 14), by kind.
NAMED = {
    "DR-20": {"supervise", "talk", "refocus", "combine", "change_frequency"},
    "DR-21": {"combine", "change_frequency", "switch"},
    "DR-22": {"contact", "supervise"},
    "DR-24": {"combine", "change_frequency"},
    "DR-30": {"combine", "extend"},
    "DR-31": {"combine", "switch"},
    "DR-34": {"contact"},
    "DR-36": {"talk"},
}


def faults_of(**changes: Any) -> list[str]:
    """What is said of the content with the first step changed so."""
    files, unread = library.read_folder(library.package_files("openipt") / "content")
    assert not unread
    table = files["next_steps.toml"]
    steps = [{**table["step"][0], **changes}, *table["step"][1:]]
    _, faults = load({**files, "next_steps.toml": {**table, "step": steps}})
    return [f"{fault.file} {fault.key} {fault.reason}" for fault in faults]


@pytest.mark.parametrize("rule", NAMED)
def test_every_step_a_rule_names_is_offered(rule):
    kinds = {step.kind for step in CONTENT.next_steps.values() if rule in step.rules}
    assert kinds >= NAMED[rule]


def test_every_kind_is_used_and_every_item_has_its_ground():
    assert {step.kind for step in CONTENT.next_steps.values()} == set(NEXT_STEP_KINDS)
    for item in (*CONTENT.next_steps.values(), *CONTENT.off_track_reasons.values()):
        assert item.section or item.rules, item.id
        assert item.sources or item.marks or item.rules or item.section, item.id


def test_every_reason_is_answered_by_a_step():
    answered = {name for step in CONTENT.next_steps.values() for name in step.answers}
    assert answered == set(CONTENT.off_track_reasons)


def test_a_number_that_no_rule_gives_is_marked_as_ours():
    for reason in CONTENT.off_track_reasons.values():
        assert not reason.parameters or "DEFAULT" in reason.marks, reason.id


def test_the_reference_page_names_every_reason():
    assert all(f"`{reason}`" in PAGE for reason in CONTENT.off_track_reasons)


def test_the_content_as_it_stands_is_without_fault():
    assert faults_of() == []


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"when": ["not-on-trak"]}, '"not-on-trak" is not a known name.'),
        ({"when": []}, "step[contact].when is empty."),
        ({"kind": "prayer"}, '"prayer" is not a known name.'),
        ({"answers": ["aliance"]}, '"aliance" is not a known name.'),
        ({"when": ["answers-a-reason"], "answers": []}, "says answers-a-reason, and answers none."),
        ({"rules": ["DR-99"]}, 'names the rule "DR-99", which is not there.'),
        ({"rules": [], "section": ""}, "step[contact] has no ground."),
        ({"areas": ["anger"]}, 'names the area "anger", which is not there.'),
        ({"adaptations": ["ipt_x"]}, 'names the manual "ipt_x", which is not there.'),
        ({"techniques": ["tq_x"]}, 'names the technique "tq_x", which is not there.'),
        ({"sources": ["S999"]}, 'names the source "S999", which is not there.'),
        ({"marks": ["SURE"]}, '"SURE" is not a known'),
        ({"id": "switch"}, "is there twice."),
        ({"titel": "x"}, "is not a known key."),
    ],
)
def test_what_is_wrong_is_named(changes, said):
    assert any(said in fault for fault in faults_of(**changes)), faults_of(**changes)
