"""Rows to core values: the only place that knows both."""

from __future__ import annotations

from collections import defaultdict
from typing import Any
from uuid import UUID

from openipt.core.course.course import (
    Answers,
    Attendance,
    Course,
    EpisodeStatus,
    Meeting,
    PhaseChange,
    PlanChange,
    StatusChange,
)
from openipt.core.course.course import Entry as CoreEntry
from openipt.records.models import (
    AnswerEvent,
    CheckIn,
    CheckInPurpose,
    Entry,
    EntryState,
    Episode,
    MeasureScore,
    Session,
    StrategyUse,
    TaskMark,
    TechniqueUse,
)


def course(episode: Episode) -> Course:
    """Everything the engine may know of one episode, in a fixed number of queries.

    Left out: what a client has not shared, withdrawn entries, names and private notes.
    """
    sessions = list(episode.sessions.order_by("planned_at"))
    numbers = {session.pk: session.number for session in sessions}
    return Course(
        adaptation=episode.adaptation,
        manual_version=episode.manual_version,
        planned_sessions=_first_plan(episode),
        started_on=episode.started_on,
        birth_year=episode.client.birth_year,
        meetings=_meetings(episode, sessions),
        answers=_answers(episode, numbers),
        entries=_entries(episode, numbers),
        phase_changes=tuple(
            PhaseChange(e.phase_to, e.on, e.session_number) for e in episode.phase_events.all()
        ),
        status_changes=tuple(
            StatusChange(EpisodeStatus(e.status_to), e.on, e.end_reason) for e in episode.status_events.all()
        ),
        plan_changes=_plan_changes(episode),
    )


def _plan_changes(episode: Episode) -> tuple[PlanChange, ...]:
    return tuple(PlanChange(e.planned_to, e.on, e.phase) for e in episode.plan_events.all())


def _first_plan(episode: Episode) -> int:
    """The number of sessions planned when the episode was opened; changes come as events."""
    first = next(iter(episode.plan_events.all()), None)
    return first.planned_from if first else episode.planned_sessions


def _meetings(episode: Episode, sessions: list[Session]) -> tuple[Meeting, ...]:
    tasks = _codes(TaskMark, "task_id", episode)
    strategies = _codes(StrategyUse, "code", episode)
    techniques = _codes(TechniqueUse, "code", episode)
    found = [
        Meeting(
            on=session.on,
            number=session.number,
            attendance=Attendance(session.attendance),
            phase=session.phase,
            minutes=session.minutes if session.is_held else 0,
            format=session.format,
            tasks_done=tuple(tasks[session.pk]),
            strategies=tuple(strategies[session.pk]),
            techniques=tuple(techniques[session.pk]),
            signed=session.is_signed,
        )
        for session in sessions
    ]
    return tuple(sorted(found, key=lambda meeting: (meeting.on, meeting.number or 0)))


def _codes(model: Any, column: str, episode: Episode) -> dict[UUID, list[str]]:
    found: dict[UUID, list[str]] = defaultdict(list)
    rows = model.objects.filter(session__episode=episode, withdrawn_at=None).order_by("at", column)
    for session_id, code in rows.values_list("session_id", column):
        found[session_id].append(code)
    return found


def _entries(episode: Episode, numbers: dict[UUID, int | None]) -> tuple[CoreEntry, ...]:
    rows = episode.entries.exclude(state=EntryState.WITHDRAWN).order_by("on", "order")
    found = []
    for row in rows:
        if row.by_role == "client" and not row.shared:
            continue
        row.episode = episode
        found.append(core_entry(row, numbers.get(row.session_id) if row.session_id else None))
    return tuple(found)


def core_entry(row: Entry, session_number: int | None) -> CoreEntry:
    """One entry as the engine knows it."""
    return CoreEntry(
        record=row.record_type,
        on=row.on,
        values=row.payload,
        session=session_number,
        for_task=row.for_task,
        by_role=row.by_role,
        order=row.order,
    )


def _answers(episode: Episode, numbers: dict[UUID, int | None]) -> tuple[Answers, ...]:
    """Scores of finished check-ins; of unfinished ones, the choices as far as they were made."""
    check_ins = list(episode.check_ins.order_by("on", "opened_at"))
    scores: dict[UUID, list[MeasureScore]] = defaultdict(list)
    for score in episode.scores.all():
        scores[score.check_in_id].append(score)
    chosen = _choices([c.pk for c in check_ins if not c.is_finished])
    taken_back = _taken_back(episode)
    found: list[Answers] = []
    for check_in in check_ins:
        number = _number_of(check_in, numbers)
        found += [_risk_choice(check_in, number, *choice) for choice in taken_back[check_in.pk]]
        found += [_scored(score, check_in, number) for score in scores[check_in.pk]]
        found += [_unfinished(key, items, check_in, number) for key, items in chosen[check_in.pk].items()]
    return tuple(found)


def _number_of(check_in: CheckIn, numbers: dict[UUID, int | None]) -> int | None:
    if check_in.session_id is not None:
        return numbers.get(check_in.session_id)
    return 0 if check_in.purpose == CheckInPurpose.BASELINE else None


def _scored(score: MeasureScore, check_in: CheckIn, number: int | None) -> Answers:
    return Answers(
        measure=score.measure,
        on=score.on,
        items=tuple(score.items),
        total=score.total,
        session=number,
        version=score.version,
        at=check_in.opened_at,
        rater=score.rater,
    )


Choices = dict[tuple[str, str], dict[int, int | None]]


def _choices(check_ins: list[UUID]) -> dict[UUID, Choices]:
    """The standing choice of each item: the last one made. (Every choice stays in its alert.)"""
    found: dict[UUID, Choices] = defaultdict(dict)
    if not check_ins:
        return found
    events = AnswerEvent.objects.filter(check_in__in=check_ins).order_by("id")
    for check_in, measure, version, item, value in events.values_list(
        "check_in_id", "measure", "version", "item", "value"
    ):
        found[check_in].setdefault((measure, version), {})[item] = value
    return found


def _taken_back(episode: Episode) -> dict[UUID, list[tuple[str, int, int]]]:
    """Risk answers that were chosen and then changed: measure, item, value. Both stay in the record."""
    found: dict[UUID, list[tuple[str, int, int]]] = defaultdict(list)
    alerts = episode.alerts.filter(check_in__isnull=False).values_list("check_in_id", "inputs")
    for check_in, inputs in alerts:
        choices = inputs.get("choices", [])
        for before, after in zip(choices, choices[1:], strict=False):
            if before["value"] is not None and before["value"] != after["value"]:
                found[check_in].append((before["measure"], before["item"], before["value"]))
    return found


def _risk_choice(check_in: CheckIn, number: int | None, measure: str, item: int, value: int) -> Answers:
    return Answers(
        measure=measure,
        on=check_in.on,
        items=(*(None for _ in range(item - 1)), value),
        session=number,
        at=check_in.opened_at,
        finished=False,
    )


def _unfinished(
    key: tuple[str, str], items: dict[int, int | None], check_in: CheckIn, number: int | None
) -> Answers:
    measure, version = key
    reached = max(items)
    return Answers(
        measure=measure,
        on=check_in.on,
        items=tuple(items.get(item) for item in range(1, reached + 1)),
        session=number,
        version=version,
        at=check_in.opened_at,
        finished=False,
    )
