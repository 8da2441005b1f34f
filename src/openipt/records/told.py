"""Events a client told at check-ins, for the engine: what a clinician of the episode reads anyway."""

from __future__ import annotations

from uuid import UUID

from openipt.core.course.off_track_reasons import Told
from openipt.records.models import CheckIn, Episode
from openipt.records.prepared import Prepared

_WITH_EVENT: Prepared[CheckIn] = Prepared(
    lambda episode: CheckIn.objects.filter(episode=episode, event_sealed__isnull=False).order_by("on"), UUID
)


def told_by(episode: Episode) -> tuple[Told, ...]:
    """Every event told, oldest first, with the mood and stress of that sitting. Access is the caller's to ask."""
    found = []
    for check_in in _WITH_EVENT(episode.pk):
        check_in.episode = episode
        if check_in.event:
            found.append(Told(check_in.on, check_in.event, check_in.mood, check_in.stress))
    return tuple(found)
