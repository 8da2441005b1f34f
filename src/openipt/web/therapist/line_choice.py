"""What of the line is shown: which measure large, which small, which layers, which days. All of it is GET."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from urllib.parse import urlencode

from django.http import QueryDict

from openipt.core.course.progress import main_measure
from openipt.core.course.scores import GAD7, PHQ9
from openipt.core.measures.definitions import Measure
from openipt.errors import FieldFault
from openipt.web.sent import read_day
from openipt.web.therapist.common import EpisodePage

LAYERS = {
    "bands": "Bands of the score",
    "expected": "Expected course (project default)",
    "own": "This service's own course",
    "phases": "Phases",
    "sessions": "Sessions held",
    "jump": "Sudden gains and losses",
    "event": "Life events",
    "medication": "Medication",
    "alert": "Alerts",
    "arrangement": "Absences, focus and plan",
}
SPANS = {"whole": "Whole course", "so_far": "So far", "weeks": "Last 8 weeks", "own": "Days of your choice"}
WEEKS = timedelta(weeks=8)
NO_DAY = "This is no day of the calendar. Write it as 2026-03-21 or 21 March 2026."


@dataclass(frozen=True)
class LineChoice:
    """One choice of the line. `first` and `last` are the days typed; they count where `span` is own."""

    measure: str
    beside: tuple[str, ...]
    layers: frozenset[str]
    span: str = "whole"
    first: date | None = None
    last: date | None = None
    words: bool = True
    faults: tuple[FieldFault, ...] = field(default=())

    def query(self, **changes: object) -> str:
        """This choice, or with something else in its place, as an address carries it."""
        chosen = replace(self, **changes)  # type: ignore[arg-type]
        pairs: list[tuple[str, str]] = [("chosen", "1"), ("measure", chosen.measure), ("span", chosen.span)]
        pairs += [("beside", name) for name in chosen.beside]
        pairs += [("layer", name) for name in LAYERS if name in chosen.layers]
        if chosen.span == "own":
            days = (("from", chosen.first), ("to", chosen.last))
            pairs += [(name, day.isoformat()) for name, day in days if day]
        if not chosen.words:
            pairs.append(("words", "no"))
        return f"?{urlencode(pairs)}"


def read_choice(page: EpisodePage, asked: QueryDict) -> LineChoice:
    """What the address asks for. What it does not name is as usual; what nobody knows is left out."""
    known = measures_with_scores(page)
    usual = main_measure(page.manual, page.course) or PHQ9
    measure = asked.get("measure", "")
    measure = measure if measure in known else usual
    others = tuple(name for name in known if name != measure)
    if "chosen" not in asked:
        return LineChoice(measure, _asked_often(page, others), frozenset(LAYERS))
    first, last, faults = _days(asked)
    span = asked.get("span", "")
    return LineChoice(
        measure=measure,
        beside=tuple(name for name in others if name in asked.getlist("beside")),
        layers=frozenset(LAYERS) & frozenset(asked.getlist("layer")),
        span=span if span in SPANS else "own" if first or last else "whole",
        first=first,
        last=last,
        words=asked.get("words") != "no",
        faults=faults if span == "own" else (),
    )


def _asked_often(page: EpisodePage, names: tuple[str, ...]) -> tuple[str, ...]:
    """Measures answered more than once: of the others there is no line to see."""
    answered = [answers.measure for answers in page.course.answers if answers.finished]
    return tuple(name for name in names if answered.count(name) > 1)


def _days(asked: Mapping[str, str]) -> tuple[date | None, date | None, tuple[FieldFault, ...]]:
    """The two days typed, in order."""
    typed = {name: asked.get(name, "").strip() for name in ("from", "to")}
    found = {name: read_day(text) if text else None for name, text in typed.items()}
    faults = tuple(FieldFault(name, NO_DAY) for name, text in typed.items() if text and found[name] is None)
    first, last = found["from"], found["to"]
    if first and last and last < first:
        first, last = last, first
    return first, last, faults


def measures_with_scores(page: EpisodePage) -> dict[str, Measure]:
    """Measures answered in this course, the main ones first. Private ones are drawn nowhere."""
    answered = {answers.measure for answers in page.course.answers if answers.finished}
    known = page.manual.measure_list
    ordered = sorted(answered, key=lambda name: (name != PHQ9, name != GAD7, name))
    return {name: known[name] for name in ordered if name in known and not known[name].private}


def days_shown(choice: LineChoice, course: tuple[date, date], so_far: date) -> tuple[date, date]:
    """The first and the last day of the drawing."""
    start, end = course
    if choice.span == "so_far":
        return start, max(start, so_far)
    if choice.span == "weeks":
        return max(start, so_far - WEEKS), max(start, so_far)
    if choice.span == "own":
        return choice.first or start, max(choice.first or start, choice.last or end)
    return start, end
