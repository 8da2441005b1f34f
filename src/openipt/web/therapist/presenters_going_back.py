"""Back to acute treatment after maintenance, in words: by what, and what the record says of early signs."""

from __future__ import annotations

from dataclasses import dataclass

from openipt import library
from openipt.core.course.known import words
from openipt.core.course.moves import GOING_ON, may_go_back
from openipt.core.manual.joined import base_of
from openipt.web.jinja import day
from openipt.web.therapist.common import EpisodePage
from openipt.web.therapist.presenters_header import score_line


@dataclass(frozen=True)
class GoingBack:
    """Acute treatment may begin again after maintenance: by which adaptation, and what the record says of early signs."""

    options: tuple[tuple[str, str], ...]
    chosen: str
    typical: int
    signs: tuple[tuple[str, str], ...]
    allowed: bool
    reasons: tuple[str, ...]


SIGNS = (
    ("rec_relapse_plan", "early_signs", "Early signs agreed"),
    ("rec_contract", "signals", "Signals for more contact"),
)


def present_going_back(page: EpisodePage) -> GoingBack | None:
    """None in acute treatment, and where the course is over."""
    if page.manual.is_acute or page.status.status not in GOING_ON:
        return None
    acute = [manual for manual in library.offered().values() if manual.is_acute]
    before = [base_of(change.adaptation_from) for change in reversed(page.course.adaptation_changes)]
    chosen = next((name for name in before if any(name == manual.id for manual in acute)), "ipt_acute")
    to = library.manual(chosen)
    decision = may_go_back(page.manual, page.course, to)
    return GoingBack(
        options=tuple(
            (manual.id, manual.title or manual.name)
            for manual in sorted(acute, key=lambda one: (bool(one.inherits), one.title or one.name))
        ),
        chosen=chosen,
        typical=to.sessions.typical,
        signs=_signs(page),
        allowed=bool(decision),
        reasons=decision.reasons,
    )


def _signs(page: EpisodePage) -> tuple[tuple[str, str], ...]:
    """What was agreed to look out for, and where the main score stands."""
    found = []
    for record, field, title in SIGNS:
        written = [e.visible[field] for e in page.entries(record) if e.visible.get(field)]
        if written:
            found.append((title, "; ".join(words(written[-1]))))
    score = score_line(page)
    return (*found, *(((f"{score[0]}, {day(score[1])}", score[2]),) if score else ()))
