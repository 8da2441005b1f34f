"""Every adaptation, whole: its card, phases, tasks, agenda and when measures are due."""

from __future__ import annotations

from collections.abc import Iterator

from openipt import library
from openipt.cli._manual_text import when
from openipt.core.manual.compare import (
    RESEARCH_ONLY,
    kept,
    kind_in_words,
    meetings_in_words,
    part_in_words,
    phase_title,
    point_in_words,
)
from openipt.core.manual.joined import joined
from openipt.core.manual.model import Manual, Modifier, Phase, ScheduleItem, Task
from tests.documentation.markdown import cell, codes, facts, ground, printed_from, slug, source, span, table
from tests.shared_data import ROOT

EXAMPLES = {path.stem for path in (ROOT / "docs/examples").glob("*.json")}


def page() -> str:
    opening = f"""# Adaptations: phases and tasks

{printed_from("`src/openipt/content/manual/`")}
An adaptation that inherits is printed as it is used, with what it takes over. `openipt manual show ID` prints the same
on the command line; [add an adaptation](../how-to/add-an-adaptation.md) tells how one is made. **R** is required,
**C** required under its condition, **O** optional; *when* is told for a course of the usual length.
"""
    manuals = sorted(library.manuals().values(), key=lambda one: (bool(one.inherits), one.id))
    modifiers = library.modifiers().values()
    told = [
        *(part for one in manuals for part in _manual(one)),
        *(p for m in modifiers for p in _modifier(m)),
    ]
    return "\n".join([opening, *told]).rstrip() + "\n"


def _modifier(one: Modifier) -> Iterator[str]:
    """What goes with adaptations: its card and the tasks it brings, as they stand on the base protocol."""
    yield f"## {one.id}\n"
    yield (
        f"**{cell(one.name)}.** For {cell(one.population)}. It goes with an adaptation and is none by itself: "
        + (f"`openipt manual show ipt_acute+{one.id}` prints the two as one.\n")
    )
    base, laid = library.manual("ipt_acute"), library.manual(joined("ipt_acute", (one.id,)))
    cited = ", ".join(map(source, one.evidence.sources)) if one.evidence else ""
    yield facts(
        [
            ("Version", one.version),
            ("Goes with", ", ".join(one.modifies)),
            ("Format", one.format_note),
            ("A client has ready", " ".join(one.ready)),
            (f"Evidence, grade {one.evidence.grade}", f"{one.evidence.text} ({cited})")
            if one.evidence
            else ("", ""),
            ("Ground", ground(one)),
            ("An example", f"[{one.id}.json](../examples/{one.id}.json)" if one.id in EXAMPLES else ""),
        ]
    )
    brought = [task for task in laid.tasks if not base.has_task(task.id)]
    yield table(["task", "", "what", "when", "shown by", "ground"], (_task(laid, task) for task in brought))


def _manual(one: Manual) -> Iterator[str]:
    yield f"## {one.id}\n"
    yield f"**{cell(one.name)}.** For {cell(one.population)}\n"
    yield facts(_card(one))
    yield f"### Where the phases of {one.id} lie\n"
    phases = list(dict.fromkeys(phase for each in one.lengths for phase in each.split))
    if one.lengths:
        yield table(
            ["sessions", *(phase_title(one, phase) for phase in phases), "note", "ground"],
            (
                [
                    f"{each.planned} {each.format}",
                    *(span(*each.split[phase]) if phase in each.split else "" for phase in phases),
                    each.note,
                    ground(each),
                ]
                for each in one.lengths
            ),
        )
    yield f"{_other_lengths(one)} {ground(one.other_lengths)}\n"
    for phase in one.phases:
        yield from _phase(one, phase)
    spans = list(one.phase_split(one.sessions.typical))
    yield f"### The hour of {one.id}\n"
    yield table(
        ["minutes", *spans, "ground"],
        ([block.title, *map(block.minutes, spans), ground(block)] for block in one.agenda),
    )
    yield f"### Measures due in {one.id}\n"
    yield table(["when", "measures", "also asked", "ground"], map(_due, one.schedule))


def _other_lengths(one: Manual) -> str:
    other = one.other_lengths
    if other.continuation_sessions:
        return f"Continuation the first {other.continuation_sessions}, maintenance the rest."
    long = span(1, other.initial_last_from_18)
    return (
        f"Other lengths: initial {span(1, other.initial_last)} ({long} from 18 sessions on), "
        f"ending the last {other.ending_sessions}"
        + (f", preventive the {other.preventive_sessions} before it." if other.preventive_sessions else ".")
    )


def _card(one: Manual) -> Iterator[tuple[str, object]]:
    yield "Version", one.version
    yield "Inherits from", f"[{one.inherits}](#{slug(one.inherits)})" if one.inherits else ""
    yield "Status", RESEARCH_ONLY if one.research else ""
    yield "Format", f"{one.format}. {one.format_note}".rstrip()
    yield "Sessions", f"{one.sessions}{_cited(one, 'sessions')}"
    first = f"; the first {'-'.join(map(str, one.first_minutes))}" if one.first_minutes else ""
    yield "Minutes", f"{one.minutes}{first}{_cited(one, 'first_minutes')}"
    yield "Rhythm", f"{one.frequency}, {one.duration}"
    yield "Focus", f"{one.focus}{_cited(one, 'focus')}" if one.focus else ""
    yield "Not done", "; ".join(one.not_done)
    asks = (f"`{record}`: {codes(fields)}" for record, fields in one.asks_for.items())
    yield "Asks beside what all ask", "; ".join(asks)
    yield "Parts", "; ".join(cell(part_in_words(part)) for part in one.parts)
    yield "Beside the sessions", "; ".join(cell(kind_in_words(one, kind)) for kind in one.kinds)
    invited = "; ".join(cell(point_in_words(point)) for point in one.carer_points)
    yield "Parents and carers are invited", invited
    yield "Warned of where it is written", " ".join(cell(caution.text) for caution in one.cautions)
    yield "Areas", ", ".join(f"[{area}](areas.md#{slug(area)})" for area in one.problem_areas)
    yield "Not for", "; ".join(one.contraindications)
    if one.evidence:
        cited = ", ".join(map(source, one.evidence.sources))
        yield f"Evidence, grade {one.evidence.grade}", f"{one.evidence.text}{f' ({cited})' if cited else ''}"
    yield "Ground", ground(one)
    yield "An example", f"[{one.id}.json](../examples/{one.id}.json)" if one.id in EXAMPLES else ""


def _cited(one: Manual, part: str) -> str:
    told = [ground(citation) for citation in one.citations if citation.part == part]
    return f" ({'; '.join(told)})" if told else ""


def _phase(one: Manual, phase: Phase) -> Iterator[str]:
    yield f"### {cell(phase.title)} ({one.id})\n"
    yield facts(
        [
            ("Goals", "; ".join(phase.goals)),
            ("Meetings", meetings_in_words(one, phase)),
            ("How often", ", then ".join(phase.frequencies)),
            ("To leave, all of", codes((*phase.exit_tasks, *phase.exit_conditions))),
            ("To leave, any of", codes(phase.leaves_when)),
            ("Leads to", ", ".join(phase.leads_to)),
            ("Ground", ground(phase)),
        ]
    )
    if tasks := one.tasks_of(phase.id):
        yield table(["task", "", "what", "when", "shown by", "ground"], (_task(one, task) for task in tasks))


def _task(one: Manual, task: Task) -> list[str]:
    condition = f" If {task.condition_text}." if task.condition_text else ""
    shown = ", ".join(f"[{record}](records.md#{slug(record)})" for record in task.records) + kept(task)
    what = f"**{task.title}:** {task.action}.{condition}"
    return [f"`{task.id}`", task.requirement.value, what, when(one, task), shown, ground(task)]


def _due(item: ScheduleItem) -> list[str]:
    named = [
        f"{_measure(m)}{f' (if {item.conditions[m]})' if m in item.conditions else ''}" for m in item.measures
    ]
    private = [f"{_measure(m)} (alone with the client)" for m in item.private]
    which = [f"session {n}" for n in item.sessions] + [f"{n} months after" for n in item.months]
    moment = item.when.replace("-", " ").replace("_", " ")
    return [
        f"{moment}{': ' + ', '.join(which) if which else ''}",
        ", ".join([*named, *private]),
        " ".join(item.questions),
        ground(item),
    ]


def _measure(measure_id: str) -> str:
    return f"[{measure_id}](measures.md#{slug(measure_id)})"
