"""The problem areas: what belongs to each, and the strategies that work on it."""

from __future__ import annotations

from collections.abc import Iterator

from openipt import library
from openipt.core.manual.model import Area
from tests.documentation.markdown import cell, codes, facts, ground, printed_from, slug, table


def page() -> str:
    areas = library.areas().values()
    opening = f"""# Problem areas and strategies

{printed_from("`src/openipt/content/areas/`")}
"""
    overview = table(
        ["area", "name", "strategies"],
        ([f"[{one.id}](#{slug(one.id)})", one.title, len(one.strategies)] for one in areas),
    )
    return "\n".join([opening, overview, *map(_section, areas)]).rstrip() + "\n"


def _section(one: Area) -> str:
    lines = [f"## {one.id}\n", f"**{cell(one.title)}.** {cell(one.definition)}\n", facts(_facts(one))]
    strategies = sorted(one.strategies, key=lambda strategy: strategy.order)
    rows = [[s.order, f"`{s.id}`", f"{s.title}. {s.text}", s.done_when, ground(s)] for s in strategies]
    lines += [table(["", "strategy", "what", "done when", "ground"], rows)]
    if one.stages:
        rows = [[s.title or s.id, s.meaning, s.markers, s.work, ground(s)] for s in one.stages]
        lines += [table(["stage", "means", "shows by", "the work", "ground"], rows)]
    return "\n".join(lines)


def _facts(one: Area) -> Iterator[tuple[str, object]]:
    yield "Version", one.version
    yield "To a client", one.plain_title
    yield "Also called", ", ".join(one.other_names)
    yield "Belongs here", "; ".join(one.include)
    yield "Does not", "; ".join(one.exclude)
    yield "Told apart", one.differential
    yield "When it does not show", one.hidden
    yield "Stance", one.stance
    yield "Goals", "; ".join(one.goals)
    yield "Questions", " ".join(one.questions)
    yield "Techniques", ", ".join(f"[{t}](techniques.md#{slug(t)})" for t in one.techniques)
    yield "To try first", codes(one.default_techniques)
    yield "Records", ", ".join(f"[{r}](records.md#{slug(r)})" for r in one.records)
    yield "Risks", "; ".join(one.risks)
    yield "Done when", one.done_when
    yield "Ground", ground(one)
