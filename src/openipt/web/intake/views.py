"""Those who asked for help: the list of who waits, one enquiry, and what is done about it."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_GET, require_http_methods

from openipt import library
from openipt.core.course.enquiry import AsksFor, EnquiryState
from openipt.errors import EntryNotValid, FieldFault, NoAccess, NotAllowedNow
from openipt.records import audit, sealing
from openipt.records.access import Act, may
from openipt.records.actions import enquiries as actions
from openipt.records.models import Enquiry, Role, User
from openipt.records.queries import accounts
from openipt.records.queries import enquiries as queries
from openipt.web import clock
from openipt.web.doors import roles
from openipt.web.goes_with import with_ticked
from openipt.web.intake import presenters as words
from openipt.web.pages import say, show
from openipt.web.sent import Sent

LIST = "/intake/"
TYPED = ("words", "offered")


@roles("therapist", "supervisor")
@require_GET
def waiting(request: HttpRequest) -> HttpResponse:
    """Who waits, the longest first; what is late stands above as reasons."""
    on, at = clock.today(), clock.now()
    rows = queries.open_enquiries(request.user, on)
    closed = queries.closed_lately(request.user, on)
    audit.record_read(by=request.user, at=at, act="enquiries-listed", ids=[row.pk for row in rows])
    sealing.prepare({row.client_id for row in rows})
    return show(request, "intake/intake.html", page=words.present_list(rows, closed, on))


@roles("therapist", "supervisor")
@require_http_methods(["GET", "POST"])
def enquiry(request: HttpRequest, enquiry_id: UUID) -> HttpResponse:
    """One enquiry; and an act on it: a try, a hand-over, a closing. What is half typed is kept by this address."""
    if request.method != "POST":
        return _page(request, enquiry_id)
    act = ACTS.get(request.POST.get("act", ""))
    if act is None:
        return _page(request, enquiry_id, (FieldFault("", "Choose what to do about it."),))
    try:
        return _act(request, enquiry_id, request.POST["act"], act)
    except NoAccess:
        return _handed_over_meanwhile(request, enquiry_id)


def _page(
    request: HttpRequest,
    enquiry_id: UUID,
    faults: tuple[FieldFault, ...] = (),
    *,
    form: str = "",
    sent: Sent | None = None,
    status: int | None = None,
) -> HttpResponse:
    """One enquiry with all that was tried; its forms only for those who take enquiries, while it waits."""
    on = clock.today()
    found = queries.enquiry_for(request.user, enquiry_id, on)
    audit.record_read(by=request.user, at=clock.now(), act="enquiry-read", ids=[found.pk])
    may_take = bool(may(request.user, Act.TAKE_ENQUIRIES, on=on))
    page = words.present_enquiry(
        found,
        on,
        may_act=may_take and found.state == EnquiryState.OPEN,
        therapists=accounts.therapists() if may_take else (),
        me=request.user,
    )
    values = {form: sent.values} if sent else {}
    return show(
        request,
        "intake/enquiry.html",
        status=status or (422 if faults else 200),
        page=page,
        values=values,
        form=form,
        faults=tuple(faults),
    )


def _contact(request: HttpRequest, found: Enquiry, sent: Sent) -> str:
    """A try to reach them is kept."""
    way = sent.choice("way", tuple(words.WAYS), required="Choose how you tried.")
    reached = sent.choice("reached", ("yes", "no"), required="Choose whether you reached them.")
    on = sent.day("on")
    remark = sent.words("words", longest=actions.LONGEST_REMARK)
    if not sent.faults:
        actions.record_contact(
            enquiry=found, way=way, reached=reached == "yes", words=remark, on=on, **_by_at(request)
        )
    return "The try is kept."


def _hand_over(request: HttpRequest, found: Enquiry, sent: Sent) -> str:
    """A therapist takes the client on; from now on only their team reads it."""
    therapist = _therapist(sent)
    adaptation = sent.choice("adaptation", tuple(library.offered()), required="Choose the treatment.")
    required = "" if found.asks_for == AsksFor.SELF else "Write the name of the person who will come."
    name = sent.words("name", required=required, longest=200)
    remark = sent.words("words", longest=actions.LONGEST_REMARK)
    if not sent.faults:
        actions.hand_over(
            enquiry=found,
            therapist=therapist,
            adaptation=with_ticked(sent, adaptation),
            name=name,
            words=remark,
            **_by_at(request),
        )
    return "Handed over. The therapist sees it on Today and among the clients."


def _close(request: HttpRequest, found: Enquiry, sent: Sent) -> str:
    """It goes no further here: why, and what was offered instead."""
    reason = sent.choice("reason", tuple(words.CLOSE_REASONS), required="Choose why it is closed.")
    offered = sent.words(
        "offered", required="Write what was offered instead.", longest=actions.LONGEST_REMARK
    )
    if not sent.faults:
        actions.close_enquiry(enquiry=found, reason=reason, offered=offered, **_by_at(request))
    return "The enquiry is closed."


ACTS: dict[str, Callable[[HttpRequest, Enquiry, Sent], str]] = {
    "contact": _contact,
    "hand-over": _hand_over,
    "close": _close,
}


def _act(
    request: HttpRequest, enquiry_id: UUID, form: str, keep: Callable[[HttpRequest, Enquiry, Sent], str]
) -> HttpResponse:
    """One act on an enquiry: back to it or to the list, or the page again with what is wrong at its field."""
    found = queries.enquiry_for(request.user, enquiry_id, clock.today())
    sent = Sent(request.POST)
    try:
        done = keep(request, found, sent)
    except EntryNotValid as error:
        return _page(request, enquiry_id, error.faults, form=form, sent=sent)
    except NotAllowedNow as error:
        refused = tuple(FieldFault("", reason) for reason in error.reasons)
        return _page(request, enquiry_id, refused, form=form, sent=sent, status=409)
    if sent.faults:
        return _page(request, enquiry_id, tuple(sent.faults), form=form, sent=sent)
    say(request, done)
    return HttpResponseRedirect(f"{LIST}{enquiry_id}/" if form == "contact" else LIST)


def _handed_over_meanwhile(request: HttpRequest, enquiry_id: UUID) -> HttpResponse:
    """Somebody else was faster: what was typed stands once more, to be given to the therapist."""
    typed = tuple(filter(None, (request.POST.get(name, "").strip() for name in TYPED)))
    if not queries.was_handed_over(request.user, enquiry_id, clock.today()):
        raise NoAccess
    return show(request, "intake/handed_over.html", status=409, typed=typed)


def _by_at(request: HttpRequest) -> dict:
    return {"by": request.user, "at": clock.now()}


def _therapist(sent: Sent) -> User | None:
    chosen = sent.values.get("therapist", "")
    if not chosen:
        sent.fault("therapist", "Choose who takes the client on.")
        return None
    try:
        found = User.objects.filter(pk=UUID(chosen), role=Role.THERAPIST, is_active=True).first()
    except ValueError:
        found = None
    if found is None:
        sent.fault("therapist", "Choose one of those shown.")
    return found
