"""What a session's note can be drafted from: everything recorded of that session, in words.

`current(session, course)` is the note as it stands at this moment: what was saved, with every drafted
sentence brought up to what the record says now. A signed note is shown as it was signed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.utils import timezone

from openipt import library
from openipt.core.course.course import Attendance, Course
from openipt.core.course.note import (
    MEETING,
    Block,
    Recorded,
    Wording,
    drafted_sentences,
    from_values,
    refreshed,
)
from openipt.core.course.phases import after_words, beside_words, planned_sessions
from openipt.core.course.scores import answers_of, start_score, total_of
from openipt.core.fields.definitions import FieldDefinition, FieldType, RecordType, is_empty
from openipt.core.fields.words import date_in_words
from openipt.core.manual.model import Manual
from openipt.core.manual.names import PHASES_AFTER
from openipt.core.measures.change import ReliableChange, reliable_change
from openipt.core.measures.definitions import Measure
from openipt.records.manuals import manual_of
from openipt.records.models import CheckIn, Entry, EntryState, Person, Session
from openipt.records.prepared import Prepared

FORMATS = {"in_person": "in person", "phone": "by phone", "video": "by video"}
NOT_HELD_WORDS = {Attendance.MISSED.value: "Missed", Attendance.CANCELLED.value: "Cancelled"}
OF_SESSION = "rec_session"
OPENS = ("opening",)
WORK = ("lens", "healthy_self", "other_minds")
CLOSES = ("credit", "remaining_stated", "ending", "next_step", "summary", "note")
VERDICTS = {
    ReliableChange.IMPROVED: "a reliable improvement",
    ReliableChange.DETERIORATED: "a reliable deterioration",
    ReliableChange.NONE: "within the measure's error",
}
NO_NAMES = Wording({}, {})  # everything below is put into words before it gets there


def current(
    session: Session, course: Course | None, rows: Sequence[Entry] | None = None
) -> tuple[Block, ...]:
    """The note now: saved words as saved, drafted sentences as the record has them.

    Without a course, as of a signed session, it is what was saved. `rows` are the session's entries
    (`entries_of`), where they have been read already.
    """
    saved = from_values(session.note)
    if course is None or session.is_signed or session.attendance == Attendance.PLANNED:
        return saved
    return refreshed(saved, sentences(session, course, rows))


def sentences(session: Session, course: Course, rows: Sequence[Entry] | None = None) -> dict[str, str]:
    """What each recorded thing of this session says, by its key."""
    return drafted_sentences(recorded(session, course, rows), library.note_sentences(), NO_NAMES)


def recorded(session: Session, course: Course, rows: Sequence[Entry] | None = None) -> tuple[Recorded, ...]:
    """Everything recorded of this session, in the order a note tells it."""
    manual = manual_of(session.episode)
    rows = entries_of(session) if rows is None else rows
    labels = _labels(session) if rows else {}
    entries = [_of_entry(row, manual, labels) for row in rows if row.record_type != OF_SESSION]
    own = [one for row in rows if row.record_type == OF_SESSION for one in _fields_apart(row)]
    return (
        _meeting(session, course),
        *_check_ins(session),
        *_scores(session, course, manual),
        *(one for one in own if next(iter(one.values)) in OPENS),
        *_used(session, course, manual, "strategies"),
        *entries,
        *_in_order(own, WORK),
        *_used(session, course, manual, "techniques"),
        *_in_order(own, CLOSES),
    )


def _in_order(own: Iterable[Recorded], fields: tuple[str, ...]) -> list[Recorded]:
    """What stands in these fields of the session, in their order."""
    found = (one for one in own if next(iter(one.values)) in fields)
    return sorted(found, key=lambda one: fields.index(next(iter(one.values))))


def _meeting(session: Session, course: Course) -> Recorded:
    held = session.is_held
    written = timezone.localtime(session.written_at).date() if session.written_at else None
    name = _name_apart(session, course)
    values = {
        "name": name if held else None,
        "number": None if name else session.number or None,
        "planned": planned_sessions(course),
        "on": _day(session.on),
        "format": FORMATS.get(session.format, session.format) if held else None,
        "minutes": session.minutes if held else None,
        "attendance": NOT_HELD_WORDS.get(session.attendance),
        "reason": session.absence_reason,
        "late": session.attendance == Attendance.LATE,
        "written_on": _day(written) if held and written and written != session.held_on else None,
    }
    return Recorded(MEETING, "meeting", values)


def _name_apart(session: Session, course: Course) -> str:
    """What a meeting is called that no contract counts: `Ward group 3 of 8`, `Booster 1 of up to 4`; "" of a session."""
    manual = manual_of(session.episode)
    if session.kind:
        words = beside_words(manual, course, session.kind, session.of_kind)
    elif session.phase in PHASES_AFTER and manual.phase_after:
        words = after_words(manual, course, session.number or 0)
    else:
        return ""
    return f"{words[:1].upper()}{words[1:]}"


def _check_ins(session: Session) -> Iterable[Recorded]:
    for row in _SITTINGS(session.pk):
        row.episode = session.episode
        values = {"mood": row.mood, "stress": row.stress, "talk_about": row.talk_about, "event": row.event}
        yield Recorded(f"check_in:{row.pk}", "check_in", values)


def _scores(session: Session, course: Course, manual: Manual) -> Iterable[Recorded]:
    """Totals of the answers given for this session. Questions about violence at home stay out of it."""
    if session.number is None:
        return
    asked = dict.fromkeys(a.measure for a in course.answers if a.session == session.number and a.finished)
    for measure_id in asked:
        measure = manual.measure_list.get(measure_id)
        if measure is not None and not measure.private:
            yield from _score(session, course, manual, measure)


def _score(session: Session, course: Course, manual: Manual, measure: Measure) -> Iterable[Recorded]:
    sittings = [
        (answers, total)
        for answers in answers_of(course, measure.id)
        if answers.finished and (total := total_of(manual, answers)) is not None
    ]
    here = [place for place, (answers, _) in enumerate(sittings) if answers.session == session.number]
    if not here:
        return
    total = sittings[here[-1]][1]
    before = sittings[here[0] - 1] if here[0] else None
    band = measure.band(total)
    values = {
        "name": measure.title,
        "total": f"{total:g}",
        "band": band.title[0].lower() + band.title[1:] if band else None,
        "change": _moved(before[1], total, f"on {_day(before[0].on)}") if before else None,
        "since_start": None,
    }
    start = start_score(manual, course, measure.id)
    if before and start is not None and (session.number or 0) > 1:
        verdict = _verdict(measure, start, total)
        if before[0].session == 1 and verdict:
            values["change"] = f"{values['change']}, {verdict}"
        elif verdict and start != total:
            values["since_start"] = f"{_moved(start, total)}, {verdict}"
    yield Recorded(f"score:{measure.id}", "score", values)


def _moved(before: float, now: float, when: str = "") -> str:
    """4 lower than on 3 March 2026; the same as then; 4 lower."""
    if before == now:
        return f"the same as {when}"
    way = f"{abs(now - before):g} {'lower' if now < before else 'higher'}"
    return f"{way} than {when}" if when else way


def _verdict(measure: Measure, start: float, now: float) -> str:
    """Whether the change since session 1 is reliable, with the rule; "" where the measure has none."""
    found = reliable_change(measure, start, now)
    if found is None or measure.reliable_change is None or start == now:
        return ""
    return f"{VERDICTS[found]} (reliable from {measure.reliable_change.points:g} points)"


def _used(session: Session, course: Course, manual: Manual, kind: str) -> Iterable[Recorded]:
    meeting = next((m for m in course.meetings if m.number is not None and m.number == session.number), None)
    codes = getattr(meeting, kind) if meeting else ()
    if codes:
        titles = code_titles(manual)[kind]
        yield Recorded(kind, kind, {"titles": [titles.get(code, code) for code in codes]})


# -- entries --------------------------------------------------------------------------------------


_ENTRIES = Prepared(
    lambda session: (
        Entry.objects.filter(session=session).exclude(state=EntryState.WITHDRAWN).order_by("on", "order")
    ),
    UUID,
)
_PEOPLE = Prepared(lambda episode: Person.objects.filter(episode=episode), UUID)
_SITTINGS = Prepared(lambda session: CheckIn.objects.filter(session=session), UUID)


def entries_of(session: Session) -> list[Entry]:
    """Records of the session that count: not withdrawn, and of the client's own only what is shared."""
    found = [row for row in _ENTRIES(session.pk) if row.by_role != "client" or row.shared]
    for row in found:
        row.episode = session.episode
    return found


def _fields_apart(entry: Entry) -> Iterable[Recorded]:
    """How a session opened stands at the start of its note, how it was summed up at the end."""
    for key, value in entry.payload.items():
        if not is_empty(value):
            yield Recorded(f"entry:{entry.pk}:{key}", entry.record_type, {key: value}, entry.version)


def _of_entry(entry: Entry, manual: Manual, labels: Mapping[str, str]) -> Recorded:
    record_type = manual.record_types.get(entry.record_type)
    said = _said(record_type, entry.payload, labels, code_titles(manual)) if record_type else {}
    return Recorded(f"entry:{entry.pk}", entry.record_type, entry.payload, entry.version, said)


Titles = Mapping[str, Mapping[str, str]]


def _said(
    record_type: RecordType, values: Mapping[str, Any], people: Mapping[str, str], titles: Titles
) -> dict[str, Any]:
    fields = {field.key: field for field in record_type.fields}
    return {
        key: _in_words(fields[key], value, people, titles) for key, value in values.items() if key in fields
    }


def _in_words(field: FieldDefinition, value: Any, people: Mapping[str, str], titles: Titles) -> Any:
    """A value with the names of people, codes and options in it; words and numbers as they stand."""
    if field.type in (FieldType.ROWS, FieldType.GROUP) and isinstance(value, Mapping):
        inner = {sub.key: sub for sub in field.fields}
        return {key: _in_words(inner[key], one, people, titles) for key, one in value.items() if key in inner}
    if isinstance(value, list | tuple):
        return [_in_words(field, one, people, titles) for one in value]
    if isinstance(value, Mapping) or value is None or isinstance(value, bool):
        return value
    if field.options:
        return _lowered(field.option_label(value)) or value
    if field.type in (FieldType.PERSON, FieldType.PEOPLE):
        return people.get(value, value)
    if field.codes_from:
        return titles.get(field.codes_from, {}).get(value, value)
    if field.type in (FieldType.DATE, FieldType.PARTIAL_DATE) and isinstance(value, str):
        return date_in_words(value)
    return value


def _lowered(label: str | None) -> str:
    """An option inside a sentence: "Impasse: talk has stopped" as "impasse", "I asked" as it is."""
    name = (label or "").split(": ")[0]
    if name[1:2].isupper() or name.startswith("I "):
        return name
    return name[:1].lower() + name[1:]


def _labels(session: Session) -> dict[str, str]:
    found = {}
    for person in _PEOPLE(session.episode_id):
        person.episode = session.episode
        found[person.code] = person.label
    return found


def code_titles(manual: Manual) -> Titles:
    """The titles of a manual's codes: kind -> id -> title."""
    return _code_titles(manual.id, manual.version)


@lru_cache(maxsize=32)
def _code_titles(manual_id: str, version: str) -> Titles:
    manual = library.content().older_manuals.get((manual_id, version)) or library.manual(manual_id)
    areas = manual.areas.values()
    return {
        "strategies": {s.id: s.title for area in areas for s in area.strategies},
        "techniques": {t.id: t.name for t in manual.techniques.values()},
        "areas": {a.id: a.title for a in areas},
        "styles": {s.id: s.name for s in manual.styles.values()},
        "measures": {m.id: m.title for m in manual.measure_list.values()},
        "tasks": {t.id: t.title for t in manual.tasks},
        "phases": {p.id: p.title for p in manual.phases},
        "rules": {r.id: r.title for r in manual.rules.values()},
    }


def _day(day: date) -> str:
    return date_in_words(day.isoformat())
