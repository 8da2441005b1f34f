"""Rules of what must be known or said before the contract (ipt.md 4.8, 4.17, 12, 14)."""

from __future__ import annotations

from datetime import date

from openipt.core.course.circumstances import checklist_answer, consent_stands, oldest_age
from openipt.core.course.course import Course
from openipt.core.course.rules.result import (
    Verdict,
    cannot_tell,
    fired,
    not_fired,
    not_for_this,
    parameter,
    rule,
)
from openipt.core.manual.model import Manual
from openipt.core.safety.levels import says_yes

NOT_SURE = ("", "unsure")


@rule("DR-09")
def bipolar_history(manual: Manual, course: Course, today: date) -> Verdict:
    """Mania now or earlier is on record, and the treatment is not the one made for it."""
    if manual.base == parameter(manual, "DR-09", "adaptation"):
        return not_for_this("This treatment is the one for bipolar disorder.")
    answer = checklist_answer(course, "s_04")
    assessed = any(says_yes(entry.values.get("mania")) for entry in course.entries_of("rec_risk"))
    inputs = {"s_04": answer, "rec_risk.mania": assessed}
    if answer in ("yes", "history"):
        when = "now" if answer == "yes" else "earlier"
        return fired(f"Mania, hypomania or a mixed state {when}, by the checklist (s_04).", **inputs)
    if assessed:
        return fired("Signs of mania were found in a risk assessment.", **inputs)
    if answer is None or answer in NOT_SURE:
        return cannot_tell("the answer of the checklist about mania (s_04)", **inputs)
    return not_fired("No mania is on record, now or earlier.", **inputs)


@rule("DR-10")
def dependence_as_main_problem(manual: Manual, course: Course, today: date) -> Verdict:
    """Dependence is the main problem and no addiction care is active; or IPT is an addition to it, and none is on record."""
    answer = checklist_answer(course, "s_06")
    main = checklist_answer(course, "s_06", "main_problem") or ("no" if answer == "no" else None)
    care = checklist_answer(course, "s_06", "addiction_care")
    inputs = {"s_06": answer, "main_problem": main, "addiction_care": care}
    if manual.base in parameter(manual, "DR-10", "adaptations"):
        if care == "yes":
            return not_fired("Addiction care is active.", **inputs)
        return fired("IPT is an addition to addiction care here, and none is on record as active.", **inputs)
    if main == "no":
        return not_fired("Dependence is not the main problem.", **inputs)
    if care == "yes":
        return not_fired("Addiction care is active.", **inputs)
    missing = ["whether dependence is the main problem (s_06)"] if main != "yes" else []
    missing += ["whether addiction care is active (s_06)"] if care != "no" else []
    if missing:
        return cannot_tell(*missing, **inputs)
    return fired("Dependence is the main problem and no addiction care is active.", **inputs)


@rule("DR-13")
def cbt_was_better(manual: Manual, course: Course, today: date) -> Verdict:
    """The main complaint is bulimia, a mixed eating disorder or social anxiety."""
    answer, agreed = checklist_answer(course, "s_13"), bool(course.entries_of("rec_contract"))
    of_treatment = manual.base in parameter(manual, "DR-13", "adaptations")
    inputs = {"s_13": answer, "adaptation": manual.base, "contract": agreed}
    if of_treatment or answer == "yes":
        then = "The contract is agreed already." if agreed else "Tell it before the contract."
        return fired(f"The main complaint is one in which CBT did better or faster. {then}", **inputs)
    if answer is None or answer in NOT_SURE:
        return cannot_tell("the answer of the checklist about social anxiety and bulimia (s_13)", **inputs)
    return not_fired("Neither bulimia nor social anxiety is the main complaint.", **inputs)


@rule("DR-45")
def minor_without_consent(manual: Manual, course: Course, today: date) -> Verdict:
    """The client is a minor, and the parent's consent or the note on confidentiality is missing."""
    age, limit = oldest_age(course, today), parameter(manual, "DR-45", "minor_below_age")
    of_the_young = manual.base in parameter(manual, "DR-45", "adaptations")
    if age is None and not of_the_young:
        return cannot_tell("the year of birth")
    # Born in a year in which eighteen is reached at its end: a minor until that year is over.
    if age is not None and age > limit:
        return not_fired("The client is of age.", age=age)
    missing = [kind for kind in ("parent", "confidentiality") if not consent_stands(course, kind, today)]
    inputs = {"age": age, "missing": missing}
    if not missing:
        return not_fired("The parent's consent and the note on confidentiality are there.", **inputs)
    words = {"parent": "the parent's consent", "confidentiality": "the note on confidentiality"}
    return fired(f"The client is a minor; missing: {', '.join(words[kind] for kind in missing)}.", **inputs)
