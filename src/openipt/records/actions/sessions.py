"""Planning, holding, writing and signing sessions."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from openipt import library
from openipt.core.course.course import Attendance, EpisodeStatus, Meeting
from openipt.core.course.note import Block, as_values, from_values, says_something
from openipt.core.course.phases import awaits_before, phase_on, session_phase
from openipt.core.manual.names import PHASES_BEFORE
from openipt.errors import ChangedMeanwhile
from openipt.records import audit, convert, danger, safety
from openipt.records.access import Act, require
from openipt.records.actions import checkins, conflicts, firings
from openipt.records.actions.base import (
    Actor,
    Operator,
    day_of,
    fault,
    held,
    locked,
    refuse,
    tidy,
    user_or_none,
    wanted_day,
)
from openipt.records.actions.episodes import write_status
from openipt.records.manuals import (
    earlier_manuals,
    final_faults,
    manual_of,
    record_type_of,
    task_named,
)
from openipt.records.models import (
    Amendment,
    DraftKind,
    DraftText,
    Entry,
    EntryState,
    Episode,
    MeetingFormat,
    PrivateNote,
    Session,
    SessionMove,
    SessionState,
    StrategyUse,
    TaskMark,
    TechniqueUse,
)

NOT_HELD = (Attendance.MISSED, Attendance.CANCELLED)
LONGEST_SERIES = 60


# -- planning ---------------------------------------------------------------------------------------


@transaction.atomic
def plan_session(
    *,
    episode: Episode,
    planned_at: datetime,
    by: Actor,
    at: datetime,
    minutes: int | None = None,
    format: str = "in_person",
    place: str = "",
    kind: str = "",
) -> Session:
    """One session at a time and place, or a meeting of another kind beside them."""
    episode = _open_episode(episode, by, at)
    session = _planned(episode, planned_at, at, minutes=minutes, format=format, place=place, kind=kind)
    audit.record("session-planned", by=by, at=at, episode=episode, obj=session)
    return session


@transaction.atomic
def plan_sessions(
    *,
    episode: Episode,
    first_at: datetime,
    count: int,
    by: Actor,
    at: datetime,
    every_days: int = 7,
    minutes: int | None = None,
    format: str = "in_person",
    place: str = "",
    skip: Collection[date] = (),
    kind: str = "",
) -> list[Session]:
    """A series at the same hour of the clock, weekly unless said otherwise; of meetings of another `kind` too.

    Days in `skip` (a holiday) are left out, and the series goes on after them.
    """
    episode = _open_episode(episode, by, at)
    if not 1 <= count <= LONGEST_SERIES:
        raise fault("count", f"Plan 1 to {LONGEST_SERIES} sessions at once.")
    if not 1 <= every_days <= 366:
        raise fault("every_days", "Choose a number of days between sessions, such as 7.")
    first = timezone.localtime(first_at).replace(tzinfo=None)
    try:
        row = [first + timedelta(days=every_days * step) for step in range(count + len(skip))]
    except OverflowError:
        raise fault("first_on", "This is too far away. Write the day of the first session.") from None
    times = [timezone.make_aware(when) for when in row if when.date() not in skip][:count]
    return _plan_at(episode, times, at, by, minutes=minutes, format=format, place=place, kind=kind)


@transaction.atomic
def plan_sessions_on(
    *,
    episode: Episode,
    days: Collection[date],
    clock_time: time,
    by: Actor,
    at: datetime,
    minutes: int | None = None,
    format: str = "in_person",
    place: str = "",
    move_others: bool = False,
) -> list[Session]:
    """A session on each of these days that is still to come and has none yet, at one time of day.

    With `move_others`, those planned for other days are moved there first, each keeping what it is.
    """
    episode = _open_episode(episode, by, at)
    if len(days) > LONGEST_SERIES:
        raise fault("count", f"Plan 1 to {LONGEST_SERIES} sessions at once.")
    taken = {one.on for one in episode.sessions.filter(kind="").exclude(attendance=Attendance.CANCELLED)}
    wanted = [day for day in sorted(set(days)) if day not in taken]
    times = [timezone.make_aware(datetime.combine(day, clock_time)) for day in wanted]
    coming = [when for when in times if when >= at]
    if move_others:
        planned = episode.sessions.filter(attendance=Attendance.PLANNED, planned_at__gte=at, kind="")
        others = [one for one in planned.order_by("planned_at") if one.on not in set(days)]
        for session, when in zip(others, coming, strict=False):
            move_session(session=session, planned_at=when, minutes=minutes, by=by, at=at)
        coming = coming[len(others) :]
    return _plan_at(episode, coming, at, by, minutes=minutes, format=format, place=place)


def _plan_at(
    episode: Episode,
    times: Collection[datetime],
    at: datetime,
    by: Actor,
    *,
    minutes: int | None,
    format: str,
    place: str,
    kind: str = "",
) -> list[Session]:
    told = {"minutes": minutes, "format": format, "place": place, "kind": kind}
    planned = [_planned(episode, when, at, **told) for when in times]
    if planned:
        audit.record("sessions-planned", by=by, at=at, episode=episode, ids=[s.pk for s in planned])
    return planned


def _open_episode(episode: Episode, by: Actor, at: datetime) -> Episode:
    episode = locked(episode, "client")
    require(by, Act.PLAN_SESSION, episode=episode, on=day_of(at))
    if episode.status == EpisodeStatus.ENDED:
        raise refuse("This episode has ended.")
    if why := safety.why_nothing_is_planned(episode, day_of(at)):
        raise refuse(f"Blocked by DR-07. {why}")
    return episode


def _planned(
    episode: Episode,
    when: datetime,
    at: datetime,
    *,
    minutes: int | None,
    format: str,
    place: str,
    kind: str = "",
) -> Session:
    session = Session(
        episode=episode,
        planned_at=when,
        minutes=_minutes(minutes, episode, kind),
        format=_format(format),
        kind=_kind(kind, episode),
        created_at=at,
    )
    session.place = tidy(place, "place", longest=500) or None
    session.save(force_insert=True)
    return session


def _minutes(minutes: int | None, episode: Episode, kind: str = "") -> int:
    if minutes is None:
        return manual_of(episode).minutes_of(kind)
    if not 1 <= minutes <= 600:
        raise fault("minutes", "Write the length in minutes, 1 to 600.")
    return minutes


def _kind(kind: str, episode: Episode) -> str:
    if kind and manual_of(episode).kind(kind) is None:
        raise fault("kind", "This treatment has no such meetings beside its sessions.")
    return kind


def _format(format: str) -> str:
    if format not in set(MeetingFormat):
        raise fault("format", "Choose in person, by phone or by video.")
    return str(format)


@transaction.atomic
def move_session(
    *,
    session: Session,
    planned_at: datetime,
    by: Actor,
    at: datetime,
    place: str | None = None,
    minutes: int | None = None,
) -> Session:
    """Another time, and another place or length where given. Where it was before is kept."""
    session = _own(session, Act.PLAN_SESSION, by, at)
    if session.attendance != Attendance.PLANNED:
        raise refuse("Only a session that is still planned can be moved.")
    if planned_at != session.planned_at:
        SessionMove.objects.create(
            session=session,
            planned_from=session.planned_at,
            planned_to=planned_at,
            at=at,
            by=user_or_none(by),
        )
        session.planned_at = planned_at
    if place is not None:
        session.place = tidy(place, "place", longest=500) or None
    if minutes is not None:
        session.minutes = _minutes(minutes, session.episode)
    session.save()
    audit.record("session-moved", by=by, at=at, episode=session.episode, obj=session)
    return session


def _own(session: Session, act: Act, by: Actor, at: datetime) -> Session:
    session = locked(session, "episode__client")
    require(by, act, episode=session.episode, on=day_of(at))
    return session


# -- holding ----------------------------------------------------------------------------------------


@transaction.atomic
def begin_session(
    *,
    by: Actor,
    at: datetime,
    session: Session | None = None,
    episode: Episode | None = None,
    held_on: date | None = None,
    late: bool = False,
    format: str | None = None,
    minutes: int | None = None,
    intake: bool | None = None,
    before: str = "",
    kind: str = "",
) -> Session:
    """The session takes place: it gets its number and phase, and the check-ins that waited for it.

    Without a planned `session`, one is made for `episode`. `held_on` is an earlier day where it is
    written up later. The intake (number 0) comes before session 1; unless said otherwise the first
    meeting of an episode that has not become active is the intake. `before` is the phase of a meeting that
    comes before session 1 as well, such as one before a group; unless said otherwise it is, while the fewest
    of them were not held. A meeting of another `kind` beside the sessions is counted within its kind: it has none of
    their numbers, and moves nothing of theirs. Beginning twice changes nothing.
    """
    episode = locked(episode or session.episode, "client")
    require(by, Act.WRITE_RECORD, episode=episode, on=day_of(at))
    _check_before(episode, before)
    session = _to_begin(session, episode, at, minutes, kind)
    if session.is_held:
        return session
    if session.is_signed:
        raise refuse("This session is signed as not held.")
    day = _day_held(episode, held_on, at, session.kind)
    session.attendance = Attendance.LATE if late else Attendance.ATTENDED
    session.held_on = day
    if session.kind:
        session.of_kind = episode.sessions.filter(kind=session.kind, of_kind__isnull=False).count() + 1
    else:
        if intake is None and not before and episode.sessions.filter(number=0).exists():
            before = awaits_before(manual_of(episode), convert.course(episode))
        session.number = _next_number(episode, day, True if before else intake)
    session.format = _format(format) if format else session.format
    session.began_at = at if day == day_of(at) else None
    session.written_at = session.written_at or at
    session.state = SessionState.DRAFT
    session.phase = before or _phase(episode, session)
    session.minutes = _length(session.phase, minutes, session)
    session.save()
    _become_active(episode, session, by, at)
    _take_up_check_ins(episode, session)
    checkins.mark_measures(episode, by, at)
    audit.record("session-begun", by=by, at=at, episode=episode, obj=session)
    return session


def _to_begin(
    session: Session | None, episode: Episode, at: datetime, minutes: int | None, kind: str
) -> Session:
    if session is not None:
        return locked(session, "episode__client")
    if episode.status == EpisodeStatus.ENDED:
        raise refuse("This episode has ended.")
    usual = library.usual_format(manual_of(episode))
    return Session(
        episode=episode,
        created_at=at,
        minutes=_minutes(minutes, episode, kind),
        format=usual,
        kind=_kind(kind, episode),
    )


def _length(phase: str, minutes: int | None, session: Session) -> int:
    """As told; of a meeting beside the contract that was planned or begun as a session, its own length."""
    if minutes:
        return _minutes(minutes, session.episode)
    manual = manual_of(session.episode)
    if session.kind:
        return session.minutes
    return manual.minutes_in(phase) if session.minutes == manual.minutes else session.minutes


def _check_before(episode: Episode, before: str) -> None:
    own = manual_of(episode).phase_before
    if before and (own is None or own.id != before):
        raise refuse("This treatment has no such meeting before session 1.")


def _day_held(episode: Episode, held_on: date | None, at: datetime, kind: str) -> date:
    day = wanted_day(held_on, at, path="held_on")
    if day < episode.opened_on:
        raise fault("held_on", "This is before the episode was opened.")
    last = episode.sessions.filter(kind=kind).aggregate(last=Max("held_on"))["last"]
    if last is not None and day < last:
        raise fault("held_on", "A later session has been held already. Sessions are numbered in order.")
    return day


def _next_number(episode: Episode, day: date, intake: bool | None) -> int:
    highest = episode.sessions.aggregate(highest=Max("number"))["highest"]
    if intake is None:
        intake = highest is None and episode.status in (EpisodeStatus.ENQUIRY, EpisodeStatus.ASSESSMENT)
    if intake and highest:
        raise refuse("Session 1 has been held: such a meeting comes before it.")
    return 0 if intake else (highest or 0) + 1


def _phase(episode: Episode, session: Session) -> str:
    """The phase the engine gives this session; recorded now, it never moves."""
    if session.number == 0:
        return "pre"
    if session.kind:
        return phase_on(manual_of(episode), convert.course(episode), session.held_on)
    meeting = Meeting(on=session.held_on, number=session.number, attendance=Attendance.ATTENDED)
    course = convert.course(episode)
    others = tuple(m for m in course.meetings if m.attendance is not Attendance.PLANNED)
    return session_phase(manual_of(episode), replace(course, meetings=(*others, meeting)), meeting)


def _become_active(episode: Episode, session: Session, by: Actor, at: datetime) -> None:
    """The intake makes an enquiry an assessment; session 1 makes the episode active."""
    status = EpisodeStatus(episode.status)
    day = session.held_on
    if (
        session.number == 0
        and status is EpisodeStatus.ENQUIRY
        or session.number
        and status is EpisodeStatus.ENQUIRY
    ):
        write_status(episode, EpisodeStatus.ASSESSMENT, on=day, at=at, by=by)
    if session.number and EpisodeStatus(episode.status) in (EpisodeStatus.ASSESSMENT, EpisodeStatus.PAUSED):
        write_status(episode, EpisodeStatus.ACTIVE, on=day, at=at, by=by)


def _take_up_check_ins(episode: Episode, session: Session) -> None:
    """Answers given for this session before it had begun (22.1: they are given before it)."""
    if session.kind:
        return
    last = (
        episode.sessions.filter(number__isnull=False).exclude(pk=session.pk).aggregate(last=Max("held_on"))
    )["last"]
    waiting = episode.check_ins.filter(session=None, purpose="session", on__lte=session.held_on)
    if last is not None:
        waiting = waiting.filter(on__gt=last)
    if session.number or session.phase in PHASES_BEFORE:
        waiting.update(session=session)


@transaction.atomic
def record_absence(
    *,
    by: Actor,
    at: datetime,
    attendance: str = "missed",
    session: Session | None = None,
    episode: Episode | None = None,
    planned_at: datetime | None = None,
    reason: str = "",
) -> Session:
    """A session that was missed or cancelled: it takes no number and counts for none."""
    if attendance not in NOT_HELD:
        raise fault("attendance", "Choose missed or cancelled.")
    episode = locked(episode or session.episode, "client")
    require(by, Act.WRITE_RECORD, episode=episode, on=day_of(at))
    session = (
        locked(session, "episode__client")
        if session is not None
        else Session(
            episode=episode,
            planned_at=planned_at or at,
            created_at=at,
            minutes=_minutes(None, episode),
        )
    )
    if session.is_held:
        raise refuse("This session was held. It cannot be missed as well.")
    if session.is_signed:
        raise refuse("This session is signed. Add an amendment instead.")
    session.attendance = attendance
    session.absence_reason = tidy(reason, "reason", longest=2000) or None
    session.written_at = session.written_at or at
    session.save()
    audit.record("absence-recorded", by=by, at=at, episode=episode, obj=session)
    return session


@transaction.atomic
def set_details(
    *,
    session: Session,
    by: Actor,
    at: datetime,
    minutes: int | None = None,
    format: str | None = None,
    late: bool | None = None,
) -> Session:
    """Length, format, late or not: of a session that is not signed yet."""
    session = _unsigned(session, Act.WRITE_RECORD, by, at)
    if minutes is not None:
        session.minutes = _minutes(minutes, session.episode)
    if format is not None:
        session.format = _format(format)
    if late is not None:
        if not session.is_held:
            raise refuse("Only a session that was held can have begun late.")
        session.attendance = Attendance.LATE if late else Attendance.ATTENDED
    session.save()
    audit.record("session-details-set", by=by, at=at, episode=session.episode, obj=session)
    return session


def _unsigned(session: Session, act: Act, by: Actor, at: datetime) -> Session:
    session = _own(session, act, by, at)
    if session.is_signed:
        raise refuse("This session is signed and stays as it is. Add an amendment beside it.")
    return session


# -- writing ----------------------------------------------------------------------------------------


def save_note(
    *,
    session: Session,
    blocks: Sequence[Mapping[str, Any]],
    expected_version: int,
    by: Actor,
    at: datetime,
    typed_in: str = "note",
) -> Session:
    """Save the note. If somebody saved since version `expected_version`, both versions are kept.

    `typed_in` names the half-typed text this saves (`keep_draft_text(field=...)`), which is then let go.
    """
    try:
        return _save_note(session, _blocks(blocks), expected_version, by, at, typed_in)
    except conflicts.Refused as refused:
        key, episode = f"session:{session.pk}", session.episode
        raise conflicts.keep(refused, episode=episode, key=key, field="note", by=by, at=at) from None


@transaction.atomic
def _save_note(
    session: Session, blocks: list[dict[str, Any]], expected: int, by: Actor, at: datetime, typed_in: str
) -> Session:
    session = _unsigned(session, Act.WRITE_RECORD, by, at)
    if session.attendance == Attendance.PLANNED:
        raise refuse("Begin the session, or record that it was not held, before writing its note.")
    if session.note == blocks and session.note_version:
        _forget_typing(session, by, typed_in)
        return session
    if session.note_version != expected:
        raise conflicts.Refused(theirs=session.note, yours=blocks, current_version=session.note_version)
    session.note = blocks
    session.note_version += 1
    session.state = SessionState.DRAFT
    session.written_at = session.written_at or at
    session.save()
    _forget_typing(session, by, typed_in)
    audit.record("note-saved", by=by, at=at, episode=session.episode, obj=session)
    return session


def _blocks(blocks: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    try:
        kept = as_values(from_values(blocks))
    except TypeError:
        raise fault("note", "The note could not be read. Reload the page; your text is kept.") from None
    for block in kept:
        block["text"] = tidy(block["text"], "note")
    return kept


def _forget_typing(session: Session, by: Actor, field: str = "note") -> None:
    if isinstance(by, Operator):
        return
    DraftText.objects.filter(
        user=by, episode=session.episode, key=f"session:{session.pk}", field=field, kind=DraftKind.TYPING
    ).delete()


def write_private_note(
    *, session: Session, text: str, by: Actor, at: datetime, expected_version: int | None = None
) -> PrivateNote:
    """The writer's own note, apart from the record. May be added to a signed session too."""
    try:
        return _write_private_note(session, tidy(text, "text"), expected_version, by, at)
    except conflicts.Refused as refused:
        key, episode = f"private:{session.pk}", session.episode
        raise conflicts.keep(refused, episode=episode, key=key, field="text", by=by, at=at) from None


@transaction.atomic
def _write_private_note(
    session: Session, text: str, expected: int | None, by: Actor, at: datetime
) -> PrivateNote:
    session = _own(session, Act.PRIVATE_NOTE, by, at)
    note = held(PrivateNote.objects.filter(session=session, author=by)).first()
    if note is None:
        note = PrivateNote(session=session, author=by, version=0)
    note.session = session
    if note.text == text and note.version:
        return note
    if expected is not None and note.version != expected:
        raise conflicts.Refused(theirs=note.text, yours=text, current_version=note.version)
    note.text, note.updated_at, note.version = text, at, note.version + 1
    note.save()
    audit.record("private-note-saved", by=by, at=at, episode=session.episode, obj=note)
    return note


@transaction.atomic
def use_strategy(*, session: Session, code: str, by: Actor, at: datetime, used: bool = True) -> Session:
    """Note that a strategy of the focus was worked on in this session, or take that back."""
    session = _unsigned(session, Act.WRITE_RECORD, by, at)
    if code not in manual_of(session.episode).codes("strategies"):
        raise fault("code", "This manual has no such strategy.")
    _toggle(StrategyUse, session, code, used, by, at)
    audit.record("strategy-used" if used else "strategy-taken-back", by=by, at=at, episode=session.episode)
    return session


@transaction.atomic
def use_technique(*, session: Session, code: str, by: Actor, at: datetime, used: bool = True) -> Session:
    """Note that a technique was used in this session, or take that back."""
    session = _unsigned(session, Act.WRITE_RECORD, by, at)
    if code not in manual_of(session.episode).codes("techniques"):
        raise fault("code", "This manual has no such technique.")
    _toggle(TechniqueUse, session, code, used, by, at)
    audit.record("technique-used" if used else "technique-taken-back", by=by, at=at, episode=session.episode)
    return session


def _toggle(model: Any, session: Session, code: str, used: bool, by: Actor, at: datetime) -> None:
    row = held(model.objects.filter(session=session, code=code)).first()
    if row is None and used:
        model.objects.create(session=session, code=code, at=at, by=user_or_none(by))
    elif row is not None:
        row.withdrawn_at = None if used else at
        row.save(update_fields=["withdrawn_at"])


@transaction.atomic
def mark_task(*, session: Session, task_id: str, by: Actor, at: datetime, done: bool = True) -> Session:
    """Mark a task that no record shows. A task with a record of its own is done by that record."""
    session = _unsigned(session, Act.WRITE_RECORD, by, at)
    task = task_named(manual_of(session.episode), task_id)
    if task.record and done:
        raise refuse("This task is done by its record. Write the record.")
    row = held(TaskMark.objects.filter(session=session, task_id=task_id)).first()
    if row is None and done:
        TaskMark.objects.create(session=session, task_id=task_id, at=at, by=user_or_none(by))
    elif row is not None:
        row.withdrawn_at = None if done else at
        row.save(update_fields=["withdrawn_at"])
    audit.record("task-marked" if done else "task-unmarked", by=by, at=at, episode=session.episode)
    return session


# -- signing ----------------------------------------------------------------------------------------


@transaction.atomic
def sign_session(
    *,
    session: Session,
    by: Actor,
    at: datetime,
    reason_without_plan: str = "",
    expected_version: int | None = None,
) -> Session:
    """Sign: from now on the session and its entries stay as they are. Signing twice changes nothing.

    Refused while the note says nothing, a record lacks what signing asks for, or the level of risk is
    yellow or above without a safety plan and without a reason (DR-03); and, where `expected_version` is
    given, when the note is not the one that was read.
    """
    session = _own(session, Act.SIGN, by, at)
    if session.is_signed:
        return session
    if expected_version is not None and session.note_version != expected_version:
        raise ChangedMeanwhile(conflicts.MESSAGE, current_version=session.note_version)
    reasons = reasons_not_to_sign(session)
    without_plan = tidy(reason_without_plan, "reason_without_plan")
    if safety.plan_missing(session.episode, on=day_of(at)) and not without_plan:
        reasons.append(LACKS_PLAN)
    if reasons:
        raise refuse(*reasons)
    session.state, session.signed_at, session.signed_by = SessionState.SIGNED, at, user_or_none(by)
    session.signed_without_plan = without_plan or None
    session.save()
    session.entries.filter(state=EntryState.DRAFT).update(state=EntryState.FINAL)
    _forget_typing(session, by)
    audit.record("session-signed", by=by, at=at, episode=session.episode, obj=session)
    firings.note_after_this(episode=session.episode, at=at, by=by)
    return session


LACKS_PLAN = "The level of risk is yellow or above. Save or review a safety plan, or say why there is none."


def reasons_not_to_sign(
    session: Session, blocks: Sequence[Block] | None = None, rows: Sequence[Entry] | None = None
) -> list[str]:
    """What is missing before this session can be signed, safety plan aside; empty: nothing.

    `blocks` is the note as it stands on the page, where sentences drafted since it was saved count too;
    `rows` are the session's entries, where a page has read them.
    """
    if session.attendance == Attendance.PLANNED:
        return ["Begin the session, or record that it was not held."]
    reasons = []
    note = from_values(session.note) if blocks is None else blocks
    if session.is_held and not says_something(note):
        reasons.append("The note is empty. Write at least a sentence.")
    manual = manual_of(session.episode)
    for entry in session.entries.exclude(state=EntryState.WITHDRAWN) if rows is None else rows:
        if entry.by_role != "therapist":
            continue
        entry.episode = session.episode
        title = record_type_of(manual, entry.record_type).title
        faults = final_faults(manual, entry.record_type, entry.payload)
        if faults:  # what an earlier manual coded is no fault, where the course was changed over
            earlier = earlier_manuals(session.episode)
            faults = final_faults(manual, entry.record_type, entry.payload, earlier=earlier)
        locked_now = danger.locked(entry) if faults else ()
        reasons += [f"{title}: {one}" for one in faults if one.path.split(".")[0] not in locked_now]
    return reasons


@transaction.atomic
def amend_session(*, session: Session, text: str, by: Actor, at: datetime) -> Amendment:
    """A later word beside a signed session. The same words sent twice are one amendment."""
    session = _own(session, Act.SIGN, by, at)
    if not session.is_signed:
        raise refuse("This session is not signed yet. Change the note itself.")
    words = tidy(text, "text", required=True)
    last = session.amendments.filter(by=user_or_none(by)).last()
    if last is not None:
        last.session = session
        if last.text == words:
            return last
    amendment = Amendment(session=session, at=at, by=user_or_none(by))
    amendment.text = words
    amendment.save(force_insert=True)
    audit.record("session-amended", by=by, at=at, episode=session.episode, obj=amendment)
    return amendment
