"""The letter that closes a course: to the client, in their words, with what they take home.

It says only what finished records say. Scores stand as first and last number; no verdict is given, and what was
gained is said to be the client's own doing (ipt.md 1.3, M16).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from openipt.core.course.course import Course
from openipt.core.course.scores import GAD7, PHQ9, first_and_last
from openipt.core.fields.words import Line, in_words
from openipt.core.formulation.paragraph import plain_paragraph
from openipt.core.formulation.readability import Reading, reading
from openipt.core.manual.model import Manual
from openipt.core.measures.definitions import Direction
from openipt.records.crisis import CrisisContact
from openipt.web.jinja import day, plural
from openipt.web.paper.blocks import (
    Block,
    Paper,
    flat,
    items,
    lines,
    quote,
    section,
    short_date,
    table,
    words,
)
from openipt.web.plain import in_client_words, measure_name

SUMMARY, PLAN, FORMULATION = "rec_discharge", "rec_relapse_plan", "rec_formulation"
RECORDS = (SUMMARY, PLAN, FORMULATION)
TITLE = "A letter to you"
LESS = "less is better"
MORE = "more is better"

Finished = Callable[[str], "Mapping[str, Any] | None"]


@dataclass(frozen=True)
class Source:
    """What the letter is written from. `finished` gives the finished record of a type as the client may read it.

    `closed`: somebody who is named in it may be reading. Then what the two found out together is left out.
    """

    manual: Manual
    course: Course
    finished: Finished
    people: Mapping[str, str]
    name: str
    therapist: str
    crisis: tuple[CrisisContact, ...]
    on: date
    closed: bool = False


def closing_letter(source: Source) -> Paper | None:
    """The letter, None while the closing summary is not finished."""
    summary = source.finished(SUMMARY)
    if summary is None:
        return None
    story = None if source.closed else source.finished(FORMULATION)
    blocks = flat(
        words(f"Dear {source.name}," if source.name else ""),
        words(_opening(source)),
        section("What we looked at", _story(source, story)),
        section("Where you began and where you are now", _scores(source)),
        section("What you did", items(tuple(map(str, summary.get("gains") or ())))),
        section("How it stands", words(str(summary.get("outcome") or ""))),
        section("Staying well", lines(_plan(source))),
        section("What comes next", words(str(summary.get("recommendations") or ""))),
        section("If you need somebody", *_calls(source)),
        words(f"With good wishes,\n\n{source.therapist}"),
    )
    return Paper(TITLE, day(source.on), blocks, "This letter is yours. Nobody else gets it from us.")


def letter_reading(letter: Paper) -> Reading:
    """How easily the sentences of a letter read."""
    return reading("\n".join(text for block in letter.blocks for text in _sentences(block)))


def _sentences(block: Block) -> tuple[str, ...]:
    if block.kind == "items":
        return tuple(f"{text.rstrip('.')}." for text in block.items)
    return (block.text,) if block.kind == "words" else ()


def _opening(source: Source) -> str:
    held = source.course.held
    if not held:
        return "Here is what we talked about, for you to keep."
    met = f"We met {plural(len(held), 'time')}"
    when = f"on {day(held[0].on)}" if len(held) == 1 else f"from {day(held[0].on)} to {day(held[-1].on)}"
    return f"{met}, {when}. This letter is for you to keep. It says what we worked on and what you take with you."


def _story(source: Source, story: Mapping[str, Any] | None) -> tuple[Block, ...]:
    if story is None:
        return ()
    own = str(story.get("plain_words") or "").strip()
    return flat(
        words(own or plain_paragraph(source.manual, story)), quote(str(story.get("client_words") or ""))
    )


def _scores(source: Source) -> tuple[Block, ...]:
    answered = dict.fromkeys((PHQ9, GAD7, *(a.measure for a in source.course.answers if a.rater == "client")))
    rows = []
    for id in answered:
        measure = source.manual.measure_list.get(id)
        if measure is None or not measure.may_go_to_client:
            continue
        found = first_and_last(source.manual, source.course, id)
        if found is None:
            continue
        better = MORE if measure.direction is Direction.HIGHER_IS_BETTER else LESS
        of = f" of {measure.highest:g}" if measure.highest is not None else ""
        first, last = (f"{point.total:g}{of}, {short_date(point.on)}" for point in found)
        rows.append((f"{measure_name(measure)}: {better}", first, last))
    if not rows:
        return ()
    return (table("What you answered", ("Questions", "First", "Last"), rows),)


def _plan(source: Source) -> tuple[Line, ...]:
    plan = source.finished(PLAN)
    if plan is None:
        return ()
    kind = in_client_words(source.manual.record_types[PLAN])
    return in_words(kind, plan, people=source.people, codes={}, role="client")


def _calls(source: Source) -> tuple[Block, ...]:
    rows = [(f"{one.name}, {one.hours}" if one.hours else one.name, one.phone) for one in source.crisis]
    return (
        *words("Things can get hard again. That is no fault of yours. Call early."),
        *((table("To call at any time", ("Who", "Number"), rows),) if rows else ()),
    )
