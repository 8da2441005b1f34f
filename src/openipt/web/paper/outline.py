"""The outline of an adaptation on one sheet of paper: what it is, and phase by phase what is required in it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from openipt.core.manual.compare import (
    FREQUENCIES,
    RESEARCH_ONLY,
    kind_in_words,
    meetings_in_words,
    span,
    when,
)
from openipt.core.manual.model import Manual, Modifier, Phase, Requirement, Task
from openipt.core.manual.names import EVIDENCE_GRADES
from openipt.web import paper

CONDITIONAL = {Requirement.REQUIRED: "", Requirement.CONDITIONAL: " c"}  # what is optional is left out
FOOTER = "c: under a condition. Figures, sources and marks stand with the adaptation itself."


def outline_pdf(manual: Manual, at: datetime) -> bytes:
    """One page A4: the letters are as large as the page lets them be."""
    phases = [_phase(manual, phase) for phase in manual.phases]
    return _sheet(
        manual.title or manual.name, _card(manual), phases, f"{manual.id} version {manual.version}", at
    )


def modifier_pdf(modifier: Modifier, brought: Sequence[Task], laid: Manual, at: datetime) -> bytes:
    """The same of what goes with adaptations: the tasks it brings to each. `laid` is one it goes with."""
    tasks = [{"id": task.id, "title": task.title, "how": when(laid, task)} for task in brought]
    phase = {"title": "Tasks it brings", "sessions": "", "goals": "", "tasks": tasks}
    version = f"{modifier.id} version {modifier.version}"
    return _sheet(modifier.name, modifier_card(modifier), [phase], version, at)


def modifier_card(modifier: Modifier) -> list[tuple[str, str]]:
    """What it says of itself, line by line."""
    evidence = modifier.evidence
    return [
        ("For", modifier.population.strip()),
        ("Format", modifier.format_note.strip()),
        ("A client has ready", " ".join(modifier.ready)),
        ("Evidence", f"{evidence.grade}: {evidence.text.strip()}" if evidence else ""),
    ]


def _sheet(
    title: str, card: list[tuple[str, str]], phases: list[dict[str, object]], version: str, at: datetime
) -> bytes:
    told = [pair for pair in card if pair[1]]
    footer = f"OpenIPT, {version}. {FOOTER}"
    data = {"lang": "en", "title": title, "card": told, "phases": phases, "footer": footer}
    return paper.pdf("outline", data, at)


def _card(manual: Manual) -> list[tuple[str, str]]:
    evidence, first = manual.evidence, manual.first_minutes
    longer = f", the first {' to '.join(map(str, first))}" if first else ""
    hour = "; ".join(f"{block.title} {block.minutes('middle')}" for block in manual.agenda)
    return [
        ("Status", RESEARCH_ONLY if manual.research else ""),
        ("For", manual.population.strip()),
        ("Format", ". ".join(part.strip() for part in (manual.format, manual.format_note) if part.strip())),
        ("Sessions", f"{manual.sessions}, {FREQUENCIES[manual.frequency]}; {manual.minutes} minutes{longer}"),
        ("Beside them", "; ".join(kind_in_words(manual, kind) for kind in manual.kinds)),
        ("The hour", f"in the middle phase: {hour}" if hour else ""),
        ("Focus", manual.focus),
        ("Not done in it", "; ".join(manual.not_done)),
        ("Not for", "; ".join(manual.contraindications)),
        ("Evidence", f"{evidence.grade}: {EVIDENCE_GRADES[evidence.grade]}" if evidence else ""),
    ]


def _phase(manual: Manual, phase: Phase) -> dict[str, object]:
    where = manual.phase_split(manual.sessions.typical).get(phase.id)
    return {
        "title": phase.title,
        "sessions": f"session {span(where)}" if where else meetings_in_words(manual, phase),
        "goals": "; ".join(phase.goals),
        "tasks": [
            {
                "id": f"{task.id}{CONDITIONAL[task.requirement]}",
                "title": task.title,
                "how": when(manual, task),
            }
            for task in manual.tasks_of(phase.id)
            if task.requirement in CONDITIONAL
        ],
    }
