"""Small lines under the symptom line: other measures, the alliance, and the five mechanisms of ipt.md 1.3."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from openipt.core.course.mechanisms import Indicator, Mechanism, alliance, mechanisms
from openipt.core.course.scores import answers_of, start_score, total_of
from openipt.core.measures.definitions import Measure
from openipt.web.drawing.small_line import SmallDrawing, SmallLine, small_drawings
from openipt.web.drawing.symptom_line import Score
from openipt.web.drawing.time_axis import Shape
from openipt.web.jinja import short_day
from openipt.web.therapist.common import EpisodePage
from openipt.web.therapist.presenters_header import change_in_words
from openipt.web.therapist.presenters_today import mark_in_words

ALLIANCE = "ms_alliance3"
# Measures that stand among the mechanisms already.
AMONG_MECHANISMS = frozenset({"ms_osss3", "ms_focus_stress", "ms_prr"})


@dataclass(frozen=True)
class Shown:
    """The days and the papers of the symptom line, with which small lines stand in line."""

    start: date
    end: date
    papers: tuple[Shape, Shape]


@dataclass(frozen=True)
class SmallView:
    """One small line with its words: what it is, where it stands, how far it moved, what is missing."""

    id: str
    title: str
    now: str
    moved: str
    counts: str
    missing: str
    rows: tuple[tuple[str, str, str], ...]
    drawings: tuple[SmallDrawing, ...]
    cut: str = ""


@dataclass(frozen=True)
class MechanismView:
    """One mechanism as the manual tells of it, with its indicators."""

    id: str
    title: str
    indicator: str
    source: str
    mark: str
    lines: tuple[SmallView, ...]


def measures_beside(page: EpisodePage, measures: Iterable[Measure], shown: Shown) -> tuple[SmallView, ...]:
    """Other measures as small lines. Those of a mechanism stand there."""
    return tuple(_of_measure(page, one, shown) for one in measures if one.id not in AMONG_MECHANISMS)


def _readings(page: EpisodePage, measure: Measure) -> tuple[Score, ...]:
    if measure.id == ALLIANCE:  # also asked aloud and kept as a record
        return tuple(Score(r.on, r.value, r.session) for r in alliance(page.manual, page.course).readings)
    return tuple(
        Score(answers.on, total, answers.session)
        for answers in answers_of(page.course, measure.id)
        if answers.finished and (total := total_of(page.manual, answers)) is not None
    )


def _of_measure(page: EpisodePage, measure: Measure, shown: Shown) -> SmallView:
    readings = _readings(page, measure)
    cut = next((c for c in measure.cut_offs if c.at_least is not None or c.below is not None), None)
    limit = None if cut is None else cut.at_least if cut.at_least is not None else cut.below
    line = SmallLine(measure.title, measure.lowest or 0, measure.highest, readings, cut=limit)
    last, of = readings[-1], f" of {measure.highest:g}" if measure.highest is not None else ""
    start = start_score(page.manual, page.course, measure.id)
    first = start if start is not None else readings[0].value
    return SmallView(
        id=measure.id,
        title=measure.title,
        now=f"{number(last.value)}{of} on {short_day(last.on)}",
        moved=change_in_words(measure, round(first, 1), round(last.value, 1)) if len(readings) > 1 else "",
        counts="",
        missing="",
        rows=_rows(readings),
        drawings=small_drawings(line, shown.start, shown.end, shown.papers),
        cut=f"thin line: {limit:g}, {cut.meaning}" if cut is not None and limit is not None else "",
    )


def present_mechanisms(page: EpisodePage, shown: Shown) -> tuple[MechanismView, ...]:
    """All five, whatever is known of them."""
    return tuple(_mechanism(page, found, shown) for found in mechanisms(page.manual, page.course))


def _mechanism(page: EpisodePage, found: Mechanism, shown: Shown) -> MechanismView:
    fact = page.manual.facts[found.id]
    return MechanismView(
        id=found.id,
        title=fact.title,
        indicator=fact.indicator,
        source=", ".join(fact.sources),
        mark=mark_in_words(fact.marks),
        lines=tuple(_of_indicator(indicator, shown) for indicator in found.indicators),
    )


def _of_indicator(indicator: Indicator, shown: Shown) -> SmallView:
    readings = tuple(Score(r.on, r.value, r.session) for r in indicator.readings)
    line = SmallLine(indicator.title, indicator.lowest, indicator.highest, readings, bars=indicator.each)
    first, last = indicator.first, indicator.last
    moved = "" if first is None or last is None or len(readings) < 2 else _moved(indicator)
    return SmallView(
        id=indicator.id,
        title=indicator.title,
        now=f"{number(last.value)} {indicator.unit} on {short_day(last.on)}".replace("  ", " ")
        if last
        else "",
        moved=moved,
        counts=indicator.counts,
        missing="" if readings else f"No data yet. It is known from: {indicator.missing}.",
        rows=tuple(
            (short_day(r.on), str(r.session) if r.session else "–", _value(r.value, r.words))
            for r in indicator.readings
        ),
        drawings=small_drawings(line, shown.start, shown.end, shown.papers) if readings else (),
    )


def _moved(indicator: Indicator) -> str:
    """How far it moved since it was first known. What starts anew each time is told as a sum of times."""
    first, last = indicator.readings[0], indicator.readings[-1]
    if indicator.each:
        return f"known of {len(indicator.readings)} times since {short_day(first.on)}"
    apart = last.value - first.value
    way = "the same as" if not apart else f"{number(abs(apart))} {'more' if apart > 0 else 'less'} than"
    return f"{way} on {short_day(first.on)}"


def number(value: float) -> str:
    """A figure with one decimal where it has any."""
    return f"{round(value, 1):g}"


def _value(value: float, words: tuple[str, ...]) -> str:
    return f"{number(value)}: {', '.join(words)}" if words else number(value)


def _rows(readings: tuple[Score, ...]) -> tuple[tuple[str, str, str], ...]:
    return tuple((short_day(r.on), str(r.session) if r.session else "–", number(r.value)) for r in readings)
