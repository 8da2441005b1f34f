"""Sealing of every word in the record: one data key per client, wrapped by the service key.

A sealed value is AES-256-GCM with `model:pk:field` as additional data, so it opens in its own row and
column and nowhere else. A client's key is read (and seen not to be destroyed) once per request and
client; `prepare` reads the keys of many clients in one query. Erasing a client destroys the wrapped
key, and with it every value sealed under it.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import threading
import unicodedata
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db.models import Model

from openipt.errors import OpenIPTError, PersonError
from openipt.records import keys

FORMAT = b"\x01"
NONCE_BYTES = 12
KEPT_KEYS = 2048  # a list of many clients in one request; above it the oldest are read again
LONGEST_PREFIX = 12


class Erased(PersonError):
    """This client's record was erased: its words can no longer be read by anyone."""


class SealBroken(OpenIPTError):
    """A sealed value does not belong to this row and column, or was changed."""


class _OpenKeys(threading.local):
    """Keys opened in this request by this thread."""

    def __init__(self) -> None:
        self.by_client: dict[UUID, AESGCM] = {}


_open_keys = _OpenKeys()


def forget_all(**_: object) -> None:
    """Drop every opened key of this thread; the next use reads them again. Runs as a request starts."""
    _open_keys.by_client.clear()


def forget(client_id: UUID) -> None:
    _open_keys.by_client.pop(client_id, None)


def new_wrapped_key(client_id: UUID) -> tuple[bytes, str]:
    """A fresh data key for a client, wrapped; with the id of the service key that wraps it."""
    return _wrap(AESGCM.generate_key(bit_length=256), client_id)


def opened(wrapped: bytes, key_id: str, client_id: UUID) -> AESGCM:
    """A wrapped key, ready to seal with."""
    return AESGCM(_unwrap(wrapped, key_id, client_id, keys.service_ring()))


def rewrap(wrapped: bytes, key_id: str, client_id: UUID) -> tuple[bytes, str]:
    """The same data key under the current service key."""
    return _wrap(_unwrap(wrapped, key_id, client_id, keys.service_ring()), client_id)


def prepare(client_ids: Iterable[UUID]) -> None:
    """Read the keys of many clients in one query, before a page opens a value of each."""
    missing = [client for client in set(client_ids) if client not in _open_keys.by_client]
    if missing:
        _read(missing)


def seal(client_id: UUID, place: str, value: Any) -> bytes:
    """Seal one value (anything JSON can say) for one place: `model:pk:field`."""
    return seal_text(_key_of(client_id), place, text_of(value))


def text_of(value: Any) -> str:
    """A value as it is sealed."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def seal_text(key: AESGCM, place: str, text: str) -> bytes:
    nonce = os.urandom(NONCE_BYTES)
    return FORMAT + nonce + key.encrypt(nonce, text.encode(), place.encode())


def unseal(client_id: UUID, place: str, sealed: bytes) -> Any:
    """Open a value sealed for this place. Raises `Erased`, or `SealBroken` if it belongs elsewhere."""
    key = _key_of(client_id)
    try:
        plain = key.decrypt(sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :], place.encode())
    except InvalidTag:
        raise SealBroken(f"The sealed value at {place} does not belong there.") from None
    return json.loads(plain)


def check_readable(client_id: UUID) -> None:
    """Raise `Erased` if the client's key is gone, before something kept in memory is shown."""
    _key_of(client_id)


def place(model: str, pk: object, column: str) -> str:
    """What a sealed value is bound to."""
    return f"{model}:{pk}:{column}"


def place_of(row: Model, column: str) -> str:
    return place(row._meta.model_name, row.pk, column)


class Sealed(property):
    """A model attribute whose value is kept sealed in the column of the same name + `_sealed`.

    The model says whose key it is with `sealed_for` (a client's id). Reading opens the value once per
    row object; assigning seals it at once. An empty column reads as `empty`.
    """

    def __init__(self, column: str, *, empty: Any = None) -> None:
        self.column, self.empty = column, empty
        super().__init__(self._open, self._seal)

    def _open(self, row: Any) -> Any:
        sealed = getattr(row, self.column)
        if sealed is None:
            return self._nothing()
        kept = row.__dict__.get(f"_opened_{self.column}")
        if kept is not None and kept[0] is sealed:
            return kept[1]
        value = unseal(row.sealed_for, place_of(row, self.column), bytes(sealed))
        row.__dict__[f"_opened_{self.column}"] = (sealed, value)
        return value

    def _seal(self, row: Any, value: Any) -> None:
        sealed = None if value is None else seal(row.sealed_for, place_of(row, self.column), value)
        setattr(row, self.column, sealed)

    def _nothing(self) -> Any:
        return self.empty() if callable(self.empty) else self.empty


def name_tokens(name: str) -> set[str]:
    """Keyed fingerprints of a name's words and of their beginnings, for the blind index."""
    found = set()
    for word in _words(name):
        for length in range(2, min(len(word), LONGEST_PREFIX) + 1):
            found.add(_fingerprint(word[:length]))
        found.add(_fingerprint(word))
    return found


def search_tokens(typed: str) -> list[str]:
    """The fingerprints that all must be in a client's index for `typed` to find that client."""
    return [
        _fingerprint(word if len(word) <= LONGEST_PREFIX else word[:LONGEST_PREFIX]) for word in _words(typed)
    ]


def _words(text: str) -> list[str]:
    plain = "".join(
        letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter)
    )
    return "".join(letter if letter.isalnum() else " " for letter in plain.casefold()).split()


def _fingerprint(word: str) -> str:
    return hmac.new(keys.index_key(), word.encode(), hashlib.sha256).hexdigest()[:32]


def _key_of(client_id: UUID) -> AESGCM:
    key = _open_keys.by_client.get(client_id)
    if key is None:
        _read([client_id])
        key = _open_keys.by_client.get(client_id)
    if key is None:
        raise Erased("This client's record was erased. Nothing of it can be read any more.")
    return key


def _read(client_ids: list[UUID]) -> None:
    if len(_open_keys.by_client) + len(client_ids) > KEPT_KEYS:
        _open_keys.by_client.clear()
    ring = keys.service_ring()
    for client_id, wrapped, key_id in _key_rows()(client_ids):
        _open_keys.by_client[client_id] = AESGCM(_unwrap(bytes(wrapped), key_id, client_id, ring))


@cache
def _key_rows() -> Callable[[list[UUID]], list[Any]]:
    """How the keys that are not destroyed are read. Models are known only later."""
    from openipt.records.models import ClientKey
    from openipt.records.prepared import MANY, Prepared

    standing = ClientKey.objects.filter(destroyed_at=None)
    rows = standing.values_list("client_id", "wrapped_key", "service_key_id")
    return Prepared(lambda clients: rows.filter(client_id__in=clients), MANY)


def _wrap(key: bytes, client_id: UUID) -> tuple[bytes, str]:
    key_id, service_key = keys.service_ring().current
    nonce = os.urandom(NONCE_BYTES)
    wrapped = AESGCM(service_key).encrypt(nonce, key, _wrapping_place(client_id, key_id))
    return FORMAT + nonce + wrapped, key_id


def _unwrap(wrapped: bytes, key_id: str, client_id: UUID, ring: keys.KeyRing) -> bytes:
    service_key = ring.named(key_id)
    try:
        return AESGCM(service_key).decrypt(
            wrapped[1 : 1 + NONCE_BYTES], wrapped[1 + NONCE_BYTES :], _wrapping_place(client_id, key_id)
        )
    except InvalidTag:
        raise SealBroken(f"The key of client {client_id} cannot be opened.") from None


def _wrapping_place(client_id: UUID, key_id: str) -> bytes:
    return f"clientkey:{client_id}:{key_id}".encode()
