"""The diary of daily times as a week: its picture, its table, how steady it was, how long the nights were.

The same for the desk and for the client: a page gives the records its reader may see, and nothing is read around it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from openipt.core.course import known
from openipt.core.course.diary import WEEK, nights, times_of
from openipt.core.course.rhythm_targets import Band, bands, placed, standing
from openipt.core.fields.definitions import RecordType
from openipt.core.measures.rhythm import ACTIVITIES, ACTIVITIES_TO_COUNT, DAYS_TO_COUNT, rhythm_week
from openipt.records import convert
from openipt.records.models import Entry
from openipt.web.drawing.rhythm_week import RhythmDrawing, Time, clock, rhythm_drawing
from openipt.web.jinja import DAYS, MONTHS, plural, signed, week_day

SHORT = {
    "out_of_bed": "Up",
    "first_contact": "First contact",
    "start_of_work": "Start of work",
    "dinner": "Dinner",
    "to_bed": "To bed",
}
MOOD, ENERGY = "mood_-5_5", "energy_-5_5"
OUT_OF = 7


@dataclass(frozen=True)
class WeekView:
    """Seven days of the diary."""

    first: date
    last: date
    title: str
    kept: int
    score: str
    rests_on: str
    nights: str
    drawing: RhythmDrawing
    in_words: str
    head: tuple[Any, ...]
    rows: tuple[tuple[str, ...], ...]
    has_targets: bool


def diary_of(entries: Iterable[Entry]) -> dict[date, Mapping[str, Any]]:
    """Day -> what its reader may see of it. Of two entries for one day the later counts."""
    return {known.day(entry.visible.get("date")) or entry.on: entry.visible for entry in entries}


def bands_of(entries: Iterable[Entry], started_on: date | None) -> tuple[Band, ...]:
    rows = [(entry.on, entry.visible) for entry in entries]
    return bands(rows, started_on) if started_on is not None else ()


def titles_of(kind: RecordType) -> dict[str, str]:
    """What the activities are called on the form."""
    return {field.key: field.label for field in kind.fields if field.key in ACTIVITIES}


def week_days(last: date) -> tuple[date, ...]:
    return tuple(last - timedelta(days=WEEK.days - 1 - place) for place in range(WEEK.days))


def present_week(
    kind: RecordType, diary: Mapping[date, Mapping[str, Any]], targets: Sequence[Band], last: date
) -> WeekView:
    """The week that ends with this day. `kind` is the diary's record type."""
    days = week_days(last)
    titles = titles_of(kind)
    times = {on: _times(diary[on]) for on in days if on in diary}
    holding = {on: standing(targets, on) for on in days}
    found = rhythm_week(times_of(diary[on]) for on in days if on in diary)
    drawing = rhythm_drawing(
        titles, days, [f"{DAYS[on.weekday()][:2]} {on.day}" for on in days], times, holding
    )
    return WeekView(
        first=days[0],
        last=last,
        title=_span_words(days[0], last),
        kept=found.days,
        score="" if found.score is None else f"{found.score:.1f} of {OUT_OF}",
        rests_on=_rests_on(found.score, found.days),
        nights=_nights(diary, days),
        drawing=drawing,
        in_words=". ".join(_said(titles[a], a, days, times, holding) for a in ACTIVITIES),
        head=("Day", *(SHORT[activity] for activity in ACTIVITIES), ("Mood", "number"), ("Energy", "number")),
        rows=tuple(_row(on, diary.get(on, {}), times.get(on, {}), holding[on]) for on in days),
        has_targets=any(holding.values()),
    )


def _times(values: Mapping[str, Any]) -> dict[str, Time]:
    return {
        activity: Time(placed(activity, minute), _company(values, activity) == "alone", clock(minute))
        for activity, minute in times_of(values).items()
    }


def _company(values: Mapping[str, Any], activity: str) -> str:
    said = values.get(activity)
    return str(said.get("alone_or_with") or "") if isinstance(said, Mapping) else ""


def _span_words(first: date, last: date) -> str:
    month = f" {MONTHS[first.month - 1]}" if first.month != last.month else ""
    return f"{first.day}{month} to {last.day} {MONTHS[last.month - 1]}"


def _rests_on(score: float | None, days: int) -> str:
    if score is None:
        return (
            f"Too few to say: {plural(days, 'day')} of {OUT_OF} written down. It takes {ACTIVITIES_TO_COUNT} of "
            f"the five times on {DAYS_TO_COUNT} days each."
        )
    most = "" if days == OUT_OF else f", so {days} is the most it can be"
    return f"It rests on {plural(days, 'day')}{most}."


def _nights(diary: Mapping[date, Mapping[str, Any]], days: Sequence[date]) -> str:
    evenings = [days[0] - timedelta(days=1), *days[:-1]]
    times = {on: times_of(values) for on, values in diary.items()}
    found = nights(times, evenings, convert.clock_changes(evenings))
    if not found:
        return "No night is known from both ends."
    if len(found) == 1:
        return f"1 night known, {_hours(sum(found.values()))} in bed."
    shortest = min(found, key=lambda evening: found[evening])
    return (
        f"{plural(len(found), 'night')} known, {_hours(sum(found.values()) / len(found))} in bed on average; the "
        f"shortest was that of {week_day(shortest)}, {_hours(found[shortest])}."
    )


def _hours(minutes: float) -> str:
    whole = round(minutes)
    return f"{whole // 60} h {whole % 60:02} min" if whole % 60 else f"{whole // 60} h"


def _said(
    title: str,
    activity: str,
    days: Sequence[date],
    times: Mapping[date, Mapping[str, Time]],
    holding: Mapping[date, Mapping[str, Band]],
) -> str:
    """One strip in words, for whoever does not see it."""
    told = [(on, times[on][activity].minute) for on in days if activity in times.get(on, {})]
    if not told:
        return f"{title}: not written down"
    minutes = [minute for _, minute in told]
    words = f"{title}: {plural(len(told), 'day')}, from {clock(min(minutes))} to {clock(max(minutes))}"
    with_target = [(holding[on][activity], minute) for on, minute in told if activity in holding[on]]
    within = sum(1 for band, minute in with_target if band.holds(minute))
    return f"{words}, {within} of {len(with_target)} within the target" if with_target else words


def _row(
    on: date, values: Mapping[str, Any], times: Mapping[str, Time], targets: Mapping[str, Band]
) -> tuple[str, ...]:
    cells = [_cell(values, activity, times.get(activity), targets.get(activity)) for activity in ACTIVITIES]
    feelings = [_signed(values.get(key)) for key in (MOOD, ENERGY)]
    return (f"{DAYS[on.weekday()][:3]} {on.day} {MONTHS[on.month - 1][:3]}", *cells, *feelings)


def _cell(values: Mapping[str, Any], activity: str, time: Time | None, band: Band | None) -> str:
    """The time, with whom, and how far it lies from its target."""
    if time is None:
        return "–"
    company = {"alone": ", alone", "with": ", with others"}.get(_company(values, activity), "")
    return f"{time.words}{company}{_off(time.minute, band)}"


def _off(minute: int, band: Band | None) -> str:
    if band is None:
        return ""
    if band.holds(minute):
        return " (within)"
    apart = minute - band.to if minute > band.to else band.start - minute
    return f" ({apart} min {'after' if minute > band.to else 'before'})"


def _signed(value: object) -> str:
    return signed(value) if isinstance(value, int) and not isinstance(value, bool) else "–"
