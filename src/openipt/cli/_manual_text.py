"""Words and JSON for one item of the content: what `openipt manual show` prints."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from enum import Enum
from textwrap import wrap
from typing import Any

from openipt.core.manual.compare import MARK_WORDS as MARKS
from openipt.core.manual.compare import (
    RESEARCH_ONLY,
    Part,
    kept,
    kind_in_words,
    meetings_in_words,
    other_lengths,
    part_in_words,
    point_in_words,
    span,
    when,
)
from openipt.core.manual.model import Card, Manual, Phase, Task

WIDTH = 100
LIBRARY = {
    "areas",
    "techniques",
    "styles",
    "facts",
    "pages",
    "rules",
    "off_track_reasons",
    "next_steps",
    "source_list",
    "record_types",
    "measure_list",
}


def as_json(value: Any) -> Any:
    """Plain JSON values. Of a manual: what stands in its own files, not the library it draws on."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        names = [field.name for field in dataclasses.fields(value)]
        if isinstance(value, Manual):
            names = [name for name in names if name not in LIBRARY]
        return {name: as_json(getattr(value, name)) for name in names}
    if isinstance(value, Mapping):
        return {str(key): as_json(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [as_json(inner) for inner in value]
    return value.value if isinstance(value, Enum) else value


def in_words(item: Any) -> list[str]:
    """Lines to read."""
    return list(_manual(item) if isinstance(item, Manual) else _anything(item))


def ground(item: Any) -> str:
    """The sources and marks of an item: `[S07][S74] (project default)`."""
    sources = "".join(f"[{source}]" for source in item.sources)
    marks = ", ".join(MARKS.get(mark, mark) for mark in item.marks)
    return " ".join(part for part in (sources, f"({marks})" if marks else "") if part)


# -- a manual ------------------------------------------------------------------------------------


def _manual(manual: Manual) -> Iterator[str]:
    yield f"{manual.id}: {manual.name}, version {manual.version} {ground(manual)}".rstrip()
    if manual.inherits:
        yield f"Inherits from {manual.inherits}."
    yield ""
    yield from _card(manual)
    yield ""
    yield from _lengths(manual)
    for phase in manual.phases:
        yield ""
        yield from _phase(manual, phase)
    yield ""
    yield from _agenda(manual)
    yield ""
    yield from _schedule(manual)


def _card(manual: Manual) -> Iterator[str]:
    first = "-".join(str(minutes) for minutes in manual.first_minutes)
    yield from _line("Status", RESEARCH_ONLY if manual.research else "")
    yield from _line("For", manual.population)
    yield from _line("Format", f"{manual.format}. {manual.format_note}".strip())
    yield from _line(
        "Sessions",
        f"{manual.sessions}{_cited(manual, 'sessions')}",
    )
    longer = f"; the first {first}{_cited(manual, 'first_minutes')}" if first else ""
    yield from _line("Minutes", f"{manual.minutes}{longer}")
    yield from _line("Frequency", f"{manual.frequency}, {manual.duration}".rstrip(", "))
    yield from _line("Focus", f"{manual.focus}{_cited(manual, 'focus')}" if manual.focus else "")
    yield from _line("Not done", "; ".join(manual.not_done))
    for part in manual.parts:
        yield from _line("Part", part_in_words(part))
    for kind in manual.kinds:
        yield from _line("Beside the sessions", kind_in_words(manual, kind))
    for point in manual.carer_points:
        yield from _line("Carers invited", point_in_words(point))
    for caution in manual.cautions:
        yield from _line(f"Warned of at {', '.join(caution.records)}", caution.text)
    yield from _line("Areas", ", ".join(manual.problem_areas))
    yield from _line("Measures", ", ".join(manual.measures))
    for reason in manual.contraindications:
        yield from _line("Not for", reason)
    if manual.evidence:
        sources = "".join(f"[{source}]" for source in manual.evidence.sources)
        yield from _line(f"Evidence {manual.evidence.grade}", f"{manual.evidence.text} {sources}")


def _cited(card: Card, part: str) -> str:
    return "".join(f" {ground(citation)}" for citation in card.citations if citation.part == part)


def _lengths(manual: Manual) -> Iterator[str]:
    yield "Where the phases lie"
    for length in manual.lengths:
        spans = ", ".join(f"{phase} {span(where)}" for phase, where in length.split.items())
        kind = f" {length.format}" if length.format else ""
        note = f"; {length.note}" if length.note else ""
        yield f"  {length.planned}{kind}: {spans}{note} {ground(length)}".rstrip()
    yield f"  other lengths: {other_lengths(manual)} {ground(manual.other_lengths)}".rstrip()


def _phase(manual: Manual, phase: Phase) -> Iterator[str]:
    yield f"{phase.title} ({phase.id}) {ground(phase)}".rstrip()
    yield from _line("Goals", "; ".join(phase.goals))
    yield from _line("Meetings", meetings_in_words(manual, phase))
    yield from _line("How often", ", then ".join(phase.frequencies))
    if phase.exit_tasks or phase.exit_conditions:
        yield from _line("To leave, all of", ", ".join((*phase.exit_tasks, *phase.exit_conditions)))
    if phase.leaves_when:
        yield from _line("To leave, any of", ", ".join(phase.leaves_when))
    for task in manual.tasks_of(phase.id):
        yield from _task(manual, task)


def _task(manual: Manual, task: Task) -> Iterator[str]:
    head = f"  {task.id} {task.requirement.value}  {task.title}: "
    shown = f"{task.record}.{task.field}" if task.field else task.record
    condition = f" If {task.condition_text}." if task.requirement.value == "C" else ""
    text = f"{task.action}.{condition} ({when(manual, task)}) -> {shown}{kept(task)} {ground(task)}".rstrip()
    yield from wrap(head + text, WIDTH, subsequent_indent=" " * 10)


def _agenda(manual: Manual) -> Iterator[str]:
    phases = list(manual.phase_split(manual.sessions.typical))
    yield f"Agenda of {manual.minutes} minutes: {', '.join(phases)}"
    for block in manual.agenda:
        minutes = " ".join(f"{block.minutes(phase):>3}" for phase in phases)
        yield f"  {minutes}  {block.title} {ground(block)}".rstrip()


def _schedule(manual: Manual) -> Iterator[str]:
    yield "Measures due"
    for item in manual.schedule:
        named = [f"{m} (if {item.conditions[m]})" if m in item.conditions else m for m in item.measures]
        private = [f"{m} (alone with the client)" for m in item.private]
        yield from _line(item.when, ", ".join((*named, *private)))


# -- two manuals side by side ----------------------------------------------------------------------


def side_by_side(left: Manual, right: Manual, parts: tuple[Part, ...]) -> Iterator[str]:
    """What differs, each side under the name of its manual."""
    yield f"{left.id}: {left.name}"
    yield f"{right.id}: {right.name}"
    for part in parts:
        yield ""
        yield f"{part.title}{'' if part.differences else ': no difference'}"
        for row in part.differences:
            yield f"  {row.subject}{f': {row.aspect}' if row.aspect else ''}"
            yield from _line(left.id, row.left or "not there", "    ")
            yield from _line(right.id, row.right or "not there", "    ")
        if part.differences and part.same:
            yield f"  {part.same} the same in both."


# -- anything else -------------------------------------------------------------------------------


def _anything(item: Any) -> Iterator[str]:
    """Each field under its name; empty ones are left out."""
    for field in dataclasses.fields(item):
        yield from _field(field.name.replace("_", " "), getattr(item, field.name), "")


def _field(name: str, value: Any, indent: str) -> Iterator[str]:
    if value is None or value is False or value == "" or value == () or value == {}:
        return
    if name == "marks":
        value = tuple(MARKS.get(mark, mark) for mark in value)
    if dataclasses.is_dataclass(value):
        yield f"{indent}{name}:"
        for field in dataclasses.fields(value):
            yield from _field(field.name.replace("_", " "), getattr(value, field.name), indent + "  ")
    elif isinstance(value, Mapping):
        yield f"{indent}{name}:"
        for key, inner in value.items():
            yield from _field(str(key), inner, indent + "  ")
    elif isinstance(value, tuple) and any(dataclasses.is_dataclass(one) for one in value):
        for number, one in enumerate(value, start=1):
            yield from _field(f"{name} {number}", one, indent)
    else:
        yield from _line(name, _plain(value), indent)


def _plain(value: Any) -> str:
    if isinstance(value, tuple):
        return "; ".join(_plain(one) for one in value)
    if isinstance(value, Enum):
        return str(value.value)
    return "yes" if value is True else str(value)


def _line(name: str, text: str, indent: str = "  ") -> list[str]:
    return wrap(f"{indent}{name}: {text}", WIDTH, subsequent_indent=f"{indent}    ") if text else []
