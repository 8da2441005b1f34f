"""Circumstances of the client that rules ask about: age, birth, consents, answers of the checklist, who else comes.

As everywhere, None means: not known.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from openipt.core.course import known
from openipt.core.course.beyond import MedicalCheck
from openipt.core.course.carers import taking_part
from openipt.core.course.course import Course, Entry
from openipt.core.fields.definitions import is_empty
from openipt.core.manual.model import Manual
from openipt.core.safety.levels import says_yes

TOGETHER = ("conjoint", "family")
CHILDREN = ("child", "adolescent")


def oldest_age(course: Course, today: date) -> int | None:
    """The age the client reaches this year. Only the year of birth is known: they may be a year younger.

    A year of birth that has not come yet is a slip of the pen, and no age is known.
    """
    if course.birth_year is None or course.birth_year > today.year:
        return None
    return today.year - course.birth_year


# -- the suitability checklist -------------------------------------------------------------------------


def checklist_answer(course: Course, item: str, part: str = "answer") -> str | None:
    """What was last answered at one item of the checklist, or in one further part of it; None: nothing."""
    found = None
    for entry in course.entries_of("rec_suitability"):
        row = entry.values.get(item)
        if isinstance(row, Mapping) and (said := _said(row.get(part))):
            found = said
    return found


def _said(answer: object) -> str:
    """An answer in one spelling: yes, no or another word."""
    if isinstance(answer, bool):
        return "yes" if answer else "no"
    said = answer.strip().lower() if isinstance(answer, str) else ""
    return {"true": "yes", "positive": "yes", "false": "no", "negative": "no"}.get(said, said)


# -- consents --------------------------------------------------------------------------------------------


def consent_stands(course: Course, kind: str, on: date) -> bool:
    """Is the last consent of this kind, up to a day, given and not withdrawn by then?"""
    found = [
        e for e in course.entries_of("rec_consent") if e.values.get("kind") == kind and _given_on(e) <= on
    ]
    if not found:
        return False
    withdrawn = known.day(found[-1].values.get("withdrawn_on"))
    return says_yes(found[-1].values.get("given")) and (withdrawn is None or withdrawn > on)


def _given_on(consent: Entry) -> date:
    return known.day(consent.values.get("date")) or consent.on


# -- the medical check with an eating disorder -------------------------------------------------------------


def medical_check(course: Course) -> MedicalCheck | None:
    """What risk assessments say of it (ED-01), each part as it was looked at last; None: nobody looked."""
    said: dict[str, object] = {}
    on: date | None = None
    for entry in known.risk_records(course):
        parts = entry.values.get("medical_check")
        looked = {key: v for key, v in parts.items() if not is_empty(v)} if isinstance(parts, Mapping) else {}
        on = entry.on if looked else on
        said |= looked
    bmi = said.get("bmi")
    return (
        MedicalCheck(
            on=on,
            bmi=float(bmi) if isinstance(bmi, int | float) and not isinstance(bmi, bool) else None,
            fainting=_yes_or_no(said.get("fainting")),
            electrolyte_danger=_yes_or_no(said.get("electrolyte_danger")),
            rapid_loss=_yes_or_no(said.get("rapid_loss")),
        )
        if on is not None
        else None
    )


def _yes_or_no(answer: object) -> bool | None:
    return None if is_empty(answer) else says_yes(answer)


# -- pregnancy and birth ---------------------------------------------------------------------------------


def around_a_birth(course: Course, today: date, months: int) -> bool:
    """Pregnant or breastfeeding as last noted, or a birth on the time line within these months."""
    noted = [
        state
        for entry in course.entries_of("rec_medication")
        for state in known.words(entry.values.get("pregnancy_or_feeding"))
    ]
    if noted and noted[-1].strip().lower() in ("pregnant", "feeding"):
        return True
    return any(on <= today and known.months_between(on, today) < months for on in days_of_birth(course))


def days_of_birth(course: Course) -> tuple[date, ...]:
    """Full dates of events of the time line that name a birth and no death."""
    events = (item for item in known.timeline_items(course) if item.get("type") == "event")
    found = [
        known.day(item.get("date"))
        for item in events
        if known.LOSS_OR_BIRTH.search(text := str(item.get("text", ""))) and not known.DEATH.search(text)
    ]
    return tuple(sorted(on for on in found if on is not None))


# -- who else comes ---------------------------------------------------------------------------------------


def seen_together(manual: Manual, course: Course) -> str:
    """Why others are seen with the client: by the manual, the contract, or a meeting on record; "" if not."""
    if manual.format in TOGETHER:
        return "manual"
    agreed = [form for e in course.entries_of("rec_contract") for form in known.words(e.values.get("format"))]
    if agreed and agreed[-1].strip().lower() in TOGETHER:
        return "contract"
    return "record" if course.entries_of("rec_conjoint_session") else ""


def screened_alone(course: Course) -> bool:
    """Was the client asked about violence alone, as confirmed in the record (ipv_1)?"""
    asked = any(answers.measure == "ms_hark" for answers in course.answers)
    screens = known.screens_of_client(course)
    return asked or any(screen.values.get("alone_confirmed") is True for screen in screens)


def adults_not_screened(course: Course) -> tuple[str, ...]:
    """Adults seen together with the client, or who are to be, for whom no screen of their own is there or named."""
    children, apart = _children(course), known.screened_others(course)
    met: dict[str, bool] = {person: person in apart for person in taking_part(course)}
    for entry in course.entries_of("rec_conjoint_session"):
        screened = bool(known.words(entry.values.get("safety_screen_ref")))
        for person in known.words(entry.values.get("who")) or ("",):
            met[person] = met.get(person, False) or screened or person in apart
    return tuple(person for person, screened in met.items() if not screened and person not in children)


def _children(course: Course) -> frozenset[str]:
    people = course.entries_of("rec_inventory_person")
    return frozenset(
        str(e.values.get("person_id") or e.values.get("label") or "")
        for e in people
        if e.values.get("age_group") in CHILDREN
    )
