"""Every work that the content cites."""

from __future__ import annotations

from openipt import library
from tests.documentation.markdown import cell, facts, printed_from


def page() -> str:
    opening = f"""# Sources

{printed_from("`src/openipt/content/sources.toml`")}
Every statement of the content names the works it was checked against, by these ids, or carries a mark:
*unverified* (`GKU`, standard teaching of the field, not checked) or *project default* (`DEFAULT`, a setting of this
project). *Read* says how much of a work was read when the content was written.
"""
    return "\n".join([opening, *(_section(one) for one in library.sources().values())]).rstrip() + "\n"


def _section(one: library.Source) -> str:
    rows = [("Address", one.url), ("Read", one.read)]
    return f"## {one.id}\n\n{cell(one.citation)}\n\n{facts(rows)}"
