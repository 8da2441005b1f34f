"""Pages to read, the client's own copy of the safety plan, and who may read what."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from openipt import library
from openipt.core.fields.words import in_words
from openipt.records.models import Cover, Supervision
from openipt.web.client.carers import present_carers_told
from openipt.web.client.common import ClientPage, client_page, show

RIGHTS = "p_14"


@require_GET
def contents(request: HttpRequest) -> HttpResponse:
    page = client_page(request, read="reading-list-read")
    return show(request, "client/learn.html", page, pages=tuple(page.manual.pages.values()))


HEADINGS = (
    ("helps", "Where it helps"),
    ("other", "Where something else helps more, or is needed too"),
    ("not_known", "What nobody can say yet"),
)


@require_GET
def evidence(request: HttpRequest) -> HttpResponse:
    """What studies say it does and does not, and where something else does more, in plain words."""
    page = client_page(request, read="reading-list-read")
    statements = [one for one in library.choosing().statements.values() if one.plain]
    return show(
        request,
        "client/evidence.html",
        page,
        parts=[(words, [one.plain for one in statements if one.told == told]) for told, words in HEADINGS],
        benefits=[fact.plain or fact.text for fact in library.facts().values() if fact.kind == "benefit"],
    )


@require_GET
def read(request: HttpRequest, page_id: str) -> HttpResponse:
    """One page, and the ones beside it."""
    page = client_page(request, read="reading-list-read")
    pages = list(page.manual.pages.values())
    place = next((place for place, one in enumerate(pages) if one.id == page_id), None)
    if place is None:
        raise Http404
    after = pages[place + 1] if place + 1 < len(pages) else None
    return show(request, "client/learn_page.html", page, taught=pages[place], after=after)


@require_GET
def safety_plan(request: HttpRequest) -> HttpResponse:
    """The plan as it stands, with the numbers to call."""
    page = client_page(request)
    plans = page.entries("rec_safety_plan")
    plan = max(plans, key=lambda entry: (entry.on, entry.order), default=None)
    kind = page.manual.record_types["rec_safety_plan"]
    lines = in_words(kind, plan.visible, people=page.names, codes={}, role="client") if plan else ()
    return show(request, "client/safety_plan.html", page, plan=plan, lines=lines)


@require_GET
def rights(request: HttpRequest) -> HttpResponse:
    page = client_page(request)
    taught = library.pages()[RIGHTS]
    return show(
        request,
        "client/rights.html",
        page,
        taught=taught,
        carers=present_carers_told(page),
        supervisors=_supervisors(page),
        covers=_covers(page),
    )


def _supervisors(page: ClientPage) -> tuple[str, ...]:
    """Who supervises the therapist or this treatment today, by name."""
    rows = Supervision.objects.filter(therapist=page.episode.therapist, from_on__lte=page.on)
    current = [row for row in rows.select_related("supervisor") if row.to_on is None or row.to_on >= page.on]
    names = [row.supervisor.display_name for row in current]
    if page.episode.supervisor is not None:
        names.append(page.episode.supervisor.display_name)
    return tuple(dict.fromkeys(name for name in names if name))


def _covers(page: ClientPage) -> tuple[str, ...]:
    rows = Cover.objects.filter(
        therapist=page.episode.therapist, from_on__lte=page.on, to_on__gte=page.on
    ).select_related("cover")
    return tuple(row.cover.display_name for row in rows)
