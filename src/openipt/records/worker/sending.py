"""Sending beside the loop: a few letters and webhook calls at once, so that one that hangs holds up no other.

Threads of this module know nothing of the database: they are given a message and hand back an outcome.
"""

from __future__ import annotations

import logging
import queue
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from django.conf import settings

from openipt.records.actions.worker import Claim
from openipt.records.channels import Outcome, Sender
from openipt.records.channels.mail import Mail
from openipt.records.channels.webhook import WebhookSender
from openipt.records.models import Channel

AT_ONCE = 4  # of each channel

_log = logging.getLogger(__name__)


def senders() -> dict[Channel, Sender]:
    """The channels that this service has switched on."""
    channels = settings.ENVIRONMENT.channels
    found: dict[Channel, Sender] = {}
    if channels.mail is not None:
        found[Channel.EMAIL] = Mail(channels.mail, channels.address)
    if channels.webhook is not None:
        found[Channel.WEBHOOK] = WebhookSender(channels.webhook)
    return found


class Outbox:
    """What is being sent now, and what came back. `in_line`: sent at once, by whoever asks."""

    def __init__(self, senders: Mapping[Channel, Sender], *, in_line: bool = False) -> None:
        self.senders, self._in_line = senders, in_line
        self._back: queue.SimpleQueue[tuple[Claim, Outcome]] = queue.SimpleQueue()
        self._out: Counter[Channel] = Counter()

    def room(self, channel: Channel) -> int:
        """How many more may be taken up now."""
        return AT_ONCE - self._out[channel] if channel in self.senders else 0

    @property
    def is_busy(self) -> bool:
        return any(self._out.values())

    def send(self, claim: Claim) -> None:
        self._out[claim.channel] += 1
        if self._in_line:
            self._carry(claim)
        else:
            threading.Thread(target=self._carry, args=(claim,), daemon=True, name="openipt-telling").start()

    def _carry(self, claim: Claim) -> None:
        try:
            outcome = self.senders[claim.channel](claim.message)
        except Exception as error:  # a fault of ours in one message must not end the telling of others
            _log.exception("telling %s failed", claim.delivery_id)
            outcome = Outcome(False, None, type(error).__name__[:20])
        self._back.put((claim, outcome))

    def came_back(self, wait: float = 0.0) -> Iterator[tuple[Claim, Outcome]]:
        """Everything that has come back; waits so long for the first."""
        more: dict[str, Any] = {"timeout": wait} if wait > 0 else {"block": False}
        while True:
            try:
                claim, outcome = self._back.get(**more)
            except queue.Empty:
                return
            self._out[claim.channel] -= 1
            more = {"block": False}
            yield claim, outcome
