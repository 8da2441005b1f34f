"""The story of a loss and the map of a dispute, each gathered from every sheet that was written of one person.

What was said last of a thing counts; lists grow. What the strategies of the area ask for is held against what
stands there: a sight for the therapist, who decides what is done.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from openipt.core.fields.definitions import RecordType, is_empty
from openipt.core.fields.words import date_in_words
from openipt.core.manual.model import Manual
from openipt.web.jinja import short_day
from openipt.web.sheet_told import People, Told

PERIODS = (("before", "The time before"), ("during", "The days around it"), ("after", "The time after"))
ENOUGH_FEELINGS = 2  # ipt.md 2.1, gr_4_feelings


@dataclass(frozen=True)
class Asked:
    """What a strategy asks for, and whether it stands in what was written."""

    title: str
    done_when: str
    is_there: bool


@dataclass(frozen=True)
class LossStory:
    """One person who died, as far as the story has come. A period without words is empty."""

    who: str
    about: str
    circumstances: str
    periods: tuple[tuple[str, str], ...]
    good: tuple[str, ...]
    hard: tuple[str, ...]
    unsaid: str
    rituals: tuple[str, ...]
    feelings: tuple[str, ...]
    asked: tuple[Asked, ...]
    address: str
    on: date


@dataclass(frozen=True)
class StageStep:
    """One stage of a dispute, and whether it is the one now."""

    title: str
    meaning: str
    work: str
    is_now: bool


@dataclass(frozen=True)
class Issue:
    """One issue with what each expects; `said` and `open_to_talk` are yes, no or "" where it was not asked."""

    issue: str
    client_expects: str
    other_expects: str
    said: str
    open_to_talk: str


@dataclass(frozen=True)
class DisputeMap:
    """The dispute with one person. `went` tells the stages it was in before, with their days."""

    other: str
    stages: tuple[StageStep, ...]
    went: tuple[str, ...]
    issues: tuple[Issue, ...]
    loop: str
    resources: tuple[str, ...]
    asked: tuple[Asked, ...]
    address: str
    on: date


def loss_stories(
    kind: RecordType, sheets: Sequence[Told], manual: Manual, people: People
) -> tuple[LossStory, ...]:
    return tuple(_story(name, told, manual, people) for name, told in _by_person(sheets, "who").items())


def dispute_maps(
    kind: RecordType, sheets: Sequence[Told], manual: Manual, people: People
) -> tuple[DisputeMap, ...]:
    return tuple(_map(name, told, manual, people) for name, told in _by_person(sheets, "other").items())


def _by_person(sheets: Sequence[Told], key: str) -> dict[str, list[Told]]:
    """Sheets by the person they are about, oldest first."""
    found: dict[str, list[Told]] = {}
    for sheet in sheets:
        found.setdefault(str(sheet.values.get(key) or ""), []).append(sheet)
    return found


def gathered(sheets: Sequence[Told]) -> dict[str, Any]:
    """The last of each answer; of lists of lines everything, once."""
    said: dict[str, Any] = {}
    for sheet in sheets:
        for key, value in sheet.values.items():
            if is_empty(value):
                continue
            both = isinstance(value, list) and isinstance(said.get(key), list)
            said[key] = [*said[key], *(one for one in value if one not in said[key])] if both else value
    return said


def asked_of(manual: Manual, found: Mapping[str, bool]) -> tuple[Asked, ...]:
    """The strategies of this manual that a sheet can show, in their order."""
    known = [strategy for area in manual.areas for strategy in manual.strategies_of(area)]
    return tuple(Asked(s.title, s.done_when, found[s.id]) for s in known if s.id in found)


# -- a loss ------------------------------------------------------------------------------------------------


def _story(name: str, sheets: Sequence[Told], manual: Manual, people: People) -> LossStory:
    said = gathered(sheets)
    lines = {
        key: lines_of(said.get(key))
        for key in ("positive_memories", "difficult_memories", "rituals", "feelings")
    }
    periods = tuple((title, _words(said.get(key))) for key, title in PERIODS)
    died = date_in_words(str(said["date"])) if said.get("date") else ""
    asked = {
        "gr_2_reconstruct": bool(lines["positive_memories"] and lines["difficult_memories"]),
        "gr_3_events": all(words for _, words in periods),
        "gr_4_feelings": len(lines["feelings"]) >= ENOUGH_FEELINGS,
    }
    return LossStory(
        who=people.get(name, name),
        about=", ".join(
            part for part in (_words(said.get("relation")), f"died {died}" if died else "") if part
        ),
        circumstances=_words(said.get("circumstances")),
        periods=periods,
        good=lines["positive_memories"],
        hard=lines["difficult_memories"],
        unsaid=_words(said.get("unsaid")),
        rituals=lines["rituals"],
        feelings=lines["feelings"],
        asked=asked_of(manual, asked),
        address=sheets[-1].address,
        on=sheets[-1].on,
    )


# -- a dispute ---------------------------------------------------------------------------------------------


def _map(name: str, sheets: Sequence[Told], manual: Manual, people: People) -> DisputeMap:
    said = gathered(sheets)
    issues = tuple(_issue(row) for row in _latest_of_each(said.get("issues")))
    stages = [(str(s.values["stage"]), s.on) for s in sheets if s.values.get("stage")]
    now = stages[-1][0] if stages else ""
    asked = {
        "rd_2_stage": bool(now),
        "rd_3_issues": any(one.client_expects and one.other_expects for one in issues),
        "rd_6_perpetuate": bool(said.get("maintaining_loop")),
    }
    return DisputeMap(
        other=people.get(name, name),
        stages=_stages(manual, now),
        went=_went(manual, stages),
        issues=issues,
        loop=_words(said.get("maintaining_loop")),
        resources=lines_of(said.get("resources")),
        asked=asked_of(manual, asked),
        address=sheets[-1].address,
        on=sheets[-1].on,
    )


def _stages(manual: Manual, now: str) -> tuple[StageStep, ...]:
    area = manual.areas.get("role_dispute")
    return tuple(
        StageStep(stage.title or stage.id.capitalize(), stage.meaning, stage.work, stage.id == now)
        for stage in (area.stages if area else ())
    )


def _went(manual: Manual, stages: Sequence[tuple[str, date]]) -> tuple[str, ...]:
    """Only where the stage has changed."""
    steps: list[tuple[str, date]] = []
    for stage, on in stages:
        if not steps or steps[-1][0] != stage:
            steps.append((stage, on))
    return tuple(f"{stage.capitalize()} ({short_day(on)})" for stage, on in steps) if len(steps) > 1 else ()


def _latest_of_each(rows: Any) -> list[Mapping[str, Any]]:
    """Issues that were written twice count as written last."""
    found = {str(row.get("issue", "")).casefold(): row for row in rows or () if isinstance(row, Mapping)}
    return list(found.values())


def _issue(row: Mapping[str, Any]) -> Issue:
    return Issue(
        issue=_words(row.get("issue")),
        client_expects=_words(row.get("client_expects")),
        other_expects=_words(row.get("other_expects")),
        said=_yes_or_no(row.get("said_aloud")),
        open_to_talk=_yes_or_no(row.get("negotiable")),
    )


def _yes_or_no(value: object) -> str:
    return {True: "yes", False: "no"}.get(value, "") if isinstance(value, bool) else ""


def _words(value: object) -> str:
    return str(value) if value else ""


def lines_of(value: object) -> tuple[str, ...]:
    return tuple(str(one) for one in value) if isinstance(value, list | tuple) else ()
