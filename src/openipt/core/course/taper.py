"""Meetings that come further apart towards the end: the stretches of a contract (ipt.md 4.1, 4.2).

A contract says how often they meet, and under `taper` how the last meetings are spaced: two every two weeks, then two
each month. The meetings before them keep the contract's own frequency.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from openipt.core.course import known
from openipt.core.course.course import Course
from openipt.core.course.phases import planned_sessions, sessions_before
from openipt.core.manual.model import Manual


@dataclass(frozen=True)
class Stretch:
    """So many meetings in one rhythm; `begins` is the day of its first, where that was agreed."""

    frequency: str
    meetings: int
    begins: date | None = None


def stretches(contract: Mapping[str, Any]) -> tuple[Stretch, ...]:
    """The whole row of meetings; none where their number is not said, or the taper has more of them than that."""
    planned, tapered = _whole(contract.get("sessions_planned")), taper_of(contract)
    before = planned - sum(stretch.meetings for stretch in tapered)
    if planned < 1 or before < 0:
        return ()
    frequency = str(contract.get("frequency") or "weekly")
    first = (Stretch(frequency, before),) if before else ()
    return (*first, *tapered)


def taper_of(contract: Mapping[str, Any]) -> tuple[Stretch, ...]:
    """The spaced meetings at the end, as the contract names them; rows that say no number are left out."""
    rows = contract.get("taper")
    found = (row for row in rows if isinstance(row, Mapping)) if isinstance(rows, list | tuple) else ()
    return tuple(
        Stretch(str(row.get("frequency") or "weekly"), number, known.day(row.get("from")))
        for row in found
        if (number := _whole(row.get("meetings"))) > 0
    )


def proposed(manual: Manual, planned: int) -> tuple[Stretch, ...]:
    """How the manual spaces a course of this length: its rhythm after the first frequency."""
    return tuple(Stretch(frequency, meetings) for frequency, meetings in manual.rhythm(planned)[1:])


def frequency_now(manual: Manual, course: Course) -> str:
    """How often they meet from the present session on, by the last contract, else as the manual does."""
    contract, anew = known.contract_of_now(course), course.begun_anew
    if contract is not None and anew and contract.on < anew.on:
        contract = None  # of the acute part
    number = len(course.held) - sessions_before(course)
    agreed = stretches(contract.values) if contract and contract.values.get("taper") else ()
    if contract is None:
        planned = planned_sessions(course) - sessions_before(course)
        agreed = tuple(Stretch(*each) for each in manual.rhythm(max(1, planned)))
    for stretch in agreed:
        if number < stretch.meetings:  # the next meeting still belongs to this stretch
            return stretch.frequency
        number -= stretch.meetings
    return agreed[-1].frequency if agreed else known.frequency(manual, course)


def _whole(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0
