"""Where a course stands, in words: phase and what it asks for, ways on, tasks, rules, numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from openipt.core.course.course import Attendance, EpisodeStatus
from openipt.core.course.diary import asks_for_diary
from openipt.core.course.narrative import collects_episodes
from openipt.core.course.not_on_track import OFF_TRACK_RULES
from openipt.core.course.off_track_signals import signals
from openipt.core.course.phases import meetings_after
from openipt.core.course.progress import main_measure
from openipt.core.course.rules import RuleResult, RuleState
from openipt.core.course.scores import GAD7, PHQ9, answers_of, latest_total, start_score
from openipt.core.course.tasks import State, TaskState
from openipt.core.course.transitions import Criterion, Transition
from openipt.core.manual.model import Requirement, Severity, Task
from openipt.core.manual.names import PHASES_AFTER, PHASES_BEFORE
from openipt.core.measures.definitions import Measure
from openipt.records.access import Act
from openipt.records.models import Entry, PhaseEvent, Session, TaskMark
from openipt.records.prepared import Prepared
from openipt.records.queries import firings
from openipt.web.drawing.symptom_line import Drawing, SymptomLine, drawings
from openipt.web.jinja import day, plural
from openipt.web.meeting_words import place_in_course
from openipt.web.therapist.common import EpisodePage
from openipt.web.therapist.presenters_clients import status_in_words
from openipt.web.therapist.presenters_header import change_in_words, phase_title
from openipt.web.therapist.presenters_line import present_line
from openipt.web.therapist.presenters_records import who
from openipt.web.therapist.presenters_today import (
    SEVERITY_WORDS,
    in_plain_words,
    mark_in_words,
    source_in_words,
)

TONES = {
    Severity.CRITICAL: "danger",
    Severity.WARNING: "attention",
    Severity.NOTICE: "info",
    Severity.INFO: "info",
}
ABOUT_ADAPTATIONS = (
    "DR-08",
    "DR-09",
    "DR-10",
    "DR-11",
    "DR-13",
    "DR-34",
)  # what they say leads to a choice of one
GRAVEST_FIRST = (Severity.CRITICAL, Severity.WARNING, Severity.NOTICE, Severity.INFO)
REQUIREMENTS = {
    Requirement.REQUIRED: "required",
    Requirement.CONDITIONAL: "required here",
    Requirement.OPTIONAL: "",
}
RULE_OF_TRANSITION = {"middle": "DR-15", "ending": "DR-26"}
ROOM_OF_CONDITION = {
    "client-agreed": "formulation/",
    "focus-shared": "formulation/",
    "schema-agreed": "schema/",
    "schema-linked": "schema/",
    "risk-not-red": "safety/",
    "baseline-present": "measures/",
    "prescriber-on-record": "records/rec_medication/new/",
}
ROOM_OF_RECORD = {
    "rec_measure": "measures/",
    "rec_inventory_person": "people/",
    "rec_timeline": "timeline/",
    "rec_issue_ranking": "formulation/",
    "rec_episode": "schema/",
    "rec_schema": "schema/",
    "rec_rhythm_day": "rhythm/",
    "rec_rhythm_target": "rhythm/#targets",
    "rec_rhythm_trigger": "rhythm/#triggers",
    "rec_phone_contact": "carers/#call",
}
ROOM_OF_FIELD = {("rec_consent", "always_told"): "carers/note/"}  # where one field of a record has a room


_OPEN_SESSIONS = Prepared(
    lambda episode: Session.objects.filter(episode=episode, state="draft", number__isnull=False).order_by(
        "-number"
    )[:1],
    UUID,
)
_MARKS = Prepared(
    lambda episode: (
        TaskMark.objects.filter(session__episode=episode, withdrawn_at=None)
        .order_by("at")
        .values_list("task_id", "entry_id", "session_id")
    ),
    UUID,
)
_FOR_TASKS = Prepared(
    lambda episode: (
        Entry.objects.filter(episode=episode)
        .exclude(state="withdrawn")
        .exclude(for_task="")
        .order_by("on", "order")
        .values_list("for_task", "pk")
    ),
    UUID,
)
_PHASES = Prepared(
    lambda episode: PhaseEvent.objects.filter(episode=episode).select_related("by").order_by("-at"), UUID
)


@dataclass(frozen=True)
class CriterionLine:
    """One thing the phase asks for: met, with the record that meets it; or missing, with where to do it."""

    words: str
    met: bool
    address: str
    link: str


@dataclass(frozen=True)
class Way:
    """A way out of the present phase, to be decided by the clinician."""

    to: str
    what: str
    open: bool
    reasons: tuple[str, ...]
    next: str
    source: str
    mark: str
    decided: str
    kind: str
    address: str


@dataclass(frozen=True)
class TaskLine:
    """One task that waits, with why and where it is done."""

    id: str
    title: str
    why: str
    address: str
    requirement: str
    mark: str


@dataclass(frozen=True)
class RuleCard:
    """A rule that fired, or cannot be told."""

    title: str
    severity: str
    why: str
    next: str
    source: str
    mark: str
    tone: str
    decide: str = ""
    decided: str = ""
    choose: str = ""


@dataclass(frozen=True)
class NumberLine:
    """A score with its unit and its day, and the change with its rule."""

    title: str
    value: str
    band: str
    on: date
    change: str
    address: str


@dataclass(frozen=True)
class Overview:
    """The whole room."""

    measure: str
    measures: tuple[tuple[str, str, bool], ...]
    line: SymptomLine
    drawings: tuple[Drawing, Drawing]
    phase: str
    place: str
    remaining: str
    entered: str
    goals: tuple[str, ...]
    criteria: tuple[CriterionLine, ...]
    ways: tuple[Way, ...]
    overdue: tuple[TaskLine, ...]
    due: tuple[TaskLine, ...]
    measures_due: str
    not_applicable: tuple[tuple[str, str], ...]
    rules: tuple[RuleCard, ...]
    not_known: tuple[RuleCard, ...]
    numbers: tuple[NumberLine, ...]
    may_decide: bool
    may_write: bool
    keeps_diary: bool
    tells_episodes: bool
    has_carers: bool
    asks_measures: bool


def present_overview(page: EpisodePage, wanted: str) -> Overview:
    """`wanted` is the measure to draw; the main one otherwise."""
    status, manual = page.status, page.manual
    measure = _measure(page, wanted)
    line = present_line(page, measure)
    session = open_session(page)
    shown = _shown_by(page)
    return Overview(
        measure=measure.id,
        measures=_with_scores(page, measure),
        line=line,
        drawings=drawings(line),
        phase=phase_title(page, status.phase),
        place=_place(page),
        remaining=_to_come(page),
        entered=_entered(page),
        goals=() if status.has_ended else manual.goals_of(status.phase, status.session_number),
        criteria=()
        if status.has_ended
        else tuple(_criterion(page, c, session, shown) for c in status.exit_criteria.criteria),
        ways=tuple(_way(page, transition) for transition in status.transitions),
        overdue=_tasks(page, State.OVERDUE, session),
        due=_tasks(page, State.DUE, session),
        measures_due=", ".join(manual.measure_list[m].title for m in status.measures_due),
        not_applicable=()
        if status.has_ended
        else tuple(
            (f"{found.task.id} {found.task.title}", in_plain_words(manual, found.why))
            for found in status.not_applicable
        ),
        rules=_fired(page),
        not_known=tuple(
            _rule(page, result) for result in status.rules if result.state is RuleState.CANNOT_TELL
        ),
        numbers=_numbers(page),
        may_decide=bool(page.may(Act.CHANGE_EPISODE)),
        may_write=bool(page.may(Act.WRITE_RECORD)),
        keeps_diary=asks_for_diary(manual),
        tells_episodes=collects_episodes(manual),
        has_carers=bool(manual.carer_points),
        asks_measures=bool(manual.schedule),
    )


def _measure(page: EpisodePage, wanted: str) -> Measure:
    answered = {answers.measure for answers in page.course.answers}
    chosen = wanted if wanted in answered else main_measure(page.manual, page.course) or PHQ9
    return page.manual.measure_list[chosen]


def _with_scores(page: EpisodePage, shown: Measure) -> tuple[tuple[str, str, bool], ...]:
    """Measures whose line can be drawn: (id, title, shown now)."""
    answered = sorted({a.measure for a in page.course.answers}, key=lambda m: (m not in (PHQ9, GAD7), m))
    known = [page.manual.measure_list[m] for m in answered if m in page.manual.measure_list]
    return tuple(
        (measure.id, measure.title, measure.id == shown.id) for measure in known if not measure.private
    )


def _place(page: EpisodePage) -> str:
    status = page.status
    if not status.session_number:
        word = page.manual.session_word
        return f"before {word} 1 of {status.planned_sessions}{page.manual.of_group}"
    return place_in_course(page.manual, page.course, status.phase)


def _to_come(page: EpisodePage) -> str:
    """How many sessions are still to come; of an ended episode how and when it ended."""
    if page.status.has_ended:
        return status_in_words(page.episode)
    if page.status.status is EpisodeStatus.MAINTENANCE:
        return _on_the_calendar(page)
    left = f"{plural(page.status.remaining, page.manual.session_word)} to come"
    if page.status.phase in PHASES_AFTER:
        more = page.manual.most_after - len(meetings_after(page.manual, page.course))
        left = f"Up to {more} more" if more > 0 else "None to come"
    return f"Paused, {left}" if page.status.status is EpisodeStatus.PAUSED else left


def _on_the_calendar(page: EpisodePage) -> str:
    """Maintenance goes on beyond the number agreed for the acute part: what is planned, and when the next one is."""
    days = sorted(
        m.on for m in page.course.meetings if m.attendance is Attendance.PLANNED and m.on >= page.on
    )
    if not days:
        return "No session is planned"
    return f"{plural(len(days), 'session')} planned, the next on {day(days[0])}"


def open_session(page: EpisodePage) -> Session | None:
    """The session being written, where a record begun here belongs."""
    return _OPEN_SESSIONS.first(page.episode.pk)


# -- what the phase asks for -------------------------------------------------------------------------


def _shown_by(page: EpisodePage) -> Mapping[str, str]:
    """Task -> address of the record or session that shows it to be done."""
    found: dict[str, str] = {}
    for task, entry, session in _MARKS(page.episode.pk):
        found[task] = page.address(f"records/{entry}/" if entry else f"sessions/{session}/")
    for task, entry in _FOR_TASKS(page.episode.pk):
        found[task] = page.address(f"records/{entry}/")
    return found


def _criterion(
    page: EpisodePage, criterion: Criterion, session: Session | None, shown: Mapping[str, str]
) -> CriterionLine:
    if not page.manual.has_task(criterion.id):
        room = ROOM_OF_CONDITION.get(criterion.id, "")
        return CriterionLine(
            in_plain_words(page.manual, criterion.words),
            criterion.met,
            page.address(room) if room else "",
            "Look",
        )
    task = page.manual.task(criterion.id)
    if criterion.met:
        return CriterionLine(task.title, True, shown.get(task.id, ""), "Read")
    return CriterionLine(task.title, False, task_address(page, task, session), "Do it")


def task_address(page: EpisodePage, task: Task, session: Session | None) -> str:
    """Where a task is done: its room, else the form of its record, in the session being written."""
    room = ROOM_OF_FIELD.get((task.record, task.field)) or ROOM_OF_RECORD.get(task.record)
    if room:
        return page.address(room)
    inside = f"&session={session.pk}" if session else ""
    return page.address(f"records/{task.record}/new/?task={task.id}{inside}")


def _enters(title: str) -> str:
    """Most phases are called one; another is called by its name."""
    return f"Enter the {title.lower()}" if title.lower().endswith("phase") else f"Go on to “{title}”"


def _way(page: EpisodePage, transition: Transition) -> Way:
    """A transition as a reason card. Only a clinician decides it, open or not."""
    phases = {phase.id for phase in page.manual.phases}
    rule = page.manual.rules.get(RULE_OF_TRANSITION.get(transition.to, ""))
    kind, address = _how(page, transition.to)
    what = {"maintenance": "Go on to maintenance", "end": "End the treatment"}.get(
        transition.to, _enters(phase_title(page, transition.to))
    )
    if page.status.phase == "pre" or page.status.phase in PHASES_BEFORE:
        what = _begins_with(page, transition.to)
    return Way(
        to=transition.to,
        what=what if kind != "phase" or transition.to in phases else transition.to,
        open=transition.open,
        reasons=tuple(in_plain_words(page.manual, reason) for reason in transition.reasons),
        next=_what_follows(page, transition.to),
        source=source_in_words(page.manual, rule.id) if rule else "clinical reference 3.3",
        mark=mark_in_words(rule.marks if rule else ()),
        decided=_decided(page, transition.to),
        kind=kind,
        address=address,
    )


def _begins_with(page: EpisodePage, to: str) -> str:
    """The next meeting enters it: session 1, or one that comes before it."""
    if to in PHASES_BEFORE:
        return f"Begin with the {PHASES_BEFORE[to]}"
    return f"Begin {'the group' if page.manual.is_group else 'treatment'} with {page.manual.session_word} 1"


def _how(page: EpisodePage, to: str) -> tuple[str, str]:
    if page.status.phase == "pre" or page.status.phase in PHASES_BEFORE:
        return "link", page.address("session/")
    if to in decided_phases(page):
        return "phase", page.address("phase/")
    return "link", page.address("course/#status")


def decided_phases(page: EpisodePage) -> frozenset[str]:
    """Phases that are entered by a decision: those that hold sessions, also after the contract. Beyond them the status
    changes.
    """
    held_in = page.manual.phase_split(page.manual.sessions.typical)
    return frozenset((*held_in, *((page.manual.phase_after.id,) if page.manual.phase_after else ())))


def _what_follows(page: EpisodePage, to: str) -> str:
    goals = next((phase.goals for phase in page.manual.phases if phase.id == to), ())
    return f"{goals[0][:1].upper()}{goals[0][1:].rstrip('.')}." if goals else ""


def _decided(page: EpisodePage, to: str) -> str:
    """What was decided since the last session about this way, with who and why."""
    last = page.course.held[-1].on if page.course.held else None
    event = next((event for event in _PHASES(page.episode.pk) if last is None or event.on >= last), None)
    if event is None:
        return ""
    event.episode = page.episode
    by = f" by {who(event.by)}" if event.by else ""
    if event.phase_to == to:
        return f"Decided on {day(event.on)}{by}, from the next session on: {event.reason}"
    if event.phase_to == event.phase_from:
        return f"Not yet, decided on {day(event.on)}{by}: {event.reason}"
    return ""


def _entered(page: EpisodePage) -> str:
    """Who decided when and why that the present phase begins; nothing where it came by plan."""
    now = page.status.phase
    entered = (e for e in _PHASES(page.episode.pk) if e.phase_to == now and e.phase_from != now)
    event = next(entered, None)
    if event is None:
        return ""
    event.episode = page.episode
    by = f" by {who(event.by)}" if event.by else ""
    return f"Entered on {day(event.on)}{by}: {event.reason}"


# -- tasks and rules ---------------------------------------------------------------------------------


def _tasks(page: EpisodePage, state: State, session: Session | None) -> tuple[TaskLine, ...]:
    return tuple(_task(page, found, session) for found in page.status.tasks if found.state is state)


def _task(page: EpisodePage, found: TaskState, session: Session | None) -> TaskLine:
    task = found.task
    return TaskLine(
        id=task.id,
        title=task.title,
        why=in_plain_words(page.manual, found.why),
        address=task_address(page, task, session),
        requirement=REQUIREMENTS[task.requirement],
        mark=mark_in_words(task.marks),
    )


def _fired(page: EpisodePage) -> tuple[RuleCard, ...]:
    """Rules that fire: those that wait for a decision first, the gravest first among them."""
    settled = firings.settled([page.episode.pk], page.on).get(page.episode.pk, firings.NOTHING_SETTLED)
    told_apart = {
        signal.rule for signal in signals(page.manual, page.course, page.on)
    }  # by the card of their own
    fired = tuple(result for result in page.status.fired if result.id not in told_apart)
    ordered = sorted(_gravest_first(fired), key=settled.covers)
    return tuple(
        replace(
            _rule(page, result),
            decide=page.address("progress/" if result.id in OFF_TRACK_RULES else f"rules/#{result.id}"),
            decided="Decided." if settled.covers(result) else "",
            choose=page.address("course/adaptation/") if result.id in ABOUT_ADAPTATIONS else "",
        )
        for result in ordered
    )


def _gravest_first(fired: tuple[RuleResult, ...]) -> list[RuleResult]:
    return sorted(fired, key=lambda result: GRAVEST_FIRST.index(result.severity))


def _rule(page: EpisodePage, result: RuleResult) -> RuleCard:
    rule = page.manual.rules[result.id]
    return RuleCard(
        title=rule.title,
        severity=SEVERITY_WORDS[result.severity],
        why=in_plain_words(page.manual, result.why),
        next=in_plain_words(page.manual, rule.then_text),
        source=source_in_words(page.manual, result.id),
        mark=mark_in_words(rule.marks),
        tone=TONES[result.severity],
    )


# -- numbers -----------------------------------------------------------------------------------------


def _numbers(page: EpisodePage) -> tuple[NumberLine, ...]:
    """The last score of every measure answered, with its range, band, day and change from the start."""
    found = []
    answered = {answers.measure for answers in page.course.answers}
    for measure_id in sorted(answered, key=lambda m: (m not in (PHQ9, GAD7), m)):
        measure = page.manual.measure_list.get(measure_id)
        if measure is None or not answers_of(page.course, measure_id):
            continue
        latest = latest_total(page.manual, page.course, measure_id)
        if latest is not None:
            found.append(_number(page, measure, *latest))
    return tuple(found)


def _number(page: EpisodePage, measure: Measure, on: date, total: float) -> NumberLine:
    band = measure.band(total)
    of = f" of {measure.highest:g}" if measure.highest is not None else ""
    start = start_score(page.manual, page.course, measure.id)
    return NumberLine(
        title=measure.title,
        value=f"{total:g}{of} points",
        band=band.title.lower() if band else "",
        on=on,
        change=change_in_words(measure, start, total) if _answered_again(page, measure) else "",
        address=page.address(f"measures/{measure.id}/"),
    )


def _answered_again(page: EpisodePage, measure: Measure) -> bool:
    return len([answers for answers in answers_of(page.course, measure.id) if answers.finished]) > 1
