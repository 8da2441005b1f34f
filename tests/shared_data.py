"""The reference data shared between repositories: OPENIPT_SHARED, else `../shared` beside this one."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


ABSENT = "set OPENIPT_SHARED to the folder that holds it"


def shared(path: str = "") -> Path:
    """The file or folder at `path` in the shared data. Skips the test, saying why, where it is absent."""
    named = os.environ.get("OPENIPT_SHARED")
    folder = Path(named) if named else ROOT.parent / "shared"
    found = folder / path
    if not found.exists():
        pytest.skip(
            f"shared data '{path}' is not in {folder}: {ABSENT}",
            allow_module_level=True,
        )
    return found
