"""What surrounds every page: who is signed in, where they can go, and the header of an episode.

Plain values for the shell templates. `EpisodeHeader` is made by the therapist's presenter and given
to `therapist/episode_base.html` as `header`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest

from openipt.records.access import is_intake
from openipt.records.models import User
from openipt.web.doors import CLIENT, is_client_side
from openipt.web.drawing.phase_track import PhaseTrack

THEMES = ("auto", "light", "dark")
THEME_COOKIE = "openipt_theme"

ROOMS_BY_ROLE = {
    "therapist": (("/today/", "Today"), ("/clients/", "Clients"), ("/accounts/cover/", "Cover")),
    "supervisor": (("/supervision/", "Supervision"), ("/today/", "Today"), ("/clients/", "Clients")),
    "manager": (("/service/", "Service"), ("/accounts/arrangements/", "Supervision and cover")),
    "administrator": (("/accounts/", "Accounts"), ("/accounts/arrangements/", "Supervision and cover")),
}
INTAKE_ROOM = ("/intake/", "Enquiries")
CLIENT_ROOMS = (("/me/", "Home"), ("/me/check-in/", "Check-in"), ("/me/line/", "My line"))

EPISODE_ROOMS = (
    ("overview", "Overview", ""),
    ("people", "People", "people/"),
    ("timeline", "Timeline", "timeline/"),
    ("formulation", "Formulation", "formulation/"),
    ("session", "Session", "session/"),
    ("worksheets", "Worksheets", "worksheets/"),
    ("measures", "Measures", "measures/"),
    ("safety", "Safety", "safety/"),
    ("ending", "Ending", "ending/"),
    ("documents", "Documents", "documents/"),
)


@dataclass(frozen=True)
class Link:
    """One place to go; `here` when the page shown is that place or inside it."""

    address: str
    title: str
    here: bool = False


@dataclass(frozen=True)
class Shell:
    """The frame of a page."""

    signed_in: bool
    name: str
    role: str
    rooms: tuple[Link, ...]
    theme: str
    theme_address: str
    here: str
    is_demo: bool


def shell_of(request: HttpRequest | None) -> Shell:
    """The frame for this request. Works also where a request broke before anybody was known."""
    user = getattr(request, "user", None)
    signed_in = bool(user and user.is_authenticated)
    role = str(user.role) if user is not None and signed_in else ""
    path = request.path if request else "/"
    client_side = is_client_side(request) if request else False
    offered = rooms_of(user) if user is not None and signed_in else ()
    return Shell(
        signed_in=signed_in,
        name=str(user.display_name or user.username) if user is not None and signed_in else "",
        role=role,
        rooms=tuple(Link(address, title, _is_here(address, path)) for address, title in offered),
        theme=theme_of(request),
        theme_address="/me/theme/" if client_side else "/theme/",
        here=path,
        is_demo=not settings.ENVIRONMENT.is_live,
    )


def rooms_of(user: User) -> tuple[tuple[str, str], ...]:
    """Where this person may go from every page: address and title."""
    if user.role == CLIENT:
        return CLIENT_ROOMS
    return (*ROOMS_BY_ROLE.get(user.role, ()), *([INTAKE_ROOM] if is_intake(user) else ()))


def theme_of(request: HttpRequest | None) -> str:
    """The theme this browser asked for; the system's own choice otherwise."""
    chosen = request.COOKIES.get(THEME_COOKIE, "") if request else ""
    return chosen if chosen in THEMES else "auto"


def _is_here(address: str, path: str) -> bool:
    if address == "/me/":
        return path == address
    if address == "/accounts/" and path.startswith("/accounts/arrangements/"):
        return False
    inside = {"/clients/": ("/clients/", "/episodes/")}.get(address, (address,))
    return path.startswith(inside)


@dataclass(frozen=True)
class AlertLine:
    """An open alert as it stands on top of every page of its episode."""

    title: str
    raised: str
    address: str
    grave: bool = True
    detail: str = ""


@dataclass(frozen=True)
class EpisodeHeader:
    """What stands over every room of an episode.

    `risk_tone` is quiet, attention or danger; it chooses the icon, and the words stand beside it.
    `change` says its rule, as in "6 lower than at the start, a reliable change".
    """

    episode: UUID | str
    client: str
    treatment: str
    phase: str
    place: str
    track: PhaseTrack
    focus: str = ""
    risk: str = ""
    risk_tone: str = "quiet"
    score: str = ""
    score_on: date | None = None
    change: str = ""
    rooms: tuple[Link, ...] = ()
    alerts: tuple[AlertLine, ...] = field(default=())


def episode_rooms(episode: UUID | str, here: str, *, without: Sequence[str] = ()) -> tuple[Link, ...]:
    """The rooms of an episode. `here` is the id of the room shown, as in EPISODE_ROOMS."""
    return tuple(
        Link(f"/episodes/{episode}/{tail}", title, room == here)
        for room, title, tail in EPISODE_ROOMS
        if room not in without
    )
