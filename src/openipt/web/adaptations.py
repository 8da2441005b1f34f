"""Two adaptations of the manual side by side, chosen in a form that needs no script."""

from __future__ import annotations

from functools import lru_cache

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from openipt import library
from openipt.core.manual.compare import Part, compare
from openipt.core.manual.model import Manual
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
