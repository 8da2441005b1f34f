"""The examples of the pages that are run: what a comment before a block says is to be done with it.

<!-- file: NAME PATH -->    the block is written to PATH in the folder of the example
<!-- runs: NAME -->         the block is a shell script; all of one name run one after the other in one shell
<!-- prints: NAME -->       what the block before it, of that name, must have printed
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from tests.architecture.source import ROOT

MARKED = re.compile(
    r"^<!-- (file|runs|prints): (\w+) ?(\S*) -->\n(`{3,})[^\n]*\n(.*?)^\4$", re.MULTILINE | re.DOTALL
)
OPENIPT = f'#!/bin/sh\nexec "{sys.executable}" -m openipt "$@"\n'


@dataclass
class Example:
    """The files and the script of one name on one page, and what it must print."""

    page: str
    name: str
    files: dict[str, str] = field(default_factory=dict)
    script: str = ""
    prints: str = ""


def examples() -> list[Example]:
    found: dict[tuple[str, str], Example] = {}
    for page in sorted((ROOT / "docs").rglob("*.md")):
        place = str(page.relative_to(ROOT / "docs"))
        for what, name, path, _, body in MARKED.findall(page.read_text(encoding="utf-8")):
            one = found.setdefault((place, name), Example(place, name))
            if what == "file":
                one.files[path] = body
            elif what == "runs":
                one.script += body
            else:
                one.prints += body
    return list(found.values())


def run(example: Example, folder: Path, source: Path) -> subprocess.CompletedProcess[str]:
    """Run it in that folder as the page says, on a home of its own in `home`."""
    for name, body in example.files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(body, encoding="utf-8")
    commands = folder / "commands"
    commands.mkdir(exist_ok=True)
    for name, script in (("openipt", OPENIPT), ("python3", f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')):
        (commands / name).write_text(script)
        (commands / name).chmod(0o755)
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("OPENIPT_", "DJANGO_"))
    }
    environment |= {
        "PATH": f"{commands}:{os.environ['PATH']}",
        "PYTHONPATH": str(source),
        "OPENIPT_HOME": str(folder / "home"),
    }
    return subprocess.run(
        ["sh", "-eu", "-c", example.script], cwd=folder, env=environment, input="a-quiet-pass-phrase\n" * 2,
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip
