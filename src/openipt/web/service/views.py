"""The service lead's page: overdue alerts as envelopes, waits, counts, completeness, the audit."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_POST

from openipt.errors import NotAllowedNow
from openipt.records import audit
from openipt.records.actions import audits as actions
from openipt.records.queries import alerts as alert_queries
from openipt.records.queries import audits as audit_queries
from openipt.records.queries import service as queries
from openipt.web import clock
from openipt.web.doors import roles
from openipt.web.pages import say, show
from openipt.web.service import presenters as words


@roles("manager")
def service(request: HttpRequest) -> HttpResponse:
    on, now = clock.today(), clock.now()
    envelopes = alert_queries.overdue_envelopes(request.user, now)
    audit.record_read(by=request.user, at=now, act="service-read", ids=[e.alert_id for e in envelopes])
    page = words.Service(
        date=on,
        envelopes=words.envelopes(envelopes, now),
        figures=words.figures(queries.figures(request.user, on, now), on),
        audit=words.check_in_words(audit_queries.last_check(request.user, on), on),
    )
    return show(request, "service/service.html", page=page)


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
