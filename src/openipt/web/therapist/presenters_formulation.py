"""The Formulation room in words: areas as two people rate them, the paragraph, the contract, their versions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from openipt.core.course.known import agreed as is_agreed
from openipt.core.course.known import suitability_stops
from openipt.core.fields.words import Line
from openipt.core.formulation.agreement import agreement, rated_pairs
from openipt.core.formulation.paragraph import missing, paragraph
from openipt.records.models import Entry, EntryState
from openipt.web.jinja import plural
from openipt.web.therapist.common import EpisodePage
from openipt.web.therapist.presenters_agreeing import (
    AGREEMENT,
    AGREEMENT_TONE,
    CONTRACT,
    FACE_TO_FACE,
    FORMULATION,
    Diagram,
    MeetingDay,
    OfferView,
    PlainView,
    answer_to_take,
    contract_dates,
    diagram,
    has_own_maintenance,
    is_watched,
    latest_contract,
    offers,
    plain_view,
)
from openipt.web.therapist.presenters_ipaf import FocusPart, present_focus
from openipt.web.therapist.presenters_narrative import SchemaView, is_used, present_schema
from openipt.web.therapist.presenters_ranking import RankingView, present_ranking
from openipt.web.therapist.presenters_records import lines_of
from openipt.web.therapist.room_parts import may_write

RATING = "rec_problem_area_rating"
LINKS = ("none", "weak", "within a year before onset", "within three months before onset")
RATERS = {"therapist": "Therapist", "supervisor": "Supervisor"}
RULES = ("DR-08", "DR-16", "DR-17", "DR-18", "DR-47")


@dataclass(frozen=True)
class AreaRating:
    """What one rater last said of one area."""

    rater: str
    verdict: str
    evidence: str
    on: date
    address: str


@dataclass(frozen=True)
class AreaView:
    """One problem area of the manual, its ratings, and whether the raters see it alike."""

    id: str
    title: str
    definition: str
    ratings: tuple[AreaRating, ...]
    agreement: str


@dataclass(frozen=True)
class RuleCard:
    """A rule that speaks: what, why, what next."""

    id: str
    title: str
    why: str
    next: str
    tone: str


@dataclass(frozen=True)
class FormulationView:
    """One version of the formulation as it reads."""

    text: str
    areas: str
    agreement: str
    tone: str
    client_words: str
    on: date
    session: int | None
    address: str
    edit_address: str
    counts: bool
    is_shown: bool
    missing: tuple[str, ...]
    diagram: Diagram
    compare_address: str = ""


@dataclass(frozen=True)
class ContractView:
    """One version of the contract in words."""

    lines: tuple[Line, ...]
    on: date
    session: int | None
    address: str
    is_shown: bool
    dates: tuple[MeetingDay, ...] = ()


@dataclass(frozen=True)
class FormulationPage:
    """The Formulation room."""

    areas: tuple[
        AreaView, ...
    ]  # none where the adaptation has none: then no issues and no formulation either
    focus: FocusPart | None
    schema: SchemaView | None
    works_with_schema: bool
    areas_alike: str
    ranking: RankingView
    rules: tuple[RuleCard, ...]
    formulation: FormulationView | None
    formulations: tuple[FormulationView, ...]
    contract: ContractView | None
    contracts: tuple[ContractView, ...]
    maintenance: ContractView | None  # of an adaptation that keeps a contract for it of its own
    may_agree_maintenance: bool
    asks_for_factors: bool
    blocked: tuple[str, ...]
    may_rate: bool
    may_write: bool
    plain: PlainView | None
    offers: tuple[OfferView, ...]
    take: str  # the client's answer that nobody has taken over yet
    may_offer: bool
    why_not_offer: str


def present_formulation(page: EpisodePage) -> FormulationPage:
    written = page.entries(FORMULATION)
    formulations = tuple(formulation_view(page, entry) for entry in reversed(written))
    take, may_ask = answer_to_take(page), may_write(page, FORMULATION) and bool(written)
    watched = may_ask and is_watched(page)
    works_with_schema = is_used(page)
    own, of_today = has_own_maintenance(page), latest_contract(page)
    of_maintenance = latest_contract(page, maintenance=True) if own else None
    earlier = [one for one in reversed(page.entries(CONTRACT)) if one not in (of_today, of_maintenance)]
    return FormulationPage(
        areas=area_views(page),
        focus=present_focus(page),
        schema=present_schema(page) if works_with_schema else None,
        works_with_schema=works_with_schema,
        areas_alike=_alike(page),
        ranking=present_ranking(page),
        rules=rule_cards(page, RULES),
        formulation=formulations[0] if formulations else None,
        formulations=formulations[1:],
        contract=contract_view(page, of_today) if of_today else None,
        contracts=tuple(contract_view(page, entry) for entry in earlier),
        maintenance=contract_view(page, of_maintenance) if of_maintenance else None,
        may_agree_maintenance=own and page.status.phase in ("ending", "maintenance"),
        asks_for_factors="factors" in page.manual.asks_for.get(FORMULATION, ()),
        blocked=contract_stops(page),
        may_rate=may_write(page, RATING),
        may_write=may_write(page, FORMULATION),
        plain=plain_view(page, written[-1].visible) if written else None,
        offers=offers(page),
        take=str(take.pk) if take else "",
        may_offer=may_ask and not watched,
        why_not_offer=FACE_TO_FACE if watched else "",
    )


# -- problem areas -----------------------------------------------------------------------------------


def latest_ratings(page: EpisodePage) -> dict[tuple[str, str], Entry]:
    """(area, rater) -> the last rating."""
    found: dict[tuple[str, str], Entry] = {}
    for entry in page.entries(RATING):
        rater = str(entry.visible.get("rater") or entry.by_role)
        found[str(entry.visible.get("area")), rater] = entry
    return found


def area_views(page: EpisodePage) -> tuple[AreaView, ...]:
    ratings = latest_ratings(page)
    return tuple(
        AreaView(
            id=area.id,
            title=area.title,
            definition=area.definition,
            ratings=tuple(
                _rating(page, rater, entry) for (of, rater), entry in ratings.items() if of == area.id
            ),
            agreement=_agreement([e.visible for (of, _), e in ratings.items() if of == area.id]),
        )
        for area in page.manual.areas.values()
    )


def _rating(page: EpisodePage, rater: str, entry: Entry) -> AreaRating:
    values = entry.visible
    link = values.get("link_to_onset_0_3")
    parts = [
        {True: "Present", False: "Not present"}.get(values.get("present"), "Not said"),  # type: ignore[call-overload]
        f"link to onset {LINKS[link]}" if link in (0, 1, 2, 3) else "",
        "proposed as focus" if values.get("recommended_focus") is True else "",
    ]
    return AreaRating(
        rater=RATERS.get(rater, rater),
        verdict=", ".join(part for part in parts if part),
        evidence=str(values.get("evidence_text") or ""),
        on=entry.on,
        address=page.address(f"records/{entry.pk}/"),
    )


def _agreement(ratings: list[Mapping[str, Any]]) -> str:
    """Whether two raters see the area alike; nothing where only one has rated."""
    said = [rating.get("present") for rating in ratings if rating.get("present") is not None]
    if len(said) < 2:
        return ""
    return "Rated alike" if len(set(said)) == 1 else "Rated differently: worth a talk"


def _alike(page: EpisodePage) -> str:
    """How many areas both raters see alike; nothing where no area was rated by both."""
    found = agreement(rated_pairs((page.episode.pk, entry.visible) for entry in page.entries(RATING)))
    if not found.pairs:
        return ""
    return f"Therapist and supervisor rate {found.alike} of {plural(found.pairs, 'area')} alike."


# -- rules -------------------------------------------------------------------------------------------


def rule_cards(page: EpisodePage, rules: tuple[str, ...]) -> tuple[RuleCard, ...]:
    """Those of these rules that speak now, with their reasons."""
    fired = {result.id: result for result in page.status.fired}
    return tuple(
        RuleCard(
            id=rule,
            title=page.manual.rules[rule].title,
            why=fired[rule].why,
            next=page.manual.rules[rule].then_text,
            tone="danger" if fired[rule].severity == "critical" else "attention",
        )
        for rule in rules
        if rule in fired
    )


def contract_stops(page: EpisodePage) -> tuple[str, ...]:
    """Items of the checklist that block the contract (DR-08), in words; none once somebody has overridden."""
    result = page.status.rule("DR-08")
    if not result.fired:
        return ()
    kind = page.manual.record_types["rec_suitability"]
    items = suitability_stops(page.course, page.manual.rule("DR-08").parameters["items"])
    return tuple(kind.field(item).label for item in items)


# -- formulation and contract --------------------------------------------------------------------------


def formulation_view(page: EpisodePage, entry: Entry) -> FormulationView:
    values = entry.visible
    areas = page.codes["areas"]
    agreement = str(values.get("agreement") or "")
    kind = page.manual.record_types[FORMULATION]
    return FormulationView(
        text=paragraph(page.manual.formulation, values, areas),
        areas=", ".join(areas.get(one, one) for one in values.get("problem_area") or ()),
        agreement=AGREEMENT.get(agreement, agreement),
        tone=AGREEMENT_TONE.get(agreement, "quiet"),
        client_words=str(values.get("client_words") or ""),
        on=entry.on,
        session=entry.session.number if entry.session else None,
        address=page.address(f"records/{entry.pk}/"),
        edit_address=page.address("formulation/write/"),
        counts=is_agreed(_core(page, entry)),
        is_shown=entry.state == EntryState.FINAL,
        diagram=diagram(page, values),
        missing=tuple(kind.field(key).label.lower() for key in missing(values, areas)),
        compare_address=page.address(f"formulation/compare/{entry.pk}/{page.entries(FORMULATION)[-1].pk}/"),
    )


def _core(page: EpisodePage, entry: Entry):
    return next(e for e in page.course.entries_of(entry.record_type) if e.order == entry.order)


def contract_view(page: EpisodePage, entry: Entry) -> ContractView:
    return ContractView(
        lines=lines_of(page, page.manual.record_types[CONTRACT], entry.visible),
        on=entry.on,
        session=entry.session.number if entry.session else None,
        address=page.address(f"records/{entry.pk}/"),
        is_shown=entry.state == EntryState.FINAL,
        dates=contract_dates(entry.visible),
    )
