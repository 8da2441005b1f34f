"""Which adaptation, in words: what fits, what fits with a condition, what cannot be told, what does not, and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from openipt import library
from openipt.core.course.choosing import Fit, Offer, Reason, may_choose, offer_of, offers, offers_to_go_with
from openipt.core.course.course import EpisodeStatus
from openipt.core.manual.choosing import Statement
from openipt.records.access import Act
from openipt.web.evidence import grade_in_words, name_of
from openipt.web.goes_with import WITH
from openipt.web.sources import MARK_WORDS
from openipt.web.therapist.common import EpisodePage

CHECKLIST, CHOICE = "rec_suitability", "rec_adaptation"
FIT_WORDS = {
    Fit.FITS: "Fits",
    Fit.CONDITION: "Fits with a condition",
    Fit.OPEN: "Cannot be told yet",
    Fit.NOT: "Does not fit",
}
FORMAT_WORDS = {
    "individual": "individual",
    "group": "in a group, one member's part: the meeting room for the whole group is not built yet",
    "conjoint": "with the partner",
    "family": "family",
}


@dataclass(frozen=True)
class Ground:
    """One thing that speaks: what was found, what follows, and where it stands."""

    found: str
    text: str
    section: str = ""
    sources: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()


@dataclass(frozen=True)
class OfferView:
    """One adaptation, worded. `address` is its outline, "" where its manual is not here."""

    id: str
    name: str
    fit: str
    made_for: str
    plan: str
    grade: str
    evidence: tuple[Statement, ...]
    needs: tuple[str, ...]
    leads: tuple[Ground, ...]
    first: tuple[Ground, ...]
    against: tuple[Ground, ...]
    missing: tuple[str, ...]
    address: str
    is_now: bool
    research: bool


@dataclass(frozen=True)
class ChoiceKept:
    """A choice as it was kept."""

    name: str
    fit: str
    reason: str
    in_spite: str
    on: date
    address: str


@dataclass(frozen=True)
class ModifierView:
    """What goes with the adaptation, as the record leads to it; `is_on`: it does so now."""

    offer: OfferView
    field: str
    note: str
    is_on: bool


@dataclass(frozen=True)
class AdaptationPage:
    """What the page says, and what may be chosen on it."""

    now: OfferView | None
    now_name: str
    groups: tuple[tuple[str, str, tuple[OfferView, ...]], ...]
    missing_for_all: tuple[str, ...]
    cannot_tell: tuple[tuple[str, tuple[OfferView, ...]], ...]
    research: tuple[OfferView, ...]
    does_not_fit: tuple[OfferView, ...]
    modifiers: tuple[ModifierView, ...]
    options: tuple[tuple[str, str], ...]
    against: frozenset[str]
    may_choose: bool
    checklist_address: str
    checklist_on: date | None
    kept: tuple[ChoiceKept, ...]
    statement: str
    planned: int


def present_adaptations(page: EpisodePage) -> AdaptationPage:
    """Every adaptation that the reference names, as this record leads to it today."""
    found = _offers(page)
    views = {offer.candidate.id: _view(page, offer) for offer in found}
    usual = [offer for offer in found if not offer.candidate.research]
    untold = [views[offer.candidate.id] for offer in usual if offer.fit is Fit.OPEN]
    return AdaptationPage(
        now=views.get(page.manual.base),
        now_name=page.manual.title or page.manual.name,
        groups=tuple(
            (fit.value, FIT_WORDS[fit], tuple(views[o.candidate.id] for o in usual if o.fit is fit))
            for fit in (Fit.FITS, Fit.CONDITION)
        ),
        missing_for_all=_missing_for_all(untold),
        cannot_tell=_by_what_is_missing(untold),
        research=tuple(views[o.candidate.id] for o in found if o.candidate.research),
        does_not_fit=tuple(views[o.candidate.id] for o in usual if o.fit is Fit.NOT),
        modifiers=_modifiers(page),
        options=_options(page, found),
        against=frozenset(offer.candidate.id for offer in found if offer.asks_reason),
        may_choose=bool(page.may(Act.CHANGE_EPISODE)) and not page.status.has_ended,
        checklist_address=_checklist_address(page),
        checklist_on=max((entry.on for entry in page.entries(CHECKLIST)), default=None),
        kept=_kept(page),
        statement=str(library.table("suitability")["statement"]),
        planned=page.status.planned_sessions,
    )


def _missing_for_all(rows: list[OfferView]) -> tuple[str, ...]:
    """What is missing for every one that cannot be told yet: said once, above them."""
    return tuple(one for one in rows[0].missing if all(one in row.missing for row in rows)) if rows else ()


def _by_what_is_missing(rows: list[OfferView]) -> tuple[tuple[str, tuple[OfferView, ...]], ...]:
    """What cannot be told yet, gathered by what else is missing to tell: one answer often settles many."""
    found: dict[str, list[OfferView]] = {}
    everywhere = _missing_for_all(rows)
    for row in rows:
        found.setdefault("; ".join(one for one in row.missing if one not in everywhere), []).append(row)
    return tuple((missing, tuple(views)) for missing, views in found.items())


def present_now(page: EpisodePage) -> OfferView | None:
    """The adaptation the course goes by, as the record leads to it today."""
    offer = offer_of(_offers(page), page.manual.base)
    return _view(page, offer) if offer else None


def _offers(page: EpisodePage) -> tuple[Offer, ...]:
    return offers(page.manual, page.course, page.on, library.choosing(), library.manuals())


def _modifiers(page: EpisodePage) -> tuple[ModifierView, ...]:
    here = library.modifiers_for(page.manual.base)
    found = offers_to_go_with(page.manual, page.course, page.on, library.choosing(), here)
    return tuple(
        ModifierView(
            offer=_view(page, offer),
            field=WITH + offer.candidate.id,
            note=here[offer.candidate.id].format_note.strip(),
            is_on=offer.candidate.id in page.manual.modifiers,
        )
        for offer in found
        if offer.here
    )


def _options(page: EpisodePage, found: tuple[Offer, ...]) -> tuple[tuple[str, str], ...]:
    """What may be chosen, in the order of the page, each with what the record leads to."""
    status = EpisodeStatus(page.episode.status)
    named = [
        (offer.candidate.id, f"{name_of(offer.candidate)} ({_fit_words(offer).lower()})")
        for offer in found
        if may_choose(offer, status)
    ]
    known = {option for option, _ in named}
    own = [(m.id, m.title or m.name) for m in library.manuals().values() if _is_own(m.id)]
    return (*named, *(one for one in own if one[0] not in known))


def _is_own(adaptation: str) -> bool:
    """One of the service's own, which the reference does not name."""
    return library.choosing().candidate(adaptation) is None


def _fit_words(offer: Offer) -> str:
    return "Research only" if offer.candidate.research else FIT_WORDS[offer.fit]


def _view(page: EpisodePage, offer: Offer) -> OfferView:
    candidate = offer.candidate
    return OfferView(
        id=candidate.id,
        name=name_of(candidate),
        fit=_fit_words(offer),
        made_for=candidate.population,
        plan=f"{candidate.sessions}; {FORMAT_WORDS[candidate.format]}",
        grade=grade_in_words(candidate),
        evidence=library.choosing().evidence_of(candidate),
        leads=tuple(map(_ground, offer.leads)),
        needs=candidate.needs,
        first=(
            *(Ground("", need, section=candidate.section) for need in candidate.needs),
            *map(_ground, offer.conditions),
        ),
        against=tuple(map(_ground, offer.against)),
        missing=offer.missing,
        address=f"/adaptations/{candidate.id}/" if offer.here else "",
        is_now=candidate.id == page.manual.base,
        research=candidate.research,
    )


def _ground(reason: Reason) -> Ground:
    line = reason.line
    marks = tuple(MARK_WORDS[mark] for mark in line.marks)
    return Ground(reason.found, line.text, line.section, line.sources, marks)


def _checklist_address(page: EpisodePage) -> str:
    """Where the checklist is filled: the one there is, or a new one; "" for whoever may not write it."""
    if not page.may(Act.WRITE_RECORD):
        return ""
    written = page.entries(CHECKLIST)
    if written:
        return page.address(f"records/{written[-1].pk}/edit/?next={page.address('course/adaptation/')}")
    return page.address(f"records/{CHECKLIST}/new/?next={page.address('course/adaptation/')}")


def _kept(page: EpisodePage) -> tuple[ChoiceKept, ...]:
    """Every choice that was kept, the newest first."""
    kind = page.manual.record_types[CHOICE]
    found = []
    for entry in reversed(page.entries(CHOICE)):
        values = entry.visible
        chosen, fit = str(values.get("adaptation") or ""), str(values.get("fit") or "")
        found.append(
            ChoiceKept(
                name=kind.field("adaptation").option_label(chosen) or chosen,
                fit=kind.field("fit").option_label(fit) or "",
                reason=str(values.get("reason") or ""),
                in_spite=str(values.get("override_reason") or ""),
                on=entry.on,
                address=page.address(f"records/{entry.pk}/"),
            )
        )
    return tuple(found)
