"""The closed list of conditions that content may name, each a small function over the course.

`Applies.holds` is True, False, or None where the record does not say; `why` is the sentence a page shows.
The names and their meaning are declared in `core.manual.names`; a test holds the two lists together.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from openipt.core.course import known, progress
from openipt.core.course.attended import came_or_not, contacted_since
from openipt.core.course.carers import in_focus
from openipt.core.course.circumstances import adults_not_screened, screened_alone
from openipt.core.course.course import Attendance, Course, Entry
from openipt.core.course.decisions import review
from openipt.core.course.narrative import linked_episodes
from openipt.core.course.phases import (
    ORDER,
    begun_again,
    meetings_before,
    phase_on,
    phase_spans,
    planned_sessions,
    present_session,
    session_number,
)
from openipt.core.course.scores import GAD7, PHQ9, answers_of, start_score
from openipt.core.manual.model import Manual, midpoint
from openipt.core.safety.levels import Level, plan_needed, says_yes


@dataclass(frozen=True)
class Applies:
    """Does it hold? None: the record does not say."""

    holds: bool | None
    why: str


Condition = Callable[[Manual, Course, date], Applies]


# -- conditions of tasks marked C -----------------------------------------------------------------


def takes_medication(manual: Manual, course: Course, today: date) -> Applies:
    if known.medications(course):
        return Applies(True, "The client takes medication.")
    if known.asked_about_medication(course):
        return Applies(False, "The client takes no medication.")
    return Applies(None, "Whether the client takes medication is not recorded yet.")


def important_exchange(manual: Manual, course: Course, today: date) -> Applies:
    if any(known.words(e.values.get("people")) for e in _of_session(course, "rec_event_mood_link")):
        return Applies(True, "An event with someone moved the mood.")
    return Applies(False, "No exchange with someone is recorded for this session.")


def choice_open(manual: Manual, course: Course, today: date) -> Applies:
    decisions = course.entries_of("rec_decision_analysis")
    if decisions and not known.words(decisions[-1].values.get("choice")):
        return Applies(True, "A decision was laid out and is still open.")
    return Applies(False, "No open choice is recorded.")


def conversation_planned(manual: Manual, course: Course, today: date) -> Applies:
    present = present_session(course)
    since = present.on if present else date.min
    for entry in course.entries_of("rec_communication_analysis"):
        planned = known.day(entry.values.get("planned_date"))
        if planned is not None and planned >= since:
            return Applies(True, "A conversation is planned.")
    plans = course.entries_of("rec_expression_plan")
    if plans and not says_yes(plans[-1].values.get("said")):
        return Applies(True, "A message is prepared and not yet said.")
    return Applies(False, "No planned conversation is recorded.")


def alert_open(manual: Manual, course: Course, today: date) -> Applies:
    """A signal that no decision covers, or a decision that is to be looked at again."""
    found = review(manual, course, today)
    return Applies(found.is_open, found.why)


def no_response(manual: Manual, course: Course, today: date) -> Applies:
    responded = progress.response(manual, course)
    if responded is None:
        return Applies(None, "The start or the present score is missing.")
    if responded:
        return Applies(False, "The score has fallen by half or more.")
    return Applies(True, "The score has fallen by less than half from the start.")


def not_better(manual: Manual, course: Course, today: date) -> Applies:
    improved = progress.reliably_improved(manual, course)
    if improved is None:
        return Applies(None, "The start or the present score is missing.")
    if improved:
        return Applies(False, "The main measure shows a reliable improvement.")
    return Applies(True, "The main measure shows no reliable improvement.")


def other_language_or_culture(manual: Manual, course: Course, today: date) -> Applies:
    entries = course.entries_of("rec_culture")
    if not entries:
        return Applies(None, "Whether language or culture differ is not recorded.")
    return Applies(True, "A different language or culture is on record.")


def every_second_session(manual: Manual, course: Course, today: date) -> Applies:
    if len(course.held) > 1 and "M09" in known.tasks_of_meeting(course, course.held[-2]):
        return Applies(False, "It was done at the session before; it is due again at the next.")
    return Applies(True, "It is due at least every second session.")


def at_midpoint(manual: Manual, course: Course, today: date) -> Applies:
    again = begun_again(manual, course)
    half = again + midpoint(planned_sessions(course) - again)
    if session_number(course) >= half:
        return Applies(True, f"Session {half} is halfway through the contract.")
    return Applies(False, f"It is due at session {half}, halfway through the contract.")


def risk_positive(manual: Manual, course: Course, today: date) -> Applies:
    level = known.risk_level(course)
    if known.open_risk(course):
        return Applies(True, "An answer about risk is positive.")
    if level is None:
        return Applies(None, "No level of risk is recorded.")
    if plan_needed(level.level):
        return Applies(True, f"The level of risk is {level.level.word}.")
    return Applies(False, "The level of risk is green.")


def member_absent(manual: Manual, course: Course, today: date) -> Applies:
    """The member missed the last meeting of the group, and nobody is on record to have been in touch since."""
    met = came_or_not(course)
    if not met or met[-1].attendance is not Attendance.MISSED:
        return Applies(False, "The member was at the last meeting." if met else "No meeting was held yet.")
    if contacted_since(course, met[-1].on):
        return Applies(False, "The member was absent and has been contacted.")
    return Applies(True, "The member was absent from the last meeting.")


def focus_involves_carer(manual: Manual, course: Course, today: date) -> Applies:
    """By the agreed formulation or the map of a dispute; who cares for the client is on record by name."""
    involves = in_focus(course)
    if involves is None:
        return Applies(None, "With whom the focus is, is not agreed yet.")
    if involves:
        return Applies(True, "The focus involves a parent or carer.")
    return Applies(False, "The focus names no parent or carer; a clinician may still invite them.")


def clinician_judges(manual: Manual, course: Course, today: date) -> Applies:
    """The manual asks for the task under a condition that it does not state (project default)."""
    return Applies(None, "A clinician judges whether it is called for.")


def _of_session(course: Course, record: str) -> tuple[Entry, ...]:
    number = session_number(course)
    return tuple(entry for entry in course.entries_of(record) if entry.session == number and number)


# -- what must hold before a phase may be left -------------------------------------------------------


def client_agreed(manual: Manual, course: Course, today: date) -> Applies:
    if known.agreed_formulation(course):
        return Applies(True, "The client agreed with the formulation.")
    return Applies(False, "No formulation is agreed yet.")


def focus_shared(manual: Manual, course: Course, today: date) -> Applies:
    if known.agreed_account(manual, course):
        return Applies(True, "The client agreed with the interpersonal-affective focus.")
    return Applies(False, "No interpersonal-affective focus is agreed yet.")


def met_before(manual: Manual, course: Course, today: date) -> Applies:
    """The fewest meetings that come before session 1 were held."""
    phase, held = manual.phase_before, len(meetings_before(course))
    fewest = phase.meetings[0] if phase else 0
    if held >= fewest:
        return Applies(True, "The meetings before session 1 were held.")
    return Applies(False, f"Of the meetings before session 1, {held} of at least {fewest} were held.")


def prescriber_on_record(manual: Manual, course: Course, today: date) -> Applies:
    """Medication is a condition of the treatment (ipt.md 4.13, med_4): somebody prescribes it."""
    if known.has_prescriber(course):
        return Applies(True, "Somebody who prescribes is on record.")
    return Applies(False, "Nobody who prescribes is on record yet.")


def schema_agreed(manual: Manual, course: Course, today: date) -> Applies:
    if known.agreed_account(manual, course):
        return Applies(True, "The client agreed with the schema.")
    return Applies(False, "No schema is agreed yet.")


def schema_linked(manual: Manual, course: Course, today: date) -> Applies:
    schema = known.agreed_account(manual, course)
    if schema is not None and linked_episodes(schema.values):
        return Applies(True, "The agreed schema is linked to episodes.")
    return Applies(False, "The agreed schema is linked to no episode yet.")


def goodbye_given(manual: Manual, course: Course, today: date) -> Applies:
    """A draft with a day on it is not given: the client does not have it yet."""
    letters = (entry for entry in course.entries_of("rec_goodbye") if not entry.draft)
    given = (known.day(entry.values.get("given_on")) for entry in letters)
    if any(on is not None and on <= today for on in given):
        return Applies(True, "The goodbye letter was given.")
    return Applies(False, "The goodbye letter was not given yet.")


def risk_not_red(manual: Manual, course: Course, today: date) -> Applies:
    level = known.risk_level(course)
    if level is not None and level.level is Level.RED:
        return Applies(False, "The level of risk is red.")
    if level is None and manual.has_task("I06") and "I06" not in known.done_here(manual, course):
        return Applies(False, "No level of risk is recorded.")
    return Applies(True, "The level of risk is not red.")


def baseline_present(manual: Manual, course: Course, today: date) -> Applies:
    """The baseline set was taken (A02, or answers given for session 0) and the main measures have a start."""
    taken = "A02" in known.tasks_done(course) or any(a.session == 0 for a in course.answers)
    lacking = [m for m in (PHQ9, GAD7) if start_score(manual, course, m) is None]
    if taken and not lacking:
        return Applies(True, "The baseline measures are there.")
    if not taken:
        return Applies(False, "The baseline set was not taken.")
    return Applies(False, f"A start score is missing: {', '.join(lacking)}.")


def each_adult_screened_clear(manual: Manual, course: Course, today: date) -> Applies:
    """Both were asked alone, apart, and nothing speaks of danger (A04, DR-06, DR-07)."""
    if known.danger(course).grounds:
        return Applies(False, "Danger is on record: nothing is planned together.")
    missing = [] if screened_alone(course) else ["the client"]
    others = adults_not_screened(course)
    if others or not known.screened_others(course):
        missing.append("the other adult" if len(others) < 2 else "each other adult")
    if missing:
        return Applies(False, f"Not asked alone about violence yet: {' and '.join(missing)}.")
    return Applies(True, "Each adult was asked alone about violence, and the answers are clear.")


# -- what opens the way out of a phase -----------------------------------------------------------------


def last_session_reached(manual: Manual, course: Course, today: date) -> Applies:
    phase = phase_on(manual, course, today)
    span = phase_spans(manual, course).get(phase)
    if span is None:
        return Applies(None, "This phase has no planned last session.")
    number = session_number(course)
    if number >= span[1]:
        return Applies(True, f"Session {span[1]}, the last of this phase, has been reached.")
    return Applies(False, f"This is session {number}; the last of this phase is session {span[1]}.")


def focus_resolved_and_remission(manual: Manual, course: Course, today: date) -> Applies:
    resolved, weeks = known.resolution(manual, course), progress.days_in_remission(manual, course, today) // 7
    if resolved is None:
        return Applies(None, "How far the focus is resolved is not rated yet.")
    if resolved >= 4 and weeks >= 3:
        return Applies(True, f"The focus is resolved and symptoms have been in remission for {weeks} weeks.")
    return Applies(False, "The focus is not resolved with 3 weeks of remission.")


def clinician_decision(manual: Manual, course: Course, today: date) -> Applies:
    """A clinician's decision is a recorded change of phase; until it is made it opens nothing."""
    phase = phase_on(manual, course, today)
    decided = [c for c in course.phase_changes if ORDER.index(c.phase) > ORDER.index(phase)]
    if decided:
        return Applies(True, "A clinician decided it.")
    return Applies(False, "No clinician has decided it.")


# -- when a measure is due only for some -----------------------------------------------------------------


def licensed(manual: Manual, course: Course, today: date) -> Applies:
    return Applies(None, "Whether the service holds a licence is not known to the course.")


def loss(manual: Manual, course: Course, today: date) -> Applies:
    if known.has_loss(course):
        return Applies(True, "A death is part of the story.")
    return Applies(False, "No death is recorded.")


def trauma(manual: Manual, course: Course, today: date) -> Applies:
    if answers_of(course, "ms_pcl5"):
        return Applies(True, "Trauma symptoms were measured at the start.")
    return Applies(None, "Whether a trauma is part of the story is not recorded.")


def middle_phase_reached(manual: Manual, course: Course, today: date) -> Applies:
    reached = ORDER.index(phase_on(manual, course, today)) >= ORDER.index("middle")
    return Applies(reached, "The middle phase has begun." if reached else "The middle phase has not begun.")


def focus_agreed(manual: Manual, course: Course, today: date) -> Applies:
    agreed = bool(known.focus(course))
    return Applies(agreed, "A focus is agreed." if agreed else "No focus is agreed yet.")


TASK_CONDITIONS: Mapping[str, Condition] = MappingProxyType(
    {
        "takes-medication": takes_medication,
        "important-exchange": important_exchange,
        "choice-open": choice_open,
        "conversation-planned": conversation_planned,
        "alert-open": alert_open,
        "no-response": no_response,
        "not-better": not_better,
        "other-language-or-culture": other_language_or_culture,
        "every-second-session": every_second_session,
        "midpoint": at_midpoint,
        "focus-involves-carer": focus_involves_carer,
        "risk-positive": risk_positive,
        "member-absent": member_absent,
        "clinician-judges": clinician_judges,
    }
)
EXIT_CONDITIONS: Mapping[str, Condition] = MappingProxyType(
    {
        "client-agreed": client_agreed,
        "focus-shared": focus_shared,
        "schema-agreed": schema_agreed,
        "schema-linked": schema_linked,
        "goodbye-given": goodbye_given,
        "risk-not-red": risk_not_red,
        "baseline-present": baseline_present,
        "each-adult-screened-clear": each_adult_screened_clear,
        "met-before": met_before,
        "prescriber-on-record": prescriber_on_record,
    }
)
LEAVING_REASONS: Mapping[str, Condition] = MappingProxyType(
    {
        "last-session-reached": last_session_reached,
        "focus-resolved-and-remission-3-weeks": focus_resolved_and_remission,
        "clinician-decision": clinician_decision,
    }
)
MEASURE_CONDITIONS: Mapping[str, Condition] = MappingProxyType(
    {
        "licensed": licensed,
        "loss": loss,
        "trauma": trauma,
        "middle-phase-reached": middle_phase_reached,
        "focus-agreed": focus_agreed,
    }
)


def in_baseline(course: Course, measure: str) -> Applies:
    """`in-baseline` is asked of one measure: was it part of the baseline?"""
    answered = any(a.measure == measure and a.session in (0, 1) for a in course.answers)
    return Applies(
        answered, "It was part of the baseline." if answered else "It was not part of the baseline."
    )


def measure_applies(manual: Manual, course: Course, today: date, name: str, measure: str) -> Applies:
    """The condition of that name, asked for one measure."""
    if name == "in-baseline":
        return in_baseline(course, measure)
    return MEASURE_CONDITIONS[name](manual, course, today)
