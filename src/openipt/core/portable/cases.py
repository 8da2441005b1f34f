"""Reads the format of the worked cases (`shared/cases`): a course told session by session.

Case-wide parts (checklist, inventory, time line, issues, formulation, contract ...) become records of the
session in which their task was done. What the format holds and an episode does not is named in
`remarks`: private notes above all, which only their author may add.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from openipt.core.course.course import (
    Answers,
    Attendance,
    EndReason,
    EpisodeStatus,
    PhaseChange,
    PlanChange,
    StatusChange,
)
from openipt.core.course.phases import ORDER
from openipt.core.course.scores import PHQ9
from openipt.core.portable.answers import Measures
from openipt.core.portable.case_faults import (
    CASE_SHAPE,
    MONTHS,
    SESSION_SHAPE,
    STEPS,
    TOTAL,
    Codes,
    RecordTypes,
    case_faults,
    is_asked_of_each,
)
from openipt.core.portable.case_words import as_fields
from openipt.core.portable.clear import KnownCodes, clear_faults
from openipt.core.portable.episode import (
    PortableAlert,
    PortableClient,
    PortableClientEntry,
    PortableEntry,
    PortableEpisode,
    PortableMeeting,
    PortablePerson,
    PortableStep,
)
from openipt.core.portable.episode_file import consistency_faults, one_each, payload_faults, to_file
from openipt.core.safety.levels import Level
from openipt.errors import FileNotValid

# Parts of a case that tell about it and are no part of an episode.
ABOUT_THE_CASE = frozenset(
    {"title", "source_urls", "source_facts", "invented_details", "expected"}
    | {"expected_ranking", "expected_ranking_at_midpoint"}
)

_FROM_SESSION = re.compile(r"(\w+)_from_(?:meeting|session|visit)_(\d+)")
_HOURS = re.compile(r"(\d{1,4}) ?(h|d)(?:ours?|ays?)?", re.ASCII)
_AS_IN_SESSION = re.compile(r"\b(?:meeting|session|visit) (\d+)\b")


def is_case(data: object) -> bool:
    """Is this the format of the worked cases rather than an episode file?"""
    if not isinstance(data, Mapping) or "format" in data:
        return False
    ours = any(key in data for key in ("version", "meetings"))
    return "sessions" in data or (bool(data) and not ours)


def from_case(
    data: object,
    *,
    record_types: RecordTypes | None = None,
    codes: Codes | None = None,
    measures: Measures | None = None,
    manual_version: str = "1",
    clear: KnownCodes | None = None,
) -> PortableEpisode:
    """The episode a case tells. With `record_types`, `codes` and `measures`, what they define is checked too.

    Raises `FileNotValid` with every fault. What an episode has no place for is left out, with a remark:
    cases may tell more than an episode holds.
    """
    found = case_faults(data, record_types, codes or {}, measures or {})
    if found or not isinstance(data, Mapping):
        raise FileNotValid(found)
    kept = clear.measures if clear is not None else None
    reader = _Reader(data, record_types or {}, measures or {}, manual_version, kept)
    episode = reader.episode()
    faults = consistency_faults(episode)
    if record_types is not None:
        faults += payload_faults(episode, record_types, codes or {})
    if clear is not None:
        faults = list(one_each((*faults, *clear_faults(to_file(episode, with_unshared=True), clear))))
    if faults:
        raise FileNotValid(tuple(replace(fault, path=reader.told_at(fault.path)) for fault in faults))
    return episode


@dataclass
class _Reader:
    """Walks one case and collects what an episode holds, in the order of the sessions."""

    case: Mapping[str, Any]
    record_types: RecordTypes
    measures: Measures
    manual_version: str
    kept_measures: Collection[str] | None = None  # None: the case is read and not kept
    at: str = ""  # the part of the case being read
    entries: list[PortableEntry] = field(default_factory=list)
    places: list[str] = field(default_factory=list)  # of the entries, in the case
    plan_changes: list[PlanChange] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    def episode(self) -> PortableEpisode:
        self._intake()
        self._sessions()
        self._focus()
        self._safety()
        self._ending()
        client = self.case["client"]
        known = ("pseudonym", "birth_year", "language", "pronouns")
        about = {k: str(v) for k, v in client.items() if k not in known and v is not None}
        return PortableEpisode(
            client=PortableClient(
                name=client["pseudonym"],
                pronouns=client.get("pronouns") or "",
                language=client.get("language") or "",
                birth_year=client.get("birth_year"),
                about=about,
            ),
            adaptation=self.case["adaptation"],
            manual_version=self.manual_version,
            planned_sessions=self.case["planned_sessions"],
            started_on=self._start,
            people=tuple(
                PortablePerson(p["person_id"], p["label"], p.get("relation") or "")
                for p in self._rows("inventory")
            ),
            meetings=tuple(_meeting(session) for session in self.case["sessions"]),
            answers=self._answers(),
            entries=self._in_order(),
            phase_changes=self._phase_changes(),
            status_changes=self._status_changes(),
            plan_changes=tuple(sorted(self.plan_changes, key=lambda change: change.on)),
            alerts=tuple(self._alert(row) for _, row in self._alerts()),
            client_entries=tuple(self._client_entry(row) for row in self._rows("client_entries")),
            remarks=self._all_remarks(),
        )

    # -- places in time ----------------------------------------------------------------------

    @property
    def _start(self) -> date:
        return date.fromisoformat(self.case["start_date"])

    def _rows(self, key: str) -> list[Mapping[str, Any]]:
        return self.case.get(key) or []

    def _numbered(self) -> dict[int, date]:
        """The day of each session; of several contacts before session 1 the first."""
        days: dict[int, date] = {}
        for session in self.case["sessions"]:
            if (number := session.get("number")) is not None:
                on = date.fromisoformat(session["date"])
                days[number] = min(on, days.get(number, on))
        return days

    def _session_of_task(self, task: str, otherwise: int | None) -> int | None:
        """The first session in which a task was done, else that one if it was held."""
        for session in self.case["sessions"]:
            if task in (session.get("tasks_done") or []) and session.get("number") is not None:
                return int(session["number"])
        return otherwise if otherwise in (0, *self._numbered()) else None

    def _day_of_contact(self, task: str, session: int | None) -> date | None:
        """Of several contacts before session 1, the day of the one in which a task was done."""
        told = [s for s in self.case["sessions"] if s.get("number") == 0 == session]
        done = [date.fromisoformat(s["date"]) for s in told if task in (s.get("tasks_done") or [])]
        return min(done, default=None)

    def _day_of(self, session: int) -> date:
        return self._numbered().get(session, self._start)

    def _add(
        self, record: str, values: Mapping[str, Any], session: int | None, on: date | None = None
    ) -> None:
        if on is None and session and self._numbered() and session not in self._numbered():
            self.remarks.append(
                f"{record}: it names session {session}, which was not held, and was left out."
            )
            return
        kept = self._known_values(record, values)
        day = on or (self._start if session is None else self._day_of(session))
        self.entries.append(PortableEntry(record, day, kept, session=session))
        self.places.append(self.at)

    def _known_values(self, record: str, values: Mapping[str, Any]) -> dict[str, Any]:
        """Without keys the record type does not know; each is named in the remarks."""
        kind = self.record_types.get(record)
        if kind is None:
            return dict(values)
        unknown = sorted(key for key in values if key not in kind)
        for key in unknown:
            self.remarks.append(f"{record}: “{key}” has no field in this record and was left out.")
        known = {key: value for key, value in values.items() if key not in unknown}
        return as_fields(kind, known, self.remarks.append)

    def _in_order(self) -> tuple[PortableEntry, ...]:
        """Sorted by day, keeping the order in which they were read within one."""
        placed = sorted(zip(self.entries, self.places, strict=True), key=lambda pair: pair[0].on)
        self.places = [place for _, place in placed]
        return tuple(replace(entry, order=order) for order, (entry, _) in enumerate(placed, start=1))

    def told_at(self, path: str) -> str:
        """Where the case tells what stands at this place of the episode."""
        first, *rest = path.split(".")
        if first == "entries" and rest:
            place, *key = (self.places[int(rest[0]) - 1], *rest[1:])
            return ".".join([place, *(part for part in key if part != "values")])
        if first == "client_entries":
            return path.replace(".values", ".fields", 1)
        if first == "alerts" and rest:
            alerts = [place for place, _ in self._alerts()]
            return ".".join(
                ["safety", str(alerts[int(rest[0]) - 1]), *(p for p in rest[1:] if p != "inputs")]
            )
        if first == "meetings":
            return path.replace("meetings.", "sessions.", 1)
        return path.replace("people.", "inventory.", 1).removesuffix(".id") if first == "people" else path

    # -- records -------------------------------------------------------------------------------

    def _intake(self) -> None:
        self.at = "suitability"
        if suitability := self.case.get("suitability"):
            session = self._session_of_task("A03", 0)
            self._add("rec_suitability", suitability, session, self._day_of_contact("A03", session))
        first = self._session_of_task("I02", 1)
        for place, item in enumerate(self._rows("timeline"), start=1):
            self.at = f"timeline.{place}"
            self._add("rec_timeline", item, first)
        self._inventory()
        for name, value in (self.case.get("baseline_measures") or {}).items():
            self.at = f"baseline_measures.{name}"
            if value is not None and (found := MONTHS.fullmatch(name)):
                self._months_since_loss(found.group(1), value)

    def _inventory(self) -> None:
        session = self._session_of_task("I07", self._session_of_task("IPC-03", 1))
        for place, person in enumerate(self._rows("inventory"), start=1):
            self.at = f"inventory.{place}"
            ratings = person.get("ratings_over_time") or []
            first = [r for r in ratings if session is None or r["session"] <= session]
            ring = {"closeness_ring_1_3": first[-1]["ring"]} if first else {}
            self._add("rec_inventory_person", {**person, **ring, "ratings_over_time": first}, session)
            for rating in ratings:
                if rating not in first:
                    later = {key: person[key] for key in ("person_id", "label", "relation") if key in person}
                    values = {**later, "closeness_ring_1_3": rating["ring"]}
                    self._add("rec_inventory_person", values, rating["session"])

    def _months_since_loss(self, measure: str, months: Any) -> None:
        total = (self.case.get("baseline_measures") or {}).get(f"{measure}_total")
        values = {"measure_id": measure, "total": total, "flags": [f"months_since_loss:{int(months)}"]}
        self._add("rec_measure", {**values, "external_form": True}, 0)

    def _sessions(self) -> None:
        for place, session in enumerate(self.case["sessions"], start=1):
            number, on = session.get("number"), date.fromisoformat(session["date"])
            for row, record in enumerate(session.get("records") or [], start=1):
                self.at = f"sessions.{place}.records.{row}"
                if record["type"] != "rec_issue_ranking":
                    values = {key: value for key, value in record.items() if key != "type"}
                    self._add(record["type"], values, number, on)
            if session.get("next_step"):
                self.at = f"sessions.{place}"
                self._add("rec_session", {"next_step": session["next_step"]}, number, on)
        self._rankings()
        for place, drug in enumerate(self._rows("medication"), start=1):
            self.at = f"medication.{place}"
            self._add("rec_medication", drug, self._session_of_task("I05", 1))

    def _rankings(self) -> None:
        """Issues with their factors, joined with what a session recorded of each."""
        first = self._session_of_task("I11", self._session_of_task("I10", 1))
        midway = self._session_of_task("M12", (self.case["planned_sessions"] + 1) // 2)
        told = [(first, "issues"), (midway, "issues_at_midpoint")]
        for session in self.case["sessions"]:
            number, on = session.get("number"), date.fromisoformat(session["date"])
            recorded = {
                r.get("issue"): {key: value for key, value in r.items() if key != "type"}
                for r in session.get("records") or []
                if r["type"] == "rec_issue_ranking"
            }
            for part in (part for session_of, part in told if number is not None and session_of == number):
                for place, issue in enumerate(self._rows(part), start=1):
                    self.at = f"{part}.{place}"
                    values = {**_as_rated(issue), **recorded.pop(issue["id"], {})}
                    self._add("rec_issue_ranking", values, number, on)
            for values in recorded.values():
                self.at = "sessions"
                self._add("rec_issue_ranking", values, number, on)

        if self._rows("issues_at_midpoint") and midway not in self._numbered():
            self.remarks.append("“issues_at_midpoint” was left out: the session of the review was not held.")
        for place, issue in enumerate(self._rows("issues") if first is None else (), start=1):
            self.at = f"issues.{place}"
            self._add("rec_issue_ranking", _as_rated(issue), None)

    def _focus(self) -> None:
        self.at = "formulation"
        if formulation := self.case.get("formulation"):
            session = formulation.get("agreed_on_session")
            if session is None and not formulation.get("date"):
                session = self._session_of_task("I12", 1)
            first = {key: value for key, value in formulation.items() if key != "later_versions"}
            self._version("rec_formulation", first, session)
            for version in formulation.get("later_versions") or []:
                changed = {key: value for key, value in version.items() if key != "session"}
                values = {**first, **changed, "agreed_on_session": version.get("session")}
                self._version("rec_formulation", values, version.get("session"))
        self.at = "contract"
        if contract := self.case.get("contract"):
            self._contract(contract)

    def _contract(self, contract: Mapping[str, Any]) -> None:
        """The contract as signed, then what was changed in it: in its versions, or from a session on."""
        changes = {key: found for key in contract if (found := _FROM_SESSION.fullmatch(key))}
        agreed = {k: v for k, v in contract.items() if k not in changes and k != "later_versions"}
        self._add("rec_contract", agreed, self._session_of_task("I13", 1))
        versions = [dict(version) for version in contract.get("later_versions") or []]
        for key, found in changes.items():
            versions.append({"session": int(found.group(2)), found.group(1): contract[key]})
        for version in sorted(versions, key=lambda each: each.get("session") or 0):
            session, on = version.pop("session", None), version.pop("date", None)
            phase = version.pop("phase", None)
            agreed = {**agreed, **version}
            day = date.fromisoformat(on) if on else self._numbered().get(session)
            planned = version.get("sessions_planned")
            if phase in ORDER and day and type(planned) is int and planned > 0:
                self.plan_changes.append(PlanChange(planned, day, phase))
                said = {k: v for k, v in agreed.items() if k != "sessions_planned"}
                self._version("rec_contract", {**said, "date": on}, session)
            else:
                self._version("rec_contract", {**agreed, "date": on}, session)

    def _version(self, record: str, values: Mapping[str, Any], session: int | None) -> None:
        """A version on the day of its session; where that is not said or was not held, on its own date."""
        told = values.get("date")
        kept = {k: v for k, v in values.items() if k != "date" or record != "rec_contract"}
        if session in self._numbered() or not told:
            self._add(record, kept, session)
        else:
            self._add(record, kept, None, date.fromisoformat(told))

    def _safety(self) -> None:
        """What the safety section adds to the sessions' own records: levels, reasons, screens."""
        for place, row in enumerate(self._rows("safety"), start=1):
            self.at = f"safety.{place}"
            session, on = row.get("session"), date.fromisoformat(row["date"])
            if row["type"] in ("rec_risk", "rec_safety_plan") and row.get("level"):
                self._level(row, session, on)
            elif row["type"] == "rec_ipv_screen" and not self._has("rec_ipv_screen", session):
                apart = ("date", "session", "type")
                self._add("rec_ipv_screen", {k: v for k, v in row.items() if k not in apart}, session, on)

    def _level(self, row: Mapping[str, Any], session: int | None, on: date) -> None:
        """A level that the session recorded too is that record; its reason is added if it has none."""
        for place, entry in enumerate(self.entries):
            same = entry.record == "rec_risk" and entry.session == session
            if same and entry.values.get("level") == row["level"]:
                reason = entry.values.get("reason") or row.get("reason")
                self.entries[place] = replace(entry, values={**entry.values, "reason": reason})
                return
        apart = ("date", "session", "type")
        said = {k: v for k, v in row.items() if k not in apart and k in self._risk_keys()}
        self._add("rec_risk", said, session, on)

    def _risk_keys(self) -> Collection[str]:
        kind = self.record_types.get("rec_risk")
        return [each.key for each in kind.fields] if kind else ("level", "reason")

    def _has(self, record: str, session: int | None = None) -> bool:
        return any(e.record == record and (session is None or e.session == session) for e in self.entries)

    def _ending(self) -> None:
        self.at = "ending"
        ending = self.case.get("ending") or {}
        last = max(self._numbered(), default=0)
        if (plan := ending.get("relapse_plan")) and not self._has("rec_relapse_plan"):
            self._add("rec_relapse_plan", plan, self._session_of_task("E05", last))
        step = ending.get("next_step") or {}
        if step and not self._has("rec_next_step"):
            self._add("rec_next_step", step, self._session_of_task("E07", last))
        for due in step.get("follow_up_due") or []:
            if not self._has("rec_followup"):
                self._add("rec_followup", {"due": due}, self._session_of_task("E11", last))

    # -- the rest ----------------------------------------------------------------------------------

    def _answers(self) -> tuple[Answers, ...]:
        intake = self._day_of(0)
        found = []
        for name, given in (self.case.get("baseline_measures") or {}).items():
            asked = MONTHS.fullmatch(name) or TOTAL.fullmatch(name)
            if not self._is_measure(asked.group(1) if asked else name):
                continue
            if total := TOTAL.fullmatch(name):
                session = int(total.group(2) or 0)
                if given is None or (session and session not in self._numbered()):
                    continue
                found.append(_given(total.group(1), self._day_of(session), session, given))
            elif not MONTHS.fullmatch(name) and given is not None:
                found.append(self._sitting(name, given, intake, 0))
        moved = self._moved_days()
        for session in self.case["sessions"]:
            number, on = session.get("number"), date.fromisoformat(session["date"])
            totals = {**(session.get("totals") or {})}
            for measure, given in (session.get("measures") or {}).items():
                total = totals.pop(measure, None)
                given = self._by_place(measure, given, total)
                if given is not None and self._is_measure(measure):
                    day = moved.get((measure, number), on)
                    found.append(self._sitting(measure, given, day, number))
            found += [
                _given(m, on, number, t) for m, t in totals.items() if t is not None and self._is_measure(m)
            ]
        return (*found, *self._check_in_answers())

    def _by_place(self, name: str, given: Any, total: Any) -> Any:
        """Answers as places on the form. Of reversed items told in points the total tells: it is their sum."""
        measure = self.measures.get(name)
        if measure is None or not isinstance(given, list) or not all(type(a) is int for a in given):
            return given
        reversed_ones = [item for item in measure.items if item.reversed]
        if not reversed_ones or len(given) != len(measure.items) or total != sum(given):
            return given
        if any(answer not in item.values for item, answer in zip(measure.items, given, strict=True)):
            return given
        placed = [item.scored(answer) for item, answer in zip(measure.items, given, strict=True)]
        if sum(placed) == total:  # both readings come to it: as the format has them
            return given
        self.remarks.append(f"{name}: answers were told in points and are kept by their place on the form.")
        return placed

    def _is_measure(self, name: str) -> bool:
        """May answers to it be kept? Of a measure that is not here the name could be any word."""
        if self.kept_measures is None or name in self.kept_measures:
            return True
        self.remarks.append(f"“{name}” is no measure of this service; its answers were left out.")
        return False

    def _moved_days(self) -> dict[tuple[str, int | None], date]:
        """A check-in that says "answers as in meeting 5" tells the day on which those were given."""
        moved: dict[tuple[str, int | None], date] = {}
        for row in self._rows("client_entries"):
            for key, value in (row.get("fields") or {}).items():
                found = _AS_IN_SESSION.search(value) if isinstance(value, str) else None
                if key.startswith("ms_") and found:
                    moved[(key, int(found.group(1)))] = date.fromisoformat(row["date"])
        return moved

    def _check_in_answers(self) -> tuple[Answers, ...]:
        found: list[Answers] = []
        for row in self._rows("client_entries"):
            if row["kind"] != "checkin" or not row["shared"]:
                continue
            on, fields = date.fromisoformat(row["date"]), row.get("fields") or {}
            given = {
                k: v
                for k, v in fields.items()
                if k.startswith("ms_") and _is_answer(v) and self._is_measure(k)
            }
            found += [self._sitting(measure, value, on, None) for measure, value in given.items()]
            if isinstance(fields.get("item_9"), int) and PHQ9 not in given and not _moves(fields.get(PHQ9)):
                items = (*(None,) * 8, int(fields["item_9"]))
                found.append(Answers(PHQ9, on, items, finished=False))
        return tuple(found)

    def _sitting(self, name: str, given: Any, on: date, session: int | None) -> Answers:
        """Item answers; a number alone is the answer of a measure with one item, else a total."""
        measure = self.measures.get(name)
        if not isinstance(given, list):
            one_item = measure is None or len(measure.items) == 1
            return (
                Answers(name, on, (given,), session=session) if one_item else _given(name, on, session, given)
            )
        items = tuple(given)
        if measure is not None and len(items) > len(measure.items) and measure.items:
            if is_asked_of_each(measure):
                known = [item for item in items if item is not None]
                return _given(name, on, session, sum(known) / len(known)) if known else Answers(name, on)
            asked = len(measure.items)
            return Answers(name, on, items[:asked], session=session, unscored=items[asked:])
        return Answers(name, on, items, session=session)

    def _phase_changes(self) -> tuple[PhaseChange, ...]:
        changes: list[PhaseChange] = []
        for session in self.case["sessions"]:
            phase, number = session.get("phase") or "", session.get("number")
            if phase in ("", "pre") or not number:
                continue
            if not changes or changes[-1].phase != phase:
                changes.append(PhaseChange(phase, date.fromisoformat(session["date"]), number))
        return tuple(changes)

    def _status_changes(self) -> tuple[StatusChange, ...]:
        intake = self._day_of(0)
        assessment = [StatusChange(EpisodeStatus.ASSESSMENT, intake)] if intake < self._start else []
        begun = (*assessment, StatusChange(EpisodeStatus.ACTIVE, self._start))
        last = self._last_status()
        if last is None or last.on < self._start:
            return begun
        if last.status is EpisodeStatus.ENDED and self._needs_a_clinician():
            self.remarks.append(
                "It is told as ended, and an alert is open or the level of risk is above green: it comes in as "
                "active. End it with a named clinician and a reason (DR-35)."
            )
            return begun
        return (*begun, last)

    def _last_status(self) -> StatusChange | None:
        """How the course went on: as the case states it, else by its discharge and what was decided then.

        A discharge alone ends it; so it does where more sessions or an addition were decided and it says
        that it was completed, and no more. Without either, nothing is known to have ended.
        """
        days = [date.fromisoformat(s["date"]) for s in self.case["sessions"] if s.get("number") is not None]
        if (stated := self._stated_status(max(days, default=self._start))) is not None:
            return stated
        discharges = [entry for entry in self.entries if entry.record == "rec_discharge"]
        if not discharges:
            return None
        discharge = max(discharges, key=lambda entry: entry.on)
        steps = [entry for entry in self.entries if entry.record == "rec_next_step"]
        step = max(steps, key=lambda entry: entry.on, default=None)
        on = max([discharge.on, *days])
        said = str(discharge.values.get("reason") or "").strip().lower().rstrip(".")
        decided = step.values.get("decision") if step else "end"
        later = step is not None and step.on < discharge.on and said == EndReason.COMPLETED.value
        if decided == "maintenance" and not later:
            return StatusChange(EpisodeStatus.MAINTENANCE, on)
        if decided in ("extend", "augment") and not later:
            return None
        referred = decided in ("refer", "switch") and not later
        reason = EndReason.REFERRED if referred else _end_reason(said)
        return StatusChange(EpisodeStatus.ENDED, on, reason.value)

    def _stated_status(self, on: date) -> StatusChange | None:
        """`status` of the case, a status or the reason of an end in one word."""
        stated = str(self.case.get("status") or "").strip().lower()
        if stated in set(EndReason):
            return StatusChange(EpisodeStatus.ENDED, on, stated)
        if stated == EpisodeStatus.ENDED.value:
            said = str(self.case.get("end_reason") or "").strip().lower()
            return StatusChange(EpisodeStatus.ENDED, on, (_end_reason(said)).value)
        known_ones = (EpisodeStatus.PAUSED, EpisodeStatus.MAINTENANCE, EpisodeStatus.ACTIVE)
        return next((StatusChange(one, on) for one in known_ones if one.value == stated), None)

    def _needs_a_clinician(self) -> bool:
        """An alert of the case is open (none tells that it was resolved), or the level is above green."""
        if self._alerts():
            return True
        levels = [
            (entry.on, entry.values.get("level")) for entry in self.entries if entry.record == "rec_risk"
        ]
        stated = [(on, level) for on, level in levels if isinstance(level, str)]
        return bool(stated) and max(stated, key=lambda one: one[0])[1] != Level.GREEN.word

    def _client_entry(self, row: Mapping[str, Any]) -> PortableClientEntry:
        worksheet, told = row.get("worksheet") or "", row.get("fields") or {}
        return PortableClientEntry(
            on=date.fromisoformat(row["date"]),
            kind=row["kind"],
            shared=row["shared"],
            title=row.get("title") or "",
            text=row.get("text") or "",
            people=tuple(row.get("people") or ()),
            mood_before=row.get("mood_before_0_10"),
            mood_after=row.get("mood_after_0_10"),
            worksheet=worksheet,
            values=self._known_values(worksheet, told) if worksheet else told,
        )

    def _alerts(self) -> list[tuple[int, Mapping[str, Any]]]:
        """Alerts with their places in the safety section."""
        rows = enumerate(self._rows("safety"), start=1)
        return [(place, row) for place, row in rows if row["type"] == "alert"]

    def _alert(self, row: Mapping[str, Any]) -> PortableAlert:
        """Inputs lie in the clear: of the answers and the limit only the numbers come in."""
        inputs = {k: row[k] for k in ("item_9", "item_10") if row.get(k) is not None}
        if hours := _HOURS.fullmatch(str(row.get("limit") or "").strip()):
            inputs["limit_hours"] = int(hours.group(1)) * (24 if hours.group(2) == "d" else 1)
        elif row.get("limit"):
            self.remarks.append("safety: a time limit is told in words of its own and was left out.")
        steps = tuple(PortableStep(kind, str(row[kind])) for kind in STEPS if row.get(kind))
        acknowledged = bool(row.get("therapist_acknowledged"))
        return PortableAlert(
            rule=str(row.get("rule") or ""),
            severity=str(row.get("severity") or "warning"),
            raised_at=str(row.get("shown_to_client") or row["date"]),
            state="acknowledged" if acknowledged else "open",
            session=row.get("session"),
            inputs=inputs,
            steps=steps,
        )

    def _all_remarks(self) -> tuple[str, ...]:
        private = sum(1 for session in self.case["sessions"] if session.get("private_note"))
        if private:
            self.remarks.append(f"{private} private notes were left out: only their author may add them.")
        unknown = sorted(set(self.case) - set(CASE_SHAPE.keys) - ABOUT_THE_CASE - {"status", "end_reason"})
        self.remarks += [f"“{key}” is no part of a case and was left out." for key in unknown]
        odd = {key for session in self.case["sessions"] for key in set(session) - set(SESSION_SHAPE.keys)}
        self.remarks += [f"“{key}” is no part of a session and was left out." for key in sorted(odd)]
        return tuple(dict.fromkeys(self.remarks))


def _meeting(session: Mapping[str, Any]) -> PortableMeeting:
    attendance = Attendance(session["attendance"])
    return PortableMeeting(
        on=date.fromisoformat(session["date"]),
        number=session.get("number"),
        attendance=attendance,
        phase=session.get("phase") or "",
        minutes=session.get("minutes") or 0,
        format=session.get("format") or "in_person",
        tasks_done=tuple(session.get("tasks_done") or ()),
        strategies=tuple(session.get("strategies") or ()),
        techniques=tuple(session.get("techniques") or ()),
        note=session.get("note") or "",
        signed=attendance.is_held and bool(session.get("note")),
    )


def _end_reason(said: str) -> EndReason:
    """The reason of an end as one of the list; what begins with one of its words is that one."""
    words = said.replace(" ", "_")
    return next((reason for reason in EndReason if words.startswith(reason.value)), EndReason.OTHER)


def _as_rated(issue: Mapping[str, Any]) -> dict[str, Any]:
    return {"issue": issue["id"], **{key: value for key, value in issue.items() if key != "id"}}


def _is_answer(value: object) -> bool:
    return isinstance(value, list) or (isinstance(value, int | float) and not isinstance(value, bool))


def _moves(told: object) -> bool:
    """Does a check-in only say that its answers are those of a session?"""
    return isinstance(told, str) and _AS_IN_SESSION.search(told) is not None


def _given(measure: str, on: date, session: int | None, total: float) -> Answers:
    return Answers(measure, on, total=total, session=session)
