"""Serving: a taken port and a database that is behind are refused with what to do about it."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from openipt.cli import serve
from openipt.errors import SettingError
from tests.shared_data import ROOT


def openipt(home: Path, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Run the command in a home of its own."""
    return subprocess.run(
        [sys.executable, "-m", "openipt", *words],
        env=environment(home, **more),
        capture_output=True,
        text=True,
        timeout=60,
    )


def environment(home: Path, **more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("OPENIPT_", "DJANGO_"))}
    return {**kept, "PYTHONPATH": str(ROOT / "src"), "OPENIPT_HOME": str(home), **more}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_the_port_is_8000_unless_port_says_otherwise() -> None:
    assert serve.port_from("") == 8000
    assert serve.port_from("8091") == 8091


@pytest.mark.parametrize("text", ["http", "0", "65536", "-1", "80 80"])
def test_an_impossible_port_is_named(text: str) -> None:
    with pytest.raises(SettingError, match="Set it to a number from 1 to 65535"):
        serve.port_from(text)


def test_a_taken_port_is_refused(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        said = openipt(tmp_path, "serve", "--port", port)
    assert said.returncode == 5
    assert f"port {port}: Address already in use" in said.stderr


def test_a_database_that_is_behind_is_refused(tmp_path: Path) -> None:
    said = openipt(tmp_path, "serve", "--port", str(free_port()))
    assert said.returncode == 5
    assert said.stderr == "openipt: The database is not up to date. Run `openipt migrate` first.\n"


def test_a_wrong_setting_is_one_message(tmp_path: Path) -> None:
    said = openipt(tmp_path, "migrate", OPENIPT_MODE="holiday")
    assert said.returncode == 5
    assert said.stderr == "openipt: OPENIPT_MODE is 'holiday'. Set it to one of: demo, live.\n"


def test_a_new_home_is_read_by_its_owner_only(tmp_path: Path) -> None:
    home = tmp_path / "services" / "home"
    assert openipt(home, "migrate").returncode == 0
    assert home.stat().st_mode & 0o777 == 0o700
    assert (home / "openipt.sqlite3").stat().st_mode & 0o077 == 0


def test_a_migrated_service_answers_and_stops_when_told(tmp_path: Path) -> None:
    assert openipt(tmp_path, "migrate").returncode == 0
    assert openipt(tmp_path, "migrate", "--check").returncode == 0
    port = free_port()
    server = subprocess.Popen(
        [sys.executable, "-m", "openipt", "serve"],
        env=environment(tmp_path, PORT=str(port)),
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert answers(f"http://127.0.0.1:{port}/help-now/")
        assert not opened_by(server.pid, "openipt.sqlite3"), "page processes inherit an open database"
    finally:
        server.terminate()
    said, _ = server.communicate(timeout=40)
    assert server.returncode == 0
    assert re.search(rf"OpenIPT is at http://localhost:{port}/", said)


def opened_by(process: int, name: str) -> list[str]:
    """The files of that name a process holds open, where the machine can tell."""
    folder = Path(f"/proc/{process}/fd")
    handles = list(folder.iterdir()) if folder.is_dir() else []
    return [path for handle in handles if name in (path := str(handle.resolve()))]


def answers(address: str) -> bool:
    for _ in range(100):
        try:
            with urllib.request.urlopen(address, timeout=5) as page:
                return page.status == 200
        except urllib.error.HTTPError:
            raise
        except OSError:
            time.sleep(0.1)
    return False
