"""A whole example course of an adaptation (`docs/examples`) as a journey types it: see `case_story.py`."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from tests.journeys.case_story import CaseStory, Told

from openipt import library
from openipt.cli.course import read_episode
from openipt.core.course.diary import DIARY
from openipt.core.fields.definitions import is_empty
from openipt.core.portable.episode import PortableEntry, PortableMeeting

EXAMPLES = Path(__file__).parents[2] / "docs/examples"


class ExampleStory(CaseStory):
    """An episode file, read once. It holds no notes: each meeting gets one of its own."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.told = read_episode(str(path), to_keep=True)
        self.manual = library.manual(self.told.adaptation)
        self.raw = self._expected()

    def _expected(self) -> dict[str, Any]:
        """What a case tells beside its records, as far as the file holds it."""
        phases = {str(m.number): m.phase for m in self.told.meetings if m.number and m.phase}
        levels = [e for e in self.told.entries if e.record == "rec_risk" and e.values.get("level")]
        return {
            "expected": {"phase_by_session": phases},
            "safety": [
                {"type": "level", "date": e.on.isoformat(), "level": e.values["level"]} for e in levels
            ],
            "contract": any(e.record == "rec_contract" for e in self.told.entries),
        }

    @cached_property
    def sessions(self) -> list[Told]:
        found = [self._meeting(meeting) for meeting in self.told.meetings]
        return sorted(found, key=lambda told: (told.on, told.number if told.number is not None else 99))

    def _meeting(self, meeting: PortableMeeting) -> Told:
        number = meeting.number
        written = [
            replace(e, session=number)
            for e in self.told.entries
            if number is not None and (self._is_of(e, meeting) or self._is_beside(e, meeting))
        ]
        done = [*meeting.tasks_done, *(e.for_task for e in written if e.for_task)]
        return Told(
            on=meeting.on,
            number=number,
            phase=meeting.phase,
            attendance=meeting.attendance.value,
            minutes=meeting.minutes,
            format=meeting.format,
            tasks=list(dict.fromkeys(done)),
            strategies=self._strategies(meeting, done),
            techniques=list(meeting.techniques),
            note=meeting.note or f"What was said in the meeting of {meeting.on:%d %B %Y}.",
            private_note="",
            next_step="",
            records=[e for e in written if not is_empty(dict(e.values))],
        )

    def _is_of(self, entry: PortableEntry, meeting: PortableMeeting) -> bool:
        """Several meetings before the first that counts have the number 0: their day tells them apart."""
        alike = [one for one in self.told.meetings if one.number == meeting.number]
        return entry.session == meeting.number and (len(alike) == 1 or entry.on == meeting.on)

    def _is_beside(self, entry: PortableEntry, meeting: PortableMeeting) -> bool:
        """Written by the therapist on the day of the meeting, in none."""
        return entry.session is None and entry.by_role == "therapist" and entry.on == meeting.on

    def _strategies(self, meeting: PortableMeeting, done: list[str]) -> list[str]:
        """Those named; where only the task is, one of the focus after the other."""
        tasks = [self.manual.task(one) for one in done]
        if meeting.strategies or not any(task.record == "rec_strategy_progress" for task in tasks):
            return list(meeting.strategies)
        offered = [one.id for area in self._focus for one in self.manual.strategies_of(area)]
        return [offered[(meeting.number or 0) % len(offered)]] if offered else []

    @cached_property
    def _focus(self) -> list[str]:
        named = [e.values["problem_area"] for e in self.told.entries if e.values.get("problem_area")]
        return list(named[-1]) if named else list(self.manual.areas)

    @cached_property
    def diary(self) -> dict[date, list[PortableEntry]]:
        """The days the client wrote down, by day."""
        found: dict[date, list[PortableEntry]] = defaultdict(list)
        for entry in self.told.entries:
            if entry.record == DIARY and entry.by_role == "client":
                found[entry.on].append(entry)
        return found
