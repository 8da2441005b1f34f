"""What the evidence says by condition, for staff: every statement with its grade in words, figures and sources."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from openipt import library
from openipt.core.manual.choosing import Candidate
from openipt.core.manual.names import EVIDENCE_GRADES
from openipt.web.pages import show


@require_GET
def evidence(request: HttpRequest) -> HttpResponse:
    """Each statement that may be made, and for which adaptations it stands."""
    known = library.choosing()
    return show(
        request,
        "evidence.html",
        statements=[(one, _named(one.id)) for one in known.statements.values()],
        not_suitable=library.table("suitability")["not_suitable"],
        statement=library.table("suitability")["statement"],
    )


def _named(statement: str) -> tuple[tuple[str, str], ...]:
    """The adaptations a statement is shown for: address ("" where the manual is not here) and name."""
    here = library.manuals()
    return tuple(
        (f"/adaptations/{one.id}/" if one.id in here else "", name_of(one))
        for one in library.choosing().candidates
        if statement in one.evidence
    )


def name_of(candidate: Candidate) -> str:
    """As its manual calls it, where it is here."""
    manual = library.manuals().get(candidate.id)
    return (manual.title or manual.name) if manual else candidate.name


def grade_in_words(candidate: Candidate) -> str:
    """The grade of 0.5 and what it means, with what it holds for."""
    note = f" ({candidate.grade_note})" if candidate.grade_note else ""
    return f"{candidate.grade}{note}: {EVIDENCE_GRADES[candidate.grade]}"
