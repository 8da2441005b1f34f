"""The client's words for what the manual names for clinicians: measures, worksheets, fields."""

from __future__ import annotations

import re
from dataclasses import replace

from openipt.core.fields.definitions import FieldDefinition, FieldType, Option, RecordType
from openipt.core.manual.model import Manual
from openipt.core.measures.definitions import Measure

MEASURE_NAMES = {
    "ms_phq9": "Low mood",
    "ms_phq2": "Low mood",
    "ms_phqa": "Low mood",
    "ms_epds": "Low mood",
    "ms_gad7": "Worry",
    "ms_focus_stress": "Stress with what we work on",
    "ms_prr": "How what we work on is now",
    "ms_alliance3": "How we work together",
    "ms_pcl5": "Bad memories",
    "ms_osss3": "Support from others",
    "ms_mspss": "Support from others",
    "ms_ucla3": "Feeling alone",
    "ms_wsas": "Daily life",
    "ms_who5": "Feeling well",
    "ms_auditc": "Alcohol",
    "ms_pg13r": "Grief",
    "ms_iip32": "Getting on with people",
    "ms_srm5": "The rhythm of my days",
}

# The worksheets of the client's practice, each with what it is for; the first ones are offered first.
PRACTICE = {
    "rec_action_plan": "One small thing to try with somebody before we meet again.",
    "rec_event_mood_link": "What happened, and how it changed your mood.",
    "rec_emotion_log": "Find the words for what you felt.",
    "rec_expression_plan": "Plan how to say what you feel and what you want.",
    "rec_communication_analysis": "Go through one talk as it was said, and see where it turned.",
    "rec_decision_analysis": "What could you do, and what would each way bring?",
    "rec_role_play": "What you tried out, and what changed.",
    "rec_past_present": "When something hits harder than it should.",
    "rec_role_balance": "What an old or a new part of your life gives and takes.",
    "rec_approach_ladder": "A small step towards somebody.",
    "rec_skill_gap": "Something new to learn, and from whom.",
    "rec_strengths": "What you can do and who is on your side.",
    "rec_loss_narrative": "Who they were and what they were to you.",
    "rec_relationship_review": "How a tie began, how it went, how it ended.",
    "rec_skills_gained": "What you can do now that you could not do before.",
    "rec_relapse_plan": "How you would know, and what you would do.",
    "rec_episode": "Something that happened with somebody: where, who said what, what you felt.",
}
OFFERED_FIRST = 8
# The group of records that stand only where a task of the treatment asks for them.
OF_ONE_MODEL = "other_models"

# Practising words for somebody who may be a danger is not offered (ipt.md 11.5, ipv_2).
REHEARSALS = frozenset({"rec_expression_plan", "rec_communication_analysis", "rec_role_play"})

# Fields that a clinician fills: the number of the session, ratings of style, references, the safety mark.
FOR_CLINICIANS = frozenset(
    {
        "id",
        "session",
        "episode",
        "safety_flag",
        "styles_client",
        "styles_other",
        "role_play_ref",
        "break_point",
    }
)

_MINE = (
    (re.compile(r"\bWhat the client\b"), "What I"),
    (re.compile(r"\bThe client's\b"), "My"),
    (re.compile(r"\bthe client's\b"), "your"),
    (re.compile(r"^The client\b"), "I"),
    (re.compile(r"\bthe client\b"), "you"),
    (re.compile(r"^Client$"), "Me"),
)


SECONDS_A_QUESTION = 10  # project default: what a question takes on a phone
NUMBERS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def how_long(questions: int) -> str:
    """About how long a check-in takes, as in "about two minutes"."""
    minutes = max(1, round(questions * SECONDS_A_QUESTION / 60))
    said = NUMBERS[minutes - 1] if minutes <= len(NUMBERS) else str(minutes)
    return f"about {said} minute{'' if minutes == 1 else 's'}"


def measure_name(measure: Measure) -> str:
    """Low mood (PHQ-9): what it is about, then how it is called."""
    name = MEASURE_NAMES.get(measure.id)
    return f"{name} ({measure.title})" if name and measure.validated else name or measure.title


def worksheets(manual: Manual, *, watched: bool = False) -> tuple[RecordType, ...]:
    """The worksheets a client may write in this treatment, in the words of the client."""
    found = [manual.record_types[record] for record in PRACTICE if record in manual.record_types]
    return tuple(
        in_client_words(kind)
        for kind in found
        if kind.client_may_write
        and (kind.group != OF_ONE_MODEL or manual.tasks_shown_by(kind.id))
        and not kind.never_on_client_device
        and not (watched and kind.id in REHEARSALS)
    )


_made: dict[int, tuple[RecordType, RecordType]] = {}


def in_client_words(kind: RecordType) -> RecordType:
    """The record type as a client meets it: plain title, "I" in its labels, no fields for clinicians.

    Made once of each: content is read once and never changes.
    """
    if id(kind) not in _made:
        _made[id(kind)] = kind, _in_client_words(kind)
    return _made[id(kind)][1]


def _in_client_words(kind: RecordType) -> RecordType:
    fields = tuple(_plain(part) for part in kind.fields if part.key not in FOR_CLINICIANS)
    return replace(kind, title=kind.plain_title, help=PRACTICE.get(kind.id, ""), fields=fields)


def _plain(part: FieldDefinition) -> FieldDefinition:
    inner = tuple(
        _plain(one)
        for one in part.fields
        if one.key not in FOR_CLINICIANS and one.type not in (FieldType.CODE, FieldType.CODES)
    )
    options = tuple(Option(option.value, mine(option.label)) for option in part.options)
    return replace(part, label=mine(part.label), help=mine(part.help), fields=inner, options=options)


def mine(words: str) -> str:
    """ "What the client felt" as "What I felt"."""
    for pattern, plain in _MINE:
        words = pattern.sub(plain, words)
    return words
