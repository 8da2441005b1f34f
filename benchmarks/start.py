"""How long the server takes to start, and its memory: `.venv/bin/python benchmarks/start.py`.

From the command to the first page answered, on a home in which the demo lies, the median of several starts; memory
of all its processes together (shared pages once), then and after pages have been asked. Beside it a bare Django
project under the same server (`benchmarks/bare.py`).

    --starts N   how often (default 5)
    --page FILE  put the figures into this page's table
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from benchmarks import load, pages, table  # noqa: E402

PAGES = 200


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--starts", type=int, default=5)
    parser.add_argument("--page", type=Path, default=None)
    options = parser.parse_args()
    home = Path(tempfile.mkdtemp(prefix="openipt-bench-"))
    os.environ |= {"OPENIPT_HOME": str(home), "OPENIPT_MODE": "demo"}
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "openipt.web.settings")
    try:
        rows = _measured(options.starts)
    finally:
        shutil.rmtree(home, ignore_errors=True)
    for row in rows:
        print(f"{row.what:<52}{row.figure:>8}   {row.beside:<24} ratio {row.ratio}")
    table.keep("start", rows, options.page)
    return 0


def _measured(starts: int) -> list[table.Row]:
    import django

    django.setup()
    pages._lay_demo()
    cookie = pages.cookie_of(pages.THERAPIST, "/")
    ours = [_started(load.openipt(2), "/today/", cookie) for _ in range(starts)]
    beside = [_started(load.bare_django(2), "/page/40000/", "") for _ in range(starts)]
    told = ("from the command to the first page, s", "memory of two workers then, MB",
            f"memory after {PAGES} pages, MB")  # fmt: skip
    return [
        _row(what, statistics.median(a), statistics.median(b))
        for what, a, b in zip(told, zip(*ours, strict=True), zip(*beside, strict=True), strict=True)
    ]


def _started(command: Callable[[int], list[str]], address: str, cookie: str) -> tuple[float, float, float]:
    """Seconds to the first page, and MB then and later."""
    port = load.free_port()
    began = time.perf_counter()
    server = subprocess.Popen([sys.executable, *command(port)], stdout=subprocess.DEVNULL)  # noqa: S603
    try:
        while not _answers(port, address, cookie):
            time.sleep(0.02)
        seconds = time.perf_counter() - began
        first = _memory_of(server.pid)
        for _ in range(PAGES):
            _answers(port, address, cookie)
        return seconds, first, _memory_of(server.pid)
    finally:
        server.terminate()
        server.wait(30)


def _answers(port: int, address: str, cookie: str) -> bool:
    asked = urllib.request.Request(f"http://localhost:{port}{address}", headers={"Cookie": cookie})  # noqa: S310
    try:
        with urllib.request.urlopen(asked, timeout=30) as answer:  # noqa: S310
            return bool(answer.read()) and answer.status == 200
    except (urllib.error.URLError, ConnectionError):
        return False


def _memory_of(pid: int) -> float:
    """MB of a process and all below it; what several share is counted once."""
    found = 0
    for one in load.processes_of(pid):
        lines = Path(f"/proc/{one}/smaps_rollup").read_text().splitlines()
        found += next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return found / 1024


def _row(what: str, figure: float, beside: float) -> table.Row:
    return table.Row(what, f"{figure:.1f}", f"bare Django {beside:.1f}", f"{figure / beside:.1f}")


if __name__ == "__main__":
    raise SystemExit(main())
