"""Where a course stands, a second: `.venv/bin/python benchmarks/course.py`.

The engine's whole answer (phase, tasks, measures due, transitions, every rule) for courses made in memory from a
seed, as `rules.py` makes them, in one process; by its own CPU time.

    --count N    courses (default 3000)
    --page FILE  put the figure into this page's table
"""

from __future__ import annotations

import argparse
import gc
import random
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from benchmarks import rules, table  # noqa: E402

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
    row = table.Row("course_status a second", f"{options.count / (time.process_time() - began):,.0f}")
    print(f"{row.what}: {row.figure}")
    table.keep("course", [row], options.page)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
