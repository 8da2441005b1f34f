"""The command line finds its commands, words its errors, and starts Django only when it must."""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

from openipt import __version__
from openipt.cli import files, main
from openipt.errors import ContentError, ContentFault, NoAccess, SettingError
from tests.shared_data import ROOT


def a_command(run, **more: object) -> SimpleNamespace:  # noqa: ANN001
    return SimpleNamespace(help="a command", add_arguments=lambda parser: None, run=run, **more)


@pytest.fixture
def only(monkeypatch: pytest.MonkeyPatch):  # noqa: ANN201
    """Makes `command` the only command there is, under the name `invented`."""

    def install(command: SimpleNamespace) -> None:
        monkeypatch.setattr(main, "command_names", lambda: ["invented"])
        monkeypatch.setattr(main, "_module", lambda name: command)

    return install


def test_every_module_of_the_folder_is_a_command_or_a_named_helper() -> None:
    modules = {p.stem for p in (ROOT / "src/openipt/cli").glob("*.py") if not p.stem.startswith("_")}
    assert {name.replace("-", "_") for name in main.command_names()} == modules - main.HELPERS
    assert modules >= main.HELPERS


@pytest.mark.parametrize("name", main.command_names())
def test_a_command_has_a_help_line_and_parses(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main.main([name, "--help"])
    assert ended.value.code == 0
    assert f"openipt {name}" in capsys.readouterr().out


def test_help_lists_every_command_without_starting_django() -> None:
    script = (
        "import sys; from openipt.cli import main\n"
        "main.parser_for(main.command_names()).format_help()\n"
        "sys.exit(any(name.split('.')[0] in ('django', 'gunicorn') for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", script], cwd=ROOT / "src").returncode == 0


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.main(["version"]) == 0
    assert capsys.readouterr().out == f"openipt {__version__}\n"


def test_python_m_openipt_is_the_same_command() -> None:
    said = subprocess.run([sys.executable, "-m", "openipt", "version"], cwd=ROOT / "src", capture_output=True)
    assert said.stdout.decode() == f"openipt {__version__}\n"


def test_a_mistyped_command_is_met_with_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.main(["migrat"]) == 2
    assert "Did you mean 'migrate'?" in capsys.readouterr().err


def test_a_mistyped_argument_ends_with_2() -> None:
    with pytest.raises(SystemExit) as ended:
        main.main(["serve", "--port", "many"])
    assert ended.value.code == 2


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (NoAccess(), 3),
        (ContentError((ContentFault("a.toml", "id", "is missing.", "Add one."),)), 4),
        (SettingError("PORT is 'x'."), 5),
    ],
)
def test_an_error_on_purpose_is_one_message_and_its_own_code(
    error: Exception, code: int, only, capsys: pytest.CaptureFixture[str]
) -> None:
    def run(args: argparse.Namespace) -> int:
        raise error

    only(a_command(run))
    assert main.main(["invented"]) == code
    assert capsys.readouterr().err == f"openipt: {error}\n"


def test_parts_of_a_command(only) -> None:
    def add(parser: argparse.ArgumentParser) -> None:
        parser.add_argument("number", type=int)

    part = {"double": ("doubles", add, lambda args: args.number * 2)}
    only(a_command(None, COMMANDS=part))
    assert main.main(["invented", "double", "21"]) == 42


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(files.FileNotValid, match=r"absent\.json: cannot be read: No such file"):
        files.read_text(str(tmp_path / "absent.json"))
    (tmp_path / "picture").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(files.FileNotValid, match=r"picture: is not a text file"):
        files.read_text(str(tmp_path / "picture"))


def parts_of(module: ModuleType, name: str) -> list[str]:
    return [f"openipt {name} {part}" for part in getattr(module, "COMMANDS", {})] or [f"openipt {name}"]


@pytest.mark.parametrize("name", main.command_names())
def test_every_command_is_in_the_reference(name: str) -> None:
    page = (ROOT / "docs/reference/commands.md").read_text()
    assert not [words for words in parts_of(main._module(name), name) if f"## {words}\n" not in page]
