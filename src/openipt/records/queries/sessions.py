"""Sessions, notes of one's own, half-typed texts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, QuerySet

from openipt.core.course.course import Attendance
from openipt.errors import NoAccess
from openipt.records.access import Act, Permitted, episodes_where, may
from openipt.records.actors import Actor
from openipt.records.models import (
    DraftText,
    Episode,
    PrivateNote,
    Session,
    SessionState,
    User,
)
from openipt.records.prepared import MANY, Prepared

_NEXT = Prepared(
    lambda episode, since: Session.objects.filter(
        episode=episode, attendance=Attendance.PLANNED, planned_at__gte=since
    ).order_by("planned_at")[:1],
    UUID,
    datetime,
)
_COMING = Prepared(
    lambda episode, since: Session.objects.filter(
        episode=episode, attendance=Attendance.PLANNED, planned_at__gte=since
    ).order_by("planned_at"),
    UUID,
    datetime,
)
_NEXT_OF_EACH = Prepared(
    lambda episodes, since: (
        Session.objects.filter(episode__in=episodes, attendance=Attendance.PLANNED, planned_at__gte=since)
        .exclude(
            Exists(
                Session.objects.filter(
                    episode=OuterRef("episode"),
                    attendance=Attendance.PLANNED,
                    planned_at__gte=since,
                    planned_at__lt=OuterRef("planned_at"),
                )
            )
        )
        .order_by("planned_at")
    ),
    MANY,
    datetime,
)
_UNSIGNED = Permitted(
    Act.SIGN,
    lambda episodes: (
        Session.objects.filter(episode__in=episodes, state=SessionState.DRAFT, held_on__isnull=False)
        .select_related("episode__client", "episode__therapist")
        .order_by("held_on")
    ),
)
_PRIVATE_NOTE = Prepared(
    lambda session, author: PrivateNote.objects.filter(session=session, author=author)[:1], UUID, UUID
)
_DRAFTS = Prepared(
    lambda user, episode: DraftText.objects.filter(user=user, episode=episode).order_by("at"), UUID, UUID
)


def _seen(user: Actor, on: date, act: Act) -> QuerySet[Session]:
    episodes = Episode.objects.filter(episodes_where(user, act, on))
    return Session.objects.filter(episode__in=episodes).select_related(
        "episode__client", "episode__therapist"
    )


def sessions_between(
    user: Actor, first: datetime, last: datetime, on: date, *, own: bool = True
) -> QuerySet[Session]:
    """Sessions planned in this time, in order; a therapist's own unless `own` is False."""
    found = _seen(user, on, Act.SEE_EPISODE).filter(planned_at__gte=first, planned_at__lt=last)
    return (found.filter(episode__therapist=user) if own else found).order_by("planned_at")


def unsigned(user: Actor, on: date) -> list[Session]:
    """Held sessions of one's own whose note is not signed yet, oldest first."""
    return _UNSIGNED(user, on)


def session_for(user: Actor, session_id: UUID | str, on: date, act: Act = Act.SEE_EPISODE) -> Session:
    """One session, or `NoAccess`."""
    try:
        found = _seen(user, on, act).filter(pk=session_id).first()
    except (ValidationError, ValueError):
        found = None
    if found is None:
        raise NoAccess
    return found


def planned_after(episode: Episode, since: datetime) -> list[Session]:
    """Every meeting planned for later than that, the next one first."""
    return list(_COMING(episode.pk, since))


def next_planned(episode: Episode, since: datetime) -> Session | None:
    """The next session that is planned and not begun."""
    found = _NEXT.first(episode.pk, since)
    if found is not None:
        found.episode = episode
    return found


def next_of_each(episodes: Iterable[Episode], since: datetime) -> dict[UUID, Session]:
    """The next session of each of these episodes that is planned and not begun, by the episode's id."""
    found: dict[UUID, Session] = {}
    for session in _NEXT_OF_EACH((episode.pk for episode in episodes), since):
        found.setdefault(session.episode_id, session)
    return found


def private_note(user: User, session: Session, on: date) -> PrivateNote | None:
    """The reader's own private note on this session. Nobody reads another's."""
    if not may(user, Act.PRIVATE_NOTE, episode=session.episode, on=on):
        return None
    found = _PRIVATE_NOTE.first(session.pk, user.pk)
    if found is not None:
        found.session = session
    return found


def drafts(user: User, episode: Episode, key: str = "") -> list[DraftText]:
    """The reader's own half-typed and refused texts."""
    found = [draft for draft in _DRAFTS(user.pk, episode.pk) if key in ("", draft.key)]
    for draft in found:
        draft.episode = episode
    return found
