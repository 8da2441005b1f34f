"""The Ending room: what the ending asks for, the start held against now, what became of it and by which rule."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from openipt.core.course.scores import GAD7, PHQ9, first_and_last, latest_total, start_score, total_of
from openipt.core.course.tasks import State, TaskState
from openipt.core.fields.words import Line
from openipt.core.measures.change import improvement, reliable_change
from openipt.core.outcomes.change import ChangeCategories, Totals, change_categories
from openipt.records.access import Act
from openipt.records.models import Entry
from openipt.web.jinja import short_day, signed
from openipt.web.therapist.common import EpisodePage
from openipt.web.therapist.presenters_formulation import RuleCard, rule_cards
from openipt.web.therapist.presenters_header import CHANGE_WORDS
from openipt.web.therapist.presenters_people import CircleView, circle_views
from openipt.web.therapist.presenters_records import EntryLine, entry_line, lines_of
from openipt.web.therapist.room_parts import edit_address, may_write, new_address

PRR = "ms_prr"
OUTCOME, FOLLOW_UP = "rec_outcome", "rec_followup"
# Documents of the ending, one at a time: the latest stands, earlier ones are kept.
DOCUMENTS = ("rec_relapse_plan", "rec_next_step", "rec_discharge", "rec_goodbye")
GAINS = "rec_skills_gained"
RULES = ("DR-26", "DR-29", "DR-30", "DR-31", "DR-32", "DR-33")
NAMES = {
    "case_at_start": "A case at the start",
    "case_at_end": "A case now",
    "reliable_improvement": "Reliable improvement",
    "reliable_deterioration": "Reliable deterioration",
    "no_reliable_change": "No reliable change",
    "recovery": "Recovery",
    "reliable_recovery": "Reliable recovery",
    "response": "Response",
    "remission": "Remission",
    "clinically_significant": "Clinically significant change",
}
ANSWERS = {True: "Yes", False: "No", None: "Cannot be told: a score is missing"}
# The category kept with an outcome: the strongest that holds, in the order of 10.3 and of the record's options.
STRONGEST_FIRST = (
    "reliable_deterioration",
    "reliable_recovery",
    "recovery",
    "remission",
    "response",
    "reliable_improvement",
    "no_reliable_change",
)
STATE_WORDS = {State.DONE: "done", State.DUE: "due", State.OVERDUE: "due", State.OPEN: "now"}


@dataclass(frozen=True)
class ScoreChange:
    """One measure at the start and now."""

    title: str
    start: str
    now: str
    on: date
    change: str
    verdict: str
    began: date


@dataclass(frozen=True)
class Category:
    """One change category, its answer, and the rule behind it."""

    name: str
    answer: str
    rule: str
    holds: bool


@dataclass(frozen=True)
class TaskLine:
    """One task of the ending and where it stands."""

    title: str
    action: str
    state: str
    why: str
    address: str


@dataclass(frozen=True)
class DocumentView:
    """The latest of one of the ending's documents."""

    record: str
    title: str
    help: str
    lines: tuple[Line, ...]
    on: date | None
    edit_address: str
    new_address: str
    earlier: tuple[EntryLine, ...]
    print_address: str = ""


@dataclass(frozen=True)
class Goal:
    """A goal as agreed, with its sign and its day."""

    text: str
    indicator: str
    by: str


@dataclass(frozen=True)
class EndingPage:
    """The Ending room."""

    tasks: tuple[TaskLine, ...]
    scores: tuple[ScoreChange, ...]
    categories: tuple[Category, ...]
    fall: str
    resolution: str
    goals: tuple[Goal, ...]
    first_circle: CircleView | None
    last_circle: CircleView | None
    outcomes: tuple[EntryLine, ...]
    may_keep_outcome: bool
    gains: tuple[EntryLine, ...]
    gains_address: str
    documents: tuple[DocumentView, ...]
    follow_ups: tuple[EntryLine, ...]
    follow_up_address: str
    follow_up_days: tuple[tuple[str, date], ...]
    rules: tuple[RuleCard, ...]
    title: str
    says_goodbye: bool  # an adaptation that goes on into maintenance does not
    may_change: bool


def present_ending(page: EpisodePage) -> EndingPage:
    found = categories(page)
    circles = circle_views(page)
    return EndingPage(
        tasks=tuple(_task(page, state) for state in _asked(page)),
        scores=score_changes(page),
        categories=category_lines(found),
        fall="" if found.fall_percent is None else f"{found.fall_percent:g} %",
        resolution=_resolution(page),
        goals=_goals(page),
        first_circle=circles[0] if circles else None,
        last_circle=circles[-1] if len(circles) > 1 else None,
        outcomes=_lines(page, OUTCOME),
        may_keep_outcome=may_write(page, OUTCOME) and bool(outcome_values(page)),
        gains=_lines(page, GAINS),
        gains_address=new_address(page, GAINS),
        documents=tuple(_document(page, record) for record in DOCUMENTS if _is_used(page, record)),
        follow_ups=_lines(page, FOLLOW_UP),
        follow_up_address=new_address(page, FOLLOW_UP),
        follow_up_days=follow_up_days(page) if may_write(page, FOLLOW_UP) else (),
        rules=rule_cards(page, RULES),
        title=next((phase.title for phase in page.manual.phases if phase.id == "ending"), "What follows"),
        says_goodbye=page.manual.ends_treatment,
        may_change=bool(page.may(Act.CHANGE_EPISODE)),
    )


def _is_used(page: EpisodePage, record: str) -> bool:
    """The adaptation asks for it, has it at hand, or it was written."""
    recalled = any(recall.startswith(f"{record}.") for task in page.manual.tasks for recall in task.recalls)
    return recalled or bool(page.manual.tasks_shown_by(record) or page.entries(record))


def _asked(page: EpisodePage) -> Iterator[TaskState]:
    """What the ending asks for; of an ended episode only what was done."""
    for found in page.status.tasks:
        if found.task.is_of_ending and (found.state is State.DONE or not page.status.has_ended):
            yield found


def _lines(page: EpisodePage, record: str) -> tuple[EntryLine, ...]:
    return tuple(entry_line(page, entry) for entry in page.entries(record))


def _task(page: EpisodePage, state: TaskState) -> TaskLine:
    task = state.task
    return TaskLine(
        title=task.title,
        action=task.action,
        state="not_applicable"
        if state.state is State.NOT_APPLICABLE
        else STATE_WORDS.get(state.state, "later"),
        why=state.why,
        address=new_address(page, task.record, task=task.id) if state.state is not State.DONE else "",
    )


# -- the start against now ------------------------------------------------------------------------------


def score_changes(page: EpisodePage) -> tuple[ScoreChange, ...]:
    """Every measure with a start and a later score, the main ones first."""
    answered = dict.fromkeys((PHQ9, GAD7, *(answers.measure for answers in page.course.answers)))
    found = (_score_change(page, measure) for measure in answered if measure in page.manual.measure_list)
    return tuple(change for change in found if change is not None)


def _score_change(page: EpisodePage, measure_id: str) -> ScoreChange | None:
    measure = page.manual.measure_list[measure_id]
    found = first_and_last(page.manual, page.course, measure_id)
    if found is None:
        return None
    start, now = found[0].total, found[1].total
    verdict = reliable_change(measure, start, now)
    better = improvement(measure, start, now)
    words = CHANGE_WORDS[verdict] if verdict else ("better" if better and better > 0 else "")
    return ScoreChange(
        measure.title,
        f"{start:g}",
        f"{now:g}",
        found[1].on,
        signed(now - start),
        words,
        began=found[0].on,
    )


def categories(page: EpisodePage) -> ChangeCategories:
    """The change categories of 10.3, from the start score to the last one."""
    measures = page.manual.measure_list
    start = Totals(_whole(_start_total(page, PHQ9)), _whole(_start_total(page, GAD7)))
    end = Totals(_whole(_now_total(page, PHQ9)), _whole(_now_total(page, GAD7)))
    return change_categories(start, end, phq9=measures[PHQ9], gad7=measures[GAD7])


def _start_total(page: EpisodePage, measure: str) -> float | None:
    return start_score(page.manual, page.course, measure)


def _now_total(page: EpisodePage, measure: str) -> float | None:
    found = latest_total(page.manual, page.course, measure)
    return found[1] if found else None


def _whole(total: float | None) -> int | None:
    return None if total is None else int(total)


def category_lines(found: ChangeCategories) -> tuple[Category, ...]:
    return tuple(
        Category(NAMES[name], ANSWERS[answer.value], answer.rule, answer.value is True)
        for name, answer in found.answers().items()
    )


def outcome_values(page: EpisodePage) -> tuple[dict[str, Any], ...]:
    """A `rec_outcome` for PHQ-9 and GAD-7 as things stand, with the strongest category that holds."""
    found = categories(page)
    answers: Mapping[str, Any] = found.answers()
    strongest = next((name for name in STRONGEST_FIRST if answers[name].value), "")
    pairs = ((PHQ9, found.start.phq9, found.end.phq9), (GAD7, found.start.gad7, found.end.gad7))
    return tuple(
        {"measure": measure, "start": start, "end": end, "change": end - start}
        | ({"category": strongest.replace("_", " ")} if strongest else {})
        for measure, start, end in pairs
        if start is not None and end is not None
    )


def _resolution(page: EpisodePage) -> str:
    """How far the focus problem is resolved, first and last rating, in the words of its answers."""
    rated = [
        (answers.on, total)
        for answers in page.course.answers
        if answers.measure == PRR
        and answers.rater != "therapist"
        and (total := total_of(page.manual, answers)) is not None
    ]
    if not rated:
        return ""
    (first_on, first), (last_on, last) = rated[0], rated[-1]
    words = f"{last:g} of 5 on {short_day(last_on)}; 4 or more counts as resolved or improved"
    return words if len(rated) == 1 else f"{words} (first rated {first:g} on {short_day(first_on)})"


def _goals(page: EpisodePage) -> tuple[Goal, ...]:
    contracts = page.entries("rec_contract")
    rows = (contracts[-1].visible.get("goals") or ()) if contracts else ()
    return tuple(
        Goal(
            str(row.get("text", "")),
            str(row.get("indicator") or ""),
            short_day(_day(row.get("target_date"))),
        )
        for row in rows
    )


def _day(text: Any) -> date | None:
    try:
        return date.fromisoformat(text) if isinstance(text, str) and text else None
    except ValueError:
        return None


# -- documents and follow-up ----------------------------------------------------------------------------

PRINTED = {"rec_relapse_plan": "relapse-plan", "rec_discharge": "summary", "rec_goodbye": "goodbye"}


def _document(page: EpisodePage, record: str) -> DocumentView:
    kind = page.manual.record_types[record]
    entries = page.entries(record)
    latest: Entry | None = entries[-1] if entries else None
    return DocumentView(
        record=record,
        title=kind.title,
        help=kind.help,
        lines=lines_of(page, kind, latest.visible) if latest else (),
        on=latest.on if latest else None,
        edit_address=edit_address(page, latest) if latest else "",
        new_address=new_address(page, record),
        earlier=tuple(entry_line(page, entry) for entry in reversed(entries[:-1])),
        print_address=page.address(f"documents/{PRINTED[record]}/") if latest and record in PRINTED else "",
    )


def follow_up_days(page: EpisodePage) -> tuple[tuple[str, date], ...]:
    """The dates 1, 3 and 6 months after the last session (E11, DEFAULT); those already kept left out."""
    last = max((meeting.on for meeting in page.course.held), default=page.on)
    kept = {str(entry.visible.get("due")) for entry in page.entries(FOLLOW_UP)}
    days = (
        (f"{months} months" if months > 1 else "1 month", in_months(last, months)) for months in (1, 3, 6)
    )
    return tuple((words, on) for words, on in days if on.isoformat() not in kept)


def in_months(day: date, months: int) -> date:
    """The same day of a later month, or its last day where the month is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    for dom in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, min(dom, day.day))
        except ValueError:
            continue
    raise ValueError("no such day")
