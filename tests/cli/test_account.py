"""A new service gets its first administrator from the command line."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.cli.test_serve import environment


@pytest.fixture
def run(tmp_path):
    def command(*words: str, typed: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "openipt", *words],
            env=environment(tmp_path / "home"),
            input=typed,
            text=True,
            capture_output=True,
        )

    assert command("migrate").returncode == 0
    return command


def test_a_login_is_added_and_its_password_changed(run):
    added = run("account", "add", "first.admin", "--role", "administrator", typed="a long enough phrase\n")
    assert (added.returncode, added.stdout) == (0, "account: first.admin may sign in as administrator.\n")
    changed = run("account", "password", "first.admin", typed="quite another phrase\n")
    assert changed.returncode == 0, changed.stderr


def test_what_is_wrong_is_said_without_a_traceback(run):
    short = run("account", "add", "first.admin", "--role", "administrator", typed="short\n")
    assert short.returncode == 3
    assert "password" in short.stderr
    assert "Traceback" not in short.stderr
    assert run("account", "password", "nobody", typed="a long enough phrase\n").returncode == 3
    assert run("account", "add", "x y", "--role", "therapist", typed="").returncode == 3


def test_a_home_without_a_database_is_said_in_one_line(tmp_path):
    refused = subprocess.run(
        [sys.executable, "-m", "openipt", "account", "add", "some.one", "--role", "therapist"],
        env=environment(tmp_path / "empty"),
        input="a long enough phrase\n",
        text=True,
        capture_output=True,
    )
    assert refused.returncode == 5
    assert refused.stderr.startswith("openipt: the database does not answer")
    assert len(refused.stderr.splitlines()) == 1
