"""Entries: any record type of the manual, added, saved, withdrawn, and what they set going."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Max

from openipt.core.course import known
from openipt.core.course.agreeing import order_differs, reasons_asked
from openipt.core.course.course import Course, EpisodeStatus
from openipt.core.course.course import Entry as CoreEntry
from openipt.core.fields.definitions import RecordType
from openipt.core.manual.model import Manual
from openipt.core.safety.levels import Level
from openipt.errors import EntryNotValid
from openipt.records import audit, convert, danger, safety
from openipt.records.access import Act, require
from openipt.records.actions import alerts, conflicts, steps_chosen
from openipt.records.actions.base import (
    Actor,
    Operator,
    day_of,
    fault,
    held,
    locked,
    refuse,
    user_or_none,
    wanted_day,
)
from openipt.records.manuals import (
    checked,
    earlier_manuals,
    final_faults,
    manual_of,
    record_type_of,
    task_named,
    tasks_done_by,
)
from openipt.records.models import (
    DraftKind,
    DraftText,
    Entry,
    EntryState,
    EntryVersion,
    Episode,
    Role,
    Session,
    TaskMark,
)

SAFETY_RECORDS = frozenset({"rec_risk", "rec_safety_plan", "rec_emergency"})
RATED_APART = "rec_problem_area_rating"  # therapist and supervisor each write their own (I10)
APART = "Therapist and supervisor rate apart: each changes their own rating only."
CHOOSE_FOCUS = frozenset({"rec_contract", "rec_formulation"})
SUPERVISION_RECORDS = frozenset({"rec_supervision_item", RATED_APART})


def act_to_write(by: Actor, record_type: RecordType) -> Act:
    """The act of writing a record of this type, for this writer."""
    if not isinstance(by, Operator) and by.role == Role.CLIENT:
        if not record_type.client_may_write or record_type.never_on_client_device:
            raise refuse("This record is written with your therapist.")
        return Act.WRITE_OWN
    if record_type.id in SAFETY_RECORDS:
        return Act.WRITE_SAFETY
    return Act.WRITE_SUPERVISION if record_type.id in SUPERVISION_RECORDS else Act.WRITE_RECORD


@transaction.atomic
def add_entry(
    *,
    episode: Episode,
    record_type: str,
    payload: Mapping[str, Any],
    by: Actor,
    at: datetime,
    session: Session | None = None,
    on: date | None = None,
    for_task: str = "",
    final: bool = False,
    shared: bool = False,
    amends: Entry | None = None,
) -> Entry:
    """Write a record. Its day is the session's day, else `on`, else today.

    Where a session holds at most one record of this type (`rec_session`), the new values join the one
    that is there. What it shows to be done is marked; a positive risk answer raises an alert at once.
    """
    episode = locked(episode, "client")
    manual = manual_of(episode)
    kind = record_type_of(manual, record_type)
    require(by, act_to_write(by, kind), episode=episode, on=day_of(at))
    session = _writable(session, episode)
    if for_task:
        task_named(manual, for_task)
    if session is not None and (there := _single(kind, session)) is not None:
        merged = {**there.payload, **payload}
        return _write(there, merged, manual, kind, by=by, at=at, final=final, for_task=for_task)
    entry = Entry(
        episode=episode,
        session=session,
        record_type=kind.id,
        record_version=kind.version,
        on=session.on if session is not None and on is None else wanted_day(on, at),
        order=next_order(episode),
        for_task=for_task,
        by=user_or_none(by),
        by_role=by.role if not isinstance(by, Operator) else Role.THERAPIST,
        created_at=at,
        updated_at=at,
        state=EntryState.FINAL if final else EntryState.DRAFT,
        shared=shared,
        amends=amends,
    )
    _check_amends(amends, episode)
    entry.payload = checked(manual, kind, payload, earlier=earlier_manuals(episode))
    before = _check_safety(entry, None, amends.payload if amends is not None else None)
    _check_reasons(entry, manual, at)
    _check_final(entry, manual, final)
    entry.save(force_insert=True)
    _forget_typing(entry, by, f"new:{kind.id}:{session.pk if session else ''}")
    _after_writing(entry, manual, by, at, before)
    audit.record("entry-added", by=by, at=at, episode=episode, obj=entry)
    return entry


def next_order(episode: Episode) -> int:
    return (episode.entries.aggregate(last=Max("order"))["last"] or 0) + 1


def _writable(session: Session | None, episode: Episode) -> Session | None:
    if session is None:
        if episode.status == EpisodeStatus.ENDED:
            return None  # follow-up and discharge are still written after the end
        return None
    session = locked(session, "episode__client")
    if session.episode_id != episode.pk:
        raise refuse("This session belongs to another episode.")
    if session.is_signed:
        raise refuse("This session is signed and stays as it is. Add an amendment beside it.")
    return session


def _single(kind: RecordType, session: Session) -> Entry | None:
    if kind.many or kind.belongs != "session":
        return None
    found = session.entries.exclude(state=EntryState.WITHDRAWN).filter(record_type=kind.id)
    return found.select_related("episode__client").first()


def _check_amends(amends: Entry | None, episode: Episode) -> None:
    if amends is not None and amends.episode_id != episode.pk:
        raise refuse("The record this one amends belongs to another episode.")


def _check_alone(entry: Entry) -> None:
    """Violence is asked about with the client alone (ipv_1); nothing of it is kept otherwise."""
    if entry.record_type == "rec_ipv_screen" and entry.payload.get("alone_confirmed") is not True:
        raise fault("alone_confirmed", "Confirm that the client was alone, in person or on a private line.")


def _check_private(entry: Entry, earlier: Mapping[str, Any] | None) -> None:
    """By phone or video nothing about violence is kept until nobody can hear (TE-05). What was kept stays."""
    if earlier is None and (faults := danger.private_faults(entry)):
        raise EntryNotValid(faults)


def _check_safety(
    entry: Entry, earlier: Mapping[str, Any] | None, amended: Mapping[str, Any] | None = None
) -> Level:
    """What safety asks of an entry before it is kept. Returns the level before it.

    `earlier` are the values it had; `amended` those of the signed entry beside which it stands.
    """
    _check_alone(entry)
    _check_private(entry, earlier)
    _check_follow_up(entry)
    _check_contract(entry)
    _check_danger(entry, earlier if earlier is not None else amended)
    return _check_level(entry, earlier)


def _check_follow_up(entry: Entry) -> None:
    """The next contact comes after the assessment, never before it."""
    on = known.day(entry.payload.get("followup")) if entry.record_type == "rec_risk" else None
    if on is not None and on < entry.on:
        raise fault("followup", "This day is before the assessment. Choose the day of the next contact.")


def _check_contract(entry: Entry) -> None:
    """A stop in the suitability checklist blocks the contract until somebody writes why they go on (DR-08)."""
    if entry.record_type != "rec_contract":
        return
    manual, course = manual_of(entry.episode), convert.course(entry.episode)
    items = known.suitability_stops(course, manual.rule("DR-08").parameters["items"])
    if items and not known.override_reason(course):
        titles = "; ".join(record_type_of(manual, "rec_suitability").field(item).label for item in items)
        raise fault(
            "focus",
            f"The checklist blocks the contract (DR-08): {titles}. Write in the checklist why you go on.",
        )
    if why := safety.why_no_contract(entry.episode, entry.on):
        raise fault("focus", why)


def _check_level(entry: Entry, earlier: Mapping[str, Any] | None) -> Level:
    """The level before this entry. Lowering it needs a written reason (ipt.md 11.2).

    Putting a lower level, or none, in place of the one this entry set is lowering it too.
    """
    if entry.record_type != "rec_risk" or entry.by_role == Role.CLIENT:
        return Level.GREEN
    before = safety.level_now(entry.episode, without=entry)
    was = Level.named(earlier.get("level")) if earlier else None
    level = Level.named(entry.payload.get("level"))
    stands = max(before, was) if was is not None else before
    taken_out = was is not None and level is None and was > before
    if ((level is not None and level < stands) or taken_out) and not entry.payload.get("reason"):
        raise fault("reason", f"The level was {stands.word}. Write why it can be lowered.")
    return before


NOT_NOW = "This page is closed for now. Your therapist will look at it with you when you meet."


def _check_danger(entry: Entry, earlier: Mapping[str, Any] | None) -> None:
    """While danger is on record, no meeting together and no rehearsal (DR-06). Nothing else is refused.

    A client is told nothing of it: somebody may be looking over their shoulder.
    """
    faults = danger.faults(entry, earlier)
    if faults and entry.by_role == Role.CLIENT:
        raise refuse(NOT_NOW)
    if faults:
        raise EntryNotValid(faults)


def _check_reasons(entry: Entry, manual: Manual, at: datetime) -> None:
    """A choice outside the rules is the client's and the therapist's to make, and asks for its reason.

    Drafts too: a contract's focus and an agreed rank count from the moment they are kept.
    """
    values = entry.payload
    if entry.record_type == "rec_issue_ranking":
        differs = order_differs(values.get("rank"), values.get("final_rank"))
        if differs and not values.get("reason_for_difference"):
            raise fault(
                "reason_for_difference",
                "The agreed rank differs from the rank by score. Write the reason for it.",
            )
    elif entry.record_type == "rec_adaptation":
        if values.get("fit") == "not" and not values.get("override_reason"):
            raise fault(
                "override_reason", "The record speaks against it. Write why it is chosen all the same."
            )
    elif entry.record_type in CHOOSE_FOCUS and not values.get("reason_for_focus"):
        asked = reasons_asked(manual, _course_without(entry), _core(entry), day_of(at))
        if asked:
            raise fault("reason_for_focus", " ".join((*asked, "Write the reason for it.")))


def _core(entry: Entry) -> CoreEntry:
    return convert.core_entry(entry, entry.session.number if entry.session is not None else None)


def _course_without(entry: Entry) -> Course:
    """What is known of the episode apart from this entry."""
    course = convert.course(entry.episode)
    return replace(course, entries=tuple(one for one in course.entries if one.order != entry.order))


def _check_final(entry: Entry, manual: Manual, final: bool) -> None:
    """What finishing asks for, less what danger locks."""
    earlier = earlier_manuals(entry.episode) if final else ()
    faults = final_faults(manual, entry.record_type, entry.payload, earlier=earlier) if final else ()
    if not faults:
        return
    locked_now = danger.locked(entry)
    faults = tuple(one for one in faults if one.path.split(".")[0] not in locked_now)
    if faults:
        raise EntryNotValid(faults)


def save_entry(
    *,
    entry: Entry,
    payload: Mapping[str, Any],
    expected_version: int,
    by: Actor,
    at: datetime,
    final: bool | None = None,
    on: date | None = None,
) -> Entry:
    """Save a record again. If somebody saved since `expected_version`, both versions are kept."""
    try:
        return _save_entry(entry, payload, expected_version, by, at, final, on)
    except conflicts.Refused as refused:
        key, episode = f"entry:{entry.pk}", entry.episode
        raise conflicts.keep(refused, episode=episode, key=key, field="", by=by, at=at) from None


@transaction.atomic
def _save_entry(
    entry: Entry,
    payload: Mapping[str, Any],
    expected: int,
    by: Actor,
    at: datetime,
    final: bool | None,
    on: date | None,
) -> Entry:
    entry = _changeable(entry, by, at)
    manual = manual_of(entry.episode)
    kind = record_type_of(manual, entry.record_type)
    if entry.version != expected:
        values = checked(manual, kind, payload, earlier=earlier_manuals(entry.episode))
        if values == entry.payload:
            return entry
        raise conflicts.Refused(theirs=entry.payload, yours=values, current_version=entry.version)
    if on is not None and entry.session_id is None:
        entry.on = wanted_day(on, at)
    return _write(entry, payload, manual, kind, by=by, at=at, final=final)


def _changeable(entry: Entry, by: Actor, at: datetime) -> Entry:
    entry = locked(entry, "episode__client", "session")
    manual = manual_of(entry.episode)
    act = act_to_write(by, record_type_of(manual, entry.record_type))
    require(by, act, episode=entry.episode, on=day_of(at))
    by_client = entry.by_role == Role.CLIENT
    if by_client != (act is Act.WRITE_OWN):
        raise refuse("Only whoever wrote this record changes it.")
    if entry.record_type == RATED_APART and not isinstance(by, Operator) and entry.by_role != by.role:
        raise refuse(APART)
    if entry.session is not None and entry.session.is_signed:
        raise refuse("This record belongs to a signed session and stays as it is. Add one beside it.")
    if entry.state == EntryState.WITHDRAWN:
        raise refuse("This record was withdrawn.")
    return entry


def _write(
    entry: Entry,
    payload: Mapping[str, Any],
    manual: Manual,
    kind: RecordType,
    *,
    by: Actor,
    at: datetime,
    final: bool | None = None,
    for_task: str = "",
) -> Entry:
    """Put new values in place of the old ones, which are kept as an earlier version."""
    is_final = entry.state == EntryState.FINAL if final is None else final
    values = checked(manual, kind, payload, earlier=earlier_manuals(entry.episode))
    _keep_version(entry, by, at)
    earlier, entry.payload = entry.payload, values
    before = _check_safety(entry, earlier)
    _check_reasons(entry, manual, at)
    _check_final(entry, manual, is_final)
    entry.version += 1
    entry.updated_at = at
    entry.for_task = for_task or entry.for_task
    entry.state = EntryState.FINAL if is_final else EntryState.DRAFT
    entry.save()
    _forget_typing(entry, by, f"entry:{entry.pk}")
    _after_writing(entry, manual, by, at, before)
    audit.record("entry-saved", by=by, at=at, episode=entry.episode, obj=entry)
    return entry


def _keep_version(entry: Entry, by: Actor, at: datetime) -> None:
    earlier = EntryVersion(entry=entry, version=entry.version, at=at, by=user_or_none(by))
    earlier.payload = entry.payload
    earlier.save(force_insert=True)


def _forget_typing(entry: Entry, by: Actor, key: str) -> None:
    if not isinstance(by, Operator):
        DraftText.objects.filter(
            user=by, episode_id=entry.episode_id, key=key, kind=DraftKind.TYPING
        ).delete()


@transaction.atomic
def withdraw_entry(*, entry: Entry, by: Actor, at: datetime, expected_version: int | None = None) -> Entry:
    """Take a record back. It is kept, and no longer counts."""
    entry = _changeable(entry, by, at)
    if expected_version is not None and entry.version != expected_version:
        raise conflicts.Refused(theirs=entry.payload, yours={}, current_version=entry.version)
    _check_withdrawal(entry)
    entry.state, entry.updated_at = EntryState.WITHDRAWN, at
    entry.save(update_fields=["state", "updated_at"])
    if entry.session is not None:
        remark(entry.session, manual_of(entry.episode), by, at)
    if entry.record_type in steps_chosen.RECORDS:
        steps_chosen.follow(entry.episode, at)
    audit.record("entry-withdrawn", by=by, at=at, episode=entry.episode, obj=entry)
    return entry


def _check_withdrawal(entry: Entry) -> None:
    """Taking an assessment back may not lower the level: that asks for a reason (ipt.md 11.2)."""
    if entry.record_type != "rec_risk" or entry.by_role == Role.CLIENT:
        return
    now, without = safety.level_now(entry.episode), safety.level_now(entry.episode, without=entry)
    if without < now:
        raise refuse(
            f"Without this record the level would be {without.word} and no longer {now.word}. "
            "Write a new assessment with the reason instead."
        )


@transaction.atomic
def share_entry(*, entry: Entry, by: Actor, at: datetime, shared: bool = True) -> Entry:
    """A client shows what they wrote to the therapist, or takes the sharing back."""
    entry = locked(entry, "episode__client")
    require(by, Act.WRITE_OWN, episode=entry.episode, on=day_of(at))
    if entry.by_role != Role.CLIENT:
        raise refuse("Only what you wrote yourself is yours to share.")
    entry.shared = shared
    entry.save(update_fields=["shared"])
    audit.record(
        "entry-shared" if shared else "entry-unshared", by=by, at=at, episode=entry.episode, obj=entry
    )
    return entry


# -- what an entry sets going ----------------------------------------------------------------------


def _after_writing(entry: Entry, manual: Manual, by: Actor, at: datetime, level_before: Level) -> None:
    if entry.session is not None:
        remark(entry.session, manual, by, at)
    if entry.by_role != Role.CLIENT:
        alerts.raised_by_entry(entry=entry, by=by, at=at, level_before=level_before)
        alerts.stepped_by_entry(entry=entry, by=by, at=at)
    if entry.record_type in steps_chosen.RECORDS:
        steps_chosen.follow(entry.episode, at)


def remark(session: Session, manual: Manual, by: Actor, at: datetime) -> None:
    """Mark the tasks that the session's records show, and unmark those that none shows any more."""
    shown: dict[str, Entry] = {}
    rows = session.entries.exclude(state=EntryState.WITHDRAWN).select_related("episode", "amends")
    for entry in rows:
        if entry.amends is not None and entry.amends.session_id != session.pk:
            continue  # a later word on an earlier record, such as how the last step went: nothing new is done
        for task in tasks_done_by(
            manual,
            session.phase,
            entry.record_type,
            entry.payload,
            entry.for_task,
            session.number,
            session.kind,
        ):
            shown.setdefault(task, entry)
    marks = {mark.task_id: mark for mark in held(session.task_marks.all())}
    for task, entry in shown.items():
        mark = marks.get(task)
        if mark is None:
            TaskMark.objects.create(session=session, task_id=task, entry=entry, at=at, by=user_or_none(by))
        elif mark.entry_id != entry.pk or mark.withdrawn_at is not None:
            mark.entry, mark.withdrawn_at = entry, None
            mark.save()
    for task, mark in marks.items():
        if mark.entry_id is not None and task not in shown and mark.withdrawn_at is None:
            mark.withdrawn_at = at
            mark.save()
