"""The page of the speed figures is written by the parts that measured them."""

from __future__ import annotations

from pathlib import Path

from benchmarks import bench, table
from benchmarks.table import Row


def test_each_part_puts_its_rows_in_the_place_of_those_before(tmp_path: Path) -> None:
    page = tmp_path / "speed.md"
    page.write_text(f"# Fast\n\n| {' | '.join(table.COLUMNS)} |\n|---|---|---|---|---|---|---|\n\nafter\n")
    table.keep("writes", [Row("writes a second", "100.0"), Row("CPU of one", "4.0")], page)
    table.keep("few", [Row("p95", "80.0", "bare Django 40.0", "2.0", "100 ms")], page)
    table.keep("writes", [Row("writes a second", "120.0")], page)
    lines = page.read_text().splitlines()
    assert [line.split(" | ")[:3] for line in lines if line.startswith("| few")] == [["| few", "p95", "80.0"]]
    assert [line for line in lines if line.startswith("| writes")] == [lines[5]]
    assert "120.0" in lines[5] and lines[-1] == "after"
    assert table.figure("writes", "writes a second", page) == 120.0
    assert "120.0" in table.printed(page)


def test_every_part_of_the_bench_has_its_place_in_the_table() -> None:
    assert set(bench.FULL) == set(table.PARTS) and set(bench.QUICK) <= set(table.PARTS)
    head = next(line for line in table.PAGE.read_text().splitlines() if line.startswith("| part"))
    assert [cell.strip() for cell in head.strip("|").split("|")] == list(table.COLUMNS)
