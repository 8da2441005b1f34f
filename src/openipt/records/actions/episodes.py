"""Recorded changes of an episode: status, phase, plan, therapist, supervisor."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from openipt.core.course.course import EpisodeStatus
from openipt.core.course.moves import may_go_back, may_go_on, may_move
from openipt.core.course.phases import ORDER, phase_on, session_number
from openipt.errors import NotAllowedNow
from openipt.records import audit, convert, safety
from openipt.records.access import Act, may, require
from openipt.records.actions import tellings
from openipt.records.actions.base import (
    Actor,
    day_of,
    fault,
    locked,
    refuse,
    tidy,
    user_or_none,
    wanted_day,
)
from openipt.records.manuals import known_manual, manual_of, with_what_goes
from openipt.records.models import Episode, HandOver, PhaseEvent, PlanEvent, Role, StatusEvent, User

LEAVING = (EpisodeStatus.PAUSED, EpisodeStatus.ENDED)


@transaction.atomic
def change_status(
    *,
    episode: Episode,
    status: str,
    by: Actor,
    at: datetime,
    on: date | None = None,
    reason: str = "",
    end_reason: str = "",
    responsible: User | None = None,
) -> Episode:
    """Move the episode to another status. Ended needs an end reason.

    While an alert is open or the level is above green, pausing and ending need words and a named
    clinician (`responsible`), as DR-35 asks.
    """
    episode = locked(episode, "client")
    require(by, Act.CHANGE_EPISODE, episode=episode, on=day_of(at))
    to = _status(status)
    decision = may_move(EpisodeStatus(episode.status), to, end_reason)
    if not decision:
        raise NotAllowedNow(decision.reasons)
    if end_reason and to is not EpisodeStatus.ENDED:
        raise fault("end_reason", "Only an ended episode has such a reason.")
    words = tidy(reason, "reason")
    if to in LEAVING and safety.needs_named_clinician(episode):
        _check_named(words, responsible)
    day = wanted_day(on, at)
    write_status(
        episode, to, on=day, at=at, by=by, reason=words, end_reason=end_reason, responsible=responsible
    )
    audit.record("status-changed", by=by, at=at, episode=episode, obj=episode)
    return episode


def write_status(
    episode: Episode,
    to: EpisodeStatus,
    *,
    on: date,
    at: datetime,
    by: Actor,
    reason: str = "",
    end_reason: str = "",
    responsible: User | None = None,
) -> None:
    """Part of an action, none by itself."""
    event = StatusEvent(
        episode=episode,
        status_from=episode.status,
        status_to=to.value,
        end_reason=end_reason,
        on=on,
        at=at,
        by=user_or_none(by),
        responsible=responsible,
    )
    event.reason = reason or None
    event.save(force_insert=True)
    episode.status, episode.end_reason = to.value, end_reason
    episode.ended_on = on if to is EpisodeStatus.ENDED else None
    if to is EpisodeStatus.ACTIVE and episode.started_on is None:
        episode.started_on = on
    episode.save()


def _status(status: str) -> EpisodeStatus:
    try:
        return EpisodeStatus(status)
    except ValueError:
        raise fault("status", "There is no such status.") from None


def _check_named(words: str, responsible: User | None) -> None:
    if not words or responsible is None or responsible.role not in (Role.THERAPIST, Role.SUPERVISOR):
        raise refuse(
            "An alert is open or the level of risk is above green. "
            "Name the clinician who looks after it, and say why this is done now."
        )


@transaction.atomic
def change_phase(
    *,
    episode: Episode,
    phase: str,
    reason: str,
    by: Actor,
    at: datetime,
    on: date | None = None,
    session_number: int | None = None,
) -> PhaseEvent:
    """A clinician moves the course to another phase, with the reason. Past sessions keep theirs."""
    episode = locked(episode, "client")
    require(by, Act.CHANGE_EPISODE, episode=episode, on=day_of(at))
    if phase not in ORDER or phase not in {known.id for known in manual_of(episode).phases}:
        raise fault("phase", "There is no such phase.")
    day = wanted_day(on, at)
    course = convert.course(episode)
    event = PhaseEvent(
        episode=episode,
        phase_from=phase_on(manual_of(episode), course, day),
        phase_to=phase,
        session_number=session_number,
        on=day,
        at=at,
        by=user_or_none(by),
    )
    event.reason = tidy(reason, "reason", required=True)
    event.save(force_insert=True)
    audit.record("phase-changed", by=by, at=at, episode=episode, obj=event)
    return event


@transaction.atomic
def change_plan(
    *,
    episode: Episode,
    planned_sessions: int,
    by: Actor,
    at: datetime,
    phase: str = "",
    reason: str = "",
    on: date | None = None,
) -> PlanEvent:
    """Another number of sessions is agreed. `phase` says where added ones belong; a reason is needed."""
    episode = locked(episode, "client")
    require(by, Act.CHANGE_EPISODE, episode=episode, on=day_of(at))
    held = episode.sessions.filter(number__gte=1).count()
    if not max(held, 1) <= planned_sessions <= 200:
        raise fault("planned_sessions", f"Plan at least the {held} sessions held, and at most 200.")
    if phase and phase not in ORDER[1:]:
        raise fault("phase", "There is no such phase.")
    event = PlanEvent(
        episode=episode,
        planned_from=episode.planned_sessions,
        planned_to=planned_sessions,
        phase=phase,
        on=wanted_day(on, at),
        at=at,
        by=user_or_none(by),
    )
    event.reason = tidy(reason, "reason", required=True)
    event.save(force_insert=True)
    episode.planned_sessions = planned_sessions
    episode.save(update_fields=["planned_sessions"])
    audit.record("plan-changed", by=by, at=at, episode=episode, obj=event)
    return event


@transaction.atomic
def go_on_by(
    *,
    episode: Episode,
    adaptation: str,
    reason: str,
    by: Actor,
    at: datetime,
    planned_sessions: int | None = None,
    on: date | None = None,
) -> PlanEvent:
    """The course goes on by an adaptation that follows acute treatment, or acute treatment begins again after it; its
    sessions are counted from here.

    Nothing of the record moves: the same people, the same documents, the same line.
    """
    episode = locked(episode, "client")
    require(by, Act.CHANGE_EPISODE, episode=episode, on=day_of(at))
    to = known_manual(with_what_goes(episode, adaptation))
    day, course = wanted_day(on, at), convert.course(episode)
    manual = manual_of(episode)
    decision = may_go_back(manual, course, to) if to.is_acute else may_go_on(manual, course, to, day)
    if not decision:
        raise NotAllowedNow(decision.reasons)
    words = tidy(reason, "reason", required=True)
    own = planned_sessions or to.sessions.typical
    if own not in to.sessions:
        raise fault("planned_sessions", f"Plan {to.sessions.min} to {to.sessions.max} sessions.")
    held = session_number(course)
    event = PlanEvent(
        episode=episode,
        planned_from=episode.planned_sessions,
        planned_to=held + own,
        adaptation_from=episode.adaptation,
        version_from=episode.manual_version,
        adaptation_to=to.id,
        version_to=to.version,
        after_session=held,
        on=day,
        at=at,
        by=user_or_none(by),
    )
    event.reason = words
    event.save(force_insert=True)
    episode.adaptation, episode.manual_version = to.id, to.version
    episode.planned_sessions = held + own
    episode.save(update_fields=["adaptation", "manual_version", "planned_sessions"])
    if episode.status == EpisodeStatus.MAINTENANCE:
        write_status(episode, EpisodeStatus.ACTIVE, on=day, at=at, by=by, reason=words)
    audit.record("adaptation-changed", by=by, at=at, episode=episode, obj=event)
    return event


@transaction.atomic
def hand_over(
    *,
    episode: Episode,
    therapist: User,
    reason: str,
    by: Actor,
    at: datetime,
    on: date | None = None,
) -> Episode:
    """Another therapist takes the episode on, and with it whatever alert is open."""
    episode = locked(episode, "client")
    require(by, Act.HAND_OVER, episode=episode, on=day_of(at))
    if therapist.role != Role.THERAPIST or not therapist.is_active or therapist.pk == episode.therapist_id:
        raise fault("therapist", "Choose another therapist whose account is open.")
    event = HandOver(
        episode=episode,
        therapist_from_id=episode.therapist_id,
        therapist_to=therapist,
        on=wanted_day(on, at),
        at=at,
        by=user_or_none(by),
    )
    event.reason = tidy(reason, "reason", required=True)
    event.save(force_insert=True)
    episode.therapist = therapist
    episode.save(update_fields=["therapist"])
    tellings.look_again(episode.alerts.all(), at)
    audit.record("episode-handed-over", by=by, at=at, episode=episode, obj=event)
    return episode


@transaction.atomic
def set_supervisor(*, episode: Episode, supervisor: User | None, by: Actor, at: datetime) -> Episode:
    """Name the supervisor of this one episode, beside whoever supervises the therapist.

    The episode's own therapist may, and whoever arranges supervision in the service.
    """
    episode = locked(episode, "client")
    if not may(by, Act.CHANGE_EPISODE, episode=episode, on=day_of(at)):
        require(by, Act.ARRANGE_SUPERVISION, on=day_of(at))
    if supervisor is not None and supervisor.role != Role.SUPERVISOR:
        raise fault("supervisor", "Choose a supervisor's account.")
    episode.supervisor = supervisor
    episode.save(update_fields=["supervisor"])
    tellings.look_again(episode.alerts.all(), at)
    audit.record("supervisor-named", by=by, at=at, episode=episode, obj=episode)
    return episode
