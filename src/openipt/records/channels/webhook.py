"""A signed message to a machine of the service's own: ids and codes. What is known is the code it answers.

    POST, application/json: {"id", "event", "urgency", "alert", "round", "at"}
    OpenIPT-Signature: t=<seconds>,v1=<hex>      HMAC-SHA256 of "<seconds>.<body>" under the secret; the
                                                 seconds are those of this attempt
    Idempotency-Key: the id, the same at every attempt

No redirect is followed: whoever should be told is named in the setting and nowhere else.
"""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import ssl
from typing import Any

from openipt.records.channels import DEADLINE, TIMEOUT, Kind, Message, Outcome, deadline, why_not

URGENCY = {Kind.LOOK_NOW: "now", Kind.LOOK_TODAY: "today", Kind.LOOK_THIS_WEEK: "this_week"}


class WebhookSender:
    """Posts to one address, each message over a connection of its own."""

    def __init__(self, hook: Any, *, timeout: float = TIMEOUT, total: float = DEADLINE) -> None:
        self.hook, self.timeout, self.total = hook, timeout, total

    def __call__(self, message: Message) -> Outcome:
        body = body_of(message)
        try:
            code = self._post(body, headers_of(message, body, self.hook.secret))
        except (http.client.HTTPException, OSError, ValueError) as error:
            return Outcome(False, None, why_not(error))
        if 200 <= code < 300:
            return Outcome(True, code)
        return Outcome(False, code, "answer")

    def _post(self, body: bytes, headers: dict[str, str]) -> int:
        given: dict[str, Any] = {"timeout": self.timeout}
        if self.hook.https:
            connection: http.client.HTTPConnection = http.client.HTTPSConnection(
                self.hook.host, self.hook.port, context=ssl.create_default_context(), **given
            )
        else:
            connection = http.client.HTTPConnection(self.hook.host, self.hook.port, **given)
        with deadline(connection, self.total):
            try:
                connection.request("POST", self.hook.path, body=body, headers=headers)
                return connection.getresponse().status
            finally:
                connection.close()


def body_of(message: Message) -> bytes:
    """The message, the same at every attempt."""
    said = {
        "id": message.id,
        "event": "alert",
        "urgency": URGENCY.get(message.kind, ""),
        "alert": message.about,
        "round": message.round,
        "at": message.at.isoformat(),
    }
    return json.dumps(said, separators=(",", ":"), sort_keys=True).encode()


def headers_of(message: Message, body: bytes, secret: bytes) -> dict[str, str]:
    return {
        "Content-Type": "application/json",
        "User-Agent": "OpenIPT",
        "Idempotency-Key": message.id,
        "OpenIPT-Signature": signature(body, secret, int(message.sent_at.timestamp())),
    }


def signature(body: bytes, secret: bytes, seconds: int) -> str:
    """What the other side works out too, to know that the message is ours and as it was sent."""
    found = hmac.new(secret, f"{seconds}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={seconds},v1={found}"
