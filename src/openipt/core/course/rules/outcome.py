"""Rules read at the end of acute treatment (ipt.md 10.3, 14, 22.1)."""

from __future__ import annotations

import re
from datetime import date

from openipt.core.course import known, progress
from openipt.core.course.circumstances import oldest_age
from openipt.core.course.course import Course, Entry
from openipt.core.course.phases import acute_end_reached
from openipt.core.course.rules.result import Verdict, cannot_tell, fired, not_fired, parameter, rule
from openipt.core.course.scores import PHQ9, answers_of
from openipt.core.manual.model import Manual

RESIDUAL_ITEM_FROM = 2  # DEFAULT: in remission, an item still on more than half of the days

NOT_AT_THE_END = "It is read at the end of acute treatment."


@rule("DR-29")
def offer_maintenance(manual: Manual, course: Course, today: date) -> Verdict:
    """Remission at the end, in a second or later episode or with symptoms left."""
    if manual.base in parameter(manual, "DR-29", "continues_into_maintenance"):
        return not_fired("This adaptation itself goes on into maintenance.")
    if not acute_end_reached(manual, course):
        return not_fired(NOT_AT_THE_END)
    remitted = progress.remission_at_end(manual, course)
    if remitted is None:
        return cannot_tell(*progress.missing_at_end(manual, course, with_start=False))
    episodes, residual = known.earlier_episodes(course) + 1, _residual_items(course)
    inputs = {"remission": remitted, "episodes": episodes, "residual_items": residual}
    if not remitted:
        return not_fired("There is no remission.", **inputs)
    if episodes >= parameter(manual, "DR-29", "episodes_from"):
        return fired(f"Remission in episode {episodes}, as the time line shows.", **inputs)
    if residual:
        return fired("Remission with symptoms left.", **inputs)
    return not_fired("Remission in a first episode without symptoms left.", **inputs)


def _residual_items(course: Course) -> list[int]:
    """Numbers of the PHQ-9 items that are still marked on the last sitting."""
    sittings = [a for a in answers_of(course, PHQ9) if a.finished and a.items]
    if not sittings:
        return []
    items = enumerate(sittings[-1].items, start=1)
    return [number for number, value in items if value is not None and value >= RESIDUAL_ITEM_FROM]


@rule("DR-30")
def response_without_remission(manual: Manual, course: Course, today: date) -> Verdict:
    """PHQ-9 has fallen by half or more and is still 5 or above at the end."""
    if not acute_end_reached(manual, course):
        return not_fired(NOT_AT_THE_END)
    responded, remitted = progress.response_at_end(manual, course), progress.remission_at_end(manual, course)
    if responded is None or remitted is None:
        return cannot_tell(*progress.missing_at_end(manual, course))
    inputs = {"response": responded, "remission": remitted}
    if responded and not remitted:
        return fired("Response without remission at the end.", **inputs)
    return not_fired("Remission is reached." if remitted else "There is no response.", **inputs)


@rule("DR-31")
def no_response(manual: Manual, course: Course, today: date) -> Verdict:
    """PHQ-9 has fallen by less than half at the end, and is not in remission."""
    if not acute_end_reached(manual, course):
        return not_fired(NOT_AT_THE_END)
    responded, remitted = progress.response_at_end(manual, course), progress.remission_at_end(manual, course)
    if responded is None or remitted is None:
        return cannot_tell(*progress.missing_at_end(manual, course))
    inputs = {"response": responded, "remission": remitted}
    if not responded and not remitted:
        return fired("No response at the end: the treatment failed, not the client.", **inputs)
    return not_fired("Response or remission is reached.", **inputs)


# A plan to stop is written in words (`rec_medication.wish`, `rec_next_step`); these words name one, unless
# they are denied in the same breath. A reading of the project (DEFAULT); the words never leave the record.
_STOP = re.compile(
    r"\b(stop\w*|quit\w*|come off|coming off|taper\w*|discontinu\w*|wean\w*"
    r"|without (it|them|the|any|drugs?|medic\w+|tablets?|pills?))\b",
    re.IGNORECASE,
)
_BREATH = re.compile(r"[.,;:!?()\n]|\b(?:but|then|until|although)\b", re.IGNORECASE)
_DENIED = re.compile(r"\b(not|no|never|keep|continue|stay|against)\b", re.IGNORECASE)


@rule("DR-32")
def plan_to_stop_medication(manual: Manual, course: Course, today: date) -> Verdict:
    """Remission with a drug against depression, and a wish on record to stop it."""
    if not acute_end_reached(manual, course):
        return not_fired(NOT_AT_THE_END)
    if not known.asked_about_medication(course):
        return cannot_tell("whether the client takes medication")
    drugs, unsure = _against_depression(manual, course)
    if not drugs and not unsure:
        return not_fired("The client takes no medication against depression.", medication=False)
    remitted = progress.remission_at_end(manual, course)
    if remitted is None:
        return cannot_tell(*progress.missing_at_end(manual, course, with_start=False))
    stopping, may_be = _to_be_stopped(drugs), _to_be_stopped(unsure)
    inputs = {"medication": bool(drugs) or None, "remission": remitted, "plan_to_stop": stopping or may_be}
    if not remitted:
        return not_fired("There is no remission.", **inputs)
    if stopping:
        return fired("Remission was reached with medication and there is a plan to stop it.", **inputs)
    if may_be:
        return cannot_tell(FOR_WHAT, **inputs)
    return not_fired("No plan to stop is on record.", **inputs)


FOR_WHAT = "whether the drug on record is taken against depression"


def _against_depression(manual: Manual, course: Course) -> tuple[list[Entry], list[Entry]]:
    """Drugs taken against depression, and those of which it is not known."""
    names = parameter(manual, "DR-32", "against_depression")
    told = [(drug, known.against_depression(drug, names)) for drug in known.medications(course)]
    return [drug for drug, is_so in told if is_so], [drug for drug, is_so in told if is_so is None]


def _to_be_stopped(drugs: list[Entry]) -> bool:
    return any(_wants_to_stop(str(drug.values.get("wish") or "")) for drug in drugs)


def _wants_to_stop(wish: str) -> bool:
    return any(_STOP.search(said) and not _DENIED.search(said) for said in _BREATH.split(wish))


@rule("DR-33")
def keep_medication_in_late_life(manual: Manual, course: Course, today: date) -> Verdict:
    """Seventy or older, PHQ-9 in remission, and medication against depression on record."""
    age, limit = oldest_age(course, today), parameter(manual, "DR-33", "age_from")
    drugs, unsure = _against_depression(manual, course)
    asked = known.asked_about_medication(course)
    taken = True if drugs else None if unsure or not asked else False
    remitted = progress.remission(manual, course)
    inputs = {"age": age, "medication": taken, "remission": remitted}
    if age is not None and age < limit:
        return not_fired(f"The client is younger than {limit}.", **inputs)
    if taken is False:
        return not_fired("The client takes no medication against depression.", **inputs)
    if remitted is False:
        return not_fired("There is no remission.", **inputs)
    missing = ["the year of birth"] if age is None else []
    if taken is None:
        missing.append(FOR_WHAT if unsure else "whether the client takes medication")
    missing += ["a PHQ-9 score"] if remitted is None else []
    if missing:
        return cannot_tell(*missing, **inputs)
    return fired(f"In remission with medication at {limit} or older: advise keeping it.", **inputs)
