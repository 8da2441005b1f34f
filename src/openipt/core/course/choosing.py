"""Which adaptations fit this course, with a condition, not yet to be told, or not: each with its reasons.

An adaptation fits where something in the record leads to it and nothing speaks against it. What is missing is
never taken for a no: while a stop of the checklist has no answer, nobody can tell. A clinician chooses.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from openipt.core.course import known
from openipt.core.course.circumstances import checklist_answer, days_of_birth, oldest_age
from openipt.core.course.conditions import Applies
from openipt.core.course.course import Course, EpisodeStatus
from openipt.core.course.rules import RuleState, rule_result
from openipt.core.course.scores import latest_total, start_score
from openipt.core.manual.choosing import CHECKLIST, Candidate, Choosing, Line, Says, Sign
from openipt.core.manual.model import Manual
from openipt.core.safety.levels import Level, says_yes
from openipt.core.values import Decision

CIRCUMSTANCES = "circumstances"
NOT_SURE = (None, "", "unsure")


class Fit(StrEnum):
    """What the record leads to, for one adaptation."""

    FITS = "fits"
    CONDITION = "condition"
    OPEN = "open"
    NOT = "not"


@dataclass(frozen=True)
class Reason:
    """One line that speaks: what was found in the record, and what follows from it."""

    line: Line
    found: str


@dataclass(frozen=True)
class Offer:
    """One adaptation for this course. `missing` names what is not known, `here` whether its manual is here."""

    candidate: Candidate
    fit: Fit
    here: bool
    leads: tuple[Reason, ...] = ()
    conditions: tuple[Reason, ...] = ()
    against: tuple[Reason, ...] = ()
    missing: tuple[str, ...] = ()

    @property
    def asks_reason(self) -> bool:
        """Choosing it goes against the record, or is for research only."""
        return self.fit is Fit.NOT or self.candidate.research


def offers(
    manual: Manual, course: Course, today: date, choosing: Choosing, here: Collection[str]
) -> tuple[Offer, ...]:
    """Every adaptation that the reference names, the fitting ones first; within each, most reasons first."""
    return tuple(sorted(_offers(manual, course, today, choosing, here, modifiers=False), key=_place))


def offers_to_go_with(
    manual: Manual, course: Course, today: date, choosing: Choosing, here: Collection[str]
) -> tuple[Offer, ...]:
    """What goes with adaptations, such as delivery by phone or video, as the record leads to it. Its `against` are
    its own: what speaks against treatment as such is said of the adaptation.
    """
    return tuple(_offers(manual, course, today, choosing, here, modifiers=True))


def _offers(
    manual: Manual,
    course: Course,
    today: date,
    choosing: Choosing,
    here: Collection[str],
    *,
    modifiers: bool,
) -> list[Offer]:
    course = course.as_of(today)
    read = {name: _read(sign, manual, course, today) for name, sign in choosing.signs.items()}
    return [
        _offer(candidate, choosing, read, candidate.id in here)
        for candidate in choosing.candidates
        if candidate.modifier is modifiers
    ]


def offer_of(found: Collection[Offer], adaptation: str) -> Offer | None:
    """What was found of one adaptation; None for one the reference does not name."""
    return next((offer for offer in found if offer.candidate.id == adaptation), None)


def _place(offer: Offer) -> tuple[bool, int, bool, int, str]:
    own = len({line.sign for line in offer.candidate.lines if line.says is Says.FOR})
    special = sum(1 for reason in offer.leads) / max(own, 1)
    return (
        offer.candidate.research,
        list(Fit).index(offer.fit),
        not offer.here,
        -int(special * 10),
        offer.candidate.grade,
    )


def _offer(candidate: Candidate, choosing: Choosing, read: Mapping[str, Applies], here: bool) -> Offer:
    lines = choosing.lines_of(candidate)

    def spoken(says: Says) -> tuple[Reason, ...]:
        said = {
            line.text: Reason(line, read[line.sign].why)
            for line in reversed(lines)
            if line.says is says and read[line.sign].holds is True
        }
        return tuple(reversed(said.values()))

    leads, conditions, against = map(spoken, (Says.FOR, Says.CONDITION, Says.AGAINST))
    wanted = [choosing.signs[name] for name in candidate.only_if] if leads else []
    against += tuple(_lacks(candidate, sign) for sign in wanted if read[sign.id].holds is False)
    missing = _missing(lines, choosing, read, led=bool(leads))
    missing += tuple(sign.asks for sign in wanted if read[sign.id].holds is None and sign.asks not in missing)
    fit = _fit(candidate, leads, conditions, against, missing)
    return Offer(candidate, fit, here, leads, conditions, against, missing if fit is Fit.OPEN else ())


def _lacks(candidate: Candidate, sign: Sign) -> Reason:
    """What it is not done without, and the record says is not so."""
    return Reason(Line(sign.id, Says.AGAINST, sign.title, section=candidate.section), "It is done only so:")


def _missing(
    lines: tuple[Line, ...], choosing: Choosing, read: Mapping[str, Applies], *, led: bool
) -> tuple[str, ...]:
    """What must be known, and is not; what could lead to it counts only where nothing does yet."""
    asked = [
        choosing.signs[line.sign].asks
        for line in lines
        if read[line.sign].holds is None and (line.must_know or (line.says is Says.FOR and not led))
    ]
    return tuple(dict.fromkeys(asks for asks in asked if asks))


def _fit(
    candidate: Candidate,
    leads: tuple[Reason, ...],
    conditions: tuple[Reason, ...],
    against: tuple[Reason, ...],
    missing: tuple[str, ...],
) -> Fit:
    if against or not candidate.offered:
        return Fit.NOT
    if missing:
        return Fit.OPEN
    if not leads:
        return Fit.NOT
    return Fit.CONDITION if conditions or candidate.needs else Fit.FITS


# -- reading a sign --------------------------------------------------------------------------------------


def _read(sign: Sign, manual: Manual, course: Course, today: date) -> Applies:
    if sign.item:
        return _of_item(sign, course)
    if sign.rule:
        return _of_rule(sign, manual, course, today)
    return FACTS[sign.fact](sign, manual, course, today)


def _of_item(sign: Sign, course: Course) -> Applies:
    answer = checklist_answer(course, sign.item, sign.part)
    if answer in NOT_SURE:
        return Applies(_not_asked_after(sign, course), sign.title)
    return Applies(answer in sign.answers, sign.title)


def _not_asked_after(sign: Sign, course: Course) -> bool | None:
    """A further question about an item that was answered no is answered by it: no dependence, none as main problem."""
    item = checklist_answer(course, sign.item)
    return False if sign.part != "answer" and item == "no" else None


def _of_rule(sign: Sign, manual: Manual, course: Course, today: date) -> Applies:
    if sign.rule not in manual.rules:
        return Applies(None, sign.title)
    result = rule_result(sign.rule, manual, course, today)
    if result.state is RuleState.CANNOT_TELL:
        return Applies(None, sign.title)
    return Applies(result.fired, result.why)


Fact = Callable[[Sign, Manual, Course, date], Applies]


def _age_between(sign: Sign, manual: Manual, course: Course, today: date) -> Applies:
    """Only the year of birth is known: at the edge of the span nobody can tell."""
    oldest = oldest_age(course, today)
    if oldest is None:
        return Applies(None, sign.title)
    within = [sign.parameters["least"] <= age <= sign.parameters["most"] for age in (oldest - 1, oldest)]
    if all(within):
        return Applies(True, sign.title)
    return Applies(None if any(within) else False, sign.title)


def _score_while_unnamed(sign: Sign, manual: Manual, course: Course, today: date) -> Applies:
    """The score at the start, before it the last one: it leads only while nobody has named the main problem (s_01)."""
    if checklist_answer(course, "s_01", "disorder"):
        return Applies(False, sign.title)
    measure = sign.parameters["measure"]
    if measure not in manual.measure_list:
        return Applies(None, sign.title)
    start, last = start_score(manual, course, measure), latest_total(manual, course, measure)
    total = start if start is not None else last[1] if last else None
    if total is None:
        return Applies(None, sign.title)
    title, when = manual.measure_list[measure].title, "was" if start is not None else "is"
    return Applies(total >= sign.parameters["least"], f"{title} {when} {total:g}.")


def _circumstance(sign: Sign, manual: Manual, course: Course, today: date) -> Applies:
    """Named in the checklist, as last answered, or told by another record."""
    named = sign.parameters["named"]
    if _told_elsewhere(named, course, today):
        return Applies(True, sign.title)
    answered = [
        known.words(entry.values.get(CIRCUMSTANCES))
        for entry in course.entries_of(CHECKLIST)
        if entry.values.get(CIRCUMSTANCES)
    ]
    return Applies(named in answered[-1] if answered else None, sign.title)


def _told_elsewhere(named: str, course: Course, today: date) -> bool:
    if named == "after_birth":
        return any(on <= today and known.months_between(on, today) < 12 for on in days_of_birth(course))
    if named == "pregnant":
        noted = [
            state.strip().lower()
            for entry in course.entries_of("rec_medication")
            for state in known.words(entry.values.get("pregnancy_or_feeding"))
        ]
        return noted[-1:] == ["pregnant"]
    return False


def _danger(sign: Sign, manual: Manual, course: Course, today: date) -> Applies:
    if known.danger(course).grounds:
        return Applies(True, sign.title)
    return Applies(False if known.screened_for_violence(course) else None, sign.title)


def _psychosis_or_mania(sign: Sign, manual: Manual, course: Course, today: date) -> Applies:
    said = [known.last_said_of_risk(course, question) for question in ("psychosis", "mania")]
    return Applies(True if any(says_yes(answer) for answer in said) else None, sign.title)


def _risk_red(sign: Sign, manual: Manual, course: Course, today: date) -> Applies:
    level = known.risk_level(course)
    return Applies(level.level is Level.RED if level else None, sign.title)


FACTS: Mapping[str, Fact] = MappingProxyType(
    {
        "age-between": _age_between,
        "score-while-unnamed": _score_while_unnamed,
        "circumstance": _circumstance,
        "danger": _danger,
        "psychosis-or-mania-assessed": _psychosis_or_mania,
        "risk-red": _risk_red,
    }
)


# -- choosing ------------------------------------------------------------------------------------------


def may_choose(offer: Offer | None, status: EpisodeStatus) -> Decision:
    """May it be chosen at all? What speaks against it asks for a reason, and forbids nothing (DR-08 to DR-10)."""
    if status is EpisodeStatus.ENDED:
        return Decision(("The episode has ended. If the client comes back, take them on again.",))
    if offer is None:
        return Decision()
    name = offer.candidate.name
    if not offer.candidate.offered:
        return Decision((f"{name} is not offered: no trial of it was found.",))
    if offer.candidate.modifier:
        return Decision((f"{name} goes with another adaptation and is none by itself.",))
    if not offer.here:
        return Decision((f"{name} is not available here yet.",))
    return Decision()


# -- the record of a choice ------------------------------------------------------------------------------


def grounds(offer: Offer) -> list[str]:
    """What stood for and against it, in words, for the record of the choice."""
    said = [f"For: {r.found} {r.line.text}" for r in offer.leads]
    said += [f"First: {need}" for need in offer.candidate.needs]
    said += [f"First: {r.found} {r.line.text}" for r in offer.conditions]
    said += [f"Against: {r.found} {r.line.text}" for r in offer.against]
    return [*said, *(f"Not known: {asks}." for asks in offer.missing)]


def chosen(course: Course) -> Mapping[str, Any] | None:
    """What was last chosen, as kept in the record; None: nobody kept a choice."""
    found = course.entries_of("rec_adaptation")
    return found[-1].values if found else None
