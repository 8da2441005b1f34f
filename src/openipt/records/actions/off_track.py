"""Deciding where a course is not on track, and looking at what came of it. A clinician chooses, always.

What stood in the record that day (rules, reasons, scores) is kept with the decision as the engine says it at
the moment of writing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from openipt.core.course.course import Course
from openipt.core.course.decisions import DECISION, OUTCOME, Change, Decision, decisions, next_id
from openipt.core.course.not_on_track import OffTrack, off_track
from openipt.core.course.phases import session_number
from openipt.core.course.scores import GAD7, PHQ9, latest_total
from openipt.core.fields.clean import clean
from openipt.core.manual.model import Manual
from openipt.errors import EntryNotValid, FieldFault
from openipt.records import convert
from openipt.records.access import Act, require
from openipt.records.actions import entries, firings
from openipt.records.actions.base import Actor, day_of, fault, locked, refuse, tidy
from openipt.records.manuals import manual_of
from openipt.records.models import Entry, EntryState, Episode, RuleDecision, Session
from openipt.records.told import told_by

TASK = "M17"
CARRIED_OUT = ("yes", "partly", "no")
TWICE_WITHIN = timedelta(seconds=30)
LONGEST = 5000


@transaction.atomic
def decide(
    *,
    episode: Episode,
    steps: Sequence[str] = (),
    go_on: str = "",
    words: str = "",
    review_on: date | None = None,
    review_session: int | None = None,
    session: Session | None = None,
    by: Actor,
    at: datetime,
) -> Entry:
    """Keep what was decided: one step or several, or going on as planned with its reason, and when it is
    looked at again. Sent twice within moments it is kept once.
    """
    episode = locked(episode, "client")
    require(by, Act.WRITE_RECORD, episode=episode, on=day_of(at))
    manual, today = manual_of(episode), day_of(at)
    course = convert.course(episode).as_of(today)
    found = off_track(manual, course, today, told_by(episode))
    values = {
        "rules": [signal.rule for signal in found.signals],
        "reasons": list(found.standing),
        "scores": _scores(manual, course),
        "steps": list(dict.fromkeys(steps)),
        "go_on": tidy(go_on, "go_on", longest=LONGEST),
        "words": tidy(words, "words", longest=LONGEST),
        "review_on": review_on.isoformat() if review_on else "",
        "review_session": review_session,
    }
    _check(manual, course, values, review_on, today)
    if (there := _sent_twice(episode, DECISION, values, by, at)) is not None:
        return there
    entry = _write(episode, DECISION, {"id": next_id(course), **values}, session, manual, by, at)
    _settle(episode, found, entry.payload["id"], by, at)
    return entry


def _settle(episode: Episode, found: OffTrack, name: str, by: Actor, at: datetime) -> None:
    """The rules that speak of it today are decided with it: nobody is asked twice."""
    firings.note(episode=episode, on=day_of(at), at=at, by=by)
    rules = [signal.rule for signal in found.signals]
    for firing in episode.firings.filter(rule__in=rules, ended_at=None):
        reason = f"Decided under Not on track ({name})."
        firings.decide(firing=firing, decision=RuleDecision.DONE, reason=reason, by=by, at=at)


def _check(
    manual: Manual, course: Course, values: Mapping[str, Any], review_on: date | None, today: date
) -> None:
    """Every fault at once, each at its field."""
    faults = []
    if not values["steps"] and not values["go_on"]:
        faults.append(FieldFault("steps", "Choose at least one step, or write why you go on as planned."))
    if any(step not in manual.next_steps for step in values["steps"]):
        faults.append(FieldFault("steps", "Choose among the steps shown."))
    number = values["review_session"]
    if review_on is None and number is None:
        faults.append(FieldFault("review_on", "Say when you look at it again: a day, a session, or both."))
    if review_on is not None and review_on <= today:
        faults.append(FieldFault("review_on", "Choose a day that is still to come."))
    if number is not None and number <= session_number(course):
        faults.append(FieldFault("review_session", "Choose a session that is still to come."))
    if faults:
        raise EntryNotValid(tuple(faults))


@transaction.atomic
def look_again(
    *,
    episode: Episode,
    decision: str,
    change: str,
    carried_out: str = "",
    words: str = "",
    session: Session | None = None,
    by: Actor,
    at: datetime,
) -> Entry:
    """Keep what came of a decision: better, the same or worse, with the scores of that day."""
    episode = locked(episode, "client")
    require(by, Act.WRITE_RECORD, episode=episode, on=day_of(at))
    manual, today = manual_of(episode), day_of(at)
    course = convert.course(episode).as_of(today)
    _open(course, decision, today)
    if change not in set(Change):
        raise fault("change", "Say how it is since then: better, the same or worse.")
    if carried_out and carried_out not in CARRIED_OUT:
        raise fault("carried_out", "Choose one of those shown.")
    values = {
        "decision": decision,
        "change": change,
        "carried_out": carried_out,
        "scores": _scores(manual, course),
        "words": tidy(words, "words", longest=LONGEST),
    }
    if (there := _sent_twice(episode, OUTCOME, values, by, at)) is not None:
        return there
    return _write(episode, OUTCOME, values, session, manual, by, at)


def _open(course: Course, name: str, today: date) -> Decision:
    """The decision of that name, not looked at before today; a refusal in words otherwise."""
    found = next((one for one in decisions(course) if one.id == name), None)
    if found is None:
        raise refuse("There is no such decision to look at again.")
    if found.outcome is not None and found.outcome.on != today:
        raise refuse("What came of it was written down on an earlier day. Decide anew instead.")
    return found


def _scores(manual: Manual, course: Course) -> dict[str, float]:
    found = {measure: latest_total(manual, course, measure) for measure in (PHQ9, GAD7)}
    return {measure: latest[1] for measure, latest in found.items() if latest is not None}


def _write(
    episode: Episode,
    record: str,
    values: Mapping[str, Any],
    session: Session | None,
    manual: Manual,
    by: Actor,
    at: datetime,
) -> Entry:
    return entries.add_entry(
        episode=episode,
        record_type=record,
        payload=values,
        session=session,
        for_task=TASK if manual.has_task(TASK) else "",
        final=True,
        by=by,
        at=at,
    )


def _sent_twice(
    episode: Episode, record: str, values: Mapping[str, Any], by: Actor, at: datetime
) -> Entry | None:
    """The same once more within moments: a second press of the same button."""
    kind = manual_of(episode).record_types[record]
    wanted = clean(kind, values)
    rows = episode.entries.filter(record_type=record, created_at__gt=at - TWICE_WITHIN)
    for entry in rows.exclude(state=EntryState.WITHDRAWN):
        entry.episode = episode
        kept = {key: value for key, value in entry.payload.items() if key != "id"}
        if entry.by_id == getattr(by, "pk", None) and kept == wanted:
            return entry
    return None
