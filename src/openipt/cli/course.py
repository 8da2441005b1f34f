"""Asks the engine about a course in a file, without a database."""

from __future__ import annotations

import argparse
import json
from datetime import date
from typing import Any

from openipt import library
from openipt.cli import files
from openipt.core.course.course import Course
from openipt.core.course.status import CourseStatus, course_status
from openipt.core.manual.model import Manual
from openipt.core.portable.cases import from_case, is_case
from openipt.core.portable.episode import PortableEpisode
from openipt.core.portable.episode_file import from_file
from openipt.core.portable.shape import Day, is_plain
from openipt.errors import FieldFault, FileNotValid

help = "ask where a course stands"


def add_status_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", help="an episode file or a worked case; - for standard input")
    parser.add_argument("--on", required=True, metavar="DATE", help="the day, as 2025-03-21")
    parser.add_argument("--json", action="store_true", help="print JSON")


def status(args: argparse.Namespace) -> int:
    """Print where the course in a file stands at the end of a day, from the records up to and including that day.

    Needs no database. The file is an episode file (docs/reference/episode-file.md) or a worked case. The keys of the
    JSON are described with the rules (docs/reference/rules.md).
    """
    on = day(args.on)
    course = read_episode(args.file).course()
    found = course_status(manual_on(course, on), course, on)
    if args.json:
        print(json.dumps(found.as_json(), ensure_ascii=False, indent=2))
    else:
        print("\n".join(_lines(found)))
    return 0


COMMANDS = {"status": ("where a course stands at the end of a day", add_status_arguments, status)}


def manual_on(course: Course, on: date) -> Manual:
    """The manual the course of a file went by on a day, in its present version."""
    adaptation = course.as_of(on).adaptation
    if not library.has_manual(adaptation):
        known = ", ".join(sorted(library.manuals()))
        raise FileNotValid((FieldFault("adaptation", f"is not one of {known}."),))
    return library.manual(adaptation)


def day(text: str) -> date:
    """The day a person typed; FileNotValid with what is wrong."""
    if faults := tuple(Day().faults(text, "--on")):
        raise FileNotValid(faults)
    return date.fromisoformat(text)


def read_episode(name: str, *, to_keep: bool = False) -> PortableEpisode:
    """The episode in a file of either format, checked whole; `to_keep`: also for what would lie in the clear."""
    data = _parsed(name)
    codes = _codes(data)
    read = from_case if is_case(data) else from_file
    return read(
        data,
        record_types=library.record_types(),
        codes=codes,
        measures=library.measures(),
        clear=library.known_codes() if to_keep else None,
    )


def _parsed(name: str) -> Any:
    """The JSON in a file. A key that stands twice in one object is a fault: one of the two would be lost."""
    twice: list[str] = []

    def as_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        twice.extend(key for key in found if len(found) < len(pairs) and [k for k, _ in pairs].count(key) > 1)
        return found

    try:
        data = json.loads(files.read_text(name), object_pairs_hook=as_object)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise FileNotValid((FieldFault(name, f"is no JSON: {where}."),)) from None
    except ValueError:
        raise FileNotValid((FieldFault(name, "holds a number that is far too long."),)) from None
    except RecursionError:
        raise FileNotValid((FieldFault(name, "is nested too deeply."),)) from None
    if twice:
        names = [key if len(key) <= 80 and is_plain(key) else "a key" for key in dict.fromkeys(twice)]
        raise FileNotValid(tuple(FieldFault(key, "stands twice in one object.") for key in names))
    return data


def _codes(data: Any) -> dict[str, tuple[str, ...]]:
    """The ids that coded fields may hold in the adaptation the file names."""
    adaptation = data.get("adaptation") if isinstance(data, dict) else None
    if not isinstance(adaptation, str) or not library.has_manual(adaptation):
        return {}
    manuals = [library.manual(name) for name in (adaptation, *_earlier(data)) if library.has_manual(name)]
    kinds = ("strategies", "techniques", "areas", "styles", "measures", "rules")
    of_decisions = ("off_track_reasons", "next_steps")
    tasks = {task for each in (*library.manuals().values(), *manuals) for task in each.codes("tasks")}
    codes = {
        kind: tuple(dict.fromkeys(code for manual in manuals for code in manual.codes(kind)))
        for kind in (*kinds, *of_decisions)
    }
    return {**codes, "tasks": tuple(sorted(tasks))}


def _earlier(data: dict[str, Any]) -> list[str]:
    """The adaptations a course went by before it was changed over."""
    changes = data.get("adaptation_changes")
    rows = [row for row in changes if isinstance(row, dict)] if isinstance(changes, list) else []
    return [row["adaptation_from"] for row in rows if isinstance(row.get("adaptation_from"), str)]


def _place(found: CourseStatus) -> str:
    """`session 3 of 12`; beyond what was agreed, that it is so."""
    number, planned = found.session_number, found.planned_sessions
    return f"session {number} of {planned}" if number <= planned else f"session {number}, beyond {planned}"


def _lines(found: CourseStatus) -> list[str]:
    lines = [
        f"{found.on}: {found.status.value if found.status else 'no status on record'}, {found.phase} phase, {_place(found)}, "
        f"{found.remaining} remaining",
        f"due: {', '.join(found.due) or 'nothing'}",
        f"overdue: {', '.join(found.overdue) or 'nothing'}",
        f"measures due: {', '.join(found.measures_due) or 'none'}",
    ]
    lines += [
        f"{met.kind}: {met.held} held, {f'{met.fewest} to ' if met.fewest < met.most else ''}{met.most} in all"
        for met in found.other_meetings
    ]
    lines += [
        f"to {way.to}: {'open' if way.open else 'not open'}. {' '.join(way.reasons)}"
        for way in found.transitions
    ]
    lines += [f"{result.id} ({result.severity.value}): {result.why}" for result in found.fired]
    return lines
