"""Where a course stands, a second; a course of two years; all content read: `.venv/bin/python benchmarks/course.py`.

The engine's whole answer (phase, tasks, measures due, transitions, every rule) for courses made in memory from a
seed, as `rules.py` makes them, in one process; by its own CPU time. Beside it, that answer after the last session of
the example of rhythm therapy, which runs over two years, against that of one in sixteen weeks; and every file of the
content read, joined and checked, as at a start.

    --count N    courses (default 3000)
    --page FILE  put the figure into this page's table
"""

from __future__ import annotations

import argparse
import gc
import random
import sys
import time
from dataclasses import replace
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from benchmarks import rules, table  # noqa: E402

from openipt import library  # noqa: E402
from openipt.cli.course import read_episode  # noqa: E402
from openipt.core.course.status import course_status  # noqa: E402


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--count", type=int, default=3000)
    parser.add_argument("--page", type=Path, default=None)
    options = parser.parse_args()
    made = [rules.a_course(random.Random(f"1.{number}")) for number in range(options.count + 50)]  # noqa: S311
    for manual, course, on in made[:50]:
        course_status(manual, course, on)
    gc.collect()
    began = time.process_time()
    for manual, course, on in made[50:]:
        course_status(manual, course, on)
    rows = [table.Row("course_status a second", f"{options.count / (time.process_time() - began):,.0f}")]
    rows += [_two_years(options.count // 10), _content()]
    for row in rows:
        print(f"{row.what}: {row.figure}; {row.beside or 'alone'} {row.ratio}")
    table.keep("course", rows, options.page)
    return 0


def _two_years(count: int) -> table.Row:
    """The answer of the longest example against that of sixteen weeks, in one run."""
    long, short = (_answered(ROOT / f"docs/examples/{name}.json", count) for name in ("ipsrt", "ipt_d"))
    return table.Row(
        "course_status of two years, ms",
        f"{1000 * long:.2f}",
        f"sixteen weeks {1000 * short:.2f}",
        f"{long / short:.1f}",
    )


def _answered(file: Path, count: int) -> float:
    """Seconds of CPU for one answer on the day of the last session."""
    read = read_episode(str(file))
    manual, course, on = library.manual(read.adaptation), read.course(), read.meetings[-1].on
    began = time.process_time()
    for _ in range(count):
        course_status(manual, replace(course), on)  # a course of its own each time: one keeps what it found
    return (time.process_time() - began) / count


def _content() -> table.Row:
    """Every manual, measure, rule and record, read from its file and checked."""
    began = time.process_time()
    found, faults = library.check()
    assert not faults
    adaptations = f"{len(found.manuals)} adaptations"
    return table.Row(
        "all content read and checked, ms", f"{1000 * (time.process_time() - began):.0f}", adaptations
    )


if __name__ == "__main__":
    raise SystemExit(main())
