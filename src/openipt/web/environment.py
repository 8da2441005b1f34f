"""What the environment says, read and checked in one place.

Every setting has a default that is safe on one machine, or a message that says how to set it.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit

from openipt.errors import SettingError
from openipt.web.environment_asking import Asking, asking
from openipt.web.environment_channels import Channels, channels

MODES = ("demo", "live")
DOCUMENT_LABELS = ("name", "initials", "none")


@dataclass(frozen=True)
class Environment:
    """The service's settings. `home` is the folder where its data and keys live."""

    home: Path
    mode: str
    hosts: tuple[str, ...]
    database: dict[str, object]
    clock: datetime | None
    time_zone: str
    https: bool
    demo_anywhere: bool
    service_hours: str = ""
    clock_file: Path | None = None
    document_label: str = "name"
    channels: Channels = field(default_factory=Channels)
    worker: bool = True
    asking: Asking = field(default_factory=Asking)

    @property
    def is_live(self) -> bool:
        return self.mode == "live"


def read(env: Mapping[str, str] | None = None) -> Environment:
    """Read and check the settings. Raises `SettingError` naming the variable and the remedy."""
    values = os.environ if env is None else env
    home = Path(values.get("OPENIPT_HOME") or "var").expanduser().absolute()
    mode = values.get("OPENIPT_MODE") or "demo"
    if mode not in MODES:
        raise SettingError(f"OPENIPT_MODE is '{mode}'. Set it to one of: {', '.join(MODES)}.")
    hosts = _hosts(values, mode)
    https = values.get("OPENIPT_HTTPS", "1" if mode == "live" else "0") == "1"
    return Environment(
        home=home,
        mode=mode,
        hosts=hosts,
        database=_database(values.get("OPENIPT_DATABASE_URL", ""), home),
        clock=_clock(values.get("OPENIPT_CLOCK", ""), mode),
        time_zone=values.get("OPENIPT_TIME_ZONE") or "UTC",
        https=https,
        demo_anywhere=values.get("OPENIPT_DEMO_ANYWHERE", "0") == "1",
        service_hours=values.get("OPENIPT_SERVICE_HOURS", "").strip()[:120],
        clock_file=_clock_file(values.get("OPENIPT_CLOCK_FILE", ""), mode),
        document_label=_document_label(values.get("OPENIPT_DOCUMENT_LABEL") or "name"),
        channels=channels(values, mode=mode, hosts=hosts, https=https),
        worker=values.get("OPENIPT_WORKER", "1") != "0",
        asking=asking(values),
    )


def _hosts(values: Mapping[str, str], mode: str) -> tuple[str, ...]:
    named = tuple(host.strip() for host in values.get("OPENIPT_HOSTS", "").split(",") if host.strip())
    if mode == "live" and not named:
        raise SettingError(
            "OPENIPT_HOSTS is empty. A live service must name the hosts it answers to, "
            "for example OPENIPT_HOSTS=ipt.example.org."
        )
    return named or ("localhost", "127.0.0.1", "[::1]")


def _document_label(text: str) -> str:
    if text not in DOCUMENT_LABELS:
        raise SettingError(
            f"OPENIPT_DOCUMENT_LABEL is '{text}'. Set it to one of: {', '.join(DOCUMENT_LABELS)}."
        )
    return text


def _clock(text: str, mode: str) -> datetime | None:
    if not text:
        return None
    if mode == "live":
        raise SettingError("OPENIPT_CLOCK is set. A live service keeps real time: unset it.")
    return read_moment(text, "OPENIPT_CLOCK")


def _clock_file(text: str, mode: str) -> Path | None:
    if not text:
        return None
    if mode == "live":
        raise SettingError("OPENIPT_CLOCK_FILE is set. A live service keeps real time: unset it.")
    path = Path(text).expanduser().absolute()
    if not path.is_file():
        raise SettingError(f"OPENIPT_CLOCK_FILE is '{text}'. Name a file that holds a moment, or unset it.")
    return path


def read_moment(text: str, setting: str) -> datetime:
    """The moment a setting or its file tells. Raises `SettingError` with an example."""
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        raise SettingError(f"{setting} is '{text}'. Write a moment such as 2026-03-02T09:30+00:00.") from None
    if moment.tzinfo is None:
        raise SettingError(f"{setting} needs a time zone, as in 2026-03-02T09:30+00:00.")
    return moment


def _database(url: str, home: Path) -> dict[str, object]:
    if not url:
        return sqlite(home / "openipt.sqlite3")
    parts = urlsplit(url)
    if parts.scheme not in ("postgres", "postgresql"):
        raise SettingError(
            "OPENIPT_DATABASE_URL must begin with postgresql://, as in "
            "postgresql://user:password@localhost:5432/openipt. Leave it empty to use SQLite."
        )
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")) or "openipt",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or "") or _socket(parts.query),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
    }


def _socket(query: str) -> str:
    """The folder of a local socket, given as `?host=/run/postgresql`."""
    for pair in query.split("&"):
        key, _, value = pair.partition("=")
        if key == "host":
            return unquote(value)
    return ""


def sqlite(path: Path) -> dict[str, object]:
    """SQLite in WAL with full durability: a saved line is on disk before the page says so."""
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": path,
        "CONN_MAX_AGE": 60,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": (
                "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA cache_size=-64000;"
                "PRAGMA mmap_size=268435456;PRAGMA temp_store=MEMORY;PRAGMA foreign_keys=ON;"
            ),
        },
    }
