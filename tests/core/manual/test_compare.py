"""Two adaptations side by side: exactly what differs is told, on the side on which it stands."""

from __future__ import annotations

from dataclasses import replace

import pytest

from openipt import library
from openipt.core.manual.compare import Difference, compare
from openipt.core.manual.model import SessionsRange

BASE = library.manual("ipt_acute")
NAMES = sorted(library.manuals())


def rows(left, right, title):
    part = next(part for part in compare(left, right) if part.title == title)
    return {(row.subject, row.aspect): (row.left, row.right) for row in part.differences}


def test_a_manual_differs_from_itself_in_nothing():
    for manual in library.manuals().values():
        assert all(part.differences == () and part.same >= 0 for part in compare(manual, manual))


def told(left, right, mirrored=False):
    sides = ("right", "left") if mirrored else ("left", "right")
    return {
        (part.title, row.subject, row.aspect, *(getattr(row, side) for side in sides))
        for part in compare(left, right)
        for row in part.differences
    }


@pytest.mark.parametrize("name", NAMES)
def test_the_other_way_round_the_sides_change_and_nothing_else(name):
    one = library.manual(name)
    for other in map(library.manual, NAMES[: NAMES.index(name)]):
        assert told(one, other) == told(other, one, mirrored=True) != set(), other.id


@pytest.mark.parametrize("name", NAMES)
def test_each_task_that_only_one_has_is_told_once_and_whole(name):
    one = library.manual(name)
    for other in (library.manual(each) for each in NAMES if each != name):
        found = rows(one, other, "Tasks")
        for task in one.tasks:
            if not other.has_task(task.id):
                words, nothing = found[f"{task.id} {task.title}", ""]
                assert nothing == "", other.id
                assert task.action[1:] in words, other.id
                assert one.record_types[task.record].title in words, other.id


def test_what_was_changed_in_a_task_is_told_and_what_was_not_is_not():
    tasks = tuple(replace(t, each_session=False) if t.id == "M02" else t for t in BASE.tasks if t.id != "A06")
    found = rows(BASE, replace(BASE, id="other", tasks=tasks), "Tasks")
    assert set(found) == {("M02 Mood and events", "when"), ("A06 Engagement conversation", "")}
    assert found["M02 Mood and events", "when"] == ("middle phase, each session", "middle phase, once")
    assert found["A06 Engagement conversation", ""][1] == ""


def test_every_part_that_may_differ_is_told():
    grief = {name: area for name, area in BASE.areas.items() if name != "grief"}
    phases = tuple(replace(p, goals=("hold on",)) if p.id == "ending" else p for p in BASE.phases)
    schedule = tuple(item for item in BASE.schedule if item.when != "follow_up")
    other = replace(
        BASE,
        sessions=SessionsRange(3, 3, 3),
        areas=grief,
        phases=phases,
        schedule=schedule,
        tasks=BASE.tasks[:1],
        focus="one thing",
    )
    parts = {part.title: part for part in compare(BASE, other)}
    assert {title for title, part in parts.items() if not part.differences} == {"Rules that name it"}
    assert Difference("Focus", "", "", "one thing") in parts["What it is"].differences
    assert Difference("3 sessions", "", "", "initial 1, middle 2, ending 3") in (
        parts["Where the phases lie"].differences
    )
    assert rows(BASE, other, "Problem areas").keys() == {(BASE.areas["grief"].title, "")}
    assert "hold on" in rows(BASE, other, "Phases")["Ending phase", "goals"]
    assert ("Due 3 and 6 months after the end", "") in rows(BASE, other, "Measures")
