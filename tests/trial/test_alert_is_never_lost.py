"""Killed with SIGKILL anywhere between the answer and its acknowledgement: nothing lost, nothing doubled."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest

from tests.shared_data import ROOT
from tests.trial import table

FEW, MANY = 8, 1000


def trial(kills: int, home: Path, database: str = "") -> dict[str, Any]:
    """The trial in a process of its own: it forks, and must not take a test's connections along."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("OPENIPT_", "DJANGO_"))}
    path = os.pathsep.join((str(ROOT / "src"), str(ROOT)))
    more = {"OPENIPT_DATABASE_URL": database} if database else {}
    done = subprocess.run(
        [sys.executable, "-m", "tests.trial.alert_path", "--kills", str(kills)],
        cwd=home,
        env={**kept, "PYTHONPATH": path, "TMPDIR": str(home), **more},
        capture_output=True,
        text=True,
        timeout=7200,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    return json.loads(done.stdout.splitlines()[-1])


@pytest.fixture
def own_database(postgres: str) -> str:
    """A database for this trial alone on the throwaway server."""
    import psycopg

    parts = urlsplit(postgres)
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS alert_path")
        connection.execute("CREATE DATABASE alert_path")
    return urlunsplit(parts._replace(path="/alert_path"))


def hold(found: dict[str, Any], kills: int, database: str) -> None:
    assert found["database"] == database
    assert found["kills"] >= kills
    assert found["wrong"] == []
    assert (found["lost"], found["doubled"], found["steps_wrong"]) == (0, 0, 0)
    assert (found["unfinished"], found["audit_faults"]) == (0, 0)
    assert found["places"] > 300, "too few places to die at: is the path still walked whole?"


def test_a_few_kills_lose_and_double_nothing(tmp_path: Path) -> None:
    hold(trial(FEW, tmp_path), FEW, "sqlite")


@pytest.mark.postgres
def test_a_few_kills_lose_and_double_nothing_on_postgresql(tmp_path: Path, own_database: str) -> None:
    hold(trial(FEW, tmp_path, own_database), FEW, "postgresql")


@pytest.mark.trial
def test_a_thousand_kills_lose_and_double_nothing(tmp_path: Path) -> None:
    found = trial(MANY, tmp_path)
    table.write("sqlite", found)
    hold(found, MANY, "sqlite")
    assert all(found["killed_in"].values())


@pytest.mark.trial
@pytest.mark.postgres
def test_a_thousand_kills_lose_and_double_nothing_on_postgresql(tmp_path: Path, own_database: str) -> None:
    found = trial(MANY, tmp_path, own_database)
    table.write("postgresql", found)
    hold(found, MANY, "postgresql")
    assert all(found["killed_in"].values())
