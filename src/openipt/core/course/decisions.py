"""What was decided where a course is not on track, when it is looked at again, and what came of it (M17).

Kept as records (`rec_off_track_decision`, `rec_off_track_outcome`). A decision covers the signals it was
made for until it is due to be looked at; a signal it did not know asks anew.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from openipt.core.course import known
from openipt.core.course.course import Course, Entry
from openipt.core.course.off_track_signals import signals
from openipt.core.course.phases import session_number
from openipt.core.course.progress import Signal
from openipt.core.fields.words import date_in_words
from openipt.core.manual.model import Manual

DECISION, OUTCOME = "rec_off_track_decision", "rec_off_track_outcome"
GO_ON = "go_on"  # counted beside the steps: the course goes on as planned


class Change(StrEnum):
    """How it stands since the decision, in the clinician's judgement."""

    BETTER = "better"
    SAME = "same"
    WORSE = "worse"


@dataclass(frozen=True)
class Outcome:
    """What came of a decision when it was looked at."""

    on: date
    session: int | None
    order: int
    change: str
    carried_out: str = ""
    words: str = ""


@dataclass(frozen=True)
class Decision:
    """One decision. `go_on` holds the reason where the course goes on as planned."""

    id: str
    on: date
    session: int | None
    order: int
    rules: tuple[str, ...]
    reasons: tuple[str, ...]
    steps: tuple[str, ...]
    go_on: str = ""
    words: str = ""
    review_on: date | None = None
    review_session: int | None = None
    outcome: Outcome | None = None

    @property
    def codes(self) -> tuple[str, ...]:
        """What was chosen, going on as planned counted with it."""
        return (*self.steps, *((GO_ON,) if self.go_on else ()))


@dataclass(frozen=True)
class Review:
    """Does the course ask for a look, and why? `due`: a decision waits to be looked at again.

    `covered`: it is not on track, and what was decided holds until it is looked at again.
    """

    is_open: bool
    why: str
    due: Decision | None = None
    covered: Decision | None = None


def decisions(course: Course) -> tuple[Decision, ...]:
    """Every decision, oldest first, each with the last word on what came of it."""
    outcomes: dict[str, Outcome] = {}
    for entry in course.entries_of(OUTCOME):
        outcomes[str(entry.values.get("decision") or "")] = _outcome(entry)
    found: dict[str, Decision] = {}
    for number, entry in enumerate(course.entries_of(DECISION), start=1):
        made = _decision(entry, number, outcomes)
        found[made.id] = made  # the same name later: the decision was written anew
    return tuple(sorted(found.values(), key=lambda one: (one.on, one.order)))


def next_id(course: Course) -> str:
    """The short name for the next decision."""
    taken = {decision.id for decision in decisions(course)}
    return next(name for number in range(1, len(taken) + 2) if (name := f"d{number}") not in taken)


def _decision(entry: Entry, number: int, outcomes: dict[str, Outcome]) -> Decision:
    values = entry.values
    name = str(values.get("id") or f"d{number}")
    session = values.get("review_session")
    return Decision(
        id=name,
        on=entry.on,
        session=entry.session,
        order=entry.order,
        rules=known.words(values.get("rules")),
        reasons=known.words(values.get("reasons")),
        steps=known.words(values.get("steps")),
        go_on=" ".join(known.words(values.get("go_on"))),
        words=" ".join(known.words(values.get("words"))),
        review_on=known.day(values.get("review_on")),
        review_session=session if isinstance(session, int) and not isinstance(session, bool) else None,
        outcome=outcomes.get(name),
    )


def _outcome(entry: Entry) -> Outcome:
    values = entry.values
    return Outcome(
        on=entry.on,
        session=entry.session,
        order=entry.order,
        change=str(values.get("change") or ""),
        carried_out=str(values.get("carried_out") or ""),
        words=" ".join(known.words(values.get("words"))),
    )


def is_due(decision: Decision, course: Course, today: date) -> bool:
    """Has the day or the session come on which it is to be looked at again?"""
    if decision.outcome is not None:
        return False
    by_day = decision.review_on is not None and today >= decision.review_on
    by_session = decision.review_session is not None and session_number(course) >= decision.review_session
    return by_day or by_session


def review(manual: Manual, course: Course, today: date) -> Review:
    """Does this course ask for a look today? Asked of the record up to and including `today`."""
    course = course.as_of(today)
    standing = signals(manual, course, today)
    open_ones = [one for one in decisions(course) if one.outcome is None]
    due = [one for one in open_ones if is_due(one, course, today)]
    if due:
        return Review(True, f"What was decided on {_day(due[0].on)} is to be looked at again.", due[0])
    if not standing:
        return Review(False, "The course is on track as far as is known.")
    last = open_ones[-1] if open_ones else None
    if last is None or (new := _unknown_to(last, standing)):
        said = " ".join(signal.why for signal in (standing if last is None else new))
        return Review(True, said)
    return Review(False, f"Decided on {_day(last.on)}; {when_again(last)}.", covered=last)


def _unknown_to(decision: Decision, standing: tuple[Signal, ...]) -> tuple[Signal, ...]:
    """Signals the decision did not know of."""
    return tuple(signal for signal in standing if signal.rule not in decision.rules)


def when_again(decision: Decision) -> str:
    """Looked at again on a day, at a session, or whichever comes first."""
    parts = [f"on {_day(decision.review_on)}"] if decision.review_on else []
    parts += [f"at session {decision.review_session}"] if decision.review_session else []
    return f"looked at again {' or '.join(parts)}" if parts else "no day is set to look at it again"


def _day(on: date) -> str:
    return date_in_words(on.isoformat())
