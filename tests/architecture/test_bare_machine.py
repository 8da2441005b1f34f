"""`make run` on a machine that lacks something says what, and prints the one line that mends it."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.architecture.source import ROOT

TOOLS = ("sh", "dirname", "cat", "cksum", "ls", "env")


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """A checkout beside a `bin` with the barest tools; `python3` and `id` are stand-ins that tests write."""
    shutil.copytree(ROOT / "scripts", tmp_path / "checkout" / "scripts")
    (tmp_path / "bin").mkdir()
    for tool in TOOLS:
        (tmp_path / "bin" / tool).symlink_to(str(shutil.which(tool)))
    stand_in(tmp_path, "id", "echo 1000")
    return tmp_path


def stand_in(machine: Path, name: str, script: str) -> None:
    path = machine / "bin" / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def prepare(machine: Path, purpose: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [machine / "checkout" / "scripts" / "environment", purpose],
        env={"PATH": str(machine / "bin")},
        capture_output=True,
        text=True,
        timeout=30,
    )


PYTHON_WITHOUT_VENV = 'case "$*" in *ensurepip*) exit 1 ;; *) exit 0 ;; esac'


def test_an_older_python_is_named(machine: Path) -> None:
    stand_in(machine, "python3", 'if [ "$1" = --version ]; then echo Python 3.9.2; else exit 1; fi')
    said = prepare(machine, "serve")
    assert said.returncode == 1
    assert "needs Python 3.11, 3.12 or 3.13; python3 here is: Python 3.9.2" in said.stderr


def test_a_person_without_sudo_is_given_one_line(machine: Path) -> None:
    stand_in(machine, "python3", PYTHON_WITHOUT_VENV)
    stand_in(machine, "apt-get", "exit 1")
    said = prepare(machine, "serve")
    assert said.returncode == 1
    line = "su -c 'apt-get update && apt-get install -y --no-install-recommends python3-venv'"
    assert [text.strip() for text in said.stderr.splitlines() if "apt-get" in text] == [line]


def test_the_line_uses_sudo_where_there_is_sudo_with_a_password(machine: Path) -> None:
    stand_in(machine, "python3", PYTHON_WITHOUT_VENV)
    stand_in(machine, "apt-get", "exit 1")
    stand_in(machine, "sudo", "exit 1")
    assert "sudo sh -c 'apt-get update && apt-get install -y" in prepare(machine, "serve").stderr


def test_sudo_without_a_password_is_used(machine: Path) -> None:
    stand_in(machine, "python3", PYTHON_WITHOUT_VENV)
    stand_in(machine, "apt-get", 'echo "$@" >> "$0.log"; [ "$1" = update ]')
    stand_in(machine, "sudo", '[ "$2" = true ] && exit 0; shift; exec "$@"')
    assert prepare(machine, "serve").returncode != 0  # the stand-in for apt-get installs nothing
    log = (machine / "bin" / "apt-get.log").read_text()
    assert log.splitlines() == ["update", "install -y --no-install-recommends python3-venv"]


def test_a_machine_without_apt_is_told_what_is_missing(machine: Path) -> None:
    stand_in(machine, "python3", PYTHON_WITHOUT_VENV)
    said = prepare(machine, "serve")
    assert said.returncode == 1
    assert "this machine lacks: python3-venv. Install them with its own package manager" in said.stderr
