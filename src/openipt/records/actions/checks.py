"""The rules of an episode are looked at by themselves: after a write, and on every new day."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from openipt.records import audit
from openipt.records.actions import firings
from openipt.records.actions.worker import Hold, fenced
from openipt.records.actors import day_of
from openipt.records.models import Episode, EpisodeCheck


def check(*, hold: Hold, episode_id: UUID, at: datetime) -> None:
    """Note which rules fire today, and up to which write that is known.

    The number of writes is read first: what is written meanwhile is looked at again. Noting twice is noting
    once, so it needs no lease of its own and holds up no page while the rules are worked out.
    """
    on = day_of(at)
    episode = Episode.objects.select_related("client", "therapist").get(pk=episode_id)
    if episode.client.erased_at is not None:
        return
    revision = audit.revision_of(episode)
    firings.note(episode=episode, on=on, at=at)
    with fenced(hold):
        EpisodeCheck.objects.update_or_create(
            episode=episode, defaults={"revision": revision, "on": on, "at": at}
        )


def seen(*, hold: Hold, event: int) -> None:
    """Up to this event of the audit, episodes that were written to have been looked at."""
    with fenced(hold) as lease:
        lease.events_seen = max(lease.events_seen, event)
        lease.save(update_fields=["events_seen"])
