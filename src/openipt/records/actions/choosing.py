"""Choosing an adaptation: the choice kept with its reasons, and the course changed over where it is another one."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import transaction

from openipt import library
from openipt.core.course.choosing import Offer, grounds, may_choose, offer_of, offers
from openipt.core.course.course import Course, EpisodeStatus
from openipt.core.course.phases import planned_sessions, session_number, session_phase
from openipt.core.manual.joined import base_of, joined
from openipt.core.manual.model import Manual
from openipt.errors import NotAllowedNow
from openipt.records import audit, convert
from openipt.records.access import Act, require
from openipt.records.actions import entries, episodes
from openipt.records.actions.base import Actor, day_of, fault, locked, tidy, user_or_none
from openipt.records.manuals import known_manual, manual_of, manual_of_version, with_what_goes
from openipt.records.models import Entry, EntryState, Episode, PlanEvent

RECORD = "rec_adaptation"
WHY_ALL_THE_SAME = "The record speaks against it, or it is for research only. Write why it is chosen."


@transaction.atomic
def choose_adaptation(
    *,
    episode: Episode,
    adaptation: str,
    reason: str,
    by: Actor,
    at: datetime,
    override_reason: str = "",
    told: bool | None = None,
    planned: int | None = None,
) -> Entry:
    """Keep which adaptation was chosen and why; another one than now takes the course over from here.

    Every record, session and score stays as it is, and past sessions keep their phases. One that the record
    speaks against, or that is for research only, asks why it is chosen all the same.
    """
    episode = locked(episode, "client")
    require(by, Act.CHANGE_EPISODE, episode=episode, on=day_of(at))
    words = tidy(reason, "reason", required=True)
    in_spite = tidy(override_reason, "override_reason")
    offer = _offer(episode, adaptation, at)
    decision = may_choose(offer, EpisodeStatus(episode.status))
    if not decision:
        raise NotAllowedNow(decision.reasons)
    if offer is not None and offer.asks_reason and not in_spite:
        raise fault("override_reason", WHY_ALL_THE_SAME)
    said = {
        "adaptation": adaptation,
        "reason": words,
        **({"override_reason": in_spite} if in_spite else {}),
        **({"told": told} if told is not None else {}),
    }
    if (there := _said_today(episode, said, by, at)) is not None:
        return there
    if adaptation != base_of(episode.adaptation):
        _take_over(episode, known_manual(with_what_goes(episode, adaptation)), planned, words, by, at)
    payload = said | {
        "fit": offer.fit.value if offer else "open",
        "grounds": grounds(offer) if offer else [],
    }
    return entries.add_entry(episode=episode, record_type=RECORD, payload=payload, by=by, at=at, final=True)


def _said_today(episode: Episode, said: dict[str, Any], by: Actor, at: datetime) -> Entry | None:
    """The last choice, where it is the same in the same words on the same day: a button was pressed twice."""
    rows = episode.entries.filter(record_type=RECORD).exclude(state=EntryState.WITHDRAWN)
    last = rows.order_by("created_at", "pk").last()
    if last is None or last.on != day_of(at) or last.by != user_or_none(by):
        return None
    last.episode = episode
    kept = {key: value for key, value in last.payload.items() if key not in ("fit", "grounds")}
    return last if kept == said and base_of(episode.adaptation) == said["adaptation"] else None


def _offer(episode: Episode, adaptation: str, at: datetime) -> Offer | None:
    """What the record leads to today; None for an adaptation of the service's own."""
    if library.choosing().candidate(adaptation) is None:
        known_manual(adaptation)
    found = offers(
        manual_of(episode), convert.course(episode), day_of(at), library.choosing(), library.manuals()
    )
    return offer_of(found, adaptation)


def _take_over(
    episode: Episode, to: Manual, planned: int | None, reason: str, by: Actor, at: datetime
) -> None:
    """What follows acute treatment counts sessions of its own; anything else takes the place of what was."""
    held = session_number(convert.course(episode))
    if held and not to.is_acute:
        own = planned - held if planned is not None else None
        episodes.go_on_by(
            episode=episode, adaptation=to.id, planned_sessions=own, reason=reason, by=by, at=at
        )
    else:
        _change_over(episode, to, planned, reason, by, at)


def _change_over(
    episode: Episode, to: Manual, planned: int | None, reason: str, by: Actor, at: datetime
) -> None:
    """The course goes on by another manual, and by the plan that begins it."""
    before, course = manual_of(episode), convert.course(episode)
    held = session_number(course)
    number = planned if planned is not None else _planned(before, to, course)
    if number > held + to.sessions.max:
        most = f"{held} are held, and {to.title or to.name} plans at most {to.sessions.max} more"
        raise fault("planned_sessions", f"{most}: {held + to.sessions.max} in all.")
    if not max(held, 1) <= number <= 200:
        raise fault("planned_sessions", f"Plan at least the {held} sessions held, and at most 200.")
    phases = _phases(before, course) if before.is_acute else []
    _goes_on_by(episode, to, to.id, to.version, number, reason, by, at, phases=phases)


@transaction.atomic
def change_what_goes_with_it(
    *, episode: Episode, modifiers: Collection[str], reason: str, by: Actor, at: datetime
) -> PlanEvent | None:
    """What goes with the adaptation, such as delivery by phone or video, is put on or taken off from this day on.

    The course stays where it is: sessions, phases and plan. None where it is so already: a button was pressed twice.
    """
    episode = locked(episode, "client")
    require(by, Act.CHANGE_EPISODE, episode=episode, on=day_of(at))
    words = tidy(reason, "reason", required=True)
    if episode.status == EpisodeStatus.ENDED:
        raise NotAllowedNow(("The episode has ended. If the client comes back, take them on again.",))
    to = joined(base_of(episode.adaptation), modifiers)
    if to == episode.adaptation:
        return None
    manual, version = known_manual(to), manual_of_version(to, episode).version
    agreed = planned_sessions(convert.course(episode))
    return _goes_on_by(episode, manual, to, version, agreed, words, by, at)


def _goes_on_by(
    episode: Episode,
    manual: Manual,
    adaptation: str,
    version: str,
    planned: int,
    reason: str,
    by: Actor,
    at: datetime,
    *,
    phases: Collection[str] = (),
) -> PlanEvent:
    """From this session on the episode goes by this manual in this version; what was planned before is kept."""
    before = manual_of(episode)
    event = PlanEvent(
        episode=episode,
        planned_from=episode.planned_sessions,
        planned_to=planned,
        adaptation_from=episode.adaptation,
        version_from=episode.manual_version,
        adaptation_to=adaptation,
        version_to=version,
        after_session=session_number(convert.course(episode)),
        phases=list(phases),
        brought=[task.id for task in manual.tasks if not before.has_task(task.id)],
        on=day_of(at),
        at=at,
        by=user_or_none(by),
    )
    event.reason = reason
    event.save(force_insert=True)
    episode.adaptation, episode.manual_version = adaptation, version
    episode.planned_sessions = planned
    episode.save(update_fields=["adaptation", "manual_version", "planned_sessions"])
    audit.record("adaptation-changed", by=by, at=at, episode=episode, obj=event)
    return event


def _planned(before: Manual, to: Manual, course: Course) -> int:
    """As many as are agreed where the new manual allows it, else its usual number; what is taken up anew counts anew."""
    held, agreed = session_number(course), planned_sessions(course)
    if not before.is_acute:
        return held + to.sessions.typical
    return max(agreed if agreed in to.sessions else to.sessions.typical, held + 1)


def _phases(manual: Manual, course: Course) -> list[str]:
    """The phase of each session held so far, by its number."""
    return [session_phase(manual, course, meeting) for meeting in course.held]
