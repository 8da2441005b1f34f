"""The page on which the long trials say what they counted.

One row for each database or adaptation, replaced by the next run.
"""

from __future__ import annotations

import fcntl
import os
import platform
import sqlite3
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.shared_data import ROOT

PAGE = ROOT / "docs/reference/trial.md"
NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
COLUMNS = (
    ("kills", "kills"),
    ("cases", "alerts"),
    ("places", "places to die at"),
    ("lost", "lost"),
    ("doubled", "doubled"),
    ("sent_again", "sent again under the same id"),
    ("audit_faults", "faults in the audit"),
    ("seconds", "seconds"),
)

WALK_COLUMNS = (
    ("walks", "walks"),
    ("lengths", "lengths"),
    ("sessions", "sessions held"),
    ("faults", "faults"),
    ("never_due", "conditional tasks never due"),
    ("seconds", "seconds"),
)


def row_of(database: str, found: dict[str, Any]) -> str:
    """One row, with the day and the kind of machine."""
    machine = f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"
    if database == "sqlite":
        machine += f", SQLite {sqlite3.sqlite_version}"
    cells = [f"{found[key]:,}" if isinstance(found[key], int) else str(found[key]) for key, _ in COLUMNS]
    return f"| {NAMES[database]} | {' | '.join(cells)} | {datetime.now(UTC):%Y-%m-%d} | {machine} |"


def write(database: str, found: dict[str, Any], page: Path = PAGE) -> None:
    """Put this run's row in the place of the one before. Two trials may end at once."""
    _put(page, "database", f"| {NAMES[database]} |", row_of(database, found))


def write_walks(adaptation: str, found: dict[str, Any], page: Path = PAGE) -> None:
    """The same for the walks through one adaptation."""
    cells = [f"{found[key]:,}" if isinstance(found[key], int) else str(found[key]) for key, _ in WALK_COLUMNS]
    machine = f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"
    row = f"| `{adaptation}` | {' | '.join(cells)} | {datetime.now(UTC):%Y-%m-%d} | {machine} |"
    _put(page, "adaptation", f"| `{adaptation}` |", row)


def _put(page: Path, table: str, begin: str, row: str) -> None:
    with page.open("r+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        lines = file.read().splitlines()
        file.seek(0)
        file.truncate()
        file.write("\n".join(_with(lines, table, begin, row)) + "\n")


def _with(lines: list[str], table: str, begin: str, row: str) -> list[str]:
    """The row in the table whose first column has this name, in the place of the one that begins so."""
    head = next(number for number, line in enumerate(lines) if line.startswith(f"| {table} |"))
    places = [number for number, line in enumerate(lines) if number > head and line.startswith(begin)]
    if places:
        return [*lines[: places[0]], row, *lines[places[0] + 1 :]]
    return [*lines[: head + 2], row, *lines[head + 2 :]]
