"""The time line: what is drawn, the same in words, what goes with what, and mood around the events."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from openipt.records.models import Entry
from openipt.records.queries import checkins
from openipt.web.jinja import day
from openipt.web.therapist.common import EpisodePage
from openipt.web.therapist.presenters_mood_events import MoodAndEvents, present_mood_and_events
from openipt.web.therapist.presenters_records import RecordList, record_list
from openipt.web.therapist.room_parts import edit_address, may_write, new_address
from openipt.web.timeline_rows import Year, is_empty, rows_of, years_of
from openipt.web.timeline_view import MEDICATION, TIMELINE, TimeView, in_words, present_view, ties_of

MOOD_LINK = "rec_event_mood_link"
LONGEST_TOLD, MOST_TOLD = 400, 12


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
    rows = rows_of(
        page,
        said,
        ties,
        addresses=addresses,
        record_address=lambda record: page.address(f"records/{record}/"),
    )
    events, symptoms = _texts(items, ("event", "treatment")), _texts(items, ("symptom",))
    return TimelinePage(
        view=view,
        left_out=left_out,
        years=() if is_empty(rows) else years_of(rows),
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
        is_empty=not items and is_empty(rows),
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
    rows = rows_of(page, said, ties)
    return TogetherPage(
        view=view,
        left_out=left_out,
        years=() if is_empty(rows) else years_of(rows),
        is_empty=not items and is_empty(rows),
        may_write=may_write(page, TIMELINE),
    )


def linkable(page: EpisodePage) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Events and symptoms as they are called on the time line."""
    items = [entry for entry in page.entries(TIMELINE) if entry.visible.get("text")]
    return _texts(items, ("event", "treatment")), _texts(items, ("symptom",))


def _texts(items: Sequence[Entry], kinds: tuple[str, ...]) -> tuple[str, ...]:
    said = (str(entry.visible["text"]) for entry in items if entry.visible.get("type") in kinds)
    return tuple(dict.fromkeys(said))
