"""The tables of the clinical reference, read from its Markdown: an oracle that knows nothing of the content."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.shared_data import shared

CONTENT = Path(__file__).resolve().parents[2] / "src" / "openipt" / "content"


def content(name: str) -> dict[str, Any]:
    """One content file as plain TOML, with no loader in between."""
    return tomllib.loads((CONTENT / name).read_text(encoding="utf-8"))


def content_folder(name: str) -> dict[str, dict[str, Any]]:
    """Every file of one content folder by its `id`."""
    found = {}
    for path in sorted((CONTENT / name).glob("*.toml")):
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        table = {**table, **table.get("record", {})} if name == "records" else table
        assert path.stem == table["id"], f"{path.name} holds {table['id']}"
        found[table["id"]] = table
    return found


def section(title: str) -> str:
    """The text under the first heading that starts with `title`, up to the next heading of that rank or above."""
    text = shared("reference/ipt.md").read_text(encoding="utf-8")
    start = re.search(rf"^(#+) {re.escape(title)}.*$", text, re.MULTILINE)
    assert start, f"the reference has no heading {title!r}"
    rest = text[start.end() :]
    end = re.search(rf"^#{{1,{len(start[1])}}} ", rest, re.MULTILINE)
    return rest[: end.start()] if end else rest


def rows(title: str) -> Iterator[list[str]]:
    """Cells of every table row under a heading, header and rule lines included."""
    for line in section(title).splitlines():
        if line.startswith("|") and not set(line) <= set("|- "):
            yield [cell.strip() for cell in line.strip().strip("|").split("|")]


def bare(cell: str) -> str:
    """A cell without its code ticks."""
    return cell.replace("`", "").strip()


def cited(*cells: str) -> set[str]:
    """The sources named in square brackets; a span such as [S55]-[S58] is its ends and all between."""
    text = " ".join(cells)
    found = set(re.findall(r"\[(S[0-9A-Za-z_]+)\]", text))
    for first, last in re.findall(r"\[S(\d+)\]-\[S(\d+)\]", text):
        found |= {f"S{number:02d}" for number in range(int(first), int(last) + 1)}
    return found


def marked(*cells: str) -> set[str]:
    """The marks named in cells: GKU, DEFAULT."""
    text = " ".join(cells)
    return {mark for mark in ("GKU", "DEFAULT") if re.search(rf"\b{mark}\b", text)}
