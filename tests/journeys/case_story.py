"""A worked case as a journey needs it: who types what, on which day, and what must come of it."""

from __future__ import annotations

import json
import os
import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
from tests.shared_data import ROOT

from openipt import library
from openipt.core.course.course import Answers, EpisodeStatus, StatusChange
from openipt.core.course.narrative import episodes_told
from openipt.core.fields.definitions import is_empty
from openipt.core.portable.cases import from_case
from openipt.core.portable.episode import PortableClientEntry, PortableEntry, PortableEpisode

CODE_KINDS = ("strategies", "techniques", "areas", "styles", "measures", "tasks")
MORE_CASES = "OPENIPT_CASES"
OUR_OWN = Path(__file__).parent / "cases"
# Minutes each: typed by `make trial`. Any other case is typed by every `make test`.
LONG = {
    "gr-missed-call",
    "rd-silent-house",
    "rt-closed-branch",
    "is-long-corridor",
    "rt-locked-door",
    "ipc-shared-kitchen",
    "ipc-three-visits",
}


def case_files() -> list[Path]:
    """Every worked case there is: the shared ones, our own, and those in the folders OPENIPT_CASES names."""
    shared = Path(os.environ.get("OPENIPT_SHARED") or ROOT.parent / "shared") / "cases"
    named = [Path(name) for name in os.environ.get(MORE_CASES, "").split(os.pathsep) if name]
    found = {
        path.stem: path for folder in (shared, OUR_OWN, *named) for path in sorted(folder.glob("*.json"))
    }
    return [path for path in found.values() if "sessions" in json.loads(path.read_text())]


def half_of_the_cases(half: int) -> list[Any]:
    """The cases for one of two workers, as parameters: about half of those typed every time, and of the long ones."""
    found = []
    for is_long in (False, True):
        paths = [path for path in case_files() if (path.stem in LONG) == is_long]
        paths.sort(key=lambda path: (-path.stat().st_size, path.stem))
        marks = [pytest.mark.trial] if is_long else []
        mine = [path for place, path in enumerate(paths) if place % 4 in ((0, 3), (1, 2))[half]]
        found += [pytest.param(path, id=path.stem, marks=marks) for path in mine]
    return found


@dataclass
class Told:
    """One date of the case: a session held, or one that was missed or cancelled."""

    on: date
    number: int | None
    phase: str
    attendance: str
    minutes: int
    format: str
    tasks: list[str]
    strategies: list[str]
    techniques: list[str]
    note: str
    private_note: str
    next_step: str
    records: list[PortableEntry] = field(default_factory=list)

    @property
    def is_held(self) -> bool:
        return self.attendance in ("attended", "late")

    @cached_property
    def sentences(self) -> list[str]:
        """The note, sentence by sentence: the words for quick lines of which the case says no more."""
        return [one for one in re.split(r"(?<=[.!?])\s+", self.note) if one] or ["As noted."]


class CaseStory:
    """One case, read once."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.raw: dict[str, Any] = json.loads(path.read_text())
        self.manual = library.manual(self.raw["adaptation"])
        codes = {kind: self.manual.codes(kind) for kind in CODE_KINDS}
        self.told: PortableEpisode = from_case(self.raw, record_types=library.record_types(), codes=codes)

    @property
    def id(self) -> str:
        return self.path.stem

    @property
    def client(self) -> str:
        return self.told.client.name

    @cached_property
    def people(self) -> dict[str, str]:
        """The persons of the case by their id there."""
        return {person.id: person.label for person in self.told.people}

    @cached_property
    def names(self) -> dict[str, str]:
        """What records refer to by an id of the file, and the page offers by a name: persons, and moments told."""
        return self.people | episodes_told(self.told.course())

    @cached_property
    def relations(self) -> dict[str, str]:
        return {person.id: person.relation for person in self.told.people}

    @cached_property
    def sessions(self) -> list[Told]:
        found = [self._session(row) for row in self.raw["sessions"]]
        return sorted(found, key=lambda told: (told.on, told.number if told.number is not None else 99))

    def _session(self, row: dict[str, Any]) -> Told:
        number = row.get("number")
        records = [e for e in self.told.entries if number is not None and e.session == number]
        return Told(
            on=date.fromisoformat(row["date"]),
            number=number,
            phase=row.get("phase") or "",
            attendance=row["attendance"],
            minutes=row.get("minutes") or 0,
            format=row.get("format") or "in_person",
            tasks=list(row.get("tasks_done") or ()),
            strategies=list(row.get("strategies") or ()),
            techniques=list(row.get("techniques") or ()),
            note=row.get("note") or "",
            private_note=row.get("private_note") or "",
            next_step=row.get("next_step") or "",
            records=[e for e in records if not is_empty(dict(e.values))],
        )

    @property
    def held(self) -> list[Told]:
        return [told for told in self.sessions if told.is_held and told.number is not None]

    @property
    def alerts(self) -> list[dict[str, Any]]:
        """Alerts of which the case tells when they were seen and taken on."""
        rows = self.raw.get("safety") or []
        return [row for row in rows if row["type"] == "alert" and row.get("therapist_acknowledged")]

    # -- answers -----------------------------------------------------------------------------------

    @cached_property
    def by_client(self) -> dict[date, list[Answers]]:
        """What the client answers on their own device, by day."""
        found: dict[date, list[Answers]] = defaultdict(list)
        for given in self.told.answers:
            if self._is_clients(given):
                found[given.on].append(given)
        return found

    def by_therapist(self, number: int | None) -> list[Answers]:
        """What the therapist enters from paper or as a total for this session; 0 is the baseline."""
        rows = [a for a in self.told.answers if a.session == number and not self._is_clients(a)]
        return [a for a in rows if not library.measure(a.measure).private]

    def _is_clients(self, given: Answers) -> bool:
        return bool(given.items) and library.measure(given.measure).may_go_to_client

    # -- what the client writes ----------------------------------------------------------------------

    @property
    def diary(self) -> Mapping[date, list[PortableEntry]]:
        """Days of a diary of daily times that the client keeps; the cases have none."""
        return {}

    @property
    def client_entries(self) -> list[PortableClientEntry]:
        return sorted(self.told.client_entries, key=lambda entry: entry.on)

    @cached_property
    def unshared_words(self) -> list[str]:
        """Words of the client's that nobody else may ever read."""
        return [words for e in self.client_entries if not e.shared for words in _words_of(e)]

    @cached_property
    def shared_words(self) -> list[str]:
        return [e.text for e in self.client_entries if e.shared and e.text]

    @cached_property
    def private_words(self) -> list[str]:
        """The therapist's private notes."""
        return [told.private_note for told in self.sessions if told.private_note]

    @property
    def changes(self) -> list[StatusChange]:
        """Where the course goes on to maintenance or ends, on a day without a meeting."""
        met = {told.on for told in self.sessions}
        after = (EpisodeStatus.MAINTENANCE, EpisodeStatus.ENDED)
        return [one for one in self.told.status_changes if one.status in after and one.on not in met]

    # -- what must come of it ------------------------------------------------------------------------

    @property
    def expected(self) -> dict[str, Any]:
        return self.raw["expected"]

    def must_fire(self, number: int) -> set[str]:
        rows = self.expected.get("decision_rules_that_must_fire") or []
        return {row["rule"] for row in rows if row["on_session"] == number}

    def must_not_fire(self, number: int) -> set[str]:
        rows = self.expected.get("decision_rules_that_must_not_fire") or []
        return {row["rule"] for row in rows if row["on_session"] in (number, "any")}

    def phase_of(self, number: int) -> str:
        return (self.expected.get("phase_by_session") or {}).get(str(number), "")


def _words_of(entry: PortableClientEntry) -> list[str]:
    found = [entry.text, entry.title]
    for value in entry.values.values():
        found += [value] if isinstance(value, str) else []
    return [words for words in found if len(words) > 12]
