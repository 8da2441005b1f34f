"""Worked cases typed whole into the product by a browser, session by session, and what comes of them.

Half of them are here, the others are in `test_cases_whole_too.py`: two workers share them. The long ones are
typed by `make trial`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.journeys.case_run import typed_whole
from tests.journeys.case_story import half_of_the_cases

pytestmark = pytest.mark.journey


@pytest.mark.parametrize("path", half_of_the_cases(0))
def test_a_case_is_typed_whole(path: Path, tmp_path: Path, chromium: Any) -> None:
    faults = typed_whole(path, tmp_path, chromium)
    assert not faults, "\n".join(faults)
