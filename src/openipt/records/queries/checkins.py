"""Check-ins and scores."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from openipt.errors import NoAccess
from openipt.records.access import Act, may
from openipt.records.actions.checkins import standing_answers
from openipt.records.actors import Actor
from openipt.records.models import CheckIn, CheckInMode, Episode, MeasureScore

# A sitting that was left is taken up again within a day; after that its answers are no longer of one day.
TAKEN_UP_WITHIN = timedelta(hours=24)


def _sees(user: Actor, episode: Episode, on: date) -> bool:
    return bool(
        may(user, Act.SEE_EPISODE, episode=episode, on=on) or may(user, Act.SEE_OWN, episode=episode, on=on)
    )


def check_ins(user: Actor, episode: Episode, on: date) -> list[CheckIn]:
    """Every sitting, oldest first; an unfinished one has no `finished_at`."""
    if not _sees(user, episode, on):
        return []
    found = list(episode.check_ins.select_related("session").order_by("on", "opened_at"))
    for check_in in found:
        check_in.episode = episode
    return found


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
    rows = episode.check_ins.filter(mode=CheckInMode.CLIENT, finished_at=None)
    found = rows.filter(opened_at__gt=now - TAKEN_UP_WITHIN).order_by("opened_at").last()
    if found is not None:
        found.episode = episode
    return found


def answers_so_far(check_in: CheckIn) -> dict[str, dict[int, int | None]]:
    """The standing choice of each item: measure -> item -> value (None: declined)."""
    return standing_answers(check_in)


def scores(user: Actor, episode: Episode, on: date, measure: str = "") -> QuerySet[MeasureScore]:
    """Scores, oldest first, with their check-in and its session."""
    if not _sees(user, episode, on):
        return MeasureScore.objects.none()
    found = MeasureScore.objects.filter(episode=episode).select_related("check_in__session")
    return (found.filter(measure=measure) if measure else found).order_by("on", "at")
