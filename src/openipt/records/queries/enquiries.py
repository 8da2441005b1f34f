"""Who asked for help and waits: with words for those who take enquiries, as numbers for all others who may."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from openipt.core.course import enquiry as core
from openipt.core.course.course import EpisodeStatus
from openipt.core.course.enquiry import EnquiryState, Ground, Late, Targets
from openipt.errors import NoAccess
from openipt.records.access import CLINICAL_ROLES, Act, may
from openipt.records.actors import Actor, day_of
from openipt.records.models import Enquiry, EnquiryContact, Role, Session, User
from openipt.records.prepared import MANY_WORDS, Prepared, in_all

MOST_SHOWN = 200
CLOSED_SHOWN = 20


def _standing() -> QuerySet[Enquiry]:
    """Those that can still be read, with how often they were tried and reached."""
    return Enquiry.objects.filter(client__erased_at=None).annotate(
        tries=Count("contacts"), met=Count("contacts", filter=Q(contacts__reached=True))
    )


def _open() -> QuerySet[Enquiry]:
    """Those who wait, the longest waiting first."""
    return _standing().filter(state=EnquiryState.OPEN).order_by("asked_at", "pk")


_OPEN = Prepared(lambda: _open().select_related("client")[:MOST_SHOWN])
_WAITS = Prepared(lambda: _open().values_list("pk", "asked_at", "ground", "tries", "met"))
_ONE = Prepared(
    lambda pk: (
        _standing()
        .filter(pk=pk)
        .select_related("client", "episode__client", "episode__therapist", "settled_by")
    ),
    UUID,
)
_CONTACTS = Prepared(
    lambda pk: EnquiryContact.objects.filter(enquiry=pk).select_related("by").order_by("on", "at"), UUID
)
# Handed over, and not met or planned to be met yet.
_HANDED_TO = Prepared(
    lambda user: (
        Enquiry.objects.filter(
            ~Exists(Session.objects.filter(episode=OuterRef("episode"))),
            episode__therapist=user,
            episode__status=EpisodeStatus.ENQUIRY,
            client__erased_at=None,
        )
        .select_related("client", "episode")
        .order_by("asked_at", "pk")
    ),
    UUID,
)


_THERAPISTS = Prepared(lambda: _counted(_open_accounts().filter(role=Role.THERAPIST)))
_NAMED = Prepared(
    lambda names: _counted(_open_accounts().filter(username__in=names, role__in=CLINICAL_ROLES)), MANY_WORDS
)


def _open_accounts() -> QuerySet[User]:
    return User.objects.filter(is_active=True)


def _counted(rows: QuerySet[User]) -> QuerySet[Any, Any]:
    return in_all(rows, number=Count("pk"))


def takers() -> int:
    """How many people take enquiries: by the same rule as `access.is_intake`. Where it is nobody, nothing is read."""
    named = settings.ENVIRONMENT.asking.intake
    found = _NAMED(sorted(named)) if named else _THERAPISTS()
    return found[0][0] if found else 0


@dataclass(frozen=True)
class Wait:
    """One who waits, without a word: for a list at the command line, and to be counted."""

    id: UUID
    known: core.Enquiry

    @property
    def reference(self) -> str:
        return str(self.id)[:8]


@dataclass(frozen=True)
class WaitFigures:
    """How many wait, the longest for how many days, and how many of them for what is late."""

    waiting: int = 0
    longest: int = 0
    late: tuple[tuple[Late, int], ...] = ()

    def number(self, kind: Late) -> int:
        return dict(self.late).get(kind, 0)


def as_known(enquiry: Enquiry) -> core.Enquiry:
    """What the core decides on; tries are counted where the query has not counted them."""
    tries = getattr(enquiry, "tries", None)
    if tries is None:
        reached = list(enquiry.contacts.values_list("reached", flat=True))
        return _known(enquiry.asked_at, enquiry.ground, len(reached), sum(reached), enquiry.state)
    return _known(enquiry.asked_at, enquiry.ground, tries, getattr(enquiry, "met", 0), enquiry.state)


def _known(asked_at: datetime, ground: str, tries: int, reached: int, state: str = "open") -> core.Enquiry:
    return core.Enquiry(
        day_of(asked_at), tries, reached, Ground(ground) if ground else None, EnquiryState(state)
    )


def open_enquiries(user: Actor, on: date) -> list[Enquiry]:
    """Everybody who waits, the longest waiting first. `NoAccess` for whoever takes no enquiries."""
    if not may(user, Act.TAKE_ENQUIRIES, on=on):
        raise NoAccess
    return _OPEN()


def closed_lately(user: Actor, on: date) -> list[Enquiry]:
    """The last that were closed."""
    if not may(user, Act.TAKE_ENQUIRIES, on=on):
        raise NoAccess
    rows = Enquiry.objects.filter(state=EnquiryState.CLOSED, client__erased_at=None)
    return list(rows.select_related("settled_by").order_by("-settled_at")[:CLOSED_SHOWN])


def enquiry_for(user: Actor, enquiry_id: UUID | str, on: date) -> Enquiry:
    """One enquiry: for those who take enquiries until it is handed over, from then on for the episode's own team."""
    try:
        found = _ONE.first(enquiry_id if isinstance(enquiry_id, UUID) else UUID(str(enquiry_id)))
    except ValueError:
        found = None
    if found is None:
        raise NoAccess
    if found.episode is not None:
        allowed = may(user, Act.SEE_EPISODE, episode=found.episode, on=on)
    else:
        allowed = may(user, Act.TAKE_ENQUIRIES, on=on)
    if not allowed:
        raise NoAccess
    return found


def was_handed_over(user: Actor, enquiry_id: UUID, on: date) -> bool:
    """Does a therapist have it, as whoever takes enquiries may know? No word of it is read."""
    handed = Enquiry.objects.filter(pk=enquiry_id, state=EnquiryState.HANDED_OVER, client__erased_at=None)
    return bool(may(user, Act.TAKE_ENQUIRIES, on=on)) and handed.exists()


def contacts_of(enquiry: Enquiry) -> list[EnquiryContact]:
    """Every try, in its order. For whoever was given the enquiry."""
    found = _CONTACTS(enquiry.pk)
    for one in found:
        one.enquiry = enquiry
    return found


def of_reference(user: Actor, reference: str, on: date) -> Enquiry | None:
    """The one enquiry of this reference that can still be read, for whoever may erase it."""
    if not may(user, Act.ERASE_CLIENT, on=on):
        raise NoAccess
    wanted = reference.strip().lower()
    standing = Enquiry.objects.filter(client__erased_at=None)
    found = [pk for pk in standing.values_list("pk", flat=True) if str(pk)[:8] == wanted]
    return standing.select_related("client").get(pk=found[0]) if len(found) == 1 else None


def handed_to(therapist: UUID) -> list[Enquiry]:
    """What was handed to this therapist and waits for a first meeting."""
    return _HANDED_TO(therapist)


def waits(user: Actor, on: date) -> list[Wait]:
    """Everybody who waits, without a word."""
    if not may(user, Act.SEE_WAITS, on=on):
        raise NoAccess
    return [Wait(pk, _known(asked_at, *more)) for pk, asked_at, *more in _WAITS()]


def wait_figures(user: Actor, on: date, targets: Targets) -> WaitFigures:
    """Numbers alone."""
    known = [wait.known for wait in waits(user, on)]
    return figures_of(known, on, targets)


def figures_of(known: Iterable[core.Enquiry], on: date, targets: Targets) -> WaitFigures:
    rows = list(known)
    kinds = [kind for one in rows for kind in core.late(one, on, targets)]
    return WaitFigures(
        waiting=len(rows),
        longest=max((core.waiting_days(one, on) for one in rows), default=0),
        late=tuple((kind, kinds.count(kind)) for kind in Late),
    )
