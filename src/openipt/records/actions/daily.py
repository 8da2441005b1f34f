"""What the worker reads at length once a day, kept once it is read; and what it lets go of when its time is over."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime, timedelta

from django.conf import settings

from openipt.core.course.enquiry import EnquiryState
from openipt.core.outcomes.fitted import FittedCourse
from openipt.records import audit
from openipt.records.actions import clients, enquiries
from openipt.records.actions.audits import outcome_of
from openipt.records.actions.worker import Hold, fenced
from openipt.records.actors import THE_WORKER
from openipt.records.audit import Verification
from openipt.records.models import Client, OwnCourses

AT_A_TIME = 50


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


def let_go_of_enquiries(*, hold: Hold, at: datetime) -> None:
    """Counts of hours that are over; and every word of those whom nobody took on, after OPENIPT_ENQUIRY_KEPT_DAYS."""
    before = at - timedelta(days=settings.ENVIRONMENT.asking.kept_days)
    over = Client.objects.filter(
        enquiry__state=EnquiryState.CLOSED, enquiry__settled_at__lt=before, erased_at=None, episodes=None
    )
    with fenced(hold):
        enquiries.forget_counts(at)
        for client in over.order_by("pk")[:AT_A_TIME]:
            clients.erase_client(client=client, by=THE_WORKER, at=at)
