"""Asking for help: a public page without a login, its short form, and the receipt."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods

from openipt.errors import EntryNotValid, FieldFault, TooManyAsk
from openipt.records.actions import enquiries
from openipt.records.actors import day_of
from openipt.web import clock
from openipt.web.asking import form, stamp
from openipt.web.asking.place import place_of
from openipt.web.asking.presenters import present_page, present_receipt, why_closed
from openipt.web.asking.stamp import Verdict
from openipt.web.doors import largest, public

PAGE, SENT_PAGE = "/me/asking/", "/me/asking/sent/"
LARGEST = 32_000  # bytes: all fields at their longest in a script of four bytes a letter, and room to spare
RECEIPT = "openipt_me_sent"
RECEIPT_FOR = 60 * 60

ONCE_MORE = {
    Verdict.TOO_FAST: "This came faster than we could be sure it was you. Look over it and press Send again.",
    Verdict.TOO_OLD: "This page had been open for a long time. Look over it and press Send again.",
    Verdict.NOT_OURS: "We could not be sure this came from our page. Look over it and press Send again.",
}
TRAPPED = (
    "A field that nobody sees had been filled in, perhaps by your browser. It is empty now: press Send again."
)
SENT_BEFORE = (
    "You have sent this page before, with other words, and it arrived. To send these words too, press Send again. "
    "Somebody will read both."
)


@public
@require_GET
def door(request: HttpRequest) -> HttpResponse:
    """The short address for a card or a poster."""
    return HttpResponseRedirect(PAGE)


@public
@largest(LARGEST)
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """The page; and one enquiry for each page that is sent, with whatever is wrong said at its field."""
    now = clock.now()
    if request.method != "POST":
        return _page(request, now)
    sent = form.read({name: str(request.POST[name]) for name in request.POST}, day_of(now))
    if why_closed():
        return _page(request, now, sent, status=409)
    known = stamp.read(request.POST.get("stamp", ""))
    verdict = known.verdict(now) if known is not None else Verdict.NOT_OURS
    if sent.asked is None:
        return _page(request, now, sent, verdict=verdict)
    if sent.is_trapped or known is None or verdict is not Verdict.GOOD:
        again = TRAPPED if sent.is_trapped else ONCE_MORE[verdict]
        return _page(request, now, sent, (FieldFault("", again),), verdict=verdict)
    try:
        opened = enquiries.open_enquiry(form=known.form, asked=sent.asked, place=place_of(request), at=now)
    except TooManyAsk as error:
        return _page(request, now, sent, (FieldFault("", str(error)),), status=429)
    except EntryNotValid as error:
        return _page(request, now, sent, error.faults)
    if not opened.is_same:
        return _page(request, now, sent, (FieldFault("", SENT_BEFORE),), verdict=Verdict.TOO_OLD)
    return _to_receipt(opened.enquiry.reference, sent.ground)


def _page(
    request: HttpRequest,
    now: datetime,
    sent: form.Read | None = None,
    faults: tuple[FieldFault, ...] = (),
    *,
    verdict: Verdict = Verdict.GOOD,
    status: int | None = None,
) -> HttpResponse:
    """The page as it is first opened, or with everything that was typed and what is to be done about it."""
    said = (*faults, *(sent.faults if sent else ()))
    mark = stamp.for_another_try(request.POST.get("stamp", ""), verdict, now) if sent else stamp.fresh(now)
    context = {
        "page": present_page(now, sent, said),
        "stamp": str(mark),
        "trap": form.TRAP,
    }
    return render(request, "asking/asking.html", context, status=status or (422 if said else 200))


def _to_receipt(reference: str, ground: str) -> HttpResponse:
    """No word and no id of it stands in the address, which stays in a history."""
    answer = HttpResponseRedirect(SENT_PAGE, status=303)
    answer.set_signed_cookie(
        RECEIPT,
        f"{reference} {1 if ground else 0}",
        salt=stamp.SALT,
        max_age=RECEIPT_FOR,
        path=SENT_PAGE,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
    return answer


@public
@require_GET
def sent(request: HttpRequest) -> HttpResponse:
    """What happens next, and a reference without a word. After an hour, or elsewhere, it knows nothing."""
    kept = request.get_signed_cookie(RECEIPT, default="", salt=stamp.SALT, max_age=RECEIPT_FOR) or ""
    reference, _, first = kept.partition(" ")
    return render(
        request, "asking/sent.html", {"page": present_receipt(reference, first == "1", clock.now())}
    )
