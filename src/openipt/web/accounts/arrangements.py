"""Who supervises whom, and who covers for whom on which days. A therapist arranges their own cover."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_POST

from openipt.errors import EntryNotValid, FieldFault, NoAccess, NotAllowedNow
from openipt.records import audit
from openipt.records.actions import accounts as actions
from openipt.records.models import Role, User
from openipt.records.queries import accounts as queries
from openipt.web import clock
from openipt.web.accounts.presenters import people, present_cover, present_supervision
from openipt.web.doors import roles
from openipt.web.pages import say, show
from openipt.web.sent import Sent

ARRANGERS = ("manager", "administrator")
CHOOSE = "Choose one of those shown."
Faults = tuple[FieldFault, ...]


@roles(*ARRANGERS)
def arrangements(request: HttpRequest) -> HttpResponse:
    return _arrangements_page(request)


@roles("therapist")
def own_cover(request: HttpRequest) -> HttpResponse:
    return _cover_page(request)


def _page(request: HttpRequest, **answer) -> HttpResponse:
    """The page this person arranges things on, with what was typed and what is wrong."""
    mine = request.user.role == Role.THERAPIST
    return _cover_page(request, **answer) if mine else _arrangements_page(request, **answer)


def _arrangements_page(
    request: HttpRequest,
    *,
    values: Mapping[str, str] | None = None,
    faults: Faults = (),
    refused: tuple[str, ...] = (),
    form: str = "",
) -> HttpResponse:
    on = clock.today()
    audit.record_read(by=request.user, at=clock.now(), act="arrangements-read")
    return show(
        request,
        "accounts/arrangements.html",
        status=_status(faults, refused),
        supervisions=tuple(present_supervision(s, on) for s in queries.supervisions(request.user, on)),
        covers=tuple(present_cover(c, on) for c in queries.covers(request.user, on)),
        therapists=people(queries.therapists()),
        supervisors=people(queries.supervisors()),
        clinicians=people(queries.may_cover()),
        values=values or {},
        faults=faults,
        refused=refused,
        form=form,
    )


def _cover_page(
    request: HttpRequest,
    *,
    values: Mapping[str, str] | None = None,
    faults: Faults = (),
    refused: tuple[str, ...] = (),
    form: str = "",
) -> HttpResponse:
    on = clock.today()
    covering = [user.display_name for user in queries.covered_by(request.user, on)]
    return show(
        request,
        "accounts/cover.html",
        status=_status(faults, refused),
        covers=tuple(present_cover(c, on) for c in queries.covers(request.user, on)),
        covering=tuple(covering),
        clinicians=people(queries.may_cover().exclude(pk=request.user.pk)),
        values=values or {},
        faults=faults,
        refused=refused,
        form=form,
    )


def _status(faults: Faults, refused: tuple[str, ...]) -> int:
    return 409 if refused else 422 if faults else 200


def _back(request: HttpRequest) -> HttpResponse:
    address = "/accounts/cover/" if request.user.role == Role.THERAPIST else "/accounts/arrangements/"
    return HttpResponseRedirect(address)


# -- cover -------------------------------------------------------------------------------------------


@roles("therapist", *ARRANGERS)
@require_POST
def add_cover(request: HttpRequest) -> HttpResponse:
    sent = Sent(request.POST)
    mine = request.user.role == Role.THERAPIST
    therapist = request.user if mine else _chosen(sent, "therapist", "Choose who is away.")
    cover = _chosen(sent, "cover", "Choose who stands in.")
    from_on = sent.day("from_on", required="Write the first day.")
    to_on = sent.day("to_on", required="Write the last day.")
    _not_over(sent, to_on)
    try:
        if sent.faults or therapist is None or cover is None or from_on is None or to_on is None:
            raise EntryNotValid(tuple(sent.faults))
        actions.arrange_cover(
            therapist=therapist, cover=cover, from_on=from_on, to_on=to_on, by=request.user, at=clock.now()
        )
    except EntryNotValid as error:
        return _page(request, values=sent.values, faults=error.faults, form="cover")
    except NotAllowedNow as error:
        return _page(request, values=sent.values, refused=tuple(error.reasons), form="cover")
    say(request, f"{cover.display_name} covers on these days.")
    return _back(request)


def _not_over(sent: Sent, to_on: date | None) -> None:
    if to_on is not None and to_on < clock.today():
        sent.fault("to_on", "These days are over.")


@roles("therapist", *ARRANGERS)
@require_POST
def stop_cover(request: HttpRequest, cover_id: UUID) -> HttpResponse:
    """Cover that runs ends with today; cover to come is taken back."""
    row = queries.covers(request.user, clock.today()).filter(pk=cover_id).first()
    if row is None:
        raise NoAccess
    now = row.from_on <= clock.today()
    actions.stop_cover(cover=row, by=request.user, at=clock.now())
    say(request, "The cover ends with today." if now else "The cover is taken back.")
    return _back(request)


# -- supervision -------------------------------------------------------------------------------------


@roles(*ARRANGERS)
@require_POST
def start_supervision(request: HttpRequest) -> HttpResponse:
    sent = Sent(request.POST)
    therapist = _chosen(sent, "supervised", "Choose the therapist.")
    supervisor = _chosen(sent, "supervisor", "Choose the supervisor.")
    from_on = sent.day("supervised_from") or clock.today()
    try:
        if sent.faults or therapist is None or supervisor is None:
            raise EntryNotValid(tuple(sent.faults))
        actions.start_supervision(
            therapist=therapist, supervisor=supervisor, from_on=from_on, by=request.user, at=clock.now()
        )
    except EntryNotValid as error:
        return _page(request, values=sent.values, faults=error.faults, form="supervision")
    except NotAllowedNow as error:
        return _page(request, values=sent.values, refused=tuple(error.reasons), form="supervision")
    say(request, "The supervision is kept.")
    return _back(request)


@roles(*ARRANGERS)
@require_POST
def stop_supervision(request: HttpRequest, supervision_id: UUID) -> HttpResponse:
    """Today is its last day; one that has not begun ends on the day it would have begun."""
    row = queries.supervisions(request.user, clock.today()).filter(pk=supervision_id).first()
    if row is None:
        raise NoAccess
    last = max(clock.today(), row.from_on)
    actions.stop_supervision(supervision=row, to_on=last, by=request.user, at=clock.now())
    say(request, "Today is the last day of this supervision.")
    return _back(request)


def _chosen(sent: Sent, name: str, required: str) -> User | None:
    """A login of staff chosen from a list; a fault where there is none, or none of those offered."""
    typed = sent.values.get(name, "")
    if not typed:
        sent.fault(name, required)
        return None
    try:
        found = User.objects.filter(pk=UUID(typed), is_active=True).exclude(role=Role.CLIENT).first()
    except ValueError:
        found = None
    if found is None:
        sent.fault(name, CHOOSE)
    return found
