"""A whole episode in from a file: all of it or nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time
from typing import Any

from django.db import transaction
from django.utils import timezone

from openipt import library
from openipt.core.course.course import AdaptationChange, Answers, EpisodeStatus
from openipt.core.course.rules.codes import codes_only
from openipt.core.course.scores import RISK_ITEMS
from openipt.core.measures.scoring import Score, score
from openipt.core.portable.blank_ids import with_blank_ids
from openipt.core.portable.clear import clear_faults
from openipt.core.portable.episode import (
    PortableAlert,
    PortableClientEntry,
    PortableEntry,
    PortableEpisode,
    PortableFiring,
    PortableMeeting,
)
from openipt.core.portable.episode_file import to_file
from openipt.errors import AnswersNotScorable, FieldFault, FileNotValid
from openipt.records import audit, convert
from openipt.records.access import Act, require
from openipt.records.actions import alerts, clients, people, steps_chosen, tellings
from openipt.records.actions.base import Actor, Operator, day_of, fault, refuse, user_or_none
from openipt.records.manuals import known_manual, manual_of
from openipt.records.models import (
    Alert,
    AlertState,
    AlertStep,
    AnswerEvent,
    CheckIn,
    CheckInMode,
    CheckInPurpose,
    Entry,
    EntryState,
    Episode,
    FiringDecision,
    JournalEntry,
    MeasureScore,
    PhaseEvent,
    PlanEvent,
    Role,
    RuleFiring,
    Session,
    SessionState,
    StatusEvent,
    StepKind,
    StrategyUse,
    TaskMark,
    TechniqueUse,
    User,
)

NOON = time(12)
STEP_NAMES = {"therapist_acknowledged": StepKind.ACKNOWLEDGED, "contact_by_phone": StepKind.CONTACTED}
MEETING_FORMATS = ("in_person", "phone", "video")
NO_REGION = ""  # a file does not say where the client lives: whom to call everywhere is what must be there


@transaction.atomic
def import_episode(*, portable: PortableEpisode, therapist: User, by: Actor, at: datetime) -> Episode:
    """Write a whole episode for a new client of this therapist.

    Dates stay those of the file. Who signed or resolved it elsewhere is not known here: the therapist who
    takes the episode on stands for it. Private notes cannot come in: only their author adds them.
    """
    _check(portable, therapist, by, at)
    portable = _with_blank_ids(portable)
    client = clients.new_client(
        {**portable.client.about, "name": portable.client.name, "pronouns": portable.client.pronouns},
        language=portable.client.language or "en",
        birth_year=portable.client.birth_year,
        region=NO_REGION,
        at=at,
    )
    episode = _episode(portable, client, therapist, at)
    for person in portable.people:
        people.new_person(
            episode=episode, label=person.label, relation=person.relation, code=person.id, at=at
        )
    met = (*portable.meetings, *portable.beside)
    sessions = [_session(meeting, episode, therapist, at) for meeting in met]
    by_number = _Numbered(sessions)
    signed = frozenset(session.pk for session in sessions if session.is_signed)
    _entries(portable, episode, by_number, signed, at)
    for answers in portable.answers:
        _answers(answers, episode, by_number, at)
    _changes(portable, episode, by, at)
    for alert in portable.alerts:
        _alert(alert, episode, therapist, at)
    for firing in portable.firings:
        _firing(firing, episode, therapist)
    for written in portable.client_entries:
        if not written.worksheet:
            _journal(written, episode, at)
    steps_chosen.follow(episode, at)
    audit.record("episode-imported", by=by, at=at, episode=episode, obj=episode)
    return episode


def _with_blank_ids(portable: PortableEpisode) -> PortableEpisode:
    """Ids lie in the clear: whoever a file calls by name gets one that says nothing."""
    return with_blank_ids(portable, library.record_types(), people.new_code)


def _check(portable: PortableEpisode, therapist: User, by: Actor, at: datetime) -> None:
    require(by, Act.IMPORT, on=day_of(at))
    if therapist.role != Role.THERAPIST or not therapist.is_active:
        raise fault("therapist", "Choose a therapist whose account is open.")
    if not isinstance(by, Operator) and by.pk != therapist.pk:
        raise refuse("You can take on clients of your own only.")
    clients.require_crisis_contacts(NO_REGION)
    known_manual(portable.adaptation)
    try:
        library.manual(portable.adaptation, portable.manual_version)
    except KeyError:
        raise FileNotValid(
            (FieldFault("manual_version", "is a version of the manual that is not here."),)
        ) from None
    faults = tuple(clear_faults(to_file(portable, with_unshared=True), library.known_codes()))
    if faults:
        raise FileNotValid(faults)
    met = (*portable.meetings, *portable.beside)
    late = [m.on for m in met if m.attendance.is_held and m.on > day_of(at)]
    if late:
        raise FileNotValid((FieldFault("meetings", "a meeting that was held has not come yet."),))


def _episode(portable: PortableEpisode, client: Any, therapist: User, at: datetime) -> Episode:
    status, end_reason, ended_on = _status(portable)
    days = [
        portable.started_on,
        *(m.on for m in (*portable.meetings, *portable.beside)),
        *(c.on for c in portable.status_changes),
    ]
    plans = [change.planned_sessions for change in portable.plan_changes]
    started = portable.started_on or next((m.on for m in portable.meetings if m.number == 1), None)
    return Episode.objects.create(
        client=client,
        adaptation=portable.adaptation,
        manual_version=portable.manual_version,
        therapist=therapist,
        planned_sessions=plans[-1] if plans else portable.planned_sessions,
        status=status,
        end_reason=end_reason,
        opened_on=min((day for day in days if day is not None), default=day_of(at)),
        started_on=started,
        ended_on=ended_on,
        opened_from=convert.FROM_FILE,
        created_at=at,
    )


def _status(portable: PortableEpisode) -> tuple[str, str, date | None]:
    """The last status of the file; without one, what the meetings say."""
    if portable.status_changes:
        last = portable.status_changes[-1]
        is_end = last.status is EpisodeStatus.ENDED
        return last.status.value, (last.reason or "other") if is_end else "", last.on if is_end else None
    numbers = [m.number for m in portable.meetings if m.number is not None]
    if any(numbers):
        return EpisodeStatus.ACTIVE.value, "", None
    return (EpisodeStatus.ASSESSMENT if numbers else EpisodeStatus.ENQUIRY).value, "", None


def _session(meeting: PortableMeeting, episode: Episode, therapist: User, at: datetime) -> Session:
    held = meeting.attendance.is_held
    state = SessionState.SIGNED if meeting.signed else SessionState.DRAFT if held else SessionState.PLANNED
    session = Session(
        episode=episode,
        number=None if meeting.kind else meeting.number,
        kind=meeting.kind,
        of_kind=meeting.number if meeting.kind else None,
        planned_at=None if held else _noon(meeting.on),
        held_on=meeting.on if held else None,
        written_at=at if held else None,
        attendance=meeting.attendance.value,
        phase=meeting.phase,
        format=meeting.format if meeting.format in MEETING_FORMATS else "in_person",
        state=state.value,
        signed_at=at if meeting.signed else None,
        signed_by=therapist if meeting.signed else None,
        created_at=at,
    )
    if held:
        session.minutes = meeting.minutes
    if meeting.note:
        session.note, session.note_version = [_block(meeting.note)], 1
    session.save(force_insert=True)
    _uses(TaskMark, "task_id", meeting.tasks_done, session, at)
    _uses(StrategyUse, "code", meeting.strategies, session, at)
    _uses(TechniqueUse, "code", meeting.techniques, session, at)
    return session


def _block(text: str) -> dict[str, Any]:
    return {
        "id": "imported",
        "text": text,
        "source": "",
        "drafted": "",
        "edited": True,
        "removed": False,
        "now": "",
        "source_gone": False,
    }


def _noon(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, NOON))


class _Numbered:
    """The sessions of one episode by number. Of several contacts before session 1, the one of that day."""

    def __init__(self, sessions: list[Session]) -> None:
        self._held: dict[int, list[Session]] = {}
        self._beside = {f"{session.kind}/{session.of_kind}": session for session in sessions if session.kind}
        for session in sessions:
            if session.number is not None:
                self._held.setdefault(session.number, []).append(session)

    def get(self, number: int | None, on: date) -> Session | None:
        held = self._held.get(number, []) if number is not None else []
        of_the_day = [session for session in held if session.held_on == on]
        return next(iter([*of_the_day, *held]), None)

    def of_entry(self, entry: PortableEntry) -> Session | None:
        """The session of a record, or the meeting beside the sessions that it names."""
        return self._beside[entry.beside] if entry.beside else self.get(entry.session, entry.on)


def _uses(model: Any, column: str, codes: Iterable[str], session: Session, at: datetime) -> None:
    rows = [model(session=session, at=at, **{column: code}) for code in dict.fromkeys(codes)]
    model.objects.bulk_create(rows)


def _entries(
    portable: PortableEpisode,
    episode: Episode,
    by_number: _Numbered,
    signed: frozenset[Any],
    at: datetime,
) -> None:
    """Records in the order of the file; the client's worksheets come after them."""
    orders = [entry.order for entry in portable.entries]
    as_given = len(set(orders)) == len(orders) and min(orders, default=1) >= 1
    last = 0
    for place, entry in enumerate(portable.entries, start=1):
        session = by_number.of_entry(entry)
        last = max(last, entry.order if as_given else place)
        _entry(
            episode,
            session,
            entry.record,
            entry.values,
            version=entry.version,
            on=entry.on,
            order=entry.order if as_given else place,
            for_task=entry.for_task,
            by_role=entry.by_role,
            shared=entry.by_role == Role.CLIENT,
            final=session is None or session.pk in signed,
            at=_known_moment(entry.at) or at,
        )
    worksheets = [written for written in portable.client_entries if written.worksheet]
    for place, written in enumerate(worksheets, start=1):
        _entry(
            episode,
            None,
            written.worksheet,
            written.values,
            version="1",
            on=written.on,
            order=last + place,
            for_task="",
            by_role=Role.CLIENT.value,
            shared=written.shared,
            final=True,
            at=at,
        )


def _entry(
    episode: Episode,
    session: Session | None,
    record: str,
    values: Any,
    *,
    version: str,
    on: date,
    order: int,
    for_task: str,
    by_role: str,
    shared: bool,
    final: bool,
    at: datetime,
) -> None:
    row = Entry(
        episode=episode,
        session=session,
        record_type=record,
        record_version=version,
        on=on,
        order=order,
        for_task=for_task,
        by_role=by_role,
        shared=shared,
        state=EntryState.FINAL if final else EntryState.DRAFT,
        created_at=at,
        updated_at=at,
    )
    row.payload = dict(values)
    row.save(force_insert=True)


def _answers(answers: Answers, episode: Episode, by_number: _Numbered, at: datetime) -> None:
    session = by_number.get(answers.session, answers.on)
    opened_at = answers.at or _noon(answers.on)
    chosen_at = _known_moment(answers.risk_at) or opened_at
    check_in = CheckIn.objects.create(
        episode=episode,
        session=session,
        purpose=CheckInPurpose.BASELINE if answers.session == 0 else CheckInPurpose.SESSION,
        mode=CheckInMode.EXTERNAL,
        measures=[[answers.measure, answers.version]],
        on=answers.on,
        opened_at=opened_at,
        finished_at=opened_at if answers.finished else None,
    )
    AnswerEvent.objects.bulk_create(
        AnswerEvent(
            check_in=check_in,
            measure=answers.measure,
            version=answers.version,
            item=item,
            value=value,
            at=chosen_at if item == RISK_ITEMS.get(answers.measure) else opened_at,
        )
        for item, value in (*enumerate(answers.items, start=1), *_unscored(answers))
    )
    if not answers.finished:
        return
    scored = _scored(answers)
    MeasureScore.objects.create(
        episode=episode,
        check_in=check_in,
        measure=answers.measure,
        version=answers.version,
        items=list(answers.items),
        unscored=list(answers.unscored),
        total=answers.total if answers.total is not None else scored.total,
        band=scored.band or "",
        prorated=scored.prorated,
        missing=list(scored.missing),
        on=answers.on,
        at=at,
        rater=answers.rater,
    )


def _unscored(answers: Answers) -> Iterator[tuple[int, int | None]]:
    """Answers to items that never count, under their numbers: those after the scored items."""
    measure = library.measures().get(answers.measure)
    first = (len(measure.items) if measure is not None else len(answers.items)) + 1
    return enumerate(answers.unscored, start=first)


def _scored(answers: Answers) -> Score:
    """The score of the items; of a measure or version that is not here, the total as the file has it."""
    unknown = Score(answers.measure, answers.version, answers.total, None)
    measure = library.measures().get(answers.measure)
    if measure is None or not answers.items:
        return unknown
    try:
        return score(measure, answers.items)
    except AnswersNotScorable:
        return unknown


def _changes(portable: PortableEpisode, episode: Episode, by: Actor, at: datetime) -> None:
    before = ""
    for change in portable.status_changes:
        StatusEvent.objects.create(
            episode=episode,
            status_from=before,
            status_to=change.status.value,
            end_reason=change.reason,
            on=change.on,
            at=_noon(change.on),
            by=user_or_none(by),
        )
        before = change.status.value
    phase = ""
    for moved in portable.phase_changes:
        PhaseEvent.objects.create(
            episode=episode,
            phase_from=phase,
            phase_to=moved.phase,
            session_number=moved.session,
            on=moved.on,
            at=_noon(moved.on),
            by=user_or_none(by),
        )
        phase = moved.phase
    planned = portable.planned_sessions
    switched = {change.on: change for change in portable.adaptation_changes}
    for plan in portable.plan_changes:
        changed = switched.pop(plan.on, None)  # one of the plans of its day
        PlanEvent.objects.create(
            episode=episode,
            planned_from=planned,
            planned_to=plan.planned_sessions,
            phase=plan.phase,
            on=plan.on,
            at=_noon(plan.on),
            by=user_or_none(by),
            **(_changed_over(changed) if changed else {}),
        )
        planned = plan.planned_sessions


def _changed_over(changed: AdaptationChange) -> dict[str, Any]:
    return {
        "adaptation_from": changed.adaptation_from,
        "version_from": changed.version_from,
        "adaptation_to": changed.adaptation,
        "version_to": changed.manual_version,
        "after_session": changed.session or 0,
        "phases": list(changed.phases),
        "brought": list(changed.brought),
    }


def _alert(alert: PortableAlert, episode: Episode, therapist: User, at: datetime) -> None:
    raised_at = _moment(alert.raised_at)
    is_resolved = alert.state == AlertState.RESOLVED
    steps = [(_step_kind(step.kind), _moment(step.at), step.words) for step in alert.steps]
    ends = [when for kind, when, _ in steps if kind == StepKind.RESOLVED]
    row = Alert.objects.create(
        episode=episode,
        rule=alert.rule,
        severity=alert.severity,
        inputs={**alert.inputs, **({"session": alert.session} if alert.session is not None else {})},
        raised_at=raised_at,
        due_at=raised_at,
        state=alert.state,
        shown_to_client_at=next((w for kind, w, _ in steps if kind == StepKind.SHOWN_TO_CLIENT), None),
        acknowledged_at=next((w for kind, w, _ in steps if kind == StepKind.ACKNOWLEDGED), None),
        resolved_at=(ends or [raised_at])[-1] if is_resolved else None,
        resolved_by=therapist if is_resolved else None,
    )
    for kind, when, words in steps:
        step = AlertStep(alert=row, kind=kind.value, at=when)
        step.words = words or None
        step.save(force_insert=True)
    if not is_resolved:
        tellings.came_in(alert=row, people=alerts.whom_to_tell(episode, day_of(at)), at=at)


def _firing(firing: PortableFiring, episode: Episode, therapist: User) -> None:
    """What fired and what was decided. Of inputs only what is a code or a number comes in: they lie clear."""
    last = firing.decisions[-1] if firing.decisions else None
    row = RuleFiring(
        episode=episode,
        rule=firing.rule,
        rule_version=firing.rule_version[:20],
        manual_version=firing.manual_version[:20],
        severity=firing.severity,
        inputs=codes_only(manual_of(episode), firing.inputs),
        first_seen_at=_moment(firing.first_seen_at),
        first_seen_on=firing.first_seen_on,
        last_seen_at=_moment(firing.last_seen_at),
        last_seen_on=firing.last_seen_on,
        ended_at=_moment(firing.ended_at) if firing.ended_at else None,
        ended_on=firing.ended_on,
        ended_by=firing.ended_by,
        decision=last.decision if last else "",
        decided_at=_moment(last.at) if last else None,
        decided_by=therapist if last else None,
        again_on=last.again_on if last else None,
    )
    row.why = firing.why or None
    row.save(force_insert=True)
    for number, decided in enumerate(firing.decisions, start=1):
        kept = FiringDecision(firing=row, number=number, decision=decided.decision, by=therapist)
        kept.at, kept.again_on = _moment(decided.at), decided.again_on
        kept.reason = decided.words or None
        kept.save(force_insert=True)


def _step_kind(name: str) -> StepKind:
    if name in set(StepKind):
        return StepKind(name)
    return STEP_NAMES.get(name, StepKind.NOTE)


def _known_moment(at: datetime | None) -> datetime | None:
    """A moment of the file with its time zone: the service's, where it tells none."""
    return at if at is None or timezone.is_aware(at) else timezone.make_aware(at)


def _moment(text: str) -> datetime:
    """A moment or a day, as the file has it."""
    when = datetime.fromisoformat(text)
    if len(text) <= len("2025-03-21"):
        return _noon(when.date())
    return when if timezone.is_aware(when) else timezone.make_aware(when)


def _journal(written: PortableClientEntry, episode: Episode, at: datetime) -> None:
    said = {"title": written.title, "text": written.text, "people": list(written.people), **written.values}
    row = JournalEntry(
        episode=episode,
        kind=written.kind[:20],
        on=written.on,
        mood_before=written.mood_before,
        mood_after=written.mood_after,
        shared=written.shared,
        shared_at=at if written.shared else None,
        created_at=at,
        updated_at=at,
    )
    row.words = {key: value for key, value in said.items() if value not in ("", [], None)}
    row.save(force_insert=True)
