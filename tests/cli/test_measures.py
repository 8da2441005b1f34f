"""`openipt measures`: one set of answers, a file of a million, and the list."""

from __future__ import annotations

import csv
import io
import json
import os
import tracemalloc
from pathlib import Path

import pytest

from openipt import library
from openipt.cli.main import main


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("OPENIPT_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("OPENIPT_MODE", raising=False)
    monkeypatch.delenv("OPENIPT_CLOCK", raising=False)
    yield tmp_path / "home"
    library.configure(extra=None)


def ran(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    code = main(["measures", *words])
    out, err = capsys.readouterr()
    return code, out, err


def test_scores_one_set_of_answers_as_json(capsys) -> None:
    code, out, _ = ran(capsys, "score", "ms_phq9", "--answers", "1,2,0,3,1,1,1,1,2", "--json")
    assert code == 0
    assert json.loads(out) == {
        "measure": "ms_phq9",
        "version": "1",
        "total": 12,
        "band": "moderate",
        "prorated": False,
        "missing": [],
        "alerts": [{"rule": "DR-01", "severity": "warning", "item": 9, "value": 2}],
    }


def test_empty_places_and_dashes_are_missing(capsys) -> None:
    code, out, _ = ran(capsys, "score", "ms_phq9", "--answers", "1,,2,-,1,1,1,1,0", "--json")
    found = json.loads(out)
    assert (code, found["missing"], found["prorated"], found["total"]) == (0, [2, 4], True, 9)
    code, out, _ = ran(capsys, "score", "ms_phq9", "--answers=-,,,1,1,1,1,1,", "--json")
    found = json.loads(out)
    assert (code, found["total"], found["band"]) == (0, None, None)
    assert found["why_no_total"] == "4 of 9 answers are missing; a total allows 2."
    assert found["alerts"][0]["rule"] == "ask-about-safety"


def test_says_a_score_in_words(capsys) -> None:
    code, out, _ = ran(capsys, "score", "ms_phq9", "--answers", "1,2,0,3,,1,1,1,")
    assert code == 0
    assert out.splitlines() == [
        "PHQ-9: 12 (moderate)",
        "Prorated: the mean of the answers given stands in for the missing ones (project default).",
        "Missing: item 5, 9.",
        "Alert: ask-about-safety warning (item 9).",
    ]


def test_a_total_of_an_outside_form(capsys) -> None:
    code, out, _ = ran(capsys, "score", "ms_wsas", "--total", "18", "--json")
    assert (code, json.loads(out)["band"]) == (0, "significant impairment")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("ms_phq9", "--answers", "1,2"), "PHQ-9 has 9 items; 2 answers were given."),
        (("ms_phq9", "--answers", "1,2,0,5,1,1,1,1,2"), "item 4 takes 0 to 3"),
        (("ms_phq9", "--answers", "1,2,0,x,1,1,1,1.5,2"), "Not a whole number: item 4, item 8."),
        (("ms_phq99", "--answers", "1"), "Did you mean 'ms_phq9'?"),
        (("ms_wsas", "--answers", "1,1,1,1,1"), "kept as a total only"),
        (("ms_wsas", "--total", "99"), "Totals go from 0 to 40."),
        (("ms_wsas", "--total", "nan"), "not a possible total"),
        (("ms_phq9", "--answers", "0", "--out", "x"), "--out goes with --csv."),
        (("ms_phq9", "--csv", "/nowhere.csv"), "/nowhere.csv: cannot be read"),
    ],
)
def test_faults_are_one_clear_line(capsys, words: tuple[str, ...], said: str) -> None:
    code, out, err = ran(capsys, "score", *words)
    assert code == 3 and out == ""
    assert said in err and len(err.splitlines()) == 1 and "Traceback" not in err


HEADER = ["person", *[f"item_{n}" for n in range(1, 10)], "note"]


def written(path: Path, *rows: list[str], header: list[str] = HEADER) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    return path


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_a_file_keeps_its_other_columns_and_gains_ours(tmp_path: Path, capsys) -> None:
    given = written(
        tmp_path / "in.csv",
        ["a", *"111111110", "first, with a comma"],
        ["b", *"1111111", "", "", "zweite ü"],
        ["c", *"000000003", ""],
    )
    code, _, err = ran(capsys, "score", "ms_phq9", "--csv", str(given), "--out", str(tmp_path / "out.csv"))
    assert (code, err) == (0, "")
    first, second, third = read(tmp_path / "out.csv")
    assert list(first) == [*HEADER, "total", "band", "prorated", "missing", "alerts", "error"]
    assert (first["note"], first["total"], first["band"], first["prorated"]) == (
        "first, with a comma",
        "8",
        "mild",
        "no",
    )
    assert (second["note"], second["total"], second["prorated"], second["missing"]) == (
        "zweite ü",
        "9",
        "yes",
        "8 9",
    )
    assert second["alerts"] == "ask-about-safety warning (item 9)"
    assert (third["total"], third["alerts"]) == ("3", "DR-01 critical (item 9)")


def test_bad_rows_are_kept_and_named_by_line(tmp_path: Path, capsys) -> None:
    given = written(
        tmp_path / "in.csv",
        ["a", *"111111110", ""],
        ["b", *"1111711x0", "secret words"],
        ["c", "1"],
        ["d", *"111111119", ""],
        ["e", *"000000000", ""],
    )
    code, _, err = ran(capsys, "score", "ms_phq9", "--csv", str(given), "--out", str(tmp_path / "out.csv"))
    assert code == 1
    assert "line 3: Not a whole number: item 8." in err
    assert "line 4: has 2 cells where the header has 11" in err
    assert "line 5: PHQ-9: out of range: item 9 takes 0 to 3." in err
    assert "3 rows could not be scored" in err and "secret" not in err
    rows = read(tmp_path / "out.csv")
    assert [row["person"] for row in rows] == ["a", "b", "c", "d", "e"]
    assert [bool(row["error"]) for row in rows] == [False, True, True, True, False]
    assert [row["total"] for row in rows] == ["8", "", "", "", "0"]


def test_a_file_that_cannot_be_used_writes_nothing(tmp_path: Path, capsys) -> None:
    out = tmp_path / "out.csv"
    out.write_text("what was there")
    for header, said in [
        (HEADER[:-2], "has no column 'item_9'"),
        ([*HEADER, "item_2"], "has column 'item_2' twice"),
        ([], "has no column 'item_1'"),
    ]:
        given = written(tmp_path / "in.csv", header=header)
        code, _, err = ran(capsys, "score", "ms_phq9", "--csv", str(given), "--out", str(out))
        assert code == 3 and said in err
    (tmp_path / "in.csv").write_bytes(b",".join([b"item_%d" % n for n in range(1, 10)]) + b"\n\xff\xfe,1\n")
    code, _, err = ran(capsys, "score", "ms_phq9", "--csv", str(tmp_path / "in.csv"), "--out", str(out))
    assert code == 3 and "is not text in UTF-8" in err
    assert out.read_text() == "what was there"
    assert sorted(each.name for each in tmp_path.iterdir() if each.is_file()) == ["in.csv", "out.csv"]


def test_a_column_with_one_of_our_names_is_kept_beside_ours(tmp_path: Path, capsys) -> None:
    given = written(tmp_path / "in.csv", ["7", *"111111110", "x"], header=["total", *HEADER[1:]])
    ran(capsys, "score", "ms_phq9", "--csv", str(given), "--out", str(tmp_path / "out.csv"))
    (row,) = read(tmp_path / "out.csv")
    assert (row["total_given"], row["total"]) == ("7", "8")


def test_reads_and_writes_standard_streams(monkeypatch, capsys) -> None:
    text = ",".join(f"item_{n}" for n in range(1, 8)) + "\n1,1,1,1,1,1,1\n"
    monkeypatch.setattr("sys.stdin", io.StringIO(text))
    code, out, _ = ran(capsys, "score", "ms_gad7", "--csv", "-")
    assert code == 0 and out.splitlines()[1] == "1,1,1,1,1,1,1,7,mild,no,,,"


def test_a_device_is_written_to_and_never_replaced(tmp_path: Path, capsys) -> None:
    given = written(tmp_path / "in.csv", ["a", *"111111110", ""])
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    code, _, _ = ran(capsys, "score", "ms_phq9", "--csv", str(given), "--out", str(pipe))
    assert code == 0 and pipe.is_fifo()
    assert b"mild" in os.read(reader, 4096)
    os.close(reader)


def test_memory_does_not_grow_with_the_file(tmp_path: Path, capsys) -> None:
    def peak(rows: int) -> int:
        given = written(
            tmp_path / f"{rows}.csv",
            *(
                [str(n), *f"{n % 4**8:09d}".translate(str.maketrans("456789", "012301")), "x"]
                for n in range(rows)
            ),
        )
        tracemalloc.start()
        code, _, _ = ran(capsys, "score", "ms_phq9", "--csv", str(given), "--out", str(tmp_path / "out.csv"))
        used = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert code == 0
        return used

    peak(10)  # content is read
    few, many = peak(6_000), peak(24_000)
    assert many < few * 1.3


def test_lists_measures_with_their_licence(capsys) -> None:
    code, out, _ = ran(capsys, "list", "--json")
    listed = {row["id"]: row for row in json.loads(out)}
    assert code == 0
    assert (listed["ms_phq9"]["licence"], listed["ms_phq9"]["languages"]) == ("L1", ["en"])
    assert (listed["ms_wsas"]["entry"], listed["ms_wsas"]["languages"]) == ("total", [])
    assert listed["ms_hark"]["private"] is True
    code, out, _ = ran(capsys, "list")
    assert "ms_who5" in out and "No item text: " in out


def test_a_site_adds_a_measure_as_a_file(home: Path, capsys) -> None:
    folder = home / "content" / "measures"
    folder.mkdir(parents=True)
    (folder / "ms_sleep.toml").write_text(
        'id = "ms_sleep"\nversion = "1"\ntitle = "Sleep"\nfull_title = "Sleep"\npurpose = "Sleep"\n'
        'licence = "L0"\nlicence_note = "Ours."\ncitation = "Own"\nentry = "items"\nmethod = "sum"\n'
        'direction = "higher-is-worse"\nlowest = 0\nhighest = 4\nwhy_no_items = "On paper."\n'
        "item = [{ number = 1, lowest = 0, highest = 4 }]\n",
        encoding="utf-8",
    )
    code, out, _ = ran(capsys, "score", "ms_sleep", "--answers", "3", "--json")
    assert (code, json.loads(out)["total"]) == (0, 3)


def test_standard_input_is_read_as_a_file_is(monkeypatch, capsys) -> None:
    """With the mark of UTF-8 that spreadsheets write, and line breaks inside a cell as they were."""
    text = ",".join(["note", *(f"item_{n}" for n in range(1, 8))]) + '\r\n"a\r\nb",1,1,1,1,1,1,1\r\n'
    raw = io.BytesIO(b"\xef\xbb\xbf" + text.encode())
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(raw, encoding="utf-8"))
    code, out, _ = ran(capsys, "score", "ms_gad7", "--csv", "-")
    assert code == 0
    assert out.startswith("note,item_1,")
    assert '"a\r\nb",1,1,1,1,1,1,1,7,mild,no,,,' in out


def test_half_a_point_is_no_total_of_whole_answers(capsys) -> None:
    code, _, err = ran(capsys, "score", "ms_phq9", "--total", "14.5")
    assert code == 3 and "whole number" in err
    code, out, _ = ran(capsys, "score", "ms_mspss", "--total", "3.5", "--json")
    assert (code, json.loads(out)["total"]) == (0, 3.5)
