"""A service of its own for one journey: real server, empty home, a clock that the journey moves."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from tests.cli.test_serve import environment, free_port

PASSWORD = "quiet-harbour-lantern"
READY_WITHIN = 300  # tenths of a second


class MovingClock:
    """The service's clock: stands still, and goes where the journey says. Never back."""

    def __init__(self, path: Path, moment: datetime) -> None:
        self.path, self.moment = path, moment
        self._write()

    def go_to(self, on: date, hour: int, minute: int = 0) -> None:
        """That hour of that day; a minute on where the day has got further than that already."""
        wanted = datetime(on.year, on.month, on.day, hour, minute, tzinfo=UTC)
        if on == self.moment.date():
            wanted = max(wanted, self.moment + timedelta(minutes=1))
        assert wanted >= self.moment, f"the clock stands at {self.moment} and cannot go back to {wanted}"
        self.moment = wanted
        self._write()

    def pass_minutes(self, minutes: int = 1) -> None:
        self.moment += timedelta(minutes=minutes)
        self._write()

    def _write(self) -> None:
        """Whole or not at all: the service reads it at any moment."""
        half = self.path.with_suffix(".new")
        half.write_text(self.moment.isoformat())
        half.replace(self.path)


class Served:
    """A service in a home of its own, with one therapist, whose clock can be moved while it runs."""

    def __init__(self, home: Path, moment: datetime) -> None:
        home.mkdir(parents=True, exist_ok=True)
        self.home, self.port = home, free_port()
        self.clock = MovingClock(home / "clock", moment)
        self.address = f"http://localhost:{self.port}"
        self.said = home / "server.log"
        self._process: subprocess.Popen[bytes] | None = None
        self.command("migrate")

    def command(self, *words: str, typed: str = "") -> str:
        """Run `openipt` as an operator would. Returns what it printed."""
        done = subprocess.run(
            [sys.executable, "-m", "openipt", *words],
            env=self._environment(), input=typed, capture_output=True, text=True, timeout=120,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    def _environment(self) -> dict[str, str]:
        return environment(self.home, OPENIPT_MODE="demo", OPENIPT_CLOCK_FILE=str(self.clock.path))

    def add_staff(self, username: str, role: str, name: str) -> None:
        self.command("account", "add", username, "--role", role, "--name", name, typed=f"{PASSWORD}\n")

    def start(self) -> None:
        with self.said.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "openipt", "serve", "--port", str(self.port), "--workers", "1"],
                env=self._environment(), start_new_session=True, stdout=log, stderr=log,
            )  # fmt: skip
        for _ in range(READY_WITHIN):
            if self._process.poll() is not None:
                break
            try:
                urllib.request.urlopen(f"{self.address}/login/", timeout=5).close()
                return
            except (urllib.error.URLError, OSError):
                time.sleep(0.1)
        raise AssertionError(f"the service did not start: {self.said.read_text()[-2000:]}")

    def stop(self) -> None:
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGTERM)
            self._process.wait(timeout=30)
            self._process = None
