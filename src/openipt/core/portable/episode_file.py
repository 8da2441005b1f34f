"""The episode file: documented, versioned JSON of one whole episode (docs/reference/episode-file.md).

Reading checks the whole file first and names every fault by its path; nothing is built from a bad file.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any

from openipt.core.course.course import (
    AdaptationChange,
    Answers,
    Attendance,
    EndReason,
    EpisodeStatus,
    PhaseChange,
    PlanChange,
    StatusChange,
)
from openipt.core.course.phases import ORDER
from openipt.core.fields.check import check_entry
from openipt.core.fields.definitions import RecordType
from openipt.core.portable.answers import Measures, answers_faults, total_fault
from openipt.core.portable.clear import KnownCodes, clear_faults
from openipt.core.portable.episode import (
    PortableAlert,
    PortableClient,
    PortableClientEntry,
    PortableDecision,
    PortableEntry,
    PortableEpisode,
    PortableFiring,
    PortableMeeting,
    PortablePerson,
    PortableStep,
)
from openipt.core.portable.shape import (
    Anything,
    Day,
    Many,
    Moment,
    Number,
    Object,
    OneOf,
    Text,
    Whole,
    YesNo,
    unkeepable,
)
from openipt.errors import FieldFault, FileNotValid

FORMAT, VERSION = "openipt-episode", 1
SCHEMA_ID = "https://json-schema.org/draft/2020-12/schema"

CODE = r"[A-Za-z][A-Za-z0-9_.-]{0,79}"
ADAPTATION = rf"{CODE}(\+{CODE})*"  # with what goes with it: ipt_ppd+ipt_tele
RULE = r"[A-Za-z][A-Za-z0-9_.-]{0,19}"
PHASES = ("", *ORDER)
SESSION = Whole(0, 999, optional=True)
CODES = Many(Text(CODE), optional=True)
WORDS = Text(optional=True)

MEETING = {
    "on": Day(),
    "number": SESSION,
    "attendance": OneOf(tuple(a.value for a in Attendance)),
    "phase": OneOf(PHASES, optional=True),
    "minutes": Whole(0, 600, optional=True),
    "format": WORDS,
    "tasks_done": CODES,
    "strategies": CODES,
    "techniques": CODES,
    "note": WORDS,
    "signed": YesNo(optional=True),
}
SHAPE = Object(
    {
        "format": OneOf((FORMAT,)),
        "version": Whole(VERSION, VERSION),
        "client": Object(
            {
                "name": Text(),
                "pronouns": WORDS,
                "language": WORDS,
                "birth_year": Whole(1880, 2120, optional=True),
                "about": Anything(optional=True),
            }
        ),
        "adaptation": Text(ADAPTATION),
        "manual_version": Text(),
        "planned_sessions": Whole(1, 200),
        "started_on": Day(optional=True),
        "people": Many(Object({"id": Text(CODE), "label": Text(), "relation": WORDS}), optional=True),
        "meetings": Many(Object(MEETING), optional=True),
        "beside": Many(Object({"kind": Text(CODE), **MEETING}), optional=True),
        "answers": Many(
            Object(
                {
                    "measure": Text(CODE),
                    "version": WORDS,
                    "on": Day(),
                    "at": Moment(optional=True),
                    "session": SESSION,
                    "items": Many(Whole(0, 1000, optional=True), optional=True),
                    "unscored": Many(Whole(0, 1000, optional=True), optional=True),
                    "total": Number(optional=True),
                    "rater": WORDS,
                    "finished": YesNo(optional=True),
                    "risk_at": Moment(optional=True),
                }
            ),
            optional=True,
        ),
        "entries": Many(
            Object(
                {
                    "record": Text(CODE),
                    "version": WORDS,
                    "on": Day(),
                    "session": SESSION,
                    "for_task": WORDS,
                    "by_role": WORDS,
                    "order": Whole(0, 10_000_000, optional=True),
                    "at": Moment(optional=True),
                    "beside": WORDS,
                    "values": Anything(),
                }
            ),
            optional=True,
        ),
        "phase_changes": Many(
            Object({"phase": OneOf(ORDER), "on": Day(), "session": SESSION}), optional=True
        ),
        "status_changes": Many(
            Object(
                {
                    "status": OneOf(tuple(s.value for s in EpisodeStatus)),
                    "on": Day(),
                    "reason": OneOf(("", *(r.value for r in EndReason)), optional=True),
                }
            ),
            optional=True,
        ),
        "plan_changes": Many(
            Object({"planned_sessions": Whole(1, 200), "on": Day(), "phase": OneOf(PHASES, optional=True)}),
            optional=True,
        ),
        "adaptation_changes": Many(
            Object(
                {
                    "adaptation_from": Text(ADAPTATION),
                    "adaptation": Text(ADAPTATION),
                    "manual_version": Text(),
                    "on": Day(),
                    "session": Whole(0, 999),
                    "version_from": WORDS,
                    "phases": Many(OneOf(ORDER), optional=True),
                    "brought": CODES,
                }
            ),
            optional=True,
        ),
        "alerts": Many(
            Object(
                {
                    "rule": Text(CODE),
                    "severity": OneOf(("info", "notice", "warning", "critical")),
                    "raised_at": Moment(),
                    "state": OneOf(("open", "acknowledged", "resolved"), optional=True),
                    "session": SESSION,
                    "inputs": Anything(optional=True),
                    "steps": Many(
                        Object({"kind": Text(CODE), "at": Moment(), "words": WORDS}), optional=True
                    ),
                }
            ),
            optional=True,
        ),
        "firings": Many(
            Object(
                {
                    "rule": Text(RULE),
                    "rule_version": WORDS,
                    "manual_version": WORDS,
                    "severity": OneOf(("info", "notice", "warning", "critical")),
                    "inputs": Anything(optional=True),
                    "why": WORDS,
                    "first_seen_on": Day(),
                    "first_seen_at": Moment(),
                    "last_seen_on": Day(),
                    "last_seen_at": Moment(),
                    "ended_on": Day(optional=True),
                    "ended_at": Moment(optional=True),
                    "ended_by": OneOf(("", "condition", "severity"), optional=True),
                    "decisions": Many(
                        Object(
                            {
                                "decision": OneOf(("done", "not_now", "not_applicable", "disagree")),
                                "at": Moment(),
                                "again_on": Day(optional=True),
                                "words": WORDS,
                            }
                        ),
                        optional=True,
                    ),
                }
            ),
            optional=True,
        ),
        "client_entries": Many(
            Object(
                {
                    "on": Day(),
                    "kind": OneOf(("journal", "checkin", "worksheet")),
                    "shared": YesNo(),
                    "title": WORDS,
                    "text": WORDS,
                    "people": Many(Text(), optional=True),
                    "mood_before": Whole(0, 10, optional=True),
                    "mood_after": Whole(0, 10, optional=True),
                    "worksheet": WORDS,
                    "values": Anything(optional=True),
                }
            ),
            optional=True,
        ),
    }
)


def json_schema() -> dict[str, Any]:
    """The format as JSON Schema, as shipped in content/schemas/episode-1.schema.json."""
    return {
        "$schema": SCHEMA_ID,
        "title": "OpenIPT episode file, version 1",
        "description": "One whole episode. Private notes are never part of it.",
        **SHAPE.schema(),
    }


def to_file(episode: PortableEpisode, *, with_unshared: bool = False) -> dict[str, Any]:
    """One episode as plain JSON values. What the client has not shared only goes into the client's own export."""
    body = _plain(episode)
    body.pop("remarks")
    for meeting in body["meetings"]:
        meeting.pop("kind")
    if not body["beside"]:  # of an adaptation that has no such meetings nothing is said of them
        body.pop("beside")
    body["entries"] = [{k: v for k, v in e.items() if k != "beside" or v} for e in body["entries"]]
    if not with_unshared:
        body["client_entries"] = [entry for entry in body["client_entries"] if entry["shared"]]
    return {"format": FORMAT, "version": VERSION, **body}


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return {each.name: _plain(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): _plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    return value


RecordTypes = Mapping[str, RecordType]
Codes = Mapping[str, Collection[str]]


def from_file(
    data: object,
    *,
    record_types: RecordTypes | None = None,
    codes: Codes | None = None,
    measures: Measures | None = None,
    clear: KnownCodes | None = None,
) -> PortableEpisode:
    """The episode a file holds. With `record_types` and `measures`, payloads and answers are checked too;
    with `clear`, whatever would lie in the clear once it is kept.

    Raises `FileNotValid` with every fault, each at its path (rows counted from 1).
    """
    if not isinstance(data, Mapping):
        raise FileNotValid((FieldFault("file", "must hold one JSON object."),))
    faults = [*unkeepable(data), *SHAPE.faults(data, "")]
    unclear = list(clear_faults(data, clear)) if clear is not None else []
    if faults:
        of_entries = _faults_of_entries(data, record_types, codes or {}, faults)
        raise FileNotValid(one_each((*faults, *of_entries, *unclear)))
    episode = _episode(data)
    faults += consistency_faults(episode)
    faults += _answer_faults(episode, measures or {})
    if record_types is not None:
        faults += payload_faults(episode, record_types, codes or {})
    if faults or unclear:
        raise FileNotValid(one_each((*faults, *unclear)))
    return episode


def one_each(faults: Iterable[FieldFault]) -> tuple[FieldFault, ...]:
    """The first word on a place is enough."""
    by_place: dict[str, FieldFault] = {}
    for fault in faults:
        by_place.setdefault(fault.path, fault)
    return tuple(by_place.values())


def consistency_faults(episode: PortableEpisode) -> list[FieldFault]:
    """What single values cannot show: sessions numbered twice or out of order, meetings held without a number."""
    meetings = dict(enumerate(episode.meetings, start=1))
    faults = list(meeting_faults(meetings, episode.started_on))
    faults += _beside_faults(episode)
    born, began = episode.client.birth_year, episode.started_on
    if born is not None and began is not None and born > began.year:
        faults.append(FieldFault("client.birth_year", "lies after the start of the treatment."))
    for place, person in enumerate(episode.people, start=1):
        if [other.id for other in episode.people].index(person.id) < place - 1:
            faults.append(FieldFault(f"people.{place}.id", "is used twice."))
    return [*faults, *_change_faults(episode), *_firing_faults(episode)]


def _beside_faults(episode: PortableEpisode) -> Iterator[FieldFault]:
    """Meetings beside the sessions are numbered within their kind, and a record names one that was held."""
    held: dict[str, list[int]] = {}
    for place, meeting in enumerate(episode.beside, start=1):
        path, numbers = f"beside.{place}.number", held.setdefault(meeting.kind, [])
        if not meeting.attendance.is_held:
            if meeting.number is not None:
                yield FieldFault(path, "only a held meeting has a number.")
            continue
        if meeting.number != len(numbers) + 1:
            yield FieldFault(path, f"should be {len(numbers) + 1}: held ones are counted within their kind.")
        numbers.append(meeting.number or 0)
    known = {f"{kind}/{number}" for kind, numbers in held.items() for number in numbers}
    for place, entry in enumerate(episode.entries, start=1):
        if entry.beside and (entry.beside not in known or entry.session is not None):
            yield FieldFault(f"entries.{place}.beside", "is no meeting beside the sessions that was held.")


def _change_faults(episode: PortableEpisode) -> Iterator[FieldFault]:
    """Another adaptation begins with a plan of its own, and the last one is that of the episode."""
    numbers = [meeting.number or 0 for meeting in episode.meetings]
    for place, change in enumerate(episode.adaptation_changes, start=1):
        if change.session > max(numbers, default=0):
            yield FieldFault(f"adaptation_changes.{place}.session", "is a session that was not held.")
        if not any(plan.on == change.on for plan in episode.plan_changes):
            yield FieldFault(
                f"adaptation_changes.{place}.on", "goes together with a plan change of that day."
            )
    last = episode.adaptation_changes[-1:]
    if last and last[0].adaptation != episode.adaptation:
        place = len(episode.adaptation_changes)
        yield FieldFault(f"adaptation_changes.{place}.adaptation", "is not the adaptation of the episode.")


def _firing_faults(episode: PortableEpisode) -> Iterator[FieldFault]:
    """A rule stands once at a time; one that ended says on which day, when and how."""
    standing = set()
    for place, firing in enumerate(episode.firings, start=1):
        ends = [bool(firing.ended_on), bool(firing.ended_at), bool(firing.ended_by)]
        if any(ends) and not all(ends):
            yield FieldFault(f"firings.{place}.ended_on", "goes together with ended_at and ended_by.")
        if not any(ends) and firing.rule in standing:
            yield FieldFault(f"firings.{place}.rule", "stands twice at once.")
        if not any(ends):
            standing.add(firing.rule)


def meeting_faults(
    meetings: Mapping[int, PortableMeeting],
    started_on: date | None,
    rows: str = "meetings",
    start: str = "started_on",
) -> Iterator[FieldFault]:
    """Meetings by their place in the file, which calls its rows and its first day so.

    The first contacts may be several: each is number 0, and all of them come before session 1.
    """
    seen: dict[int, date] = {}  # of contacts before session 1 the last one
    for place, meeting in meetings.items():
        path = f"{rows}.{place}.number"
        if meeting.attendance.is_held and meeting.number is None:
            yield FieldFault(path, "is missing: a held meeting has a number.")
        if not meeting.attendance.is_held and meeting.number is not None:
            yield FieldFault(path, "only a held meeting has a number.")
        if meeting.number and meeting.number in seen:
            yield FieldFault(path, f"session {meeting.number} is there twice.")
        if meeting.number == 0:
            seen[0] = max(meeting.on, seen.get(0, meeting.on))
        elif meeting.number is not None:
            seen.setdefault(meeting.number, meeting.on)
    numbered = sorted(seen.items())
    for (before, earlier), (number, on) in zip(numbered, numbered[1:], strict=False):
        if on < earlier:
            yield FieldFault(rows, f"session {number} lies before session {before}.")
    if started_on and 1 in seen and seen[1] < started_on:
        yield FieldFault(start, "lies after session 1.")


def _faults_of_entries(
    data: Mapping[str, Any], record_types: RecordTypes | None, codes: Codes, known: list[FieldFault]
) -> Iterator[FieldFault]:
    """Faults inside the records of a file that has others too: what has the form of a record is read."""
    entries, named = data.get("entries"), {fault.path for fault in known}
    for place, entry in enumerate(entries if isinstance(entries, list) else (), start=1):
        values = entry.get("values") if isinstance(entry, Mapping) else None
        if record_types is not None and isinstance(values, Mapping) and isinstance(entry.get("record"), str):
            found = _values_faults(entry["record"], values, f"entries.{place}", record_types, codes)
            yield from (fault for fault in found if fault.path not in named)


def _answer_faults(episode: PortableEpisode, measures: Measures) -> Iterator[FieldFault]:
    """Answers and totals no form offers. Those of another version than ours are not ours to judge."""
    for place, given in enumerate(episode.answers, start=1):
        measure = measures.get(given.measure)
        if measure is not None and measure.version != given.version:
            continue
        if given.items:
            path = f"answers.{place}.items"
            yield from answers_faults(measure, given.items, path, whole=given.finished)
        yield from total_fault(measure, given.total, f"answers.{place}.total")


def payload_faults(episode: PortableEpisode, record_types: RecordTypes, codes: Codes) -> list[FieldFault]:
    """Every fault of every record and worksheet, at its path."""
    faults: list[FieldFault] = []
    for place, entry in enumerate(episode.entries, start=1):
        faults += _values_faults(entry.record, entry.values, f"entries.{place}", record_types, codes)
    for place, written in enumerate(episode.client_entries, start=1):
        if written.worksheet:
            path = f"client_entries.{place}"
            faults += _values_faults(written.worksheet, written.values, path, record_types, codes)
    return faults


def _values_faults(
    record: str, values: Mapping[str, Any], path: str, record_types: RecordTypes, codes: Codes
) -> list[FieldFault]:
    if record not in record_types:
        return [FieldFault(f"{path}.record", "names a record type that is not known.")]
    found = check_entry(record_types[record], values, codes=codes)
    return [FieldFault(f"{path}.values.{fault.path}".rstrip("."), fault.message) for fault in found]


# -- building, from a file that is known to be right -----------------------------------------------


def _episode(data: Mapping[str, Any]) -> PortableEpisode:
    return PortableEpisode(
        client=PortableClient(**_filled(data["client"])),
        adaptation=data["adaptation"],
        manual_version=data["manual_version"],
        planned_sessions=data["planned_sessions"],
        started_on=_day(data.get("started_on")),
        people=tuple(PortablePerson(**_filled(row)) for row in _rows(data, "people")),
        meetings=tuple(_meeting(row) for row in _rows(data, "meetings")),
        beside=tuple(_meeting(row) for row in _rows(data, "beside")),
        answers=tuple(_answers(row) for row in _rows(data, "answers")),
        entries=tuple(PortableEntry(**_timed(row, "at")) for row in _rows(data, "entries")),
        phase_changes=tuple(PhaseChange(**_dated(row)) for row in _rows(data, "phase_changes")),
        status_changes=tuple(_status(row) for row in _rows(data, "status_changes")),
        plan_changes=tuple(PlanChange(**_dated(row)) for row in _rows(data, "plan_changes")),
        adaptation_changes=tuple(
            AdaptationChange(**_dated(row)) for row in _rows(data, "adaptation_changes")
        ),
        alerts=tuple(_alert(row) for row in _rows(data, "alerts")),
        firings=tuple(_firing(row) for row in _rows(data, "firings")),
        client_entries=tuple(PortableClientEntry(**_dated(row)) for row in _rows(data, "client_entries")),
    )


def _rows(data: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    return data.get(key) or []


def _filled(row: Mapping[str, Any]) -> dict[str, Any]:
    """Without what is absent or null, and lists as the dataclasses hold them. Payloads stay as they are."""
    return {
        key: tuple(value) if isinstance(value, list) else value
        for key, value in row.items()
        if value is not None
    } | ({"number": None} if row.get("number", 0) is None else {})


def _dated(row: Mapping[str, Any]) -> dict[str, Any]:
    return {**_filled(row), "on": date.fromisoformat(row["on"])}


def _timed(row: Mapping[str, Any], *moments: str) -> dict[str, Any]:
    """The same with these moments, None where one is not known."""
    known = {name: datetime.fromisoformat(at) if (at := row.get(name)) else None for name in moments}
    return {**_dated(row), **known}


def _day(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None


def _meeting(row: Mapping[str, Any]) -> PortableMeeting:
    return PortableMeeting(**{"number": None, **_dated(row), "attendance": Attendance(row["attendance"])})


def _answers(row: Mapping[str, Any]) -> Answers:
    return Answers(**_timed(row, "at", "risk_at"))


def _status(row: Mapping[str, Any]) -> StatusChange:
    return StatusChange(**{**_dated(row), "status": EpisodeStatus(row["status"])})


def _firing(row: Mapping[str, Any]) -> PortableFiring:
    days = {key: _day(row.get(key)) for key in ("first_seen_on", "last_seen_on", "ended_on")}
    decisions = tuple(
        PortableDecision(**{**_filled(one), "again_on": _day(one.get("again_on"))})
        for one in row.get("decisions") or []
    )
    return PortableFiring(**{**_filled(row), **days, "decisions": decisions})


def _alert(row: Mapping[str, Any]) -> PortableAlert:
    steps = tuple(PortableStep(**_filled(step)) for step in row.get("steps") or [])
    return PortableAlert(**{**_filled(row), "steps": steps})
