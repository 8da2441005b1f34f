"""The closed lists of names that content may use.

Data may name a condition; the condition itself is a tested function of that name in `core.course`.
A manual that names anything else is refused when it is loaded. Each name carries the sentence it
stands for, so that a page can say why a task applies or does not.
"""

from __future__ import annotations

from types import MappingProxyType

# Conditions under which a task marked C is due (ipt.md 3.4 to 3.8).
TASK_CONDITIONS = MappingProxyType(
    {
        "takes-medication": "the client takes medication",
        "important-exchange": "an important exchange happened, or did not happen",
        "choice-open": "a choice is open",
        "conversation-planned": "a conversation is planned",
        "alert-open": "a not-on-track alert is open",
        "no-response": "the main measure has fallen by less than half from the start",
        "not-better": "the main measure shows no reliable improvement from the start",
        "other-language-or-culture": "the client's language or culture is not the therapist's",
        "every-second-session": "it was not done at the session before",
        "midpoint": "this is the session halfway through the contract",
        "clinician-judges": "a clinician judges that it is called for",
        "focus-involves-carer": "the focus involves a parent or carer",
        "risk-positive": "an answer about risk is positive, or the level is above green",
        "member-absent": "the member was absent from the last meeting, and nobody has been in touch",
    }
)

# What must hold, beside the exit tasks, before a phase may be left (ipt.md 3.3).
EXIT_CONDITIONS = MappingProxyType(
    {
        "client-agreed": "the client agreed with the formulation",
        "focus-shared": "the interpersonal-affective focus is agreed with the client",
        "schema-agreed": "the schema is agreed with the client",
        "schema-linked": "the agreed schema is linked to episodes the client told",
        "goodbye-given": "the goodbye letter was given",
        "risk-not-red": "the level of risk is not red",
        "baseline-present": "the baseline measures are there",
        "each-adult-screened-clear": "each adult was asked alone about violence, and no danger is on record",
        "met-before": "the meetings before session 1 were held",
        "prescriber-on-record": "somebody who prescribes is on record",
    }
)

# Any one of these opens the way out of a phase that is left for more than one reason (ipt.md 3.3).
LEAVING_REASONS = MappingProxyType(
    {
        "last-session-reached": "the last session of the phase has been reached",
        "focus-resolved-and-remission-3-weeks": (
            "the focus is resolved and symptoms have been in remission for 3 weeks"
        ),
        "clinician-decision": "a clinician decided it",
    }
)

# When a next step is offered for a course that is not on track; any one is enough (ipt.md 5, 14, 18).
NEXT_STEP_CONDITIONS = MappingProxyType(
    {
        "not-on-track": "the course is not on track (DR-20 to DR-24)",
        "not-on-track-week-8": "the course is not on track as read at week 8 (DR-21)",
        "deterioration": "a score stands a reliable change above the start (DR-22)",
        "answers-a-reason": "one of the reasons it answers stands",
        "severe": "the last PHQ-9 is severe (DR-12)",
        "prolonged-grief": "prolonged grief disorder may be the main complaint (DR-11)",
        "response-without-remission": "there is response without remission at the end (DR-30)",
        "no-response-at-the-end": "there is no response at the end (DR-31)",
    }
)

# What kind of thing a next step is.
NEXT_STEP_KINDS = MappingProxyType(
    {
        "contact": "contact",
        "supervise": "supervision",
        "talk": "work in the session",
        "refocus": "focus",
        "change_frequency": "frequency",
        "combine": "combine",
        "extend": "more sessions",
        "switch": "another treatment",
    }
)

# Where the record is asked why a course is not on track; each is a function of that name in the core.
OFF_TRACK_REASONS = MappingProxyType(
    {
        "alliance": "the alliance is low, or fell",
        "attendance": "sessions are missed, late or far apart",
        "focus": "the focus is not agreed, not worked on, or does not move",
        "steps": "no steps are agreed, or they are not done",
        "support": "there is little support, or nobody is named who helps",
        "events": "something new happened since the start",
        "medication": "medication is not taken as agreed, not reviewed, or has no prescriber",
        "severity": "the start was severe",
    }
)

# When a measure is due only for some (ipt.md 10.5).
MEASURE_CONDITIONS = MappingProxyType(
    {
        "licensed": "the service holds a licence for the measure",
        "loss": "a death is part of the story",
        "trauma": "a trauma is part of the story",
        "middle-phase-reached": "the middle phase has begun",
        "focus-agreed": "a focus is agreed",
        "in-baseline": "the measure was part of the baseline",
    }
)

# What a choice of adaptation may look at beside the checklist and the rules (ipt.md 4, 12).
CHOOSING_FACTS = MappingProxyType(
    {
        "age-between": "the client's age lies between two numbers, by the year of birth",
        "score-while-unnamed": "the score at the start is at or above a number, and no main problem is named",
        "circumstance": "the checklist names this circumstance, or another record does",
        "danger": "danger from another person is on record (DR-06)",
        "psychosis-or-mania-assessed": "a risk assessment found signs of psychosis or mania",
        "risk-red": "the level of risk is red",
    }
)

# The moments at which a set of measures is due (ipt.md 10.5).
SCHEDULE_MOMENTS = ("baseline", "session", "sessions_3_8_12", "end", "follow_up")

# Moments a task may be tied to, beside a window of sessions or every session of its phase.
TASK_MOMENTS = MappingProxyType(
    {
        "midpoint": "the session halfway through the contract, N / 2 rounded up",
        "last_session": "the last contracted session",
    }
)

# Where a task of every session ends, if not with its phases.
TASK_LIMITS = MappingProxyType(
    {"midpoint": "the first half of the treatment, the session halfway through the contract included"}
)

# The marks of ipt.md 0.1. "unverified" is another spelling of GKU.
MARKS = MappingProxyType(
    {
        "GKU": "general knowledge, not checked against a source",
        "DEFAULT": "a setting proposed for this project because no published value exists",
    }
)

# Phases in the order in which a course passes through them (ipt.md 0.3).
PHASES = (
    "pre",
    "engagement",
    "pre_group",
    "initial",
    "acute",
    "middle",
    "preventive",
    "ending",
    "booster",
    "continuation",
    "maintenance",
)

# Those that hold meetings before session 1, and what one of them is called: they take no number of their own, and
# no contract counts them.
PHASES_BEFORE = MappingProxyType(
    {"engagement": "engagement meeting", "pre_group": "individual meeting before the group"}
)

# Those that hold meetings after the contract, and what one of them is called: each goes on with the numbers of the
# sessions, and no contract counts it.
PHASES_AFTER = MappingProxyType({"booster": "booster"})

# Those that hold the sessions of a contract.
SESSION_PHASES = ("initial", "acute", "middle", "preventive", "ending", "continuation", "maintenance")

# Where a phase may lead: to another phase, or to the end of the episode.
END = "end"
WAYS = (*PHASES, END)

# Evidence grades (ipt.md 0.5).
EVIDENCE_GRADES = MappingProxyType(
    {
        "A": "meta-analysis of several randomised trials, or two or more trials by independent groups",
        "B": "one adequately sized randomised trial, or several with mixed results",
        "C": "pilot randomised trials, open trials, case series",
        "D": "expert proposal or protocol only",
        "N": "tested and not better than the comparison, or inferior to another treatment",
    }
)

FORMATS = ("individual", "group", "conjoint", "family")

# How one session is held (ipt.md 3.12, `rec_session`).
IN_PERSON = "in_person"
MEETING_FORMATS = MappingProxyType({IN_PERSON: "in person", "phone": "by phone", "video": "by video"})

FREQUENCIES = ("weekly", "twice_weekly", "fortnightly", "monthly", "as_agreed")
