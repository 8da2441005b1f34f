"""Worksheets of a manual, written to a folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from openipt import library
from openipt.cli.main import main
from openipt.web.plain import worksheets


def test_every_worksheet_is_written_as_a_pdf(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "for" / "the practice"
    assert main(["manual", "worksheets", "ipc", "--out", str(out)]) == 0
    files = sorted(out.iterdir())
    assert len(files) == len(worksheets(library.manual("ipc")))
    assert all(file.read_bytes().startswith(b"%PDF") for file in files)
    assert sorted(capsys.readouterr().out.splitlines()) == [str(file) for file in files]


@pytest.mark.parametrize(
    ("words", "says"),
    [(["ipt_acut", "--out", "x"], "ipt_acute"), (["ipc", "--out", "FILE"], "Cannot write to")],
)
def test_what_cannot_be_is_said(words, says, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "FILE").write_text("")
    place = [str(tmp_path / word) if word in ("x", "FILE") else word for word in words]
    assert main(["manual", "worksheets", *place]) != 0
    assert says in capsys.readouterr().err
