"""The worker on the command line, and beside the pages of `openipt serve`."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.cli.test_serve import environment, free_port, openipt
from tests.outside import wait_until


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("worker")
    assert openipt(found, "migrate").returncode == 0
    return found


@contextmanager
def running(home: Path, *words: str, **more: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "openipt", *words],
        env=environment(home, **more),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate(timeout=30)


def heard(process: subprocess.Popen[str], words: str) -> str:
    """The line in which it says so. Until then it starts, and whoever asks only holds it up."""
    assert process.stdout is not None
    return next(line for line in process.stdout if words in line)


def status(home: Path, **more: str) -> dict[str, object]:
    said = openipt(home, "worker", "status", "--json", **more)
    found = json.loads(said.stdout)
    assert said.returncode == (0 if found["well"] else 1)
    return found


def test_a_database_that_is_behind_is_refused(tmp_path: Path) -> None:
    said = openipt(tmp_path, "worker")
    assert said.returncode == 5
    assert said.stderr == "openipt: The database is not up to date. Run `openipt migrate` first.\n"


def test_without_a_worker_the_status_says_so_and_ends_with_1(home: Path) -> None:
    said = openipt(home, "worker", "status")
    assert said.returncode == 1
    assert said.stdout.startswith("worker: does not run")
    assert "e-mail: off, webhook: off" in said.stdout


def test_it_runs_until_told_to_stop_and_gives_the_lease_back(home: Path) -> None:
    with running(home, "worker") as process:
        assert heard(process, "The worker runs: ")
        wait_until(lambda: status(home)["runs"], seconds=60)
        assert "process" in str(status(home)["holder"])
        process.send_signal(signal.SIGTERM)
        _, wrong = process.communicate(timeout=30)
    assert process.returncode == 0
    assert wrong == ""
    assert (status(home)["runs"], status(home)["holder"]) == (False, "")


def test_it_works_beside_the_pages_of_serve(home: Path) -> None:
    with running(home, "serve", "--port", str(free_port()), "--workers", "1") as process:
        heard(process, "OpenIPT is at")
        wait_until(lambda: status(home)["runs"], seconds=60)
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)
    assert process.returncode == 0
    assert status(home)["holder"] == ""


def test_a_service_can_keep_it_apart_from_the_pages(home: Path) -> None:
    term = status(home)["term"]
    port = free_port()
    with running(home, "serve", "--port", str(port), "--workers", "1", OPENIPT_WORKER="0") as process:
        heard(process, "OpenIPT is at")
        assert (status(home)["runs"], status(home)["term"]) == (False, term)
        process.send_signal(signal.SIGTERM)


def test_killed_without_a_word_it_is_followed_by_the_next(home: Path) -> None:
    """Nobody gave the lease back; the clock of the service has gone on by more than a lease lasts."""
    told = home / "clock"
    told.write_text("2026-03-02T09:00:00+00:00")
    clock = {"OPENIPT_CLOCK_FILE": str(told)}
    with running(home, "worker", **clock) as process:
        heard(process, "The worker runs: ")
        wait_until(lambda: status(home, **clock)["runs"], seconds=60)
        before = status(home, **clock)
    told.write_text("2026-03-02T09:01:00+00:00")
    with running(home, "worker", **clock) as process:
        heard(process, "The worker runs: ")
        wait_until(lambda: status(home, **clock)["term"] == int(str(before["term"])) + 1, seconds=60)
