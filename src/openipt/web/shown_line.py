"""What of the line a client is shown beyond their numbers: only what was looked at together (`rec_line_shown`).

In the session, on the screen turned to them, it stands while that day lasts; on their own page only where that
was opened, until it is closed or the record is taken back. Bands and verdicts are never among it, nor the
questions about safety: those are talked about, not drawn.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from openipt.core.course.course import Answers, Course
from openipt.core.course.known import words
from openipt.core.course.scores import answers_of
from openipt.core.manual.model import Manual
from openipt.core.measures.definitions import Measure
from openipt.records.models import Entry
from openipt.web.drawing.symptom_line import ExpectedCourse
from openipt.web.expected_line import expected_courses
from openipt.web.jinja import short_day

SHOWN = "rec_line_shown"
EXPECTED, ITEMS = "expected", "items"
PARTS = (EXPECTED, ITEMS)
MOST_DAYS = 6
OWN_NAME = "how it goes here on average"
DEFAULT_NAME = "what may be expected"
EXPECTED_NOTE = (
    "The thin line is a rough expectation, made by a rule. People differ, and it says nothing about you. "
    "If your numbers stay above it, it is the plan we look at."
)
ITEMS_NOTE = "Questions about safety are talked about and are not in this table."


@dataclass(frozen=True)
class ItemSeries:
    """The answers to one measure, question by question, over the last days it was answered."""

    head: tuple[str | tuple[str, str], ...]
    rows: tuple[tuple[str, ...], ...]
    scale: str


def parts_of(entries: Iterable[Entry]) -> frozenset[str]:
    """What these records say was looked at."""
    return frozenset(part for entry in entries for part in words(entry.visible.get("parts")) if part in PARTS)


def parts_on(entries: Iterable[Entry], on: date | None) -> frozenset[str]:
    """What was looked at together on that day."""
    return parts_of(entry for entry in entries if entry.on == on)


def open_on_own_page(entries: Iterable[Entry]) -> list[Entry]:
    """Those whose parts the client also finds on their own page."""
    return [entry for entry in entries if entry.visible.get("own_page") is True]


def expected_for_client(manual: Manual, course: Course, on: date) -> tuple[ExpectedCourse, ...]:
    """One expected course in plain words: the service's own where it has one, else that of the rule."""
    found = expected_courses(manual, course, on)
    return tuple(
        replace(one, name=OWN_NAME if one.own else DEFAULT_NAME, band_words="with room above it")
        for one in found[-1:]
    )


def item_series(measure: Measure, course: Course, language: str) -> ItemSeries | None:
    """The answers of the last days, without questions about safety; None where no item is known."""
    given = [a for a in answers_of(course, measure.id) if a.finished and a.items][-MOST_DAYS:]
    rows = tuple(
        (measure.text(item.number, language), *(_chosen(answers, item.number) for answers in given))
        for item in measure.items
        if item.alert is None and measure.text(item.number, language)
    )
    if not given or not rows:
        return None
    options = measure.options(measure.items[0].number, language)
    scale = ", ".join(f"{option.value} {option.label.lower()}" for option in options if option.label)
    head = ("Question", *((short_day(answers.on), "number") for answers in given))
    return ItemSeries(head, rows, f"{scale[:1].upper()}{scale[1:]}." if scale else "")


def _chosen(answers: Answers, number: int) -> str:
    value = answers.items[number - 1] if len(answers.items) >= number else None
    return "–" if value is None else str(value)
