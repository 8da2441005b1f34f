"""Logins, supervision and cover."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet

from openipt.errors import NoAccess
from openipt.records.access import Act, may
from openipt.records.actors import Actor, Operator
from openipt.records.models import Cover, Role, Supervision, User


def users(user: Actor, on: date) -> QuerySet[User]:
    """Every login of staff, for whoever manages accounts."""
    if not may(user, Act.MANAGE_ACCOUNTS, on=on):
        return User.objects.none()
    return User.objects.exclude(role=Role.CLIENT).order_by("username")


def therapists() -> QuerySet[User]:
    """Therapists whose account is open: whom one may hand over to or ask for cover."""
    return User.objects.filter(role=Role.THERAPIST, is_active=True).order_by("display_name")


def supervisees(user: User, on: date) -> QuerySet[User]:
    """Therapists this person supervises on that day."""
    now = Supervision.objects.filter(supervisor=user, from_on__lte=on).filter(
        Q(to_on=None) | Q(to_on__gte=on)
    )
    return User.objects.filter(pk__in=now.values("therapist")).order_by("display_name")


def covered_by(user: User, on: date) -> QuerySet[User]:
    """Therapists this person covers for on that day."""
    now = Cover.objects.filter(cover=user, from_on__lte=on, to_on__gte=on)
    return User.objects.filter(pk__in=now.values("therapist")).order_by("display_name")


def covers_of(user: User, on: date) -> QuerySet[Cover]:
    """Cover arranged for this therapist from that day on."""
    return Cover.objects.filter(therapist=user, to_on__gte=on).select_related("cover").order_by("from_on")


def supervisors() -> QuerySet[User]:
    """Supervisors whose account is open."""
    return User.objects.filter(role=Role.SUPERVISOR, is_active=True).order_by("display_name")


def account_for(user: Actor, account_id: UUID | str, on: date) -> User:
    """One login of staff, or `NoAccess`."""
    try:
        found = users(user, on).filter(pk=account_id).first()
    except (ValidationError, ValueError):
        found = None
    if found is None:
        raise NoAccess
    return found


def supervisions(user: Actor, on: date) -> QuerySet[Supervision]:
    """Every supervision that runs on that day or later, for whoever arranges them."""
    if not may(user, Act.ARRANGE_SUPERVISION, on=on):
        return Supervision.objects.none()
    running = Supervision.objects.filter(Q(to_on=None) | Q(to_on__gte=on))
    return running.select_related("therapist", "supervisor").order_by("therapist__display_name", "from_on")


def covers(user: Actor, on: date) -> QuerySet[Cover]:
    """Cover that runs or is still to come: a therapist's own, everybody's for who arranges it for others."""
    if not may(user, Act.ARRANGE_COVER, on=on):
        return Cover.objects.none()
    rows = Cover.objects.filter(to_on__gte=on).select_related("therapist", "cover").order_by("from_on")
    only_own = not isinstance(user, Operator) and user.role == Role.THERAPIST
    return rows.filter(therapist=user) if only_own else rows


def may_cover() -> QuerySet[User]:
    """Clinicians whose account is open: who can stand in for a therapist."""
    clinicians = User.objects.filter(role__in=[Role.THERAPIST, Role.SUPERVISOR], is_active=True)
    return clinicians.order_by("display_name")
