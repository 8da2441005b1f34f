"""The throwaway PostgreSQL server, and the product's tables on it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.test_serve import environment


@pytest.mark.postgres
def test_the_tables_are_made_on_postgresql(postgres: str, tmp_path: Path) -> None:
    """`openipt migrate` runs on PostgreSQL by one setting, and then finds nothing left to do."""
    for words in (["migrate"], ["migrate", "--check"]):
        said = subprocess.run(
            [sys.executable, "-m", "openipt", *words],
            env=environment(tmp_path, OPENIPT_DATABASE_URL=postgres),
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert said.returncode == 0, said.stderr
