"""What is forbidden with PTSD (ipt.md 4.14) is said wherever a task or a worksheet could tempt, and nowhere asked for."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from openipt import library

MANUAL = library.manual("ipt_ptsd")
AREA = MANUAL.areas["trauma_transition"]

# Sheets on which a step is planned or tried, and those on which the past is told.
STEPS = ("rec_approach_ladder", "rec_action_plan", "rec_role_play", "rec_experiment")
STORIES = (
    "rec_loss_narrative",
    "rec_timeline",
    "rec_past_present",
    "rec_emotion_log",
    "rec_event_mood_link",
    "rec_journal",
)
TEMPTING = re.compile(r"expos|reminder|reliv|imagin|narrative|account of|trauma itself|memor", re.IGNORECASE)
REFUSING = re.compile(r"\b(no|not|never)\b", re.IGNORECASE)


@pytest.mark.parametrize("record", STEPS)
def test_a_step_is_never_one_towards_a_reminder(record: str) -> None:
    cautions = MANUAL.record_types[record].cautions
    assert any("reminder" in one.text and REFUSING.search(one.text) for one in cautions)
    assert all("reminds you" in one.plain for one in cautions)


@pytest.mark.parametrize("record", STORIES)
def test_the_trauma_itself_is_never_asked_for(record: str) -> None:
    cautions = MANUAL.record_types[record].cautions
    assert any("not asked for" in one.text for one in cautions)
    assert all("do not have to write about what happened" in one.plain for one in cautions)


def test_every_record_its_own_tasks_ask_the_client_to_write_says_so() -> None:
    own = [task for task in MANUAL.tasks if task.id.startswith("PT-")]
    written = {task.record for task in own if MANUAL.record_types[task.record].client_may_write}
    said = {record for record, kind in MANUAL.record_types.items() if kind.cautions}
    # Said to another, or of others: no step and no story.
    assert written - said <= {"rec_expression_plan", "rec_inventory_person"} and written & said


def test_nobody_else_is_warned_of_it() -> None:
    assert not any(kind.cautions for kind in library.manual("ipt_acute").record_types.values())


def _texts() -> Iterator[str]:
    """Every sentence that this adaptation adds."""
    base = library.manual("ipt_acute")
    for task in MANUAL.tasks:
        if not base.has_task(task.id):
            yield from (task.title, task.action)
    for strategy in AREA.strategies:
        yield from (strategy.title, strategy.text, strategy.done_when)
    yield from (AREA.definition, *AREA.include, *AREA.exclude, *AREA.goals, AREA.done_when, MANUAL.focus)
    yield from MANUAL.not_done
    for caution in MANUAL.cautions:
        yield from (caution.text, caution.plain)


def test_where_exposure_is_named_it_is_refused_in_the_same_sentence() -> None:
    named = [text for text in _texts() if TEMPTING.search(text)]
    assert len(named) >= 8
    for text in named:
        sentences = [one for one in re.split(r"(?<=[.;])\s", text) if TEMPTING.search(one)]
        assert all(REFUSING.search(one) or "may be brought" in one for one in sentences), text


def test_no_question_of_the_area_asks_what_happened() -> None:
    assert AREA.questions
    assert not any(re.search(r"happen|trauma|remember|event", q, re.IGNORECASE) for q in AREA.questions)


def test_no_task_plans_a_hierarchy_of_what_is_feared() -> None:
    words = " ".join(_texts()).lower()
    assert "hierarchy" not in words and "avoided place" not in words
    for line in ("imagination", "in life"):
        assert any(line in text for text in MANUAL.not_done)
