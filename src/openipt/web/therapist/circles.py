"""Circles of the past: replayed, two of them beside each other, and each as a drawing to take along."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views.decorators.http import require_GET

from openipt.core.formulation.circle_layout import WIDE
from openipt.errors import NoAccess
from openipt.records.access import Act
from openipt.records.models import Entry
from openipt.web import paper
from openipt.web.circle_standing import CIRCLE, people_of, places_of
from openipt.web.doors import roles
from openipt.web.drawing.closeness_circle import FULL, INITIALS, NO_NAMES, Circle, circle, named_as
from openipt.web.jinja import day
from openipt.web.therapist.common import entry_of, episode_page, show
from openipt.web.therapist.presenters_circle import Comparison, Frame, frames
from openipt.web.therapist.presenters_circle import compare as compared

ROOM = "people"
NAMES = {FULL: "With names", INITIALS: "With initials", NO_NAMES: "With numbers only"}
SCREEN_FONT = "system-ui, 'Segoe UI', Roboto, 'Noto Sans', 'DejaVu Sans', sans-serif"
PAPER_FONT = "Libertinus Serif"  # lies in typst itself, so the picture is the same on every machine


@roles("therapist", "supervisor")
@require_GET
def replay(request: HttpRequest, episode_id: UUID) -> HttpResponse:
    """Every circle after the other. Without script each is a page; with it the course is played."""
    page = episode_page(request, episode_id, Act.SEE_EPISODE, room=ROOM)
    found = frames(page)
    return show(
        request,
        "therapist/circles.html",
        page,
        frames=found,
        now=_asked(found, request.GET.get("circle", ""), len(found) - 1),
        names=NAMES,
    )


@roles("therapist", "supervisor")
@require_GET
def compare(request: HttpRequest, episode_id: UUID) -> HttpResponse:
    """Two circles beside each other: the first and the last where nothing else is asked for."""
    page = episode_page(request, episode_id, Act.SEE_EPISODE, room=ROOM)
    found = frames(page)
    return show(request, "therapist/circles_compare.html", page, frames=found, both=_both(request, found))


def _both(request: HttpRequest, found: list[Frame]) -> Comparison | None:
    if len(found) < 2:
        return None
    before = _asked(found, request.GET.get("before", ""), 0)
    after = _asked(found, request.GET.get("after", ""), len(found) - 1)
    if after < before:
        before, after = after, before
    return compared(found[before], found[after])


def _asked(found: list[Frame], id: str, usual: int) -> int:
    """The place of the circle that the address names; the usual one for any other word."""
    return next((at for at, frame in enumerate(found) if frame.id == id), usual)


# -- taking along ----------------------------------------------------------------------------------------


@roles("therapist", "supervisor")
@require_GET
def as_svg(request: HttpRequest, episode_id: UUID, entry_id: UUID) -> HttpResponse:
    """The drawing as a file of its own. Its name says nothing of anybody."""
    entry, drawing = _drawing(request, episode_id, entry_id)
    made = _svg(entry, drawing, SCREEN_FONT).encode()
    return _file(made, "image/svg+xml", f"circle-{entry.on.isoformat()}.svg")


@roles("therapist", "supervisor")
@require_GET
def as_png(request: HttpRequest, episode_id: UUID, entry_id: UUID) -> HttpResponse:
    entry, drawing = _drawing(request, episode_id, entry_id)
    made = paper.png(_svg(entry, drawing, PAPER_FONT), WIDE.width)
    return _file(made, "image/png", f"circle-{entry.on.isoformat()}.png")


def _drawing(request: HttpRequest, episode_id: UUID, entry_id: UUID) -> tuple[Entry, Circle]:
    """One circle with its people named as asked for: by name, by initials, by number. Never safety."""
    page = episode_page(request, episode_id, Act.SEE_EPISODE, room=ROOM, read="document-printed")
    entry = entry_of(page, entry_id)
    if entry.record_type != CIRCLE:
        raise NoAccess
    people = people_of(page, places_of(entry), entry.on)
    return entry, circle(named_as(people, request.GET.get("names", FULL)), papers=(WIDE,))


def _svg(entry: Entry, drawing: Circle, font: str) -> str:
    known = {"c": drawing, "d": drawing.drawings[0], "font": font, "when": day(entry.on)}
    return render_to_string("paper/circle.svg", known)


def _file(made: bytes, kind: str, name: str) -> HttpResponse:
    response = HttpResponse(made, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
