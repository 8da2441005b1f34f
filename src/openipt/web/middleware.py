"""What happens around every request: two sign-ins side by side, privacy, and errors told calmly."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote, urlencode

from django.conf import settings
from django.contrib.auth.middleware import get_user
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase

from openipt.errors import PersonError
from openipt.web import errors
from openipt.web.doors import is_client_side, roles_of, sign_in_address

CLIENT_COOKIES = {"SESSION_COOKIE_NAME": "openipt_me", "CSRF_COOKIE_NAME": "openipt_me_form"}
CLIENT_PATH = "/me/"

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "manifest-src 'self'",
        "worker-src 'self'",
    )
)
PERMISSIONS = ", ".join(
    f"{feature}=()"
    for feature in (
        "camera", "microphone", "geolocation", "payment", "usb", "serial", "midi",
        "accelerometer", "gyroscope", "magnetometer", "display-capture", "browsing-topics",
    )
)  # fmt: skip


class SeparateSessions(SessionMiddleware):
    """Client pages (/me/) keep their sign-in and their form token in cookies of their own.

    So a therapist and a client can be signed in side by side in one browser, and a sign-in on one
    side never makes a form on the other side too old. Django knows one cookie name; here the
    client's cookies take that name while one of the client's pages is answered.
    """

    def process_request(self, request: HttpRequest) -> None:
        if is_client_side(request):
            cookies = dict(request.COOKIES)
            for setting, own in CLIENT_COOKIES.items():
                cookies.pop(getattr(settings, setting), None)
                if own in cookies:
                    cookies[getattr(settings, setting)] = cookies[own]
            request.COOKIES = cookies
        super().process_request(request)

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        response = super().process_response(request, response)
        if is_client_side(request):
            for setting, own in CLIENT_COOKIES.items():
                morsel = response.cookies.pop(getattr(settings, setting), None)
                if morsel is not None:
                    response.cookies[own] = morsel.value
                    response.cookies[own].update({**morsel, "path": CLIENT_PATH})
        return response


class SmallForms:
    """A view that takes small forms alone (`doors.largest`) is never given a large one: not a byte of it is read."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., object], args: object, kwargs: object
    ) -> HttpResponse | None:
        most = getattr(view, "largest_body", None)
        told = request.META.get("CONTENT_LENGTH") or "0"
        if most is None or (told.isascii() and told.isdecimal() and int(told[:12]) <= most):
            return None
        return errors.answer(request, errors.TOO_BIG)


class PrivatePages:
    """Pages are private unless marked public (`web.doors`), kept by no cache, and load only our own files."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.get_host()  # a name that is not ours is refused whatever is asked for (400)
        response = self.get_response(request)
        _tell_received(request, response)
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers.setdefault("Content-Security-Policy", POLICY)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., object], args: object, kwargs: object
    ) -> HttpResponse | None:
        if getattr(view, "open_to_all", False):
            return None
        user = request.user = get_user(request)
        if not user.is_authenticated:
            if request.method in ("GET", "HEAD") and not request.headers.get("HX-Request"):
                if request.headers.get("X-Requested-With") == "fetch":
                    return errors.signed_out(request)
                query = urlencode({"next": request.get_full_path()})
                return HttpResponseRedirect(f"{sign_in_address(request)}?{query}")
            return errors.signed_out(request)
        if user.role not in roles_of(view, request):
            return errors.answer(request, errors.NOT_FOUND)
        return None


RECEIVED_COOKIE = "openipt_received"
MOST_RECEIVED = 6


def _tell_received(request: HttpRequest, response: HttpResponseBase) -> None:
    """Tell the browser that a form it keeps as ciphertext has arrived, so that it lets go of it.

    The form names itself in the field `draft` (an address and an id, no words). A redirect is our
    answer to a form that was taken; js/vault.js reads the cookie on the page that follows. Where that page
    was left before it could, the next form's name stands beside the first.
    """
    if request.method != "POST" or not 300 <= response.status_code < 400:
        return
    draft = request.POST.get("draft", "")
    if draft.startswith("/") and len(draft) <= 300:
        waiting = request.COOKIES.get(RECEIVED_COOKIE, "").split("/")
        names = dict.fromkeys([*filter(None, waiting), quote(draft, safe="")])
        response.set_cookie(
            RECEIVED_COOKIE, "/".join([*names][-MOST_RECEIVED:]), max_age=600, samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE,
        )  # fmt: skip


class PersonErrors:
    """An error made for people becomes a page, or a message where htmx asked."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, PersonError):
            return errors.answer(request, errors.of_person_error(exception))
        return None
