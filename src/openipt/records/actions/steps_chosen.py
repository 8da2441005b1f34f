"""Rows that follow the records of decisions where a course is not on track: codes and days, no words.

Called by the actions that write, change, withdraw or import such a record, inside their transaction.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from openipt.core.course.decisions import DECISION, GO_ON, OUTCOME, Change, Decision, decisions
from openipt.core.course.scores import GAD7, PHQ9, latest_total
from openipt.core.manual.model import Manual
from openipt.core.outcomes.change import Totals, change_categories
from openipt.records import convert
from openipt.records.actions.base import held
from openipt.records.manuals import manual_of
from openipt.records.models import Entry, EntryState, Episode, StepChosen

RECORDS = frozenset({DECISION, OUTCOME})


def follow(episode: Episode, at: datetime) -> None:
    """Bring the rows of this episode in line with its records, as they stand in this transaction."""
    manual, course = manual_of(episode), convert.course(episode)
    entries = {
        entry.order: entry
        for entry in episode.entries.filter(record_type__in=RECORDS).exclude(state=EntryState.WITHDRAWN)
    }
    rows = {(row.decision_id, row.code): row for row in held(episode.steps_chosen.all())}
    standing = set()
    for decision in decisions(course):
        for code in (code for code in decision.codes if code == GO_ON or code in manual.next_steps):
            entry = entries[decision.order]
            row = rows.get((entry.pk, code)) or StepChosen(episode=episode, decision=entry, code=code)
            row.on, row.withdrawn_at = decision.on, None
            _look(row, decision, entries, _improved(manual, decision, entries, course))
            row.save()
            standing.add((entry.pk, code))
    for key, row in rows.items():
        if key not in standing and row.withdrawn_at is None:
            row.withdrawn_at = at
            row.save()


def _look(row: StepChosen, decision: Decision, entries: Mapping[int, Entry], improved: bool | None) -> None:
    """What came of it, or nothing yet."""
    outcome = decision.outcome
    if outcome is None or outcome.change not in set(Change):
        row.outcome, row.looked_on, row.change, row.improved = None, None, "", None
        return
    row.outcome, row.looked_on = entries[outcome.order], outcome.on
    row.change, row.improved = outcome.change, improved


def _improved(manual: Manual, decision: Decision, entries: Mapping[int, Entry], course: Any) -> bool | None:
    if decision.outcome is None:
        return None
    then = _totals(entries[decision.order], manual, course, decision.on)
    now = _totals(entries[decision.outcome.order], manual, course, decision.outcome.on)
    measures = manual.measure_list
    return change_categories(then, now, phq9=measures[PHQ9], gad7=measures[GAD7]).reliable_improvement.value


def _totals(entry: Entry, manual: Manual, course: Any, on: date) -> Totals:
    """The scores kept with the record, else those known at the end of its day."""
    kept = entry.payload.get("scores") or {}
    found = {m: kept.get(m, _latest(manual, course, m, on)) for m in (PHQ9, GAD7)}
    return Totals(**{m.removeprefix("ms_"): None if t is None else round(t) for m, t in found.items()})


def _latest(manual: Manual, course: Any, measure: str, on: date) -> float | None:
    known = latest_total(manual, course.as_of(on), measure)
    return known[1] if known else None
