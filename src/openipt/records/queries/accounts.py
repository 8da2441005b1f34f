"""Logins, supervision and cover."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet

from openipt.records.access import Act, may
from openipt.records.actors import Actor
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
