"""What must hold of a case that was typed whole: nothing lost, nothing leaked, one answer everywhere."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

from tests.journeys.case_story import CaseStory, Told
from tests.journeys.case_typist import CaseTypist
from tests.journeys.case_words import total_of
from tests.journeys.served import Served

from openipt import library
from openipt.core.course.course import Answers
from openipt.core.course.measures_due import measures_due
from openipt.core.course.narrative import episodes_told
from openipt.core.course.not_on_track import OFF_TRACK_RULES
from openipt.core.course.status import CourseStatus, course_status
from openipt.core.fields.definitions import FieldDefinition, FieldType, is_empty
from openipt.core.manual.names import PHASES_AFTER
from openipt.core.outcomes.change import Totals, change_categories
from openipt.core.portable.episode import PortableEntry, PortableEpisode
from openipt.core.portable.episode_file import from_file

ROOMS = (
    "", "people/", "timeline/", "formulation/", "sessions/", "worksheets/", "measures/", "safety/",
    "ending/", "documents/", "records/", "course/",
)  # fmt: skip
CLIENTS_PAGES = ("", "journal/", "practice/", "line/", "plan/", "learn/", "check-in/")
REASON, TAKEN_UP = "reason_for_difference", ("ms_phq9", "ms_gad7")
MAY_BE_OTHERWISE = {  # the page gives these itself, or they stand in another record
    "rec_issue_ranking": {"issue", "text", "area", "factors", "evidence", "weight_set", "total", "rank"},
    "rec_inventory_person": {"person_id"},
    "rec_risk": {"reason"},
}


@dataclass
class CaseProof:
    """The typed case, read back through the service's own export."""

    story: CaseStory
    typist: CaseTypist
    served: Served

    @cached_property
    def text(self) -> str:
        episode = self.typist.windows.episode.rstrip("/").rsplit("/", 1)[1]
        return self.served.command("episode", "export", episode)

    @cached_property
    def export(self) -> PortableEpisode:
        return from_file(json.loads(self.text), record_types=library.record_types(), codes={})

    def status(self, on: date) -> CourseStatus:
        """Where the exported course stood at the end of that day."""
        return course_status(self.story.manual, self.export.course(), on)

    def status_of_case(self, on: date) -> CourseStatus:
        return course_status(self.story.manual, self.story.told.course(), on)

    # -- the same answer everywhere ----------------------------------------------------------------

    def page_and_engine_agree(self) -> list[str]:
        """What the Overview said on each day against the engine on the exported file."""
        wrong = []
        for reading in self.typist.readings:
            found = self.status(reading.on)
            fired = {rule.id for rule in found.fired}
            manual = self.story.manual
            titles = {phase.id: phase.title for phase in manual.phases}
            asked = ", ".join(manual.measure_list[one].title for one in found.measures_due)
            pairs = {
                "treatment": (reading.treatment, manual.title or manual.name),
                "phase": (reading.phase, titles[found.phase]),
                "measures": (reading.measures, f"Answers due: {asked}" if asked else ""),
                "due": (set(reading.due), set(found.due)),
                "overdue": (set(reading.overdue), set(found.overdue)),
                "rules": (set(reading.rules), fired - set(OFF_TRACK_RULES)),
                "not on track": (set(reading.off_track) & fired, fired & set(OFF_TRACK_RULES)),
            }
            wrong += [
                f"session {reading.number}: {what}: the page says {page}, the engine {engine}"
                for what, (page, engine) in pairs.items()
                if page != engine
            ]
            beyond = found.session_number > found.planned_sessions  # in maintenance
            of_all = "" if beyond else f" of {found.planned_sessions}"
            place = rf" {found.session_number}{of_all}[ .;]"
            if not re.search("booster" if found.phase in PHASES_AFTER else place, reading.place):
                wrong.append(f"session {reading.number}: the page says {reading.place}")
        return wrong

    def phone_and_engine_agree(self) -> list[str]:
        """The measures a check-in asked on each day against those the engine says wait for the client that morning."""
        wrong, course = [], self.export.course()
        for on, asked in sorted(self.typist.client.asked.items()):
            due = measures_due(self.story.manual, course.as_of(on - timedelta(days=1)), on)
            wanted = {one for one in due if library.measure(one).may_go_to_client}
            if asked != wanted:
                wrong.append(f"{on}: the phone asked {sorted(asked)}, the engine {sorted(wanted)}")
        return wrong

    def command_agrees(self, folder: Path) -> list[str]:
        """`openipt course status` on the exported file and on the case itself, for the last session's day."""
        path = folder / "exported.json"
        path.write_text(self.text)
        last, wrong = self.story.held[-1], []
        for name, found in ((path, self.status(last.on)), (self.story.path, self.status_of_case(last.on))):
            said = json.loads(
                self.served.command("course", "status", str(name), "--on", str(last.on), "--json")
            )
            if said != json.loads(json.dumps(found.as_json())):
                wrong.append(f"{name.name}: the command and the engine differ")
        return wrong

    def as_expected(self) -> list[str]:
        """Phases, rules and change categories as the case expects them, of what was typed and of the case."""
        wrong = []
        for told in (one for one in self.story.held if one.number):
            for name, found in (("typed", self.status(told.on)), ("case", self.status_of_case(told.on))):
                wrong += [f"{name}, session {told.number}: {one}" for one in self._against(told, found)]
        wanted = self.story.expected.get("change_categories")
        if wanted and (found := self._change_categories()) != wanted:
            wrong.append(f"change categories: {found} instead of {wanted}")
        return wrong

    def _against(self, told: Told, found: CourseStatus) -> list[str]:
        wrong, number = [], told.number or 0
        fired = {rule.id for rule in found.fired}
        phase = self.story.phase_of(number)
        if phase and found.phase != phase:
            wrong.append(f"phase {found.phase} instead of {phase}")
        wrong += [f"{rule} did not fire" for rule in sorted(self.story.must_fire(number) - fired)]
        wrong += [
            f"{rule} fired: {found.rule(rule).why}"
            for rule in sorted(self.story.must_not_fire(number) & fired)
        ]
        return wrong

    def _change_categories(self) -> dict[str, Any]:
        numbers = [told.number for told in self.story.held if told.number]
        start, end = (self._totals(number) for number in (min(numbers), max(numbers)))
        phq9, gad7 = library.measure("ms_phq9"), library.measure("ms_gad7")
        return change_categories(start, end, phq9=phq9, gad7=gad7).as_json()

    def _totals(self, session: int) -> Totals:
        """What was answered for that session; for the first where there was no intake, the baseline."""
        own = [a for a in self.export.answers if a.session == session]
        before = [a for a in self.export.answers if a.session == 0 and session == 1 and a.measure in TAKEN_UP]
        totals = {a.measure: _total(a) for a in (*before, *own)}
        return Totals(totals.get("ms_phq9"), totals.get("ms_gad7"))

    def rankings_as_expected(self) -> list[str]:
        """The scores that the Formulation room showed."""
        wrong = []
        shown = [scores for _, scores in sorted(self.typist.ranking.rankings.items())]
        named = (("issues", "expected_ranking"), ("issues_at_midpoint", "expected_ranking_at_midpoint"))
        rounds = [(issues, wanted) for issues, wanted in named if issues in self.story.raw]
        # A repeated ranking is typed later; the first of the file is not always the first in time.
        order = {"issues": self._ranked_on("I11"), "issues_at_midpoint": self._ranked_on("M12")}
        rounds.sort(key=lambda pair: order[pair[0]])
        for found, (issues, name) in zip(shown, rounds, strict=True):
            wanted = self.story.raw.get(name) or {}
            for issue in self.story.raw[issues]:
                scores = (wanted["scores"][issue["id"]], wanted["equal_weight_scores"][issue["id"]])
                if found.get(issue["text"]) != scores:
                    wrong.append(f"{name}: {issue['text']}: {found.get(issue['text'])} instead of {scores}")
        return wrong

    def _ranked_on(self, task: str) -> int:
        return next((told.number or 0 for told in self.story.held if task in told.tasks), 0)

    # -- nothing lost ---------------------------------------------------------------------------------

    def everything_is_there(self) -> list[str]:
        """Every record, answer, note, strategy and technique of the case stands in the export."""
        return [
            *self._records_missing(), *self._answers_missing(), *self._sessions_missing(), *self._written_missing(),
            *self._days_missing(),
        ]  # fmt: skip

    def _days_missing(self) -> list[str]:
        """Days of the diary, each with its times."""
        here = [dict(e.values) for e in self.export.entries if e.by_role == "client"]
        told = [entry for days in self.story.diary.values() for entry in days]
        return [
            f"the diary of {entry.on}: {entry.values}" for entry in told if dict(entry.values) not in here
        ]

    def _records_missing(self) -> list[str]:
        here = {person.id: person.label for person in self.export.people}
        here |= episodes_told(self.export.course())
        wrong = []
        left = list(self.export.entries)
        for told in self.story.held:
            for entry in told.records:
                wanted = self._told_values(entry)
                found = next(
                    (e for e in left if e.record == entry.record and self._holds(e, entry, wanted, here)),
                    None,
                )
                if found is None:
                    wrong.append(f"session {told.number}: {entry.record} {wanted}")
                elif found.session not in (entry.session, None):
                    wrong.append(f"{entry.record} stands in session {found.session}, not {entry.session}")
                elif found.on != told.on:
                    wrong.append(f"{entry.record} is dated {found.on}, not {told.on}")
        return wrong

    def _told_values(self, entry: PortableEntry) -> dict[str, Any]:
        kind = self.story.manual.record_types[entry.record]
        apart = MAY_BE_OTHERWISE.get(entry.record, set())
        if entry.record == "rec_session":
            apart = {"next_step"}  # typed as the step for the week where that task was done
        kept = {k: v for k, v in entry.values.items() if k not in apart and not is_empty(v)}
        return _plain(kind.fields, kept, self.story.names)

    def _holds(
        self, found: PortableEntry, entry: PortableEntry, wanted: Mapping[str, Any], here: Mapping[str, str]
    ) -> bool:
        if entry.session is not None and found.session not in (entry.session, None):
            return False
        kind = self.story.manual.record_types[entry.record]
        values = _plain(kind.fields, {k: v for k, v in found.values.items() if not is_empty(v)}, here)
        if entry.record == "rec_inventory_person":  # rated again, a person is known by their id
            person = next(p for p in self.export.people if p.id == found.values["person_id"])
            values = {"label": person.label, "relation": person.relation} | values
        reason = wanted.get(REASON, "")  # one reason is asked for the whole order
        return reason in values.get(REASON, reason) and all(
            values.get(key) == value for key, value in wanted.items() if key != REASON
        )

    def _answers_missing(self) -> list[str]:
        """Item by item where the service keeps items; a measure kept as a total is there with its total."""
        here = {(a.measure, a.session): a for a in self.export.answers}
        by_day = {(a.measure, a.on): a for a in self.export.answers}
        wanted = [a for a in self.story.told.answers if not library.measure(a.measure).private]
        return [
            f"{a.measure} of session {a.session}: {_given(a)}"
            for a in wanted
            if not any(
                _is_given(a, found)
                for found in (here.get((a.measure, a.session)), by_day.get((a.measure, a.on)))
            )
        ]

    def _sessions_missing(self) -> list[str]:
        wrong = []
        meetings = {meeting.on: meeting for meeting in self.export.meetings}
        for told in self.story.sessions:
            meeting = meetings.get(told.on)
            if meeting is None:
                wrong.append(f"the meeting of {told.on}")
                continue
            pairs = {
                "number": (meeting.number, told.number),
                "attendance": (meeting.attendance.value, told.attendance),
                "strategies": (set(meeting.strategies), set(told.strategies)),
                "techniques": (set(meeting.techniques), set(told.techniques)),
            }
            if told.is_held:
                pairs["minutes"] = (meeting.minutes, told.minutes)
                pairs["signed"] = (meeting.signed, True)
                if told.note not in meeting.note:
                    wrong.append(f"{told.on}: the note")
                missing = self._not_done(told, set(meeting.tasks_done))
                if missing:
                    wrong.append(f"{told.on}: tasks {sorted(missing)}")
            wrong += [
                f"{told.on}: {what} {one} for {two}" for what, (one, two) in pairs.items() if one != two
            ]
        return wrong

    def _not_done(self, told: Told, here: set[str]) -> set[str]:
        """Tasks the case calls done: those of every session in this one, others by its day."""
        by_then = {task for m in self.export.meetings if m.on <= told.on for task in m.tasks_done}
        by_then |= {entry.for_task for entry in self.export.entries if entry.on <= told.on}
        manual = self.story.manual
        return {
            task
            for task in told.tasks
            if task not in here and (manual.task(task).each_session or task not in by_then)
        }

    def _written_missing(self) -> list[str]:
        wrong = []
        for words in self.story.shared_words:
            if (
                _squeezed(words) not in _squeezed(self.text.encode().decode())
                and json.dumps(words, ensure_ascii=False)[1:-1] not in self.text
            ):
                wrong.append(f"shared by the client: {words}")
        return wrong

    # -- on paper ---------------------------------------------------------------------------------------

    def documents(self) -> list[str]:
        """Every document to print opens and names the client; their own copy of the safety plan need not."""
        desk = self.typist.windows.desk
        papers = self._links(desk, "documents/", r"/(documents/(?!export)[a-z-]+|print)/$")
        missing = [] if papers else ["no document can be printed"]
        for address in papers:
            opened = desk.goto(address)
            names_them = self.story.client in desk.locator("body").inner_text()
            if not opened.ok or not (names_them or address.endswith("/safety/plan/print/")):
                missing.append(f"{address} answered {opened.status}; names the client: {names_them}")
        return missing

    # -- nothing leaked -------------------------------------------------------------------------------

    def leaks(self) -> list[str]:
        """Unshared words on the therapist's side, private notes on the client's, either in file, log or database."""
        unshared, private = self.story.unshared_words, self.story.private_words
        wrong = [f"the export holds “{words}”" for words in (*unshared, *private) if words in self.text]
        windows = self.typist.windows
        sessions = self._links(windows.desk, "sessions/", r"/sessions/[0-9a-f-]+/$")
        rooms = [f"{windows.episode}{room}" for room in ROOMS]
        for page in (*rooms, *sessions, "/today/", "/clients/"):
            wrong += self._found_on(windows.desk, page, unshared)
        for room in CLIENTS_PAGES:
            wrong += self._found_on(windows.phone, f"/me/{room}", private)
        stored = b"".join(p.read_bytes() for p in self.served.home.glob("openipt.sqlite3*"))
        log = self.served.said.read_text()
        for words in (*unshared, *private, *self.story.shared_words, self.story.client):
            if words.encode() in stored:
                wrong.append(f"the database file holds “{words}” unsealed")
            if words in log:
                wrong.append(f"the log holds “{words}”")
        return wrong

    def _links(self, page: Any, room: str, pattern: str) -> list[str]:
        page.goto(f"{self.typist.windows.episode}{room}")
        found = page.locator("main a").evaluate_all("links => links.map(link => link.getAttribute('href'))")
        return sorted({link for link in found if link and re.search(pattern, link)})

    def _found_on(self, page: Any, address: str, words: Iterable[str]) -> list[str]:
        answer = page.goto(address)
        if not answer.ok:
            return [f"{address} answered {answer.status}"]
        held = _squeezed(page.locator("body").inner_text() + page.content())
        return [f"{address} shows “{one}”" for one in words if _squeezed(one) in held]


def _plain(
    fields: tuple[FieldDefinition, ...], values: Mapping[str, Any], names: Mapping[str, str]
) -> dict[str, Any]:
    """Values with persons and moments by their names, and nothing that was left empty or counts by itself."""
    found: dict[str, Any] = {}
    for part in fields:
        value = values.get(part.key)
        if is_empty(value) or part.position:
            continue
        match part.type:
            case FieldType.PERSON:
                value = names.get(value, value)
            case FieldType.CODE if part.codes_from == "episodes":
                value = names.get(value, value)
            case FieldType.PEOPLE:
                value = sorted(names.get(one, one) for one in (value if isinstance(value, list) else [value]))
            case FieldType.CHOICES | FieldType.CODES:
                value = sorted(value, key=str)
            case FieldType.GROUP:
                value = _plain(part.fields, value, names)
            case FieldType.ROWS:
                value = [_plain(part.fields, row, names) for row in value]
        found[part.key] = value
    return found


def _given(answers: Answers) -> Any:
    return tuple(answers.items) if answers.items else answers.total


def _is_given(wanted: Answers, found: Answers | None) -> bool:
    if found is None:
        return False
    return _given(wanted) == _given(found) or (not found.items and found.total == total_of(wanted))


def _total(answers: Answers) -> int | None:
    if answers.items:
        return sum(answers.items) if None not in answers.items else None
    return int(answers.total) if answers.total is not None else None


def _squeezed(words: str) -> str:
    return " ".join(words.split())
