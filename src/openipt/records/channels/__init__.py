"""The ways out of the building: a letter, a signed message. No name, no word of a client, no clinical word.

A channel is given a `Message` and gives back an `Outcome`: what it can know, and no more. It never
raises, never waits longer than its time, follows no redirect, and knows nothing of the database.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

TIMEOUT = 10.0  # seconds for each word of the other side
DEADLINE = 25.0  # seconds for the whole of it: a server that answers drop by drop is let go


class Kind(StrEnum):
    """What a message is about, as far as anybody outside may know."""

    LOOK_NOW = "look_now"
    LOOK_TODAY = "look_today"
    LOOK_THIS_WEEK = "look_this_week"
    TRIAL = "trial"
    REMINDER = "reminder"


@dataclass(frozen=True)
class Message:
    """One telling. `id` and `at` are the same at every attempt: by the id the other side can tell that it
    has this one. `sent_at` is the moment of this attempt.
    """

    id: str
    kind: Kind
    at: datetime
    sent_at: datetime
    to: str = ""
    round: str = ""
    about: str = ""


@dataclass(frozen=True)
class Outcome:
    """What came of one attempt. `for_good`: another attempt would be answered the same."""

    ok: bool
    code: int | None = None
    why: str = ""
    for_good: bool = False


class Sender(Protocol):
    """Something that sends one message and says what came of it."""

    def __call__(self, message: Message) -> Outcome: ...


@contextlib.contextmanager
def deadline(holder: Any, seconds: float = DEADLINE) -> Iterator[None]:
    """After so many seconds the connection of `holder` (its `.sock`) is cut, whoever is waiting on it."""

    def cut() -> None:
        connection = getattr(holder, "sock", None)
        if connection is not None:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def why_not(error: Exception) -> str:
    """A failure in one word of ours; never the text of the error, which may repeat what was sent."""
    if isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError):
        return "timeout"
    if isinstance(error, ConnectionRefusedError):
        return "refused"
    if isinstance(error, socket.gaierror):
        return "no-such-host"
    return "no-answer"
