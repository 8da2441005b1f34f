"""The adaptations of the manual: the outline of each on one page, and any two side by side, without script."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from openipt import library
from openipt.core.manual.compare import (
    Part,
    card_in_words,
    compare,
    ground,
    meetings_in_words,
    needed,
    span,
    when,
)
from openipt.core.manual.joined import JOIN
from openipt.core.manual.model import Manual, Modifier, Phase, Requirement
from openipt.web import clock
from openipt.web.pages import show
from openipt.web.paper.outline import modifier_card, modifier_pdf, outline_pdf

MARKS = "A project default has no published value; unverified is standard teaching that was not checked against a source."
OF_A_COURSE = f"The outline of a course of the usual length: what is required in it. {MARKS}"
OF_ANY = f"It goes with an adaptation and is none by itself: what it brings to each. {MARKS}"


@require_GET
def side_by_side(request: HttpRequest) -> HttpResponse:
    """What differs between the two that are named; the base protocol and the next one where none is."""
    known = dict(library.manuals())
    for side in ("left", "right"):  # one with what goes with it is named in full
        if JOIN in (name := request.GET.get(side, "")) and library.has_manual(name):
            known[name] = library.manual(name)
    ordered = sorted(known.values(), key=lambda manual: (bool(manual.inherits), manual.name))
    asked = {
        side: request.GET.get(side) or ordered[place].id
        for side, place in (("left", 0), ("right", min(1, len(ordered) - 1)))
    }
    errors = {side: "Choose an adaptation of this list." for side, name in asked.items() if name not in known}
    two = () if errors else (known[asked["left"]], known[asked["right"]])
    return show(
        request,
        "adaptations.html",
        status=422 if errors else 200,
        options=[(manual.id, manual.name) for manual in ordered],
        asked=asked,
        errors=errors,
        two=two,
        parts=_compared(*two) if two else (),
    )


@lru_cache(maxsize=64)
def _compared(left: Manual, right: Manual) -> tuple[Part, ...]:
    return compare(left, right)


@dataclass(frozen=True)
class PhaseOutline:
    """One phase of the usual length: its sessions, what it is for, and what is done in it."""

    title: str
    sessions: str
    goals: tuple[str, ...]
    tasks: tuple[tuple[str, str, str], ...]  # id, title, when and how much


@require_GET
def outline(request: HttpRequest, adaptation: str) -> HttpResponse:
    """One adaptation on one page: what it is, its phases in a course of the usual length, what is done in each."""
    if adaptation in library.modifiers():
        return _modifier(request, library.modifiers()[adaptation])
    manual = _manual_of(adaptation)
    return show(
        request,
        "adaptation.html",
        manual=manual,
        title=manual.title or manual.name,
        name=manual.name,
        words=OF_A_COURSE,
        card=card_in_words(manual),
        phases=[_phase(manual, phase) for phase in manual.phases],
        beside=(manual.inherits or manual.id, manual.id if manual.inherits else "ipc"),
        paper=f"/adaptations/{manual.id}/pdf/",
    )


@require_GET
def outline_as_pdf(request: HttpRequest, adaptation: str) -> HttpResponse:
    """The same on one sheet of paper."""
    at = clock.now()
    if adaptation in library.modifiers():
        laid, brought = library.brought_by(adaptation)
        made = modifier_pdf(library.modifiers()[adaptation], brought, laid, at)
    else:
        made = outline_pdf(_manual_of(adaptation), at)
    response = HttpResponse(made, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{adaptation.replace("+", "-")}-outline.pdf"'
    return response


def _manual_of(adaptation: str) -> Manual:
    try:
        return library.manual(adaptation)
    except KeyError:
        raise Http404 from None


def _modifier(request: HttpRequest, modifier: Modifier) -> HttpResponse:
    """What goes with adaptations: what it is for, and the tasks it brings to each."""
    laid, brought = library.brought_by(modifier.id)
    tasks = tuple((t.id, t.title, f"{when(laid, t)}; {needed(t)}{ground(t)}") for t in brought)
    return show(
        request,
        "adaptation.html",
        manual=None,
        title=modifier.name,
        name=modifier.name,
        words=OF_ANY,
        card=[pair for pair in modifier_card(modifier) if pair[1]],
        phases=[PhaseOutline("Tasks it brings", "", (), tasks)],
        beside=(laid.base, laid.id),
        paper=f"/adaptations/{modifier.id}/pdf/",
    )


def _phase(manual: Manual, phase: Phase) -> PhaseOutline:
    where = manual.phase_split(manual.sessions.typical).get(phase.id)
    return PhaseOutline(
        title=phase.title,
        sessions=f"session {span(where)}" if where else meetings_in_words(manual, phase),
        goals=phase.goals,
        tasks=tuple(
            (task.id, task.title, f"{when(manual, task)}; {needed(task)}{ground(task)}")
            for task in manual.tasks_of(phase.id)
            if task.requirement is not Requirement.OPTIONAL
        ),
    )
