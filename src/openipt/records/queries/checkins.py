"""Check-ins and scores."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from openipt.errors import NoAccess
from openipt.records.access import Act, may
from openipt.records.actions.checkins import standing_answers
from openipt.records.actors import Actor
from openipt.records.models import CheckIn, Episode, MeasureScore


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


def answers_so_far(check_in: CheckIn) -> dict[str, dict[int, int | None]]:
    """The standing choice of each item: measure -> item -> value (None: declined)."""
    return standing_answers(check_in)


def scores(user: Actor, episode: Episode, on: date, measure: str = "") -> QuerySet[MeasureScore]:
    """Scores, oldest first, with their check-in and its session."""
    if not _sees(user, episode, on):
        return MeasureScore.objects.none()
    found = MeasureScore.objects.filter(episode=episode).select_related("check_in__session")
    return (found.filter(measure=measure) if measure else found).order_by("on", "at")
