"""What the manual commands write to files, and what they know of an adaptation with what goes with it."""

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


def test_an_outline_is_one_file_and_what_goes_with_it_may_be_named(tmp_path: Path, capsys) -> None:
    for name in ("ipt_ppd+ipt_tele", "ipt_tele"):
        out = tmp_path / "outline.pdf"
        assert main(["manual", "outline", name, "--out", str(out)]) == 0
        assert out.read_bytes().startswith(b"%PDF") and capsys.readouterr().out.strip() == str(out)


def test_an_adaptation_is_shown_and_compared_with_what_goes_with_it(capsys) -> None:
    assert main(["manual", "diff", "ipt_ppd", "ipt_ppd+ipt_tele"]) == 0
    told = capsys.readouterr().out
    assert "TE-05" in told and "Phases: no difference" in told
    assert main(["manual", "show", "ipt_ppd+ipt_tele"]) == 0
    assert "each session by phone or video" in capsys.readouterr().out
    assert main(["manual", "check", "ipt_ppd+ipt_tel"]) != 0
    assert "'ipt_tel'" in (said := capsys.readouterr().err) and 'Did you mean "ipt_tele"?' in said
