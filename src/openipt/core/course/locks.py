"""What danger from another person locks (DR-06; ipt.md 11.5 ipv_2, 22.1), why, and the way on.

Meetings together are locked with that person. So is rehearsal of assertive talk: a role play, other
words in a communication analysis, the message of a plan to say it. Until it is on record from whom the
danger comes, that holds for every partner, ex-partner and household member; where it cannot be told
who is meant, it is locked. What was written before the danger was known stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from openipt.core.course.known import Danger, words
from openipt.errors import FieldFault

# Record -> the fields that rehearse, or in which somebody is met. Everything else stays open.
LOCKED_FIELDS: Mapping[str, tuple[str, ...]] = {
    "rec_conjoint_session": ("who",),
    "rec_role_play": ("opening_line", "attempts", "situation", "goal"),
    "rec_communication_analysis": ("alternatives", "rehearsed"),
    "rec_expression_plan": ("message", "rehearsed"),
}
# Where the message about a record as a whole stands.
AT_FIELD = {"rec_conjoint_session": "who", "rec_role_play": "therapist_role"}
WHOM_FIELD = {"rec_communication_analysis": "other_person_id", "rec_expression_plan": "about_whom"}

# Relations as people write them (project definition for 22.1, "household member").
AT_HOME = re.compile(
    r"\b(ex|partner|husband|wife|spouse|fianc\w+|boyfriend|girlfriend|lover|flatmate|housemate|roommate|lodger)\b",
    re.IGNORECASE,
)
OUTSIDE = re.compile(
    r"\b(colleague|co-?worker|manager|boss|team\w*|employer|neighbou?r|friend|teacher|tutor|doctor|nurse"
    r"|landlord|coach|client|customer|classmate|priest|pastor|imam|rabbi)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class InLife:
    """Somebody of the inventory, as they are called there."""

    label: str
    relation: str = ""

    @property
    def is_outside_home(self) -> bool:
        text = f"{self.label} {self.relation}"
        return bool(OUTSIDE.search(text)) and not AT_HOME.search(text)


People = Mapping[str, InLife]


def lock_faults(
    record: str, values: Mapping[str, Any], before: Mapping[str, Any] | None, danger: Danger, people: People
) -> tuple[FieldFault, ...]:
    """What of this record may not be kept now, each with its reason and the way on."""
    if record not in LOCKED_FIELDS or not danger.grounds or not _is_locked(record, values, danger, people):
        return ()
    new = [key for key in LOCKED_FIELDS[record] if _says(values.get(key)) and not _stood(key, values, before)]
    if not new:
        return ()
    message = f"{_why(danger)} {WAY_ON[record]}"
    at = AT_FIELD.get(record)
    return (FieldFault(at, message),) if at else tuple(FieldFault(key, message) for key in new)


def locked_fields(record: str, values: Mapping[str, Any], danger: Danger, people: People) -> tuple[str, ...]:
    """Fields that danger locks in this record: nobody may ask for them before signing."""
    if not danger.grounds or record not in LOCKED_FIELDS or not _is_locked(record, values, danger, people):
        return ()
    return LOCKED_FIELDS[record]


WAY_ON = {
    "rec_conjoint_session": (
        "See the client alone. A meeting together is thought of again only after a specialist's assessment."
    ),
    "rec_role_play": (
        "With somebody of the inventory who is no danger it may go on: name them in 'The therapist played'. "
        "Otherwise strengthen support and weigh decisions with a safety column."
    ),
    "rec_communication_analysis": (
        "Leave this empty: the talk itself, what was felt and the wish can be kept. "
        "Strengthen support and weigh decisions with a safety column."
    ),
    "rec_expression_plan": (
        "Leave this empty: feeling and wish can be kept. "
        "Strengthen support and weigh decisions with a safety column."
    ),
}


def _why(danger: Danger) -> str:
    if danger.persons:
        return "Locked by DR-06: danger from this person is on record, or it is not said who is meant."
    return (
        "Locked by DR-06: danger is on record, and not from whom. Until the safety concern is marked at that "
        "person in the inventory, this is locked with every partner, ex-partner and household member."
    )


def _says(value: object) -> bool:
    return value not in (None, "", False, [], {})


def _stood(key: str, values: Mapping[str, Any], before: Mapping[str, Any] | None) -> bool:
    return before is not None and before.get(key) == values.get(key)


def _is_locked(record: str, values: Mapping[str, Any], danger: Danger, people: People) -> bool:
    met, all_known = _whom(record, values, people)
    if not met or not all_known:
        return True
    named, every_name_known = _in_inventory(danger.persons, people)
    if named & met:
        return True
    if named and every_name_known:
        return False
    return any(not people[code].is_outside_home for code in met)


def _whom(record: str, values: Mapping[str, Any], people: People) -> tuple[set[str], bool]:
    """Whom this record is about, by code; and whether everybody named in it is in the inventory."""
    if record == "rec_role_play":
        return _played(values, people), True
    key = WHOM_FIELD.get(record, "who")
    return _in_inventory(words(values.get(key)), people)


def _played(values: Mapping[str, Any], people: People) -> set[str]:
    roles = " ".join(str(values.get(key) or "") for key in ("therapist_role", "client_role"))
    scene = " ".join(str(values.get(key) or "") for key in ("situation", "goal", "opening_line"))
    met = _mentioned(roles, people)
    return met | _mentioned(scene, people) if met else set()


def _in_inventory(names: tuple[str, ...], people: People) -> tuple[set[str], bool]:
    """The codes of these people; False where a name is not in the inventory."""
    found: set[str] = set()
    all_known = True
    for name in names:
        codes = {name} if name in people else _mentioned(name, people)
        found |= codes
        all_known = all_known and bool(codes)
    return found, all_known


def _mentioned(text: str, people: People) -> set[str]:
    """People whose name, or whose whole relation, stands in a text."""
    said = text.casefold()
    return {
        code
        for code, person in people.items()
        for name in (person.label, person.relation)
        if name.strip() and re.search(rf"(?<!\w){re.escape(name.strip().casefold())}(?!\w)", said)
    }
