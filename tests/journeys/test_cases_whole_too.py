"""The other half of the worked cases, typed whole by a second worker: see `test_cases_whole.py`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.journeys.case_run import typed_whole
from tests.journeys.case_story import half_of_the_cases

pytestmark = pytest.mark.journey


@pytest.mark.parametrize("path", half_of_the_cases(1))
def test_a_case_is_typed_whole(path: Path, tmp_path: Path, chromium: Any) -> None:
    faults = typed_whole(path, tmp_path, chromium)
    assert not faults, "\n".join(faults)
