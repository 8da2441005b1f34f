"""Levels of risk, what raises them, and how soon somebody must act (ipt.md 11.2, 11.3).

Nothing here lowers a level: only a clinician does, with a written reason.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from enum import IntEnum
from typing import Any


class Level(IntEnum):
    """Green to red, in order (three-colour triage [S94]; mapping of answers to colours GKU, DEFAULT)."""

    GREEN = 0
    YELLOW = 1
    ORANGE = 2
    RED = 3

    @property
    def word(self) -> str:
        return self.name.lower()

    @classmethod
    def named(cls, word: object) -> Level | None:
        """The level of that name, None for anything else."""
        return cls.__members__.get(word.upper()) if isinstance(word, str) else None


# What the answer to PHQ-9 item 9 stands for until a clinician has assessed (ipt.md 11.2, DEFAULT).
LEVEL_OF_ITEM_9 = {0: Level.GREEN, 1: Level.YELLOW, 2: Level.ORANGE, 3: Level.RED}

# By when the therapist speaks with the client (ipt.md 11.3 step 3, DEFAULT).
SPEAK_WITHIN = {1: timedelta(days=7), 2: timedelta(hours=24), 3: timedelta(0)}

# Answers of `rec_risk` that say risk is present, apart from its level (ipt.md 11.2, 11.3 step 3, 11.6).
RISK_ANSWERS = (
    "thoughts",
    "method",
    "intent",
    "plan",
    "past_attempts",
    "self_harm",
    "harm_to_others",
    "child_safety",
    "self_neglect",
    "psychosis",
    "mania",
    "withdrawal",
    "overdose",
)
# Those that stand at red (ipt.md 11.2, 11.6).
GRAVE_ANSWERS = frozenset(
    {"intent", "plan", "harm_to_others", "child_safety", "psychosis", "mania", "withdrawal", "overdose"}
)


def level_of_item_9(answer: int) -> Level:
    """The provisional level of an answer to item 9, until a clinician has assessed. No such answer: red."""
    return LEVEL_OF_ITEM_9.get(answer, Level.RED)


def positive_answers(risk: Mapping[str, Any]) -> tuple[str, ...]:
    """Which risk answers of a `rec_risk` are positive. Words count as a yes ("tablets at home")."""
    return tuple(name for name in RISK_ANSWERS if says_yes(risk.get(name)))


# A plain no in a few words ("No.", "no plan", "none at all"); any word more is heard as a yes.
_NO = re.compile(
    r"(no|none|nothing|not|never|nil)?( (plan|method|intent|thoughts?|attempts?|means|signs?))?( at all| now)?"
)


def says_yes(answer: object) -> bool:
    """True, or words that are more than a no. Not asked (None) and no answer are no yes."""
    if isinstance(answer, str):
        return _NO.fullmatch(answer.strip().lower().rstrip(".!").rstrip()) is None
    return answer is True


def plan_needed(level: Level | None) -> bool:
    """From yellow on a safety plan is made (ipt.md 11.3 step 5, DR-03)."""
    return level is not None and level >= Level.YELLOW
