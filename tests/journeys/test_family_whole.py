"""An example course of each adaptation, typed whole by a therapist and a client: its own phases, tasks and records.

Minutes each: typed by `make trial`. What is for research only is offered to nobody when a client is taken on.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.journeys.case_run import typed_whole
from tests.journeys.example_story import EXAMPLES, ExampleStory

pytestmark = [pytest.mark.journey, pytest.mark.trial]


OFFERED = [path for path in sorted(EXAMPLES.glob("*.json")) if not ExampleStory(path).manual.research]


@pytest.mark.parametrize("path", [pytest.param(path, id=path.stem) for path in OFFERED])
def test_an_example_course_is_typed_whole(path: Path, tmp_path: Path, chromium: Any) -> None:
    faults = typed_whole(path, tmp_path, chromium)
    assert not faults, "\n".join(faults)
