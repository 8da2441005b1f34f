"""How fast OpenIPT is, part by part, in one table: `make bench`, or `.venv/bin/python benchmarks/bench.py`.

Each part runs in a process of its own and puts its rows into docs/reference/speed.md, in the place of those before;
then the table is printed. A full part takes minutes, the whole about half an hour.

    --quick      every part with little of everything, in about two minutes; printed, not kept
    --only PART  one part, or several
    --home DIR   a folder in which the services of 1,000 and 100,000 episodes are kept for the next time
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from benchmarks import table  # noqa: E402

FULL = {
    "pages": ["pages.py"],
    "few": ["load.py", "--people", "8", "32", "--warm", "20", "--seconds", "60"],
    "many": ["load.py", "--short", "99000", "--people", "8", "32", "--warm", "30", "--seconds", "60"],
    "writes": ["writes.py"],
    "scoring": ["scoring.py"],
    "course": ["course.py"],
    "start": ["start.py"],
    "worker": ["worker.py"],
    "rules": ["rules.py"],
}
QUICK = {
    "pages": ["pages.py", "--rooms", "--count", "5"],
    "few": ["load.py", "--episodes", "150", "--people", "8", "--warm", "4", "--seconds", "8"],
    "writes": ["writes.py", "--sittings", "20"],
    "scoring": ["scoring.py", "--count", "20000", "--without"],
    "course": ["course.py", "--count", "500"],
    "start": ["start.py", "--starts", "1"],
    "worker": ["worker.py", "--alerts", "300", "--answers", "10", "--open", "500"],
    "rules": ["rules.py", "--count", "2000"],
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--only", nargs="+", choices=FULL, default=list(FULL))
    parser.add_argument("--home", type=Path, default=None)
    options = parser.parse_args()
    parts = QUICK if options.quick else FULL
    with tempfile.TemporaryDirectory(prefix="openipt-speed-") as folder:
        page = _page(Path(folder), quick=options.quick)
        wrong = [
            part for part in options.only if part in parts and not _ran(part, parts[part], page, options)
        ]
        print(f"\n{table.printed(page)}")
    if wrong:
        print(f"\nnot measured: {', '.join(wrong)}")
    return 1 if wrong else 0


def _page(folder: Path, *, quick: bool) -> Path:
    """The page the rows go to: a copy without rows where little is measured."""
    if not quick:
        return table.PAGE
    copy = folder / "speed.md"
    shutil.copy(table.PAGE, copy)
    for part in table.PARTS:
        table.keep(part, (), copy)
    return copy


def _ran(part: str, command: list[str], page: Path, options: argparse.Namespace) -> bool:
    """Whether this part measured what it should; its own, longer table goes to the screen as it comes."""
    began = time.monotonic()
    print(f"\n-- {part}", flush=True)
    home = ["--home", str(options.home / part)] if options.home and command[0] == "load.py" else []
    script = ROOT / "benchmarks" / command[0]
    line = [sys.executable, str(script), *command[1:], *home, "--page", str(page)]
    done = subprocess.run(line, check=False)  # noqa: S603
    print(f"   ({time.monotonic() - began:.0f} s)", flush=True)
    return done.returncode == 0


if __name__ == "__main__":
    raise SystemExit(main())
