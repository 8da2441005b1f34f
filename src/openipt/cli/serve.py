"""Serves the pages, with as many processes and threads as a small machine carries well, and the worker beside.

Refuses a taken port and a database that is not up to date. In a demo it prints the logins and a path of five minutes.
Ctrl+C or SIGTERM stops it after the pages under way.
"""

from __future__ import annotations

import argparse
import os
import socket
import threading
from contextlib import closing
from pathlib import Path
from typing import Any

from openipt.cli import demo_welcome, django_setup
from openipt.errors import SettingError

help = "serve the pages on this machine"

THREADS = 2  # for each worker: one waits for the disk while one works; more of them only wait for each other
STOPS_WITHIN = 5.0  # seconds for the work beside the pages to end in good order


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--host", default="127.0.0.1", help="address to listen on (default: this machine only)"
    )
    parser.add_argument("--port", type=int, default=None, help="port (default: PORT, or 8000)")
    parser.add_argument("--workers", type=int, default=2, help="page processes (default: 2)")


def run(args: argparse.Namespace) -> int:
    """Serve until told to stop. Refuses a taken port and a database that is not up to date."""
    django_setup.setup()
    port = args.port or port_from(os.environ.get("PORT", ""))
    _refuse_taken(args.host, port)
    _refuse_waiting_migrations()
    _refuse_lost_keys()
    _lay_out_static_files()
    _server(args.host, port, args.workers).run()
    return 0


def port_from(text: str) -> int:
    """The port that PORT names, 8000 when it names none."""
    if not text:
        return 8000
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise SettingError(f"PORT is '{text}'. Set it to a number from 1 to 65535.")
    return int(text)


def _refuse_taken(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with closing(socket.socket(family, socket.SOCK_STREAM)) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise SettingError(
                f"Cannot listen on {host} port {port}: {error.strerror}. Choose another, as in PORT=8001."
            ) from None


def _refuse_lost_keys() -> None:
    from openipt.records import keys

    keys.check()


def _refuse_waiting_migrations() -> None:
    from openipt.cli.migrate import waiting_migrations

    if waiting_migrations():
        raise SettingError("The database is not up to date. Run `openipt migrate` first.")


def _lay_out_static_files() -> None:
    """Copy the static files where the page server finds them, each beside its compressed twin."""
    from django.conf import settings
    from django.core.management import call_command

    call_command("collectstatic", interactive=False, verbosity=0, clear=True)
    settings.WHITENOISE_USE_FINDERS = False
    settings.WHITENOISE_AUTOREFRESH = False


def _server(host: str, port: int, workers: int) -> Any:
    from django.conf import settings
    from gunicorn.app.base import BaseApplication

    beside = _WorkBesidePages()
    address = f"http://{'localhost' if host in ('127.0.0.1', '0.0.0.0') else host}:{port}/"  # noqa: S104

    def say_where(_arbiter: object) -> None:
        print(f"\nOpenIPT is at {address} (Ctrl+C stops it)\n{demo_welcome.words(address)}", flush=True)
        _close_before_the_fork()

    class Server(BaseApplication):  # type: ignore[misc]
        """gunicorn, told what to do here rather than by a file of its own."""

        def load_config(self) -> None:
            for name, value in settings_of_server(host, port, workers).items():
                self.cfg.set(name, value)
            self.cfg.set("when_ready", say_where)
            if settings.ENVIRONMENT.worker:
                self.cfg.set("post_worker_init", beside.start)
                self.cfg.set("worker_exit", beside.stop)

        def load(self) -> object:
            from openipt.web.wsgi import application

            return application

    return Server()


def _close_before_the_fork() -> None:
    """No page process may inherit an open database. SQLite's locks belong to a process, and the end of one
    inherited connection lets go of them all: two workers could take the lease at once, or write at once.
    """
    from django.db import connections

    connections.close_all()


class _WorkBesidePages:
    """The worker in a thread of each page process. The lease in the database lets one of them work."""

    def __init__(self) -> None:
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self, _process: object) -> None:
        from openipt.records.worker import Worker
        from openipt.web import clock

        one = Worker(now=clock.now)
        self._thread = threading.Thread(
            target=one.run, args=(self._stop,), daemon=True, name="openipt-worker"
        )
        self._thread.start()

    def stop(self, _arbiter: object, _process: object) -> None:
        """Give the lease back, so that whoever starts next need not wait for its end."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(STOPS_WITHIN)


def settings_of_server(host: str, port: int, workers: int) -> dict[str, object]:
    memory = Path("/dev/shm")  # noqa: S108  the workers' heartbeat must never wait for a disk
    return {
        "bind": [f"[{host}]:{port}" if ":" in host else f"{host}:{port}"],
        "workers": workers,
        "worker_class": "gthread",
        "threads": THREADS,
        "keepalive": 5,
        "loglevel": "warning",
        "accesslog": None,
        "control_socket_disable": True,
        "umask": 0o077,
        "worker_tmp_dir": str(memory) if memory.is_dir() and os.access(memory, os.W_OK) else None,
    }
