"""A document made of blocks: one description for the screen, the printer and the PDF.

    Paper("Closing summary", "Rui Tavares · 2 March 2026", (heading("Outcome"), words("Better.")), footer)

The screen draws it with `components/paper.html`, the file with `document.typ`; nothing else writes a document.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from openipt.core.fields.words import Line
from openipt.web import paper
from openipt.web.jinja import short_day

UPRIGHT_COLUMNS = 4  # of a table to write in


@dataclass(frozen=True)
class Block:
    """One part of a document. What is empty does not belong to its kind.

    Kinds: heading (`text`, `level`), words, quote, quiet, strong (`text`), items (`items`), lines (`lines`),
    table (`text` is its caption, `head`, `rows`, columns of `numbers` stand at the right), space (`text` names
    it, `note` helps, `rules` lines to write on or `items` with a box each to tick).
    """

    kind: str
    text: str = ""
    level: int = 2
    note: str = ""
    items: tuple[str, ...] = ()
    lines: tuple[Line, ...] = ()
    head: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    numbers: tuple[int, ...] = ()
    rules: int = 0


@dataclass(frozen=True)
class Paper:
    """A whole document. `notice` stands above it (a draft), `signed` names who has a line to sign on."""

    title: str
    who: str
    blocks: tuple[Block, ...]
    footer: str
    notice: str = ""
    signed: tuple[str, ...] = ()

    @property
    def is_wide(self) -> bool:
        """Whether it needs the broad side of the sheet: a table to write in with many columns."""
        return any(len(block.head) > UPRIGHT_COLUMNS and block.rules for block in self.blocks)

    def pdf(self, at: datetime) -> bytes:
        """The document as a PDF/UA file, dated `at`. Raises NotAllowedNow where it cannot be made."""
        return paper.pdf("document", self.data(), at)

    def data(self) -> dict[str, Any]:
        """The values that `document.typ` reads."""
        return {"lang": "en", "wide": self.is_wide, **asdict(self)}


def heading(text: str, level: int = 2) -> Block:
    return Block("heading", text, level=level)


def words(text: str) -> tuple[Block, ...]:
    """Each paragraph of a text; none for an empty one."""
    return tuple(Block("words", part.strip()) for part in text.split("\n\n") if part.strip())


def quote(text: str) -> tuple[Block, ...]:
    return (Block("quote", text.strip()),) if text.strip() else ()


def quiet(text: str) -> Block:
    return Block("quiet", text)


def strong(text: str) -> Block:
    return Block("strong", text)


def items(found: Sequence[str]) -> tuple[Block, ...]:
    return (Block("items", items=tuple(found)),) if found else ()


def lines(found: Sequence[Line]) -> tuple[Block, ...]:
    return (Block("lines", lines=tuple(found)),) if found else ()


def table(
    caption: str, head: Sequence[str], rows: Sequence[Sequence[str]], numbers: Sequence[int] = ()
) -> Block:
    """A table; a cell without words is written as a dash, so that nothing seems forgotten."""
    whole = tuple(tuple(str(cell) or "–" for cell in row) for row in rows)
    return Block("table", caption, head=tuple(head), rows=whole, numbers=tuple(numbers))


def short_date(on: date) -> str:
    """17 Sep 2026, for a column."""
    return f"{short_day(on)} {on.year}"


def section(title: str, *parts: Block | tuple[Block, ...], level: int = 2) -> tuple[Block, ...]:
    """A heading with what stands below it; nothing at all where nothing does."""
    inside = flat(*parts)
    return (heading(title, level), *inside) if inside else ()


def flat(*parts: Block | tuple[Block, ...]) -> tuple[Block, ...]:
    found: list[Block] = []
    for part in parts:
        found.extend((part,) if isinstance(part, Block) else part)
    return tuple(found)
