"""What the worker reads at length once a day, kept once it is read: the service's own course, the audit."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime

from openipt.core.outcomes.fitted import FittedCourse
from openipt.records import audit
from openipt.records.actions.audits import outcome_of
from openipt.records.actions.worker import Hold, fenced
from openipt.records.actors import THE_WORKER
from openipt.records.audit import Verification
from openipt.records.models import OwnCourses


def keep_own_courses(*, hold: Hold, on: date, courses: list[FittedCourse], at: datetime) -> None:
    """The service's own courses of this day, for every process; those of earlier days go."""
    with fenced(hold):
        OwnCourses.objects.update_or_create(
            on=on, defaults={"courses": [asdict(one) for one in courses], "at": at}
        )
        OwnCourses.objects.filter(on__lt=on).delete()


def keep_audit_check(*, hold: Hold, found: Verification, at: datetime) -> None:
    """What a walk over every chain found, as an event of the audit itself."""
    with fenced(hold):
        act, ids = outcome_of(found)
        audit.record(act, by=THE_WORKER, at=at, ids=ids)
