"""Long reading beside the loop: one thing at a time, in a thread of its own, so that no alert waits for it.

What is read is handed back; the loop keeps it, under its lease. Whoever reads pauses between small parts, for
the pages that the same process serves, and stops at the next pause when the worker stops.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Any

from django.db import connection

_log = logging.getLogger(__name__)

Pause = Callable[[], None]
Reading = Callable[[Pause], Any]


class _Stopped(Exception):
    """The worker stops: what was begun is left."""


class Beside:
    """`in_line`: read at once, by whoever asks. `rest`: seconds between small parts."""

    def __init__(self, *, in_line: bool, rest: float) -> None:
        self._in_line, self._rest = in_line, rest
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._back: tuple[str, Any] | None = None

    @property
    def is_busy(self) -> bool:
        return self._thread is not None or self._back is not None

    def start(self, name: str, read: Reading) -> None:
        """Begin to read. The caller has seen that nothing is being read."""
        if self._in_line:
            self._back = name, read(lambda: None)
            return
        self._stop.clear()
        self._thread = threading.Thread(
            target=self._carry, args=(name, read), daemon=True, name="openipt-long"
        )
        self._thread.start()

    def _carry(self, name: str, read: Reading) -> None:
        found = None
        try:
            found = read(self._pause)
        except _Stopped:
            _log.info("%s was left: the worker stops", name)
        except Exception:
            _log.exception("%s could not be read", name)
        finally:
            connection.close()
        self._back = name, found

    def _pause(self) -> None:
        if self._stop.wait(self._rest):
            raise _Stopped

    def came_back(self) -> tuple[str, Any] | None:
        """What was read, by its name; None in place of it where it could not be; nothing while it is read."""
        if self._back is None:
            return None
        found, self._back, self._thread = self._back, None, None
        return found

    def stop(self) -> None:
        self._stop.set()
        if self._thread is not None:
            self._thread.join(5)
