"""What a person who looks around can do today: the session whose writing the demo suggests."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from openipt.core.course.course import Attendance
from openipt.records.actors import day_of
from openipt.records.demo import files
from openipt.records.demo.moments import moment
from openipt.records.models import Role, Session, User
from openipt.records.queries.sessions import sessions_between


@dataclass(frozen=True)
class ToWrite:
    """A session of today that nobody has begun, and who signs in on either side of it."""

    therapist: str
    login: str
    client: str
    at: str
    number: int


def session_to_write(at: datetime) -> ToWrite | None:
    """The first one of today, of the therapist who stands first; None on a later day, or when all are begun."""
    service = files.service()
    therapist = User.objects.get(username=service.of_role(Role.THERAPIST)[0].username)
    day = moment(day_of(at), time())
    todays = sessions_between(therapist, day, day + timedelta(days=1), day_of(at))
    session = todays.filter(attendance=Attendance.PLANNED).select_related("episode__client__user").first()
    if session is None or session.episode.client.user is None:
        return None
    return _to_write(service, therapist, session, session.episode.client.user.username)


def _to_write(service: files.Service, therapist: User, session: Session, login: str) -> ToWrite | None:
    known = [episode for episode in service.episodes if episode.login == login]
    if not known or session.planned_at is None:
        return None
    return ToWrite(
        therapist=therapist.username,
        login=login,
        client=files.client_name(known[0]),
        at=f"{known[0].time:%H:%M}",
        number=session.episode.sessions.filter(number__gte=1).count() + 1,
    )
