"""Pages and fragments for what goes wrong. Calm, without traceback, without anybody's words.

A request made by htmx gets the message alone, placed at `#messages`, so that what stands on the page
and what was typed into it stay as they are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.template.loader import render_to_string

from openipt.errors import ChangedMeanwhile, EntryNotValid, NoAccess, NotAllowedNow, PersonError
from openipt.web.doors import sign_in_address

NEVER_KEPT = ("csrfmiddlewaretoken", "password", "old_password", "new_password1", "new_password2")
KEPT = "kept:"
KEPT_PATH = "kept_path"


@dataclass(frozen=True)
class Trouble:
    """What a person is told when something cannot be done."""

    status: int
    title: str
    message: str
    reasons: tuple[str, ...] = ()


NOT_FOUND = Trouble(
    404,
    "There is nothing here",
    "The address may be mistyped, or this is not for you to see.",
)
BROKEN = Trouble(
    500,
    "Something went wrong on our side",
    "What was saved before is safe. Please go back and try again; if it happens again, tell the person "
    "who looks after this service at what time it happened.",
)
TOO_BIG = Trouble(
    413,
    "That is more than we can take at once",
    "Nothing was saved. Please go back and shorten the text or choose a smaller file.",
)
NOT_UNDERSTOOD = Trouble(
    400, "We could not read that request", "Nothing was saved. Please go back and try again."
)


def answer(request: HttpRequest, trouble: Trouble) -> HttpResponse:
    """The page for a trouble, or the message alone where htmx asked."""
    if request.headers.get("HX-Request"):
        html = render_to_string("public/_trouble.html", {"trouble": trouble}, request=request)
        return _to_messages(HttpResponse(html, status=trouble.status))
    html = render_to_string("public/trouble.html", {"trouble": trouble}, request=request)
    return HttpResponse(html, status=trouble.status)


def _to_messages(response: HttpResponse) -> HttpResponse:
    response["HX-Retarget"] = "#messages"
    response["HX-Reswap"] = "innerHTML"
    return response


def of_person_error(error: PersonError) -> Trouble:
    """How an error made for people is told."""
    if isinstance(error, NoAccess):
        return NOT_FOUND
    if isinstance(error, NotAllowedNow):
        return Trouble(409, "This cannot be done now", "", tuple(error.reasons))
    if isinstance(error, ChangedMeanwhile):
        return Trouble(409, "Somebody else saved first", str(error))
    if isinstance(error, EntryNotValid):
        reasons = tuple(fault.message for fault in error.faults)
        return Trouble(422, "Something needs another look", "Nothing was saved yet.", reasons)
    return Trouble(422, "This could not be done", str(error))


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that grew old in its tab: what was typed is offered again with a fresh token.

    Only what our own page sent is offered again. A form sent here from elsewhere is refused, or a
    stranger's page could make a person confirm what they never typed.
    """
    if request.headers.get("HX-Request"):
        html = render_to_string("public/_old_form.html", {}, request=request)
        response = _to_messages(HttpResponse(html, status=403))
        response["X-Fresh-Token"] = get_token(request)
        return response
    if not _from_our_own_page(request):
        return answer(request, Trouble(403, NOT_UNDERSTOOD.title, NOT_UNDERSTOOD.message))
    return offer_again(request, request.get_full_path(), kept_fields(request.POST), status=403)


def _from_our_own_page(request: HttpRequest) -> bool:
    origin = request.headers.get("Origin") or request.headers.get("Referer") or ""
    return urlsplit(origin).netloc == request.get_host()


def kept_fields(post: Mapping[str, object]) -> list[tuple[str, str]]:
    """What was typed, without tokens and passwords."""
    lists = post.lists() if hasattr(post, "lists") else ((key, [value]) for key, value in post.items())
    return [
        (name, str(value))
        for name, values in lists
        if name not in NEVER_KEPT and "password" not in name and not name.startswith("kept")
        for value in values
    ]


def offer_again(
    request: HttpRequest, path: str, fields: Sequence[tuple[str, str]], *, status: int = 200
) -> HttpResponse:
    """A page with the typed values as hidden fields and one button that sends them to `path`."""
    context = {"path": path, "fields": fields, "sign_in": path in ("/login/", "/me/login/")}
    html = render_to_string("public/old_form.html", context, request=request)
    return HttpResponse(html, status=status)


def signed_out(request: HttpRequest) -> HttpResponse:
    """Nobody is signed in here. What a form carried is kept through the sign-in that follows."""
    if request.headers.get("HX-Request") or request.headers.get("X-Requested-With") == "fetch":
        context = {"address": sign_in_address(request)}
        html = render_to_string("public/_signed_out.html", context, request=request)
        return _to_messages(HttpResponse(html, status=401))
    fields = [(KEPT + name, value) for name, value in kept_fields(request.POST)]
    context = {
        "client_side": sign_in_address(request).startswith("/me/"),
        "address": sign_in_address(request),
        "kept": [(KEPT_PATH, request.get_full_path()), *fields],
        "faults": (),
        "values": {"username": ""},
        "next": "",
        "expired": True,
    }
    return HttpResponse(render_to_string("public/sign_in.html", context, request=request), status=401)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return answer(request, NOT_FOUND)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    if isinstance(exception, RequestDataTooBig | TooManyFieldsSent):
        return answer(request, TOO_BIG)
    return answer(request, NOT_UNDERSTOOD)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return answer(request, NOT_FOUND)


def broken(request: HttpRequest) -> HttpResponse:
    return answer(request, BROKEN)
