"""The tests of the record once more, on a throwaway PostgreSQL server."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).name


@pytest.mark.postgres
def test_the_record_keeps_its_promises_on_postgresql(postgres: str) -> None:
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "tests/records",
            f"--ignore=tests/records/{HERE}",
            "--ignore=tests/records/test_import_keeps_words_sealed.py",  # what it asks, no database answers
            "--ignore=tests/records/test_demo.py",  # nor that: it reads the pages of the demo, which takes long to lay
            "--ignore=tests/records/test_examples.py",  # files come in from the worked cases (test_transfer)
            "--ignore=tests/records/test_many_episodes.py",  # the service that is measured lies on SQLite
            # it looks at the files of a service of its own, which lies on SQLite
            "--deselect=tests/records/test_sealing.py::test_no_word_is_readable_in_any_file_of_the_service",
            "-p",
            "no:cacheprovider",
        ],
        cwd=ROOT,
        env={**os.environ, "OPENIPT_DATABASE_URL": postgres, "PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
        timeout=900,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
