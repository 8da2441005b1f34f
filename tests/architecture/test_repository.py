"""The repository speaks of the product alone."""

from __future__ import annotations

import os
import re
import subprocess

import pytest

from tests.architecture.source import ROOT, tracked_files

MACHINE = re.compile(r"(?<![\w.$}/-])/(?:work|root|home|Users|opt)/[\w.]+")
TEXT = {".py", ".md", ".toml", ".txt", ".in", ".html", ".css", ".js", ".json", ".sh", ".svg", ""}


def test_no_file_names_a_place_on_somebodys_machine() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {match.group()}"
        for path in tracked_files()
        if path.suffix in TEXT
        for match in MACHINE.finditer(path.read_text(encoding="utf-8"))
    ]
    assert not found


def test_the_search_for_places_finds_what_is_planted() -> None:
    assert MACHINE.search('open("' + "/home" + '/ann/notes.txt")')
    assert not MACHINE.search("https://www.example.org" + "/home" + "/page")


def test_no_unfinished_work_is_left_in_the_source() -> None:
    marks = re.compile(r"\b(" + "|".join(("TO" + "DO", "FIX" + "ME", "X" * 3)) + r")\b")
    sources = [path for path in tracked_files() if path.suffix in {".py", ".toml", ".html", ".js", ".css"}]
    assert not [path.name for path in sources if marks.search(path.read_text(encoding="utf-8"))]


@pytest.mark.parametrize("name", [".ci/run", *(f"scripts/{p.name}" for p in (ROOT / "scripts").iterdir())])
def test_scripts_can_be_run(name: str) -> None:
    path = ROOT / name
    assert os.access(path, os.X_OK)
    first = path.read_text().splitlines()[0]
    assert first.startswith("#!")
    if first.endswith("/sh"):
        subprocess.run(["sh", "-n", path], check=True)


def test_what_ci_runs_is_what_a_developer_runs() -> None:
    assert "make check test" in (ROOT / ".ci/run").read_text()
