"""Pages before and around sign-in: the two doors, help now, theme, leaving quickly, the style page."""

from __future__ import annotations

import base64
import copy

from django.conf import settings
from django.contrib.auth import authenticate, login, logout
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse, QueryDict
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from openipt.errors import FieldFault
from openipt.records.actions import accounts
from openipt.records.models import Client
from openipt.web import behind, clock, errors, style_guide
from openipt.web.crisis_shown import regions_shown
from openipt.web.doors import CLIENT, home_of, is_client_side, public
from openipt.web.shell import THEME_COOKIE, THEMES

THIS_MACHINE = ("localhost", "127.0.0.1", "[::1]", "::1", "testserver")
LOOPBACK = ("127.", "::1", "::ffff:127.")
SENT_ON = ("HTTP_FORWARDED", "HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_HOST", "HTTP_X_REAL_IP")
LONGEST_LOGIN = 150  # longer than any login, shorter than what the lock-out's table takes
A_YEAR = 60 * 60 * 24 * 365

NO_MATCH = "That name and password do not match. Check both and try again."
LOCKED = "There were too many tries. For safety, wait 15 minutes and try again."
DEMO_ELSEWHERE = (
    "This is a demonstration. Its logins work only on the machine it runs on, unless the person who runs it "
    "sets OPENIPT_DEMO_ANYWHERE=1."
)


@public
@require_GET
def front(request: HttpRequest) -> HttpResponse:
    """To the person's own room, or to the door."""
    if request.user.is_authenticated:
        return HttpResponseRedirect(home_of(request.user))
    return HttpResponseRedirect("/login/")


@public
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """The door of the staff, and under /me/ that of clients."""
    if request.method == "POST":
        return _try_to_sign_in(request)
    wanted = _own_path(request, request.GET.get("next", ""))
    if request.user.is_authenticated and _is_on_own_side(request, request.user.role):
        return HttpResponseRedirect(wanted or home_of(request.user))
    return _sign_in_page(request, next=wanted)


@sensitive_variables("password")
def _try_to_sign_in(request: HttpRequest) -> HttpResponse:
    username, password = _login_name(request.POST.get("username", "")), request.POST.get("password", "")
    faults = _blanks(username, password)
    if faults:
        return _sign_in_page(request, *faults, status=422)
    bare = _without_words(request)
    user = authenticate(bare, username=username, password=password)
    if getattr(bare, "axes_locked_out", False):  # answered here, on the form, and not by the middleware
        return _sign_in_page(request, FieldFault("username", LOCKED), status=429)
    if user is None:
        return _sign_in_page(request, FieldFault("username", NO_MATCH), status=422)
    if not _is_on_own_side(request, user.role):
        return _sign_in_page(request, FieldFault("username", _other_door(user.role)), status=422)
    if _is_demo_login(user) and not _demo_may_sign_in(request):
        return _sign_in_page(request, FieldFault("username", DEMO_ELSEWHERE), status=403)
    login(request, user)
    behind.open_after_sign_in(request, user)
    return _after_sign_in(request)


def _login_name(typed: str) -> str:
    """The name as logins are kept, so that every spelling of it counts towards the same lock-out."""
    return typed.replace("\0", "").strip().lower()[:LONGEST_LOGIN]


def _without_words(request: HttpRequest) -> HttpRequest:
    """The request without its fields: what counts the tries keeps them in the clear.

    After an expired sign-in this form carries along what was being typed: a client's words.
    """
    bare = copy.copy(request)
    bare.GET = bare.POST = QueryDict()
    return bare


def _after_sign_in(request: HttpRequest) -> HttpResponse:
    """On to the page wanted; or to what was typed when the sign-in had run out."""
    kept_path = _own_path(request, request.POST.get(errors.KEPT_PATH, ""))
    kept = [
        (name.removeprefix(errors.KEPT), value)
        for name, values in request.POST.lists()
        if name.startswith(errors.KEPT)
        for value in values
    ]
    if kept_path and kept:
        return errors.offer_again(request, kept_path, kept)
    wanted = kept_path or _own_path(request, request.POST.get("next", ""))
    return HttpResponseRedirect(wanted or home_of(request.user))


def _blanks(username: str, password: str) -> tuple[FieldFault, ...]:
    name = () if username else (FieldFault("username", "Write your login name."),)
    word = () if password else (FieldFault("password", "Write your password."),)
    return (*name, *word)


def _sign_in_page(
    request: HttpRequest, *faults: FieldFault, next: str = "", status: int = 200
) -> HttpResponse:
    kept = [
        (name, value)
        for name, values in request.POST.lists()
        if name.startswith(errors.KEPT) or name == errors.KEPT_PATH
        for value in values
    ]
    context = {
        "client_side": is_client_side(request),
        "address": request.path,
        "faults": faults,
        "values": {"username": request.POST.get("username", "")},
        "next": next or _own_path(request, request.POST.get("next", "")),
        "kept": kept,
        "expired": bool(kept),
    }
    return render(request, "public/sign_in.html", context, status=status)


def _is_on_own_side(request: HttpRequest, role: str) -> bool:
    return (role == CLIENT) == is_client_side(request)


def _other_door(role: str) -> str:
    if role == CLIENT:
        return "This door is for staff. Your pages are at /me/: sign in there."
    return "This door is for clients. Staff sign in at /login/."


def _is_demo_login(user: object) -> bool:
    """In a demonstration every login is one of the demonstration's."""
    return bool(getattr(user, "is_demo", False)) or not settings.ENVIRONMENT.is_live


def _demo_may_sign_in(request: HttpRequest) -> bool:
    if settings.ENVIRONMENT.demo_anywhere:
        return True
    host = request.get_host()
    name = host if host in THIS_MACHINE else host.rsplit(":", 1)[0]
    sent_on = any(request.META.get(header) for header in SENT_ON)  # a tunnel can call itself this machine
    return name in THIS_MACHINE and request.META.get("REMOTE_ADDR", "").startswith(LOOPBACK) and not sent_on


def _own_path(request: HttpRequest, path: str) -> str:
    """`path` if it is one of our own pages on this side of the house, else nothing."""
    if not path.startswith("/") or not url_has_allowed_host_and_scheme(path, allowed_hosts=None):
        return ""
    bare = path.split("?", 1)[0]
    if bare.startswith(("/login", "/me/login", "/logout", "/me/logout", "/me/leave")):
        return ""
    same_side = bare.startswith("/me/") == is_client_side(request)
    return path if same_side else ""


@public
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    return HttpResponseRedirect("/me/login/" if is_client_side(request) else "/login/")


@public
@csrf_exempt  # leaving must work from a page however old; all it can do is sign out
@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """Quick exit: sign out and show a page about something else."""
    logout(request)
    return HttpResponseRedirect("/kitchen/", status=303)


@public
@require_GET
def neutral_page(request: HttpRequest) -> HttpResponse:
    """A harmless page, for who needs to look at something else at once."""
    return render(request, "public/kitchen.html")


@public
@require_POST
def choose_theme(request: HttpRequest) -> HttpResponse:
    """Light, dark, or as the system has it; kept in this browser only."""
    theme = request.POST.get("theme", "")
    if theme not in THEMES:
        raise Http404
    back = request.POST.get("back", "")
    safe = back.startswith("/") and url_has_allowed_host_and_scheme(back, allowed_hosts=None)
    response = HttpResponseRedirect(back if safe else "/")
    response.set_cookie(
        THEME_COOKIE, theme, max_age=A_YEAR, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
    )
    return response


@require_GET
def draft_key(request: HttpRequest) -> JsonResponse:
    """The key under which this person's browser may keep half-typed text, and a fresh form token."""
    key = accounts.draft_key(user=request.user, by=request.user, at=clock.now())
    who = str(request.user.pk)
    client = getattr(request.user, "client", None) if is_client_side(request) else None
    if client is not None and behind.is_open(request, client.pk):
        key, who = behind.draft_key(key, request.user)
    return JsonResponse({"key": base64.b64encode(key).decode(), "who": who, "token": get_token(request)})


@public
@require_GET
def help_now(request: HttpRequest) -> HttpResponse:
    """Whom to call now: in a signed-in client's own region, else in every region."""
    context = {
        "regions": regions_shown(_region_of(request)),
        "client_side": is_client_side(request),
    }
    return render(request, "public/help_now.html", context)


def _region_of(request: HttpRequest) -> str:
    if not request.user.is_authenticated or request.user.role != CLIENT:
        return ""
    return Client.objects.filter(user=request.user).values_list("region", flat=True).first() or ""


@public
@require_GET
def style(request: HttpRequest) -> HttpResponse:
    """Every component in every state; for staff, and for anybody in a demonstration."""
    is_staff = request.user.is_authenticated and request.user.role != CLIENT
    if settings.ENVIRONMENT.is_live and not is_staff:
        raise Http404
    return render(request, "public/style.html", style_guide.examples())
