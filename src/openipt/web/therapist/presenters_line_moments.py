"""The line in words: every day on which something was answered, with what was answered and what happened."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from openipt.core.course.course import Answers
from openipt.core.course.phases import planned_sessions
from openipt.core.course.scores import PHQ9, answers_of, start_score, total_of
from openipt.core.measures.definitions import Measure
from openipt.core.outcomes.expected import ALERTS_FROM_START, BAND, expected_course
from openipt.records.models import Entry
from openipt.records.queries import checkins as queries
from openipt.web.drawing.symptom_line import Happening
from openipt.web.jinja import day, short_day, signed
from openipt.web.therapist.common import EpisodePage
from openipt.web.therapist.presenters_header import change_in_words
from openipt.web.therapist.presenters_line import note_on

TOLD = "rec_event_mood_link"
WEEK = timedelta(days=7)


@dataclass(frozen=True)
class ScoreOf:
    """One score of a day in words."""

    title: str
    value: str
    total: str
    band: str
    change: str
    note: str


@dataclass(frozen=True)
class ItemsOf:
    """The answers behind one score: what was asked, what was chosen."""

    title: str
    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Moment:
    """One day of answers. `happened`: what stands in the record between the answers before and these."""

    id: str
    on: date
    title: str
    session: int | None
    scores: tuple[ScoreOf, ...]
    expected: str
    items: tuple[ItemsOf, ...]
    happened: tuple[str, ...]

    def total_of(self, title: str) -> str:
        return ", ".join(score.total for score in self.scores if score.title == title)

    def band_of(self, title: str) -> str:
        return next((score.band for score in reversed(self.scores) if score.title == title), "")


@dataclass(frozen=True)
class _Sitting:
    """One measure answered, with its total."""

    measure: Measure
    answers: Answers
    total: float
    start: float | None
    first: bool


def moment_id(on: date) -> str:
    return f"m-{on.isoformat()}"


def moments(
    page: EpisodePage, measures: Iterable[Measure], happened: tuple[Happening, ...], shown: tuple[date, date]
) -> tuple[Moment, ...]:
    """Every day of answers to these measures within the days shown, oldest first."""
    by_day: dict[date, list[_Sitting]] = {}
    for measure in measures:
        for sitting in _sittings(page, measure):
            by_day.setdefault(sitting.answers.on, []).append(sitting)
    days = sorted(by_day)
    since = {on: before for before, on in pairwise(days)}
    told = _Told(page)
    return tuple(
        _moment(page, on, by_day[on], _between(happened, since.get(on, on - WEEK), on), told)
        for on in days
        if shown[0] <= on <= shown[1]
    )


def _sittings(page: EpisodePage, measure: Measure) -> list[_Sitting]:
    found: list[_Sitting] = []
    start = start_score(page.manual, page.course, measure.id)
    for answers in answers_of(page.course, measure.id):
        total = total_of(page.manual, answers) if answers.finished else None
        if total is not None:
            found.append(_Sitting(measure, answers, total, start, first=not found))
    return found


def _between(happened: tuple[Happening, ...], before: date, on: date) -> list[str]:
    return [
        f"{h.when or short_day(h.on)}: {h.words}" for h in happened if before < h.on <= on
    ]  # fmt: skip


def _moment(
    page: EpisodePage, on: date, sittings: list[_Sitting], happened: list[str], told: _Told
) -> Moment:
    numbers = [s.answers.session for s in sittings if s.answers.session is not None]
    session = max(numbers, default=None)
    return Moment(
        id=moment_id(on),
        on=on,
        title=f"{_session_words(session)}{day(on)}",
        session=session or None,
        scores=tuple(_score(sitting) for sitting in sittings),
        expected=_expected(told.planned, sittings),
        items=tuple(items for sitting in sittings if (items := _items(page, sitting)) is not None),
        happened=(*happened, *told.at_check_in(on), *told.in_session(session)),
    )


def _session_words(session: int | None) -> str:
    return "" if session is None else "Baseline, " if session == 0 else f"Session {session}, "


def _score(sitting: _Sitting) -> ScoreOf:
    measure, total = sitting.measure, sitting.total
    of = f" of {measure.highest:g}" if measure.highest is not None else ""
    band = measure.band(total)
    return ScoreOf(
        title=measure.title,
        value=f"{total:g}{of}",
        total=f"{total:g}",
        band=band.title.lower() if band else "",
        change="" if sitting.first else change_in_words(measure, sitting.start, total),
        note=note_on(sitting.answers),
    )


def _expected(planned: int, sittings: list[_Sitting]) -> str:
    """The main score held against the expected course of 15.3, where that says something."""
    main = next((s for s in reversed(sittings) if s.measure.id == PHQ9 and s.answers.session), None)
    if main is None or main.start is None or main.start < ALERTS_FROM_START:
        return ""
    expected = expected_course(main.start, planned, main.answers.session or 0)
    if expected is None:
        return ""
    apart = main.total - expected
    where = "above its band" if apart > BAND else "within its band" if apart >= 0 else "below the line"
    return f"Expected {expected:.1f} (project default): {signed(round(apart, 1))}, {where}"


def _items(page: EpisodePage, sitting: _Sitting) -> ItemsOf | None:
    measure = sitting.measure
    if not sitting.answers.items:
        return None
    asked = _asked(measure, page.episode.client.language)
    rows = tuple(
        (label, "passed over" if value is None else chosen.get(value) or str(value))
        for (label, chosen), value in zip(asked, sitting.answers.items, strict=False)
    )
    return ItemsOf(measure.title, rows)


_in_words: dict[tuple[int, str], tuple[Measure, list[tuple[str, dict[int, str]]]]] = {}


def _asked(measure: Measure, language: str) -> list[tuple[str, dict[int, str]]]:
    """Each question of a measure and each answer to it in words: content, which never changes while we run."""
    key = (id(measure), language)
    if key not in _in_words:
        found = []
        for item in measure.items:
            text, name = measure.text(item.number, language), item.letter or item.number
            chosen = {
                o.value: f"{o.value} {o.label.lower()}".strip()
                for o in measure.options(item.number, language)
            }
            found.append((f"{name}. {text}" if text else f"Item {name}", chosen))
        _in_words[key] = measure, found
    return _in_words[key][1]


class _Told:
    """What was told of a week beside the answers: at the check-in by the client, in the session by its records."""

    def __init__(self, page: EpisodePage) -> None:
        self.planned = planned_sessions(page.course)
        self._at_check_in: dict[date, list[str]] = {}
        for on, event in queries.events_told(page.user, page.episode, page.on):
            self._at_check_in.setdefault(on, []).append(f"At the check-in: “{event}”")
        self._in_session: dict[int, list[str]] = {}
        for entry in page.entries(TOLD):
            if entry.session is not None and entry.session.number is not None:
                self._in_session.setdefault(entry.session.number, []).append(_mood_words(entry))

    def at_check_in(self, on: date) -> tuple[str, ...]:
        return tuple(self._at_check_in.get(on, ()))

    def in_session(self, number: int | None) -> tuple[str, ...]:
        return tuple(self._in_session.get(number, ())) if number is not None else ()


def _mood_words(entry: Entry) -> str:
    values: Mapping[str, object] = entry.visible
    what = str(values.get("event") or values.get("link_text") or "")
    before, after = values.get("mood_0_10_before"), values.get("mood_0_10_after")
    moved = (
        f" (mood {before} before, {after} after, of 10)" if before is not None and after is not None else ""
    )
    return f"Told in the session: {what}{moved}"
