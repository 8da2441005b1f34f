"""The table of docs/reference/speed.md: each part of `make bench` puts its rows in the place of those before.

table.keep("checkins", [Row("check-ins kept a second", "128", "bare insert 410", "0.31")], page)
"""

from __future__ import annotations

import fcntl
import os
import platform
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

PAGE = Path(__file__).resolve().parent.parent / "docs/reference/speed.md"
PARTS = ("pages", "few", "many", "writes", "scoring", "course", "start", "worker", "rules")
COLUMNS = ("part", "what", "OpenIPT", "beside it", "ratio", "bar", "day, machine")


@dataclass(frozen=True)
class Row:
    """One figure: what was measured, beside what, and the bar it is held to."""

    what: str
    figure: str
    beside: str = ""
    ratio: str = ""
    bar: str = ""


def keep(part: str, rows: Iterable[Row], page: Path | None) -> None:
    """Write the rows of this part; nowhere where no page is named."""
    if page is None:
        return
    assert part in PARTS, part
    with page.open("r+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        lines = _with(file.read().splitlines(), part, [_line(part, row) for row in rows])
        file.seek(0)
        file.truncate()
        file.write("\n".join(lines) + "\n")


def figure(part: str, what: str, page: Path | None) -> float | None:
    """What an earlier part put down for this, as a number; None where it did not."""
    lines = page.read_text().splitlines() if page is not None else []
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")]
    return next((float(row[2]) for row in cells if row[:2] == [part, what]), None)


def _line(part: str, row: Row) -> str:
    return f"| {' | '.join((part, row.what, row.figure, row.beside, row.ratio, row.bar, _made()))} |"


def _made() -> str:
    """The day and the kind of machine, and how busy it was with anything at all."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return (
        f"{datetime.now(UTC):%Y-%m-%d}, {cores} cores {platform.machine()}, load {os.getloadavg()[1]:.1f}, "
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}"
    )


def _with(lines: list[str], part: str, made: list[str]) -> list[str]:
    """The rows of the table in the order of their parts, those of this part exchanged."""
    rule = next(number for number, line in enumerate(lines) if line.startswith("|---"))
    end = next((n for n in range(rule + 1, len(lines)) if not lines[n].startswith("|")), len(lines))
    others = [line for line in lines[rule + 1 : end] if _part_of(line) != part]
    rows = sorted([*others, *made], key=lambda line: PARTS.index(_part_of(line)))
    return [*lines[: rule + 1], *rows, *lines[end:]]


def _part_of(line: str) -> str:
    return line.split("|")[1].strip()


def printed(page: Path) -> str:
    """The table as it stands, in columns for a terminal."""
    lines = [line for line in page.read_text().splitlines() if line.startswith("|") and "---" not in line]
    rows = [[cell.strip() for cell in line.strip("|").split("|")][:-1] for line in lines]
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows
    )
