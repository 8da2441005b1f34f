"""Who acts: a signed-in user, or the person at the command line of the machine itself."""

from __future__ import annotations

import getpass
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeAlias

from django.utils import timezone

from openipt.records.models import User


@dataclass(frozen=True)
class Operator:
    """Somebody at the command line. Audited by the name the machine knows them by."""

    name: str
    role: str = "operator"
    is_active: bool = True
    pk: None = None


Actor: TypeAlias = User | Operator

# What the service does by itself: tells, escalates, reminds, looks at the rules. No login has a blank in it.
THE_WORKER = Operator("the worker")
# Somebody who asks for help: without a login, and never named in the audit.
WHO_ASKS = Operator("who asks")


def this_operator() -> Operator:
    """The person who runs this command."""
    return Operator(getpass.getuser())


def user_or_none(by: Actor) -> User | None:
    """For the `by` column of a row: an operator is named in the audit only."""
    return by if isinstance(by, User) else None


def label_of(by: Actor) -> str:
    """How the audit names an actor: an id, or the operator's name."""
    return f"operator:{by.name}"[:80] if isinstance(by, Operator) else f"user:{by.pk}"


def day_of(at: datetime) -> date:
    """The day of a moment in the service's time zone."""
    return timezone.localtime(at).date()
