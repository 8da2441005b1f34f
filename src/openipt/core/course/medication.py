"""When medication began and changed, as far as the record says (`rec_medication`)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from openipt.core.course.course import Course
from openipt.core.course.known import first_day, words


@dataclass(frozen=True)
class MedicationEvent:
    """A drug begun, or its dose changed. `since` is the date as written: a year or a month is no day.

    The day of a change is the day it was written down: the record has no other.
    """

    on: date
    drug: str
    dose: str
    before: str = ""
    since: str = ""

    @property
    def is_start(self) -> bool:
        return not self.before


def medication_events(course: Course) -> tuple[MedicationEvent, ...]:
    """Every start and every change of dose, oldest first. The same dose said again is no event."""
    doses: dict[str, str] = {}
    found: list[MedicationEvent] = []
    for entry in course.entries_of("rec_medication"):
        dose = " ".join("".join(words(entry.values.get("dose"))).split())
        since = "".join(words(entry.values.get("since"))).strip()
        for drug in words(entry.values.get("drug")):
            name = drug.strip().lower()
            if name not in doses:
                found.append(MedicationEvent(first_day(since) or entry.on, drug.strip(), dose, since=since))
            elif dose and doses[name] and dose.lower() != doses[name].lower():
                found.append(MedicationEvent(entry.on, drug.strip(), dose, before=doses[name]))
            doses[name] = dose or doses.get(name, "")
    return tuple(sorted(found, key=lambda event: event.on))
