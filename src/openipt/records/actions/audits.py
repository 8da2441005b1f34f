"""The audit checked by somebody who may, and the answer kept with its moment."""

from __future__ import annotations

from datetime import datetime

from openipt.records import audit
from openipt.records.access import Act, require
from openipt.records.actions.base import Actor, day_of, refuse
from openipt.records.audit import Verification
from openipt.records.models import AuditEvent
from openipt.records.queries.audits import BROKEN, WHOLE, AuditCheck

MOST_AT_ONCE = 200_000  # events a page can walk before whoever waits for it gives up
FAULTS_KEPT = 5
TOO_MANY = (
    "The audit has grown too long to check while a page waits. "
    "Run `openipt audit verify` on the machine of the service."
)


def check_audit(*, by: Actor, at: datetime) -> AuditCheck:
    """Walk every chain. What was found is an event of the audit itself, so the next reader sees when."""
    require(by, Act.READ_AUDIT, on=day_of(at))
    if AuditEvent.objects.count() > MOST_AT_ONCE:
        raise refuse(TOO_MANY)
    found = audit.verify()
    act, ids = outcome_of(found)
    audit.record_read(by=by, at=at, act=act, ids=ids)
    return AuditCheck(at, bool(found), found.events, found.chains, tuple(found.faults[:FAULTS_KEPT]))


def outcome_of(found: Verification) -> tuple[str, list[str]]:
    """What a walk found, as the event of the audit that keeps it."""
    ids = [str(found.events), str(found.chains), *found.faults[:FAULTS_KEPT]]
    return WHOLE if found else BROKEN, ids
