"""The keys that live outside the database: the service key ring, and the keys of index, door and audit.

They are files in OPENIPT_HOME/keys, made on first use and readable by their owner only. Whoever has
the database without this folder can read no word of a client and cannot mend the audit chain.
A service that keeps its key elsewhere sets OPENIPT_SERVICE_KEY to `id:base64[,id:base64 ...]`; the
last one named wraps new keys, the earlier ones still open old ones.
"""

from __future__ import annotations

import base64
import binascii
import os
import secrets
import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.db import connection

from openipt.errors import SettingError

KEY_BYTES = 32
_LOCK = threading.Lock()


def folder() -> Path:
    """Where the key files live."""
    path = _folder()
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    return path


def _folder() -> Path:
    return settings.ENVIRONMENT.home / "keys"


def _changed(name: str, new: Callable[[], str]) -> int:
    """When a key file was changed; it is made where there is none yet."""
    try:
        return (_folder() / name).stat().st_mtime_ns
    except FileNotFoundError:
        if _is_used(name):
            raise SettingError(
                f"The key file keys/{name} is missing, and this database was written with it. Put the folder "
                "keys of this service back from its backup, then try again. Nothing was changed."
            ) from None
        _create(folder() / name, new())
        return (_folder() / name).stat().st_mtime_ns


# Which rows were written with a key: where there are any, a new key in its place would make them unreadable or the
# whole audit false. What is only counted for an hour (door.key) may begin anew.
_WRITTEN_WITH = {"service.keys": "ClientKey", "index.key": "NameToken", "audit.key": "AuditEvent"}


def _is_used(name: str) -> bool:
    model = _WRITTEN_WITH.get(name)
    if model is None:
        return False
    rows = apps.get_model("records", model)
    return rows._meta.db_table in connection.introspection.table_names() and rows.objects.exists()


def check() -> None:
    """Every key is there, or has yet to be made: SettingError where one was lost."""
    service_ring()
    index_key()
    audit_key()


@dataclass(frozen=True)
class KeyRing:
    """Every service key known, by id. The last one wraps; all of them unwrap."""

    keys: tuple[tuple[str, bytes], ...]

    @property
    def current(self) -> tuple[str, bytes]:
        return self.keys[-1]

    def named(self, key_id: str) -> bytes:
        for known, key in self.keys:
            if known == key_id:
                return key
        raise SettingError(
            f"The service key '{key_id}' is missing. Put the file keys/service.keys of this service "
            "back from its backup, or name the key in OPENIPT_SERVICE_KEY."
        )


def service_ring() -> KeyRing:
    """The service keys, from the environment or from keys/service.keys (made on first use)."""
    named = os.environ.get("OPENIPT_SERVICE_KEY", "")
    if named:
        return _parse(named, separator=",", where="OPENIPT_SERVICE_KEY")
    changed = _changed("service.keys", lambda: _line(_new_id(), secrets.token_bytes(KEY_BYTES)))
    return _read_ring(_folder() / "service.keys", changed)


def add_service_key() -> str:
    """Add a new service key, which wraps from now on. Returns its id; the older keys stay."""
    if os.environ.get("OPENIPT_SERVICE_KEY"):
        raise SettingError(
            "The service key comes from OPENIPT_SERVICE_KEY. Add the new key there, after a comma, "
            "and run the rotation again with --rewrap-only."
        )
    with _LOCK:
        ring = service_ring()
        key_id = _new_id()
        lines = [_line(*pair) for pair in ring.keys] + [_line(key_id, secrets.token_bytes(KEY_BYTES))]
        _replace(folder() / "service.keys", "".join(lines))
        _read_ring.cache_clear()
    return key_id


def index_key() -> bytes:
    """Keys the blind index of names."""
    return _single("index.key")


def door_key() -> bytes:
    """Keys where a request came from, so that those who ask too often are counted without being known."""
    return _single("door.key")


def audit_key() -> bytes:
    """Keys the chain of audit events."""
    return _single("audit.key")


def _single(name: str) -> bytes:
    changed = _changed(name, lambda: base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode() + "\n")
    return _read_single(_folder() / name, changed)


@lru_cache(maxsize=16)
def _read_single(path: Path, changed: int) -> bytes:
    return _decode(path.read_text().strip(), str(path.name))


@lru_cache(maxsize=8)
def _read_ring(path: Path, changed: int) -> KeyRing:
    return _parse(path.read_text(), separator="\n", where=path.name)


def _parse(text: str, *, separator: str, where: str) -> KeyRing:
    keys = []
    for part in text.split(separator):
        key_id, colon, encoded = part.strip().partition(":")
        if key_id:
            keys.append((key_id, _decode(encoded if colon else "", where)))
    if not keys:
        raise SettingError(f"{where} holds no service key. Put it back from the service's backup.")
    return KeyRing(tuple(keys))


def _decode(encoded: str, where: str) -> bytes:
    try:
        key = base64.b64decode(encoded, validate=True)
    except binascii.Error:
        key = b""
    if len(key) != KEY_BYTES:
        raise SettingError(f"{where} holds a key that is not {KEY_BYTES} bytes in base64.")
    return key


def _line(key_id: str, key: bytes) -> str:
    return f"{key_id}:{base64.b64encode(key).decode()}\n"


def _new_id() -> str:
    return f"k{secrets.token_hex(4)}"


def _create(path: Path, text: str) -> None:
    """Write a new file whole, once: of two processes the slower one keeps the faster one's."""
    draft = _draft(path, text)
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def _replace(path: Path, text: str) -> None:
    _draft(path, text).replace(path)


def _draft(path: Path, text: str) -> Path:
    handle, name = tempfile.mkstemp(dir=path.parent)  # mkstemp makes it 0600
    with os.fdopen(handle, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    return Path(name)
