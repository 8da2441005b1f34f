"""What is wrong with a file in the format of the worked cases: every fault at once, each at its place.

Each check looks at the file as it came and passes over what another check has named already, so that a
wrong date in one session hides no wrong answer in the next.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from datetime import date
from typing import Any

from openipt.core.course.course import Attendance
from openipt.core.fields.check import check_entry
from openipt.core.fields.definitions import RecordType
from openipt.core.formulation.ranking import WEIGHTS
from openipt.core.measures.definitions import Measure, Method
from openipt.core.measures.scoring import score
from openipt.core.portable.answers import Measures, answers_faults, total_fault
from openipt.core.portable.case_words import as_fields
from openipt.core.portable.episode import PortableMeeting
from openipt.core.portable.episode_file import ADAPTATION, CODE, CODES, PHASES, SESSION, meeting_faults
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
from openipt.errors import AnswersNotScorable, FieldFault

Codes = Mapping[str, Collection[str]]
RecordTypes = Mapping[str, RecordType]

TOTAL = re.compile(r"(ms_\w+?)_total(?:_(?:meeting|session|visit)_(\d+))?")
MONTHS = re.compile(r"(ms_\w+?)_months_since_loss")

RECORD = Object(
    {"type": Text(r"rec_[a-z0-9_]+"), "issue": Text(optional=True), "actions": Many(Text(), optional=True)},
    others_allowed=True,
)
OPTIONAL_OBJECTS = Many(Anything(), optional=True)
VERSIONS = Many(Object({"session": SESSION, "date": Day(optional=True)}, others_allowed=True), optional=True)
FACTORS = Object(
    {
        f: Whole(0, 3, optional=True)
        for f in ("f_link", "f_priority", "f_severity", "f_affect", "f_change", "f_safety")
    }
)
ISSUES = Many(
    Object({"id": Text(), "text": Text(), "area": Text(CODE), "factors": FACTORS}, others_allowed=True),
    optional=True,
)

STEPS = ("shown_to_client", "therapist_acknowledged", "contact_by_phone")

# Parts of a case that tell about it and are no part of an episode.
ABOUT_THE_CASE = frozenset(
    {"title", "source_urls", "source_facts", "invented_details", "expected"}
    | {"expected_ranking", "expected_ranking_at_midpoint"}
)

SESSION_SHAPE = Object(
    {
        "number": SESSION,
        "date": Day(),
        "phase": OneOf(PHASES, optional=True),
        "minutes": Whole(0, 600, optional=True),
        "format": Text(optional=True),
        "attendance": OneOf(tuple(a.value for a in Attendance)),
        "measures": Anything(optional=True),
        "totals": Anything(optional=True),
        "tasks_done": CODES,
        "strategies": CODES,
        "techniques": CODES,
        "note": Text(optional=True),
        "private_note": Text(optional=True),
        "records": Many(RECORD, optional=True),
        "next_step": Text(optional=True),
    },
    others_allowed=True,
)

CASE_SHAPE = Object(
    {
        "id": Text(optional=True),
        "client": Object(
            {
                "pseudonym": Text(),
                "birth_year": Whole(1880, 2120, optional=True),
                "language": Text(optional=True),
                "pronouns": Text(optional=True),
            },
            others_allowed=True,
        ),
        "adaptation": Text(ADAPTATION),
        "planned_sessions": Whole(1, 200),
        "start_date": Day(),
        "baseline_measures": Anything(optional=True),
        "suitability": Anything(optional=True),
        "medication": OPTIONAL_OBJECTS,
        "inventory": Many(
            Object(
                {
                    "person_id": Text(CODE),
                    "label": Text(),
                    "relation": Text(optional=True),
                    "ratings_over_time": Many(
                        Object({"session": Whole(0, 999), "ring": Whole(1, 3)}, others_allowed=True),
                        optional=True,
                    ),
                },
                others_allowed=True,
            ),
            optional=True,
        ),
        "timeline": OPTIONAL_OBJECTS,
        "issues": ISSUES,
        "issues_at_midpoint": ISSUES,
        "formulation": Object(
            {"agreed_on_session": SESSION, "date": Day(optional=True), "later_versions": VERSIONS},
            optional=True,
            others_allowed=True,
        ),
        "contract": Object({"later_versions": VERSIONS}, optional=True, others_allowed=True),
        "sessions": Many(SESSION_SHAPE),
        "client_entries": Many(
            Object(
                {
                    "date": Day(),
                    "kind": OneOf(("journal", "checkin", "worksheet")),
                    "shared": YesNo(),
                    "title": Text(optional=True),
                    "text": Text(optional=True),
                    "people": Many(Text(), optional=True),
                    "mood_before_0_10": Whole(0, 10, optional=True),
                    "mood_after_0_10": Whole(0, 10, optional=True),
                    "worksheet": Text(r"rec_[a-z0-9_]+", optional=True),
                    "fields": Anything(optional=True),
                },
                others_allowed=True,
            ),
            optional=True,
        ),
        "safety": Many(
            Object(
                {
                    "date": Day(),
                    "type": Text(),
                    "session": SESSION,
                    "rule": Text(CODE, optional=True),
                    "severity": OneOf(("info", "notice", "warning", "critical"), optional=True),
                    "item_9": Whole(0, 3, optional=True),
                    "item_10": Whole(0, 3, optional=True),
                    "limit": Text(optional=True),
                    **{step: Moment(optional=True) for step in STEPS},
                },
                others_allowed=True,
            ),
            optional=True,
        ),
        "ending": Object(
            {
                "relapse_plan": Anything(optional=True),
                "next_step": Object(
                    {"follow_up_due": Many(Day(), optional=True)}, optional=True, others_allowed=True
                ),
            },
            optional=True,
            others_allowed=True,
        ),
    },
    others_allowed=True,
)


def case_faults(
    data: object, record_types: RecordTypes | None, codes: Codes, measures: Measures
) -> tuple[FieldFault, ...]:
    """Every fault that can be seen in the file as it stands."""
    if not isinstance(data, Mapping):
        return (FieldFault("file", "must hold one JSON object."),)
    shaped = tuple(CASE_SHAPE.faults(data, ""))
    found = [
        *unkeepable(data),
        *shaped,
        *_measure_faults(data, measures),
        *_check_in_faults(data, measures),
        *_code_faults(data, codes),
        *_issue_faults(data),
        *_record_faults(data, record_types, codes),
        *_numbering_faults(data, shaped),
    ]
    by_place: dict[str, FieldFault] = {}  # the first word on a place is enough
    for fault in found:
        by_place.setdefault(fault.path, fault)
    return tuple(by_place.values())


def rows(value: object) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """The objects of a list with their places, counted from 1; nothing where it is no list."""
    if isinstance(value, list | tuple):
        yield from ((place, row) for place, row in enumerate(value, start=1) if isinstance(row, Mapping))


def parts(value: object) -> Mapping[str, Any]:
    """An object, empty where it is none."""
    return value if isinstance(value, Mapping) else {}


def _measure_faults(data: Mapping[str, Any], measures: Measures) -> Iterator[FieldFault]:
    """Answers that are no answers, totals that are none, or not the sum of complete answers."""
    for place, session in rows(data.get("sessions")):
        given, totals = parts(session.get("measures")), parts(session.get("totals"))
        for name, value in given.items():
            yield from _value_faults(name, value, f"sessions.{place}.measures.{name}", measures)
        for name, total in totals.items():
            path = f"sessions.{place}.totals.{name}"
            yield from total_fault(measures.get(name), total, path)
            if _is_whole(given.get(name)) and not _is_total_of(measures.get(name), given[name], total):
                yield FieldFault(path, "is not the sum of the answers.")
    for name, value in parts(data.get("baseline_measures")).items():
        path = f"baseline_measures.{name}"
        if found := TOTAL.fullmatch(name):
            yield from total_fault(measures.get(found.group(1)), value, path)
        elif MONTHS.fullmatch(name):
            yield from Number().faults(value, path) if value is not None else ()
        else:
            yield from _value_faults(name, value, path, measures)


def _check_in_faults(data: Mapping[str, Any], measures: Measures) -> Iterator[FieldFault]:
    """What a client answered between sessions. Words in place of answers only tell where those stand."""
    for place, entry in rows(data.get("client_entries")):
        fields, path = parts(entry.get("fields")), f"client_entries.{place}.fields"
        if entry.get("kind") != "checkin":
            continue
        for name, value in fields.items():
            if name.startswith("ms_") and not isinstance(value, str):
                yield from _value_faults(name, value, f"{path}.{name}", measures)
        if fields.get("item_9") is not None:
            yield from Whole(0, 3).faults(fields["item_9"], f"{path}.item_9")


def _value_faults(name: str, value: Any, path: str, measures: Measures) -> Iterator[FieldFault]:
    measure = measures.get(name)
    if isinstance(value, list):
        several = measure is not None and is_asked_of_each(measure)
        yield from answers_faults(None if several else measure, value, path)
    elif measure is not None and len(measure.items) == 1:
        yield from answers_faults(measure, [value], path)
    else:
        yield from total_fault(measure, value, path)


def is_asked_of_each(measure: Measure) -> bool:
    """One item, asked of each focus problem (`ms_prr`): as many answers as there are problems."""
    return len(measure.items) == 1 and measure.method is Method.MEAN


def _is_whole(given: object) -> bool:
    return isinstance(given, list) and bool(given) and all(type(answer) is int for answer in given)


def _is_total_of(measure: Measure | None, given: list[int], total: Any) -> bool:
    """The plain sum, or the total as the measure scores its answers.

    Of a measure with reversed items answers may be told in points: `cases` then puts them back by place.
    """
    if not isinstance(total, int | float) or total == sum(given):
        return True
    if measure is None:
        return False
    try:
        return score(measure, given[: len(measure.items)]).total == total
    except AnswersNotScorable:
        return not measure.entry.takes_items


def _code_faults(data: Mapping[str, Any], codes: Codes) -> Iterator[FieldFault]:
    """Tasks, strategies and techniques of a session that no manual knows."""
    for place, session in rows(data.get("sessions")):
        for key, kind in (("tasks_done", "tasks"), ("strategies",) * 2, ("techniques",) * 2):
            named = session.get(key)
            for number, code in enumerate(named if isinstance(named, list) else (), start=1):
                if kind in codes and code not in codes[kind]:
                    path = f"sessions.{place}.{key}.{number}"
                    yield FieldFault(path, f"is not one of the {kind} of this course.")


def _issue_faults(data: Mapping[str, Any]) -> Iterator[FieldFault]:
    """Issues are told apart by their id, and at most six are ranked at once (ipt.md 7.3)."""
    for key in ("issues", "issues_at_midpoint"):
        ids = [issue.get("id") for _, issue in rows(data.get(key))]
        if len(ids) > WEIGHTS.most_issues:
            yield FieldFault(key, f"holds {len(ids)} issues; rank at most {WEIGHTS.most_issues}.")
        for place, name in enumerate(ids, start=1):
            if name is not None and name in ids[: place - 1]:
                yield FieldFault(f"{key}.{place}.id", "is used twice.")


def _record_faults(
    data: Mapping[str, Any], record_types: RecordTypes | None, codes: Codes
) -> Iterator[FieldFault]:
    """Records and worksheets against their definitions. A key of their own is left out later, with a remark."""
    if record_types is None:
        return
    for path, named, kind, told in _told_records(data):
        if kind not in record_types:
            yield FieldFault(named, "names a record type that is not known.")
            continue
        known = {key: value for key, value in told.items() if key in record_types[kind]}
        values = as_fields(record_types[kind], known, _said_later)
        for fault in check_entry(record_types[kind], values, codes=codes):
            yield FieldFault(f"{path}.{fault.path}".rstrip("."), fault.message)


def _told_records(data: Mapping[str, Any]) -> Iterator[tuple[str, str, str, Mapping[str, Any]]]:
    """Each record: where it stands, where its type stands, its type, and what it tells."""
    for place, session in rows(data.get("sessions")):
        for number, record in rows(session.get("records")):
            path, kind = f"sessions.{place}.records.{number}", record.get("type")
            if isinstance(kind, str):
                yield path, f"{path}.type", kind, {k: v for k, v in record.items() if k != "type"}
    for place, entry in rows(data.get("client_entries")):
        path, kind = f"client_entries.{place}", entry.get("worksheet")
        if isinstance(kind, str) and kind:
            yield f"{path}.fields", f"{path}.worksheet", kind, parts(entry.get("fields"))


def _said_later(remark: str) -> None:
    """The reader makes its remarks when nothing is wrong."""


def _numbering_faults(data: Mapping[str, Any], shaped: tuple[FieldFault, ...]) -> Iterator[FieldFault]:
    """Sessions numbered twice or out of order, among those whose own parts can be read."""
    wrong = {fault.path.split(".")[1] for fault in shaped if fault.path.startswith("sessions.")}
    readable = {
        place: PortableMeeting(
            date.fromisoformat(session["date"]), session.get("number"), Attendance(session["attendance"])
        )
        for place, session in rows(data.get("sessions"))
        if str(place) not in wrong
    }
    start = data.get("start_date") if not any(fault.path == "start_date" for fault in shaped) else None
    started_on = date.fromisoformat(start) if start else None
    yield from meeting_faults(readable, started_on, "sessions", "start_date")
