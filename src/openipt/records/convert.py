"""Rows to core values: the only place that knows both."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import fields
from datetime import UTC, date, datetime
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
from openipt.core.course.note import from_values, note_text
from openipt.core.portable.episode import (
    PortableAlert,
    PortableClient,
    PortableClientEntry,
    PortableEntry,
    PortableEpisode,
    PortableMeeting,
    PortablePerson,
    PortableStep,
)
from openipt.records.access import Act, require
from openipt.records.actors import Actor
from openipt.records.models import (
    Alert,
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
    rows = model.objects.filter(session__episode=episode, withdrawn_at=None).order_by(column)
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
    return tuple(sorted(found, key=_in_time))


def _in_time(answers: Answers) -> tuple[str, ...]:
    """A fixed order for answers of one day, so that two readings of one record are equal."""
    at = answers.at.astimezone(UTC).isoformat() if answers.at else ""
    items = ",".join("" if item is None else str(item) for item in answers.items)
    return (answers.on.isoformat(), at, answers.measure, str(answers.finished), items)


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


# -- the portable episode ---------------------------------------------------------------------------

OWN_KEYS = frozenset({"name", "pronouns"})
WORDS_OF_JOURNAL = frozenset({"title", "text", "people"})


def portable(episode: Episode, reader: Actor, on: date) -> PortableEpisode:
    """One whole episode apart from the database, for somebody who may export it.

    Private notes and what the client has not shared are no part of it, whoever asks.
    """
    require(reader, Act.EXPORT, episode=episode, on=on)
    known = course(episode)
    profile = episode.client.profile
    return PortableEpisode(
        client=PortableClient(
            name=profile.get("name", ""),
            pronouns=profile.get("pronouns", ""),
            language=episode.client.language,
            birth_year=episode.client.birth_year,
            about={key: words for key, words in sorted(profile.items()) if key not in OWN_KEYS},
        ),
        adaptation=known.adaptation,
        manual_version=known.manual_version,
        planned_sessions=known.planned_sessions,
        started_on=known.started_on,
        people=_portable_people(episode),
        meetings=_portable_meetings(episode, known.meetings),
        answers=known.answers,
        entries=_portable_entries(episode, known.entries),
        phase_changes=known.phase_changes,
        status_changes=known.status_changes,
        plan_changes=known.plan_changes,
        alerts=_portable_alerts(episode),
        client_entries=_portable_client_entries(episode),
    )


def _portable_people(episode: Episode) -> tuple[PortablePerson, ...]:
    found = []
    for person in episode.people.filter(withdrawn_at=None).order_by("order"):
        person.episode = episode
        found.append(PortablePerson(person.code, person.label, person.relation))
    return tuple(found)


def _portable_meetings(episode: Episode, meetings: tuple[Meeting, ...]) -> tuple[PortableMeeting, ...]:
    """The engine's meetings, each with the note of its session."""
    notes: dict[tuple[Any, ...], list[str]] = defaultdict(list)
    for session in episode.sessions.order_by("planned_at"):
        session.episode = episode
        notes[session.on, session.number].append(note_text(from_values(session.note)))
    return tuple(
        PortableMeeting(note=notes[meeting.on, meeting.number].pop(0), **_as_keywords(meeting))
        for meeting in meetings
    )


def _as_keywords(value: Any) -> dict[str, Any]:
    return {each.name: getattr(value, each.name) for each in fields(value)}


def _portable_entries(episode: Episode, entries: tuple[CoreEntry, ...]) -> tuple[PortableEntry, ...]:
    versions = dict(episode.entries.values_list("order", "record_version"))
    return tuple(PortableEntry(version=versions[entry.order], **_as_keywords(entry)) for entry in entries)


def _portable_alerts(episode: Episode) -> tuple[PortableAlert, ...]:
    found = []
    for alert in episode.alerts.select_related("check_in__session", "entry__session").order_by("raised_at"):
        steps = []
        for step in alert.steps.order_by("at", "kind"):
            step.alert, alert.episode = alert, episode
            steps.append(PortableStep(step.kind, _moment(step.at), step.words))
        found.append(
            PortableAlert(
                rule=alert.rule,
                severity=alert.severity,
                raised_at=_moment(alert.raised_at),
                state=alert.state,
                session=_session_of(alert),
                inputs={key: value for key, value in alert.inputs.items() if key != "session"},
                steps=tuple(sorted(steps, key=lambda step: (step.at, step.kind, step.words))),
            )
        )
    return tuple(found)


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()


def _session_of(alert: Alert) -> int | None:
    source = alert.check_in or alert.entry
    if source is None:
        return alert.inputs.get("session")
    return source.session.number if source.session else None


def _portable_client_entries(episode: Episode) -> tuple[PortableClientEntry, ...]:
    """Shared journal entries, and the words of check-ins. A client's worksheets stand among the entries."""
    found = []
    for row in episode.journal.filter(shared=True):
        row.episode = episode
        found.append(
            PortableClientEntry(
                on=row.on,
                kind=row.kind,
                shared=True,
                title=row.words.get("title", ""),
                text=row.words.get("text", ""),
                people=tuple(row.words.get("people", ())),
                mood_before=row.mood_before,
                mood_after=row.mood_after,
                values={key: said for key, said in row.words.items() if key not in WORDS_OF_JOURNAL},
            )
        )
    for check_in in episode.check_ins.all():
        check_in.episode = episode
        said = {"talk_about": check_in.talk_about, "event": check_in.event, "stress": check_in.stress}
        values = {key: value for key, value in said.items() if value not in ("", None)}
        if values or check_in.mood is not None:
            found.append(
                PortableClientEntry(
                    on=check_in.on, kind="checkin", shared=True, mood_after=check_in.mood, values=values
                )
            )
    return tuple(
        sorted(found, key=lambda entry: (entry.on, entry.kind, entry.title, entry.text, str(entry.values)))
    )
