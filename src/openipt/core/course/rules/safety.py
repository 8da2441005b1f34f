"""Rules of safety (ipt.md 11, 14). None of them lowers a level or closes an alert."""

from __future__ import annotations

from datetime import date

from openipt.core.course import known
from openipt.core.course.course import Course
from openipt.core.course.rules.result import Verdict, cannot_tell, fired, fired_as, not_fired, parameter, rule
from openipt.core.course.scores import EPDS
from openipt.core.manual.model import Manual, Severity
from openipt.core.safety.levels import GRAVE_ANSWERS, Level, plan_needed, says_yes


@rule("DR-01")
def risk_answer(manual: Manual, course: Course, today: date) -> Verdict:
    """A risk answer is positive: item 9, EPDS item 10, or a question of the risk assessment as last answered."""
    item_9 = known.latest_item_9(course)
    item_10 = _epds_item(manual, course)
    assessed = known.latest_risk_record(course)
    answers = _positive_now(course, item_9)
    inputs = {
        "phq9_item_9": item_9.value if item_9 else None,
        "epds_item_10": item_10.value if item_10 else None,
        "risk_answers": list(answers),
    }
    grave = parameter(manual, "DR-01", "phq9_critical_from")
    values = [found.value for found in (item_9, item_10) if found and found.value]
    if values or answers:
        critical = any(value >= grave for value in values) or GRAVE_ANSWERS & set(answers)
        said = [f"PHQ-9 item 9 is {item_9.value}"] if item_9 and item_9.value else []
        said += [f"EPDS item 10 is {item_10.value}"] if item_10 and item_10.value else []
        said += [f"risk answers positive: {', '.join(answers)}"] if answers else []
        severity = Severity.CRITICAL if critical else Severity.WARNING
        return fired_as(severity, f"{'; '.join(said)}.", **inputs)
    declined = next((a for a in (item_9, item_10) if a and a.value is None), None)
    if declined and (assessed is None or assessed.on < declined.on):
        return cannot_tell(f"{declined.measure} item {declined.item}: ask about safety", **inputs)
    if item_9 is None and item_10 is None and assessed is None:
        return cannot_tell("PHQ-9 item 9 and any risk assessment", **inputs)
    return not_fired("The last answers about risk are all negative.", **inputs)


def _epds_item(manual: Manual, course: Course) -> known.RiskAnswer | None:
    """EPDS item 10 in points. An answer is the place of the choice on the form; the measure says which items
    count from the other end, and so does the alert an answer raises the moment it is chosen. No such answer
    is not known to be harmless: it counts as the gravest.
    """
    item = manual.measure_list[EPDS].item(parameter(manual, "DR-01", "epds_item"))
    gravest = max(item.scored(answer) for answer in item.values)
    points = lambda answer: item.scored(answer) if answer in item.values else gravest  # noqa: E731
    return known.latest_risk_answer(course, EPDS, item.number, points)


# What PHQ-9 item 9 asks too. A later answer to it stands for these; it says nothing of any other question.
ASKED_BY_ITEM_9 = frozenset({"thoughts", "method", "intent", "plan", "past_attempts", "self_harm"})


def _positive_now(course: Course, item_9: known.RiskAnswer | None) -> tuple[str, ...]:
    """Each question as last answered, until clinical green; where PHQ-9 was answered on a later day, item 9 speaks for its own."""
    answered_on = item_9.on if item_9 and item_9.value is not None else None
    said = known.said_of_risk(course)
    return tuple(
        question
        for question in known.open_risk(course)
        if answered_on is None or answered_on <= said[question].on or question not in ASKED_BY_ITEM_9
    )


@rule("DR-02")
def a_zero_is_never_clearance(manual: Manual, course: Course, today: date) -> Verdict:
    """Item 9 is 0 while a level above green is open, or was open when it was answered."""
    item_9, now = known.latest_item_9(course), known.risk_level(course)
    if item_9 is None or item_9.value is None:
        if now is None or now.level is Level.GREEN:
            return not_fired("No level above green is open.", phq9_item_9=None)
        return cannot_tell("PHQ-9 item 9", level=now.level.word)
    before = known.level_before(course, item_9.on)
    assessed_since = now is not None and now.on > item_9.on
    open_level = now.level if now and assessed_since else max(before, now.level if now else before)
    inputs = {"phq9_item_9": item_9.value, "level": open_level.word}
    if item_9.value == parameter(manual, "DR-02", "phq9_equals") and open_level > Level.GREEN:
        return fired(f"Item 9 is 0 while the level is {open_level.word}: nothing is lowered by it.", **inputs)
    return not_fired("Item 9 is above 0, or no level above green is open.", **inputs)


@rule("DR-03")
def safety_plan_needed(manual: Manual, course: Course, today: date) -> Verdict:
    """A level of yellow or above, and no safety plan saved or reviewed since it last rose.

    On the day the level rises it has fired, whatever follows: `open` says whether a plan is still wanted.
    """
    current = known.recorded_level(course)
    if current is None:
        return cannot_tell("a recorded level of risk")
    rose = known.level_rose_on(course)
    if not plan_needed(current[1]) or rose is None:
        return not_fired(f"The level is {current[1].word}.", level=current[1].word)
    saved = [on for on in known.plan_days(course) if on >= rose]
    inputs = {"level": current[1].word, "rose_on": rose.isoformat(), "open": not saved}
    if not saved:
        return fired(
            f"The level is {current[1].word} and no safety plan was saved or reviewed since it rose.",
            **inputs,
        )
    if rose == today:
        return fired(
            f"The level rose to {current[1].word} today; the plan has been saved or reviewed since.", **inputs
        )
    return not_fired("A safety plan was saved or reviewed since the level last rose.", **inputs)


@rule("DR-04")
def psychosis_or_mania(manual: Manual, course: Course, today: date) -> Verdict:
    """Psychosis or mania as last asked in a risk assessment, or suitability items on psychosis or mania."""
    said = {sign: known.last_said_of_risk(course, sign) for sign in ("psychosis", "mania")}
    signs = [f"rec_risk.{sign}" for sign, answer in said.items() if says_yes(answer)]
    signs += [f"rec_suitability.{item}" for item in known.suitability_stops(course, ("s_03", "s_04"))]
    if signs:
        return fired("Signs of psychosis, mania or a mixed state are on record.", signs=signs)
    items = {"psychosis": "s_03", "mania": "s_04"}
    not_asked = [s for s in items if said[s] is None and known.suitability_not_known(course, (items[s],))]
    if not_asked:
        return cannot_tell(f"an answer about {' and '.join(not_asked)}", signs=[])
    return not_fired("No such sign is on record.", signs=[])


@rule("DR-05")
def level_red(manual: Manual, course: Course, today: date) -> Verdict:
    """The level is red, as set by a clinician or provisionally by item 9 = 3 until assessed."""
    level = known.risk_level(course)
    if level is None:
        return cannot_tell("a level of risk")
    inputs = {"level": level.level.word, "provisional": level.provisional}
    if level.level is Level.RED:
        how = "until it is assessed, by item 9" if level.provisional else "as recorded"
        return fired(f"The level is red, {how}.", **inputs)
    return not_fired(f"The level is {level.level.word}.", **inputs)


@rule("DR-06")
def danger_from_another_person(manual: Manual, course: Course, today: date) -> Verdict:
    """A positive screen, a safety flag, or an issue with a present concern about safety."""
    danger = known.danger(course)
    inputs = {"grounds": list(danger.grounds), "persons": list(danger.persons)}
    if danger.grounds:
        whom = "with that person" if danger.persons else "with every partner, ex-partner and household member"
        return fired(f"Danger is on record. Conjoint work and rehearsal {whom} are locked.", **inputs)
    if not known.screened_for_violence(course):
        return cannot_tell("a violence screen asked alone", **inputs)
    return not_fired("Every screen is negative and no flag is set.", **inputs)
