"""The adaptations of the manual: the outline of each on one page, and any two side by side, without script."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from openipt import library
from openipt.core.manual.compare import Part, card_in_words, compare, ground, needed, span, when
from openipt.core.manual.model import Manual, Phase, Requirement
from openipt.web.pages import show


@require_GET
def side_by_side(request: HttpRequest) -> HttpResponse:
    """What differs between the two that are named; the base protocol and the next one where none is."""
    known = library.manuals()
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
    manual = library.manuals().get(adaptation)
    if manual is None:
        raise Http404
    return show(
        request,
        "adaptation.html",
        manual=manual,
        card=card_in_words(manual),
        phases=[_phase(manual, phase) for phase in manual.phases],
    )


def _phase(manual: Manual, phase: Phase) -> PhaseOutline:
    where = manual.phase_split(manual.sessions.typical).get(phase.id)
    return PhaseOutline(
        title=phase.title,
        sessions=f"session {span(where)}" if where else "",
        goals=phase.goals,
        tasks=tuple(
            (task.id, task.title, f"{when(manual, task)}; {needed(task)}{ground(task)}")
            for task in manual.tasks_of(phase.id)
            if task.requirement is not Requirement.OPTIONAL
        ),
    )
