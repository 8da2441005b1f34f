"""When the audit was last checked, and what was found."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from openipt.records.access import Act, may
from openipt.records.actors import Actor
from openipt.records.models import AuditEvent
from openipt.records.prepared import Prepared

WHOLE, BROKEN = "audit-found-whole", "audit-found-broken"

# By the act: the chain of the service grows with every list that is read, the checks with the days.
_LAST = Prepared(lambda: AuditEvent.objects.filter(act__in=(WHOLE, BROKEN)).order_by("-pk")[:1])


@dataclass(frozen=True)
class AuditCheck:
    """One walk over every chain. `faults` names the first broken places by chain and number."""

    at: datetime
    is_whole: bool
    events: int
    chains: int
    faults: tuple[str, ...] = ()


def last_check(user: Actor, on: date) -> AuditCheck | None:
    """The last check, by the worker or from the pages; None where there was none."""
    return newest_check() if may(user, Act.READ_AUDIT, on=on) else None


def newest_check() -> AuditCheck | None:
    """The last check, for the worker and for whoever stands at the machine."""
    made = _LAST.first()
    if made is None:
        return None
    events, chains, *faults = made.ids
    return AuditCheck(made.at, made.act == WHOLE, int(events), int(chains), tuple(faults))
