"""The reasons why a course may not be on track, each asked of the record (`content/next_steps.toml`).

A reason is made of checks. A check holds, does not, or cannot be told because something is missing; each
carries the evidence it rests on. One function for each reason, of the same id as in the content.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property
from types import MappingProxyType
from typing import Any

from openipt.core.course import known
from openipt.core.course.course import Attendance, Course, Entry, Meeting
from openipt.core.course.phases import ORDER, begun_again, session_number, session_phase
from openipt.core.course.rules import RuleResult, rule_result
from openipt.core.course.scores import GAD7, PHQ9, answers_of, latest_total, start_score
from openipt.core.course.tried import StepTaken, steps_taken
from openipt.core.manual.model import Manual
from openipt.core.safety.levels import says_yes

MIDDLE = ORDER.index("middle")


@dataclass(frozen=True)
class Told:
    """An event a client told at a check-in, with mood and stress of that day (0 to 10)."""

    on: date
    words: str
    mood: int | None = None
    stress: int | None = None


@dataclass(frozen=True)
class Evidence:
    """What a reason rests on: in the engine's words, its day, and where it stands.

    `source` is a measure, a record type, `meeting` or `check-in`; `order` tells the entry; `quote` are
    words as they stand in the record, to be shown on the episode's own pages only.
    """

    says: str
    on: date | None
    source: str
    order: int | None = None
    session: int | None = None
    quote: str = ""


@dataclass(frozen=True)
class Check:
    """One thing looked at. None: the record does not say, because of what is `missing`."""

    holds: bool | None
    says: str = ""
    evidence: tuple[Evidence, ...] = ()
    missing: str = ""


@dataclass
class Seen:
    """What every check looks at; rules are asked once."""

    manual: Manual
    course: Course
    today: date
    told: tuple[Told, ...] = ()
    _rules: dict[str, RuleResult] = field(default_factory=dict)

    def rule(self, rule_id: str) -> RuleResult:
        if rule_id not in self._rules:
            self._rules[rule_id] = rule_result(rule_id, self.manual, self.course, self.today)
        return self._rules[rule_id]

    def number(self, reason: str, name: str) -> Any:
        """A parameter the content gives for this reason."""
        return self.manual.off_track_reasons[reason].parameters[name]

    @cached_property
    def steps(self) -> tuple[StepTaken, ...]:
        """Every step agreed, with what became of it."""
        return steps_taken(self.course)

    @property
    def over_and_middle(self) -> list[Meeting]:
        """Held sessions of the middle phase and later whose work is written down, oldest first.

        One that is being held today says nothing yet about what was left out.
        """
        written = [m for m in self.course.held if m.signed or m.on < self.today]
        return [m for m in written if ORDER.index(session_phase(self.manual, self.course, m)) >= MIDDLE]


# -- the working relation ----------------------------------------------------------------------------

ALLIANCE_PARTS = ("goals_0_10", "tasks_0_10", "bond_0_10")


def alliance(seen: Seen) -> Iterator[Check]:
    """The last rating of the three questions (DR-36)."""
    rated = _alliance_rated(seen.course)
    if not rated:
        yield Check(None, missing="a rating of how client and therapist work together")
        return
    result = seen.rule("DR-36")
    yield Check(result.fired, result.why, (replace(rated[-1], says=result.why),))


def _alliance_rated(course: Course) -> list[Evidence]:
    """Where the alliance was rated whole, oldest first."""
    found = [
        Evidence("", entry.on, entry.record, entry.order, entry.session)
        for entry in course.entries_of("rec_alliance")
        if all(isinstance(entry.values.get(part), int | float) for part in ALLIANCE_PARTS)
    ]
    found += [
        Evidence("", answers.on, "ms_alliance3", session=answers.session)
        for answers in answers_of(course, "ms_alliance3")
        if answers.finished and (answers.items or answers.total is not None) and None not in answers.items
    ]
    return sorted(found, key=lambda one: one.on or date.min)


# -- coming and not coming ---------------------------------------------------------------------------


def attendance(seen: Seen) -> Iterator[Check]:
    """Missed (DR-34), far apart (DR-35), late."""
    missed = seen.rule("DR-34")
    away = tuple(
        Evidence("Missed.", m.on, "meeting")
        for m in seen.course.meetings
        if m.attendance is Attendance.MISSED
    )
    yield Check(missed.fired, missed.why, away)
    long_ago = seen.rule("DR-35")
    last = seen.course.held[-1:] if long_ago.fired else ()
    yield Check(long_ago.fired, long_ago.why, tuple(_of_meeting("The last session.", m) for m in last))
    late = [m for m in seen.course.held if m.attendance is Attendance.LATE]
    count = f"{len(late)} of {len(seen.course.held)} sessions began late."
    yield Check(
        len(late) >= seen.number("attendance", "late_from"),
        count if late else "",
        tuple(_of_meeting("Began late.", m) for m in late),
    )


def _of_meeting(says: str, meeting: Meeting) -> Evidence:
    return Evidence(says, meeting.on, "meeting", session=meeting.number)


# -- the focus ---------------------------------------------------------------------------------------


def focus(seen: Seen) -> Iterator[Check]:
    """Agreed, worked on, moving; and whether the order of issues was a close call."""
    yield _focus_agreed(seen)
    worked = _focus_worked_on(seen)
    moves = _focus_moves(seen)
    yield worked
    yield moves
    if worked.holds or moves.holds:
        yield from _close_call(seen)


def _focus_agreed(seen: Seen) -> Check:
    areas = known.focus(seen.course)
    if areas:
        titles = ", ".join(seen.manual.areas[a].title if a in seen.manual.areas else a for a in areas)
        return Check(False, f"The focus agreed: {titles}.", _focus_entries(seen.course))
    account = known.agreed_account(seen.manual, seen.course)
    if not seen.manual.areas and account is not None:
        return Check(False, "The focus is agreed.", (_of_entry("Focus agreed.", account),))
    own = session_number(seen.course) - begun_again(seen.manual, seen.course)
    due = own >= seen.manual.rule("DR-16").parameters["session_from"]
    return Check(due, "No focus is agreed yet.")


def _focus_entries(course: Course) -> tuple[Evidence, ...]:
    history = known.focus_history(course)
    stated = (*course.entries_of("rec_formulation"), *course.entries_of("rec_contract"))
    on = history[-1].on if history else None
    return tuple(_of_entry("Focus agreed.", entry) for entry in stated if entry.on == on)[-1:]


def _focus_worked_on(seen: Seen) -> Check:
    """Sessions of the middle phase, the last ones, without a strategy of the focus and a step for it."""
    areas = known.focus(seen.course)
    least = seen.number("focus", "sessions_without_work")
    last = seen.over_and_middle[-least:]
    if not areas or len(last) < least:
        return Check(False)
    idle = [m for m in last if not _works_on(seen, m, areas)]
    if len(idle) < least:
        return Check(False, "The focus was worked on in the last sessions.")
    says = f"The last {least} sessions hold no strategy of the focus and no step for it."
    return Check(True, says, tuple(_of_meeting("No work on the focus on record.", m) for m in idle))


def _works_on(seen: Seen, meeting: Meeting, areas: tuple[str, ...]) -> bool:
    strategies = {s.id for area in areas for s in seen.manual.strategies_of(area)}
    here = [e for e in seen.course.entries if e.session == meeting.number and meeting.number is not None]
    recorded = {e.values.get("strategy_id") for e in here if e.record == "rec_strategy_progress"}
    if strategies & (set(meeting.strategies) | recorded):
        return True
    return any(step.area in areas for step in seen.steps if step.session == meeting.number)


def _focus_moves(seen: Seen) -> Check:
    """How far the client rates the focus problem as resolved; 4 of 5 is improved."""
    rated = latest_total(seen.manual, seen.course, "ms_prr")
    if rated is None:
        wanted = any(
            ORDER.index(session_phase(seen.manual, seen.course, m)) >= MIDDLE for m in seen.course.held
        )
        missing = "the client's rating of the focus problem"
        return Check(None, missing=missing) if wanted else Check(False)
    on, total = rated
    improved_from = seen.manual.rule("DR-18").parameters["resolved_from"]
    says = f"The focus problem is rated {total:g} of 5; {improved_from} is improved."
    return Check(total < improved_from, says, (Evidence(says, on, "ms_prr"),))


def _close_call(seen: Seen) -> Iterator[Check]:
    """Beside a reason that stands: the order of the issues was close, or was agreed against the score."""
    entries = known.latest_ranking_entries(seen.course)
    if seen.rule("DR-47").fired:
        says = "The ranking of the issues was a close call."
        yield Check(True, says, tuple(_of_entry(says, e) for e in entries[:1]))
    ranking = known.latest_ranking(seen.course)
    agreed = sorted(
        (rank, str(e.values.get("issue")))
        for e in entries
        if isinstance(rank := e.values.get("final_rank"), int)
    )
    if ranking and ranking.order and agreed and agreed[0][1] != ranking.order[0]:
        says = "The issue that comes first by score is not the one chosen first."
        yield Check(
            True, says, tuple(_of_entry(says, e) for e in entries if e.values.get("issue") == agreed[0][1])
        )


def _of_entry(says: str, entry: Entry, quote: str = "") -> Evidence:
    return Evidence(says, entry.on, entry.record, entry.order, entry.session, quote)


# -- steps between the sessions ------------------------------------------------------------------------


def steps(seen: Seen) -> Iterator[Check]:
    """Whether steps are agreed at all, and what came of the last ones."""
    yield _steps_agreed(seen)
    earlier = [s for s in seen.steps if s.on < seen.today]
    last = earlier[-seen.number("steps", "steps_looked_at") :]
    if not last:
        return
    told = [step for step in last if step.done]
    if not told:
        yield Check(None, missing="what came of the last steps")
        return
    undone = [step for step in told if step.done == "no"]
    says = f"{len(undone)} of the last {len(last)} steps were not done."
    holds = len(undone) >= seen.number("steps", "not_done_from")
    yield Check(
        holds, says if undone else "The last steps were done, or in part.", tuple(map(_of_step, undone))
    )


def _steps_agreed(seen: Seen) -> Check:
    least = seen.number("steps", "sessions_without_step")
    last = seen.over_and_middle[-least:]
    agreed = {step.session for step in seen.steps}
    without = [m for m in last if m.number not in agreed]
    if len(without) < least:
        return Check(False)
    evidence = tuple(_of_meeting("No step on record.", m) for m in without)
    return Check(True, f"No step was agreed in the last {least} sessions.", evidence)


def _of_step(step: StepTaken) -> Evidence:
    return Evidence(
        "Not done.", step.told_on or step.on, step.record, step.told_order, step.session, step.step
    )


# -- support -----------------------------------------------------------------------------------------


def support(seen: Seen) -> Iterator[Check]:
    """The support score, and who helps with the steps (M09, at least every second session)."""
    measure_id = seen.number("support", "measure")
    measure = seen.manual.measure_list.get(measure_id)
    rated = latest_total(seen.manual, seen.course, measure_id)
    if rated is None or measure is None:
        yield Check(None, missing=f"the support score, {measure_id}")
    else:
        on, total = rated
        band = measure.band(total)
        says = f"{measure.title} is {total:g} of {measure.highest:g}" + (
            f", {band.title.lower()}." if band else "."
        )
        poor = band is not None and band.key == seen.number("support", "band")
        yield Check(poor, says, (Evidence(says, on, measure_id),))
    yield _supporter_named(seen)


def _supporter_named(seen: Seen) -> Check:
    least = seen.number("support", "sessions_without_supporter")
    last = seen.over_and_middle[-least:]
    named = {step.session for step in seen.steps if step.supporter}
    without = [
        m for m in last if m.number not in named and "M09" not in known.tasks_of_meeting(seen.course, m)
    ]
    if len(without) < least:
        return Check(False, "Somebody is named who helps with the steps." if last else "")
    evidence = tuple(_of_meeting("Nobody named who helps.", m) for m in without)
    return Check(True, f"In the last {least} sessions nobody was named who helps with the step.", evidence)


# -- events ------------------------------------------------------------------------------------------


def events(seen: Seen) -> Iterator[Check]:
    """New since the start on the time line; told at a check-in on a day of low mood or much stress."""
    held = seen.course.held[begun_again(seen.manual, seen.course) :]
    start = held[0].on if held else seen.course.started_on
    items = [e for e in seen.course.entries_of("rec_timeline") if known.words(e.values.get("text"))]
    if start is None or not (items or seen.told):
        yield Check(None, missing="a time line")
        return
    dated = [(e, days_of(e.values.get("date"))) for e in items if e.values.get("type") == "event"]
    since = [e for e, days in dated if days and start <= days[0] <= seen.today]
    unsure = [e for e, days in dated if days and days[0] < start <= days[1]]
    if since:
        says = f"{len(since)} {'event' if len(since) == 1 else 'events'} on the time line since the start."
        yield Check(True, says, tuple(_of_event(e) for e in since))
    if unsure:
        yield Check(None, missing="the day of an event of the month or year in which treatment began")
    hard = [one for one in seen.told if _is_hard(seen, one, start)]
    if hard:
        says = "Told at a check-in on a hard day."
        evidence = tuple(Evidence(_mood_of(one), one.on, "check-in", quote=one.words) for one in hard)
        yield Check(True, says, evidence)
    if not (since or hard):
        yield Check(False, "No new event is on record since the start.")


def days_of(value: object) -> tuple[date, date] | None:
    """The first and the last day that "2025", "2025-03" or "2025-03-21" may mean."""
    first = known.first_day(value)
    if first is None:
        return None
    if known.day(value):
        return first, first
    text = str(value).strip()
    if len(text) == len("2025"):
        return first, date(first.year, 12, 31)
    following = first.replace(day=28) + timedelta(days=4)
    return first, following - timedelta(days=following.day)


def _of_event(entry: Entry) -> Evidence:
    days = days_of(entry.values.get("date"))
    on = days[0] if days else entry.on
    return Evidence(
        "On the time line.", on, entry.record, entry.order, quote=str(entry.values.get("text") or "")
    )


def _is_hard(seen: Seen, one: Told, start: date) -> bool:
    recent = seen.today - one.on <= timedelta(days=seen.number("events", "told_within_days"))
    low = one.mood is not None and one.mood <= seen.number("events", "mood_at_most")
    tense = one.stress is not None and one.stress >= seen.number("events", "stress_from")
    return bool(one.words.strip()) and one.on >= start and recent and (low or tense)


def _mood_of(one: Told) -> str:
    parts = [f"mood {one.mood} of 10"] if one.mood is not None else []
    parts += [f"stress {one.stress} of 10"] if one.stress is not None else []
    words = ", ".join(parts)
    return f"{words[:1].upper()}{words[1:]}."


# -- medication --------------------------------------------------------------------------------------


def medication(seen: Seen) -> Iterator[Check]:
    """Asked about; taken as agreed; looked at together (M13); a prescriber where it is severe (DR-12)."""
    if not known.asked_about_medication(seen.course):
        yield Check(None, missing="whether the client takes medication")
        return
    drugs = known.medications(seen.course)
    if not drugs:
        asked = seen.course.entries_of("rec_medication")[-1]
        yield Check(False, "The client takes no medication.", (_of_entry("Asked.", asked),))
    for entry in drugs:
        yield _taken(entry)
    if drugs:
        yield _reviewed(seen)
    yield _prescriber(seen)


def _taken(entry: Entry) -> Check:
    value = entry.values.get("taken_as_agreed")
    if value is None or value == "":
        return Check(None, missing="whether it is taken as agreed")
    agreed = says_yes(value)
    says = "It is taken as agreed." if agreed else "It is not taken as agreed."
    return Check(not agreed, says, (_of_entry(says, entry),))


def _reviewed(seen: Seen) -> Check:
    """Looked at together within the last sessions, by its record or by M13."""
    least = seen.number("medication", "sessions_without_review")
    last = seen.course.held[-least:]
    if len(last) < least:
        return Check(False)
    looked = [e.on for e in seen.course.entries_of("rec_medication") if e.on >= last[0].on]
    if looked or any("M13" in known.tasks_of_meeting(seen.course, m) for m in last):
        return Check(False, "It was looked at together in the last sessions.")
    before = seen.course.entries_of("rec_medication")[-1]
    says = f"It was not looked at together in the last {least} sessions."
    return Check(True, says, (_of_entry("Looked at last.", before),))


def _prescriber(seen: Seen) -> Check:
    severe_from = seen.manual.rule("DR-12").parameters["total_from"]
    start, latest = start_score(seen.manual, seen.course, PHQ9), latest_total(seen.manual, seen.course, PHQ9)
    known_scores = [score for score in (start, latest[1] if latest else None) if score is not None]
    if not known_scores or max(known_scores) < severe_from:
        return Check(False)
    if known.has_prescriber(seen.course):
        return Check(False, "There is a prescriber.")
    says = f"PHQ-9 was {max(known_scores):g}, severe, and no prescriber is on record."
    return Check(True, says, (Evidence(says, latest[0] if latest else None, PHQ9),))


# -- severity ----------------------------------------------------------------------------------------


def severity(seen: Seen) -> Iterator[Check]:
    """PHQ-9 severe at the start, or much anxiety beside it."""
    limits = {
        PHQ9: seen.manual.rule("DR-12").parameters["total_from"],
        GAD7: seen.number("severity", "gad7_from"),
    }
    for measure_id, limit in limits.items():
        title = (
            seen.manual.measure_list[measure_id].title
            if measure_id in seen.manual.measure_list
            else measure_id
        )
        start = start_score(seen.manual, seen.course, measure_id)
        if start is None:
            yield Check(None, missing=f"the {title} at the start")
            continue
        says = f"{title} was {start:g} at the start" + (f", {limit:g} or more." if start >= limit else ".")
        first = seen.course.held[0].on if seen.course.held else None
        yield Check(start >= limit, says, (Evidence(says, first, measure_id),))


ReasonFunction = Callable[[Seen], Iterable[Check]]

REASONS: Mapping[str, ReasonFunction] = MappingProxyType(
    {
        "alliance": alliance,
        "attendance": attendance,
        "focus": focus,
        "steps": steps,
        "support": support,
        "events": events,
        "medication": medication,
        "severity": severity,
    }
)
