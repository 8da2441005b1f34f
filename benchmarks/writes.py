"""Check-ins written one after the other, each answer on disk before the next: `.venv/bin/python benchmarks/writes.py`.

Full durability, as a service has it. A sitting of PHQ-9 is eleven writes: opened, nine answers, finished; each is a
transaction with its event of the audit, and the finish scores it. Beside it, in turns, a bare Django insert of a row
of twelve columns in a transaction of its own (`benchmarks/bare.py`), into the same kind of file on the same disk.

    --sittings N  sittings (default 200), each followed by as many bare inserts
    --page FILE   put the figures into this page's table
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from benchmarks import bare, pages, table  # noqa: E402

WRITES = 11  # of a sitting of PHQ-9


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--sittings", type=int, default=200)
    parser.add_argument("--page", type=Path, default=None)
    options = parser.parse_args()
    home = Path(tempfile.mkdtemp(prefix="openipt-bench-"))
    os.environ |= {"OPENIPT_HOME": str(home), "OPENIPT_MODE": "demo"}
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "openipt.web.settings")
    try:
        rows = _measured(options.sittings)
    finally:
        shutil.rmtree(home, ignore_errors=True)
    for row in rows:
        print(f"{row.what:<46}{row.figure:>10}   {row.beside:<24} ratio {row.ratio}")
    table.keep("writes", rows, options.page)
    return 0


def _measured(sittings: int) -> list[table.Row]:
    import django

    django.setup()
    pages._lay_demo()
    bare.make_table()
    sit, ours, beside = _sitting(), Spent(), Spent()
    sit()
    for _ in range(sittings):
        ours.spend(sit)
        beside.spend(_inserts)
    return [
        _row("check-in writes a second", ours.a_second, beside.a_second),
        _row("CPU of a check-in write, ms", ours.cpu_ms, beside.cpu_ms),
    ]


class Spent:
    """Time on the wall and of the CPU, over all calls."""

    def __init__(self) -> None:
        self.wall = self.cpu = 0.0
        self.writes = 0

    def spend(self, act: Callable[[], object]) -> None:
        wall, cpu = time.perf_counter(), time.process_time()
        act()
        self.wall += time.perf_counter() - wall
        self.cpu += time.process_time() - cpu
        self.writes += WRITES

    @property
    def a_second(self) -> float:
        return self.writes / self.wall

    @property
    def cpu_ms(self) -> float:
        return 1000 * self.cpu / self.writes


def _sitting() -> Callable[[], object]:
    """One sitting of the demo's client who is in treatment: PHQ-9, without a risk answer."""
    from openipt.records.actions import checkins
    from openipt.records.models import Episode
    from openipt.web import clock

    running = Episode.objects.filter(therapist__username=pages.THERAPIST, status="active")
    episode = running.select_related("client__user").first()
    assert episode is not None, "the demo has no running episode"
    client: Any = episode.client.user

    def sit() -> None:
        opened = checkins.open_checkin(episode=episode, measures=["ms_phq9"], by=client, at=clock.now())
        for item in range(1, 10):
            value = 0 if item == 9 else item % 3
            checkins.record_answer(
                check_in=opened, measure="ms_phq9", item=item, value=value, by=client, at=clock.now()
            )
        checkins.finish_checkin(check_in=opened, by=client, at=clock.now())

    return sit


def _inserts() -> None:
    for _ in range(WRITES):
        bare.insert_one()


def _row(what: str, figure: float, beside: float) -> table.Row:
    return table.Row(what, f"{figure:.1f}", f"bare insert {beside:.1f}", f"{figure / beside:.2f}")


if __name__ == "__main__":
    raise SystemExit(main())
