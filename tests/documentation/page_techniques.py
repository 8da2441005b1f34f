"""Every technique with its steps, and the styles of communication."""

from __future__ import annotations

from openipt import library
from openipt.core.manual.model import Style, Technique
from tests.documentation.markdown import cell, facts, ground, printed_from, slug, table


def page() -> str:
    techniques = sorted(library.techniques().values(), key=lambda one: one.id)
    opening = f"""# Techniques and styles

{printed_from("`src/openipt/content/techniques/` and `styles.toml`")}
"""
    overview = table(
        ["technique", "name", "record"],
        ([f"[{one.id}](#{slug(one.id)})", one.name, _record(one.record)] for one in techniques),
    )
    styles = table(
        ["style", "how it shows", "what it does", "what helps", "ground"],
        ([one.name, one.markers, one.effect, one.answer, ground(one)] for one in _styles()),
    )
    parts = [opening, overview, *map(_section, techniques), "## Styles of communication\n", styles]
    return "\n".join(parts).rstrip() + "\n"


def _styles() -> list[Style]:
    return list(library.styles().values())


def _record(record: str) -> str:
    return f"[{record}](records.md#{slug(record)})" if record else ""


def _section(one: Technique) -> str:
    steps = "".join(f"{number}. {cell(step)}\n" for number, step in enumerate(one.steps, start=1))
    rows = [
        ("Version", one.version),
        ("When", one.when),
        ("Example", one.example),
        ("Kept in", ", ".join(map(_record, (one.record, *one.also_records))) if one.record else ""),
        ("Beware", " ".join(one.cautions)),
        ("Ground", ground(one)),
    ]
    return "\n".join([f"## {one.id}\n", f"**{cell(one.name)}.** {cell(one.purpose)}\n", steps, facts(rows)])
