"""The other side of the channels: a mail server and a machine that is told, each as bad as a test wants it."""

from __future__ import annotations

import http.server
import socket
import socketserver
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

HANG = 30.0  # longer than any test waits; a server that is closed lets go at once


class Kept(list):  # type: ignore[type-arg]
    """A list that lives in a file, one word a line: whoever is killed, what was given stands there."""

    def __init__(self, path: Path, word_of: Callable[[Any], str]) -> None:
        super().__init__()
        self.path, self.word_of = path, word_of

    def append(self, given: Any) -> None:
        with self.path.open("a") as file:
            file.write(f"{self.word_of(given)}\n")


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False

    def __init__(self, handler: type, owner: Any) -> None:
        self.owner = owner
        super().__init__(("127.0.0.1", 0), handler)

    def handle_error(self, *_: object) -> None:
        """A client that hangs up in the middle is what some tests are about."""


@dataclass
class MailServer:
    """Takes letters. `answers` maps a command to the line it is answered with instead, once or for good."""

    letters: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)
    hangs_at: str = ""
    drips: bool = False
    conversations: int = 0
    port: int = 0
    closing: threading.Event = field(default_factory=threading.Event)

    @property
    def ids(self) -> list[str]:
        """The Message-ID of every letter, in the order they came."""
        return [letter["Message-ID"].strip("<>").split("@")[0] for letter in self.letters]


class _Smtp(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        owner: MailServer = self.server.owner  # type: ignore[attr-defined]
        owner.conversations += 1
        if not self._say("connect", "220 here"):
            return
        to: list[str] = []
        while line := self.rfile.readline():
            words = line.decode("latin-1").strip()
            command = words.split(" ", 1)[0].split(":", 1)[0].lower()
            if command == "quit":
                self._say(command, "221 bye")
                return
            if command == "rcpt":
                to.append(words.split("<", 1)[1].split(">", 1)[0])
            if command == "data":
                if not self._say(command, "354 go on"):
                    return
                if "data" in owner.answers:
                    continue
                owner.letters.append(self._letter())
                owner.recipients += to
                if not self._say("sent", "250 taken"):
                    return
            elif not self._say(command, "250 fine"):
                return

    def _letter(self) -> EmailMessage:
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line[1:] if line.startswith(b"..") else line)
        return message_from_bytes(b"".join(lines), policy=policy.default)  # type: ignore[return-value]

    def _say(self, moment: str, line: str) -> bool:
        owner: MailServer = self.server.owner  # type: ignore[attr-defined]
        if owner.hangs_at == moment:
            owner.closing.wait(HANG)
            return False
        said = owner.answers.get(moment, line)
        if said == "":
            return False
        if owner.drips:
            return self._drip(owner, said)
        self.wfile.write(f"{said}\r\n".encode())
        return True

    def _drip(self, owner: MailServer, said: str) -> bool:
        for letter in said + " " * 1000:
            if owner.closing.wait(0.05):
                return False
            self.wfile.write(letter.encode())
        return False


@contextmanager
def mail_server() -> Iterator[MailServer]:
    """A mail server on a port of its own, in this process."""
    owner = MailServer()
    with _serving(_Smtp, owner):
        yield owner


@dataclass
class Machine:
    """Is told by webhook. `code`: what it answers."""

    code: int = 200
    location: str = ""
    hangs: bool = False
    calls: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    port: int = 0
    closing: threading.Event = field(default_factory=threading.Event)


class _Http(http.server.BaseHTTPRequestHandler):
    def do_POST(self) -> None:  # noqa: N802  (the name the server looks for)
        owner: Machine = self.server.owner  # type: ignore[attr-defined]
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        owner.calls.append((dict(self.headers.items()), body))
        if owner.hangs:
            owner.closing.wait(HANG)
            return
        self.send_response(owner.code)
        if owner.location:
            self.send_header("Location", owner.location)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing on the screen."""


@contextmanager
def machine() -> Iterator[Machine]:
    """A machine that can be told, on a port of its own, in this process."""
    owner = Machine()
    with _serving(_Http, owner):
        yield owner


@contextmanager
def _serving(handler: type, owner: Any) -> Iterator[None]:
    server = _Server(handler, owner)
    owner.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield
    finally:
        owner.closing.set()
        server.shutdown()
        server.server_close()


def closed_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(true: Any, seconds: float = 20.0) -> None:
    """Wait for something another thread does. Fails when it is not done within a time far above any need."""
    for _ in range(int(seconds / 0.01)):
        if true():
            return
        time.sleep(0.01)
    raise AssertionError("this did not come about")
