"""The Measures room in words: what is due, every sitting with its score, one measure item by item."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from openipt.core.course.scores import GAD7, PHQ9, RATED_BY_BOTH, THERAPIST, start_score
from openipt.core.manual.model import Source
from openipt.core.measures.definitions import Measure
from openipt.records.access import Act
from openipt.records.models import CheckIn, MeasureScore
from openipt.records.prepared import Prepared
from openipt.records.queries import checkins as queries
from openipt.web.drawing.symptom_line import Drawing, SymptomLine, drawings
from openipt.web.jinja import clock_time, day, plural, short_day
from openipt.web.therapist.common import EpisodePage
from openipt.web.therapist.presenters_header import change_in_words
from openipt.web.therapist.presenters_line import present_line
from openipt.web.therapist.presenters_records import who
from openipt.web.therapist.presenters_today import mark_in_words

NOT_SCORED = "not part of the score"
MODES = {
    "client": "by the client",
    "with_therapist": "together in the session",
    "paper": "from paper",
    "external": "from an outside form",
}
_BASELINE = Prepared(
    lambda episode: CheckIn.objects.filter(
        episode=episode, purpose="baseline", finished_at__isnull=False
    ).values_list("pk")[:1],
    UUID,
)


@dataclass(frozen=True)
class Sitting:
    """One set of answers to one measure."""

    on: date
    session: str
    total: str
    band: str
    change: str
    entered: str
    note: str


@dataclass(frozen=True)
class MeasureCard:
    """One measure with all its sittings, the newest first."""

    id: str
    title: str
    full_title: str
    purpose: str
    address: str
    enter_address: str
    sittings: tuple[Sitting, ...]


@dataclass(frozen=True)
class DueMeasure:
    """A measure that waits for answers."""

    id: str
    title: str
    purpose: str
    address: str


@dataclass(frozen=True)
class MeasuresPage:
    """The whole room."""

    due: tuple[DueMeasure, ...]
    due_address: str
    who_answers: str
    is_baseline: bool
    cards: tuple[MeasureCard, ...]
    others: tuple[tuple[str, str, str], ...]
    unfinished: tuple[str, ...]
    private: tuple[tuple[str, str], ...]
    may_enter: bool
    asks_any: bool


def present_measures(page: EpisodePage) -> MeasuresPage:
    """What is due (ipt.md 10.5), what was answered, and what else can be entered."""
    scores = queries.scores(page.user, page.episode, page.on)
    by_measure: dict[str, list[MeasureScore]] = {}
    for score in scores:
        by_measure.setdefault(score.measure, []).append(score)
    due = page.status.measures_due
    known = page.manual.measure_list
    return MeasuresPage(
        due=tuple(_due(page, known[measure]) for measure in due),
        due_address=enter_address(page, due),
        who_answers=_who_answers([known[measure] for measure in due]),
        asks_any=bool(page.manual.schedule),
        is_baseline=is_baseline(page),
        cards=tuple(_card(page, known[m], rows) for m, rows in _main_first(by_measure) if m in known),
        others=tuple(
            (enter_address(page, (m.id,)), m.title, m.purpose)
            for m in sorted(known.values(), key=lambda one: one.title)
            if m.id not in by_measure and m.id not in due and not m.private
        ),
        unfinished=tuple(_unfinished(page)),
        private=_private(page),
        may_enter=bool(page.may(Act.ENTER_ANSWERS)),
    )


def _who_answers(due: list[Measure]) -> str:
    """Which of those due the client can answer alone, and which are answered from the form itself."""
    together = ", ".join(one.title for one in due if not one.may_go_to_client)
    if not together:
        return "The client can answer these on their own device."
    said = f"From the form itself, its numbers entered here: {together}."
    return (
        said
        if all(not one.may_go_to_client for one in due)
        else f"{said} The client can answer the others on their own device."
    )


def _main_first(by_measure: dict[str, list[MeasureScore]]) -> list[tuple[str, list[MeasureScore]]]:
    """Those answered most often first: the weekly ones."""
    return sorted(by_measure.items(), key=lambda pair: (pair[0] not in (PHQ9, GAD7), -len(pair[1])))


def is_baseline(page: EpisodePage) -> bool:
    """Before session 1, and until a baseline was answered, answers are the baseline."""
    return not page.status.session_number and not _BASELINE(page.episode.pk)


def enter_address(page: EpisodePage, measures: Iterable[str]) -> str:
    return page.address(f"measures/enter/?measures={','.join(measures)}")


def _due(page: EpisodePage, measure: Measure) -> DueMeasure:
    return DueMeasure(measure.id, measure.title, measure.purpose, enter_address(page, (measure.id,)))


def _private(page: EpisodePage) -> tuple[tuple[str, str], ...]:
    """Measures the clinician asks alone with the client: they have their own record."""
    found = [page.manual.measure_list[m] for item in page.manual.due_at("baseline") for m in item.private]
    return tuple((measure.title, page.address("records/rec_ipv_screen/new/")) for measure in found)


def _unfinished(page: EpisodePage):
    for check_in in queries.check_ins(page.user, page.episode, page.on):
        if check_in.is_finished:
            continue
        chosen = queries.answers_so_far(check_in)
        count = sum(len(items) for items in chosen.values())
        said = f"{plural(count, 'answer')} chosen" if count else "nothing chosen yet"
        yield f"A check-in of {day(check_in.on)} was not finished: {said}. What was chosen stands."


def _card(page: EpisodePage, measure: Measure, rows: list[MeasureScore]) -> MeasureCard:
    start = start_score(page.manual, page.course, measure.id)
    return MeasureCard(
        id=measure.id,
        title=measure.title,
        full_title=measure.full_title,
        purpose=measure.purpose,
        address=page.address(f"measures/{measure.id}/"),
        enter_address="" if measure.private else enter_address(page, (measure.id,)),
        sittings=tuple(_sitting(measure, row, start, first=row is rows[0]) for row in reversed(rows)),
    )


def _change(measure: Measure, row: MeasureScore, start: float | None, first: bool) -> str:
    """The change from the start; the first sitting is no change."""
    return "" if row.total is None or first else change_in_words(measure, start, row.total)


def _sitting(measure: Measure, row: MeasureScore, start: float | None, *, first: bool) -> Sitting:
    return Sitting(
        on=row.on,
        session=session_in_words(row.check_in),
        total=total_in_words(measure, row),
        band=band_in_words(measure, row.total),
        change="" if is_therapists_own(row) else _change(measure, row, start, first),
        entered=entered_in_words(row.check_in),
        note=_note(row),
    )


def session_in_words(check_in: CheckIn) -> str:
    if check_in.session is not None and check_in.session.number:
        return f"session {check_in.session.number}"
    return {"baseline": "baseline", "follow_up": "follow-up"}.get(check_in.purpose, "before the next session")


def total_in_words(measure: Measure, row: MeasureScore) -> str:
    """13 of 27 points; no total and why."""
    if row.total is None:
        return f"no total: {plural(len(row.missing), 'answer')} missing"
    of = f" of {measure.highest:g}" if measure.highest is not None else ""
    return f"{row.total:g}{of} points"


def band_in_words(measure: Measure, total: float | None) -> str:
    band = measure.band(total) if total is not None else None
    if band is None:
        return ""
    mark = mark_in_words(band.marks)
    return f"{band.title.lower()} ({mark})" if mark else band.title.lower()


def entered_in_words(check_in: CheckIn) -> str:
    """Who entered it, how, when it was shown and when finished."""
    by = who(check_in.entered_by)
    how = MODES.get(check_in.mode, "")
    hand = f"{how}, entered by {by}" if check_in.mode != "client" and by else how
    opened = f"{short_day(check_in.opened_at)} {clock_time(check_in.opened_at)}"
    finished = clock_time(check_in.finished_at) if check_in.finished_at else "not finished"
    return f"{hand}; shown {opened}, answered {finished}"


def _note(row: MeasureScore) -> str:
    said = _how_whole(row)
    own = "the therapist’s own rating" if is_therapists_own(row) else ""
    return "; ".join(part for part in (own, said) if part)


def is_therapists_own(row: MeasureScore) -> bool:
    return row.rater == THERAPIST and row.measure in RATED_BY_BOTH


def _how_whole(row: MeasureScore) -> str:
    if row.prorated:
        return f"prorated, {plural(len(row.missing), 'item')} missing (project default)"
    return "" if row.items else "total only"


# -- one measure -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class MeasureShown:
    """One measure item by item over all its sittings, with where its words come from."""

    card: MeasureCard
    line: SymptomLine
    drawings: tuple[Drawing, Drawing]
    head: tuple[str | tuple[str, str], ...]
    rows: tuple[tuple[str, ...], ...]
    licence: str
    licence_note: str
    citation: str
    why_no_items: str
    sources: tuple[Source, ...]
    mark: str
    cut_offs: tuple[tuple[str, str], ...]
    change_rule: str


def present_measure(page: EpisodePage, measure: Measure) -> MeasureShown:
    """Everything known of one measure in this course."""
    scores = queries.scores(page.user, page.episode, page.on, measure.id)
    with_items = [row for row in scores if row.items]
    line = present_line(page, measure)
    return MeasureShown(
        card=_card(page, measure, scores),
        line=line,
        drawings=drawings(line),
        head=("Item", *((_column(row), "number") for row in with_items)),
        rows=_item_rows(page, measure, with_items),
        licence=measure.licence.in_words,
        licence_note=measure.licence_note,
        citation=measure.citation,
        why_no_items=measure.why_no_items,
        sources=tuple(page.manual.source_list[s] for s in measure.sources if s in page.manual.source_list),
        mark=mark_in_words(measure.marks),
        cut_offs=tuple((cut.meaning, _limits(cut)) for cut in measure.cut_offs),
        change_rule=_change_rule(measure),
    )


def _column(row: MeasureScore) -> str:
    return f"{short_day(row.on)}, therapist" if is_therapists_own(row) else short_day(row.on)


def _item_rows(
    page: EpisodePage, measure: Measure, scores: list[MeasureScore]
) -> tuple[tuple[str, ...], ...]:
    language = page.episode.client.language
    rows = []
    for item in measure.items:
        text = measure.text(item.number, language)
        name = f"{item.letter or item.number}. {text}" if text else f"Item {item.letter or item.number}"
        rows.append((name, *(_answer(row.items, item.number - 1) for row in scores)))
    for place, number in enumerate(measure.extra_numbers):
        name = f"{measure.text(number, language) or f'Item {number}'} ({NOT_SCORED})"
        rows.append((name, *(_answer(row.unscored, place) for row in scores)))
    return tuple(rows)


def _answer(answers: list[int | None], place: int) -> str:
    value = answers[place] if len(answers) > place else None
    return "–" if value is None else str(value)


def _limits(cut) -> str:
    parts = [
        f"{cut.at_least:g} or more" if cut.at_least is not None else "",
        f"{cut.at_most:g} or less" if cut.at_most is not None else "",
        f"below {cut.below:g}" if cut.below is not None else "",
    ]
    mark = mark_in_words(cut.marks)
    source = f" [{', '.join(cut.sources)}]" if cut.sources else ""
    return ", ".join(filter(None, parts)) + source + (f" ({mark})" if mark else "")


def _change_rule(measure: Measure) -> str:
    rule = measure.reliable_change
    if rule is None or rule.points is None:
        return ""
    mark = mark_in_words(rule.marks)
    source = f" [{', '.join(rule.sources)}]" if rule.sources else ""
    return f"A change of {rule.points:g} points or more is reliable{source}{f' ({mark})' if mark else ''}."


# -- entering ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ItemField:
    """One item of the form: its words where they may be printed, else its number."""

    name: str
    label: str
    options: tuple[tuple[str, str], ...]
    help: str


@dataclass(frozen=True)
class MeasureForm:
    """One measure to enter: items, a total, or either."""

    id: str
    title: str
    full_title: str
    instruction: str
    items: tuple[ItemField, ...]
    takes_total: bool
    total_help: str
    why_no_items: str
    licence: str
    citation: str


def present_form(page: EpisodePage, measure: Measure) -> MeasureForm:
    """The form of one measure, made from its definition."""
    wording = measure.wording(page.episode.client.language)
    limits = f"{measure.lowest:g} to {measure.highest:g}." if measure.highest is not None else ""
    return MeasureForm(
        id=measure.id,
        title=measure.title,
        full_title=measure.full_title,
        instruction=wording.instruction if wording else "",
        items=tuple(
            _item_field(page, measure, number)
            for number in (*range(1, len(measure.items) + 1), *measure.extra_numbers)
        )
        if measure.entry.takes_items
        else (),
        takes_total=measure.entry.takes_total,
        total_help=limits,
        why_no_items=measure.why_no_items,
        licence=f"{measure.licence.in_words} {measure.licence_note}",
        citation=measure.citation,
    )


def _item_field(page: EpisodePage, measure: Measure, number: int) -> ItemField:
    extra = measure.extra_item(number)
    shown = str(number) if extra else measure.item(number).letter or str(number)
    text = measure.text(number, page.episode.client.language)
    options = tuple(
        (str(option.value), f"{option.value} {option.label}".strip())
        for option in measure.options(number, page.episode.client.language)
    )
    return ItemField(
        name=f"{measure.id}-{number}",
        label=f"{shown}. {text}" if text else f"Item {shown}",
        options=options,
        help=_item_help(measure, number),
    )


def _item_help(measure: Measure, number: int) -> str:
    extra = measure.extra_item(number)
    if extra is not None:
        asked = "" if extra.asked_from is None else " Asked only where something above was chosen."
        return f"It is {NOT_SCORED}.{asked}"
    return "An answer above 0 raises an alert at once." if measure.item(number).alert is not None else ""
