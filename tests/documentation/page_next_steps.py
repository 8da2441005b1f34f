"""Why a course may not be on track, and what may be done then."""

from __future__ import annotations

from openipt import library
from openipt.core.manual.model import NextStep
from tests.documentation.markdown import cell, codes, facts, ground, printed_from, slug, table


def page() -> str:
    content = library.content()
    opening = f"""# Next steps where a course is not on track

{printed_from("`src/openipt/content/next_steps.toml`")}
How they are read, in which order they are offered, and what is kept of a decision: [not on track](not-on-track.md). A
person chooses; nothing is chosen or ticked beforehand.

## Reasons
"""
    reasons = table(
        ["reason", "name", "looks at", "numbers", "rules", "ground"],
        (
            [
                f"`{one.id}`",
                one.title,
                one.looks_at,
                _numbers(one.parameters),
                ", ".join(one.rules),
                ground(one),
            ]
            for one in content.off_track_reasons.values()
        ),
    )
    steps = [_section(one) for one in content.next_steps.values()]
    return "\n".join([opening, reasons, "## Steps\n", *steps]).rstrip() + "\n"


def _numbers(parameters: object) -> str:
    assert hasattr(parameters, "items")
    return "; ".join(f"{name.replace('_', ' ')} {value}" for name, value in parameters.items())


def _section(one: NextStep) -> str:
    rows = [
        ("Kind", one.kind),
        ("Offered where any of", codes(one.when)),
        ("Answers", codes(one.answers)),
        ("Rules", ", ".join(one.rules)),
        ("Only for", codes((*one.adaptations, *one.areas))),
        ("Techniques", ", ".join(f"[{t}](techniques.md#{slug(t)})" for t in one.techniques)),
        ("Ground", ground(one)),
    ]
    return f"### {one.id}\n\n**{cell(one.title)}.** {cell(one.text)}\n\n{facts(rows)}"
