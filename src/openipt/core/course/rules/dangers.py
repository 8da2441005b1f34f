"""Rules of danger in particular circumstances: meetings with others, births, eating disorders (ipt.md 4, 11, 14)."""

from __future__ import annotations

from datetime import date

from openipt.core.course import known
from openipt.core.course.beyond import Beyond, MedicalCheck
from openipt.core.course.circumstances import (
    adults_not_screened,
    around_a_birth,
    checklist_answer,
    medical_check,
    screened_alone,
    seen_together,
)
from openipt.core.course.course import Course
from openipt.core.course.rules.result import (
    Verdict,
    cannot_tell,
    fired,
    not_fired,
    not_for_this,
    parameter,
    rule,
    rule_beyond,
)
from openipt.core.manual.model import Manual


@rule("DR-07")
def private_screen_missing(manual: Manual, course: Course, today: date) -> Verdict:
    """Others are seen together with the client, and an adult among them was not asked apart.

    The client's own screen is `rec_ipv_screen`; that of anybody else is one that says of whom it was asked, or
    is named in `rec_conjoint_session`.
    Where meetings together are the treatment, nobody else named is nobody else screened.
    """
    together = seen_together(manual, course)
    if not together:
        return not_for_this("Nobody else is seen together with the client.")
    alone, others = screened_alone(course), adults_not_screened(course)
    named = course.entries_of("rec_conjoint_session") or known.screened_others(course)
    nobody_named = together != "record" and not named
    inputs = {
        "together": together,
        "client_screened": alone,
        "adults_not_screened": len(others) + nobody_named,
    }
    missing = [] if alone else ["the client"]
    missing += ["each other adult"] if others or nobody_named else []
    if missing:
        return fired(
            f"No private screen of {' and of '.join(missing)}: nothing is planned together.", **inputs
        )
    return not_fired("Each adult was screened apart.", **inputs)


@rule("DR-41")
def perinatal_emergency(manual: Manual, course: Course, today: date) -> Verdict:
    """Around a birth: a child in danger, harm to others with intent, psychosis or mania, each as last answered."""
    months = parameter(manual, "DR-41", "months_after_birth")
    perinatal = manual.base in parameter(manual, "DR-41", "adaptations")
    if not perinatal and not around_a_birth(course, today, months):
        return not_for_this("Nothing on record says that this is around a birth.")
    positive = known.positive_risk(course)
    signs: list[str] = [sign for sign in ("child_safety", "psychosis", "mania") if sign in positive]
    if {"harm_to_others", "intent"} <= set(positive):
        signs.append("harm_to_others")
    if signs:
        return fired(f"Around a birth, answered yes: {', '.join(signs)}. The level is red.", signs=signs)
    missing = [words for question, words in _ASKED_AROUND_A_BIRTH.items() if _not_asked(course, question)]
    if "harm_to_others" in positive and _not_asked(course, "intent"):
        missing.append("whether there is intent")
    if missing:
        return cannot_tell(*missing, signs=[])
    return not_fired("Each of these questions was last answered no.", signs=[])


_ASKED_AROUND_A_BIRTH = {
    "child_safety": "whether the child is in danger",
    "harm_to_others": "whether there are thoughts of harm",
    "psychosis": "an answer about psychosis",
    "mania": "an answer about mania",
}


def _not_asked(course: Course, question: str) -> bool:
    return known.last_said_of_risk(course, question) is None


@rule_beyond("DR-42")
def medical_danger(manual: Manual, course: Course, today: date, beyond: Beyond) -> Verdict:
    """Low weight, fainting, electrolyte danger or rapid loss, by a medical check or by the checklist (s_09)."""
    checks = [check for check in (medical_check(course), beyond.medical) if check is not None]
    answer = checklist_answer(course, "s_09")
    eating = manual.base in parameter(manual, "DR-42", "adaptations")
    if not (eating or checks or answer == "yes" or checklist_answer(course, "s_13") == "yes"):
        return not_for_this("No eating disorder is on record.", s_09=answer)
    limit = parameter(manual, "DR-42", "bmi_below")
    found = {sign for check in checks for sign in _medical_signs(check, limit)}
    signs = [sign for sign in ("bmi", *_PARTS) if sign in found] + (["s_09"] if answer == "yes" else [])
    bmi = min((check.bmi for check in checks if check.bmi is not None), default=None)
    inputs = {"signs": signs, "bmi": bmi, "s_09": answer}
    if signs:
        return fired(f"Medical danger: {', '.join(signs)}. Refer now.", **inputs)
    missing = _not_checked(checks)
    if missing:
        return cannot_tell(*missing, **inputs)
    return not_fired("The medical check shows no danger.", **inputs)


_PARTS = {"fainting": "fainting", "electrolyte_danger": "electrolytes", "rapid_loss": "loss of weight"}


def _medical_signs(check: MedicalCheck, bmi_below: float) -> list[str]:
    signs = ["bmi"] if check.bmi is not None and check.bmi < bmi_below else []
    return signs + [part for part in _PARTS if getattr(check, part)]


def _not_checked(checks: list[MedicalCheck]) -> list[str]:
    """What nobody looked at, in any check."""
    if not checks:
        return ["a medical check: BMI, fainting, electrolytes, loss of weight"]
    parts = {"bmi": "BMI", **_PARTS}
    return [words for part, words in parts.items() if all(getattr(c, part) is None for c in checks)]
