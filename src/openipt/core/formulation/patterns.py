"""Themes that come again between people (ipt.md 3.3): when one recurs, and what it rests on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

TIMES = ("past", "present")


@dataclass(frozen=True)
class Recurrence:
    """Of one theme: the people it shows with, each once, and the times it is from."""

    people: tuple[str, ...]
    times: tuple[str, ...]
    instances: int

    @property
    def recurs(self) -> bool:
        """With two or more people, or with one then and now; a single instance is no pattern yet."""
        return len(self.people) > 1 or (self.instances > 1 and len(self.times) > 1)


def recurrence(values: Mapping[str, Any]) -> Recurrence:
    """What the rows of a `rec_pattern` show."""
    rows = [row for row in values.get("seen_with") or () if isinstance(row, Mapping) and row.get("evidence")]
    people = dict.fromkeys(str(row["person_id"]) for row in rows if row.get("person_id"))
    times = {row.get("when") for row in rows}
    return Recurrence(tuple(people), tuple(time for time in TIMES if time in times), len(rows))
