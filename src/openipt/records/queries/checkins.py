"""Check-ins and scores."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Q

from openipt.errors import NoAccess
from openipt.records import sealing
from openipt.records.access import Act, may
from openipt.records.actions.checkins import standing_answers
from openipt.records.actors import Actor
from openipt.records.models import CheckIn, CheckInMode, Episode, MeasureScore, Session
from openipt.records.prepared import Prepared

# A sitting that was left is taken up again within a day; after that its answers are no longer of one day.
TAKEN_UP_WITHIN = timedelta(hours=24)

_OF_EPISODE = Prepared(
    lambda episode: (
        CheckIn.objects.filter(episode=episode).select_related("session").order_by("on", "opened_at")
    ),
    UUID,
)
_AROUND = Prepared(
    lambda episode, session: CheckIn.objects.filter(
        Q(session=session) | Q(session=None), episode=episode
    ).order_by("on", "opened_at"),
    UUID,
    UUID,
)
_EVENTS = Prepared(
    lambda episode: (
        CheckIn.objects.filter(episode=episode, event_sealed__isnull=False)
        .order_by("on", "opened_at")
        .values_list("pk", "on", "event_sealed")
    ),
    UUID,
)
_MOODS = Prepared(
    lambda episode: (
        CheckIn.objects.filter(episode=episode, mood__isnull=False)
        .order_by("on", "opened_at")
        .values_list("on", "mood")
    ),
    UUID,
)
_SCORES = Prepared(
    lambda episode: (
        MeasureScore.objects.filter(episode=episode)
        .select_related("check_in__session", "check_in__entered_by")
        .order_by("on", "at")
    ),
    UUID,
)
_UNFINISHED = Prepared(
    lambda episode: CheckIn.objects.filter(
        episode=episode, mode=CheckInMode.CLIENT, finished_at=None
    ).order_by("opened_at"),
    UUID,
)


def _sees(user: Actor, episode: Episode, on: date) -> bool:
    return bool(
        may(user, Act.SEE_EPISODE, episode=episode, on=on) or may(user, Act.SEE_OWN, episode=episode, on=on)
    )


def check_ins(user: Actor, episode: Episode, on: date) -> list[CheckIn]:
    """Every sitting, oldest first; an unfinished one has no `finished_at`."""
    if not _sees(user, episode, on):
        return []
    found = _OF_EPISODE(episode.pk)
    for check_in in found:
        check_in.episode = episode
    return found


def check_ins_around(user: Actor, session: Session, on: date) -> list[CheckIn]:
    """Sittings for this session, and those that belong to none; oldest first."""
    if not _sees(user, session.episode, on):
        return []
    found = _AROUND(session.episode_id, session.pk)
    for check_in in found:
        check_in.episode = session.episode
    return found


def events_told(user: Actor, episode: Episode, on: date) -> list[tuple[date, str]]:
    """What the client wrote of each week at the check-in, with its day, oldest first."""
    if not _sees(user, episode, on):
        return []
    return [
        (day, words)
        for pk, day, sealed in _EVENTS(episode.pk)
        if (
            words := sealing.unseal(
                episode.client_id, sealing.place("checkin", pk, "event_sealed"), bytes(sealed)
            )
        )
    ]


def moods_told(user: Actor, episode: Episode, on: date) -> list[tuple[date, int]]:
    """Mood, 0 to 10, as told at each check-in, oldest first."""
    return list(_MOODS(episode.pk)) if _sees(user, episode, on) else []


def check_in_for(user: Actor, check_in_id: UUID | str, on: date) -> CheckIn:
    """One sitting, or `NoAccess`."""
    try:
        found = CheckIn.objects.filter(pk=check_in_id).select_related("episode__client").first()
    except (ValidationError, ValueError):
        found = None
    if found is None or not _sees(user, found.episode, on):
        raise NoAccess
    return found


def unfinished_of(user: Actor, episode: Episode, now: datetime, on: date) -> CheckIn | None:
    """The client's own sitting that was begun and not sent, while it can still be taken up again."""
    if not may(user, Act.SEE_OWN, episode=episode, on=on):
        return None
    begun = [row for row in _UNFINISHED(episode.pk) if row.opened_at > now - TAKEN_UP_WITHIN]
    found = begun[-1] if begun else None
    if found is not None:
        found.episode = episode
    return found


def answers_so_far(check_in: CheckIn) -> dict[str, dict[int, int | None]]:
    """The standing choice of each item: measure -> item -> value (None: declined)."""
    return standing_answers(check_in)


def scores(user: Actor, episode: Episode, on: date, measure: str = "") -> list[MeasureScore]:
    """Scores, oldest first, with their check-in, its session and who entered it."""
    if not _sees(user, episode, on):
        return []
    return [row for row in _SCORES(episode.pk) if not measure or row.measure == measure]
