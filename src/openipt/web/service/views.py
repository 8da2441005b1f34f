"""The service lead's page: overdue alerts as envelopes, waits, counts, completeness, the audit."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_POST

from openipt.errors import NotAllowedNow
from openipt.records import audit
from openipt.records.actions import audits as actions
from openipt.records.actions import tellings
from openipt.records.queries import alerts as alert_queries
from openipt.records.queries import audits as audit_queries
from openipt.records.queries import enquiries as enquiry_queries
from openipt.records.queries import service as queries
from openipt.records.queries import tellings as told_queries
from openipt.records.queries import worker as worker_queries
from openipt.records.queries.alerts import MOST_SHOWN
from openipt.records.queries.steps import step_figures
from openipt.web import clock
from openipt.web.doors import roles
from openipt.web.pages import page_number, say, show
from openipt.web.service import presenters as words
from openipt.web.service.presenters_steps import steps_chosen


@roles("manager")
def service(request: HttpRequest) -> HttpResponse:
    on, now, targets = clock.today(), clock.now(), settings.ENVIRONMENT.asking.targets
    number = page_number(request)
    first = (number - 1) * MOST_SHOWN
    late = alert_queries.overdue_page(request.user, now, first=first)
    envelopes = late.envelopes
    audit.record_read(by=request.user, at=now, act="service-read", ids=[e.alert_id for e in envelopes])
    page = words.Service(
        date=on,
        envelopes=words.envelopes(envelopes, now),
        late=late.whole,
        number=number,
        pages=max(1, -(-late.whole // MOST_SHOWN)),
        worker=words.worker_in_words(
            worker_queries.health_for(request.user, now), told_queries.newest_of_each(request.user, on), now
        ),
        figures=words.figures(queries.figures(request.user, on, now), on),
        asking=words.asking_lines(
            enquiry_queries.wait_figures(request.user, on, targets), targets, enquiry_queries.takers()
        ),
        audit=words.check_in_words(audit_queries.last_check(request.user, on), on),
    )
    tellings.mark_shown(alerts=[e.alert_id for e in envelopes], by=request.user, at=now)
    steps = steps_chosen(step_figures(request.user, on))
    return show(request, "service/service.html", page=page, steps=steps)


@roles("manager")
@require_POST
def check_audit(request: HttpRequest) -> HttpResponse:
    """Walk every chain now. What was found is kept with its moment."""
    try:
        found = actions.check_audit(by=request.user, at=clock.now())
    except NotAllowedNow as error:
        say(request, " ".join(error.reasons), tone="attention")
    else:
        if found.is_whole:
            say(request, "The audit is whole.")
        else:
            say(request, "The audit is broken. See below where.", tone="danger")
    return HttpResponseRedirect("/service/#audit")
