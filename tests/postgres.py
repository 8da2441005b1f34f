"""A PostgreSQL server that lives as long as the tests and leaves nothing behind."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

ACCOUNT = "postgres"  # the server refuses to run as root: then it runs as the account of Debian's package
OPTIONS = "-c listen_addresses='' -c fsync=off -c synchronous_commit=off -c full_page_writes=off"


@contextmanager
def throwaway_server() -> Iterator[str]:
    """Start a server on a socket in a folder of its own; yields the URL of its database `openipt`."""
    programs = _programs()
    if programs is None:
        pytest.skip("PostgreSQL's server programs are not installed (Debian: apt-get install postgresql)")
    folder = Path(tempfile.mkdtemp(prefix="openipt-pg-"))
    if _is_root():
        shutil.chown(folder, ACCOUNT)
    data = folder / "data"
    try:
        _run(programs / "initdb", "-D", data, "-A", "trust", "-U", ACCOUNT, "-E", "UTF8", "--locale=C", "-N")
        options = f"{OPTIONS} -k {folder}"
        _run(programs / "pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", options, "start")
        _run(programs / "createdb", "-h", folder, "-U", ACCOUNT, "openipt")
        yield f"postgresql://{ACCOUNT}@/openipt?host={folder}"
    finally:
        if (data / "postmaster.pid").exists():
            _run(programs / "pg_ctl", "-D", data, "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


def _programs() -> Path | None:
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4]))
    if installed:
        return installed[-1].parent
    found = shutil.which("initdb")
    return Path(found).parent if found else None


def _run(*words: object) -> None:
    command = [str(word) for word in words]
    if _is_root():
        command = ["runuser", "-u", ACCOUNT, "--", *command]
    done = subprocess.run(command, cwd="/tmp", stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    assert done.returncode == 0, f"{command} failed: {done.stderr}"


def _is_root() -> bool:
    return os.geteuid() == 0
