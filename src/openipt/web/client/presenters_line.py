"""The client's scores in plain values. A number, its day, and how it has moved; what it means is talked about."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from openipt import library
from openipt.core.course.scores import PHQ9
from openipt.core.measures.change import ReliableChange, reliable_change
from openipt.core.measures.definitions import Direction, Measure
from openipt.records.models import MeasureScore
from openipt.records.queries.checkins import scores
from openipt.web.client.common import ClientPage
from openipt.web.drawing.symptom_line import Drawing, Score, SymptomLine, drawings
from openipt.web.jinja import day
from openipt.web.plain import measure_name
from openipt.web.shown_line import (
    EXPECTED,
    EXPECTED_NOTE,
    ITEMS,
    ITEMS_NOTE,
    SHOWN,
    ItemSeries,
    expected_for_client,
    item_series,
    open_on_own_page,
    parts_of,
)

STEPS, SKILLS = "rec_action_plan", "rec_skills_gained"
DONE = ("yes", "partly")
MOST_DONE = 6

# The wording asks about two weeks, also where it is asked every week (ipt.md 22.1).
OVERLAP = ", so two numbers close together look back on some of the same days"
CREDIT = "You brought this about. What did you do that helped? Write it down: it is yours to keep."


@dataclass(frozen=True)
class ClientLine:
    """One measure's line. `moved` says by how many points, never whether that is good enough."""

    id: str
    title: str
    about: str
    moved: str
    credit: str
    did: tuple[str, ...]
    line: SymptomLine | None
    drawings: tuple[Drawing, ...]
    rows: tuple[tuple[str, str, str], ...]
    series: ItemSeries | None = None
    shown_on: date | None = None
    note: str = ""


@dataclass(frozen=True)
class _Shown:
    """What was looked at together and left open here, with its last day."""

    parts: frozenset[str]
    on: date | None


def present_lines(page: ClientPage) -> tuple[ClientLine, ...]:
    """What is answered week by week comes first, what was asked once comes last. Private ones never show."""
    found: dict[str, list[MeasureScore]] = defaultdict(list)
    for score in scores(page.user, page.episode, page.on):
        if score.total is not None:
            found[score.measure].append(score)
    known = library.measures()
    shown = {name: rows for name, rows in found.items() if name in known and not known[name].private}
    by_use = sorted(shown.items(), key=lambda item: -len(item[1]))
    open_here = _open_here(page)
    gained = next((name for name, rows in by_use if _has_gained(known[name], rows)), "")
    return tuple(
        _line(page, known[name], rows, open_here, _did(page, rows) if name == gained else None)
        for name, rows in by_use
    )


def _open_here(page: ClientPage) -> _Shown:
    """Nothing more where somebody may look on who must not."""
    found = [] if page.is_watched else open_on_own_page(page.entries(SHOWN))
    return _Shown(parts_of(found), max((entry.on for entry in found), default=None))


def _line(
    page: ClientPage, measure: Measure, rows: list[MeasureScore], shown: _Shown, did: tuple[str, ...] | None
) -> ClientLine:
    first, last = rows[0], rows[-1]
    more = shown if measure.id == PHQ9 else _Shown(frozenset(), None)
    drawn = _drawn(page, measure, rows, more) if len(rows) > 1 else None
    series = item_series(measure, page.course, page.client.language) if ITEMS in more.parts else None
    expected = drawn is not None and bool(drawn.expected)
    return ClientLine(
        id=measure.id.removeprefix("ms_"),
        title=measure_name(measure),
        about=_about(measure),
        moved=_moved(first, last) if len(rows) > 1 else f"{_number(first.total)} on {day(first.on)}.",
        credit="" if did is None else CREDIT,
        did=did or (),
        line=drawn,
        drawings=drawings(drawn) if drawn else (),
        rows=tuple((day(row.on), _number(row.total), _note(row)) for row in rows),
        series=series,
        shown_on=more.on if series or expected else None,
        note=" ".join(filter(None, (EXPECTED_NOTE if expected else "", ITEMS_NOTE if series else ""))),
    )


def _did(page: ClientPage, rows: list[MeasureScore]) -> tuple[str, ...]:
    """What the client did in this time, in words that stand in their own record: steps taken, skills gained.

    Nothing where its words could be read by the wrong eyes, and nothing that was not written down with them.
    """
    if page.is_watched:
        return ()
    found = [
        (entry.on, str(entry.visible["step"]))
        for entry in page.entries(STEPS)
        if entry.visible.get("done") in DONE and entry.visible.get("step")
    ]
    found += [
        (entry.on, str(entry.visible.get("client_part") or entry.visible.get("skill") or ""))
        for entry in page.entries(SKILLS)
    ]
    told = {
        words.casefold(): words for on, words in sorted(found) if words and rows[0].on <= on <= rows[-1].on
    }
    return tuple(told.values())[-MOST_DONE:]


def _drawn(page: ClientPage, measure: Measure, rows: list[MeasureScore], shown: _Shown) -> SymptomLine | None:
    if measure.lowest is None or measure.highest is None:
        return None
    return SymptomLine(
        measure=measure.title,
        lowest=measure.lowest,
        highest=measure.highest,
        scores=tuple(Score(row.on, row.total or 0, note=_note(row)) for row in rows),
        sessions=tuple(meeting.on for meeting in page.course.held),
        expected=expected_for_client(page.manual, page.course, page.on) if EXPECTED in shown.parts else (),
    )


def _about(measure: Measure) -> str:
    ends = ""
    if measure.lowest is not None and measure.highest is not None:
        ends = f"From {_number(measure.lowest)} to {_number(measure.highest)}. "
    less = (
        "Lower means less trouble." if measure.direction is Direction.HIGHER_IS_WORSE else "Higher is better."
    )
    back = (
        f" Time asked about: {measure.recall}{OVERLAP if 'week' in measure.recall else ''}."
        if measure.recall
        else ""
    )
    return f"{ends}{less}{back}"


def _moved(first: MeasureScore, last: MeasureScore) -> str:
    before, after = first.total or 0, last.total or 0
    told = f"{_number(before)} on {day(first.on)}, {_number(after)} on {day(last.on)}"
    if before == after:
        return f"{told}: the same number."
    points = abs(after - before)
    unit = "point" if points == 1 else "points"
    return f"{told}: {_number(points)} {unit} {'lower' if after < before else 'higher'}."


def _has_gained(measure: Measure, rows: list[MeasureScore]) -> bool:
    before, after = rows[0].total or 0, rows[-1].total or 0
    return len(rows) > 1 and reliable_change(measure, before, after) is ReliableChange.IMPROVED


def _note(row: MeasureScore) -> str:
    return "one or two answers left out, filled in from the others" if row.prorated else ""


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:g}"
