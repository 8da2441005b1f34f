"""The core decides from what it is given: no clock, no chance, no disk, no network, no framework."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

from tests.architecture.source import PACKAGE, imported, python_files, short, tree

CORE = python_files(PACKAGE / "core")
LIBRARY = [path for path in (PACKAGE / "library.py",) if path.exists()]

WORLD = {
    *("asyncio", "fileinput", "getpass", "glob", "http", "importlib.resources", "io", "locale", "logging"),
    *("multiprocessing", "os", "pathlib", "platform", "random", "secrets", "shelve", "shutil", "signal"),
    *(
        "socket",
        "sqlite3",
        "ssl",
        "subprocess",
        "tempfile",
        "threading",
        "time",
        "urllib.request",
        "zoneinfo",
    ),
}
CLOCK = {"now", "today", "utcnow"}
CHANCE = {"uuid1", "uuid4"}


def foreign_imports(module: ast.Module) -> list[str]:
    """Imports that are neither ours nor the standard library's."""
    ours = {"openipt", *sys.stdlib_module_names}
    return [f"line {line}: {name}" for line, name in imported(module) if name.split(".")[0] not in ours]


def touches_the_world(module: ast.Module) -> list[str]:
    """Imports and calls by which code learns what nobody gave it."""
    found = [f"line {line}: import {name}" for line, name in imported(module) if _is_world(name)]
    for node in ast.walk(module):
        if isinstance(node, ast.ImportFrom) and node.module:
            found += [f"line {node.lineno}: {a.name}" for a in node.names if a.name in CHANCE]
        if isinstance(node, ast.Call) and _asks(node.func):
            found.append(f"line {node.lineno}: {ast.unparse(node.func)}()")
    return found


def _is_world(name: str) -> bool:
    return any(name == world or name.startswith(f"{world}.") for world in WORLD)


def _asks(called: ast.expr) -> bool:
    if isinstance(called, ast.Name):
        return called.id in {"open", "input", "print"}
    if not isinstance(called, ast.Attribute):
        return False
    owner = ast.unparse(called.value).split(".")[-1]
    return (called.attr in CLOCK and owner in {"date", "datetime"}) or called.attr in CHANCE


@pytest.mark.parametrize("path", [*CORE, *LIBRARY], ids=short)
def test_imports_the_standard_library_and_ourselves_only(path: Path) -> None:
    assert not foreign_imports(tree(path))


@pytest.mark.parametrize("path", CORE, ids=short)
def test_asks_neither_clock_nor_chance_nor_disk(path: Path) -> None:
    assert not touches_the_world(tree(path))


@pytest.mark.parametrize("path", LIBRARY, ids=short)
def test_the_library_reads_files_but_no_clock(path: Path) -> None:
    assert not [fault for fault in touches_the_world(tree(path)) if "today" in fault or "now()" in fault]


@pytest.mark.parametrize(
    "planted",
    [
        "from datetime import date\ndate.today()",
        "import datetime\nx = datetime.datetime.now()",
        "import time",
        "from os import environ",
        "import os.path",
        "from uuid import uuid4",
        "import uuid\nuuid.uuid4()",
        "open('x')",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from pathlib import Path",
    ],
)
def test_the_scan_finds_what_is_planted(planted: str) -> None:
    assert touches_the_world(ast.parse(planted))


def test_the_scan_lets_arithmetic_with_dates_pass() -> None:
    innocent = (
        "from datetime import date, timedelta\nfrom uuid import UUID\nx = date(2026, 3, 2) + timedelta(7)"
    )
    assert not touches_the_world(ast.parse(innocent))
    assert not foreign_imports(ast.parse(innocent))


def test_the_scan_finds_a_framework() -> None:
    assert foreign_imports(ast.parse("def f():\n    from django.db import models")) == ["line 2: django.db"]
