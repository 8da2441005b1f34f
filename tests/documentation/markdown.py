"""The few pieces of Markdown that printed pages are made of."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

MARKS = {"GKU": "unverified", "DEFAULT": "project default"}


def printed_from(what: str) -> str:
    """The line under each title: where the page comes from, and how it is made again."""
    return f"Printed from {what} by `make docs-print`. A test fails where this page and they differ.\n"


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cell(one) for one in line)} |" for line in lines) + "\n"


def facts(rows: Iterable[tuple[str, object]]) -> str:
    """A list of named facts; what is empty is left out."""
    return "\n".join(f"- **{name}:** {cell(value)}" for name, value in rows if value not in ("", None)) + "\n"


def cell(value: object) -> str:
    """One line that neither ends a cell nor opens a tag."""
    return " ".join(str(value).split()).replace("|", r"\|").replace("<", "&lt;").replace("~", r"\~")


def ground(item: Any) -> str:
    """Sources as links, marks in words."""
    return ", ".join([*(source(one) for one in item.sources), *(MARKS.get(one, one) for one in item.marks)])


def source(source_id: str) -> str:
    return f"[{source_id}](sources.md#{slug(source_id)})"


def codes(ids: Iterable[object]) -> str:
    return ", ".join(f"`{one}`" for one in ids)


def number(value: float | None) -> str:
    return "" if value is None else f"{value:g}"


def span(lowest: float | None, highest: float | None) -> str:
    if lowest is None and highest is None:
        return ""
    if lowest is None or highest is None:
        return f"at most {highest:g}" if lowest is None else f"{lowest:g} or more"
    return f"{lowest:g}" if lowest == highest else f"{lowest:g} to {highest:g}"


def slug(heading: str) -> str:
    """The anchor of a heading, as the forges and the builder make it."""
    plain = re.sub(r"\[([^\]]*)\]\([^)]*\)|[`*]", r"\1", heading.strip())
    return re.sub(r"[^\w\- ]", "", plain.lower()).replace(" ", "-")
