"""Questionnaires scored a second, beside BioPsyKit's: `.venv/bin/python benchmarks/scoring.py`.

OpenIPT scores PHQ-9 answer sheet by answer sheet: band, prorated total and alerts, a value for each sheet.
BioPsyKit's `phq` is a function over a whole table of numbers and answers with sums. So both are asked in both ways:
sheet by sheet, as they come in, and a hundred thousand at
once. BioPsyKit is installed into a throwaway environment and is no dependency of ours; where it cannot be
installed, the table says so.

    --count N      sheets (default 100,000)
    --without      leave BioPsyKit out
    --page FILE    put the figures into this page's table
"""

from __future__ import annotations

import argparse
import gc
import json
import random
import subprocess
import sys
import tempfile
import time
import venv
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from benchmarks import table  # noqa: E402

from openipt import library  # noqa: E402
from openipt.core.measures.scoring import score  # noqa: E402

OTHER = "biopsykit==0.14.0"
MINUTES = 4  # that installing it may take
THEIRS = """
import json, sys, time
import numpy, pandas
from biopsykit.questionnaires.questionnaires import phq
count = int(sys.argv[1])
answers = numpy.random.default_rng(1).integers(0, 4, (count, 9))
sheets = pandas.DataFrame(answers, columns=[f"PHQ9_{item:02}" for item in range(1, 10)])
phq(sheets[:10])
began = time.process_time()
phq(sheets)
whole = time.process_time() - began
few = [sheets[n : n + 1] for n in range(500)]
began = time.process_time()
for one in few:
    phq(one)
print(json.dumps([count / whole, 500 / (time.process_time() - began)]))
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--without", action="store_true")
    parser.add_argument("--page", type=Path, default=None)
    options = parser.parse_args()
    ours = _ours(options.count)
    theirs = "not asked" if options.without else _theirs(options.count)
    rows = [_row("PHQ-9 scored a second, sheet by sheet", ours, theirs, 1),
            _row(f"the same, {options.count:,} at once", ours, theirs, 0)]  # fmt: skip
    for row in rows:
        print(f"{row.what:<44}{row.figure:>10}   {row.beside:<44} {row.ratio}")
    table.keep("scoring", rows, options.page)
    return 0


def _ours(count: int) -> float:
    """Sheets a second of CPU; one in twenty lacks an answer."""
    measure, chance = library.measure("ms_phq9"), random.Random(1)  # noqa: S311
    sheets: list[list[int | None]] = [[chance.randint(0, 3) for _ in range(9)] for _ in range(count)]
    for sheet in sheets[::20]:
        sheet[3] = None
    gc.collect()
    began = time.process_time()
    for sheet in sheets:
        score(measure, sheet)
    return count / (time.process_time() - began)


def _theirs(count: int) -> Any:
    """[sheets a second at once, one by one], or the words why there are none."""
    with tempfile.TemporaryDirectory(prefix="openipt-biopsykit-") as folder:
        try:
            venv.create(folder, with_pip=True)
            python = str(Path(folder) / "bin/python")
            install = [python, "-m", "pip", "install", "--quiet", OTHER]
            subprocess.run(install, check=True, timeout=60 * MINUTES, capture_output=True)  # noqa: S603
            asked = subprocess.run(  # noqa: S603
                [python, "-c", THEIRS, str(count)], check=True, timeout=120, capture_output=True, text=True
            )
            return json.loads(asked.stdout.splitlines()[-1])
        except (subprocess.SubprocessError, OSError):
            return "could not be installed here"


def _row(what: str, ours: float, theirs: Any, place: int) -> table.Row:
    if isinstance(theirs, str):
        return table.Row(what, f"{ours:,.0f}", f"BioPsyKit {theirs}")
    beside = f"BioPsyKit 0.14 {theirs[place]:,.0f}"
    return table.Row(what, f"{ours:,.0f}", beside, f"{ours / theirs[place]:.3g}")


if __name__ == "__main__":
    raise SystemExit(main())
