"""The hazard log as values: hazards, their controls, and the tests that show each control at work."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
LOG = ROOT / "docs" / "safety" / "hazards.toml"

SEVERITIES = ("minor", "significant", "considerable", "major", "catastrophic")
LIKELIHOODS = ("very low", "low", "medium", "high", "very high")
# Risk 1 to 5 by likelihood (rows, very low first) and severity (columns): project default (DEFAULT).
MATRIX = (
    (1, 1, 2, 2, 3),
    (1, 2, 2, 3, 4),
    (2, 2, 3, 3, 4),
    (2, 3, 3, 4, 5),
    (3, 4, 4, 5, 5),
)
# From here on software alone does not make the risk acceptable: the deploying organisation lowers it further.
NOT_ACCEPTED = 4


@dataclass(frozen=True)
class Control:
    """Something that stands against a hazard. `tests`: pytest addresses of files, folders or single tests."""

    what: str
    tests: tuple[str, ...]


@dataclass(frozen=True)
class Hazard:
    """What could harm somebody; its risk before the controls and with them.

    `left`: what no software can do. `open`: what a service must have in place before it takes on a client,
    where the risk is still too high.
    """

    id: str
    title: str
    causes: tuple[str, ...]
    effect: str
    severity: str
    before: str
    after: str
    controls: tuple[Control, ...]
    left: str = ""
    open: str = ""

    @property
    def risk_before(self) -> int:
        return risk(self.severity, self.before)

    @property
    def risk_after(self) -> int:
        return risk(self.severity, self.after)


def risk(severity: str, likelihood: str) -> int:
    """1 (lowest) to 5. ValueError for a word that is none of the scales'."""
    return MATRIX[LIKELIHOODS.index(likelihood)][SEVERITIES.index(severity)]


@cache
def hazards() -> tuple[Hazard, ...]:
    """Every hazard of the log, in its order."""
    return tuple(_hazard(table) for table in tomllib.loads(LOG.read_text())["hazard"])


def _hazard(table: dict[str, Any]) -> Hazard:
    controls = tuple(Control(one["what"], tuple(one["tests"])) for one in table.pop("control"))
    return Hazard(**{**table, "causes": tuple(table["causes"])}, controls=controls)


def covers(address: str, node: str) -> bool:
    """Does a test's address (a folder, a file or one test) take in this run of a test?"""
    return node == address or node.startswith((f"{address}/", f"{address}::", f"{address}["))


WITHOUT_DATA = "left out without the shared data"


def unproven(outcomes: dict[str, str]) -> list[str]:
    """Controls that a whole run did not show at work. `outcomes`: how each test of the run ended.

    A test that had to be left out because the shared data is not on this machine (`WITHOUT_DATA`) speaks neither for
    nor against its control.
    """
    found = []
    for hazard in hazards():
        for address in (test for control in hazard.controls for test in control.tests):
            ends = [outcome for node, outcome in outcomes.items() if covers(address, node)]
            if not ends:
                found.append(f"{hazard.id}: no test ran at {address}")
            elif any(end not in ("passed", WITHOUT_DATA) for end in ends):
                found.append(f"{hazard.id}: not every test passed at {address}")
    return found
