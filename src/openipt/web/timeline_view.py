"""What of a life is shown: which days of the time line, as an address, and everything that lies in them.

The same for the desk and for the client: a page gives the records its reader may see, and nothing is read around it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Protocol
from urllib.parse import urlencode

from openipt.core.course import known
from openipt.core.course.course import Course
from openipt.core.course.progress import main_measure
from openipt.core.course.scores import PHQ9, points
from openipt.core.fields.when import When
from openipt.core.manual.model import Manual
from openipt.core.measures.definitions import Measure
from openipt.errors import FieldFault
from openipt.records.models import Entry, Episode
from openipt.web.drawing.time_lanes import (
    LEAST_DAYS,
    MOST_DAYS,
    Mark,
    Scores,
    TimeDrawing,
    TimeItem,
    TimeLink,
    closer,
    days_shown,
    time_drawings,
)
from openipt.web.jinja import day
from openipt.web.sent import FIRST_YEAR, LAST_YEAR, NO_DAY, read_day

TIMELINE, MEDICATION = "rec_timeline", "rec_medication"
STRENGTHS = ("No link", "Weak link", "Fair link", "Strong link")
SPANS = {
    "all": "All that stands here",
    "life": "Whole life",
    "years": "Last 5 years",
    "year": "Last 12 months",
    "course": "This course",
    "own": "Days of your choice",
}
YEAR = timedelta(days=365)
MOST_IN_WORDS = 100  # things said in words under the drawing before all of them are asked for
ROOM = 0.03  # of the days shown, left free at both ends


class TimePage(Protocol):
    """What a page of an episode says of a life."""

    episode: Episode
    on: date

    @property
    def course(self) -> Course: ...
    @property
    def manual(self) -> Manual: ...
    @property
    def names(self) -> Mapping[str, str]: ...
    def entries(self, record_type: str = "") -> list[Entry]: ...
    def measure_title(self, measure: Measure) -> str: ...


@dataclass(frozen=True)
class Span:
    """The days shown and how they were chosen."""

    chosen: str
    start: date
    end: date
    faults: tuple[FieldFault, ...] = field(default=())

    @property
    def query(self) -> str:
        return own_days(self.start, self.end) if self.chosen == "own" else f"?span={self.chosen}"


@dataclass(frozen=True)
class Way:
    """A way to other days: its address, and whether it is the one shown or leads nowhere."""

    id: str
    title: str
    address: str
    here: bool = False


@dataclass(frozen=True)
class TimeView:
    """The drawing of the days shown, and the ways closer, further, earlier and later."""

    span: Span
    days: str
    drawings: tuple[TimeDrawing, TimeDrawing]
    spans: tuple[Way, ...]
    moves: tuple[Way, ...]
    in_view: int
    of_all: int
    undated: int
    scores: str

    @property
    def is_crowded(self) -> bool:
        return self.of_all > MOST_IN_WORDS

    @property
    def all_in_words(self) -> str:
        return f"{self.span.query}&words=all"

    def near(self, mark: Mark) -> str:
        """Where a mark leads: its words below, or the days of the several things it stands for."""
        if mark.address:
            return f"{self.all_in_words}{mark.address}" if self.is_crowded else mark.address
        start, end = closer(mark.start, mark.end)
        shown = (self.span.end - self.span.start).days
        if shown <= LEAST_DAYS:
            return f"#{mark.ids[0]}"
        if (end - start).days > shown * 0.8:
            start, end = mark.start, mark.start + timedelta(days=max(LEAST_DAYS, shown // 2))
        return own_days(*days_shown(start, end))


def own_days(start: date, end: date) -> str:
    return f"?{urlencode({'span': 'own', 'from': start.isoformat(), 'to': end.isoformat()})}"


def when_of(entry: Entry) -> When | None:
    """The date of an entry, read once for a page."""
    if "when_read" not in entry.__dict__:
        entry.__dict__["when_read"] = When.of_values(entry.visible)
    found: When | None = entry.__dict__["when_read"]
    return found


def row_id(entry: Entry) -> str:
    return f"i{entry.order}"


# -- what lies on the line -------------------------------------------------------------------------------


def timeline_items(page: TimePage, entries: Sequence[Entry]) -> Iterator[TimeItem]:
    """Everything with a date: what was written on the time line, the drugs, and this course itself."""
    for entry in entries:
        values = entry.visible
        when = when_of(entry)
        if not values.get("text") or when is None:
            continue
        first, last = when.bounds
        lane = str(values.get("type") or "event")
        yield TimeItem(
            id=row_id(entry),
            lane=lane if lane in ("symptom", "treatment") else "event",
            first=first,
            last=max(last, page.on) if when.ongoing and first <= page.on else last,
            text=str(values["text"]),
            when=when.words_at_age(page.episode.client.birth_year),
            people=", ".join(name for name in names_of(page, values) if name not in values["text"]),
            soft=not when.is_exact and not when.is_span,
            goes_on=when.is_span,
            address=f"#{row_id(entry)}",
        )
    yield from _drugs(page)
    yield from _this_course(page)


def names_of(page: TimePage, values: Mapping[str, object]) -> tuple[str, ...]:
    people = values.get("people")
    codes = people if isinstance(people, list | tuple) else ()
    return tuple(page.names[code] for code in map(str, codes) if code in page.names)


def _drugs(page: TimePage) -> Iterator[TimeItem]:
    """A drug from when it was begun to when it was last written down: no later end is known of any."""
    told: dict[str, list[Entry]] = {}
    for entry in page.entries(MEDICATION):
        for drug in known.words(entry.visible.get("drug")):
            told.setdefault(drug.strip().lower(), []).append(entry)
    for number, (_, entries) in enumerate(told.items()):
        values = entries[0].visible
        said = next((e.visible["since"] for e in entries if e.visible.get("since")), None)
        since = When.of_values({"date": said})
        doses = list(dict.fromkeys(str(e.visible["dose"]) for e in entries if e.visible.get("dose")))
        last = entries[-1].on
        first = since.bounds[0] if since else entries[0].on
        begun = f"since {since.words()}" if since else f"written down {day(entries[0].on)}"
        yield TimeItem(
            id=f"m{number}",
            lane="medication",
            first=min(first, last),
            last=last,
            text=" ".join([str(values["drug"]), " → ".join(doses)]).strip(),
            when=begun if last == entries[0].on else f"{begun}, last written down {day(last)}",
            goes_on=True,
            address=f"#m{number}",
            record=str(entries[-1].pk),
        )


def _this_course(page: TimePage) -> Iterator[TimeItem]:
    start = page.episode.started_on
    if start is not None:
        end = page.episode.ended_on
        when = f"{day(start)} to {day(end)}" if end else f"since {day(start)}"
        yield TimeItem(
            "course", "treatment", start, max(start, end or page.on), "This course", when, goes_on=True,
            address="#course",
        )  # fmt: skip


def scores_of(page: TimePage) -> Scores | None:
    """The main measure over the course."""
    measure = page.manual.measure_list[main_measure(page.manual, page.course) or PHQ9]
    found = points(page.manual, page.course, measure.id)
    if not found:
        return None
    highest = measure.highest if measure.highest is not None else max(point.total for point in found)
    return Scores(
        page.measure_title(measure),
        measure.lowest or 0,
        highest,
        tuple((point.on, point.total) for point in found),
    )


@dataclass(frozen=True)
class Tie:
    """An event tied to a symptom: the last word on the pair."""

    event: str
    symptom: str
    strength: int | None
    entry: Entry

    @property
    def words(self) -> str:
        return STRENGTHS[self.strength] if self.strength is not None else "Not rated"


def ties_of(entries: Sequence[Entry]) -> tuple[Tie, ...]:
    found: dict[tuple[str, str], Tie] = {}
    for entry in entries:
        for row in entry.visible.get("links") or ():
            event, symptom = str(row.get("event", "")), str(row.get("symptom", ""))
            strength = row.get("strength_0_3")
            known_strength = strength if strength in (0, 1, 2, 3) else None
            found[event, symptom] = Tie(event, symptom, known_strength, entry)
    return tuple(found.values())


def _links(ties: Sequence[Tie], entries: Sequence[Entry]) -> Iterator[TimeLink]:
    """Ties name what they tie by its words; of several of one name the first is meant."""
    ids: dict[str, str] = {}
    for entry in entries if ties else ():
        if entry.visible.get("text"):
            ids.setdefault(str(entry.visible["text"]).casefold(), row_id(entry))
    for tie in ties:
        event, symptom = ids.get(tie.event.casefold()), ids.get(tie.symptom.casefold())
        if event and symptom and tie.strength:
            words = f"{tie.event} goes with {tie.symptom}: {tie.words.lower()}"
            yield TimeLink(event, symptom, tie.strength, words)


def in_words(
    entries: Sequence[Entry], view: TimeView, asked: Mapping[str, str]
) -> tuple[Sequence[Entry], int]:
    """The entries said in words, and how many are not: of a crowd the latest of the days shown."""
    if not view.is_crowded or asked.get("words") == "all":
        return entries, 0
    dated = [(when.bounds, entry) for entry in entries if (when := when_of(entry))]
    shown = [(on, entry) for on, entry in dated if on[0] <= view.span.end and on[1] >= view.span.start]
    latest = sorted(shown, key=lambda each: each[0])[-MOST_IN_WORDS:]
    return [entry for _, entry in latest], len(entries) - len(latest)


# -- which days ------------------------------------------------------------------------------------------


def present_view(
    page: TimePage,
    entries: Sequence[Entry],
    ties: Sequence[Tie],
    asked: Mapping[str, str],
    address: str,
) -> TimeView:
    items = tuple(timeline_items(page, entries))
    scores = scores_of(page)
    span = read_span(page, items, scores, asked)
    drawings = time_drawings(items, _links(ties, entries), scores, span.start, span.end, page.on)
    start, end = drawings[0].start, drawings[0].end
    span = Span(span.chosen, start, end, span.faults)
    in_view = sum(one.first <= end and one.last >= start for one in items)
    return TimeView(
        span=span,
        days=f"{day(start)} to {day(end)}",
        drawings=drawings,
        spans=tuple(
            Way(name, title, f"{address}?span={name}", name == span.chosen)
            for name, title in SPANS.items()
            if name in _days_of(page, items, scores)
        ),
        moves=tuple(_moves(start, end, address)),
        in_view=in_view,
        of_all=len(items),
        undated=sum(bool(e.visible.get("text")) and when_of(e) is None for e in entries),
        scores=drawings[0].graph.words if drawings[0].graph else "",
    )


def present_drawing(page: TimePage, asked: Mapping[str, str], address: str) -> TimeView:
    """The drawing alone, for other days."""
    entries = page.entries(TIMELINE)
    return present_view(page, entries, ties_of(entries), asked, address)


def read_span(
    page: TimePage, items: Sequence[TimeItem], scores: Scores | None, asked: Mapping[str, str]
) -> Span:
    """The days an address asks for. What nobody knows is as usual: all that stands here."""
    days = _days_of(page, items, scores)
    chosen = asked.get("span", "")
    if chosen != "own":
        name = chosen if chosen in days else "all"
        return Span(name, *days[name])
    start, end = days["all"]
    typed = {name: asked.get(name, "").strip() for name in ("from", "to")}
    read = {name: read_day(text) for name, text in typed.items()}
    faults = tuple(
        FieldFault(name, NO_DAY)
        for name, text in typed.items()
        if text and ((on := read[name]) is None or not FIRST_YEAR - 20 <= on.year <= LAST_YEAR)
    )
    if faults:
        return Span("own", start, end, faults)
    first, last = read["from"] or start, read["to"] or end
    return Span("own", *days_shown(first, last))


def _days_of(
    page: TimePage, items: Sequence[TimeItem], scores: Scores | None
) -> dict[str, tuple[date, date]]:
    """The days of every choice there is in this course."""
    today = max(page.on, page.episode.ended_on or page.on)
    firsts = [one.first for one in items] + ([scores.days[0][0]] if scores else [])
    lasts = [one.last for one in items]
    found = {
        "all": _with_room(min(firsts, default=today - YEAR), max([today, *lasts])),
        "years": (today - 5 * YEAR, today),
        "year": (today - YEAR, today),
    }
    if page.episode.client.birth_year and page.episode.client.birth_year <= today.year:
        found["life"] = (date(page.episode.client.birth_year, 1, 1), max([today, *lasts]))
    if page.episode.started_on:
        found["course"] = _with_room(
            page.episode.started_on - timedelta(days=14), page.episode.ended_on or today
        )
    return found


def _with_room(start: date, end: date) -> tuple[date, date]:
    """A little room before the first and less after the last: words stand to the right of their marks anyway."""
    days = (end - start).days
    return start - timedelta(days=max(3, round(days * ROOM))), end + timedelta(
        days=max(2, round(days * ROOM / 6))
    )


def _moves(start: date, end: date, address: str) -> Iterator[Way]:
    """Closer and further around the middle; earlier and later by half of what is shown."""
    shown = (end - start).days
    half, quarter = timedelta(days=max(1, shown // 2)), timedelta(days=shown // 4)
    first, last = date(FIRST_YEAR - 20, 1, 1), date(LAST_YEAR, 1, 1)
    ways = (
        ("earlier", "Earlier", start - half, end - half, start - half >= first),
        ("closer", "Closer", start + quarter, end - quarter, shown > LEAST_DAYS),
        ("further", "Further", start - half, end + half, shown < MOST_DAYS - 2 and start - half >= first),
        ("later", "Later", start + half, end + half, end + half <= last),
    )
    for id_, title, one, other, leads in ways:
        yield Way(id_, title, f"{address}{own_days(*days_shown(one, other))}" if leads else "", not leads)
