"""Mood before and after events, kind by kind and person by person, in words and as one interval each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from openipt.core.course.mood_and_events import (
    FEWEST,
    WINDOW,
    Comparison,
    EventOnLine,
    MoodReading,
    compare,
    quiet_stretches,
    sentence,
)
from openipt.records.models import Entry
from openipt.records.queries import checkins, journal
from openipt.web.jinja import plural
from openipt.web.therapist.common import EpisodePage
from openipt.web.timeline_view import TIMELINE, when_of

KIND, PERSON = "kind:", "person:"
WIDTH, HALF = 240.0, 104.0  # the drawing of an interval, and how far it reaches from its middle


@dataclass(frozen=True)
class Bar:
    """An interval as a line around its mean; zero stands in the middle."""

    low: float
    mean: float
    high: float
    reach: int


@dataclass(frozen=True)
class MoodRow:
    """One kind or one person. `bar` where something may be said."""

    title: str
    sentence: str
    counts: str
    beside: str
    bar: Bar | None
    cells: tuple[str, ...]


@dataclass(frozen=True)
class MoodAndEvents:
    """The whole comparison: what speaks first, then what is too few to say."""

    speaking: tuple[MoodRow, ...]
    too_few: tuple[MoodRow, ...]
    readings: int
    journal: int
    quiet: str
    compared: str
    notes: tuple[str, ...]

    @property
    def rows(self) -> tuple[MoodRow, ...]:
        return (*self.speaking, *self.too_few)

    @property
    def table(self) -> tuple[tuple[str, ...], ...]:
        return tuple((row.title, *row.cells) for row in self.rows)


def present_mood_and_events(page: EpisodePage, entries: Sequence[Entry]) -> MoodAndEvents:
    events = [_event(entry) for entry in entries if _is_event(entry)]
    told = _check_ins(page)
    written = _journal(page)
    readings = [*told, *written]
    found = sorted(compare(events, readings), key=lambda one: _place_of(page, one.group))
    reach = ceil(max([2.0, *(side for one in found for side in _sides(one))]))
    rows = [(one, _row(page, one, reach)) for one in found]
    speaking = tuple(row for one, row in rows if one.interval)
    quiet = quiet_stretches(events, readings)
    return MoodAndEvents(
        speaking=speaking,
        too_few=tuple(row for one, row in rows if not one.interval),
        readings=len({reading.on for reading in readings}),
        journal=len(written),
        quiet=(
            f"From one reading to the next with no event of the line between them, mood moved by "
            f"{_moved(quiet.mean)} on average ({plural(quiet.count, 'stretch', 'stretches')})."
            if quiet and quiet.count >= FEWEST
            else ""
        ),
        compared=_compared(len(speaking), len(found)),
        notes=NOTES,
    )


NOTES = (
    f"Compared are the last mood told in the {WINDOW} days before an event and the first told in the {WINDOW} days "
    f"after it; its own day is on neither side. Fewer than {FEWEST} events are too few to say. Both numbers are "
    "project defaults.",
    "Mood is what the client told from 0 (worst) to 10 (best): in check-ins, and in journal entries that are shared. "
    "Several of one day count as their mean.",
    "Only an event whose day is known is compared. A mood may come after one event and before the next; it counts on "
    "no side twice, so of two events between the same two moods the later one is left out.",
    "The interval holds the mean difference in 95 of 100 such comparisons (Student's t over the events), if events "
    "were much alike and told whatever came after.",
    "It shows what goes together in time, not what brings about what. Mood moves by itself, back towards its middle "
    "after a low day; weekdays, treatment and whatever else happened are in it, too; an event soon after another "
    "begins from the mood that one left; and a bad week is told more often than a good one.",
)


def _compared(speaking: int, every: int) -> str:
    """How many comparisons there are: who looks often enough finds something by chance."""
    if not speaking:
        return f"None of {plural(every, 'comparison')} has events enough yet." if every else ""
    said = f"{speaking} of {plural(every, 'comparison')} {'has' if speaking == 1 else 'have'} events enough."
    return f"{said} Of twenty where nothing is different, about one looks different by chance."


def _sides(found: Comparison) -> tuple[float, ...]:
    """How far an interval reaches to both sides of zero."""
    return (abs(found.interval.low), abs(found.interval.high)) if found.interval else ()


def _is_event(entry: Entry) -> bool:
    return bool(entry.visible.get("text")) and entry.visible.get("type") in (None, "event")


def _event(entry: Entry) -> EventOnLine:
    values, when = entry.visible, when_of(entry)
    people = values.get("people")
    codes = dict.fromkeys(str(code) for code in people) if isinstance(people, list | tuple) else {}
    groups = (f"{KIND}{values.get('event_kind') or ''}", *(f"{PERSON}{code}" for code in codes))
    return EventOnLine(when.day_known if when else None, groups)


def _check_ins(page: EpisodePage) -> list[MoodReading]:
    rows = checkins.moods_told(page.user, page.episode, page.on)
    return [MoodReading(on, mood) for on, mood in rows if on <= page.on]


def _journal(page: EpisodePage) -> list[MoodReading]:
    """Shared entries alone: what the client keeps private is not read here at all."""
    rows = journal.shared_moods(page.user, page.episode, page.on)
    return [MoodReading(on, mood) for on, mood in rows if on <= page.on]


def _place_of(page: EpisodePage, group: str) -> tuple[int, int, str]:
    """Kinds in the order of their choices, then people in the order of the inventory."""
    if group.startswith(KIND):
        kinds = [
            str(option.value) for option in page.manual.record_types[TIMELINE].field("event_kind").options
        ]
        kind = group.removeprefix(KIND)
        return 0, kinds.index(kind) if kind in kinds else len(kinds), kind
    codes = list(page.people)
    code = group.removeprefix(PERSON)
    return 1, codes.index(code) if code in codes else len(codes), code


def title_of(page: EpisodePage, group: str) -> str:
    if group.startswith(PERSON):
        code = group.removeprefix(PERSON)
        return f"With {page.people.get(code, code)}"
    field = page.manual.record_types[TIMELINE].field("event_kind")
    return field.option_label(group.removeprefix(KIND)) or "Kind not said yet"


def _row(page: EpisodePage, found: Comparison, reach: int) -> MoodRow:
    return MoodRow(
        title=title_of(page, found.group),
        sentence=sentence(found),
        counts=_counts(found),
        beside=(
            f"Between the two moods of {found.beside} of them another event stands on the line, too."
            if found.beside
            else ""
        ),
        bar=_bar(found, reach),
        cells=_cells(found),
    )


def _counts(found: Comparison) -> str:
    left_out = (
        (found.no_day, "without a known day"),
        (found.no_mood, "without mood on both sides"),
        (found.too_near, "too near to another one"),
    )
    said = ", ".join(f"{count} {why}" for count, why in left_out if count)
    return f"{plural(found.events, 'event')} on the line, {found.count} compared" + (
        f"; {said}." if said else "."
    )


def _bar(found: Comparison, reach: int) -> Bar | None:
    if found.interval is None:
        return None

    def at(value: float) -> float:
        return round(WIDTH / 2 + max(-reach, min(reach, value)) / reach * HALF, 1)

    return Bar(at(found.interval.low), at(found.interval.mean), at(found.interval.high), reach)


def _cells(found: Comparison) -> tuple[str, ...]:
    """The numbers of the table: events, compared, before, after, difference, interval."""
    if not found.pairs:
        return (str(found.events), "0", "–", "–", "–", "too few")
    before = sum(pair[0] for pair in found.pairs) / found.count
    after = sum(pair[1] for pair in found.pairs) / found.count
    interval = found.interval
    span = f"{_moved(interval.low)} to {_moved(interval.high)}" if interval else "too few"
    difference = _moved(after - before) if interval else "–"
    return (str(found.events), str(found.count), f"{before:.1f}", f"{after:.1f}", difference, span)


def _moved(value: float) -> str:
    """+0.3, −1.2 with a true minus sign, 0.0"""
    rounded = round(value, 1)
    if rounded == 0:
        return "0.0"
    return f"{'+' if rounded > 0 else chr(0x2212)}{abs(rounded):.1f}"
