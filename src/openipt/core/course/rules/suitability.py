"""Rules read at intake and whenever a new total comes in (ipt.md 12, 14)."""

from __future__ import annotations

from datetime import date

from openipt.core.course import known
from openipt.core.course.course import Course
from openipt.core.course.rules.result import Verdict, cannot_tell, fired, not_fired, parameter, rule
from openipt.core.course.scores import latest_total
from openipt.core.manual.model import Manual


@rule("DR-08")
def suitability_stop(manual: Manual, course: Course, today: date) -> Verdict:
    """One of the stopping items of the checklist is answered yes, and nobody has overridden it."""
    if not course.entries_of("rec_suitability"):
        return cannot_tell("the suitability checklist")
    items = parameter(manual, "DR-08", "items")
    positive, open_items = known.suitability_stops(course, items), known.suitability_not_known(course, items)
    reason = bool(known.override_reason(course))
    inputs = {"items": list(positive), "overridden": reason}
    if positive and not reason:
        return fired(f"{', '.join(positive)} answered yes: the contract is blocked.", **inputs)
    if positive:
        return not_fired("A clinician went on with a written reason.", **inputs)
    if open_items:
        return cannot_tell(f"an answer to {', '.join(open_items)}", **inputs)
    return not_fired("No stopping item is answered yes.", **inputs)


@rule("DR-11")
def prolonged_grief(manual: Manual, course: Course, today: date) -> Verdict:
    """PG-13-R is 30 or more, given at least 12 months after the death."""
    measure = parameter(manual, "DR-11", "measure")
    found = latest_total(manual, course, measure)
    if found is None:
        if known.has_loss(course):
            return cannot_tell("a PG-13-R total")
        return not_fired("No death is recorded.", total=None)
    on, total = found
    if total < parameter(manual, "DR-11", "total_from"):
        return not_fired(f"PG-13-R is {total:g}, below 30.", total=total)
    months = known.months_since_loss(course, measure, on)
    if months is None:
        return cannot_tell("the date of the death", total=total)
    if months >= parameter(manual, "DR-11", "months_from"):
        return fired(f"PG-13-R is {total:g}, {months} months after the death.", total=total, months=months)
    return not_fired(f"PG-13-R was {total:g} at {months} months, before twelve.", total=total, months=months)


@rule("DR-12")
def severe_depression(manual: Manual, course: Course, today: date) -> Verdict:
    """The last PHQ-9 is in the severe range."""
    found = latest_total(manual, course, parameter(manual, "DR-12", "measure"))
    if found is None:
        return cannot_tell("a PHQ-9 total")
    limit = parameter(manual, "DR-12", "total_from")
    if found[1] >= limit:
        return fired(f"PHQ-9 is {found[1]:g}, {limit} or more.", total=found[1])
    return not_fired(f"PHQ-9 is {found[1]:g}, below {limit}.", total=found[1])
