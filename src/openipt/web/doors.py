"""Who may come to a page at all. A view without a mark is for signed-in staff only.

    @public                          anybody, before sign-in too
    @roles("therapist", "supervisor")  signed-in people with one of these roles
    @largest(32_000)                 no body above that many bytes

Pages under /me/ are the client's, all others the staff's: each side has its own sign-in, and a view
under /me/ without a mark is for a signed-in client. Marks say which rooms a person may enter; what
they may see inside is asked of `records.access` by the view.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from django.http import HttpRequest

View = TypeVar("View", bound=Callable[..., object])

CLIENT = "client"
STAFF = ("therapist", "supervisor", "manager", "administrator")

HOMES = {
    "therapist": "/today/",
    "supervisor": "/supervision/",
    "manager": "/service/",
    "administrator": "/accounts/",
    CLIENT: "/me/",
}


def public(view: View) -> View:
    """Mark a view that anybody may open."""
    view.open_to_all = True  # type: ignore[attr-defined]
    return view


def roles(*names: str) -> Callable[[View], View]:
    """Mark a view for signed-in people with one of these roles."""

    def mark(view: View) -> View:
        view.roles = names  # type: ignore[attr-defined]
        return view

    return mark


def largest(size: int) -> Callable[[View], View]:
    """Mark a view whose forms are small: a larger body is refused before a byte of it is read."""

    def mark(view: View) -> View:
        view.largest_body = size  # type: ignore[attr-defined]
        return view

    return mark


def is_client_side(request: HttpRequest) -> bool:
    """Whether this address is one of the client's pages."""
    return request.path == "/me" or request.path.startswith("/me/")


def sign_in_address(request: HttpRequest) -> str:
    """The door of the side this address is on."""
    return "/me/login/" if is_client_side(request) else "/login/"


def roles_of(view: Callable[..., object], request: HttpRequest) -> tuple[str, ...]:
    """The roles that may open `view` at this address."""
    side = (CLIENT,) if is_client_side(request) else STAFF
    return tuple(name for name in getattr(view, "roles", side) if name in side)


def home_of(user: object) -> str:
    """Where a person starts after signing in."""
    return HOMES[str(getattr(user, "role", ""))]
