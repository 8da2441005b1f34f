"""Who may do what: one table, closed by default.

A person's ties to an episode on a day are found first (therapist of it, cover of its therapist, the
client, ...); an act is allowed when the table lists one of those ties. What is not listed is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.conf import settings
from django.db.models import Q, QuerySet

from openipt.core.values import Decision
from openipt.errors import NoAccess, NotAllowedNow
from openipt.records.actors import Actor, Operator
from openipt.records.models import Cover, Episode, Role, Supervision, User
from openipt.records.prepared import Prepared


class Tie(StrEnum):
    """What somebody is to an episode, or to the service where there is no episode."""

    THERAPIST = "therapist"
    COVER = "cover"
    SUPERVISOR = "supervisor"
    CLIENT = "client"
    ANY_THERAPIST = "any_therapist"
    INTAKE = "intake"
    MANAGER = "manager"
    ADMINISTRATOR = "administrator"
    OPERATOR = "operator"


class Act(StrEnum):
    """Everything that can be done or read."""

    SEE_EPISODE = "see the episode"
    SEE_ALERT = "see an alert"
    SEE_SAFETY = "see risk and safety plan"
    SEE_CONTACTS = "see contacts"
    SEE_OWN = "see one's own record"
    SEE_ENVELOPE = "see that an alert is overdue"
    SEE_SERVICE = "see the figures of the service"
    READ_AUDIT = "read the audit"

    TAKE_ENQUIRIES = "take the enquiries of those who ask for help"
    SEE_WAITS = "see how long those who asked wait"

    ENROL = "take on a client"
    CHANGE_PROFILE = "change a client's profile"
    GIVE_LOGIN = "give a client a login"
    ERASE_CLIENT = "erase a client"
    CHANGE_EPISODE = "change status, phase or plan"
    HAND_OVER = "hand an episode over"
    EXPORT = "export an episode"
    IMPORT = "import an episode"

    PLAN_SESSION = "plan a session"
    WRITE_RECORD = "write the record"
    WRITE_SAFETY = "write risk, safety plan and contacts"
    WRITE_SUPERVISION = "write for supervision"
    SIGN = "sign a session"
    PRIVATE_NOTE = "keep a private note"
    ENTER_ANSWERS = "enter answers"

    ANSWER = "answer a check-in"
    WRITE_OWN = "write a worksheet or journal of one's own"
    SHOW_CRISIS_CONTACTS = "see crisis contacts shown"

    WORK_ALERT = "acknowledge an alert and take its steps"
    RESOLVE_ALERT = "resolve an alert"
    DECIDE_RULE = "decide on a rule that fired"

    MANAGE_ACCOUNTS = "manage accounts"
    ARRANGE_SUPERVISION = "arrange supervision"
    ARRANGE_COVER = "arrange cover"


TABLE: dict[Act, frozenset[Tie]] = {
    Act.SEE_EPISODE: frozenset({Tie.THERAPIST, Tie.SUPERVISOR}),
    Act.SEE_ALERT: frozenset({Tie.THERAPIST, Tie.COVER, Tie.SUPERVISOR}),
    Act.SEE_SAFETY: frozenset({Tie.THERAPIST, Tie.COVER, Tie.SUPERVISOR}),
    Act.SEE_CONTACTS: frozenset({Tie.THERAPIST, Tie.COVER}),
    Act.SEE_OWN: frozenset({Tie.CLIENT}),
    Act.SEE_ENVELOPE: frozenset({Tie.MANAGER}),
    Act.SEE_SERVICE: frozenset({Tie.MANAGER}),
    Act.READ_AUDIT: frozenset({Tie.MANAGER, Tie.OPERATOR}),
    Act.TAKE_ENQUIRIES: frozenset({Tie.INTAKE}),
    Act.SEE_WAITS: frozenset({Tie.INTAKE, Tie.MANAGER, Tie.OPERATOR}),
    Act.ENROL: frozenset({Tie.ANY_THERAPIST, Tie.OPERATOR}),
    Act.CHANGE_PROFILE: frozenset({Tie.THERAPIST}),
    Act.GIVE_LOGIN: frozenset({Tie.THERAPIST, Tie.OPERATOR}),
    Act.ERASE_CLIENT: frozenset({Tie.MANAGER, Tie.OPERATOR}),
    Act.CHANGE_EPISODE: frozenset({Tie.THERAPIST}),
    Act.HAND_OVER: frozenset({Tie.THERAPIST, Tie.MANAGER, Tie.OPERATOR}),
    Act.EXPORT: frozenset({Tie.THERAPIST, Tie.OPERATOR}),
    Act.IMPORT: frozenset({Tie.ANY_THERAPIST, Tie.OPERATOR}),
    Act.PLAN_SESSION: frozenset({Tie.THERAPIST}),
    Act.WRITE_RECORD: frozenset({Tie.THERAPIST}),
    Act.WRITE_SAFETY: frozenset({Tie.THERAPIST, Tie.COVER}),
    Act.WRITE_SUPERVISION: frozenset({Tie.THERAPIST, Tie.SUPERVISOR}),
    Act.SIGN: frozenset({Tie.THERAPIST}),
    Act.PRIVATE_NOTE: frozenset({Tie.THERAPIST}),
    Act.ENTER_ANSWERS: frozenset({Tie.THERAPIST}),
    Act.ANSWER: frozenset({Tie.CLIENT, Tie.THERAPIST}),
    Act.WRITE_OWN: frozenset({Tie.CLIENT}),
    Act.SHOW_CRISIS_CONTACTS: frozenset({Tie.CLIENT, Tie.THERAPIST, Tie.COVER}),
    Act.WORK_ALERT: frozenset({Tie.THERAPIST, Tie.COVER}),
    Act.RESOLVE_ALERT: frozenset({Tie.THERAPIST, Tie.COVER}),
    Act.DECIDE_RULE: frozenset({Tie.THERAPIST, Tie.SUPERVISOR}),
    Act.MANAGE_ACCOUNTS: frozenset({Tie.ADMINISTRATOR, Tie.OPERATOR}),
    Act.ARRANGE_SUPERVISION: frozenset({Tie.MANAGER, Tie.ADMINISTRATOR, Tie.OPERATOR}),
    Act.ARRANGE_COVER: frozenset({Tie.ANY_THERAPIST, Tie.MANAGER, Tie.ADMINISTRATOR, Tie.OPERATOR}),
}

REFUSED = "You are not the one who may {act} here."
CLINICAL_ROLES = (Role.THERAPIST, Role.SUPERVISOR)
NOTHING = Q(pk__in=[])

Found = TypeVar("Found")


def may(by: Actor, act: Act, *, episode: Episode | None = None, on: date) -> Decision:
    """May this person do this on this day? The reason says no more than that they may not."""
    allowed = TABLE.get(act, frozenset())
    if allowed & ties(by, episode, on):
        return Decision()
    return Decision((REFUSED.format(act=act.value),))


def require(by: Actor, act: Act, *, episode: Episode | None = None, on: date) -> None:
    """Refuse what the table does not allow: `NoAccess` to whoever has nothing to do with the episode."""
    decision = may(by, act, episode=episode, on=on)
    if decision:
        return
    if episode is not None and not _sees_something(by, episode, on):
        raise NoAccess
    raise NotAllowedNow(decision.reasons)


def ties(by: Actor, episode: Episode | None, on: date) -> frozenset[Tie]:
    """Everything this person is to the episode on that day; nothing for an account that is closed."""
    return _ties(by, episode, _standing_in(by, on))


def ties_to_each(by: Actor, episodes: Iterable[Episode], on: date) -> dict[UUID, frozenset[Tie]]:
    """The ties to each of these episodes, whom somebody covers and supervises read once for every therapist."""
    standing = _standing_in(by, on)
    remembered = _StandingIn(cache(standing.covers), cache(standing.supervises))
    return {episode.pk: _ties(by, episode, remembered) for episode in episodes}


@dataclass(frozen=True)
class _StandingIn:
    """Whether somebody covers, or supervises, a therapist on the day in question."""

    covers: Callable[[UUID], bool]
    supervises: Callable[[UUID], bool]


def _standing_in(by: Actor, on: date) -> _StandingIn:
    return _StandingIn(
        covers=lambda therapist: bool(_COVERS_FOR(by.pk, on, therapist)),
        supervises=lambda therapist: bool(_SUPERVISES(by.pk, on, therapist)),
    )


def _ties(by: Actor, episode: Episode | None, standing: _StandingIn) -> frozenset[Tie]:
    if not by.is_active:
        return frozenset()
    if isinstance(by, Operator):
        return frozenset({Tie.OPERATOR})
    of_service = _ties_to_service(by.role)
    if episode is None:
        return of_service | ({Tie.INTAKE} if is_intake(by) else set())
    if episode.client.erased_at is not None:
        return of_service - {Tie.ANY_THERAPIST}
    return (of_service - {Tie.ANY_THERAPIST}) | _ties_to_episode(by, episode, standing)


def _ties_to_service(role: str) -> frozenset[Tie]:
    named = {
        Role.THERAPIST.value: Tie.ANY_THERAPIST,
        Role.MANAGER.value: Tie.MANAGER,
        Role.ADMINISTRATOR.value: Tie.ADMINISTRATOR,
    }
    return frozenset({named[role]} if role in named else set())


def is_intake(user: User) -> bool:
    """Does this person take enquiries? Every therapist, or the clinicians that OPENIPT_INTAKE names."""
    named = settings.ENVIRONMENT.asking.intake
    return user.username in named and user.role in CLINICAL_ROLES if named else user.role == Role.THERAPIST


def _ties_to_episode(user: User, episode: Episode, standing: _StandingIn) -> frozenset[Tie]:
    if user.role == Role.CLIENT:
        return frozenset({Tie.CLIENT} if episode.client.user_id == user.pk else set())
    found = set()
    if user.role == Role.THERAPIST and episode.therapist_id == user.pk:
        found.add(Tie.THERAPIST)
    elif user.role in CLINICAL_ROLES and standing.covers(episode.therapist_id):
        found.add(Tie.COVER)
    if user.role == Role.SUPERVISOR and (
        episode.supervisor_id == user.pk or standing.supervises(episode.therapist_id)
    ):
        found.add(Tie.SUPERVISOR)
    return frozenset(found)


def _covers(user: UUID, on: date) -> QuerySet[Cover]:
    return Cover.objects.filter(cover=user, from_on__lte=on, to_on__gte=on)


def _supervisions(user: UUID, on: date) -> QuerySet[Supervision]:
    return Supervision.objects.filter(supervisor=user, from_on__lte=on).filter(
        Q(to_on=None) | Q(to_on__gte=on)
    )


_COVERS_FOR = Prepared(
    lambda user, on, therapist: _covers(user, on).filter(therapist=therapist).values_list("pk"),
    UUID,
    date,
    UUID,
)
_SUPERVISES = Prepared(
    lambda user, on, therapist: _supervisions(user, on).filter(therapist=therapist).values_list("pk"),
    UUID,
    date,
    UUID,
)


def _sees_something(by: Actor, episode: Episode, on: date) -> bool:
    return bool(ties(by, episode, on) & {Tie.THERAPIST, Tie.COVER, Tie.SUPERVISOR, Tie.CLIENT})


def episodes_where(by: Actor, act: Act, on: date) -> Q:
    """The same table as a condition on episodes, for lists: those in which the act is allowed."""
    if not by.is_active:
        return NOTHING
    if isinstance(by, Operator):
        return Q() if Tie.OPERATOR in TABLE.get(act, frozenset()) else NOTHING
    return _episodes_where(by.role, by.pk, act, on)


def _episodes_where(role: str, user: UUID, act: Act, on: date) -> Q:
    allowed = TABLE.get(act, frozenset())
    if _ties_to_service(role) & allowed - {Tie.ANY_THERAPIST}:
        return Q()
    found = NOTHING
    if Tie.THERAPIST in allowed and role == Role.THERAPIST:
        found |= Q(therapist=user)
    if Tie.COVER in allowed and role in CLINICAL_ROLES:
        found |= Q(therapist__in=_covers(user, on).values("therapist"))
    if Tie.SUPERVISOR in allowed and role == Role.SUPERVISOR:
        found |= Q(supervisor=user) | Q(therapist__in=_supervisions(user, on).values("therapist"))
    if Tie.CLIENT in allowed and role == Role.CLIENT:
        found |= Q(client__user=user)
    return found & Q(client__erased_at=None)


class Permitted(Generic[Found]):
    """A query over the episodes in which somebody may do an act, compiled once for each role.

        OPEN = Permitted(Act.SEE_ALERT, lambda episodes: Alert.objects.filter(episode__in=episodes))
        rows = OPEN(user, on)

    `build` is given those episodes, and then a value of each kind (`records.prepared`).
    """

    def __init__(self, act: Act, build: Callable[..., QuerySet[Any, Any]], *kinds: Any) -> None:
        self._act, self._build, self._kinds = act, build, kinds
        self._by_role: dict[str, Prepared[Found]] = {}

    def __call__(self, by: Actor, on: date, *values: Any) -> list[Found]:
        if not by.is_active or isinstance(by, Operator):
            return list(self._build(Episode.objects.filter(episodes_where(by, self._act, on)), *values))
        if by.role not in self._by_role:
            self._by_role[by.role] = Prepared(self._of_role(by.role), UUID, date, *self._kinds, sparing=True)
        return self._by_role[by.role](by.pk, on, *values)

    def _of_role(self, role: str) -> Callable[..., QuerySet[Any, Any]]:
        def build(user: UUID, on: date, *values: Any) -> QuerySet[Any, Any]:
            return self._build(Episode.objects.filter(_episodes_where(role, user, self._act, on)), *values)

        return build
