"""The shipped measures, read straight from their files."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from openipt.core.measures.definitions import Measure
from openipt.core.measures.load import load_measures

CONTENT = Path(__file__).resolve().parents[3] / "src" / "openipt" / "content" / "measures"


def tables(folder: Path) -> dict[str, dict[str, Any]]:
    return {file.name: tomllib.loads(file.read_text("utf-8")) for file in folder.glob("*.toml")}


@cache
def shipped() -> dict[str, Measure]:
    measures, faults = load_measures(tables(CONTENT), tables(CONTENT / "wording"))
    assert not faults, "\n".join(map(str, faults))
    return measures


@pytest.fixture
def measures() -> dict[str, Measure]:
    return shipped()


@pytest.fixture
def phq9(measures: dict[str, Measure]) -> Measure:
    return measures["ms_phq9"]


@pytest.fixture
def gad7(measures: dict[str, Measure]) -> Measure:
    return measures["ms_gad7"]
