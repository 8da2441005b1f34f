"""The client's scores in plain values. A number, its day, and how it has moved; what it means is talked about."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from openipt import library
from openipt.core.measures.change import ReliableChange, reliable_change
from openipt.core.measures.definitions import Direction, Measure
from openipt.records.models import MeasureScore
from openipt.records.queries.checkins import scores
from openipt.web.client.common import ClientPage
from openipt.web.client.plain import measure_name
from openipt.web.drawing.symptom_line import Drawing, Score, SymptomLine, drawings
from openipt.web.jinja import day

CREDIT = "You brought this about. What did you do that helped? Write it down: it is yours to keep."


@dataclass(frozen=True)
class ClientLine:
    """One measure's line. `moved` says by how many points, never whether that is good enough."""

    id: str
    title: str
    about: str
    moved: str
    credit: str
    line: SymptomLine | None
    drawings: tuple[Drawing, ...]
    rows: tuple[tuple[str, str, str], ...]


def present_lines(page: ClientPage) -> tuple[ClientLine, ...]:
    """What is answered week by week comes first, what was asked once comes last. Private ones never show."""
    found: dict[str, list[MeasureScore]] = defaultdict(list)
    for score in scores(page.user, page.episode, page.on):
        if score.total is not None:
            found[score.measure].append(score)
    known = library.measures()
    shown = {name: rows for name, rows in found.items() if name in known and not known[name].private}
    by_use = sorted(shown.items(), key=lambda item: -len(item[1]))
    return tuple(_line(page, known[name], rows) for name, rows in by_use)


def _line(page: ClientPage, measure: Measure, rows: list[MeasureScore]) -> ClientLine:
    first, last = rows[0], rows[-1]
    drawn = _drawn(page, measure, rows) if len(rows) > 1 else None
    return ClientLine(
        id=measure.id.removeprefix("ms_"),
        title=measure_name(measure),
        about=_about(measure),
        moved=_moved(first, last) if len(rows) > 1 else f"{_number(first.total)} on {day(first.on)}.",
        credit=CREDIT if len(rows) > 1 and _has_gained(measure, first, last) else "",
        line=drawn,
        drawings=drawings(drawn) if drawn else (),
        rows=tuple((day(row.on), _number(row.total), _note(row)) for row in rows),
    )


def _drawn(page: ClientPage, measure: Measure, rows: list[MeasureScore]) -> SymptomLine | None:
    if measure.lowest is None or measure.highest is None:
        return None
    return SymptomLine(
        measure=measure.title,
        lowest=measure.lowest,
        highest=measure.highest,
        scores=tuple(Score(row.on, row.total or 0, note=_note(row)) for row in rows),
        sessions=tuple(meeting.on for meeting in page.course.held),
    )


def _about(measure: Measure) -> str:
    ends = ""
    if measure.lowest is not None and measure.highest is not None:
        ends = f"From {_number(measure.lowest)} to {_number(measure.highest)}. "
    less = (
        "Lower means less trouble." if measure.direction is Direction.HIGHER_IS_WORSE else "Higher is better."
    )
    back = f" Time asked about: {measure.recall}." if measure.recall else ""
    return f"{ends}{less}{back}"


def _moved(first: MeasureScore, last: MeasureScore) -> str:
    before, after = first.total or 0, last.total or 0
    told = f"{_number(before)} on {day(first.on)}, {_number(after)} on {day(last.on)}"
    if before == after:
        return f"{told}: the same number."
    points = abs(after - before)
    unit = "point" if points == 1 else "points"
    return f"{told}: {_number(points)} {unit} {'lower' if after < before else 'higher'}."


def _has_gained(measure: Measure, first: MeasureScore, last: MeasureScore) -> bool:
    return reliable_change(measure, first.total or 0, last.total or 0) is ReliableChange.IMPROVED


def _note(row: MeasureScore) -> str:
    return "one or two answers left out, filled in from the others" if row.prorated else ""


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:g}"
