"""My days: the diary of daily times. A day in seconds, the days before it to catch up, the picture of the week.

Only where the treatment asks for it. A day ends when one goes to bed: until four in the morning it is still the
day before, and a bedtime after midnight belongs to the evening it ends.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from openipt.core.course.diary import DIARY, asks_for_diary
from openipt.core.fields.words import in_words
from openipt.core.measures.rhythm import ACTIVITIES
from openipt.errors import EntryNotValid, NoAccess
from openipt.records.actions import entries
from openipt.records.actions.base import locked
from openipt.records.actions.conflicts import Refused
from openipt.records.models import Entry
from openipt.web.client.common import ClientPage, client_page, say, show
from openipt.web.client.own_records import add_once, version_sent
from openipt.web.client.presenters_days import (
    SCALES,
    own_days,
    own_today,
    present_days,
    typed_of,
)
from openipt.web.plain import in_client_words
from openipt.web.sent import Sent, read_day

COMPANY = ("alone", "with")
SCALE = tuple(str(value) for value in range(-5, 6))


@require_http_methods(["GET", "POST"])
def days(request: HttpRequest) -> HttpResponse:
    """One day, the last days, the week."""
    page = _page(request)
    if request.method == "GET":
        return _show(request, page, _day(page, request.GET.get("day", "")))
    on = _day(page, request.POST.get("day", ""))
    sent = Sent(request.POST)
    values = _values(sent, on)
    if sent.faults:
        return _show(request, page, on, sent)
    try:
        _keep(page, on, values, version_sent(request), shared="shared" in request.POST)
    except EntryNotValid as error:
        for fault in error.faults:
            sent.fault(fault.path.split(".")[0], fault.message)
        return _show(request, page, on, sent)
    except Refused as refused:
        return _show(request, page, on, sent, theirs=refused.theirs, version=refused.current_version)
    say(request, "Kept.")
    return HttpResponseRedirect(f"{reverse('client:days')}?day={on.isoformat()}")


@require_POST
def share(request: HttpRequest) -> HttpResponse:
    """Show the whole diary to the therapist, or take that back."""
    page = _page(request)
    sharing = request.POST.get("share") == "yes"
    with transaction.atomic():
        for entry in own_days(page):
            if entry.shared != sharing:
                entries.share_entry(entry=entry, shared=sharing, by=page.user, at=page.at)
    said = (
        "Shared with your therapist."
        if sharing
        else "Yours alone again. What was read before cannot be unread."
    )
    say(request, said)
    return HttpResponseRedirect(reverse("client:days"))


def _page(request: HttpRequest) -> ClientPage:
    page = client_page(request)
    if not asks_for_diary(page.manual):
        raise NoAccess
    return page


def _day(page: ClientPage, typed: str) -> date:
    """The day asked for, where it lies in this course and has come; today else."""
    today = own_today(page)
    on = read_day(typed) if typed else None
    first = page.episode.started_on or page.episode.created_at.date()
    return on if on is not None and first <= on <= page.on else today


def _values(sent: Sent, on: date) -> dict[str, Any]:
    values: dict[str, Any] = {"date": on.isoformat()}
    for activity in ACTIVITIES:
        time = sent.time(activity)
        company = sent.choice(f"{activity}_company", COMPANY)
        told = {"time": f"{time:%H:%M}" if time else "", "alone_or_with": company}
        values[activity] = {key: words for key, words in told.items() if words}
    for key in SCALES:
        chosen = sent.choice(key, SCALE)
        values[key] = int(chosen) if chosen else None
    values = {key: value for key, value in values.items() if value not in ({}, None)}
    if len(values) == 1 and not sent.faults:
        sent.fault(ACTIVITIES[0], "Nothing is filled in yet. One time is enough.")
    return values


@transaction.atomic
def _keep(page: ClientPage, on: date, values: Mapping[str, Any], version: int, *, shared: bool) -> None:
    """Into the day's own entry where there is one: what was written there meanwhile is never put away silently."""
    locked(page.episode)
    there = next((entry for entry in own_days(page, on) if entry.on == on), None)
    if there is None:
        add_once(page, DIARY, values, shared=shared, on=on)
        return
    if there.payload != values:
        entries.save_entry(entry=there, payload=values, expected_version=version, by=page.user, at=page.at)
    if there.shared != shared:
        entries.share_entry(entry=there, shared=shared, by=page.user, at=page.at)


def _show(
    request: HttpRequest,
    page: ClientPage,
    on: date,
    sent: Sent | None = None,
    *,
    theirs: Mapping[str, Any] | None = None,
    version: int | None = None,
) -> HttpResponse:
    page = replace(page)
    own: Entry | None = next((entry for entry in own_days(page, on) if entry.on == on), None)
    kind = in_client_words(page.manual.record_types[DIARY])
    faults = tuple(sent.faults) if sent else ()
    status = 422 if faults else 409 if theirs is not None else 200
    found = present_days(page, on)
    return show(
        request,
        "client/days.html",
        page,
        status=status,
        days=found,
        values=sent.values if sent else typed_of(found.values),
        faults=faults,
        version=version if version is not None else own.version if own else 0,
        shared="shared" in request.POST if sent else own.shared if own else found.shares,
        other=in_words(kind, theirs, people={}, codes={}, role="client") if theirs is not None else (),
    )
