"""What we depend on: said why, pinned, hashed, and from nowhere in particular."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from tests.architecture.source import ROOT

LOCKS = sorted((ROOT / "requirements").glob("*.txt"))
PIN = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^ ;\\]+)", re.MULTILINE)
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def pins(name: str) -> dict[str, str]:
    """Name and version of everything the lock `name` pins."""
    text = (ROOT / "requirements" / f"{name}.txt").read_text()
    return {match["name"].lower(): match["version"] for match in PIN.finditer(text)}


def test_every_dependency_says_what_it_is_for() -> None:
    lines = (ROOT / "pyproject.toml").read_text().splitlines()
    dependencies = [line for line in lines if re.match(r'\s+"[A-Za-z][^"]*[<>=][^"]*",', line)]
    extras = PROJECT["optional-dependencies"].values()
    assert len(dependencies) == len(PROJECT["dependencies"]) + sum(len(extra) for extra in extras)
    assert not [line for line in dependencies if not re.search(r"#\s*\w+", line)]


@pytest.mark.parametrize("path", LOCKS, ids=lambda path: path.name)
def test_a_lock_names_no_host_and_no_place(path: Path) -> None:
    text = path.read_text()
    assert not re.search(r"://|--(extra-)?index-url|--find-links|--trusted-host| @ |\bfile:|^/", text, re.M)
    lines = [line.split("#")[0] for line in text.splitlines()]
    assert not [line for line in lines if re.search(r"[a-z0-9-]+\.(org|com|net|io|dev|local)\b", line)]


@pytest.mark.parametrize("path", LOCKS, ids=lambda path: path.name)
def test_everything_in_a_lock_is_pinned_with_hashes(path: Path) -> None:
    entries = re.split(r"^(?=[A-Za-z0-9])", path.read_text(), flags=re.MULTILINE)[1:]
    assert len(entries) > 10
    assert not [entry for entry in entries if not PIN.match(entry) or "--hash=sha256:" not in entry]


@pytest.mark.parametrize(
    ("lock", "extras"),
    [
        ("serve", []),
        ("live", ["postgres"]),
        ("test", ["postgres", "dev"]),
        ("docs", ["postgres", "dev", "docs"]),
    ],
)
def test_a_lock_holds_what_the_project_asks_for(lock: str, extras: list[str]) -> None:
    asked = PROJECT["dependencies"] + [r for name in extras for r in PROJECT["optional-dependencies"][name]]
    pinned = pins(lock)
    for requirement in map(Requirement, asked):
        assert requirement.name.lower() in pinned, f"{requirement.name} is not locked: run make lock"
        assert requirement.specifier.contains(pinned[requirement.name.lower()])


def test_the_tests_run_on_what_is_served() -> None:
    assert pins("serve").items() <= pins("live").items() <= pins("test").items() <= pins("docs").items()


def test_what_builds_the_documentation_is_in_no_other_lock() -> None:
    tools = {Requirement(one).name.lower() for one in PROJECT["optional-dependencies"]["docs"]}
    assert tools <= pins("docs").keys()
    assert not tools & pins("test").keys()
