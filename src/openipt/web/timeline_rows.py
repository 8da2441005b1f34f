"""The time line in words: everything that is drawn, year by year, for the desk and for the client."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from openipt.core.fields.when import When
from openipt.core.fields.words import date_in_words
from openipt.records.models import Entry
from openipt.web.jinja import short_day
from openipt.web.timeline_view import (
    TIMELINE,
    Tie,
    TimePage,
    names_of,
    row_id,
    scores_of,
    timeline_items,
    when_of,
)

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


def is_empty(rows: Sequence[TimeRow]) -> bool:
    """That a course runs is no line yet."""
    return all(row.id == "course" for row in rows)


def words_of(values: Mapping[str, Any]) -> str:
    """ "Lost the job, March 2025" ."""
    when = When.of_values(values)
    return ", ".join(filter(None, (str(values.get("text", "")), when.words() if when else "")))


def rows_of(
    page: TimePage,
    items: Sequence[Entry],
    ties: Sequence[Tie],
    *,
    addresses: Mapping[int, str] | None = None,
    record_address: Callable[[str], str] = lambda record: "",
    by_client: str = "written by the client",
) -> list[TimeRow]:
    """Everything on the line: what was written there, the drugs and this course, the scores."""
    written = _items(page, items, ties, addresses or {}, by_client)
    return [*written, *_drugs(page, record_address), *_scores(page)]


def _items(
    page: TimePage,
    items: Sequence[Entry],
    ties: Sequence[Tie],
    addresses: Mapping[int, str],
    by_client: str,
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
            note=", ".join(filter(None, (said, by_client if entry.by_role == "client" else ""))),
        )


def _when(values: Mapping[str, Any], when: When | None, birth_year: int | None) -> str:
    """November 2024; About 2008; Summer 2019; without a date."""
    if when is not None:
        words = when.words_at_age(birth_year)
        return f"{words[0].upper()}{words[1:]}"
    said = values.get("date")
    return date_in_words(said) if isinstance(said, str) and said else "No date yet"


def _drugs(page: TimePage, record_address: Callable[[str], str]) -> list[TimeRow]:
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
            address=record_address(item.record) if item.record else "",
        )
        for item in found
    ]


def _scores(page: TimePage) -> list[TimeRow]:
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


def years_of(rows: Sequence[TimeRow]) -> tuple[Year, ...]:
    """Oldest first. A coarse date stands at the beginning of what it can mean; what has none, last."""
    dated = sorted((row for row in rows if row.order), key=lambda row: row.order or (date.min, date.min))
    found: dict[str, list[TimeRow]] = {}
    for row in dated:
        found.setdefault(str(row.order[0].year) if row.order else "", []).append(row)
    undated = [row for row in rows if row.order is None]
    years = [Year(title, tuple(group)) for title, group in found.items()]
    return (*years, Year("Without a date", tuple(undated))) if undated else tuple(years)
