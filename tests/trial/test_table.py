"""The page of the long trials is written by them."""

from __future__ import annotations

from pathlib import Path

from tests.trial import table

FOUND = {
    "kills": 1000,
    "cases": 900,
    "places": 1100,
    "lost": 0,
    "doubled": 0,
    "sent_again": 3,
    "audit_faults": 0,
    "seconds": 12.5,
}


def test_each_database_has_one_row_that_the_next_run_replaces(tmp_path: Path) -> None:
    page = tmp_path / "trial.md"
    page.write_text("# Trial\n\n| database | kills |\n|---|---|\n\nafter\n")
    table.write("sqlite", FOUND, page)
    table.write("postgresql", FOUND, page)
    table.write("sqlite", {**FOUND, "kills": 2000}, page)
    text = page.read_text()
    assert text.count("| SQLite |") == text.count("| PostgreSQL |") == 1
    assert "| SQLite | 2,000 | 900 |" in text
    assert text.startswith("# Trial\n") and text.endswith("\nafter\n")


def test_the_page_has_a_column_for_everything_that_is_counted() -> None:
    head = next(line for line in table.PAGE.read_text().splitlines() if line.startswith("| database"))
    assert [cell.strip() for cell in head.strip("|").split("|")] == [
        "database",
        *(title for _, title in table.COLUMNS),
        "day",
        "machine",
    ]


def test_the_walks_have_a_table_of_their_own(tmp_path: Path) -> None:
    page = tmp_path / "trial.md"
    page.write_text("| database | kills |\n|---|---|\n\n| adaptation | walks |\n|---|---|\n\nafter\n")
    found = {"walks": 2000, "lengths": 6, "sessions": 9, "faults": 0, "never_due": "none", "seconds": 1.5}
    table.write("sqlite", FOUND, page)
    table.write_walks("ipc", found, page)
    table.write_walks("ipc", {**found, "walks": 3000}, page)
    lines = page.read_text().splitlines()
    assert lines[0].startswith("| database") and lines[2].startswith("| SQLite")
    assert lines[6].startswith("| `ipc` | 3,000 | 6 | 9 | 0 | none | 1.5 |") and lines[-1] == "after"


def test_the_page_has_a_column_for_everything_that_is_counted_on_walks() -> None:
    head = next(line for line in table.PAGE.read_text().splitlines() if line.startswith("| adaptation"))
    titles = [title for _, title in table.WALK_COLUMNS]
    assert [cell.strip() for cell in head.strip("|").split("|")] == ["adaptation", *titles, "day", "machine"]
