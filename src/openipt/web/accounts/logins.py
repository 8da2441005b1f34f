"""Staff logins: added, closed, opened again, given a new password. No clinical word stands here."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from uuid import UUID

from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_POST

from openipt.core.course.course import EpisodeStatus
from openipt.errors import EntryNotValid, FieldFault, NotAllowedNow
from openipt.records import audit
from openipt.records.actions import accounts as actions
from openipt.records.models import Episode, User
from openipt.records.queries import accounts as queries
from openipt.web import clock
from openipt.web.accounts.presenters import ROLE_CHOICES, ROLES, present_account, present_accounts
from openipt.web.doors import roles
from openipt.web.pages import say, show
from openipt.web.sent import Sent

CONSONANTS, VOWELS = "bdfgklmnprstvz", "aeiou"
GROUPS, SYLLABLES = 4, 2  # 70 ** 8 passwords, and each can be read out on the telephone


def readable_password() -> str:
    """A password made for somebody, easy to read out and to type once."""
    group = lambda: "".join(  # noqa: E731
        secrets.choice(CONSONANTS) + secrets.choice(VOWELS) for _ in range(SYLLABLES)
    )
    return "-".join(group() for _ in range(GROUPS))


@roles("administrator")
def accounts(request: HttpRequest) -> HttpResponse:
    found = list(queries.users(request.user, clock.today()))
    audit.record_read(by=request.user, at=clock.now(), act="accounts-listed")
    return show(request, "accounts/accounts.html", groups=present_accounts(found, clock.today()))


@roles("administrator")
def add(request: HttpRequest) -> HttpResponse:
    """A new login with a password made for it, shown once."""
    if request.method != "POST":
        return _add_page(request, {})
    sent = Sent(request.POST)
    name = sent.words("display_name", required="Write the name others see.", longest=120)
    role = sent.choice("role", ROLES, required="Choose what the person is in the service.")
    password = readable_password()
    try:
        if sent.faults:
            raise EntryNotValid(tuple(sent.faults))
        user = actions.create_user(
            username=sent.values.get("username", ""),
            role=role,
            display_name=name,
            password=password,
            by=request.user,
            at=clock.now(),
        )
    except EntryNotValid as error:
        return _add_page(request, sent.values, error.faults)
    return _shown_once(request, user, password)


def _add_page(
    request: HttpRequest, values: Mapping[str, str], faults: tuple[FieldFault, ...] = ()
) -> HttpResponse:
    return show(
        request,
        "accounts/account_new.html",
        status=422 if faults else 200,
        values=values,
        faults=faults,
        roles=ROLE_CHOICES,
    )


@sensitive_variables("password")
def _shown_once(request: HttpRequest, user: User, password: str) -> HttpResponse:
    address = request.build_absolute_uri("/login/")
    return show(request, "accounts/shown_once.html", login=user, password=password, address=address)


@roles("administrator")
def account(request: HttpRequest, account_id: UUID) -> HttpResponse:
    return _account_page(request, queries.account_for(request.user, account_id, clock.today()))


def _account_page(request: HttpRequest, user: User, refused: tuple[str, ...] = ()) -> HttpResponse:
    open_episodes = Episode.objects.filter(therapist=user).exclude(status=EpisodeStatus.ENDED).count()
    return show(
        request,
        "accounts/account.html",
        status=409 if refused else 200,
        account=present_account(user, clock.today(), open_episodes=open_episodes),
        is_self=user.pk == request.user.pk,
        refused=refused,
    )


@roles("administrator")
@require_POST
def new_password(request: HttpRequest, account_id: UUID) -> HttpResponse:
    """The old password ends here, and whoever is signed in with it is signed out."""
    user = queries.account_for(request.user, account_id, clock.today())
    password = readable_password()
    user = actions.set_password(user=user, password=password, by=request.user, at=clock.now())
    if user.pk == request.user.pk:
        update_session_auth_hash(request, user)
    return _shown_once(request, user, password)


@roles("administrator")
@require_POST
def active(request: HttpRequest, account_id: UUID) -> HttpResponse:
    user = queries.account_for(request.user, account_id, clock.today())
    opening = request.POST.get("active") == "yes"
    try:
        actions.set_active(user=user, active=opening, by=request.user, at=clock.now())
    except NotAllowedNow as error:
        return _account_page(request, user, tuple(error.reasons))
    say(request, "The login is open again." if opening else "The login is closed. Nobody signs in with it.")
    return HttpResponseRedirect(f"/accounts/{user.pk}/")


@roles("therapist", "supervisor", "manager", "administrator")
@sensitive_post_parameters()
@sensitive_variables("old", "new", "again")
def own_password(request: HttpRequest) -> HttpResponse:
    """Another password for oneself. The old one is asked for, so that an open screen is not enough."""
    if request.method != "POST":
        return show(request, "accounts/own_password.html", faults=())
    old, new, again = (request.POST.get(name, "") for name in ("old", "new", "again"))
    try:
        faults = _own_faults(request.user, old, new, again)
        if faults:
            raise EntryNotValid(faults)
        user = actions.set_password(user=request.user, password=new, by=request.user, at=clock.now())
    except EntryNotValid as error:
        faults = tuple(FieldFault("new" if f.path == "password" else f.path, f.message) for f in error.faults)
        return show(request, "accounts/own_password.html", status=422, faults=faults)
    update_session_auth_hash(request, user)
    say(request, "Your password is changed. Other places where you were signed in are signed out.")
    return HttpResponseRedirect("/accounts/password/")


@sensitive_variables("old", "new", "again")
def _own_faults(user: User, old: str, new: str, again: str) -> tuple[FieldFault, ...]:
    if not user.check_password(old):
        return (FieldFault("old", "This is not your password."),)
    if new != again:
        return (FieldFault("again", "The two are not the same."),)
    return ()
