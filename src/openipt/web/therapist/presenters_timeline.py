"""The time line: what is drawn, the same in words, what goes with what, and mood around the events."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from openipt.core.fields.when import When
from openipt.core.fields.words import date_in_words
from openipt.records.models import Entry
from openipt.records.queries import checkins
from openipt.web.jinja import day, short_day
from openipt.web.therapist.common import EpisodePage
from openipt.web.therapist.presenters_mood_events import MoodAndEvents, present_mood_and_events
from openipt.web.therapist.presenters_records import RecordList, record_list
from openipt.web.therapist.room_parts import edit_address, may_write, new_address
from openipt.web.therapist.timeline_view import (
    MEDICATION,
    TIMELINE,
    Tie,
    TimeView,
    in_words,
    names_of,
    present_view,
    row_id,
    scores_of,
    ties_of,
    timeline_items,
    when_of,
)

MOOD_LINK = "rec_event_mood_link"
LONGEST_TOLD, MOST_TOLD = 400, 12
KINDS = {"event": ("Event", "teal"), "symptom": ("Symptom", "attention"), "treatment": ("Treatment", "quiet")}
ICONS = {"event": "flag", "symptom": "circle", "treatment": "shield", "medication": "plus"}


@dataclass(frozen=True)
class TimeRow:
    """One thing on the time line. A score has no address; `links` says what an event goes with."""

    id: str
    when: str
    order: tuple[date, date] | None
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
class ToldEvent:
    """What the client wrote of a week at a check-in and nobody has put on the line: its day, its words, its line."""

    on: date
    words: str
    line: str


@dataclass(frozen=True)
class TimelinePage:
    """The Timeline room. `events` and `symptoms` are what can be linked."""

    view: TimeView
    left_out: int
    years: tuple[Year, ...]
    links: tuple[LinkRow, ...]
    events: tuple[tuple[str, str], ...]
    symptoms: tuple[tuple[str, str], ...]
    mood: MoodAndEvents
    mood_links: RecordList
    add_address: str
    add_medication: str
    may_link: bool
    is_empty: bool
    told: tuple[ToldEvent, ...]


@dataclass(frozen=True)
class TogetherPage:
    """The screen turned to the client: the drawing and the same in words, nothing a clinician judged."""

    view: TimeView
    left_out: int
    years: tuple[Year, ...]
    is_empty: bool
    may_write: bool


def present_timeline(page: EpisodePage, asked: Mapping[str, str]) -> TimelinePage:
    entries = page.entries(TIMELINE)
    ties = ties_of(entries)
    items = [entry for entry in entries if entry.visible.get("text")]
    writes = may_write(page, TIMELINE)
    view = present_view(page, entries, ties, asked, page.address("timeline/"))
    said, left_out = in_words(items, view, asked)
    addresses = {entry.order: edit_address(page, entry, writes=writes) for entry in said}
    rows = [*_items(page, said, ties, addresses), *_drugs(page), *_scores(page)]
    events, symptoms = _texts(items, ("event", "treatment")), _texts(items, ("symptom",))
    return TimelinePage(
        view=view,
        left_out=left_out,
        years=() if _is_empty(rows) else _years(rows),
        links=tuple(
            LinkRow(
                tie.event, tie.symptom, tie.words, tie.entry.on, edit_address(page, tie.entry, writes=writes)
            )
            for tie in ties
        ),
        events=tuple((text, text) for text in events),
        symptoms=tuple((text, text) for text in symptoms),
        mood=present_mood_and_events(page, entries),
        mood_links=record_list(page, MOOD_LINK),
        add_address=new_address(page, TIMELINE),
        add_medication=new_address(page, MEDICATION),
        may_link=writes and bool(events) and bool(symptoms),
        is_empty=not items and _is_empty(rows),
        told=_told(page, items) if writes else (),
    )


def _told(page: EpisodePage, items: Sequence[Entry]) -> tuple[ToldEvent, ...]:
    """The newest first. A check-in asks about the week, so its day is only about the day of the event."""
    there = {str(entry.visible["text"]).casefold() for entry in items}
    found = [
        ToldEvent(on, words, f"{' '.join(words.split())[:LONGEST_TOLD]}, about {day(on)}")
        for on, words in checkins.events_told(page.user, page.episode, page.on)
        if on <= page.on and " ".join(words.split())[:LONGEST_TOLD].casefold() not in there
    ]
    return tuple(reversed(found))[:MOST_TOLD]


def _is_empty(rows: Sequence[TimeRow]) -> bool:
    """That a course runs is no line yet."""
    return all(row.id == "course" for row in rows)


def present_drawing(page: EpisodePage, asked: Mapping[str, str], address: str) -> TimeView:
    """The drawing alone, for other days."""
    entries = page.entries(TIMELINE)
    return present_view(page, entries, ties_of(entries), asked, address)


def present_together(page: EpisodePage, asked: Mapping[str, str]) -> TogetherPage:
    """What the client may see of the time line. No address leads from here to a page of the staff."""
    kind = page.manual.record_types[TIMELINE]
    entries = page.entries(TIMELINE)
    for entry in entries:
        entry.visible = kind.values_for("client", entry.visible)
    ties = ties_of(entries)
    items = [entry for entry in entries if entry.visible.get("text")]
    view = present_view(page, entries, ties, asked, page.address("timeline/together/"))
    said, left_out = in_words(items, view, asked)
    rows = [*_items(page, said, ties, {}), *_drugs(page, edit=False), *_scores(page)]
    return TogetherPage(
        view=view,
        left_out=left_out,
        years=() if _is_empty(rows) else _years(rows),
        is_empty=not items and _is_empty(rows),
        may_write=may_write(page, TIMELINE),
    )


def linkable(page: EpisodePage) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Events and symptoms as they are called on the time line."""
    items = [entry for entry in page.entries(TIMELINE) if entry.visible.get("text")]
    return _texts(items, ("event", "treatment")), _texts(items, ("symptom",))


def words_of(values: Mapping[str, Any]) -> str:
    """ "Lost the job, March 2025" ."""
    when = When.of_values(values)
    return ", ".join(filter(None, (str(values.get("text", "")), when.words() if when else "")))


def _texts(items: Sequence[Entry], kinds: tuple[str, ...]) -> tuple[str, ...]:
    said = (str(entry.visible["text"]) for entry in items if entry.visible.get("type") in kinds)
    return tuple(dict.fromkeys(said))


def _items(
    page: EpisodePage, items: Sequence[Entry], ties: Sequence[Tie], addresses: Mapping[int, str]
) -> Iterator[TimeRow]:
    options = page.manual.record_types[TIMELINE].field("event_kind").options
    kinds = {str(option.value): f"{option.label[0].lower()}{option.label[1:]}" for option in options}
    goes_with: dict[str, list[str]] = {}
    for tie in ties:
        goes_with.setdefault(tie.event, []).append(f"{tie.symptom}: {tie.words.lower()}")
    for entry in items:
        values = entry.visible
        text, type_ = str(values["text"]), str(values.get("type"))
        kind, tone = KINDS.get(type_, ("", "quiet"))
        said = kinds.get(str(values.get("event_kind"))) if type_ == "event" else None
        when = when_of(entry)
        yield TimeRow(
            id=row_id(entry),
            when=_when(values, when, page.episode.client.birth_year),
            order=(when.named, when.bounds[1]) if when else None,
            kind=kind,
            tone=tone,
            icon=ICONS.get(type_, ""),
            text=text,
            people=", ".join(names_of(page, values)),
            links=tuple(goes_with.get(text, ())),
            address=addresses.get(entry.order, ""),
            note=", ".join(
                filter(None, (said, "written by the client" if entry.by_role == "client" else ""))
            ),
        )


def _when(values: Mapping[str, Any], when: When | None, birth_year: int | None) -> str:
    """November 2024; About 2008; Summer 2019; without a date."""
    if when is not None:
        words = when.words_at_age(birth_year)
        return f"{words[0].upper()}{words[1:]}"
    said = values.get("date")
    return date_in_words(said) if isinstance(said, str) and said else "No date yet"


def _drugs(page: EpisodePage, *, edit: bool = True) -> list[TimeRow]:
    """Drugs and this course are drawn and said in the same words."""
    found = [item for item in timeline_items(page, ()) if item.lane == "medication" or item.id == "course"]
    return [
        TimeRow(
            id=item.id,
            when=f"{item.when[0].upper()}{item.when[1:]}",
            order=(item.first, item.last),
            kind="Medication" if item.lane == "medication" else "Treatment",
            tone="quiet",
            icon=ICONS[item.lane],
            text=item.text,
            people="",
            links=(),
            address=page.address(f"records/{item.record}/") if edit and item.record else "",
        )
        for item in found
    ]


def _scores(page: EpisodePage) -> list[TimeRow]:
    """Every score of the main measure as a row of its own, on the day it was given."""
    scores = scores_of(page)
    return [
        TimeRow(
            id="scores" if number == 0 else f"score-{number}",
            when=short_day(on),
            order=(on, on),
            kind="Score",
            tone="quiet",
            icon="measure",
            text=f"{scores.title} {total:g}",
            people="",
            links=(),
            address="",
        )
        for number, (on, total) in enumerate(scores.days)
    ] if scores else []  # fmt: skip


def _years(rows: Sequence[TimeRow]) -> tuple[Year, ...]:
    """Oldest first. A coarse date stands at the beginning of what it can mean; what has none, last."""
    dated = sorted((row for row in rows if row.order), key=lambda row: row.order or (date.min, date.min))
    found: dict[str, list[TimeRow]] = {}
    for row in dated:
        found.setdefault(str(row.order[0].year) if row.order else "", []).append(row)
    undated = [row for row in rows if row.order is None]
    years = [Year(title, tuple(group)) for title, group in found.items()]
    return (*years, Year("Without a date", tuple(undated))) if undated else tuple(years)
