"""One case or example course from an empty service to its proof."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

from tests.journeys.case_proof import CaseProof
from tests.journeys.case_story import CaseStory
from tests.journeys.case_typist import THERAPIST, CaseTypist
from tests.journeys.example_story import EXAMPLES, ExampleStory
from tests.journeys.served import Served
from tests.journeys.windows import Windows


def typed_whole(path: Path, folder: Path, browser: Any) -> list[str]:
    """Type the case into a service of its own. Returns everything that is not as it must be."""
    story = ExampleStory(path) if path.parent == EXAMPLES else CaseStory(path)
    start = datetime.combine(story.sessions[0].on - timedelta(days=8), time(8), tzinfo=UTC)
    served = Served(folder / "home", start)
    served.add_staff(THERAPIST, "therapist", "Maren Solberg")
    served.start()
    windows = Windows(served, browser)
    typist = CaseTypist(story, windows)
    try:
        typist.whole_course()
        return [*proven(CaseProof(story, typist, served), folder), *windows.complaints]
    except Exception:
        windows.picture(folder)
        raise
    finally:
        windows.close()
        served.stop()


def proven(proof: CaseProof, folder: Path) -> list[str]:
    """Every check, each fault in a line."""
    return [
        *proof.everything_is_there(),
        *proof.page_and_engine_agree(),
        *proof.phone_and_engine_agree(),
        *proof.command_agrees(folder),
        *proof.as_expected(),
        *proof.rankings_as_expected(),
        *proof.documents(),
        *proof.leaks(),
    ]
