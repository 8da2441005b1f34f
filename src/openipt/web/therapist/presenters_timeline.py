"""The time line: events, symptoms and treatments in order, scores beside them, and what goes with what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from openipt.core.course import known
from openipt.core.course.progress import main_measure
from openipt.core.course.scores import PHQ9, points
from openipt.core.fields.words import date_in_words
from openipt.records.models import Entry
from openipt.web.jinja import short_day
from openipt.web.therapist.common import EpisodePage
from openipt.web.therapist.presenters_records import RecordList, record_list
from openipt.web.therapist.room_parts import edit_address, may_write, new_address

TIMELINE, MOOD_LINK = "rec_timeline", "rec_event_mood_link"
STRENGTHS = ("No link", "Weak link", "Fair link", "Strong link")
KINDS = {"event": ("Event", "teal"), "symptom": ("Symptom", "attention"), "treatment": ("Treatment", "quiet")}
ICONS = {"event": "flag", "symptom": "circle", "treatment": "shield"}


@dataclass(frozen=True)
class TimeRow:
    """One thing on the time line. A score has no address; `links` says what an event goes with."""

    when: str
    on: date | None
    kind: str
    tone: str
    icon: str
    text: str
    people: str
    links: tuple[str, ...]
    address: str
    note: str = ""


@dataclass(frozen=True)
class Year:
    """The rows of one year, or those without a date."""

    title: str
    rows: tuple[TimeRow, ...]


@dataclass(frozen=True)
class LinkRow:
    """One event tied to one symptom, and how strongly."""

    event: str
    symptom: str
    strength: str
    on: date
    address: str


@dataclass(frozen=True)
class TimelinePage:
    """The Timeline room. `events` and `symptoms` are what can be linked."""

    years: tuple[Year, ...]
    links: tuple[LinkRow, ...]
    events: tuple[tuple[str, str], ...]
    symptoms: tuple[tuple[str, str], ...]
    mood_links: RecordList
    add_address: str
    may_link: bool


def present_timeline(page: EpisodePage) -> TimelinePage:
    entries = page.entries(TIMELINE)
    links = _links(page, entries)
    items = [entry for entry in entries if entry.visible.get("text")]
    rows = [*(_item(page, entry, links) for entry in items), *_scores(page)]
    writes = may_write(page, TIMELINE)
    return TimelinePage(
        years=_years(rows),
        links=links,
        events=tuple((text, text) for text in _texts(items, ("event", "treatment"))),
        symptoms=tuple((text, text) for text in _texts(items, ("symptom",))),
        mood_links=record_list(page, MOOD_LINK),
        add_address=new_address(page, TIMELINE),
        may_link=writes and bool(_texts(items, ("event", "treatment"))) and bool(_texts(items, ("symptom",))),
    )


def linkable(page: EpisodePage) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Events and symptoms as they are called on the time line."""
    items = [entry for entry in page.entries(TIMELINE) if entry.visible.get("text")]
    return _texts(items, ("event", "treatment")), _texts(items, ("symptom",))


def _texts(items: list[Entry], kinds: tuple[str, ...]) -> tuple[str, ...]:
    said = (str(entry.visible["text"]) for entry in items if entry.visible.get("type") in kinds)
    return tuple(dict.fromkeys(said))


def _item(page: EpisodePage, entry: Entry, links: tuple[LinkRow, ...]) -> TimeRow:
    values = entry.visible
    text = str(values["text"])
    kind, tone = KINDS.get(str(values.get("type")), ("", "quiet"))
    people = values.get("people") or ()
    return TimeRow(
        when=_when(values),
        on=known.first_day(values.get("date")),
        kind=kind,
        tone=tone,
        icon=ICONS.get(str(values.get("type")), ""),
        text=text,
        people=", ".join(page.people.get(code, str(code)) for code in people),
        links=tuple(f"{link.symptom}: {link.strength.lower()}" for link in links if link.event == text),
        address=edit_address(page, entry),
        note="Written by the client" if entry.by_role == "client" else "",
    )


def _when(values: Mapping[str, Any]) -> str:
    """November 2024; about 2008; without a date."""
    said = values.get("date")
    if not isinstance(said, str) or not said:
        return "No date yet"
    words = date_in_words(said)
    return f"About {words}" if values.get("precision") == "about" else words


def _scores(page: EpisodePage) -> list[TimeRow]:
    """Every score of the main measure as a row of its own, on the day it was given."""
    measure = main_measure(page.manual, page.course) or PHQ9
    title = page.manual.measure_list[measure].title
    return [
        TimeRow(
            when=short_day(point.on),
            on=point.on,
            kind="Score",
            tone="quiet",
            icon="measure",
            text=f"{title} {point.total:g}",
            people="",
            links=(),
            address="",
            note=f"session {point.session}",
        )
        for point in points(page.manual, page.course, measure)
    ]


def _years(rows: list[TimeRow]) -> tuple[Year, ...]:
    """Oldest first. A coarse date stands at the beginning of its month or year; what has none, last."""
    dated = sorted((row for row in rows if row.on), key=lambda row: row.on or date.min)
    found: dict[str, list[TimeRow]] = {}
    for row in dated:
        found.setdefault(str(row.on.year) if row.on else "", []).append(row)
    undated = [row for row in rows if row.on is None]
    years = [Year(title, tuple(group)) for title, group in found.items()]
    return (*years, Year("Without a date", tuple(undated))) if undated else tuple(years)


def _links(page: EpisodePage, entries: list[Entry]) -> tuple[LinkRow, ...]:
    """Every link, the last word on a pair of event and symptom."""
    found: dict[tuple[str, str], LinkRow] = {}
    for entry in entries:
        for row in entry.visible.get("links") or ():
            event, symptom = str(row.get("event", "")), str(row.get("symptom", ""))
            strength = row.get("strength_0_3")
            words = STRENGTHS[strength] if strength in (0, 1, 2, 3) else "Not rated"
            found[event, symptom] = LinkRow(event, symptom, words, entry.on, edit_address(page, entry))
    return tuple(found.values())
