"""Patterns: what comes again between people, past hurts, ways of speaking, help, what has been tried."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from openipt.core.course.tried import what_we_tried
from openipt.core.fields.words import Line
from openipt.core.formulation.patterns import recurrence
from openipt.records.models import Entry
from openipt.web.jinja import plural
from openipt.web.therapist.common import EpisodePage
from openipt.web.therapist.presenters_records import lines_of
from openipt.web.therapist.presenters_tried import NO_ISSUE
from openipt.web.therapist.presenters_worksheets import TALK, StyleLine, style_lines
from openipt.web.therapist.room_parts import edit_address, new_address

PATTERN, ATTACHMENT = "rec_pattern", "rec_attachment"
TIME_WORDS = {"past": "then", "present": "now"}
SAID = {
    "named": "Named, and no more: the client wants it so.",
    "a_little": "A little is said of it, when it helps to understand today.",
    "open": "The client speaks of it freely.",
}


@dataclass(frozen=True)
class Instance:
    """Where a pattern shows: with whom, when, by what."""

    who: str
    when: str
    evidence: str


@dataclass(frozen=True)
class PatternView:
    """One theme or past hurt."""

    words: str
    recurs: bool
    where: str
    instances: tuple[Instance, ...]
    said: str
    means_today: str
    in_formulation: bool
    on: date
    edit_address: str


@dataclass(frozen=True)
class TriedLine:
    """An issue and how much was tried for it."""

    title: str
    words: str


@dataclass(frozen=True)
class PatternsPage:
    themes: tuple[PatternView, ...]
    hurts: tuple[PatternView, ...]
    styles: tuple[StyleLine, ...]
    talks: int
    attachment: tuple[Line, ...]
    attachment_on: date | None
    attachment_address: str
    tried: tuple[TriedLine, ...]
    add_address: str


def present_patterns(page: EpisodePage) -> PatternsPage:
    views = {kind: [] for kind in ("theme", "past_hurt")}
    for entry in page.entries(PATTERN):
        views.setdefault(str(entry.visible.get("kind")), []).append(_pattern(page, entry))
    talks, attachment = page.entries(TALK), page.entries(ATTACHMENT)
    last = attachment[-1] if attachment else None
    return PatternsPage(
        themes=tuple(sorted(views["theme"], key=lambda one: not one.recurs)),
        hurts=tuple(views["past_hurt"]),
        styles=style_lines(page, talks),
        talks=len(talks),
        attachment=lines_of(page, page.manual.record_types[ATTACHMENT], last.visible) if last else (),
        attachment_on=last.on if last else None,
        attachment_address=new_address(page, ATTACHMENT),
        tried=tuple(_tried(one) for one in what_we_tried(page.course, page.on) if one.solutions),
        add_address=new_address(page, PATTERN, next=page.address("formulation/patterns/")),
    )


def for_formulation(page: EpisodePage) -> tuple[tuple[str, str], ...]:
    """What was chosen to go into the formulation: the words, and where it shows."""
    chosen = (entry for entry in page.entries(PATTERN) if entry.visible.get("in_formulation") is True)
    return tuple((str(entry.visible.get("words") or ""), _where(entry.visible)) for entry in chosen)


def _pattern(page: EpisodePage, entry: Entry) -> PatternView:
    values = entry.visible
    return PatternView(
        words=str(values.get("words") or ""),
        recurs=recurrence(values).recurs,
        where=_where(values),
        instances=tuple(
            Instance(
                page.people.get(str(row.get("person_id")), str(row.get("person_id") or "")),
                TIME_WORDS.get(str(row.get("when")), ""),
                str(row.get("evidence") or ""),
            )
            for row in values.get("seen_with") or ()
        ),
        said=SAID.get(str(values.get("said_as_much_as")), ""),
        means_today=str(values.get("means_today") or ""),
        in_formulation=values.get("in_formulation") is True,
        on=entry.on,
        edit_address=edit_address(page, entry),
    )


def _where(values: Mapping[str, Any]) -> str:
    found = recurrence(values)
    people = plural(len(found.people), "person", "people") if found.people else ""
    times = " and ".join(TIME_WORDS[time] for time in found.times)
    return ", ".join(filter(None, (f"with {people}" if people else "", times)))


def _tried(one: Any) -> TriedLine:
    title = (one.issue.text or one.issue.id) if one.issue else NO_ISSUE
    return TriedLine(
        title,
        f"{plural(len(one.solutions), 'thing')} tried, {plural(one.carried_out, 'attempt')} carried out",
    )
