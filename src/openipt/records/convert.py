"""Rows to core values: the only place that knows both."""

from __future__ import annotations

import threading
from collections import OrderedDict, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, fields, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import reduce
from operator import or_
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q
from django.utils import timezone

from openipt import library
from openipt.core.course.course import (
    AdaptationChange,
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
from openipt.core.course.diary import days_kept
from openipt.core.course.note import from_values, note_text
from openipt.core.course.scores import RISK_ITEMS
from openipt.core.portable.episode import (
    PortableAlert,
    PortableClient,
    PortableClientEntry,
    PortableDecision,
    PortableEntry,
    PortableEpisode,
    PortableFiring,
    PortableMeeting,
    PortablePerson,
    PortableStep,
)
from openipt.records import audit, sealing
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
    PhaseEvent,
    PlanEvent,
    Session,
    StatusEvent,
    StrategyUse,
    TaskMark,
    TechniqueUse,
)
from openipt.records.prepared import MANY, Prepared

FROM_FILE = "file"  # where an episode that was imported comes from

_SESSIONS = Prepared(lambda episode: Session.objects.filter(episode=episode).order_by("planned_at"), UUID)
_PLANS = Prepared(lambda episode: PlanEvent.objects.filter(episode=episode), UUID)
_PHASES = Prepared(
    lambda episode: PhaseEvent.objects.filter(episode=episode).values_list(
        "phase_to", "on", "session_number"
    ),
    UUID,
)
_STATUSES = Prepared(
    lambda episode: StatusEvent.objects.filter(episode=episode).values_list("status_to", "on", "end_reason"),
    UUID,
)
_OF_ENTRY = (
    *("id", "payload_sealed", "record_type", "on", "session", "for_task", "by_role", "order"),
    *("updated_at", "state"),
)
_ENTRIES = Prepared(
    lambda episode: (
        Entry.objects.filter(episode=episode)
        .exclude(state=EntryState.WITHDRAWN)
        .exclude(by_role="client", shared=False)
        .order_by("on", "order")
        .values_list(*_OF_ENTRY)
    ),
    UUID,
)
_SCORES = Prepared(
    lambda episode: (
        MeasureScore.objects.filter(episode=episode)
        .order_by()
        .values_list("check_in", "measure", "on", "items", "unscored", "total", "version", "rater")
    ),
    UUID,
)
_SITTINGS = Prepared(
    lambda episode: (
        CheckIn.objects.filter(episode=episode)
        .order_by()
        .values_list("id", "on", "opened_at", "session", "purpose", "finished_at")
    ),
    UUID,
)
_CHOICES = Prepared(
    lambda check_ins: (
        AnswerEvent.objects.filter(check_in__in=check_ins)
        .order_by("id")
        .values_list("check_in_id", "measure", "version", "item", "value")
    ),
    MANY,
)
_IS_OF_RISK = reduce(or_, (Q(measure=measure, item=item) for measure, item in RISK_ITEMS.items()))
_RISK_CHOICES = Prepared(
    lambda episode: (
        AnswerEvent.objects.filter(check_in__episode=episode, value__isnull=False)
        .filter(_IS_OF_RISK)
        .order_by("id")
        .values_list("check_in_id", "measure", "at")
    ),
    UUID,
)
_ALERTS = Prepared(
    lambda episode: Alert.objects.filter(episode=episode, check_in__isnull=False).values_list(
        "check_in", "inputs"
    ),
    UUID,
)


def _codes_of(model: Any, column: str) -> Prepared[tuple[UUID, str]]:
    """What was ticked in each session of an episode and still stands."""
    standing = model.objects.filter(withdrawn_at=None).order_by(column).values_list("session_id", column)
    return Prepared(lambda episode: standing.filter(session__episode=episode), UUID)


_TASKS = _codes_of(TaskMark, "task_id")
_STRATEGIES = _codes_of(StrategyUse, "code")
_TECHNIQUES = _codes_of(TechniqueUse, "code")


class _Courses:
    """Courses read lately, by episode and revision. A write makes a new revision, in whatever process."""

    MOST = 256

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[UUID, int], Course] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: tuple[UUID, int]) -> Course | None:
        with self._lock:
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
            return found

    def keep(self, key: tuple[UUID, int], found: Course) -> None:
        with self._lock:
            self._kept[key] = found
            while len(self._kept) > self.MOST:
                self._kept.popitem(last=False)


_courses = _Courses()


def course(episode: Episode) -> Course:
    """Everything the engine may know of one episode, in a fixed number of queries.

    Left out: what a client has not shared, withdrawn entries, names and private notes. Read again only
    after a write; inside a transaction always, since what is not committed yet may still be undone.
    """
    if connection.in_atomic_block:
        return _read(episode)
    sealing.check_readable(episode.client_id)
    key = (episode.pk, audit.revision_of(episode))
    found = _courses.get(key)
    if found is None:
        found = _read(episode)
        _courses.keep(key, found)
    return found


def _read(episode: Episode) -> Course:
    sessions = _SESSIONS(episode.pk)
    numbers = {session.pk: session.number for session in sessions}
    plans = _PLANS(episode.pk)
    met = _meetings(episode, sessions)
    found = Course(
        adaptation=episode.adaptation,
        manual_version=episode.manual_version,
        planned_sessions=plans[0].planned_from if plans else episode.planned_sessions,
        started_on=episode.started_on,
        birth_year=episode.client.birth_year,
        meetings=tuple(meeting for meeting in met if not meeting.kind),
        answers=_answers(episode, numbers),
        entries=_entries(episode, numbers, {s.pk: f"{s.kind}/{s.of_kind}" for s in sessions if s.kind}),
        beside=tuple(meeting for meeting in met if meeting.kind),
        phase_changes=tuple(PhaseChange(*row) for row in _PHASES(episode.pk)),
        status_changes=tuple(
            StatusChange(EpisodeStatus(status), on, reason) for status, on, reason in _STATUSES(episode.pk)
        ),
        plan_changes=tuple(PlanChange(plan.planned_to, plan.on, plan.phase) for plan in plans),
        adaptation_changes=_adaptation_changes(plans),
    )
    days = days_kept(found)
    return replace(found, clock_changes=tuple(clock_changes(days).items())) if days else found


def _adaptation_changes(plans: list[PlanEvent]) -> tuple[AdaptationChange, ...]:
    """The plans that changed the course over to another manual."""
    return tuple(
        AdaptationChange(
            adaptation_from=plan.adaptation_from,
            adaptation=plan.adaptation_to,
            manual_version=plan.version_to,
            on=plan.on,
            session=plan.after_session or 0,
            version_from=plan.version_from,
            phases=tuple(plan.phases),
            brought=tuple(plan.brought),
        )
        for plan in plans
        if plan.adaptation_to
    )


def clock_changes(days: Iterable[date]) -> dict[date, int]:
    """Evenings among these days in whose night the service's clock was changed, by how many minutes forward."""
    zone = timezone.get_default_timezone()
    found = {}
    for on in set(days):
        noons = [datetime.combine(on + timedelta(days=n), time(12), zone).utcoffset() for n in (0, 1)]
        if noons[0] != noons[1] and None not in noons:
            found[on] = int((noons[1] - noons[0]).total_seconds()) // 60
    return found


def _meetings(episode: Episode, sessions: list[Session]) -> tuple[Meeting, ...]:
    tasks, strategies, techniques = (_codes(q, episode) for q in (_TASKS, _STRATEGIES, _TECHNIQUES))
    found = [
        Meeting(
            on=session.on,
            number=session.of_kind if session.kind else session.number,
            attendance=Attendance(session.attendance),
            phase=session.phase,
            minutes=session.minutes if session.is_held else 0,
            format=session.format,
            tasks_done=tuple(tasks[session.pk]),
            strategies=tuple(strategies[session.pk]),
            techniques=tuple(techniques[session.pk]),
            signed=session.is_signed,
            kind=session.kind,
        )
        for session in sessions
    ]
    return tuple(sorted(found, key=lambda meeting: (meeting.on, meeting.number or 0)))


def _codes(asked: Prepared[tuple[UUID, str]], episode: Episode) -> dict[UUID, list[str]]:
    found: dict[UUID, list[str]] = defaultdict(list)
    for session_id, code in asked(episode.pk):
        found[session_id].append(code)
    return found


def _entries(
    episode: Episode, numbers: dict[UUID, int | None], beside: dict[UUID, str]
) -> tuple[CoreEntry, ...]:
    """Entries that count and may be known, opened in one go under the client's key."""
    return tuple(
        CoreEntry(
            record=record,
            on=on,
            values=sealing.unseal(
                episode.client_id, sealing.place("entry", pk, "payload_sealed"), bytes(sealed)
            ),
            session=numbers.get(session) if session else None,
            for_task=for_task,
            by_role=by_role,
            order=order,
            at=_written_at(episode, at),
            beside=beside.get(session, "") if session else "",
            draft=state == EntryState.DRAFT,
        )
        for pk, sealed, record, on, session, for_task, by_role, order, at, state in _ENTRIES(episode.pk)
    )


def _written_at(episode: Episode, at: datetime) -> datetime | None:
    """When a record was last written; None for one that came in with its episode from a file without it."""
    return None if episode.opened_from == FROM_FILE and at == episode.created_at else at


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
        at=_written_at(row.episode, row.updated_at),
        beside=f"{row.session.kind}/{row.session.of_kind}" if row.session and row.session.kind else "",
        draft=row.state == EntryState.DRAFT,
    )


@dataclass(frozen=True)
class _Sitting:
    """What a check-in says of every answer in it."""

    on: date
    at: datetime
    number: int | None
    finished: bool


def _answers(episode: Episode, numbers: dict[UUID, int | None]) -> tuple[Answers, ...]:
    """Scores of finished check-ins; of unfinished ones, the choices as far as they were made."""
    sittings, chosen_at = _sittings(episode, numbers), _risk_chosen_at(episode)
    found = [
        Answers(
            measure=measure,
            on=on,
            items=tuple(items),
            total=total,
            session=sittings[check_in].number,
            version=version,
            at=sittings[check_in].at,
            rater=rater,
            unscored=tuple(unscored),
            risk_at=chosen_at.get((check_in, measure)),
        )
        for check_in, measure, on, items, unscored, total, version, rater in _SCORES(episode.pk)
    ]
    for check_in, chosen in _choices([pk for pk, sat in sittings.items() if not sat.finished]).items():
        found += [
            replace(_unfinished(key, items, sittings[check_in]), risk_at=chosen_at.get((check_in, key[0])))
            for key, items in chosen.items()
        ]
    found += [_risk_choice(sittings[check_in], *choice) for check_in, choice in _taken_back(episode)]
    return tuple(sorted(found, key=_in_time))


def _sittings(episode: Episode, numbers: dict[UUID, int | None]) -> dict[UUID, _Sitting]:
    baseline = CheckInPurpose.BASELINE.value
    return {
        pk: _Sitting(
            on,
            at,
            numbers.get(session) if session else 0 if purpose == baseline else None,
            finished is not None,
        )
        for pk, on, at, session, purpose, finished in _SITTINGS(episode.pk)
    }


def _in_time(answers: Answers) -> tuple[Any, ...]:
    """A fixed order for answers of one day, so that two readings of one record are equal."""
    items = tuple(-1 if item is None else item for item in answers.items)
    return (answers.on, answers.at, answers.measure, answers.finished, items)


Choices = dict[tuple[str, str], dict[int, int | None]]


def _choices(check_ins: list[UUID]) -> dict[UUID, Choices]:
    """The standing choice of each item: the last one made. (Every choice stays in its alert.)"""
    found: dict[UUID, Choices] = defaultdict(dict)
    for check_in, measure, version, item, value in _CHOICES(check_ins):
        found[check_in].setdefault((measure, version), {})[item] = value
    return found


def _risk_chosen_at(episode: Episode) -> dict[tuple[UUID, str], datetime]:
    """When the item about risk of each measure in each sitting was chosen last."""
    return {(check_in, measure): at for check_in, measure, at in _RISK_CHOICES(episode.pk)}


def _taken_back(episode: Episode) -> list[tuple[UUID, tuple[str, int, int, datetime]]]:
    """Risk answers that were chosen and then changed: measure, item, value, when. Both stay in the record."""
    found = []
    for check_in, inputs in _ALERTS(episode.pk):
        choices = inputs.get("choices", [])
        for before, after in zip(choices, choices[1:], strict=False):
            if before["value"] is not None and before["value"] != after["value"]:
                chosen_at = datetime.fromisoformat(before["at"])
                found.append((check_in, (before["measure"], before["item"], before["value"], chosen_at)))
    return found


def _risk_choice(sitting: _Sitting, measure: str, item: int, value: int, at: datetime) -> Answers:
    return Answers(
        measure=measure,
        on=sitting.on,
        items=(*(None for _ in range(item - 1)), value),
        session=sitting.number,
        at=sitting.at,
        finished=False,
        risk_at=at.astimezone(UTC),
    )


def _unfinished(key: tuple[str, str], items: dict[int, int | None], sitting: _Sitting) -> Answers:
    measure, version = key
    defined = library.measures().get(measure)
    extra = defined.extra_numbers if defined is not None else range(0)
    scored = [number for number in items if number not in extra]
    unscored = tuple(items.get(number) for number in extra) if len(scored) < len(items) else ()
    return Answers(
        measure=measure,
        on=sitting.on,
        items=tuple(items.get(item) for item in range(1, max(scored, default=0) + 1)),
        unscored=unscored,
        session=sitting.number,
        version=version,
        at=sitting.at,
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
        beside=_portable_meetings(episode, known.beside),
        answers=known.answers,
        entries=_portable_entries(episode, known.entries),
        phase_changes=known.phase_changes,
        status_changes=known.status_changes,
        plan_changes=known.plan_changes,
        adaptation_changes=known.adaptation_changes,
        alerts=_portable_alerts(episode),
        firings=_portable_firings(episode),
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
        number = session.of_kind if session.kind else session.number
        notes[session.on, number, session.kind].append(note_text(from_values(session.note)))
    return tuple(
        PortableMeeting(note=notes[meeting.on, meeting.number, meeting.kind].pop(0), **_as_keywords(meeting))
        for meeting in meetings
    )


def _as_keywords(value: Any, *, less: Collection[str] = ()) -> dict[str, Any]:
    return {each.name: getattr(value, each.name) for each in fields(value) if each.name not in less}


def _portable_entries(episode: Episode, entries: tuple[CoreEntry, ...]) -> tuple[PortableEntry, ...]:
    versions = dict(episode.entries.values_list("order", "record_version"))
    return tuple(
        PortableEntry(version=versions[entry.order], **_as_keywords(entry, less=("draft",)))
        for entry in entries
    )


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


def _portable_firings(episode: Episode) -> tuple[PortableFiring, ...]:
    found = []
    for firing in episode.firings.prefetch_related("decisions").order_by("first_seen_at", "rule"):
        firing.episode = episode
        decisions = []
        for decision in firing.decisions.all():
            decision.firing = firing
            said = (decision.decision, _moment(decision.at), decision.again_on, decision.reason)
            decisions.append(PortableDecision(*said))
        found.append(
            PortableFiring(
                rule=firing.rule,
                severity=firing.severity,
                first_seen_on=firing.first_seen_on,
                first_seen_at=_moment(firing.first_seen_at),
                last_seen_on=firing.last_seen_on,
                last_seen_at=_moment(firing.last_seen_at),
                rule_version=firing.rule_version,
                manual_version=firing.manual_version,
                ended_on=firing.ended_on,
                ended_at=_moment(firing.ended_at) if firing.ended_at else None,
                ended_by=firing.ended_by,
                inputs=firing.inputs,
                why=firing.why,
                decisions=tuple(decisions),
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
