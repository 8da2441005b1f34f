"""The page of the line: the drawing with what was chosen, its words, its table, and what the change amounts to."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from openipt.core.course import known
from openipt.core.course.phases import acute_sessions
from openipt.core.course.scores import GAD7, PHQ9
from openipt.core.measures.definitions import Measure
from openipt.core.outcomes.expected import expected_fall
from openipt.core.outcomes.fitted import CASES_NEEDED, FittedCourse
from openipt.records.access import Act
from openipt.records.models import Entry
from openipt.records.queries.own_course import own_course
from openipt.web.drawing.symptom_line import KINDS, Drawing, Event, Happening, SymptomLine, drawings, papers
from openipt.web.jinja import day, short_day
from openipt.web.shown_line import SHOWN
from openipt.web.therapist.common import EpisodePage
from openipt.web.therapist.line_choice import LAYERS, SPANS, LineChoice, days_shown, measures_with_scores
from openipt.web.therapist.presenters_ending import (
    NAMES,
    STRONGEST_FIRST,
    Category,
    categories,
    category_lines,
)
from openipt.web.therapist.presenters_line import present_line
from openipt.web.therapist.presenters_line_beside import (
    AMONG_MECHANISMS,
    MechanismView,
    Shown,
    SmallView,
    measures_beside,
    present_mechanisms,
)
from openipt.web.therapist.presenters_line_events import LIFE, happenings
from openipt.web.therapist.presenters_line_moments import TOLD, Moment, moment_id, moments
from openipt.web.therapist.presenters_records import who

PARTS = {"expected": "the expected course", "items": "the answers, question by question"}
WITHOUT_WORDS = "words left out"


@dataclass(frozen=True)
class Option:
    """Something that can be chosen, and whether it is."""

    id: str
    title: str
    chosen: bool


@dataclass(frozen=True)
class Amounts:
    """What the change amounts to: the strongest category that holds, its rule, and all of them."""

    title: str
    rule: str
    told: str
    all: tuple[Category, ...]


@dataclass(frozen=True)
class ShownTogether:
    """One time that more of the line was looked at together."""

    on: date
    parts: str
    by: str
    is_open: bool
    entry_id: str


@dataclass(frozen=True)
class LinePage:
    """The whole page."""

    choice: LineChoice
    measure: Measure
    measures: tuple[Option, ...]
    beside: tuple[Option, ...]
    layers: tuple[Option, ...]
    spans: tuple[Option, ...]
    line: SymptomLine
    drawings: tuple[Drawing, Drawing]
    kinds: tuple[tuple[str, tuple[Event, ...]], ...]
    small: tuple[SmallView, ...]
    mechanisms: tuple[MechanismView, ...]
    moments: tuple[Moment, ...]
    head: tuple[str | tuple[str, str], ...]
    rows: tuple[tuple[str, ...], ...]
    amounts: Amounts
    notes: tuple[str, ...]
    shown: tuple[ShownTogether, ...]
    may_show: bool
    why_not_own_page: str
    start: date
    end: date

    @property
    def last(self) -> Moment | None:
        return self.moments[-1] if self.moments else None


def present_line_page(page: EpisodePage, choice: LineChoice) -> LinePage:
    """Everything chosen, drawn and in words."""
    page.read(LIFE, TOLD, SHOWN)
    known_measures = measures_with_scores(page)
    measure = page.manual.measure_list[choice.measure]
    beside = tuple(known_measures[name] for name in choice.beside)
    happened = _told(happenings(page, choice.layers), with_words=choice.words)
    whole = present_line(page, measure, choice.layers)
    start, end = days_shown(choice, _whole_days(page, whole, beside), _so_far(page, whole))
    shown = moments(page, (measure, *beside), happened, (start, end))
    line = _with_all(whole, happened, start, end)
    drawn, in_line = drawings(line), Shown(start, end, papers(line))
    return LinePage(
        choice=choice,
        measure=measure,
        measures=tuple(Option(name, m.title, name == measure.id) for name, m in known_measures.items()),
        beside=tuple(
            Option(name, m.title, name in choice.beside)
            for name, m in known_measures.items()
            if name != measure.id
        ),
        layers=tuple(Option(name, title, name in choice.layers) for name, title in LAYERS.items()),
        spans=tuple(Option(name, title, name == choice.span) for name, title in SPANS.items()),
        line=line,
        drawings=drawn,
        kinds=_kinds(drawn[0].events),
        small=measures_beside(page, beside, in_line),
        mechanisms=present_mechanisms(page, in_line),
        moments=shown if choice.words else (),
        head=_head(measure, beside),
        rows=tuple(_row(moment, measure, beside, with_words=choice.words) for moment in shown),
        amounts=_amounts(page),
        notes=_notes(page, measure, line),
        shown=shown_together(page),
        may_show=bool(page.may(Act.WRITE_RECORD)),
        why_not_own_page=why_not_own_page(page),
        start=start,
        end=end,
    )


def _whole_days(page: EpisodePage, line: SymptomLine, beside: tuple[Measure, ...]) -> tuple[date, date]:
    """The whole course, with what was answered before it began to the measures shown."""
    shown = {one.id for one in beside} | AMONG_MECHANISMS
    given = [answers.on for answers in page.course.answers if answers.measure in shown and answers.finished]
    start, end = line.days
    return (min([start, *given]), max([end, *given])) if line.scores else (start, end)


def _so_far(page: EpisodePage, line: SymptomLine) -> date:
    """The last day that is no longer to come: today, or the end of what is known of an ended course."""
    return line.days[1] if page.episode.ended_on else max([page.on, *(score.on for score in line.scores)])


def _with_all(line: SymptomLine, happened: tuple[Happening, ...], start: date, end: date) -> SymptomLine:
    """The line with what happened, each score leading to its words, over the days chosen."""
    scores = tuple(replace(score, address=f"#{moment_id(score.on)}") for score in line.scores)
    return replace(line, scores=scores, happenings=happened if scores else (), start=start, end=end)


def _told(happened: tuple[Happening, ...], *, with_words: bool) -> tuple[Happening, ...]:
    """What happened; for a paper that goes on to others also by its days alone."""
    return happened if with_words else tuple(replace(one, words=WITHOUT_WORDS) for one in happened)


def _kinds(events: tuple[Event, ...]) -> tuple[tuple[str, tuple[Event, ...]], ...]:
    """The events of each row of marks, under its title."""
    found: dict[str, list[Event]] = {}
    for event in events:
        found.setdefault(event.kind, []).append(event)
    return tuple((KINDS[kind], tuple(of_kind)) for kind, of_kind in found.items())


# -- the table ---------------------------------------------------------------------------------------


def _head(measure: Measure, beside: tuple[Measure, ...]) -> tuple[str | tuple[str, str], ...]:
    others = ((one.title, "number") for one in beside)
    main = (("Session", "number"), (measure.title, "number"), "Band")
    return ("Day", *main, *others, ("What happened before", "words"))


def _row(
    moment: Moment, measure: Measure, beside: tuple[Measure, ...], *, with_words: bool
) -> tuple[str, ...]:
    happened = "; ".join(moment.happened) if with_words else WITHOUT_WORDS if moment.happened else ""
    return (
        short_day(moment.on),
        str(moment.session) if moment.session else "–",
        moment.total_of(measure.title) or "–",
        moment.band_of(measure.title) or "–",
        *(moment.total_of(one.title) or "–" for one in beside),
        happened or "–",
    )


# -- in words ----------------------------------------------------------------------------------------


def _amounts(page: EpisodePage) -> Amounts:
    """The change from the start to the last score by 10.3, the strongest category that holds first."""
    found = categories(page)
    all_of_them = category_lines(found)
    strongest = next((name for name in STRONGEST_FIRST if found.answers()[name].value), "")
    told = ", ".join(
        f"{page.manual.measure_list[name].title} {start} to {end}"
        for name, start, end in (
            (PHQ9, found.start.phq9, found.end.phq9),
            (GAD7, found.start.gad7, found.end.gad7),
        )
        if start is not None and end is not None
    )
    if not strongest or not _answered_again(page):
        return Amounts(
            "Cannot be told yet", "A score at the start and a later one are needed.", "", all_of_them
        )
    return Amounts(NAMES[strongest], found.answers()[strongest].rule, told, all_of_them)


def _answered_again(page: EpisodePage) -> bool:
    """Is there a score to hold against the start? One score alone is no change."""
    given = [answers.measure for answers in page.course.answers if answers.finished]
    return any(given.count(measure) > 1 for measure in (PHQ9, GAD7))


def _notes(page: EpisodePage, measure: Measure, line: SymptomLine) -> tuple[str, ...]:
    """What a reader of the line must know: how far a score looks back, what the expected courses rest on."""
    found = [note for note in measure.notes if "looks back" in note]
    if not found and measure.recall:
        found.append(f"Each score looks back over {measure.recall}.")
    if line.expected:
        found += _expected_notes(page)
    return tuple(found)


def _expected_notes(page: EpisodePage) -> list[str]:
    planned = acute_sessions(page.manual, page.course)
    fall, fitted = expected_fall(planned), own_course(planned, page.on)
    found = [
        f"Expected course: a fall of {fall or 0:.0%} over {planned} sessions, its band one reliable change (6) above "
        "(clinical reference 15.3), a project default: no judgement of anybody."
    ]
    if fitted is None:
        found.append(
            f"This service's own course is drawn once it has {CASES_NEEDED} cases of plans of this length."
        )
    else:
        found.append(fitted_words(fitted))
    return found


def fitted_words(fitted: FittedCourse) -> str:
    """What the service's own line rests on, and how sure it is."""
    low, high = fitted.between
    plans = f"{fitted.least} to {fitted.most}" if fitted.most else f"{fitted.least} or more"
    return (
        f"This service's own course: a fall of {fitted.fall:.0%} (95 % between {low:.0%} and {high:.0%}), fitted to "
        f"{fitted.cases} cases with {fitted.scores} scores in plans of {plans} sessions; {fitted.above:.0%} of those "
        "scores lie above its band. It carries the band here; rule DR-23 goes on reading the project default."
    )


# -- looked at together ------------------------------------------------------------------------------


def shown_together(page: EpisodePage) -> tuple[ShownTogether, ...]:
    """Every time more of the line was shown to the client, the newest first."""
    found = (_shown(page, entry) for entry in page.entries(SHOWN))
    return tuple(sorted(found, key=lambda shown: shown.on, reverse=True))


def _shown(page: EpisodePage, entry: Entry) -> ShownTogether:
    parts = known.words(entry.visible.get("parts"))
    return ShownTogether(
        on=entry.on,
        parts=" and ".join(PARTS[part] for part in parts if part in PARTS),
        by=who(entry.by),
        is_open=entry.visible.get("own_page") is True,
        entry_id=str(entry.pk),
    )


def why_not_own_page(page: EpisodePage) -> str:
    """Why nothing more may stand on the client's own page; "" where it may."""
    if known.danger(page.course).grounds:
        return "Danger from another person is on record: nothing more is opened on the client's device."
    return ""


def line_title(line: LinePage) -> str:
    return f"{line.measure.title}, {day(line.start)} to {day(line.end)}"


__all__ = ["LinePage", "line_title", "moment_id", "present_line_page", "shown_together", "why_not_own_page"]
