"""Episodes a person may see."""

from __future__ import annotations

from datetime import date
from functools import cache
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from openipt.core.course.course import EpisodeStatus
from openipt.errors import NoAccess
from openipt.records.access import Act, Permitted, episodes_where
from openipt.records.actors import Actor
from openipt.records.models import Client, Episode, User
from openipt.records.prepared import MANY, Prepared

_OF_CLIENT = Prepared(
    lambda client: (
        Episode.objects.filter(client=client).select_related("client", "therapist").order_by("-created_at")
    ),
    UUID,
)
_THESE_USERS = Prepared(lambda users: User.objects.filter(pk__in=users), MANY)
_THERAPIST = Episode._meta.get_field("therapist").set_cached_value


def running_episodes_of(user: Actor, on: date, *, most: int | None = None) -> list[Episode]:
    """Episodes this person may see that have not ended, the newest first; `most` of them."""
    found = _running(most)(user, on)
    therapists = {row.pk: row for row in _THESE_USERS({episode.therapist_id for episode in found})}
    for episode in found:  # a few therapists of many episodes: each read once
        _THERAPIST(episode, therapists[episode.therapist_id])
    return found


@cache
def _running(most: int | None) -> Permitted[Episode]:
    return Permitted(
        Act.SEE_EPISODE,
        lambda episodes: (
            episodes.exclude(status=EpisodeStatus.ENDED)
            .select_related("client")
            .order_by("-created_at")[:most]
        ),
    )


def episodes_of(user: Actor, on: date, act: Act = Act.SEE_EPISODE) -> QuerySet[Episode]:
    """Episodes in which this person may do that act on this day, with client and therapist at hand."""
    return Episode.objects.filter(episodes_where(user, act, on)).select_related("client", "therapist")


def episode_for(user: Actor, episode_id: UUID | str, on: date, act: Act = Act.SEE_EPISODE) -> Episode:
    """One episode, or `NoAccess`, which does not say whether there is such an episode."""
    try:
        found = episodes_of(user, on, act).filter(pk=episode_id).first()
    except (ValidationError, ValueError):
        found = None
    if found is None:
        raise NoAccess
    return found


def open_episode_of(client: Client) -> Episode | None:
    """The client's open episode, else the last one; None where there is none."""
    rows = _OF_CLIENT(client.pk)
    still_open = (row for row in rows if row.status != EpisodeStatus.ENDED)
    return next(still_open, rows[0] if rows else None)
