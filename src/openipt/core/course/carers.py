"""Parents and carers in the course of a young person: who they are, when they are invited, what is agreed with them.

The points at which they are invited are those of the adaptation (ipt.md 4.8): each is a task, and a clinician may
leave it out with a reason.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from openipt.core.course import known
from openipt.core.course.course import Course, Entry, once
from openipt.core.manual.model import CarerPoint, Manual
from openipt.core.safety.levels import says_yes

CARER, LEFT_OUT, CONSENT = "rec_carer", "rec_left_out", "rec_consent"
TOLD, VIEW, CALL = "rec_carers_told", "rec_carer_view", "rec_phone_contact"
NOTE_KIND = "confidentiality"  # the consent that is the note (DR-45)


# -- who ---------------------------------------------------------------------------------------------------


@once
def carers(course: Course) -> tuple[Entry, ...]:
    """What was said last of each parent or carer, in the order in which they were named."""
    found: dict[str, Entry] = {}
    for entry in course.entries_of(CARER):
        if person := str(entry.values.get("person") or ""):
            found[person] = entry
    return tuple(found.values())


def taking_part(course: Course) -> tuple[str, ...]:
    """Those of them who take part in the treatment, by their code in the inventory."""
    return tuple(
        str(one.values["person"]) for one in carers(course) if says_yes(one.values.get("takes_part"))
    )


def names(course: Course) -> frozenset[str]:
    """What they are called: by code, by name, by how they are related."""
    codes = {str(one.values["person"]) for one in carers(course)}
    rows = (entry.values for entry in course.entries_of("rec_inventory_person"))
    of_circle = (
        row.get(key) for row in rows if row.get("person_id") in codes for key in ("label", "relation")
    )
    called = (one.values.get("called") for one in carers(course))
    return frozenset(str(name).strip().casefold() for name in (*codes, *of_circle, *called) if name)


def in_focus(course: Course) -> bool | None:
    """Does the focus involve one of them, by the formulation or the map of a dispute? None: nothing is agreed."""
    told = [known.agreed_formulation(course), known.last_of(course, "rec_dispute_map")]
    with_whom = [
        name.strip().casefold()
        for entry in told
        if entry is not None
        for key in ("person", "other")
        for name in known.words(entry.values.get(key))
    ]
    if not with_whom:
        return None
    called = names(course)
    return any(name in called for name in with_whom)


# -- when --------------------------------------------------------------------------------------------------


def may_be_left_out(manual: Manual) -> frozenset[str]:
    """Tasks that a clinician may leave out with a reason: those of the points at which carers are invited."""
    return frozenset(point.task for point in manual.carer_points)


@once
def left_out(course: Course) -> dict[str, Entry]:
    """Task -> the record that says why it is left out; one that says it is held after all takes it back."""
    found: dict[str, Entry] = {}
    for entry in course.entries_of(LEFT_OUT):
        if entry.by_role != "client":
            found[str(entry.values.get("which") or "")] = entry
    return {task: entry for task, entry in found.items() if entry.values.get("taken_back") is not True}


class PointState(StrEnum):
    """Where one of the points stands."""

    HELD = "held"
    DUE = "due"
    OVERDUE = "overdue"
    LEFT_OUT = "left_out"
    TO_COME = "to_come"
    NOT_CALLED_FOR = "not_called_for"


@dataclass(frozen=True)
class Point:
    """One point, where it stands, the day it was held, why it stands so."""

    point: CarerPoint
    state: PointState
    on: date | None = None
    why: str = ""


# -- what was agreed -----------------------------------------------------------------------------------------


def note(course: Course, on: date) -> Entry | None:
    """The note on confidentiality that stands on a day; None where there is none, or it was withdrawn."""
    found = [entry for entry in course.entries_of(CONSENT) if entry.values.get("kind") == NOTE_KIND]
    if not found or not says_yes(found[-1].values.get("given")):
        return None
    withdrawn = known.day(found[-1].values.get("withdrawn_on"))
    return found[-1] if withdrawn is None or withdrawn > on else None
